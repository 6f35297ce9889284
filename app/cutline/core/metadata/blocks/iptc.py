"""IPTC-IIM records: title, description and tags as programs before XMP wrote and read them.

A block is a row of datasets ``1C record number length data`` (IPTC-NAA Information Interchange Model 4.2, chapter 3).
1:90 says how text is coded. What Cutline writes is UTF-8: a block in another coding is converted as a whole, but only
where the new text is not plain ASCII, since an undeclared coding is a guess. All other datasets keep their bytes, text
that is not the UTF-8 it is declared to be too, and their order.
"""

from collections.abc import Collection
from typing import NamedTuple

from cutline.core.errors import Malformed
from cutline.core.keywords import flat
from cutline.core.metadata.blocks.iptc_text import UTF8, coding, decoded
from cutline.core.metadata.blocks.text import cut, storable, storable_tags
from cutline.core.metadata.model import CarrierText
from cutline.core.photo import Caption, FieldName

CHARACTER_SET = (1, 90)
RECORD_VERSION = (2, 0)
OBJECT_NAME = (2, 5)
KEYWORDS = (2, 25)
CAPTION = (2, 120)
LIMITS = {OBJECT_NAME: 64, KEYWORDS: 64, CAPTION: 2000}
"""Most bytes of a value (IIM 4.2, chapter 6)."""
_MOST = 100_000  # datasets of a block
_BINARY = frozenset((0, 125, 200, 201, 202))
_FRAME = frozenset(((1, 0), CHARACTER_SET, RECORD_VERSION))


class DataSet(NamedTuple):
    """One dataset: its number, the bytes of its value, and all its bytes as they stand in the block."""

    id: tuple[int, int]
    data: bytes
    raw: bytes


def read(iim: bytes) -> CarrierText:
    """What the block says. Raises `Malformed`."""
    said = texts(iim, LIMITS)
    keywords = said[KEYWORDS]
    return CarrierText(
        title=_first(said[OBJECT_NAME]),
        description=_first(said[CAPTION]),
        tags=tuple(dict.fromkeys(k for k in keywords if k.strip())) if keywords else None,
    )


def texts(iim: bytes, numbers: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[str]]:
    """The values of the datasets `numbers`, in order. Raises `Malformed`."""
    datasets, _ = parse(iim)
    codec = _coding(datasets)
    said: dict[tuple[int, int], list[str]] = {number: [] for number in numbers}
    for number, data, _ in datasets:
        if number in said:
            said[number].append(_lines(decoded(data, codec)))
    return said


def edit(iim: bytes | None, caption: Caption, fields: Collection[FieldName]) -> bytes:
    """The block with `fields` as in `caption`, cut to IPTC's limits; the same bytes where they are so already.

    b"": nothing is left in it to say. Alt text has no place here. Raises `Malformed`.
    """
    iim = iim or b""
    datasets, tail = parse(iim)
    wanted = _wanted(caption, fields)
    codec = _coding(datasets)
    if all(_says(datasets, number, codec) == values for number, values in wanted.items()):
        return iim
    utf8 = codec == "utf-8"
    if not utf8 and not all(value.isascii() for values in wanted.values() for value in values):
        datasets, utf8 = _converted(datasets, codec), True
    for number, values in wanted.items():
        datasets = _replaced(datasets, number, values)
    if all(d.id in _FRAME for d in datasets):
        return b""
    return b"".join(d.raw for d in _framed(datasets, utf8)) + tail


def parse(iim: bytes) -> tuple[list[DataSet], bytes]:
    """The datasets of a block, and the NULs behind them. Raises `Malformed`."""
    datasets: list[DataSet] = []
    position = 0
    while position < len(iim):
        if iim[position] != 0x1C:
            tail = iim[position:]
            if tail.strip(b"\x00"):
                raise Malformed(f"The IPTC block holds something that is no dataset, at byte {position}.")
            return datasets, tail
        start, end = _extent(iim, position)
        number = (iim[position + 1], iim[position + 2])
        datasets.append(DataSet(number, iim[start:end], iim[position:end]))
        position = end
        if len(datasets) > _MOST:
            raise Malformed(f"The IPTC block holds more than {_MOST:,} datasets.")
    return datasets, b""


def _extent(iim: bytes, position: int) -> tuple[int, int]:
    """The span of the value of the dataset at `position`."""
    start = position + 5
    length = int.from_bytes(iim[position + 3 : start])
    if start <= len(iim) and length & 0x8000:
        count = length & 0x7FFF
        length = int.from_bytes(iim[start : start + count]) if count <= 8 else len(iim)
        start += count
    if start + length > len(iim):
        raise Malformed(f"The IPTC block ends within the dataset at byte {position}.")
    return start, start + length


def dataset(number: tuple[int, int], data: bytes) -> DataSet:
    """A dataset with the value `data`."""
    size = len(data).to_bytes(2) if len(data) < 0x8000 else b"\x80\x04" + len(data).to_bytes(4)
    return DataSet(number, data, bytes((0x1C, *number)) + size + data)


def _wanted(caption: Caption, fields: Collection[FieldName]) -> dict[tuple[int, int], list[bytes]]:
    """Dataset -> the values it is to have, in UTF-8."""
    texts = {
        ("title", OBJECT_NAME): (storable(caption.title),),
        ("tags", KEYWORDS): storable_tags(flat(caption.tags)),
        ("description", CAPTION): (storable(caption.description),),
    }
    wanted = {}
    for (field, number), values in texts.items():
        if field in fields:
            coded = (cut(value, LIMITS[number]) for value in values if value.strip())
            wanted[number] = list(dict.fromkeys(coded))
    return wanted


def _says(datasets: list[DataSet], number: tuple[int, int], codec: str) -> list[bytes]:
    """The values a dataset has, in UTF-8."""
    texts = (_lines(decoded(d.data, codec)) for d in datasets if d.id == number)
    return [text.encode() for text in texts]


def _coding(datasets: list[DataSet]) -> str:
    declared = next((d.data for d in reversed(datasets) if d.id == CHARACTER_SET), b"")
    return coding(declared, (d.data for d in datasets if _is_text(d)))


def _is_text(item: DataSet) -> bool:
    return item.id[0] == 2 and item.id[1] not in _BINARY


def _converted(datasets: list[DataSet], codec: str) -> list[DataSet]:
    """The datasets with every text in UTF-8 instead of `codec`."""
    converted = []
    for item in datasets:
        if _is_text(item) and not item.data.isascii():
            item = dataset(item.id, decoded(item.data, codec).encode())
        converted.append(item)
    return converted


def _replaced(datasets: list[DataSet], number: tuple[int, int], values: list[bytes]) -> list[DataSet]:
    """The datasets with `values` for `number`, where its first occurrence stands, else in the order of numbers."""
    present = {d.data: d for d in reversed(datasets) if d.id == number}
    new = [present.get(value) or dataset(number, value) for value in values]
    at = next((i for i, d in enumerate(datasets) if d.id == number), None)
    if at is None:
        at = _place(datasets, number)
    others = [d for d in datasets[at:] if d.id != number]
    return datasets[:at] + new + others


def _place(datasets: list[DataSet], number: tuple[int, int]) -> int:
    """Behind the last dataset of the same record with a smaller number, or of a record before."""
    return max((i + 1 for i, d in enumerate(datasets) if d.id[0] <= number[0] and d.id < number), default=0)


def _framed(datasets: list[DataSet], utf8: bool) -> list[DataSet]:
    """The datasets with 1:90 saying UTF-8, where they are `utf8`, and where record 2 lacks its version, 2:00."""
    if utf8 and [d.data for d in datasets if d.id == CHARACTER_SET] != [UTF8]:
        datasets = _replaced(datasets, CHARACTER_SET, [UTF8])
    if all(d.id != RECORD_VERSION for d in datasets):
        datasets = _replaced(datasets, RECORD_VERSION, [b"\x00\x04"])
    return datasets


def _lines(text: str) -> str:
    return text.rstrip("\x00").replace("\r\n", "\n").replace("\r", "\n")


def _first(texts: list[str]) -> str | None:
    return next((text for text in texts if text.strip()), "") if texts else None
