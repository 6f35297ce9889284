"""Image sequences: chunks of samples, and items of tracks, which move with all the rest."""

from collections.abc import Callable

import pytest

from cutline.core.errors import Unreadable, Unsupported
from cutline.core.metadata.blocks import xmp
from cutline.core.metadata.containers import heif
from cutline.core.metadata.containers.bmff_boxes import Node
from cutline.core.metadata.containers.bmff_edit import Edit, Moves, as_splices, in_order
from cutline.core.photo import FIELDS, Caption
from helpers.heif_boxes import PICTURE, box, full, items, row, xmp_item
from helpers.heif_boxes import heif as made
from helpers.heif_films import SAMPLES, chunks, film, trak, with_items_of_track
from helpers.spliced import parsed, picture, spliced, with_blocks
from helpers.xmp_packets import PHOTOSHOP

XMP = xmp.edit(None, Caption("Zürich", "words", ("one", "two"), "a lake"), FIELDS)


@pytest.mark.parametrize("behind", [True, False])
@pytest.mark.parametrize(("name", "form"), [(b"stco", ">I"), (b"co64", ">Q")])
def test_chunks_are_found_after_everything_moved(name: bytes, form: str, behind: bool) -> None:
    data = film(form, name, behind)
    assert chunks(data, name, form) == [SAMPLES[0] + SAMPLES[1], SAMPLES[2]]
    layout = parsed(heif, data)
    assert layout.sidecar_only == ""
    assert b"".join(SAMPLES) in picture(heif, data)
    for block in (XMP, b"", PHOTOSHOP + b" " * 5000):
        new = with_blocks(heif, data, {"xmp": block, "exif": b""})
        assert chunks(new, name, form) == [SAMPLES[0] + SAMPLES[1], SAMPLES[2]]
        assert picture(heif, new) == picture(heif, data)
    assert len(with_blocks(heif, data, {"xmp": b""})) < len(data)


def test_a_sample_that_differs_is_another_picture() -> None:
    data = film()
    assert picture(heif, data) != picture(heif, data.replace(SAMPLES[2], SAMPLES[2][::-1]))


@pytest.mark.parametrize(
    "film",
    [
        film(own=bytes(4)),
        film().replace(b"stsz", b"stz2"),
        film().replace(b"stsz", b"saio"),
        film(own=b"\0\0\0\1").replace(b"stsc", b"stco"),
        made([PICTURE], tail=box(b"moov", trak((1 << 30, 7)))),
        made([PICTURE], tail=box(b"moov", trak((4, 7)))),
    ],
)
def test_samples_that_are_elsewhere_or_unknown_leave_no_safe_place(film: bytes) -> None:
    assert parsed(heif, film).sidecar_only


def _movie(wrap: Callable[[bytes], bytes]) -> bytes:
    """A picture and samples, with a moov that is what `wrap` makes of the inside of the samples' track."""
    still = made([PICTURE, xmp_item(3, PHOTOSHOP)])
    start = len(still) + 8
    inside = trak((start, start + len(SAMPLES[0] + SAMPLES[1])))[8:]
    return still + box(b"mdat", b"".join(SAMPLES)) + wrap(inside)


def _in_moov(*content: bytes) -> bytes:
    return box(b"moov", *content)


_ILOC = full(b"iloc", 1, b"\x44\0\0\1\0\1\0\0\0\0\0\1\0\0\0\x28\0\0\0\1")


@pytest.mark.parametrize(
    "movie",
    [
        _movie(lambda inside: _in_moov(box(b"trak", inside)) * 2),
        _movie(lambda inside: _in_moov(box(b"trak", inside * 2))),
        _movie(lambda inside: _in_moov(box(b"trak", box(b"mdia", inside[8:] * 2)))),
        _movie(lambda inside: _in_moov(bytes((0, 0, 0, 3)), b"junk", box(b"trak", inside))),
        _movie(lambda inside: _in_moov(box(b"trak", bytes((0, 0, 0, 4)), b"junk", inside))),
        _movie(lambda inside: _in_moov(box(b"udta", full(b"meta", 0, _ILOC)), box(b"trak", inside))),
        _movie(lambda inside: _in_moov(box(b"trak", box(b"udta", full(b"meta", 0, _ILOC)), inside))),
        _movie(lambda inside: _in_moov(box(b"trak", full(b"meta", 0, _ILOC), inside))),
    ],
    ids=["two moov", "two mdia", "two minf", "junk", "junk in a track", "iloc in udta", "iloc in a track", "no iinf"],
)
def test_offsets_in_places_that_are_not_followed_leave_no_safe_place(movie: bytes) -> None:
    assert parsed(heif, _movie(lambda inside: _in_moov(box(b"trak", inside)))).sidecar_only == ""
    assert "unusual table of contents" in parsed(heif, movie).sidecar_only


@pytest.mark.parametrize(("name", "count"), [(b"stsz", 8), (b"stsc", 4), (b"stco", 4)])
def test_tables_that_are_missing_or_cut_are_damage(name: bytes, count: int) -> None:
    data = film()
    start = data.index(name) + 4 + count
    with pytest.raises(Unreadable):
        parsed(heif, data[:start] + b"\0\0\1\0" + data[start + 4 :])
    if name != b"stco":
        with pytest.raises(Unreadable):
            parsed(heif, data.replace(name, b"free"))


def test_an_offset_that_its_table_cannot_say_is_refused() -> None:
    data = made([PICTURE], tail=box(b"moov", trak((0xFFFFFFFF, 0xFFFFFFF0))))
    layout = parsed(heif, data)
    with pytest.raises(Unsupported, match="too large"):
        heif.splices(layout, {"xmp": XMP})


TRACK = (b"moov", b"trak")


def test_items_of_tracks_that_are_the_same_bytes_stay_so() -> None:
    data = with_items_of_track(made([PICTURE, xmp_item(3, PHOTOSHOP)]))
    assert items(data, *TRACK) == {3: PHOTOSHOP}
    for block in (XMP, PHOTOSHOP + b" " * 3000):
        new = with_blocks(heif, data, {"xmp": block})
        assert items(new)[3] == block
        assert items(new, *TRACK) == {3: block}
        assert new.count(block) == 1
    gone = with_blocks(heif, data, {"xmp": b""})
    assert items(gone) == {1: PICTURE.data}
    assert items(gone, *TRACK) == {}
    assert parsed(heif, gone).sidecar_only == ""
    assert row(gone)[-1][2] == len(gone)


def test_a_file_with_very_many_tables_is_left_alone() -> None:
    still = made([PICTURE, xmp_item(3, PHOTOSHOP)])
    data = with_items_of_track(still)
    trak = data[data.index(b"trak") - 4 :]
    assert parsed(heif, still + box(b"moov", trak * 20)).sidecar_only == ""
    assert parsed(heif, still + box(b"moov", trak * 70)).sidecar_only


def test_a_new_item_is_also_one_of_the_track_that_has_others() -> None:
    data = with_items_of_track(made([PICTURE, xmp_item(3, PHOTOSHOP)]))
    new = with_blocks(heif, data, {"exif": b"II*\0\x08\0\0\0\0\0\0\0\0\0"})
    assert items(new, *TRACK)[4] == items(new)[4] == b"\0\0\0\x06Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"
    assert with_blocks(heif, new, {"exif": b""}) == data


def test_edits_move_what_stands_behind_them() -> None:
    outer = Node(b"moov", 0, 8, 100, 4)
    inner = Node(b"trak", 8, 24, 100, 8, outer)
    edits = in_order([Edit(None, 100, 0, b"new"), Edit(inner, 100, 0, b"ab"), Edit(inner, 30, 5, b"x")])
    moves = Moves(edits)
    assert [moves(offset) for offset in (0, 29, 30, 35, 36, 99, 100, 200)] == [0, 29, 30, 31, 32, 95, 101, 201]
    data = bytes(range(120))
    changed = spliced(data, as_splices(edits))
    assert changed[:4] == (98).to_bytes(4, "big")
    assert changed[16:24] == (90).to_bytes(8, "big")
    assert changed[96:101] == b"abnew"
    assert moves.data_of(next(edit for edit in edits if edit.box is None and edit.data == b"new")) == 98
    with pytest.raises(OverflowError):
        in_order([Edit(Node(b"mdat", 0, 8, 0xFFFFFFFF, 4), 8, 0, b"x")])
