"""A caption written into a TIFF file in memory, and what stands in its fields then."""

import io

from cutline.core.metadata.blocks import iptc, irb
from cutline.core.metadata.containers import tiff
from cutline.core.metadata.model import BlockName, Layout, Splice
from cutline.core.metadata.plan import planned
from cutline.core.photo import FIELDS, Caption
from helpers.spliced import parsed, picture, spliced

CAPTION = Caption("A title", "A description", ("one", "two"), "")


def changes(data: bytes, caption: Caption = CAPTION) -> tuple[Splice, ...]:
    """What writing all fields does to the file."""
    layout = parsed(tiff, data)
    plan = planned(layout, caption, FIELDS)
    blocks = tiff.settled(io.BytesIO(data), len(data), layout, plan.blocks)
    return tuple(tiff.splices(layout, blocks))


def written(data: bytes, caption: Caption = CAPTION) -> bytes:
    """The file with the caption; read again, it holds the blocks that were said, and the picture."""
    layout = parsed(tiff, data)
    assert layout.sidecar_only == ""
    plan = planned(layout, caption, FIELDS)
    blocks = tiff.settled(io.BytesIO(data), len(data), layout, plan.blocks)
    new = spliced(data, tiff.splices(layout, blocks))
    after = parsed(tiff, new)
    assert present({**layout.blocks, **blocks}) == present(dict(after.blocks))
    assert picture(tiff, new) == picture(tiff, data)
    assert spliced(new, changes(new, caption)) == new
    return new


def present(blocks: dict[BlockName, bytes]) -> dict[BlockName, bytes]:
    return {name: block for name, block in blocks.items() if block}


def texts(layout: Layout) -> tuple[str | None, str | None]:
    """Title and description of the IIM records."""
    said = iptc.read(irb.read(layout.blocks["irb"]).iim or b"")
    return said.title, said.description


def value(data: bytes, tag: int) -> bytes:
    """The bytes of a field of IFD0."""
    opened = tiff.opened(io.BytesIO(data), len(data))
    entry = opened.ifd(opened.first()).find(tag)
    assert entry is not None
    return opened.value(entry) or b""
