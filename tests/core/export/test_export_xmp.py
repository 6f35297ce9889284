"""Sidecars: which name, what stays, and what ends the export."""

import os
import subprocess
from pathlib import Path

import pytest

from cutline.core import export, metadata
from cutline.core.errors import DiskError, Malformed
from cutline.core.metadata import sidecar
from cutline.core.metadata.model import Reading, Stamp
from cutline.core.photo import Caption
from helpers.little_photos import jpeg

FOREIGN = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Another Program 1.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"
    xmlns:dc="http://purl.org/dc/elements/1.1/">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">theirs</rdf:li></rdf:Alt></dc:title>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


def reading(title: str, **fields: str) -> Reading:
    return Reading(Caption(title, tags=("a", "b"), **fields), "jpeg", Stamp(0, 0))


def titles(folder: Path) -> dict[str, str | None]:
    return {name: sidecar.read(folder / name).title for name in sorted(os.listdir(folder)) if name.endswith(".xmp")}


def test_names_and_clashes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    paths = ["x/a.jpg", "x/b.jpg", "x/A.png", "y/a.jpg", "z/a.jpg", "w/a.jpg"]
    assert export.write("xmp", [(tmp_path / path, reading(path)) for path in paths], out) == 6
    assert titles(out) == {
        "a.xmp": "x/a.jpg",
        "b.xmp": "x/b.jpg",
        "A.png.xmp": "x/A.png",
        "a.jpg.xmp": "y/a.jpg",
        "a-2.jpg.xmp": "z/a.jpg",
        "a-3.jpg.xmp": "w/a.jpg",
    }


def test_a_second_export_brings_our_sidecars_up_to_date(tmp_path: Path) -> None:
    out = tmp_path / "out"
    photo = tmp_path / "a.jpg"
    export.write("xmp", [(photo, reading("old", description="text"))], out)
    export.write("xmp", [(photo, reading(""))], out)
    found = sidecar.read(out / "a.xmp")
    assert (found.title or "", found.description or "", found.tags) == ("", "", ("a", "b"))
    before = (out / "a.xmp").stat().st_mtime_ns
    export.write("xmp", [(photo, reading(""))], out)
    assert (out / "a.xmp").stat().st_mtime_ns == before


def test_what_another_program_keeps_in_a_sidecar_stays(tmp_path: Path) -> None:
    (tmp_path / "a.xmp").write_text(FOREIGN)
    export.write("xmp", [(Path("photos/a.jpg"), reading("", description="ours"))], tmp_path)
    text = (tmp_path / "a.xmp").read_text()
    assert 'xmp:Rating="4"' in text
    found = sidecar.read(tmp_path / "a.xmp")
    assert (found.title, found.description, found.tags) == ("theirs", "ours", ("a", "b"))


def test_in_the_photos_own_folder_its_own_sidecar_is_used(tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    (tmp_path / "a.jpg.xmp").write_text(FOREIGN)
    export.write("xmp", [(photo, reading("mine"))], tmp_path)
    assert titles(tmp_path) == {"a.jpg.xmp": "mine"}


def test_twins_in_the_photos_own_folder_get_one_each(tmp_path: Path) -> None:
    photos = [jpeg(tmp_path / "a.jpg"), jpeg(tmp_path / "a.jpeg")]
    export.write("xmp", [(photo, reading(photo.name)) for photo in photos], tmp_path)
    assert titles(tmp_path) == {"a.jpg.xmp": "a.jpg", "a.jpeg.xmp": "a.jpeg"}


def test_what_is_no_xmp_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "b.xmp").write_bytes(b"\xff\xd8 not XMP at all")
    photos = [(Path(f"photos/{name}.jpg"), reading(name)) for name in "abc"]
    with pytest.raises(Malformed, match="Move it away"):
        export.write("xmp", photos, tmp_path)
    assert (tmp_path / "b.xmp").read_bytes() == b"\xff\xd8 not XMP at all"
    assert sidecar.read(tmp_path / "a.xmp").title == "a"
    assert not (tmp_path / "c.xmp").exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="cannot be made"):
        export.write("xmp", [], tmp_path / ("x" * 300))


@pytest.mark.needs("exiftool")
def test_exiftool_reads_what_the_photo_said(tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    caption = Caption("Zürich", "one\ntwo", ("東京", "🌅"), "alt")
    metadata.write(photo, caption, ("title", "description", "tags", "alt_text"))
    export.write("xmp", [(photo, metadata.read(photo))], tmp_path / "out")
    names = ("-Title", "-Subject", "-AltTextAccessibility", "-Description")
    words = ["exiftool", "-s3", "-b", "-sep", "|", *names, str(tmp_path / "out" / "a.xmp")]
    done = subprocess.run(words, capture_output=True, check=True)
    assert done.stdout.decode() == "Zürich東京|🌅altone\ntwo"
