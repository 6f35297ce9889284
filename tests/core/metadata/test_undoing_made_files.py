"""A file that was made is removed only as long as nobody else wrote to it."""

import os
from pathlib import Path

import pytest

from cutline.core.errors import ChangedMeanwhile, Unreadable
from cutline.core.metadata.recording import small_change
from cutline.core.metadata.undoing import put_back


def test_a_file_that_was_made_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    change = small_change(path, None, b"<made/>")
    path.write_bytes(b"<made/>")
    put_back(change)
    assert not os.path.lexists(path)


@pytest.mark.parametrize("other", [b"<other/>", b"<mAde/>", b""])
def test_what_another_program_made_of_it_stays(tmp_path: Path, other: bytes) -> None:
    path = tmp_path / "a.xmp"
    change = small_change(path, None, b"<made/>")
    path.write_bytes(other)
    with pytest.raises(ChangedMeanwhile, match="was changed at this moment"):
        put_back(change)
    assert path.read_bytes() == other


def test_what_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        put_back(small_change(tmp_path / "a.xmp", None, b"<made/>"))
