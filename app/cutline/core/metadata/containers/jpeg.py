"""JPEG: a list of marker segments, then the compressed picture, then whatever somebody hung behind it.

    SOI │ APP0 JFIF │ APP1 Exif │ APP1 XMP │ APP1 extended XMP │ APP13 Photoshop │ APP2 ICC, MPF │ DQT SOF DHT │ SOS ...

(ITU-T T.81, annex B; EXIF 2.32, section 4.5.4; XMP part 3, section 1.1.3; CIPA DC-007 for MPF.) Only the segments in
front of the picture are read. A block that is there is replaced where it stands; a new one is put in the order above,
in front of the MPF segment. Everything that counts in bytes from elsewhere is corrected in `jpeg_offsets`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO, NamedTuple

from cutline.core.errors import Unreadable
from cutline.core.metadata.blocks import exif, xmp
from cutline.core.metadata.containers import jpeg_offsets
from cutline.core.metadata.containers.in_step import followed
from cutline.core.metadata.containers.jpeg_offsets import Counters
from cutline.core.metadata.containers.jpeg_previews import Block, following
from cutline.core.metadata.containers.jpeg_trailers import afcp
from cutline.core.metadata.model import BlockName, Layout, Splice
from cutline.core.photo import Caption

FORMAT = "jpeg"

_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_ODD = b"XMP\0://ns.adobe.com/xap/1.0/\0"  # a bug of some writers; other readers take it as well
_XMP_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_IRB = b"Photoshop 3.0\0"
_MPF = b"MPF\0"
_IDS: Mapping[BlockName, bytes] = {"exif": _EXIF, "xmp": _XMP, "irb": _IRB}
_HOLDS = frozenset(_IDS)
_SPELLINGS: Mapping[BlockName, tuple[bytes, ...]] = {"exif": (_EXIF,), "xmp": (_XMP, _XMP_ODD), "irb": (_IRB,)}
_MOST = 65_533  # bytes of a segment's payload
_MOST_SEGMENTS = 20_000
_APP0, _APP1, _APP2, _APP11, _APP13, _APP14, _APP15, _COM = 0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEE, 0xEF, 0xFE
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SEGMENTS = frozenset(range(0xC0, 0xFF)) - _STANDALONE - {_SOI, _EOI}
"""Markers that begin a segment; there are others, which no one uses."""
_LOOKED_INTO = frozenset({_APP1, _APP2, _APP11, _APP13})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

_SHELLS: Mapping[BlockName, bytes] = {"exif": b"II*\0\x08\0\0\0" + bytes(6), "xmp": xmp.document(Caption(), ())}
"""Blocks that say nothing."""
LIMITS: Mapping[BlockName, int] = {"exif": _MOST - len(_EXIF), "xmp": 65_502}


class Segment(NamedTuple):
    """One marker segment in front of the picture."""

    marker: int
    offset: int
    """Where its marker stands."""
    size: int
    """Bytes with marker and length."""
    payload: bytes
    """The payload of the segments we look into, the beginning of what may be one; of others nothing."""

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.offset + self.size


@dataclass(frozen=True, slots=True)
class Home:
    """Where one block stands, or would stand."""

    segments: tuple[Segment, ...]
    """The segments that hold it; none where the file lacks it."""
    place: int
    """Where a new one is put."""
    others: tuple[Segment, ...] = ()
    """Further blocks of the same kind, which follow the first."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Where things stand in a JPEG file."""

    homes: Mapping[BlockName, Home]
    leading: int
    """The end of SOI and of the APP0 segments right behind it."""
    counters: Counters


def matches(head: bytes) -> bool:
    """Whether a file that begins so is a JPEG, and not a JPEG-LS, which has its own kind of frame."""
    return head[:3] == b"\xff\xd8\xff" and head[3:4] != b"\xf7"


def parse(file: BinaryIO, size: int) -> Layout:
    """Take the file apart; `Unreadable` where it ends too early or is no JPEG."""
    segments = _pictured(file, size)
    trailer = afcp(file, size)
    mpf = next((s for s in segments if s.marker == _APP2 and s.payload.startswith(_MPF)), None)
    homes = _homes(segments, mpf)
    directory = None if mpf is None else (mpf.offset + 4 + len(_MPF), mpf.payload[len(_MPF) :])
    return replace(
        _layout(segments),
        picture=_picture(segments, trailer.start if trailer else size),
        parts=Parts(homes, _leading(segments), jpeg_offsets.found(directory, trailer)),
    )


def glance(file: BinaryIO, size: int) -> Layout:
    """The layout for who only reads the blocks: as `parse`, without where the picture and other things stand."""
    return _layout(_pictured(file, size))


def _pictured(file: BinaryIO, size: int) -> list[Segment]:
    segments = list(_segments(file, size))
    if not _FRAMES.isdisjoint([segment.marker for segment in segments]):
        return segments
    raise Unreadable("the file holds no picture, only the beginning of a JPEG file")


def _layout(segments: list[Segment]) -> Layout:
    ours = [segment for segment in segments if segment.marker in (_APP1, _APP13)]
    held = {name: _of_kind(ours, name)[: None if name == "irb" else 1] for name in _IDS}
    blocks = {name: _block(name, found) for name, found in held.items() if found}
    return Layout(FORMAT, blocks, _HOLDS, LIMITS, (), tuple(_notes(segments)))


def splices(layout: Layout, new: Mapping[BlockName, bytes]) -> list[Splice]:
    """What puts the blocks of `new` into the file, with every count that it touches corrected."""
    parts = layout.parts
    assert isinstance(parts, Parts)
    changes: list[Splice] = []
    inserted: dict[int, bytes] = {}
    most = _most(layout, parts)
    for name, home in parts.homes.items():
        old = layout.blocks.get(name)
        if name not in new or new[name] == (old or b""):
            continue
        data = _as_segments(name, new[name])
        if old is None:
            place = min(home.place, most)
            inserted[place] = inserted.get(place, b"") + data
            continue
        changes.append(Splice(home.segments[0].offset, home.segments[0].size, data))
        changes += [Splice(segment.offset, segment.size, b"") for segment in home.segments[1:]]
        changes += _followers(name, home, old, new[name])
    changes += [Splice(place, 0, data) for place, data in inserted.items()]
    changes += jpeg_offsets.corrections(parts.counters, changes)
    return sorted(changes, key=lambda splice: (splice.offset, splice.old_length))


def settled(file: BinaryIO, size: int, layout: Layout, new: Mapping[BlockName, bytes]) -> dict[BlockName, bytes]:
    """`new`, and the EXIF block with it where that leads to previews behind the picture which `new` moves.

    A block that is to go, but has another of its kind behind it, which would take its place, becomes an empty one.
    """
    parts, block = layout.parts, layout.blocks.get("exif")
    assert isinstance(parts, Parts)
    new = {name: data or _left(name, parts.homes[name], layout.blocks[name]) for name, data in new.items()}
    after = new.get("exif", block)
    if not new or not block or not after or not block.strip(b"\0") or not exif.editable(block):
        return dict(new)
    base = parts.homes["exif"].segments[0].offset + 4 + len(_EXIF)
    changes = splices(layout, new)
    corrected = following(file, Block(block, base), (layout.picture[-1][0], size), changes, after)
    return dict(new) if corrected == after else {**new, "exif": corrected}


def _most(layout: Layout, parts: Parts) -> int:
    """Behind which no new block may go: what an EXIF block that points out of itself means stands behind it."""
    block = layout.blocks.get("exif")
    return layout.picture[-1][0] if block is None or exif.editable(block) else parts.leading


def _followers(name: BlockName, home: Home, old: bytes, new: bytes) -> Iterator[Splice]:
    """Bring further blocks of one kind in step with the first, as far as they have room."""
    for segment in home.others:
        block = _block(name, (segment,))
        after = followed(name, old, new, block)
        if after != block and len(after) <= LIMITS[name]:
            yield Splice(segment.offset, segment.size, _as_segments(name, after))


def _left(name: BlockName, home: Home, old: bytes) -> bytes:
    """What stays of the block `old` that has nothing more to say."""
    stays = any(followed(name, old, b"", _block(name, (segment,))) for segment in home.others)
    return _SHELLS[name] if stays else b""


def _block(name: BlockName, segments: tuple[Segment, ...]) -> bytes:
    skipped = len(_IDS[name])
    return b"".join([segment.payload[skipped:] for segment in segments])


def _as_segments(name: BlockName, block: bytes) -> bytes:
    marker, identifier = (_APP13 if name == "irb" else _APP1), _IDS[name]
    step = _MOST - len(identifier)
    return b"".join(_segment(marker, identifier + block[n : n + step]) for n in range(0, len(block), step))


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


def _segments(file: BinaryIO, size: int) -> Iterator[Segment]:
    """The segments from SOI up to and including SOS; the payload is read where somebody looks into it."""
    file.seek(0)
    if file.read(2) != b"\xff\xd8":
        raise Unreadable("the file is no JPEG file")
    offset = 2
    for _ in range(_MOST_SEGMENTS):
        head = file.read(4)
        if len(head) == 4 and head[0] == 0xFF and head[1] in _SEGMENTS:
            marker, length = head[1], head[2] << 8 | head[3]
        else:
            file.seek(offset)
            offset, marker = _marker(file)
            if marker in _STANDALONE:
                offset += 2
                continue
            if marker in (_SOI, _EOI):
                raise Unreadable("the file holds no picture, only the beginning of a JPEG file")
            length = int.from_bytes(file.read(2), "big")
        if length < 2 or offset + 2 + length > size:
            raise Unreadable("the file is damaged or was cut off")
        payload = _payload(file, marker, length - 2) if marker in _LOOKED_INTO else b""
        yield Segment(marker, offset, length + 2, payload)
        if marker == _SOS:
            return
        offset += 2 + length
        file.seek(offset)
    raise Unreadable("the file has more segments than a JPEG file can sensibly have")


def _marker(file: BinaryIO) -> tuple[int, int]:
    """The offset and code of the next marker; fill bytes, and stray bytes that decoders skip too, are stepped over."""
    for _ in range(_MOST):
        if not (byte := file.read(1)):
            break
        if byte != b"\xff":
            continue
        while (code := file.read(1)) == b"\xff":
            pass
        if code and code != b"\0":
            return file.tell() - 2, code[0]
    raise Unreadable("the file is damaged or was cut off")


def _payload(file: BinaryIO, marker: int, length: int) -> bytes:
    if marker in (_APP1, _APP13):
        return file.read(length)
    beginning = file.read(min(length, 48))
    return beginning + file.read(length - len(beginning)) if beginning.startswith(_MPF) else beginning


def _picture(segments: list[Segment], end: int) -> tuple[tuple[int, int], ...]:
    """Tables, frame and everything from the first scan on; Adobe's APP14 says how the colours are coded."""
    head = [s for s in segments[:-1] if s.marker == _APP14 or not (_APP0 <= s.marker <= _APP15 or s.marker == _COM)]
    return (*((s.offset, s.size) for s in head), (segments[-1].offset, end - segments[-1].offset))


def _notes(segments: list[Segment]) -> Iterator[str]:
    boxes = [segment.payload for segment in segments if segment.marker == _APP11]
    if any(box[:2] == b"JP" and b"c2pa" in box for box in boxes):
        yield "The photo carries content credentials (C2PA); they will no longer match once it is changed."


def _homes(segments: list[Segment], mpf: Segment | None) -> dict[BlockName, Home]:
    """Where the blocks are, and where new ones belong: behind APP0, in the order EXIF, XMP, Photoshop, before MPF."""
    exifs, xmps, irbs = (_of_kind(segments, name) for name in ("exif", "xmp", "irb"))
    leading = _leading(segments)
    exif_end = max((s.end for s in exifs[:1]), default=leading)
    kinds = (_EXIF, *_SPELLINGS["xmp"], _XMP_EXTENSION)
    ours = [s.end for s in segments if s.marker == _APP1 and s.payload.startswith(kinds)]
    xmp_end = max(ours, default=leading)
    last = segments[-1].offset if mpf is None else mpf.offset
    return {
        "exif": Home(exifs[:1], min(leading, last), exifs[1:]),
        "xmp": Home(xmps[:1], min(exif_end, last), xmps[1:]),
        "irb": Home(irbs, min(xmp_end, last)),
    }


def _of_kind(segments: list[Segment], name: BlockName) -> tuple[Segment, ...]:
    marker = _APP13 if name == "irb" else _APP1
    spellings = _SPELLINGS[name]
    return tuple([s for s in segments if s.marker == marker and s.payload.startswith(spellings)])


def _leading(segments: list[Segment]) -> int:
    """The end of SOI and of the APP0 segments (JFIF, JFXX) right behind it."""
    end = 2
    for segment in segments:
        if segment.marker != _APP0 or segment.offset != end:
            break
        end = segment.end
    return end
