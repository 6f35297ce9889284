"""Image sequences built box by box: a picture with a track beside it."""

import struct

from helpers.heif_boxes import PICTURE, Form, box, child, full, heif, xmp_item
from helpers.xmp_packets import PHOTOSHOP

SAMPLES = (b"first sample", b"second", b"the third sample")


def _table(name: bytes, *rows: bytes, own: bytes = b"") -> bytes:
    return full(name, 0, own, struct.pack(">I", len(rows)), *rows)


def trak(offsets: tuple[int, ...], form: str = ">I", name: bytes = b"stco", own: bytes = b"\0\0\0\1") -> bytes:
    """A track of two chunks: one of two samples, one of the third."""
    runs = (struct.pack(">III", 1, 2, 1), struct.pack(">III", 2, 1, 1))
    sizes = (struct.pack(">I", len(sample)) for sample in SAMPLES)
    stbl = box(
        b"stbl",
        _table(b"stsc", *runs),
        _table(b"stsz", *sizes, own=bytes(4)),
        _table(name, *(struct.pack(form, offset) for offset in offsets)),
    )
    dinf = box(b"dinf", _table(b"dref", box(b"url ", own)))
    return box(b"trak", box(b"mdia", box(b"minf", dinf, stbl)))


def film(form: str = ">I", name: bytes = b"stco", behind: bool = True, **options: bytes) -> bytes:
    """A picture with a sequence, whose moov stands behind or in front of the samples."""
    still = heif([PICTURE, xmp_item(3, PHOTOSHOP)], Form(brand=b"avis"))
    media = box(b"mdat", b"".join(SAMPLES))

    def moov(first: int) -> bytes:
        return box(b"moov", trak((first, first + len(SAMPLES[0] + SAMPLES[1])), form=form, name=name, **options))

    start = len(still) + 8 + (0 if behind else len(moov(0)))
    return still + (media + moov(start) if behind else moov(start) + media)


def chunks(data: bytes, name: bytes = b"stco", form: str = ">I") -> list[bytes]:
    """What stands where the chunk table of the film says."""
    start, end = child(data, b"moov", b"trak", b"mdia", b"minf", b"stbl", name)
    offsets = [offset for (offset,) in struct.iter_unpack(form, data[start + 8 : end])]
    lengths = (len(SAMPLES[0] + SAMPLES[1]), len(SAMPLES[2]))
    return [data[offset : offset + length] for offset, length in zip(offsets, lengths, strict=True)]


def with_items_of_track(data: bytes, item: int = 3) -> bytes:
    """The file, whose rows in iloc have 16 bytes, with a track that has a meta box of its own with the same `item`."""
    start, _ = child(data, b"meta", b"iloc")
    rows = data[start + 8 :]
    theirs = next(rows[at : at + 16] for at in range(0, len(rows), 16) if rows[at : at + 2] == bytes((0, item)))
    iloc = full(b"iloc", 1, b"\x44\0", b"\0\1", theirs)
    iinf = full(b"iinf", 0, b"\0\1", full(b"infe", 2, bytes((0, item)) + b"\0\0mime\0application/rdf+xml\0"))
    meta = full(b"meta", 0, full(b"hdlr", 0, bytes(4), b"pict", bytes(13)), iloc, iinf)
    return data + box(b"moov", box(b"trak", meta))
