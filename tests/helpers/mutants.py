"""Files damaged at random, the same ones every time: flips, cuts, doubled and moved stretches, words of their format,
and numbers that are as large, small or wrong as they can be."""

import io
import random
import struct
from collections.abc import Callable, Sequence

EXTREMES = (0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
MOST_CHANGES = 4

Change = Callable[[random.Random, bytearray, Sequence[bytes]], None]


def mutant(seed: str, whole: bytes, words: Sequence[bytes]) -> bytes:
    """`whole` with one to four changes; which ones, `seed` alone decides."""
    dice = random.Random(seed)
    data = bytearray(whole)
    for _ in range(dice.randint(1, MOST_CHANGES)):
        dice.choice(_CHANGES)(dice, data, words)
    return bytes(data)


def _flip(dice: random.Random, data: bytearray, words: Sequence[bytes]) -> None:
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _byte(dice: random.Random, data: bytearray, words: Sequence[bytes]) -> None:
    if data:
        data[dice.randrange(len(data))] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))


def _cut(dice: random.Random, data: bytearray, words: Sequence[bytes]) -> None:
    del data[dice.randint(0, len(data)) :]


def _lose(dice: random.Random, data: bytearray, words: Sequence[bytes]) -> None:
    start, length = _stretch(dice, data)
    del data[start : start + length]


def _repeat(dice: random.Random, data: bytearray, words: Sequence[bytes]) -> None:
    start, length = _stretch(dice, data)
    at = dice.randint(0, len(data))
    data[at:at] = data[start : start + length] * dice.choice((1, 1, 2, 20))


def _word(dice: random.Random, data: bytearray, words: Sequence[bytes]) -> None:
    at, word = _place(dice, data, words), dice.choice(words)
    data[at : at + dice.choice((0, len(word)))] = word


def _number(dice: random.Random, data: bytearray, words: Sequence[bytes]) -> None:
    """An extreme, the file's size or nearly so, as 1, 2 or 4 bytes of either order, right beside a word or anywhere."""
    value = dice.choice((*EXTREMES, len(data), len(data) - 1, len(data) + 1, dice.randrange(len(data) + 1)))
    form = dice.choice(("B", "<H", ">H", "<I", ">I"))
    packed = struct.pack(form, value & (1 << 8 * struct.calcsize(form)) - 1)
    at = _place(dice, data, words)
    data[at : at + len(packed)] = packed


_CHANGES: tuple[Change, ...] = (_flip, _byte, _byte, _cut, _lose, _repeat, _word, _word, _number, _number, _number)


def _stretch(dice: random.Random, data: bytearray) -> tuple[int, int]:
    start = dice.randint(0, len(data))
    return start, min(dice.choice((1, 2, 4, 16, 100, 5000)), len(data) - start)


def _place(dice: random.Random, data: bytearray, words: Sequence[bytes]) -> int:
    """Anywhere, or within a few bytes of a word of the format."""
    found = data.find(dice.choice(words), dice.randint(0, len(data)))
    if found < 0 or dice.random() < 0.3:
        return dice.randint(0, len(data))
    return max(0, found + dice.randint(-8, 16))


class Counting(io.BytesIO):
    """A file in memory that counts how often and how much is read of it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.reads = 0
        self.bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file."""
        data = super().read(size)
        self.reads += 1
        self.bytes_read += len(data)
        return data
