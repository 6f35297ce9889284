import re
from pathlib import Path

import pytest
from helpers.spliced import exiftool, exiv2, numbered
from helpers.xmp_packets import DC, DIGIKAM, EXIFTOOL, LIGHTROOM, PHOTOSHOP, RDF, SHAPES, described, framed

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks import xmp
from cutline.core.photo import FIELDS, Caption

FULL = Caption(
    "Zürich <at> “night” & 東京 😀",
    "First line,\nsecond line ]]> end",
    tuple(f"tag {number}" for number in range(99)) + ("東京",),
    "A bridge over a river",
)


def edited(packet: bytes, **values: object) -> bytes:
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


def test_a_title_in_one_language_only_is_read_and_gets_a_default() -> None:
    packet = described('<dc:title><rdf:Alt><rdf:li xml:lang="fr">Pont</rdf:li></rdf:Alt></dc:title>').encode()
    assert xmp.read(packet).title == "Pont"
    new = edited(packet, title="Bridge")
    assert b'<rdf:li xml:lang="x-default">Bridge</rdf:li><rdf:li xml:lang="fr">Bridge</rdf:li>' in new


def test_items_that_stay_keep_their_bytes_and_the_order_is_the_caption_s() -> None:
    new = edited(PHOTOSHOP, tags=("new", "Aare & river", "bridge"))
    assert xmp.read(new).tags == ("new", "Aare & river", "bridge")
    assert b"<rdf:li>Aare &amp; river</rdf:li>\n               <rdf:li>bridge</rdf:li>\n            </rdf:Bag>" in new


def test_a_seq_is_read_and_becomes_a_bag_only_when_tags_change() -> None:
    assert xmp.read(DIGIKAM).tags == ("Prague", "dog")
    assert edited(DIGIKAM, tags=("Prague", "dog")) is DIGIKAM
    new = edited(DIGIKAM, tags=("Prague", "cat"))
    subject = new.decode().partition("<dc:subject>")[2].partition("</dc:subject>")[0]
    assert "rdf:Bag" in subject
    assert "Seq" not in subject


def test_a_removed_tag_leaves_every_hierarchy_and_is_gone_from_the_bytes() -> None:
    new = edited(DIGIKAM, tags=("Prague",))
    assert b"dog" not in new
    assert new.count(b"Places/Prague") == 2
    assert new.count(b"Places|Prague") == 2
    assert stripped(edited(DIGIKAM, tags=()), "dc:subject").count(b"rdf:li") == 0


def test_a_tag_that_stays_or_is_only_respelt_keeps_its_hierarchy() -> None:
    new = edited(LIGHTROOM, tags=("Fog", "lake"))
    assert b"nature|fog" in new
    assert b"nature|water|lake" in new
    assert b"<rdf:li>nature</rdf:li>" not in new


@pytest.mark.parametrize(
    ("packet", "title", "tags"),
    [
        (described("", 'dc:title="As attribute" dc:subject="one"'), "As attribute", ("one",)),
        (described("<dc:title>Plain &amp; short</dc:title><dc:subject>one</dc:subject>"), "Plain & short", ("one",)),
        (
            described("<dc:title><![CDATA[<in> CDATA]]></dc:title><dc:subject><rdf:Bag/></dc:subject>"),
            "<in> CDATA",
            (),
        ),
        (
            described(
                '<dc:title><rdf:Alt><rdf:li xml:lang="x-default" rdf:parseType="Resource"><rdf:value>Deep</rdf:value>'
                "<dc:q>kept</dc:q></rdf:li></rdf:Alt></dc:title>"
                "<dc:subject><rdf:Bag><rdf:li><rdf:Description><rdf:value>one</rdf:value></rdf:Description></rdf:li>"
                "</rdf:Bag></dc:subject>"
            ),
            "Deep",
            ("one",),
        ),
        (described('<a:title xmlns:a="http://purl.org/dc/elements/1.1/">Odd</a:title>', "", ""), "Odd", None),
        (described('<title xmlns="http://purl.org/dc/elements/1.1/">Default</title>', "", ""), "Default", None),
        (described("<dc:title/><dc:subject/>"), "", ()),
        (described(""), None, None),
    ],
)
def test_odd_forms_are_read_and_written_in_the_proper_one(
    packet: str, title: str | None, tags: tuple[str, ...] | None
) -> None:
    said = xmp.read(packet.encode())
    assert (said.title, said.tags) == (title, tags)
    new = xmp.edit(packet.encode(), FULL, FIELDS)
    said = xmp.read(new)
    assert (said.title, said.tags, said.description) == (FULL.title, FULL.tags, FULL.description)
    assert b"<dc:q>kept</dc:q>" in new or b"dc:q" not in packet.encode()
    cleared = xmp.edit(new, Caption(), FIELDS)
    assert cleared == b"" or xmp.read(cleared) == xmp.CarrierText()


def test_properties_in_several_descriptions_become_one() -> None:
    one = "<dc:subject><rdf:Bag><rdf:li>one</rdf:li></rdf:Bag></dc:subject>"
    packet = described(f'{one}</rdf:Description><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
                       f' dc:title="Twice">{one.replace("one", "two")}<dc:title>Once</dc:title>').encode()  # fmt: skip
    assert xmp.read(packet).tags == ("one", "two")
    new = xmp.edit(packet, Caption("New", tags=("three",)), ("title", "tags"))
    assert new.count(b"<dc:subject>") == 1
    assert new.count(b"title") == 2
    assert not any(word in new for word in (b"one", b"two", b"Twice", b"Once"))


@pytest.mark.parametrize(
    "packet",
    [
        f'<rdf:RDF xmlns:rdf="{RDF}"/>',
        f'<rdf:RDF xmlns:rdf="{RDF}"></rdf:RDF>',
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/">\n <rdf:RDF xmlns:rdf="{RDF}">\n </rdf:RDF>\n</x:xmpmeta>',
        f'<r:RDF xmlns:r="{RDF}"><r:Description r:about=""/></r:RDF>',
        f'<RDF xmlns="{RDF}"><Description xmlns:dc="urn:not-dublin-core" dc:x="1"/></RDF>',
        f'<x:xapmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description/></rdf:RDF></x:xapmeta>',
    ],
)
def test_packets_with_little_in_them_are_filled(packet: str) -> None:
    new = xmp.edit(packet.encode(), FULL, FIELDS)
    assert xmp.read(new).tags == FULL.tags
    assert xmp.read(new).title == FULL.title
    assert ("urn:not-dublin-core" in packet) == (b"urn:not-dublin-core" in new)


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
    new = xmp.edit(PHOTOSHOP, FULL, ("alt_text",))
    assert xmp.read(new).title == "An old bridge"
    assert xmp.read(new).alt_text == FULL.alt_text
    assert stripped(new, "Iptc4xmpCore:AltTextAccessibility").replace(
        b'xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"', b""
    ) == stripped(PHOTOSHOP)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
def test_other_encodings_are_converted(codec: str) -> None:
    document = described("<dc:title>Zürich</dc:title>")
    declared = f'<?xml version="1.0" encoding="{"UTF-8" if "8" in codec else "UTF-16"}"?>{document}'
    for text in (document, declared) if codec != "utf-32" else (document,):
        packet = text.encode(codec)
        assert xmp.read(packet).title == "Zürich"
        assert edited(packet, title="Zürich") is packet
        new = edited(packet, title="東京")
        assert xmp.read(new).title == "東京"
        assert "東京" in new.decode()
        assert b"UTF-16" not in new


def test_a_declared_single_byte_coding_is_converted_and_an_unknown_one_refused() -> None:
    document = '<?xml version="1.0" encoding="ISO-8859-1"?>' + described("<dc:title>Zürich</dc:title>")
    assert xmp.read(document.encode("latin-1")).title == "Zürich"
    assert b'encoding="UTF-8"' in edited(document.encode("latin-1"), title="Bern")
    with pytest.raises(Malformed, match="ebcdic"):
        xmp.read(document.replace("ISO-8859-1", "EBCDIC").encode("latin-1"))


def test_nuls_and_white_space_around_the_packet_stay() -> None:
    packet = b"\n " + PHOTOSHOP + b"\x00\x00\x00"
    assert xmp.read(packet).title == "An old bridge"
    new = edited(packet, title="A new bridge")
    assert new[:2] == b"\n "
    assert new.endswith(b"?>\x00\x00\x00")


def test_what_xml_forbids_is_taken_out() -> None:
    new = xmp.edit(None, Caption("a\x00b\x1bc\ufffe", "one\r\ntwo\rthree\ud800", ("\x07", "b\x0bc")), FIELDS)
    said = xmp.read(new)
    assert (said.title, said.description, said.tags) == ("abc", "one\ntwo\nthree", ("bc",))


_LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(9))


@pytest.mark.parametrize(
    "packet",
    [
        b"not xml",
        b"\xff\xff\xff",
        b"<x",
        PHOTOSHOP[:1500],
        PHOTOSHOP.replace(b"</dc:title>", b""),
        PHOTOSHOP.replace("ü".encode(), b"\xfc"),
        PHOTOSHOP.replace(b'xmlns:dc="http://purl.org/dc/elements/1.1/"', b""),
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><other/></x:xmpmeta>',
        described("<dc:title><rdf:Alt><rdf:li><b>bold</b></rdf:li></rdf:Alt></dc:title>").encode(),
        described("<dc:title><rdf:Alt><dc:title/></rdf:Alt></dc:title>").encode(),
        described("<dc:title><rdf:Alt/><rdf:Bag/></dc:title>").encode(),
        f"<!DOCTYPE x [{_LAUGHS}]>".encode() + described("<dc:title>&a8;</dc:title>").encode(),
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + described("").encode(),
        described("<dc:title>&undefined;</dc:title>").encode(),
        described("<dc:x>" * 5000 + "</dc:x>" * 5000).encode(),
        b"\xff\xfe<\x00x",
        b"\xff\xfe\x00",
    ],
)
def test_broken_packets_are_malformed(packet: bytes) -> None:
    with pytest.raises(Malformed) as raised:
        xmp.read(packet)
    assert str(raised.value).endswith(".")
    with pytest.raises(Malformed):
        xmp.edit(packet, FULL, FIELDS)


def test_a_packet_that_binds_prefixes_over_and_over_takes_no_longer() -> None:
    bindings = "".join(f' xmlns:p{n}="{DC}"' for n in range(2000))
    packet = described("<f:a/>" * 20_000, bindings, 'xmlns:f="urn:f"').encode()
    new = edited(packet, title="T")
    assert xmp.read(new).title == "T"
    assert new.count(b"<f:a/>") == 20_000

