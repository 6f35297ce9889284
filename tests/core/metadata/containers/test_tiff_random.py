"""TIFF files of any shape, any captions one after the other: write, read, undo."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core import metadata
from cutline.core.errors import Unreadable
from cutline.core.metadata.containers import tiff
from cutline.core.photo import FIELDS, Caption, FieldName
from helpers import tiff_files
from helpers.jpeg_files import resource
from helpers.spliced import parsed, picture, spliced
from helpers.tiff_files import ASCII, BYTE, FLAVOURS, LONG, RECORDS, SETTINGS, UNDEFINED, Row
from helpers.xmp_packets import DARKTABLE, PHOTOSHOP

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=60)
captions = st.builds(
    Caption, title=words, description=words, tags=st.lists(words, max_size=5).map(tuple), alt_text=words
)
ROWS: list[Row] = [
    (270, ASCII, b"old words\0"), (270, ASCII, b"odd\0"), (271, ASCII, b"Cutline Works\0"), (305, ASCII, b"By hand\0"),
    (700, BYTE, PHOTOSHOP), (700, UNDEFINED, DARKTABLE), (33723, UNDEFINED, RECORDS), (34675, UNDEFINED, bytes(99)),
    (33723, LONG, RECORDS + bytes(-len(RECORDS) % 4)), (34377, BYTE, SETTINGS),
    (34377, UNDEFINED, SETTINGS + resource(0x0404, RECORDS) + resource(0x0425, bytes(16))),
    (0x9C9B, BYTE, "title\0".encode("utf-16-le")), (0x9C9E, BYTE, "one;two\0".encode("utf-16-le")),
]  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file made by hand, with any rows in IFD0, each tag once; its directory not always sorted."""
    chosen = {row[0]: row for row in draw(st.lists(st.sampled_from(ROWS), max_size=6))}
    b = tiff_files.Builder(draw(st.sampled_from("<>")), draw(st.booleans()))
    following = b.ifd(b.tiles(3)) if draw(st.booleans()) else 0
    rows = [*b.strips(count=draw(st.sampled_from((1, 2, 4)))), *chosen.values()]
    ifd0 = b.ifd(rows if draw(st.booleans()) else tiff_files.ordered(*rows), following)
    return b.done(ifd0) + draw(st.binary(max_size=9))


made = st.one_of(files(), st.sampled_from([make() for make in FLAVOURS.values()]))


@settings(max_examples=60, deadline=None)
@given(made, st.lists(st.tuples(captions, st.sets(st.sampled_from(FIELDS), min_size=1)), min_size=1, max_size=4))
def test_captions_are_written_one_after_the_other_and_undone(
    data: bytes, orders: list[tuple[Caption, set[FieldName]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.tif")
        path.write_bytes(data)
        ways_back = []
        for caption, fields in orders:
            before = metadata.read(path).caption
            written = metadata.write(path, caption, fields, mode="embed")
            ways_back.append(written.inverse)
            now = metadata.read(path).caption
            assert now == written.caption
            assert all(getattr(now, name) == getattr(before, name) for name in FIELDS if name not in fields)
            assert not metadata.write(path, now, fields).changed
        new = path.read_bytes()
        assert picture(tiff, new) == picture(tiff, data)
        for inverse in reversed(ways_back):
            new = spliced(new, inverse)
        assert new == data


@settings(max_examples=30, deadline=None)
@given(made, st.lists(captions, min_size=2, max_size=3))
def test_the_file_does_not_grow_without_end(data: bytes, rounds: list[Caption]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.tif")
        path.write_bytes(data)
        sizes = []
        for _ in range(4):
            for caption in rounds:
                metadata.write(path, caption, FIELDS, mode="embed")
            sizes.append(path.stat().st_size)
        assert sizes[-1] == sizes[-2]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_every_prefix_of_a_file_is_taken_apart_or_refused(flavour: str) -> None:
    data = FLAVOURS[flavour]()
    for length in range(0, len(data), max(1, len(data) // 150)):
        try:
            layout = parsed(tiff, data[:length])
        except Unreadable:
            continue
        assert layout.sidecar_only or length >= len(data) - 9
