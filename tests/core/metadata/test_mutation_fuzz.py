"""Damaged files of every container, thousands of them, always the same: no crash, no hang, no appetite for memory.

``CUTLINE_FUZZ=N`` makes N times as many.
"""

import io
import os
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import pytest

from cutline.core.errors import CutlineError
from cutline.core.metadata import detect, fields
from cutline.core.metadata.model import Layout
from cutline.core.metadata.plan import planned
from cutline.core.metadata.splice import inverse, minimal
from cutline.core.photo import FIELDS, Caption
from helpers import gif_files, heif_boxes, heif_films, jpeg_files, png_files, tiff_files, webp_files
from helpers.exif_blocks import camera, description, windows
from helpers.mutants import Counting, mutant
from helpers.spliced import spliced
from helpers.xmp_packets import DARKTABLE, PHOTOSHOP

TIMES = int(os.environ.get("CUTLINE_FUZZ", "1"))
MUTANTS = 100 * TIMES
BATCHES = 5
READS = 4  # reads, and bytes read, for each byte of the file
MEMORY = 24  # bytes for each byte of the file
ROOM = 3_000_000  # and that much whatever its size: parsers, windows
SECONDS = 5.0  # of computing; many times what the largest of these files takes on a slow machine

CAPTION = Caption("Zürich 東京", "😀\nsecond line", tuple(f"tag {n}" for n in range(30)), "alt text")
EXIF = camera("<", [description(b"old words\0"), windows(0x9C9C, "old")], thumbnail=b"\xff\xd8\xff\xd9", trailing=b"x")
BIG_EXIF = camera(">", [description(b"old words\0")], trailing=b"tail")
IIM = b"\x1c\x02\x00\x00\x02\x00\x04\x1c\x02\x50\x00\x06by one\x1c\x02\x78\x00\x09old words\x1c\x02\x19\x00\x03one"
IRB = jpeg_files.resource(0x03ED, bytes(16)) + jpeg_files.resource(0x0404, IIM) + jpeg_files.resource(0x0425, bytes(16))
BLOCK_WORDS = (
    b"II*\0", b"MM\0*", b"8BIM\4\4", b"8BIM\4\x25", b"\x1c\2\x78", b"\x1c\2\x19", b"\x1c\1\x5a", b"<rdf:li>",
    b"</rdf:RDF>",
    b"<x:xmpmeta", b"<?xpacket end", b"rdf:Description", b"dc:title", b"\x69\x87\4\0", b"\x0e\1\2\0", b"\x9b\x9c",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A container's sound files, and the words its format is made of."""

    files: tuple[bytes, ...]
    words: tuple[bytes, ...]


def _jpegs() -> tuple[bytes, ...]:
    before = (jpeg_files.exif(EXIF), jpeg_files.xmp(PHOTOSHOP), jpeg_files.irb(IRB), jpeg_files.icc())
    whole = jpeg_files.with_mpf(*before, others=[jpeg_files.picture((20, 20))])
    plain = jpeg_files.jpeg(jpeg_files.exif(BIG_EXIF), jpeg_files.xmp(DARKTABLE))
    items = [(b"IPTC", b"words"), (b"TEXT", b"more")]
    return whole, plain, plain + jpeg_files.afcp(len(plain), items), jpeg_files.jpeg(jpeg_files.irb(IRB), jfif=False)


def _pngs() -> tuple[bytes, ...]:
    extra = (png_files.chunk(b"eXIf", EXIF), png_files.xmp_itxt(PHOTOSHOP, compressed=True),
             png_files.raw_profile(b"iptc", IRB), png_files.raw_profile(b"exif", b"Exif\0\0" + BIG_EXIF),
             png_files.raw_profile(b"xmp", DARKTABLE))  # fmt: skip
    return png_files.with_chunks(png_files.plain(), *extra), png_files.animated(), png_files.interlaced()


def _webps() -> tuple[bytes, ...]:
    image = [webp_files.chunk(kind, body) for kind, body in webp_files.chunks(webp_files.lossy())]
    extra = (webp_files.chunk(b"EXIF", EXIF), webp_files.chunk(b"XMP ", PHOTOSHOP), webp_files.chunk(b"what", b"odd"))
    whole = webp_files.riff(webp_files.vp8x(0x0C, (13, 9)), *image, *extra)
    return whole, webp_files.lossless(), webp_files.animated()


def _gifs() -> tuple[bytes, ...]:
    image = gif_files.parts(gif_files.still())[2]
    whole = gif_files.gif(gif_files.LOOP, gif_files.xmp(PHOTOSHOP), image, gif_files.xmp_in_blocks(DARKTABLE), image)
    return whole, gif_files.animated(), gif_files.FLAVOURS["87a"]()


def _tiffs() -> tuple[bytes, ...]:
    pages = [png_files.picture((size, 9)) for size in (13, 8)]
    tags = {270: "old words", 315: "A. Photographer", 700: PHOTOSHOP, 33723: IIM}
    little, several = io.BytesIO(), io.BytesIO()
    pages[0].save(little, "TIFF", tiffinfo=tags)
    pages[0].save(several, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_deflate", big_tiff=True)
    extra = ((270, 2, b"old words\0"), (700, 1, PHOTOSHOP), (33723, 4, IIM + bytes(-len(IIM) % 4)), (34377, 1, IRB))
    plain, big = (tiff_files.one(order, *extra, big=order == ">") for order in "<>")
    by_hand = (plain, big, tiff_files.dng(">"), tiff_files.pages(), tiff_files.camera())
    return little.getvalue(), several.getvalue(), EXIF, *by_hand


def _heifs() -> tuple[bytes, ...]:
    items = [heif_boxes.PICTURE, heif_boxes.exif_item(4, EXIF, pieces=2), heif_boxes.xmp_item(3, PHOTOSHOP)]
    inside = [heif_boxes.PICTURE, heif_boxes.xmp_item(3, DARKTABLE, method=1)]
    odd = heif_boxes.Form(sizes=(4, 4, 4, 4), base=50, free=500, large=True)
    film = heif_films.with_items_of_track(heif_boxes.heif([*inside, heif_boxes.xmp_item(4, PHOTOSHOP)]), 4)
    plain = heif_boxes.heif(items[:1], heif_boxes.Form(iloc=0, open=True))
    return heif_boxes.heif([*items, heif_boxes.MASK]), heif_boxes.heif(inside, odd), plain, heif_films.film(), film


KINDS = {
    "jpeg": Kind(_jpegs(), (b"\xff\xe1", b"\xff\xed", b"\xff\xe2", b"\xff\xda", b"\xff\xd9", b"Exif\0\0", b"MPF\0")),
    "png": Kind(_pngs(), (b"IHDR", b"IDAT", b"IEND", b"iTXt", b"zTXt", b"eXIf", b"Raw profile type ", b"acTL")),
    "webp": Kind(_webps(), (b"RIFF", b"WEBP", b"VP8X", b"VP8 ", b"VP8L", b"EXIF", b"XMP ", b"ANMF")),
    "gif": Kind(_gifs(), (b"GIF89a", b"GIF87a", b"\x21\xff\x0b", b"XMP DataXMP", b"\x2c", b"\x3b", b"\1\xff")),
    "heif": Kind(_heifs(), (b"meta", b"iloc", b"iinf", b"infe", b"iref", b"ipma", b"idat", b"mdat", b"stco", b"stsc")),
    "tiff": Kind(_tiffs(), (b"II*\0", b"MM\0*", b"II+\0", b"\x11\1\4\0", b"\xbc\2\1\0", b"\xbb\x83\7\0", b"\x4a\1")),
}  # fmt: skip


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_file_is_read_and_written_or_refused(name: str, batch: int) -> None:
    kind = KINDS[name]
    for number in range(batch, MUTANTS * BATCHES, BATCHES):
        data = mutant(f"{name} {number}", kind.files[number % len(kind.files)], kind.words + BLOCK_WORDS)
        try:
            _bounded(data)
        except Exception as error:
            error.add_note(f'mutant("{name} {number}", KINDS["{name}"].files[{number % len(kind.files)}], ...)')
            raise


def test_sound_files_are_written() -> None:
    for kind in KINDS.values():
        for data in kind.files:
            assert _written(Counting(data), data)


def _bounded(data: bytes) -> None:
    """Read and write a damaged file, and measure what that took."""
    file = Counting(data)
    tracemalloc.start()
    started = time.process_time()
    try:
        _written(file, data)
    except CutlineError:
        pass  # refused, which is as good
    finally:
        took, (_, peak) = time.process_time() - started, tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert file.reads <= READS * len(data) + 1000
    assert file.bytes_read <= READS * len(data) + ROOM
    assert peak <= MEMORY * len(data) + ROOM, peak
    assert took < SECONDS, took


def _written(file: Counting, data: bytes) -> bool:
    """Put the caption in, in memory; whether anything changed. Everything else has to be as it was."""
    container = detect.container_for(data[: detect.HEAD], Path("photo"))
    if container is None:
        return False
    layout = container.parse(file, len(data))
    fields.reconciled(fields.carriers(layout.blocks))
    if layout.sidecar_only:
        return False
    plan = planned(layout, CAPTION, FIELDS)
    blocks = detect.settled(file, len(data), layout, plan.blocks)
    splices = minimal(file, container.splices(layout, blocks))
    new = spliced(data, splices)
    assert spliced(new, inverse(file, splices)) == data
    after = container.parse(io.BytesIO(new), len(new))
    assert _present({**layout.blocks, **blocks}) == _present(after.blocks)
    assert _picture(new, after) == _picture(data, layout)
    return bool(splices)


def _present(blocks: object) -> dict[object, object]:
    assert isinstance(blocks, dict)
    return {name: block for name, block in blocks.items() if block}


def _picture(data: bytes, layout: Layout) -> bytes:
    return b"".join(data[offset : offset + length] for offset, length in layout.picture)
