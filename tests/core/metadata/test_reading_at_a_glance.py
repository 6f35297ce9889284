"""Who only reads gets to know the same as who takes all apart."""

import io
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core import metadata
from cutline.core.errors import Malformed, Unreadable
from cutline.core.metadata.blocks import exif, tiff
from cutline.core.metadata.blocks.xmp_tree import Element, Tree, glance, parse
from cutline.core.metadata.blocks.xmp_values import NAMESPACES, WATCHED
from cutline.core.metadata.containers import jpeg
from cutline.core.photo import FIELDS, Caption
from helpers import jpeg_files
from helpers.exif_blocks import camera, canon_note, description
from helpers.xmp_packets import DIGIKAM, LIGHTROOM, PHOTOSHOP, SHAPES, documents

Told = tuple[str, dict[str, str], str, list["Told"]]

JPEG = jpeg_files.jpeg(
    jpeg_files.exif(camera(extra=[description(b"words\0")])),
    jpeg_files.xmp(PHOTOSHOP),
    jpeg_files.xmp(DIGIKAM),
    jpeg_files.irb(jpeg_files.resource(0x0404, b"\x1c\x02\x05\0\1a")),
    jpeg_files.segment(jpeg_files.APP11, b"JP\0\1\0\0\0\1jumb c2pa"),
    jpeg_files.irb(jpeg_files.resource(0x03ED, bytes(16))),
)


def told(element: Element) -> Told:
    return element.name, dict(element.attributes), element.text, [told(child) for child in element.children]


def content(tree: Tree) -> list[Told]:
    return [told(description) for description in tree.descriptions]


@settings(max_examples=150, deadline=None)
@given(documents() | st.sampled_from([packet[packet.index(b"<x:") :] for packet in SHAPES.values()]), st.data())
def test_a_packet(packet: bytes, data: st.DataObject) -> None:
    xml = packet.removeprefix(b"\xef\xbb\xbf").rstrip(b"\0")
    at = data.draw(st.integers(0, len(xml) - 1))
    xml = xml if data.draw(st.booleans()) else xml[:at] + data.draw(st.binary(max_size=3)) + xml[at + 1 :]
    try:
        whole = parse(xml, WATCHED, NAMESPACES)
    except Malformed:
        with pytest.raises(Malformed):
            glance(xml, WATCHED)
        return
    seen = glance(xml, WATCHED)
    assert content(seen) == content(whole)
    assert (seen.strangers, seen.watched) == (whole.strangers, whole.watched)


@pytest.mark.parametrize("packet", [LIGHTROOM, DIGIKAM])
def test_a_packet_knows_which_of_our_properties_it_holds(packet: bytes) -> None:
    xml = packet[packet.index(b"<x:") :]
    names = {name.rpartition(" ")[2] for name in glance(xml, WATCHED).watched}
    assert names == {name.rpartition(" ")[2] for name in WATCHED if f":{name.rpartition(' ')[2]}>".encode() in xml}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(2, len(JPEG) - 1), st.binary(min_size=1, max_size=2)), max_size=2))
def test_a_jpeg_file(changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(JPEG)
    for at, new in changes:
        data[at : at + len(new)] = new
    file, size = io.BytesIO(data), len(data)
    try:
        whole = jpeg.parse(file, size)
    except Unreadable as error:
        with pytest.raises(Unreadable, match=str(error)):
            jpeg.glance(file, size)
        return
    seen = jpeg.glance(file, size)
    assert (seen.format, seen.blocks, seen.holds, seen.limits) == (
        whole.format,
        whole.blocks,
        whole.holds,
        whole.limits,
    )
    assert seen.notes == whole.notes


@settings(max_examples=200, deadline=None)
@given(st.sampled_from("<>"), st.lists(st.tuples(st.integers(4, 250), st.integers(0, 255)), max_size=2))
def test_an_exif_block(order: str, changes: list[tuple[int, int]]) -> None:
    block = bytearray(camera(order, [description(b"words that do not fit into an entry\0")], maker_note=b"short"))
    for at, new in changes:
        block[-at] = new
    data = bytes(block)
    try:
        ifd0 = tiff.ifd_at(data, tiff.ifd_offset(data))
    except Malformed:
        assert not exif.editable(data)
        with pytest.raises(Malformed):
            exif.read(data)
        return
    wanted = {0x010E, 0x0110, 0x9C9B}
    found = tiff.entries_at(data, tiff.ifd_offset(data), wanted)
    assert found == {tag: ifd0.find(tag)[0] for tag in wanted if ifd0.find(tag)}
    if exif.editable(data):
        tree = tiff.Tree(data)
        assert tree.ifd0 == ifd0
        assert all(8 <= e.place <= len(data) - e.size for ifd in tree.ifds for e in ifd.entries if not e.inline)


def test_a_maker_note_as_canon_s_is_sound(tmp_path: Path) -> None:
    block = camera(maker_note=canon_note(random.Random(3)))
    assert exif.editable(block)
    assert tiff.Tree(block).maker_notes == [(8, 8 + len(canon_note(random.Random(3))))]
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg_files.jpeg(jpeg_files.exif(block)))
    caption = Caption("T", "D", ("a",))
    metadata.write(path, caption, FIELDS)
    assert metadata.read(path).caption == caption
    assert canon_note(random.Random(3)) in path.read_bytes()
