from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cutline.core import metadata
from cutline.core.errors import PhotoError
from cutline.core.metadata.blocks import xmp
from cutline.core.metadata.containers import gif
from cutline.core.metadata.fields import storable
from cutline.core.photo import FIELDS, Caption
from helpers import gif_files as made
from helpers.spliced import parsed, picture, spliced, with_blocks
from helpers.undoable import journal_at, look, undone, write_run
from helpers.xmp_packets import DARKTABLE, PHOTOSHOP

XMP = xmp.edit(None, Caption("Zürich 東京", "😀\nsecond line", ("a", "b"), "alt"), FIELDS)
IMAGE = made.parts(made.still())[2]

text = st.text(max_size=40)
captions = st.builds(Caption, text, text, st.lists(text, max_size=5).map(tuple), text)
packets = st.sampled_from([XMP, PHOTOSHOP, DARKTABLE, b"", b"<broken"])
extensions = st.one_of(
    st.sampled_from([made.COMMENT, made.LOOP, IMAGE, b"\x21\xf9\x04\x04\x0a\0\0\0", b"\0"]),
    packets.map(made.xmp),
    st.builds(made.xmp_in_blocks, packets, st.integers(1, 255)),
    st.builds(lambda label, body: b"\x21" + bytes((label,)) + made.blocks(body) + b"\0", st.integers(0, 255),
              st.binary(max_size=300)),
)  # fmt: skip
bodies = st.tuples(st.lists(extensions, max_size=4), st.lists(extensions, max_size=4)).map(
    lambda both: [*both[0], IMAGE, *both[1]]
)
versions = st.sampled_from([b"87a", b"89a"])


@settings(max_examples=150, deadline=None)
@given(bodies, versions, st.booleans(), st.sampled_from([b";", b"", b";trailing \x21\xff"]), packets)
def test_any_row_of_blocks_keeps_what_is_not_ours(
    body: list[bytes], version: bytes, table: bool, tail: bytes, packet: bytes
) -> None:
    data = made.gif(*body, version=version, table=table, tail=tail)
    new = with_blocks(gif, data, {"xmp": packet})
    assert parsed(gif, new).blocks.get("xmp", b"") == packet
    assert _others(new) == _others(data)
    assert picture(gif, new) == picture(gif, data)
    assert with_blocks(gif, new, {"xmp": packet}) == new


def _others(data: bytes) -> list[bytes]:
    return [part for part in made.parts(data)[1:] if not part.startswith(b"\x21\xff\x0bXMP DataXMP")]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flavour=st.sampled_from(list(made.FLAVOURS)), first=captions, second=captions)
def test_what_is_written_is_read_and_undone(flavour: str, first: Caption, second: Caption, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir(exist_ok=True)
    path = folder / "a.gif"
    path.write_bytes(made.FLAVOURS[flavour]())
    before = look(folder)
    with journal_at(tmp_path / "journal.sqlite") as journal:
        for caption in (first, second):
            write_run(journal, [path], caption)
            assert metadata.read(path).caption == storable(caption)
            assert metadata.write(path, caption, FIELDS).changed is False
        while any(outcome.run is not None for outcome in undone(journal, path)):
            pass
    assert look(folder) == before


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_files_are_parsed_or_refused(data: st.DataObject) -> None:
    whole = made.gif(made.LOOP, made.xmp(PHOTOSHOP), IMAGE, made.xmp_in_blocks(DARKTABLE), IMAGE)
    at = data.draw(st.integers(0, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(max_size=6)) + whole[at + data.draw(st.integers(0, 300)) :]
    try:
        layout = parsed(gif, damaged)
    except PhotoError:
        return
    new = spliced(damaged, gif.splices(layout, {"xmp": XMP}))
    assert dict(parsed(gif, new).blocks) == {"xmp": XMP}
    assert picture(gif, new) == b"".join(damaged[offset : offset + length] for offset, length in layout.picture)


@pytest.mark.parametrize("flavour", made.FLAVOURS)
def test_a_removed_caption_is_gone(flavour: str, tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    path.write_bytes(made.FLAVOURS[flavour]())
    metadata.write(path, Caption("Quetzalcoatl", "Popocatepetl", ("Xochimilco",), "Tlaloc"), FIELDS)
    metadata.write(path, Caption(), FIELDS)
    left = path.read_bytes()
    assert not any(word in left for word in (b"Quetzalcoatl", b"Popocatepetl", b"Xochimilco", b"Tlaloc", b"XMP"))
