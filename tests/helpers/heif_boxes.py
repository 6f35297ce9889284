"""HEIF files built box by box, in every form that the tables may have, and an own small reader of their items.

The pictures in them are made-up bytes: what counts is where they stand.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

EXIF_HEAD = b"\0\0\0\x06Exif\0\0"
XMP_TYPE = b"application/rdf+xml"


@dataclass(frozen=True)
class Item:
    """One item of a file."""

    number: int
    type: bytes
    data: bytes
    describes: tuple[int, ...] = ()
    method: int = 0
    pieces: int = 1
    encoding: bytes = b""
    protection: int = 0
    link: bytes = b"cdsc"


@dataclass(frozen=True)
class Form:
    """How the boxes of a file are written."""

    iloc: int = 1
    """Version."""
    sizes: tuple[int, int, int, int] = (4, 4, 0, 0)
    """Bytes of an offset, a length, a base and an index in iloc."""
    wide: bool = False
    """Whether item numbers have 32 bits wherever they can."""
    base: int = 0
    """Of every item that counts from the start of the file, where there is one."""
    large: bool = False
    """Whether meta and mdat say their size in 64 bits."""
    open: bool = False
    """Whether the last mdat says no size."""
    free: int = 0
    """Bytes in a free box behind meta, if any."""
    brand: bytes = b"heic"
    handler: bytes = b"pict"
    front: bool = False
    """Whether mdat stands in front of meta."""


PICTURE = Item(1, b"hvc1", bytes(range(1, 200)))
MASK = Item(2, b"hvc1", b"alpha" * 30, (1,), link=b"auxl")


def box(name: bytes, *content: bytes, large: bool = False) -> bytes:
    """A whole box."""
    data = b"".join(content)
    if large:
        return struct.pack(">I4sQ", 1, name, len(data) + 16) + data
    return struct.pack(">I4s", len(data) + 8, name) + data


def full(name: bytes, version: int, *content: bytes, flags: int = 0, large: bool = False) -> bytes:
    """A whole box with version and flags."""
    return box(name, struct.pack(">I", version << 24 | flags), *content, large=large)


def heif(items: Sequence[Item], form: Form = Form(), *, inside: bytes = b"", tail: bytes = b"") -> bytes:
    """A file of `items`, the first of which is the picture; with boxes more `inside` meta, and a `tail`."""
    ftyp = box(b"ftyp", form.brand, bytes(4), form.brand, b"mif1")
    held = [item for item in items if item.method == 0]
    data = b"".join(item.data + b"\xee" for item in held)
    mdat = box(b"mdat", data, large=form.large)
    if form.open:
        mdat = bytes(4) + mdat[4:]
    free = box(b"free", bytes(form.free)) if form.free else b""
    behind = len(ftyp) + len(_meta(items, form, 0, inside)) + len(free)
    start = (len(ftyp) if form.front else behind) + len(mdat) - len(data)
    meta = _meta(items, form, start, inside)
    return b"".join((ftyp, mdat, meta, free) if form.front else (ftyp, meta, free, mdat)) + tail


def exif_item(number: int, block: bytes, describes: tuple[int, ...] = (1,), **options: object) -> Item:
    """An Exif item that describes the picture."""
    return Item(number, b"Exif", EXIF_HEAD + block, describes, **options)  # type: ignore[arg-type]


def xmp_item(number: int, packet: bytes, describes: tuple[int, ...] = (1,), **options: object) -> Item:
    """An XMP item that describes the picture."""
    return Item(number, b"mime", packet, describes, **options)  # type: ignore[arg-type]


def _meta(items: Sequence[Item], form: Form, start: int, inside: bytes) -> bytes:
    wide = "I" if form.wide else "H"
    idat = b"".join(item.data for item in items if item.method == 1)
    properties = full(b"ipma", 0, struct.pack(">IHBB", 1, 1, 1, 1))
    links = [box(i.link, struct.pack(f">{wide}H{len(i.describes)}{wide}", i.number, len(i.describes), *i.describes))
             for i in items if i.describes]  # fmt: skip
    return full(
        b"meta",
        0,
        full(b"hdlr", 0, bytes(4), form.handler, bytes(13)),
        full(b"pitm", int(form.wide), struct.pack(f">{wide}", items[0].number)),
        _iloc(items, form, start),
        full(b"iinf", int(form.wide), struct.pack(f">{wide}", len(items)), *(_infe(item, form.wide) for item in items)),
        full(b"iref", int(form.wide), *links) if links else b"",
        box(b"iprp", box(b"ipco", full(b"ispe", 0, struct.pack(">II", 4, 4))), properties),
        box(b"idat", idat) if any(item.method == 1 for item in items) else b"",
        inside,
        large=form.large,
    )


def _infe(item: Item, wide: bool) -> bytes:
    mime = XMP_TYPE + b"\0" + (item.encoding + b"\0" if item.encoding else b"") if item.type == b"mime" else b""
    number = struct.pack(">I" if wide else ">H", item.number)
    return full(b"infe", 3 if wide else 2, number, struct.pack(">H", item.protection), item.type, b"\0", mime)


def _iloc(items: Sequence[Item], form: Form, start: int) -> bytes:
    offset_size, length_size, base_size, index_size = form.sizes
    rows, places = [], {0: start, 1: 0, 2: 0}
    for item in items:
        base = min(form.base, start) if base_size and item.method == 0 else 0
        at, step = places[item.method], -(-len(item.data) // item.pieces)
        if base_size and not offset_size:
            base = at
        row = struct.pack(">I" if form.iloc == 2 else ">H", item.number)
        row += struct.pack(">H", item.method) if form.iloc else b""
        row += bytes(2) + base.to_bytes(base_size, "big") + struct.pack(">H", item.pieces)
        for number in range(item.pieces):
            length = min(step, len(item.data) - number * step) if length_size else 0
            row += (1).to_bytes(index_size, "big") if form.iloc and index_size else b""
            row += (at + number * step - base).to_bytes(offset_size, "big") + length.to_bytes(length_size, "big")
        rows.append(row)
        places[item.method] = at + len(item.data) + (item.method == 0)
    sizes = bytes((offset_size << 4 | length_size, base_size << 4 | index_size))
    count = struct.pack(">I" if form.iloc == 2 else ">H", len(items))
    return full(b"iloc", form.iloc, sizes, count, *rows)


def row(data: bytes, start: int = 0, end: int | None = None) -> list[tuple[bytes, int, int]]:
    """(type, start of content, end) of the boxes in a stretch of a file."""
    found, at, end = [], start, len(data) if end is None else end
    while end - at >= 8:
        size, name = struct.unpack_from(">I4s", data, at)
        head = 16 if size == 1 else 8
        size = struct.unpack_from(">Q", data, at + 8)[0] if size == 1 else size or end - at
        found.append((name, at + head, at + size))
        at += size
    return found


def child(data: bytes, *names: bytes) -> tuple[int, int]:
    """Where the content of the box stands that `names` lead to; meta counts without its version."""
    start, end = 0, len(data)
    for name in names:
        start, end = next((s + (4 if name == b"meta" else 0), e) for n, s, e in row(data, start, end) if n == name)
    return start, end


def items(data: bytes, *path: bytes) -> Mapping[int, bytes]:
    """The bytes of every item of the file that says where they are; of the meta box in `path`, if one is named."""
    meta = (*path, b"meta")
    at, _ = child(data, *meta, b"iloc")
    version, sizes = data[at], [data[at + 4] >> 4, data[at + 4] & 15, data[at + 5] >> 4, data[at + 5] & 15]
    at += 6

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(data[at - size : at], "big")

    found = {}
    for _ in range(number(4 if version == 2 else 2)):
        item = number(4 if version == 2 else 2)
        method = number(2) & 15 if version else 0
        number(2)
        base = number(sizes[2]) + (child(data, *meta, b"idat")[0] if method == 1 else 0)
        pieces = b""
        for _ in range(number(2)):
            number(sizes[3] if version else 0)
            start, length = base + number(sizes[0]), number(sizes[1])
            assert start + length <= len(data)
            pieces += data[start : start + length]
        found[item] = pieces
    return found
