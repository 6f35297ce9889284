from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks import iptc, irb
from cutline.core.metadata.blocks.iptc import CAPTION, CHARACTER_SET, KEYWORDS, OBJECT_NAME, dataset
from cutline.core.metadata.blocks.text import cut
from cutline.core.photo import FIELDS, Caption
from helpers.spliced import exiftool, exiv2, is_sentence, numbered

UTF8 = dataset(CHARACTER_SET, b"\x1b%G").raw
VERSION = dataset((2, 0), b"\x00\x04").raw
FULL = Caption("Zürich 😀", "東京\nsecond line", (*(f"tag {n}" for n in range(99)), "東京"), "alt")


def iim(*items: tuple[int, int, bytes]) -> bytes:
    return b"".join(dataset((record, number), data).raw for record, number, data in items)


def latin(*texts: str) -> bytes:
    """A block that says nothing of its coding and is Windows-1252."""
    city, title, keyword = (text.encode("cp1252") for text in texts)
    return iim((2, 0, b"\x00\x02"), (2, 5, title), (2, 25, keyword), (2, 90, city), (2, 200, b"\x00\x01\xff\xfe"))


def photo(path: Path, block: bytes) -> Path:
    """A JPEG with the block."""
    Image.new("RGB", (8, 8)).save(path, "JPEG")
    body = b"Photoshop 3.0\x00" + irb.edit(None, block)
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body + data[2:])
    return path


def test_a_new_block_says_utf8_first_and_has_its_version() -> None:
    block = iptc.edit(None, Caption("T", "D", ("a", "b")), FIELDS)
    assert block == UTF8 + VERSION + iim((2, 5, b"T"), (2, 25, b"a"), (2, 25, b"b"), (2, 120, b"D"))
    assert iptc.edit(block, Caption("T", "D", ("a", "b"), "not carried here"), FIELDS) is block


def test_nothing_to_say_makes_no_block_and_a_cleared_block_of_ours_goes() -> None:
    assert iptc.edit(None, Caption(alt_text="only alt text"), FIELDS) == b""
    assert iptc.edit(iptc.edit(None, FULL, FIELDS), Caption(), FIELDS) == b""


@pytest.mark.needs("exiftool", "exiv2")
def test_other_programs_read_it(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg", iptc.edit(None, FULL, FIELDS))
    said = exiftool(path, "-IPTC:all", "-validate", "-warning")
    assert said["IPTC:ObjectName"] == FULL.title
    assert said["IPTC:Caption-Abstract"] == FULL.description
    assert numbered(said["IPTC:Keywords"]) == list(FULL.tags)
    assert said["IPTC:CodedCharacterSet"] == "UTF8"
    assert said["ExifTool:Validate"] == "OK"
    assert "東京" in exiv2(path, "I")


@pytest.mark.needs("exiftool")
def test_a_latin_block_is_converted_whole(tmp_path: Path) -> None:
    block = latin("Zürich", "Brücke", "Fluß")
    assert iptc.read(block).tags == ("Fluß",)
    before = exiftool(photo(tmp_path / "a.jpg", block), "-IPTC:all", "-charset", "iptc=Latin")
    after = exiftool(photo(tmp_path / "b.jpg", iptc.edit(block, Caption("Tōkyō"), ["title"])), "-IPTC:all")
    assert after.pop("IPTC:CodedCharacterSet") == "UTF8"
    assert before.pop("IPTC:ObjectName") == "Brücke"
    assert after.pop("IPTC:ObjectName") == "Tōkyō"
    assert before == after
    assert before["IPTC:City"] == "Zürich"


def test_binary_datasets_are_not_converted() -> None:
    assert iim((2, 200, b"\x00\x01\xff\xfe")) in iptc.edit(latin("ü", "ö", "ä"), Caption("T"), ["title"])


def test_utf8_that_is_not_declared_is_recognised_and_declared_on_writing() -> None:
    block = iim((2, 5, "Brücke".encode()), (2, 90, "Zürich".encode()))
    assert iptc.read(block).title == "Brücke"
    new = iptc.edit(block, Caption("Fluß"), ["title"])
    assert new == UTF8 + VERSION + iim((2, 5, "Fluß".encode()), (2, 90, "Zürich".encode()))


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [
        (b"\x1b-L", "iso8859_5", "Москва"),
        (b"\x1b.A", "latin-1", "Zürich"),
        (b"\x1b-F", "iso8859_7", "Αθήνα"),
        (b"\x1b-B", "iso8859_2", "Łódź"),
    ],
)
def test_declared_character_sets_are_read_and_converted(declared: bytes, codec: str, text: str) -> None:
    block = iim((1, 90, declared), (2, 5, text.encode(codec)), (2, 90, text.encode(codec)))
    assert iptc.read(block).title == text
    new = iptc.edit(block, Caption("näw"), ["title"])
    assert new == UTF8 + VERSION + iim((2, 5, "näw".encode()), (2, 90, text.encode()))


def test_an_unknown_character_set_is_refused_only_where_it_matters() -> None:
    with pytest.raises(Malformed, match="character set"):
        iptc.read(iim((1, 90, b"\x1b$B"), (2, 5, b"\xb5\xfe")))
    assert iptc.read(iim((1, 90, b"\x1b$B"), (2, 5, b"plain"))).title == "plain"


def test_text_cut_within_a_character_loses_that_rest_only() -> None:
    assert iptc.read(UTF8 + iim((2, 5, ("Z" * 63 + "ü").encode()[:64]))).title == "Z" * 63
    assert iptc.read(UTF8 + iim((2, 5, b"Z\xfcrich"))).title == "Zürich"


def test_values_are_cut_at_a_character() -> None:
    block = iptc.edit(None, Caption("ä" * 40, "東" * 700, ("x" * 63 + "ö", "y" * 65)), FIELDS)
    said = iptc.read(block)
    assert said.title == "ä" * 32
    assert said.description == "東" * 666
    assert said.tags == ("x" * 63, "y" * 64)


def test_a_cut_leaves_no_half_of_what_is_one_character_to_a_reader() -> None:
    assert cut("ab" + "e\u0301", 4) == b"ab"
    assert cut("a👩\u200d🚀", 11) == b"a"
    assert cut("a👍🏽", 6) == b"a"
    assert cut("a\u0301" * 3, 4) == "a\u0301".encode()
    assert cut("\u0301" * 5, 4) == "\u0301\u0301".encode()


def test_other_datasets_keep_bytes_and_order() -> None:
    long_form = b"\x1c\x02\x14\x80\x04\x00\x00\x00\x03abc"
    block = UTF8 + VERSION + iim((2, 80, b"by")) + long_form + iim((2, 25, b"old"), (2, 15, b"c"), (2, 25, b"two"),
                                                                  (8, 10, bytes(3))) + b"\x00\x00"  # fmt: skip
    new = iptc.edit(block, Caption("T", tags=("two", "new")), ["title", "tags"])
    assert (
        new
        == UTF8
        + VERSION
        + iim((2, 5, b"T"), (2, 80, b"by"))
        + long_form
        + iim((2, 25, b"two"), (2, 25, b"new"), (2, 15, b"c"), (8, 10, bytes(3)))
        + b"\x00\x00"
    )
    assert b"old" not in new


def test_a_dataset_in_extended_form_is_read_and_a_long_one_written_so() -> None:
    assert iptc.read(b"\x1c\x02\x05\x80\x02\x00\x02ab").title == "ab"
    assert dataset(CAPTION, b"x" * 40_000).raw[3:9] == b"\x80\x04" + (40_000).to_bytes(4, "big")


def test_repetitions_of_a_single_value_become_one() -> None:
    block = iim((2, 0, b"\x00\x04"), (2, 5, b"one"), (2, 5, b"two"))
    assert iptc.read(block).title == "one"
    assert b"two" not in iptc.edit(block, Caption("three"), ["title"])


@pytest.mark.parametrize(
    "block",
    [b"\x1c", b"\x1c\x02\x05\x00", b"\x1c\x02\x05\x00\x09abc", b"junk", iim((2, 5, b"a")) + b"junk",
     b"\x1c\x02\x05\xff\xff\x00\x00", b"\x1c\x02\x05\x80\x08" + b"\xff" * 8, b"\x1c\x02\x05\x80\x04\x00"],
)  # fmt: skip
def test_broken_blocks_are_malformed(block: bytes) -> None:
    with pytest.raises(Malformed):
        iptc.read(block)
    with pytest.raises(Malformed):
        iptc.edit(block, FULL, FIELDS)


def test_more_datasets_than_anyone_means_are_malformed() -> None:
    with pytest.raises(Malformed, match="more than 100,000"):
        iptc.read(dataset(KEYWORDS, b"a").raw * 100_001)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30)
foreign = st.lists(
    st.tuples(st.sampled_from([1, 2, 2, 3, 7]), st.integers(91, 119), st.text("abc é東", max_size=9).map(str.encode)),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(foreign, st.lists(texts, max_size=4), texts, texts, st.integers(0, 8))
def test_what_is_written_is_read_and_the_rest_stays(
    others: list[tuple[int, int, bytes]], tags: list[str], title: str, description: str, at: int
) -> None:
    assume(not any("old" in text for text in (title, description, *tags)) and not any(b"old" in o[2] for o in others))
    block = iim(*others[:at], (2, 25, b"old"), *others[at:], (2, 5, b"old title"))
    caption = Caption(title, description, tuple(dict.fromkeys(tags)))
    new = iptc.edit(block, caption, FIELDS)
    datasets, _ = iptc.parse(new)
    framing = (CHARACTER_SET, (2, 0), OBJECT_NAME, KEYWORDS, CAPTION)
    assert [d.raw for d in datasets if d.id not in framing] == [dataset((r, n), data).raw for r, n, data in others]
    assert b"old" not in new
    if new:
        said = iptc.read(new)
        assert [cut(tag, 64).decode() for tag in said.tags or ()] == list(said.tags or ())
        assert iptc.edit(new, caption, FIELDS) == new


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=80) | st.lists(st.binary(max_size=6).map(lambda b: b"\x1c\x02" + b)).map(b"".join))
def test_arbitrary_bytes_are_read_or_malformed(data: bytes) -> None:
    try:
        iptc.read(data)
        new = iptc.edit(data, FULL, FIELDS)
    except Malformed as error:
        is_sentence(error)
        return
    assert iptc.read(new).title == FULL.title
    assert iptc.read(new).description == FULL.description
