"""IPTC blocks that declare UTF-8 and hold Windows' Latin letters."""

import pytest

from cutline.core.metadata.blocks import iptc
from cutline.core.photo import FIELDS, Caption

CITY = (2, 90)
DECLARED = iptc.dataset(iptc.CHARACTER_SET, b"\x1b%G").raw


def test_a_last_accented_letter_is_read() -> None:
    assert iptc.read(DECLARED + iptc.dataset(iptc.CAPTION, b"Caf\xe9").raw).description == "Café"


def test_a_last_accented_letter_of_a_foreign_value_survives_a_write() -> None:
    block = iptc.edit(DECLARED + iptc.dataset(CITY, b"Orl\xe9").raw, Caption("New"), FIELDS)
    assert iptc.texts(block, {CITY})[CITY] == ["Orlé"]


@pytest.mark.parametrize("length", [64, 2000])
def test_what_was_cut_at_a_limit_loses_the_broken_rest(length: int) -> None:
    cut = b"a" * (length - 1) + b"\xe6"
    assert iptc.read(DECLARED + iptc.dataset(iptc.CAPTION, cut).raw).description == "a" * (length - 1)
