"""The place in a photo's own words."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cutline.core.backends import prompts
from cutline.core.backends.base import Request
from cutline.core.metadata.places import place_of
from helpers import jpeg_files as files
from helpers.tiff_files import dataset
from helpers.xmp_packets import described, framed

NAMESPACES = (
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
    'xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
)
LISBON = 'Iptc4xmpCore:Location="Alfama" photoshop:City="Lisbon" photoshop:State="Lisbon" photoshop:Country="Portugal"'
FARO = "<Iptc4xmpExt:City>Faro</Iptc4xmpExt:City><Iptc4xmpExt:CountryName>Portugal</Iptc4xmpExt:CountryName>"
UTF8 = b"\x1c\x01\x5a\x00\x03\x1b%G"


def packet(attributes: str = "", body: str = "") -> bytes:
    return framed(described(body, attributes, NAMESPACES))


def photo(path: Path, *, xmp: bytes = b"", iim: bytes = b"") -> Path:
    blocks = [files.xmp(xmp)] if xmp else []
    blocks += [files.irb(files.resource(0x0404, iim))] if iim else []
    path.write_bytes(files.jpeg(*blocks))
    return path


def test_the_levels_from_narrow_to_wide_each_name_once(tmp_path: Path) -> None:
    assert place_of(photo(tmp_path / "a.jpg", xmp=packet(LISBON))) == "Alfama, Lisbon, Portugal"


def test_elements_and_white_space(tmp_path: Path) -> None:
    body = "<photoshop:City> Buenos\n Aires </photoshop:City><photoshop:Country>Argentina</photoshop:Country>"
    assert place_of(photo(tmp_path / "a.jpg", xmp=packet(body=body))) == "Buenos Aires, Argentina"


def test_iptc_records_fill_what_xmp_does_not_name(tmp_path: Path) -> None:
    iim = UTF8 + dataset(90, b"Porto") + dataset(95, "Norte é".encode()) + dataset(101, b"Spain") + dataset(92, b" ")
    path = photo(tmp_path / "a.jpg", xmp=packet('photoshop:City="Lisbon" photoshop:Country="Portugal"'), iim=iim)
    assert place_of(path) == "Lisbon, Norte é, Portugal"
    assert place_of(photo(tmp_path / "b.jpg", iim=iim)) == "Porto, Norte é, Spain"


def test_a_sidecar_goes_before_what_is_embedded(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg", xmp=packet(LISBON))
    (tmp_path / "a.xmp").write_bytes(described("", 'photoshop:City="Coimbra"', NAMESPACES).encode())
    assert place_of(path) == "Alfama, Coimbra, Lisbon, Portugal"


@pytest.mark.parametrize(
    "place",
    [
        f'<rdf:li rdf:parseType="Resource">{FARO}</rdf:li>',
        '<rdf:li Iptc4xmpExt:City="Faro" Iptc4xmpExt:CountryName="Portugal"/>',
        '<rdf:li><rdf:Description Iptc4xmpExt:City="Faro" Iptc4xmpExt:CountryName="Portugal"/></rdf:li>',
    ],
)
def test_a_structure_of_the_extension_schema(tmp_path: Path, place: str) -> None:
    other = '<rdf:li Iptc4xmpExt:City="Elsewhere"/>'
    body = f"<Iptc4xmpExt:LocationCreated><rdf:Bag>{place}{other}</rdf:Bag></Iptc4xmpExt:LocationCreated>"
    assert place_of(photo(tmp_path / "a.jpg", xmp=packet(body=body))) == "Faro, Portugal"
    both = packet('photoshop:City="Lisbon"', body)
    assert place_of(photo(tmp_path / "b.jpg", xmp=both)) == "Lisbon"


def test_what_names_no_place(tmp_path: Path) -> None:
    assert place_of(photo(tmp_path / "a.jpg")) == ""
    assert place_of(tmp_path / "gone.jpg") == ""
    assert place_of(tmp_path) == ""
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    assert place_of(tmp_path / "b.jpg") == ""
    assert place_of(photo(tmp_path / "c.jpg", xmp=b"<x", iim=b"\x1c\x02\x5a\x00\xffLis")) == ""
    broken = photo(tmp_path / "d.jpg", xmp=b"<x", iim=UTF8 + dataset(90, b"Porto"))
    assert place_of(broken) == "Porto"


def test_coordinates_are_never_told(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 42.0, 0.0), 3: "W", 4: (9.0, 8.0, 0.0)})
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif)
    assert place_of(tmp_path / "a.jpg") == ""
    text = prompts.load("archive").filled(Request(tmp_path / "a.jpg"), "")
    assert "38" not in text
    assert "Taken in" not in text


@pytest.mark.parametrize("name", ["archive", "family"])
def test_prompts_for_ones_own_tell_it(tmp_path: Path, name: str) -> None:
    path = photo(tmp_path / "a.jpg", xmp=packet(LISBON))
    assert "Taken in: Alfama, Lisbon, Portugal\n" in prompts.load(name).filled(Request(path), "")


@pytest.mark.parametrize("name", ["stock", "web"])
def test_prompts_for_publication_do_not(tmp_path: Path, name: str) -> None:
    path = photo(tmp_path / "a.jpg", xmp=packet(LISBON))
    assert "Lisbon" not in prompts.load(name).filled(Request(path), "")


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize(
    ("ending", "group"),
    [*((e, "XMP") for e in (".jpg", ".png", ".webp", ".tif", ".gif", ".avif")), (".jpg", "IPTC"), (".tif", "IPTC")],
)
def test_what_exiftool_writes(tmp_path: Path, ending: str, group: str) -> None:
    path = tmp_path / f"a{ending}"
    Image.new("RGB", (16, 16), (9, 90, 200)).save(path)
    names = {
        "XMP": ("Location", "City", "State", "Country"),
        "IPTC": ("Sub-location", "City", "Province-State", "Country-PrimaryLocationName"),
    }[group]
    words = [f"-{group}:{name}={word}" for name, word in zip(names, ("Alfama", "Lisboa", "Região", "PT"), strict=True)]
    coding = ["-codedcharacterset=utf8"] if group == "IPTC" else []
    subprocess.run(["exiftool", "-q", "-overwrite_original", *coding, *words, path], check=True)
    assert place_of(path) == "Alfama, Lisboa, Região, PT"


@given(xmp=st.binary(max_size=400), iim=st.binary(max_size=200))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, xmp: bytes, iim: bytes) -> None:
    path = photo(tmp_path_factory.getbasetemp() / "any.jpg", xmp=xmp, iim=iim)
    assert "\n" not in place_of(path)
