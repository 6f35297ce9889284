"""EXIF blocks: what is read, and that an edit moves and changes nothing but the four entries."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core.errors import Malformed
from cutline.core.keywords import flat
from cutline.core.metadata.blocks import exif
from cutline.core.metadata.model import CarrierText
from cutline.core.photo import Caption, FieldName
from helpers.exif_blocks import (
    ASCII,
    BYTE,
    LONG,
    MAKER_NOTE,
    SHORT,
    THUMBNAIL,
    UNDEFINED,
    Builder,
    Row,
    camera,
    description,
    ifd,
    ifd0,
    longs,
    shorts,
    windows,
)

FIELDS: tuple[FieldName, ...] = ("title", "description", "tags")
OURS = {0x010E, 0x9C9B, 0x9C9C, 0x9C9E}
CAPTION = Caption("Zürich", "東京 😀\nsecond line", ("one", "two", "drei"))
ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def foreign(block: bytes) -> list[tuple[int, int, int, bytes]]:
    return [row for row in ifd0(block).rows if row[0] not in OURS]


def unmoved(old: bytes, new: bytes) -> None:
    """Everything camera() writes outside IFD0 stands where it stood."""
    for tag in (0x8769, 0x8825):
        order = "<" if old[:2] == b"II" else ">"
        before, after = ifd0(old).value(tag), ifd0(new).value(tag)
        assert before == after
        assert before is not None
        offset = struct.unpack(order + "I", before)[0]
        assert ifd(old, offset) == ifd(new, offset)
    assert old.index(MAKER_NOTE) == new.index(MAKER_NOTE)
    assert old.index(THUMBNAIL) == new.index(THUMBNAIL)
    assert ifd0(old).next == ifd0(new).next
    assert ifd(old, ifd0(old).next) == ifd(new, ifd0(new).next)
    assert foreign(old) == foreign(new)


class TestRead:
    @ORDERS
    def test_says_what_each_entry_holds(self, order: str) -> None:
        block = camera(
            order,
            [
                description("Küste\0".encode()),
                windows(0x9C9B, "Titel"),
                windows(0x9C9C, "Anmerkung"),
                windows(0x9C9E, "a; b;;c"),
            ],
        )
        assert exif.read(block) == CarrierText("Titel", "Küste", ("a", "b", "c"), None, "Anmerkung")

    def test_missing_entries_are_none(self) -> None:
        assert exif.read(camera()) == CarrierText()

    @pytest.mark.parametrize(
        ("raw", "text"),
        [
            (b"no end", "no end"),
            (b"padded          \0", "padded"),
            (b"cut\0rest of an older one\0", "cut"),
            (b"                  \0", ""),
            (b"\0\0\0\0\0\0", ""),
            (b"abc", "abc"),
            (b"Caf\xe9 am See\0", "Café am See"),
            ("Café\0".encode(), "Café"),
        ],
    )
    def test_tolerates_how_programs_end_and_code_text(self, raw: bytes, text: str) -> None:
        assert exif.read(camera(extra=[description(raw)])).description == text

    @pytest.mark.parametrize("kind", [BYTE, UNDEFINED, 129])
    def test_tolerates_other_types_for_text(self, kind: int) -> None:
        assert exif.read(camera(extra=[(0x010E, kind, b"a text\0")])).description == "a text"

    def test_a_number_is_no_text(self) -> None:
        assert exif.read(camera(extra=[(0x010E, SHORT, shorts("<", 7))])).description is None

    def test_windows_text_of_odd_length_and_without_end(self) -> None:
        row: Row = (0x9C9B, BYTE, "Titel".encode("utf-16-le") + b"\0")
        assert exif.read(camera(extra=[row])).title == "Titel"

    @pytest.mark.parametrize(
        "block",
        [b"I", b"II", b"II*\0", b"II*\0\xff\xff\xff\x7f", b"XX*\0\x08\0\0\0\0\0\0\0", b"II*\0\x08\0\0\0\xff\xff\0\0"],
    )
    def test_a_block_without_ifd0_is_malformed(self, block: bytes) -> None:
        with pytest.raises(Malformed):
            exif.read(block)


class TestEdit:
    @ORDERS
    def test_adds_all_entries_and_moves_nothing(self, order: str) -> None:
        block = camera(order)
        edited = exif.edit(block, CAPTION, FIELDS)
        assert exif.read(edited) == CarrierText("Zürich", CAPTION.description, CAPTION.tags, None, CAPTION.description)
        unmoved(block, edited)

    @ORDERS
    def test_entries_stay_sorted_and_typed_as_the_standard_says(self, order: str) -> None:
        rows = ifd0(exif.edit(camera(order), CAPTION, FIELDS)).rows
        assert [row[0] for row in rows] == sorted(row[0] for row in rows)
        typed = {tag: (kind, value) for tag, kind, _, value in rows}
        assert typed[0x010E] == (ASCII, CAPTION.description.encode() + b"\0")
        assert typed[0x9C9B] == (BYTE, "Zürich\0".encode("utf-16-le"))
        assert typed[0x9C9C] == (BYTE, (CAPTION.description + "\0").encode("utf-16-le"))
        assert typed[0x9C9E] == (BYTE, "one;two;drei\0".encode("utf-16-le"))

    @ORDERS
    def test_what_fits_is_written_in_place(self, order: str) -> None:
        old = [description(b"a description of some length\0"), windows(0x9C9C, "a longer comment")]
        block = camera(order, old, trailing=b"the end")
        edited = exif.edit(block, Caption(description="short words"), ["description"])
        assert len(edited) == len(block)
        assert ifd0(edited).offset == ifd0(block).offset
        assert exif.read(edited).description == exif.read(edited).comment == "short words"
        unmoved(block, edited)

    def test_what_does_not_fit_goes_behind_and_the_old_words_are_gone(self) -> None:
        old = [description(b"secret words\0"), windows(0x9C9C, "secret words")]
        block = camera(extra=old, trailing=b"the end")
        edited = exif.edit(block, Caption(description="a description that is much longer"), ["description"])
        assert ifd0(edited).offset == ifd0(block).offset
        assert b"secret" not in edited
        assert "secret".encode("utf-16-le") not in edited
        unmoved(block, edited)

    def test_clearing_takes_words_and_entries_away(self) -> None:
        block = exif.edit(camera(), CAPTION, FIELDS)
        cleared = exif.edit(block, Caption(), FIELDS)
        assert foreign(cleared) == list(ifd0(cleared).rows) == foreign(camera())
        assert "東京".encode() not in cleared
        assert "東京".encode("utf-16-le") not in cleared

    def test_fields_not_named_stay(self) -> None:
        block = exif.edit(camera(), CAPTION, FIELDS)
        edited = exif.edit(block, Caption(title="Bern"), ["title"])
        before, after = exif.read(block), exif.read(edited)
        assert after.title == "Bern"
        assert (after.description, after.tags, after.comment) == (before.description, before.tags, before.comment)

    def test_alt_text_has_no_place(self) -> None:
        block = camera()
        assert exif.edit(block, Caption(alt_text="alt"), ["alt_text"]) is block

    @ORDERS
    def test_what_is_there_already_changes_nothing(self, order: str) -> None:
        block = exif.edit(camera(order), CAPTION, FIELDS)
        assert exif.edit(block, CAPTION, FIELDS) == block

    def test_text_in_an_older_coding_is_brought_to_utf8(self) -> None:
        block = camera(extra=[description(b"Caf\xe9 am See\0"), windows(0x9C9C, "Café am See")])
        edited = exif.edit(block, Caption(description="Café am See"), ["description"])
        assert ifd0(edited).value(0x010E) == "Café am See\0".encode()

    def test_a_semicolon_in_a_tag_does_not_make_two(self) -> None:
        assert exif.read(exif.edit(camera(), Caption(tags=("a;b", "c")), FIELDS)).tags == ("a,b", "c")

    def test_windows_fields_can_be_left_out_and_are_then_taken_away(self) -> None:
        block = exif.edit(camera(), CAPTION, FIELDS)
        edited = exif.edit(block, CAPTION, FIELDS, windows=False)
        assert exif.read(edited) == CarrierText(description=CAPTION.description)

    def test_edits_again_and_again_do_not_grow_the_block(self) -> None:
        block = camera()
        for n in range(60):
            words = "word " * (1 + n * 7 % 40)
            caption = Caption(f"title {words}", words.strip(), tuple(f"tag {i}" for i in range(n * 5 % 30)))
            block = exif.edit(block, caption, [FIELDS[n % 3]] if n % 4 else FIELDS)
            unmoved(camera(), block)
        final = exif.edit(block, CAPTION, FIELDS)
        assert len(final) <= len(exif.edit(camera(), CAPTION, FIELDS)) + 2

    def test_data_behind_the_last_referenced_byte_stays(self) -> None:
        block = camera(trailing=b"data only the maker note knows of")
        edited = exif.edit(exif.edit(block, CAPTION, FIELDS), Caption("x"), FIELDS)
        assert edited.index(b"data only the maker note knows of") == block.index(b"data only the maker note knows of")

    def test_a_value_two_entries_share_is_neither_changed_nor_zeroed(self) -> None:
        b = Builder()
        at = b.put(b"a shared description\0")
        block = b.done(b.ifd([(0x010E, ASCII, bytes(21)), (0x010F, ASCII, bytes(21))], places={0x010E: at, 0x010F: at}))
        edited = exif.edit(block, Caption(description="other"), ["description"])
        assert ifd0(edited).value(0x010F) == b"a shared description\0"
        assert exif.read(edited).description == "other"

    def test_double_entries_become_one(self) -> None:
        block = camera(extra=[description(b"the first one\0"), description(b"the second one\0")])
        edited = exif.edit(block, Caption(description="only one"), ["description"])
        assert [row[0] for row in ifd0(edited).rows].count(0x010E) == 1
        assert b"second" not in edited
        unmoved(block, edited)

    def test_entries_out_of_order_keep_their_order(self) -> None:
        b = Builder()
        block = b.done(b.ifd([(0x0110, ASCII, b"Model T\0"), (0x010F, ASCII, b"Maker of it\0")]))
        rows = ifd0(exif.edit(block, Caption("t", "d"), FIELDS)).rows
        assert [row[0] for row in rows if row[0] not in OURS] == [0x0110, 0x010F]

    def test_a_table_without_a_pointer_to_the_next_gets_one(self) -> None:
        table = struct.pack("<HHHI", 1, 0x0112, SHORT, 1) + b"\1\0\0\0"
        edited = exif.edit(b"II*\0\x08\0\0\0" + table, CAPTION, FIELDS)
        assert ifd0(edited).next == 0
        assert ifd0(edited).value(0x0112) == b"\1\0"

    def test_values_right_behind_the_entries_are_not_taken_for_a_pointer(self) -> None:
        table = struct.pack("<HHHII", 1, 0x010F, ASCII, 12, 22) + b"Maker of it\0"
        edited = exif.edit(b"II*\0\x08\0\0\0" + table, CAPTION, FIELDS)
        assert ifd0(edited).value(0x010F) == b"Maker of it\0"
        assert ifd0(edited).next == 0

    def test_a_next_pointer_that_dangles_is_zeroed(self) -> None:
        b = Builder()
        block = b.done(b.ifd([(0x010F, ASCII, b"Maker of it\0")], following=0x7000))
        assert ifd0(exif.edit(block, CAPTION, FIELDS)).next == 0


class TestFresh:
    @pytest.mark.parametrize("blank", [b"", bytes(6), bytes(100)])
    def test_a_block_without_anything_in_it_is_filled(self, blank: bytes) -> None:
        assert exif.read(blank) == CarrierText()
        assert exif.editable(blank)
        assert exif.read(exif.edit(blank, CAPTION, FIELDS)).title == "Zürich"
        assert exif.edit(blank, Caption(), FIELDS) == blank

    def test_a_new_block_holds_our_entries_and_nothing_else(self) -> None:
        block = exif.edit(None, CAPTION, FIELDS)
        assert {row[0] for row in ifd0(block).rows} == OURS
        assert exif.read(block) == CarrierText("Zürich", CAPTION.description, CAPTION.tags, None, CAPTION.description)

    def test_nothing_to_say_makes_no_block(self) -> None:
        assert exif.edit(None, Caption(), FIELDS) == b""

    def test_a_block_that_held_only_ours_goes_with_them(self) -> None:
        assert exif.edit(exif.edit(None, CAPTION, FIELDS), Caption(), FIELDS) == b""


def looped() -> bytes:
    b = Builder()
    return b.done(b.ifd([(0x8769, LONG, longs("<", 8))]))


def chained_to_itself() -> bytes:
    b = Builder()
    return b.done(b.ifd([(0x0112, SHORT, shorts("<", 1))], following=8))


def with_outside(tag: int, kind: int = ASCII) -> bytes:
    b = Builder()
    return b.done(b.ifd([(tag, kind, bytes(40))], places={tag: 0x00FFFF00}))


def with_thumbnail_outside() -> bytes:
    b = Builder()
    ifd1 = b.ifd([(0x0201, LONG, longs("<", 100)), (0x0202, LONG, longs("<", 1_000_000))])
    return b.done(b.ifd([(0x0112, SHORT, shorts("<", 1))], following=ifd1))


def deep() -> bytes:
    b = Builder()
    at = b.ifd([(0x0112, SHORT, shorts("<", 1))])
    for _ in range(200):
        at = b.ifd([(0x8769, LONG, longs("<", at))])
    return b.done(at)


class TestMalformed:
    @pytest.mark.parametrize(
        "block",
        [
            looped(),
            chained_to_itself(),
            with_outside(0x010E),
            with_outside(0x927C, UNDEFINED),
            with_thumbnail_outside(),
            deep(),
            camera()[:300],
            b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x8769, LONG, 1, 0x7FFFFFF0) + bytes(4),
            b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x014A, LONG, 0x3FFFFFFF, 8) + bytes(4),
        ],
        ids=["loop", "chain", "value", "note", "thumbnail", "deep", "cut", "sub-ifd", "count"],
    )
    def test_is_refused_for_editing(self, block: bytes) -> None:
        assert not exif.editable(block)
        with pytest.raises(Malformed):
            exif.edit(block, CAPTION, FIELDS)

    def test_thirty_thousand_entries_are_no_trouble(self) -> None:
        b = Builder()
        block = b.done(b.ifd([(0x9000 + n % 1000, SHORT, b"\1\0") for n in range(30_000)]))
        assert exif.read(exif.edit(block, CAPTION, FIELDS)).title == "Zürich"

    def test_a_description_that_leaves_the_block_is_read_as_far_as_it_goes(self) -> None:
        assert exif.read(with_outside(0x010E)).description == ""


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40).map(str.strip)
CAPTIONS = st.builds(
    Caption, TEXT, TEXT, st.lists(TEXT.filter(lambda t: bool(t) and ";" not in t), max_size=6).map(tuple)
)
CHOSEN = st.sets(st.sampled_from(FIELDS), min_size=1)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=400), CAPTIONS)
def test_arbitrary_bytes_raise_nothing_but_malformed(data: bytes, caption: Caption) -> None:
    for block in (data, b"II*\0\x08\0\0\0" + data, b"MM\0*\0\0\0\x08" + data):
        try:
            exif.read(block)
            exif.edit(block, caption, FIELDS)
        except Malformed:
            pass


@settings(deadline=None, max_examples=300)
@given(st.data(), st.sampled_from("<>"))
def test_damaged_blocks_raise_nothing_but_malformed(data: st.DataObject, order: str) -> None:
    block = bytearray(camera(order, [description(b"a description\0")]))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(block) - 1))
        block[at] = data.draw(st.integers(0, 255))
    try:
        edited = exif.edit(bytes(block), CAPTION, FIELDS)
    except Malformed:
        return
    assert exif.read(edited).title == "Zürich"
    assert exif.edit(edited, CAPTION, FIELDS) == edited


ROWS = st.lists(
    st.tuples(
        st.integers(1, 0x8000).filter(lambda tag: tag not in {*OURS, 0x0111, 0x0117, 0x0201, 0x0202, 0x014A}),
        st.sampled_from([ASCII, BYTE, UNDEFINED]),
        st.binary(min_size=1, max_size=30),
    ),
    max_size=12,
    unique_by=lambda row: row[0],
)


@settings(deadline=None, max_examples=200)
@given(ROWS, st.sampled_from("<>"), st.lists(st.tuples(CAPTIONS, CHOSEN), min_size=1, max_size=4))
def test_generated_blocks_keep_all_foreign_entries(
    rows: list[Row], order: str, edits: list[tuple[Caption, set[FieldName]]]
) -> None:
    original = camera(order, [row for row in rows if row[0] not in {r[0] for r in ifd0(camera(order)).rows}])
    block = original
    for caption, chosen in edits:
        before = exif.read(block)
        block = exif.edit(block, caption, chosen)
        after = exif.read(block)
        unmoved(original, block)
        assert (after.title or "") == (caption.title if "title" in chosen else before.title or "")
        assert (after.description or "") == (
            caption.description if "description" in chosen else before.description or ""
        )
        assert (after.tags or ()) == (flat(caption.tags) if "tags" in chosen else before.tags or ())
