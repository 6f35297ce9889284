"""Packets in odd forms and codings, and broken ones."""

import pytest

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks import xmp
from cutline.core.metadata.model import CarrierText
from cutline.core.photo import FIELDS, Caption
from helpers.xmp_packets import DC, PHOTOSHOP, RDF, described

FULL = Caption(
    "Zürich <at> “night” & 東京 😀",
    "First line,\nsecond line ]]> end",
    (*(f"tag {number}" for number in range(99)), "東京"),
    "A bridge over a river",
)


def edited(packet: bytes, **values: object) -> bytes:
    """The packet with only these fields set."""
    return xmp.edit(packet, Caption(**values), list(values))  # type: ignore[arg-type]


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
    assert cleared == b"" or xmp.read(cleared) == CarrierText()


def test_properties_in_several_descriptions_become_one() -> None:
    one = "<dc:subject><rdf:Bag><rdf:li>one</rdf:li></rdf:Bag></dc:subject>"
    packet = described(f'{one}</rdf:Description><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
                       f' dc:title="Twice">{one.replace("one", "two")}<dc:title>Once</dc:title>').encode()  # fmt: skip
    assert xmp.read(packet).tags == ("one", "two")
    new = xmp.edit(packet, Caption("New", tags=("three",)), ["title", "tags"])
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
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + described("<dc:title/>").encode(),
        described("<dc:title>&undefined;</dc:title>").encode(),
        described("<dc:title/>" + "<dc:x>" * 5000 + "</dc:x>" * 5000).encode(),
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


@pytest.mark.parametrize("body", ["<dc:x>&undefined;</dc:x>", "<dc:x>" * 5000 + "</dc:x>" * 5000, "<dc:x>"])
def test_what_is_broken_where_nothing_of_ours_is_named_shows_when_it_is_to_change(body: str) -> None:
    packet = described(body).encode()
    assert xmp.read(packet) == CarrierText()
    with pytest.raises(Malformed):
        xmp.edit(packet, FULL, FIELDS)


@pytest.mark.parametrize("body", ["<dc:title/>", "<dc:subject><rdf:Bag><rdf:li/></rdf:Bag></dc:subject>"])
def test_more_items_than_anyone_means_are_malformed(body: str) -> None:
    with pytest.raises(Malformed, match="more than 100,000"):
        xmp.read(described(body * 100_001).encode())


def test_a_packet_that_binds_prefixes_over_and_over_takes_no_longer() -> None:
    bindings = "".join(f' xmlns:p{n}="{DC}"' for n in range(2000))
    packet = described("<f:a/>" * 20_000, bindings, 'xmlns:f="urn:f"').encode()
    new = edited(packet, title="T")
    assert xmp.read(new).title == "T"
    assert new.count(b"<f:a/>") == 20_000
