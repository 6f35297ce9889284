"""What others wrote into an IPTC block stays what it is to a reader when Cutline writes another field."""

import pytest

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks import iptc
from cutline.core.photo import Caption

UTF8 = b"\x1b%G"
CITY = (2, 90)
PLAIN, ACCENTED = Caption("plain"), Caption("Ünïcode")


def block(*values: tuple[int, int, bytes]) -> bytes:
    return b"".join(iptc.dataset((record, number), data).raw for record, number, data in values)


def value(iim: bytes, number: tuple[int, int]) -> bytes:
    return next(d.data for d in iptc.parse(iim)[0] if d.id == number)


@pytest.mark.parametrize("declared", [b"", b"\x1b-B", b"\x1b-L", b"\x1b.A"])
def test_a_block_in_another_coding_is_not_converted_for_plain_ascii(declared: bytes) -> None:
    frame = [(1, 90, declared)] if declared else []
    foreign = (2, 90, "Zürich".encode("mac_roman"))
    new = iptc.edit(block(*frame, foreign), PLAIN, ["title"])
    assert new == block(*frame, (2, 0, b"\0\4"), (2, 5, b"plain"), foreign)
    assert iptc.read(new).title == "plain"


def test_clearing_a_field_converts_nothing() -> None:
    foreign = (2, 90, b"Z\xfcrich")
    assert iptc.edit(block((2, 0, b"\0\4"), (2, 5, b"\xdcber"), foreign), Caption(), ["title"]) == block(
        (2, 0, b"\0\4"), foreign
    )


@pytest.mark.parametrize("caption", [PLAIN, ACCENTED])
@pytest.mark.parametrize("foreign", [b"Jos\xe9 x", b"a\xc3\xa9" * 10 + b"a\xc3", b"\xff\xfe"])
def test_text_that_is_not_the_utf8_it_is_declared_to_be_keeps_its_bytes(caption: Caption, foreign: bytes) -> None:
    new = iptc.edit(block((1, 90, UTF8), (2, 90, foreign)), caption, ["title"])
    assert value(new, CITY) == foreign
    assert iptc.read(new).title == caption.title


def test_a_byte_that_windows_latin_leaves_undefined_does_not_change_how_its_neighbours_read() -> None:
    foreign = b"\x8d \x93quoted\x94"
    assert iptc.texts(block((2, 90, foreign)), [CITY])[CITY] == ["\x8d “quoted”"]
    new = iptc.edit(block((2, 90, foreign)), ACCENTED, ["title"])
    assert value(new, CITY) == "\x8d “quoted”".encode()


def test_a_set_that_shifts_within_ascii_is_not_declared_to_be_utf8() -> None:
    japanese = block((1, 90, b"\x1b$B"), (2, 90, "東京".encode("iso2022_jp")))
    with pytest.raises(Malformed, match="character set"):
        iptc.edit(japanese, ACCENTED, ["title"])


def test_of_several_declarations_the_last_counts() -> None:
    twice = block((1, 90, UTF8), (1, 90, b"\x1b.A"), (2, 90, b"Jos\xe9"))
    assert value(iptc.edit(twice, ACCENTED, ["title"]), CITY) == "José".encode()
    assert iptc.edit(twice, PLAIN, ["title"]).startswith(twice[:16])
