import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core.keywords import pathed
from cutline.core.metadata.blocks import xmp
from cutline.core.metadata.fields import storable
from cutline.core.photo import FIELDS, Caption
from helpers.spliced import exiftool, exiv2, numbered
from helpers.xmp_packets import DC, DIGIKAM, EXIFTOOL, LIGHTROOM, PHOTOSHOP, SHAPES, described, framed

FULL = Caption(
    "Zürich <at> “night” & 東京 😀",
    "First line,\nsecond line ]]> end",
    (*(f"tag {number}" for number in range(99)), "東京"),
    "A bridge over a river",
)


def edited(packet: bytes | None, **values: object) -> bytes:
    """The packet with only these fields set."""
    return xmp.edit(packet, Caption(**values), list(values))  # type: ignore[arg-type]


def stripped(packet: bytes, *properties: str) -> bytes:
    """The packet without these properties, white space and padding: what has to stay."""
    text = packet.decode()
    for name in properties:
        text = re.sub(rf"<{name}\b.*?</{name}>|<{name}\b[^>]*/>", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", "", text).encode()


@pytest.mark.parametrize("name", SHAPES)
def test_full_caption_in_packets_of_other_programs(name: str) -> None:
    new = xmp.edit(SHAPES[name], FULL, FIELDS)
    said = xmp.read(new)
    assert (said.title, said.description, said.tags, said.alt_text) == (
        FULL.title,
        FULL.description,
        FULL.tags,
        FULL.alt_text,
    )
    assert xmp.edit(new, FULL, FIELDS) is new


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("name", SHAPES)
def test_exiftool_reads_what_was_written_and_everything_else_as_before(name: str, tmp_path: Path) -> None:
    before, after = tmp_path / "before.xmp", tmp_path / "after.xmp"
    before.write_bytes(SHAPES[name])
    after.write_bytes(xmp.edit(SHAPES[name], FULL, FIELDS))
    old, new = exiftool(before), exiftool(after)
    assert new["XMP-dc:Title"] == FULL.title
    assert new["XMP-dc:Description"] == FULL.description
    assert numbered(new["XMP-dc:Subject"]) == list(FULL.tags)
    assert new["XMP-iptcCore:AltTextAccessibility"] == FULL.alt_text
    ours = ("XMP-dc:Title", "XMP-dc:Description", "XMP-dc:Subject", "XMP-iptcCore:AltText", "File:", "XMP-lr:",
            "XMP-digiKam:TagsList", "XMP-microsoft:", "XMP-mediapro:", "ExifTool:")  # fmt: skip
    foreign = {key: value for key, value in old.items() if not key.startswith(ours)}
    assert foreign == {key: value for key, value in new.items() if not key.startswith(ours)}
    assert len(foreign) >= 2
    assert new.get("ExifTool:Warning") == old.get("ExifTool:Warning")


@pytest.mark.needs("exiv2")
@pytest.mark.parametrize("name", SHAPES)
def test_exiv2_reads_what_was_written(name: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.xmp"
    path.write_bytes(xmp.edit(SHAPES[name], FULL, FIELDS))
    said = exiv2(path, "X")
    assert f'lang="x-default" {FULL.title}' in said
    assert "tag 0, tag 1, tag 2" in said
    assert "東京" in said


def test_only_the_text_of_the_item_changes() -> None:
    new = edited(PHOTOSHOP, title="A new bridge")
    assert len(new) == len(PHOTOSHOP)
    assert (
        new.partition(b"</x:xmpmeta>")[0]
        == PHOTOSHOP.replace(b">An old bridge<", b">A new bridge<").partition(b"</x:xmpmeta>")[0]
    )


def test_other_languages_stay_and_a_twin_of_the_default_follows() -> None:
    assert "Eine alte Brücke" in edited(PHOTOSHOP, title="New").decode()
    new = edited(LIGHTROOM, description="Clear sky")
    assert b"Fog over" not in new
    assert b'xml:lang="en-US">Clear sky<' in new


def test_clearing_removes_every_language_and_keeps_the_rest() -> None:
    new = edited(PHOTOSHOP, title="")
    assert xmp.read(new).title is None
    assert b"bridge</rdf:li>\n               <rdf:li>Aare" in new
    assert "Brücke" not in new.decode()
    assert stripped(new, "dc:title") == stripped(PHOTOSHOP, "dc:title")


def test_a_title_in_one_language_only_is_read_and_gets_a_default_beside_it() -> None:
    packet = described('<dc:title><rdf:Alt><rdf:li xml:lang="fr">Pont</rdf:li></rdf:Alt></dc:title>').encode()
    assert xmp.read(packet).title == "Pont"
    new = edited(packet, title="Bridge")
    assert b'<rdf:li xml:lang="x-default">Bridge</rdf:li><rdf:li xml:lang="fr">Pont</rdf:li>' in new
    assert xmp.read(new).title == "Bridge"


def test_a_title_in_no_language_is_replaced() -> None:
    new = edited(described("<dc:title><rdf:Alt><rdf:li>Pont</rdf:li></rdf:Alt></dc:title>").encode(), title="Bridge")
    assert xmp.read(new).title == "Bridge"
    assert b"Pont" not in new


def test_items_that_stay_keep_their_bytes_and_the_order_is_the_caption_s() -> None:
    new = edited(PHOTOSHOP, tags=("new", "Aare & river", "bridge"))
    assert xmp.read(new).tags == ("new", "Aare & river", "bridge")
    assert b"<rdf:li>Aare &amp; river</rdf:li>\n               <rdf:li>bridge</rdf:li>\n            </rdf:Bag>" in new


def test_a_seq_is_read_and_becomes_a_bag_only_when_tags_change() -> None:
    assert xmp.read(DIGIKAM).tags == ("Prague", "dog")
    assert xmp.read(DIGIKAM).paths == ("Places|Prague", "Animals|dog")
    assert edited(DIGIKAM, tags=("Places|Prague", "Animals|dog")) is DIGIKAM
    new = edited(DIGIKAM, tags=("Places|Prague", "cat"))
    subject = new.decode().partition("<dc:subject>")[2].partition("</dc:subject>")[0]
    assert "rdf:Bag" in subject
    assert "Seq" not in subject


def test_a_removed_tag_leaves_every_hierarchy_and_is_gone_from_the_bytes() -> None:
    new = edited(DIGIKAM, tags=("Places|Prague",))
    assert b"dog" not in new
    assert new.count(b"Places/Prague") == 2
    assert new.count(b"Places|Prague") == 2
    assert stripped(edited(DIGIKAM, tags=()), "dc:subject").count(b"rdf:li") == 0


@pytest.mark.parametrize("as_attribute", [True, False])
def test_a_removed_tag_leaves_acdsee_s_tree(as_attribute: bool) -> None:
    tree = (
        '<Categories><Category Assigned="0">Places<Category Assigned="1">A &amp; B</Category>'
        '<Category Assigned="1">Bern</Category></Category></Categories>'
    )
    escaped = tree.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    subject = "<dc:subject><rdf:Bag><rdf:li>A &amp; B</rdf:li><rdf:li>Bern</rdf:li></rdf:Bag></dc:subject>"
    namespaces = f'xmlns:dc="{DC}" xmlns:acdsee="http://ns.acdsee.com/iptc/1.0/"'
    if as_attribute:
        packet = described(subject, f'acdsee:categories="{escaped}"', namespaces)
    else:
        packet = described(f"{subject}<acdsee:categories>{escaped}</acdsee:categories>", "", namespaces)
    new = edited(packet.encode(), tags=("Bern",)).decode()
    assert "A &" not in new
    assert new.count("Bern") == 2
    left = new.partition("acdsee:categories")[2].replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    assert '<Categories><Category Assigned="0">Places<Category Assigned="1">Bern</Category></Category>' in left
    assert xmp.read(new.encode()).tags == ("Bern",)


def test_a_tag_that_stays_keeps_its_hierarchy_and_one_that_goes_leaves_its_children() -> None:
    new = edited(LIGHTROOM, tags=("nature|fog", "nature|water|lake"))
    assert b"nature|fog" in new
    assert b"nature|water|lake" in new
    assert b"<rdf:li>nature</rdf:li>" not in new
    assert xmp.read(new).tags == ("fog", "lake")


def listed(packet: bytes, name: str) -> list[str]:
    """The items of an array property, as they are written."""
    inside = packet.decode().partition(f"<{name}>")[2].partition(f"</{name}>")[0]
    return re.findall(r"<rdf:li>([^<]*)</rdf:li>", inside)


def test_a_tag_with_a_hierarchy_is_in_every_list_that_knows_them() -> None:
    new = edited(None, tags=("sea", "Places|Europe|France"))
    assert listed(new, "dc:subject") == ["sea", "France"]
    assert listed(new, "lr:hierarchicalSubject") == ["Places|Europe|France"]
    assert listed(new, "digiKam:TagsList") == ["sea", "Places/Europe/France"]
    assert "<digiKam:TagsList>\n    <rdf:Seq>" in new.decode()
    assert "TagsList" not in edited(None, tags=("sea",)).decode()


def test_a_level_with_a_slash_is_told_to_the_list_that_can_hold_it() -> None:
    new = edited(None, tags=("Music|AC/DC", "Music|Abba"))
    assert listed(new, "lr:hierarchicalSubject") == ["Music|AC/DC", "Music|Abba"]
    assert listed(new, "digiKam:TagsList") == ["Music/Abba"]
    assert pathed(xmp.read(new).tags or (), xmp.read(new).paths, more=True) == ("Music|AC/DC", "Music|Abba")


def test_new_tags_join_the_lists_that_are_there() -> None:
    new = edited(DIGIKAM, tags=("Places|Prague", "Animals|dog", "bridge", "Places|Bern"))
    for name, separator in (
        ("digiKam:TagsList", "/"),
        ("MicrosoftPhoto:LastKeywordXMP", "/"),
        ("mediapro:CatalogSets", "|"),
    ):
        expected = ["Places|Prague", "Animals|dog", "bridge", "Places|Bern"]
        assert listed(new, name) == [tag.replace("|", separator) for tag in expected]
    assert listed(new, "lr:hierarchicalSubject") == ["Places|Prague", "Animals|dog", "Places|Bern"]


def test_a_tag_that_moves_to_another_place_leaves_its_old_one() -> None:
    new = edited(DIGIKAM, tags=("Towns|Prague", "dog"))
    assert b"Places" not in new
    assert b"Animals" not in new
    assert listed(new, "lr:hierarchicalSubject") == ["Towns|Prague"]
    assert listed(new, "digiKam:TagsList") == ["Towns/Prague", "dog"]


@pytest.mark.needs("exiftool")
def test_exiftool_reads_the_hierarchies(tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(edited(None, tags=("sea", "Places|Zürich & around")))
    said = exiftool(path)
    assert said["XMP-lr:HierarchicalSubject"] == ["Places|Zürich & around"]
    assert said["XMP-digiKam:TagsList"] == ["sea", "Places/Zürich & around"]
    assert said["XMP-dc:Subject"] == ["sea", "Zürich & around"]


LEVEL = st.text("abcäß東 &<", min_size=1, max_size=4).map(str.strip).filter(bool)


@given(
    first=st.lists(st.lists(LEVEL, min_size=1, max_size=3).map("|".join), max_size=6, unique=True),
    second=st.lists(st.lists(LEVEL, min_size=1, max_size=3).map("|".join), max_size=6, unique=True),
    start=st.sampled_from([None, DIGIKAM, LIGHTROOM, PHOTOSHOP]),
)
def test_tags_with_hierarchies_are_read_as_they_were_written(
    first: list[str], second: list[str], start: bytes | None
) -> None:
    packet = start
    for tags in (first, second):
        wanted = storable(Caption(tags=tuple(tags))).tags
        packet = xmp.edit(packet, Caption(tags=wanted), ["tags"])
        text = xmp.read(packet)
        assert set(pathed(text.tags or (), text.paths, more=True)) == set(wanted)
        assert xmp.edit(packet, Caption(tags=pathed(text.tags or (), text.paths, more=True)), ["tags"]) == packet


def test_a_change_that_fits_the_padding_keeps_the_length() -> None:
    for text in ("x", "y" * 1500, "ü" * 700):
        assert len(edited(PHOTOSHOP, description=text)) == len(PHOTOSHOP)
    grown = edited(PHOTOSHOP, description="z" * 3000)
    assert len(grown) > len(PHOTOSHOP)
    assert re.search(rb"</x:xmpmeta>\s{2048}<\?xpacket end=\"w\"\?>$", grown)
    assert len(edited(grown, description="short")) == len(grown)


def test_packets_without_room_or_not_for_writing_get_no_padding() -> None:
    for packet in (framed(described(""), 0), framed(described(""), 300, "r"), described("").encode()):
        new = edited(packet, title="T")
        assert len(new) > len(packet)
        assert new.partition(b"</x:xmpmeta>")[2] == packet.partition(b"</x:xmpmeta>")[2]


def test_a_new_packet_is_framed_and_has_two_kilobytes_of_padding() -> None:
    packet = xmp.edit(None, FULL, FIELDS)
    assert packet.startswith('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta'.encode())
    assert re.search(rb"</x:xmpmeta>\n\s{2048}<\?xpacket end=\"w\"\?>$", packet)
    assert b"\n" in xmp.trimmed(packet)[-30:]
    assert len(xmp.trimmed(packet)) == len(packet) - 2048
    assert xmp.read(xmp.trimmed(packet)) == xmp.read(packet)


def test_nothing_to_say_makes_no_packet_and_a_packet_of_ours_that_is_cleared_goes() -> None:
    assert xmp.edit(None, Caption(), FIELDS) == b""
    assert xmp.edit(None, FULL, ()) == b""
    assert xmp.edit(b"\x00 \n", Caption(), FIELDS) == b"\x00 \n"
    assert xmp.edit(xmp.edit(None, FULL, FIELDS), Caption(), FIELDS) == b""
    assert xmp.edit(EXIFTOOL, Caption(), FIELDS) != b""


def test_only_the_chosen_fields_change() -> None:
    new = xmp.edit(PHOTOSHOP, FULL, ["alt_text"])
    assert xmp.read(new).title == "An old bridge"
    assert xmp.read(new).alt_text == FULL.alt_text
    assert stripped(new, "Iptc4xmpCore:AltTextAccessibility").replace(
        b'xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"', b""
    ) == stripped(PHOTOSHOP)
