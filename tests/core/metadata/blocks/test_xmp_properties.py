"""What holds for every packet, whatever is in it."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks import xmp
from cutline.core.photo import FIELDS, Caption, FieldName
from helpers.spliced import is_sentence
from helpers.xmp_packets import DIGIKAM, PHOTOSHOP, documents, words

captions = st.builds(
    Caption,
    title=words | st.just(""),
    description=words | st.just(""),
    tags=st.lists(words, max_size=5, unique=True).map(tuple),
    alt_text=words | st.just(""),
)
_FOREIGN = re.compile(rb"<f:(\w+)(?:[^>]*/>|.*?</f:\1>)", re.DOTALL)


def foreign(packet: bytes) -> list[bytes]:
    """Foreign properties and comments in order, qualifiers left out: they may go with the value they qualify."""
    return [match[0] for match in _FOREIGN.finditer(packet) if match[1] != b"q"]


def wanted(caption: Caption) -> tuple[object, ...]:
    return (caption.title, caption.description, caption.tags, caption.alt_text)


def said(packet: bytes) -> tuple[object, ...]:
    text = xmp.read(packet)
    return (text.title or "", text.description or "", text.tags or (), text.alt_text or "")


@settings(max_examples=300, deadline=None)
@given(documents(), captions)
def test_what_is_written_is_read_and_foreign_properties_stay(packet: bytes, caption: Caption) -> None:
    new = xmp.edit(packet, caption, FIELDS)
    assert said(new) == wanted(caption)
    assert xmp.edit(new, caption, FIELDS) == new
    assert foreign(new) == foreign(packet)
    assert new or not foreign(packet)
    assert packet.count(b'f:attribute="&amp;1"') == new.count(b'f:attribute="&amp;1"')


@settings(max_examples=150, deadline=None)
@given(documents(), captions, st.sampled_from(FIELDS))
def test_one_field_changes_no_other(packet: bytes, caption: Caption, field: FieldName) -> None:
    new = xmp.edit(packet, caption, [field])
    expected: dict[str, object] = dict(zip(FIELDS, said(packet), strict=True))
    expected[field] = getattr(caption, field)
    assert dict(zip(FIELDS, said(new), strict=True)) == expected


@settings(max_examples=150, deadline=None)
@given(documents(), captions, captions)
def test_the_last_edit_decides_and_an_edit_can_be_taken_back(packet: bytes, one: Caption, two: Caption) -> None:
    via = xmp.edit(xmp.edit(packet, one, FIELDS), two, FIELDS)
    assert said(via) == wanted(two)
    straight = xmp.edit(packet, two, FIELDS)
    assert foreign(via) == foreign(straight)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda junk: b"<rdf:RDF " + junk))
def test_arbitrary_bytes_are_read_or_malformed(data: bytes) -> None:
    for act in (lambda: xmp.read(data), lambda: xmp.edit(data, Caption("T"), FIELDS), lambda: xmp.trimmed(data)):
        try:
            act()
        except Malformed as error:
            is_sentence(error)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([PHOTOSHOP, DIGIKAM]), st.data())
def test_damaged_packets_are_edited_whole_or_malformed(packet: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(packet) - 1))
    damaged = packet[:at] + data.draw(st.binary(max_size=4)) + packet[at + data.draw(st.integers(0, 40)) :]
    try:
        new = xmp.edit(damaged, Caption("T", "D", ("a",), "A"), FIELDS)
    except Malformed:
        return
    assert said(new) == ("T", "D", ("a",), "A")
