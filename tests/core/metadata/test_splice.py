"""Splices as values: the smallest, their inverse, and the plan of the new file."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core.metadata.model import Splice
from cutline.core.metadata.splice import Kept, inverse, minimal, pieces


def applied(data: bytes, splices: tuple[Splice, ...]) -> bytes:
    return b"".join(
        data[piece.offset : piece.offset + piece.length] if isinstance(piece, Kept) else piece
        for piece in pieces(splices, len(data))
    )


def test_the_same_bytes_are_no_splice() -> None:
    assert minimal(io.BytesIO(b"abcdef"), [Splice(1, 3, b"bcd")]) == ()


def test_only_what_differs_is_replaced() -> None:
    assert minimal(io.BytesIO(b"abcdef"), [Splice(0, 6, b"abXdef")]) == (Splice(2, 1, b"X"),)


def test_an_insertion_replaces_nothing() -> None:
    assert minimal(io.BytesIO(b"abcdef"), [Splice(0, 6, b"abcXYdef")]) == (Splice(3, 0, b"XY"),)


def test_differences_far_apart_are_splices_of_their_own() -> None:
    old = bytes(1000)
    new = b"\1" + bytes(998) + b"\2"
    assert minimal(io.BytesIO(old), [Splice(0, 1000, new)]) == (Splice(0, 1, b"\1"), Splice(999, 1, b"\2"))


def test_a_longer_end_is_one_splice_beside_the_change_in_front() -> None:
    old = bytes(500)
    new = b"\1" + bytes(499) + b"tail"
    assert minimal(io.BytesIO(old), [Splice(0, 500, new)]) == (Splice(0, 1, b"\1"), Splice(500, 0, b"tail"))


@pytest.mark.parametrize(
    "splices", [(Splice(5, 1, b""), Splice(2, 1, b"")), (Splice(0, 4, b""), Splice(3, 1, b"")), (Splice(9, 5, b""),)]
)
def test_splices_that_make_no_sense_are_refused(splices: tuple[Splice, ...]) -> None:
    with pytest.raises(ValueError, match="splices"):
        list(pieces(splices, 10))


PART = st.one_of(st.binary(max_size=90), st.integers(0, 300).map(bytes), st.integers(0, 200).map(lambda n: b"ab" * n))


@settings(deadline=None, max_examples=400)
@given(st.lists(st.tuples(PART, PART, PART), max_size=4), PART)
def test_minimal_and_inverse_say_the_same(changes: list[tuple[bytes, bytes, bytes]], end: bytes) -> None:
    old, new, splices = b"", b"", []
    for kept, before, after in changes:
        splices.append(Splice(len(old) + len(kept), len(before), after))
        old, new = old + kept + before, new + kept + after
    old, new = old + end, new + end
    small = minimal(io.BytesIO(old), splices)
    assert applied(old, small) == new
    assert sum(len(s.new_bytes) for s in small) <= sum(len(s.new_bytes) for s in splices)
    assert applied(new, inverse(io.BytesIO(old), small)) == old
