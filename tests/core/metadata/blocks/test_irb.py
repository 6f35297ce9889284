import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks import iptc, irb
from cutline.core.photo import Caption
from helpers.spliced import is_sentence


def resource(number: int, data: bytes, name: bytes = b"", signature: bytes = b"8BIM", pad: bool = True) -> bytes:
    pascal = bytes((len(name),)) + name
    pascal += b"\x00" * (len(pascal) % 2)
    padding = b"\x00" * (len(data) % 2) if pad else b""
    return signature + number.to_bytes(2, "big") + pascal + len(data).to_bytes(4, "big") + data + padding


def digest(iim: bytes) -> bytes:
    return resource(0x0425, hashlib.md5(iim, usedforsecurity=False).digest())


OTHERS = (
    resource(0x03ED, bytes(16)),
    resource(0x0BB7, b"odd", name=b"Layer"),
    resource(0x0404, b"not Photoshop's", signature=b"MeSa"),
    resource(0x040C, b"thumbnail"),
)


def test_a_new_block_holds_the_records_padded() -> None:
    assert irb.edit(None, b"abc") == b"8BIM\x04\x04\x00\x00\x00\x00\x00\x03abc\x00"
    assert irb.read(irb.edit(None, b"abc")) == irb.Irb(b"abc", None)
    assert irb.edit(None, b"") == b""


def test_records_are_replaced_inserted_and_removed_and_all_else_stays() -> None:
    start, middle, end = OTHERS[0], OTHERS[1], OTHERS[2] + OTHERS[3]
    block = start + middle + resource(0x0404, b"old") + end
    assert irb.read(block).iim == b"old"
    assert irb.edit(block, b"newer") == start + middle + resource(0x0404, b"newer") + end
    assert irb.edit(block, b"old") == block
    assert irb.edit(block, b"") == start + middle + end
    assert irb.edit(start + end, b"new") == start + resource(0x0404, b"new") + end


def test_a_digest_is_brought_up_to_date_and_goes_with_the_records() -> None:
    block = resource(0x0404, b"old") + digest(b"stale") + OTHERS[3]
    assert irb.edit(block, b"new!") == resource(0x0404, b"new!") + digest(b"new!") + OTHERS[3]
    assert irb.edit(block, b"old") == resource(0x0404, b"old") + digest(b"old") + OTHERS[3]
    assert irb.edit(block, b"") == OTHERS[3]


def test_several_resources_of_records_become_one() -> None:
    block = resource(0x0404, b"one\x00\x00") + OTHERS[3] + resource(0x0404, b"two\x00")
    assert irb.read(block).iim == b"onetwo\x00"
    assert irb.edit(block, b"three") == resource(0x0404, b"three") + OTHERS[3]


def test_a_caption_goes_into_the_first_of_several_resources_and_out_of_the_others() -> None:
    credit, old = b"\x1c\x02\x6e\x00\x03who", b"\x1c\x02\x05\x00\x03old"
    block = resource(0x0404, b"") + OTHERS[3] + resource(0x0404, old + credit) + digest(b"stale")
    new = irb.captioned(block, Caption("new"), ["title", "tags"])
    first = iptc.edit(None, Caption("new"), ["title"])
    second = iptc.edit(old + credit, Caption(), ["title"])
    assert credit in second
    assert old not in second
    assert new == resource(0x0404, first) + OTHERS[3] + resource(0x0404, second) + digest(first + second)
    assert iptc.read(irb.read(new).iim or b"").title == "new"
    assert irb.captioned(new, Caption("new"), ["title", "tags"]) == new
    assert irb.captioned(b"", Caption(), ["title"]) == b""


def test_a_missing_padding_byte_is_tolerated() -> None:
    last = resource(0x0404, b"odd", pad=False)
    assert irb.read(OTHERS[0] + last).iim == b"odd"
    assert irb.edit(OTHERS[0] + last, b"even") == OTHERS[0] + resource(0x0404, b"even")
    within = resource(0x040C, b"odd", pad=False) + resource(0x0404, b"iim.")
    assert irb.read(within).iim == b"iim."
    assert irb.edit(within, b"new") == resource(0x040C, b"odd", pad=False) + resource(0x0404, b"new")


def test_nuls_behind_the_last_resource_stay() -> None:
    block = OTHERS[0] + bytes(20)
    assert irb.edit(block, b"abcd") == OTHERS[0] + resource(0x0404, b"abcd") + bytes(20)


@pytest.mark.parametrize(
    "block", [b"8BIM", b"8BIM\x04\x04\x00\x00\x00\x00\x00\xffabc", OTHERS[0] + b"junk", b"\x01\x02\x03\x04" + bytes(12),
              b"8BIM\x04\x04\xff" + bytes(10)]
)  # fmt: skip
def test_broken_blocks_are_malformed(block: bytes) -> None:
    with pytest.raises(Malformed):
        irb.read(block)
    with pytest.raises(Malformed):
        irb.edit(block, b"iim")


def test_more_resources_than_anyone_means_are_malformed() -> None:
    with pytest.raises(Malformed, match="more than 100,000"):
        irb.read(OTHERS[0] * 100_001)


resources = st.builds(
    resource,
    st.integers(0x03E8, 0x0403) | st.integers(0x0405, 0x0424) | st.integers(0x0426, 0xFFFF),
    st.binary(max_size=9),
    st.binary(max_size=5),
    st.sampled_from([b"8BIM", b"MeSa", b"AgHg", b"PHUT"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(resources), st.lists(resources), st.binary(max_size=9), st.binary(min_size=1, max_size=9))
def test_foreign_resources_stay_byte_for_byte(before: list[bytes], behind: list[bytes], old: bytes, new: bytes) -> None:
    block = b"".join(before) + resource(0x0404, old) + b"".join(behind)
    changed = irb.edit(block, new)
    assert changed == b"".join(before) + resource(0x0404, new) + b"".join(behind)
    assert irb.read(changed).iim == new
    assert irb.edit(changed, new) == changed
    assert irb.edit(changed, b"") == b"".join(before + behind)


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=60) | st.lists(st.binary(max_size=14).map(lambda b: b"8BIM" + b)).map(b"".join))
def test_arbitrary_bytes_are_read_or_malformed(data: bytes) -> None:
    try:
        irb.read(data)
        assert irb.read(irb.edit(data, b"records")).iim == b"records"
    except Malformed as error:
        is_sentence(error)
