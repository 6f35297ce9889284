"""Files in any form of the tables, with items of any kind."""

from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cutline.core import metadata
from cutline.core.errors import Unsupported
from cutline.core.metadata.blocks import exif, xmp
from cutline.core.metadata.containers import heif
from cutline.core.metadata.fields import storable
from cutline.core.photo import FIELDS, Caption
from helpers.heif_boxes import EXIF_HEAD, PICTURE, Form, Item, box, exif_item, items, xmp_item
from helpers.heif_boxes import heif as made
from helpers.spliced import parsed, picture, with_blocks
from helpers.undoable import journal_at, look, undone, write_run
from helpers.xmp_packets import DARKTABLE, PHOTOSHOP

XMP = xmp.edit(None, Caption("Zürich 東京", "😀\nsecond line", ("a", "b"), "alt"), FIELDS)
EXIF = exif.edit(None, Caption("title", "description", ("tag",)), FIELDS)
CAPTION = Caption("Zürich 東京", "😀\nsecond line", tuple(f"tag {n}" for n in range(30)), "alt text")

text = st.text(max_size=40)
captions = st.builds(Caption, text, text, st.lists(text, max_size=5).map(tuple), text)
PACKETS = (XMP, PHOTOSHOP, DARKTABLE, XMP + b" " * 900)
EXIFS = (EXIF, exif.edit(None, Caption("t", "words " * 200), FIELDS))
OURS = {*PACKETS, *(EXIF_HEAD + block for block in EXIFS)}

packets = st.sampled_from(PACKETS)
exifs = st.sampled_from(EXIFS)
pieces = st.integers(1, 3)
methods = st.sampled_from([0, 0, 0, 1])
forms = st.builds(
    Form,
    iloc=st.just(1),
    sizes=st.tuples(
        st.sampled_from([4, 8]), st.sampled_from([4, 8]), st.sampled_from([0, 4, 8]), st.sampled_from([0, 4, 8])
    ),
    wide=st.booleans(),
    base=st.integers(0, 400),
    large=st.booleans(),
    open=st.booleans(),
    free=st.sampled_from([0, 0, 1, 100, 9000]),
    front=st.booleans(),
).filter(lambda form: not (form.open and form.front))
others = st.lists(
    st.builds(
        Item, st.just(0), st.sampled_from([b"hvc1", b"av01", b"grid", b"tmap"]), st.binary(max_size=60), method=methods
    ),
    max_size=4,
)
ours = st.lists(
    st.one_of(
        st.builds(lambda block, method: xmp_item(0, block, method=method), packets, methods),
        st.builds(
            lambda block, method, n: exif_item(0, block, method=method, pieces=n), exifs, methods, st.integers(1, 3)
        ),
        st.builds(lambda block: xmp_item(0, block, (900,)), packets),
    ),
    max_size=3,
)
tails = st.sampled_from([b"", b"", box(b"mpvd", b"a film"), box(b"free", bytes(9)), b"trailing \xff"])


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A whole file."""
    mixed = draw(st.permutations([*draw(others), *draw(ours)]))
    numbered = [replace(item, number=number) for number, item in enumerate(mixed, 2)]
    form = draw(forms)
    return made([PICTURE, *numbered], form, tail=b"" if form.open else draw(tails))


@settings(max_examples=150, deadline=None)
@given(files(), packets, exifs, st.booleans())
def test_any_file_keeps_all_items_that_are_not_ours(data: bytes, packet: bytes, block: bytes, twice: bool) -> None:
    new = data
    for _ in range(1 + twice):
        new = with_blocks(heif, new, {"xmp": packet, "exif": block})
        layout = parsed(heif, new)
        assert dict(layout.blocks) == {"xmp": packet, "exif": block}
        assert picture(heif, new) == picture(heif, data)
        before, after = items(data), items(new)
        changed = {number for number, content in before.items() if after[number] != content}
        assert {before[number] for number in changed} <= OURS
        assert {packet, EXIF_HEAD + block} <= set(after.values())
    assert with_blocks(heif, new, {"xmp": packet, "exif": block}) == new


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=files(), first=captions, second=captions)
def test_what_is_written_is_read_and_undone(data: bytes, first: Caption, second: Caption, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir(exist_ok=True)
    path = folder / "a.heic"
    path.write_bytes(data)
    before = look(folder)
    with journal_at(tmp_path / "journal.sqlite") as journal:
        for caption in (first, second):
            try:
                write_run(journal, [path], caption, mode="embed")
            except Unsupported:  # of two packets one would be left
                continue
            assert metadata.read(path).caption == storable(caption)
            assert metadata.write(path, caption, FIELDS).changed is False
        while any(outcome.run is not None for outcome in undone(journal, path)):
            pass
    assert look(folder) == before
