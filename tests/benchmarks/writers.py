"""Ways to write one caption into photos: ours, the peers', and the plain copies that ours is measured against."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from cutline.core import metadata
from cutline.core.journal import Journal
from cutline.core.photo import FIELDS, Caption
from cutline.core.runs import About, Recorder
from cutline.core.temporaries import sync_folder

CAPTION = Caption("Zürich", "東京 and some more words", tuple(f"tag {n}" for n in range(30)), "alt text")

Way = Callable[[list[Path]], None]
"""Writes the caption into the photos, or copies them; returns when it is done by its own rules."""


def copy(photos: list[Path]) -> None:
    """`shutil.copyfile`, fsync of the copy, replace: what most programs take for safe."""
    for path in photos:
        beside = path.with_suffix(".copy")
        shutil.copyfile(path, beside)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)


def durable_copy(photos: list[Path]) -> None:
    """The same, and fsync of the folder after each: only then does the replacing itself outlive a power cut."""
    for path in photos:
        copy([path])
        sync_folder(path.parent)


def ours(photos: list[Path]) -> None:
    for path in photos:
        metadata.write(path, CAPTION, FIELDS)


def ours_without_fsync(photos: list[Path]) -> None:
    with mock.patch("os.fsync"):
        ours(photos)


@contextmanager
def ours_undoable(folder: Path) -> Iterator[Way]:
    """One run with one journal, kept in `folder`."""
    with closing(Journal(folder / "journal.sqlite")) as journal:
        recorder = Recorder(journal, About("write"))

        def write(photos: list[Path]) -> None:
            for path in photos:
                metadata.write(path, CAPTION, FIELDS, record=recorder.of(path))

        yield write
        recorder.close()


@contextmanager
def exiftool() -> Iterator[Way]:
    """One ExifTool process for all photos; no fsync."""
    command = ["exiftool", "-stay_open", "True", "-@", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def write(photos: list[Path]) -> None:
            for path in photos:
                print(*_exiftool_arguments(path), "-execute", sep="\n", file=asked, flush=True)
                said = list(iter(answers.readline, "{ready}\n"))
                assert "    1 image files updated\n" in said, said

        yield write
        print("-stay_open", "False", sep="\n", file=asked, flush=True)


def _exiftool_arguments(path: Path) -> list[str]:
    whole = {
        "XMP-dc:Title": CAPTION.title,
        "XMP-dc:Description": CAPTION.description,
        "XMP-iptcCore:AltTextAccessibility": CAPTION.alt_text,
        "IPTC:ObjectName": CAPTION.title,
        "IPTC:Caption-Abstract": CAPTION.description,
        "EXIF:ImageDescription": CAPTION.description,
        "EXIF:XPTitle": CAPTION.title,
        "EXIF:XPComment": CAPTION.description,
        "EXIF:XPKeywords": ";".join(CAPTION.tags),
    }
    single = [f"-{name}={value}" for name, value in whole.items()]
    lists = [f"-{name}={tag}" for name in ("XMP-dc:Subject", "IPTC:Keywords") for tag in CAPTION.tags]
    return ["-m", "-P", "-overwrite_original", "-codedcharacterset=utf8", *single, *lists, str(path)]


def exiv2(photos: list[Path]) -> None:
    """libexiv2 in this process: it overwrites the photo where it stands; no fsync."""
    import exiv2 as library

    for path in photos:
        image = library.ImageFactory.open(str(path))
        image.readMetadata()
        exif, iptc, xmp = image.exifData(), image.iptcData(), image.xmpData()
        exif["Exif.Image.ImageDescription"] = CAPTION.description
        for tag, value in (("Title", CAPTION.title), ("Comment", CAPTION.description)):
            exif[f"Exif.Image.XP{tag}"] = _wide(library, value)
        exif["Exif.Image.XPKeywords"] = _wide(library, ";".join(CAPTION.tags))
        iptc["Iptc.Envelope.CharacterSet"] = "\x1b%G"
        iptc["Iptc.Application2.ObjectName"] = CAPTION.title
        iptc["Iptc.Application2.Caption"] = CAPTION.description
        for tag in CAPTION.tags:
            iptc.add(library.IptcKey("Iptc.Application2.Keywords"), library.StringValue(tag))
        xmp["Xmp.dc.title"] = library.LangAltValue(CAPTION.title)
        xmp["Xmp.dc.description"] = library.LangAltValue(CAPTION.description)
        xmp["Xmp.iptc.AltTextAccessibility"] = library.LangAltValue(CAPTION.alt_text)
        xmp["Xmp.dc.subject"] = library.XmpArrayValue(list(CAPTION.tags), library.TypeId.xmpBag)
        image.writeMetadata()


def _wide(library: Any, text: str) -> Any:
    data = (text + "\0").encode("utf-16-le")
    return library.DataValue(data, library.ByteOrder.invalidByteOrder, library.TypeId.unsignedByte)


def exiv2_with_fsync(photos: list[Path]) -> None:
    """The same, and fsync of each photo; a power cut while it is overwritten still destroys it."""
    for path in photos:
        exiv2([path])
        with path.open("rb+") as file:
            os.fsync(file.fileno())
