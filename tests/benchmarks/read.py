"""What reading captions costs: `python tests/benchmarks/read.py [PHOTOS] [--rounds N] [--folder DIR]`.

PHOTOS camera JPEGs (2,000), each with EXIF (maker note and thumbnail), an XMP packet with develop settings and IPTC
records; every second one captioned by Cutline. All are read once, so that they are in the system's cache, and then in
rounds by each way in turn, in another order every round: a busy machine hurts all of them alike. A way answers title,
description and tags, but piexif, which knows EXIF only. ExifTool reads all photos in one process. Needs the extra
“benchmarks”; a peer that is missing is left out.
"""

import argparse
import io
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cutline.core import metadata
from cutline.core.photo import DEFAULT_FIELDS, Caption
from helpers import jpeg_files as files
from helpers.exif_blocks import ASCII, camera, canon_note
from helpers.tiff_files import dataset
from helpers.xmp_packets import described, framed

OURS, RIVAL = "cutline", "python-exiv2"
Way = Callable[[list[Path]], None]

_NAMESPACES = (
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" '
    'xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"'
)
_CREATOR = "<dc:creator><rdf:Seq><rdf:li>A. Photographer</rdf:li></rdf:Seq></dc:creator>"
_HISTORY = (
    '<xmpMM:History><rdf:Seq><rdf:li stEvt:action="derived" stEvt:parameters="converted from raw to image/jpeg"/>'
    '<rdf:li stEvt:action="saved" stEvt:when="2024-07-01T19:30:00+02:00"/></rdf:Seq></xmpMM:History>'
)
_CURVE = "<crs:ToneCurvePV2012><rdf:Seq><rdf:li>0, 0</rdf:li><rdf:li>255, 255</rdf:li></rdf:Seq></crs:ToneCurvePV2012>"


def developed() -> bytes:
    """A packet as a raw converter exports it: 150 settings, no caption."""
    settings = "".join(f'\n   crs:Setting{n}="{n / 7:+.2f}"' for n in range(150))
    attributes = f'xmp:Rating="3" dc:format="image/jpeg"{settings}'
    return framed(described(f"{_CREATOR}\n   {_HISTORY}\n   {_CURVE}", attributes, _NAMESPACES))


def originals() -> list[bytes]:
    """Photos of some 200 kilobytes: what a camera and a raw converter write, around noise that Pillow encodes."""
    made = []
    for seed in range(10):
        noise = Image.frombytes("RGB", (400, 300), random.Random(seed).randbytes(3 * 400 * 300))
        body, thumbnail = io.BytesIO(), io.BytesIO()
        noise.save(body, "JPEG", quality=92)
        noise.resize((160, 120)).save(thumbnail, "JPEG")
        block = camera(
            extra=[(0x013B, ASCII, b"A. Photographer\0")],
            make=b"Canon\0",
            maker_note=canon_note(random.Random(seed)),
            thumbnail=thumbnail.getvalue(),
        )
        resources = files.resource(0x0404, dataset(55, b"20240701") + dataset(80, b"A. Photographer"))
        blocks = files.exif(block), files.xmp(developed()), files.irb(resources), files.icc()
        picture = b"\xff\xd8" + b"".join(raw for marker, raw in files.split(body.getvalue()) if marker != files.APP0)
        made.append(files.jpeg(*blocks, body=picture, jfif=False))
    return made


def photos(folder: Path, count: int) -> list[Path]:
    """`count` files, every second one captioned."""
    contents, paths = originals(), []
    for n in range(count):
        path = folder / f"DSC_{n:05}.jpg"
        path.write_bytes(contents[n % len(contents)])
        if n % 2:
            tags = ("harbour", "evening", "Zürich", f"photo {n}")
            metadata.write(path, Caption(f"Title {n}", f"A harbour at dusk, number {n}", tags), DEFAULT_FIELDS)
        path.read_bytes()
        paths.append(path)
    return paths


def ours(paths: list[Path]) -> None:
    for path in paths:
        metadata.read(path)


def exiv2(paths: list[Path]) -> None:
    """Every carrier of the three fields that the photo has."""
    import exiv2 as library

    keys = (
        ("exifData", ("Exif.Image.ImageDescription", "Exif.Image.XPTitle", "Exif.Image.XPKeywords")),
        ("iptcData", ("Iptc.Application2.ObjectName", "Iptc.Application2.Caption", "Iptc.Application2.Keywords")),
        ("xmpData", ("Xmp.dc.title", "Xmp.dc.description", "Xmp.dc.subject")),
    )
    for path in paths:
        image = library.ImageFactory.open(str(path))
        image.readMetadata()
        for kind, names in keys:
            data = getattr(image, kind)()
            for name in names:
                if name in data:
                    str(data[name])


def piexif(paths: list[Path]) -> None:
    import piexif as library

    for path in paths:
        library.load(str(path))


def exiftool(paths: list[Path]) -> None:
    wanted = ["-Title", "-Description", "-Subject", "-Keywords", "-ImageDescription"]
    listed = "\n".join(map(str, paths))
    subprocess.run(["exiftool", "-j", *wanted, "-@", "-"], input=listed, capture_output=True, text=True, check=True)


def ways() -> dict[str, Way]:
    found: dict[str, Way] = {OURS: ours}
    if find_spec("exiv2"):
        found[RIVAL] = exiv2
    if find_spec("piexif"):
        found["piexif (EXIF only)"] = piexif
    if shutil.which("exiftool"):
        found["ExifTool"] = exiftool
    return found


def measured(paths: list[Path], rounds: int) -> dict[str, list[float]]:
    """Microseconds a photo of each way, one figure a round."""
    taking_turns, spent = ways(), dict[str, list[float]]()
    for name, way in taking_turns.items():
        way(paths[:20])
        spent[name] = []
    for _ in range(rounds):
        for name in random.sample(list(taking_turns), len(taking_turns)):
            mine = paths[: len(paths) // 10] if name == "ExifTool" else paths
            started = time.perf_counter()
            taking_turns[name](mine)
            spent[name].append(1e6 * (time.perf_counter() - started) / len(mine))
    return spent


def show(spent: dict[str, list[float]]) -> None:
    """Medians of all rounds, and the ratio to ours round by round: the machine's other work is the same for both."""
    print(f"{'':20}{'µs a photo':>12}{'best':>9}{'photos/s':>10}{'cutline is faster':>20}")
    for name, times in spent.items():
        ratio = statistics.median(other / mine for other, mine in zip(times, spent[OURS], strict=True))
        middle = statistics.median(times)
        print(f"{name:20}{middle:>12.1f}{min(times):>9.1f}{1e6 / middle:>10,.0f}{ratio:>18.2f} x")


def main() -> None:
    """Make the photos, read them, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=int, nargs="?", default=2000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--folder", type=Path, help="where the photos are made for the while; default: temporary")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cutline-benchmark-", dir=given.folder) as inner:
        paths = photos(Path(inner), max(given.photos, 40))
        print(f"{len(paths)} photos of {paths[0].stat().st_size // 1000} kB, {given.rounds} rounds; medians\n")
        show(measured(paths, max(given.rounds, 1)))


if __name__ == "__main__":
    main()
