"""An IPTC digest that is none, since it has not the length of one."""

from pathlib import Path

import pytest

from cutline.core.metadata.blocks import iptc, irb, xmp
from cutline.core.metadata.reading import read
from cutline.core.metadata.writing import write
from cutline.core.photo import Caption
from helpers import jpeg_files as made

TAGGED = Caption("xmp title", tags=("xmp",))


@pytest.mark.parametrize("digest", [b"", b"short", bytes(17)])
def test_it_tells_nothing_and_the_block_stays_whole(tmp_path: Path, digest: bytes) -> None:
    records = iptc.edit(None, Caption("iim title", tags=("iim",)), ["title", "tags"])
    path = tmp_path / "a.jpg"
    block = made.resource(irb.IPTC, records) + made.resource(irb.DIGEST, digest)
    path.write_bytes(made.jpeg(made.xmp(xmp.edit(None, TAGGED, ["title", "tags"])), made.irb(block)))
    assert read(path).caption == TAGGED
    write(path, Caption("new"), ["title"], mode="embed")
    assert read(path).caption == Caption("new", tags=("xmp",))
    segment = next(raw for _, raw in made.split(path.read_bytes()) if made.IRB_ID in raw)
    new = irb.read(segment[4 + len(made.IRB_ID) :])
    assert iptc.read(new.iim or b"").tags == ("iim",)
