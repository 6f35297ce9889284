"""Bad input to reading and writing: each gets one clear sentence, and nothing hangs or is changed."""

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cutline.core import metadata
from cutline.core.errors import PhotoError, ReadOnly, Unreadable, Unsupported
from cutline.core.metadata.detect import container_for
from cutline.core.photo import FIELDS, Caption
from helpers import jpeg_files as files

CAPTION = Caption("Zürich", "words", ("a", "b"), "alt")


def sentence(error: BaseException, path: Path) -> None:
    text = str(error)
    assert path.name in text or ascii(path.name).strip("'") in text
    assert text.endswith(".")
    assert "\n" not in text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("text.jpg", b"these are words, not a picture"),
        ("zero.jpg", b""),
        ("short.jpg", b"\xff\xd8\xff"),
        ("cut.jpg", files.jpeg(files.icc())[:120]),
        ("cut.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"),
        ("cut.webp", b"RIFF\xff\xff\0\0WEBPVP8 "),
        ("film.jpg", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
    ],
)
def test_what_is_no_picture_is_unreadable(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    for call in (metadata.read, metadata.picture_hash, lambda p: metadata.write(p, CAPTION, FIELDS)):
        with pytest.raises(Unreadable) as caught:
            call(path)
        sentence(caught.value, path)
    assert path.read_bytes() == data


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such file"):
        metadata.read(tmp_path / "missing.jpg")


def test_a_folder_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="folder"):
        metadata.read(tmp_path)


def test_a_pipe_is_unreadable_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(Unreadable, match="no regular file"):
        metadata.read(tmp_path / "pipe.jpg")


def test_a_link_in_a_circle_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to("b.jpg")
    (tmp_path / "b.jpg").symlink_to("a.jpg")
    with pytest.raises(Unreadable):
        metadata.read(tmp_path / "a.jpg")


def test_a_name_with_nul_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        metadata.read(Path("a\0b.jpg"))


NAMES = ["a space.jpg", "new\nline.jpg", "emoji 😀.jpg", "-dash.jpg", "no ending"]
if sys.platform != "darwin":  # whose file system takes UTF-8 only
    NAMES.append(os.fsdecode(b"latin \xe9.jpg"))


@pytest.mark.parametrize("name", NAMES)
def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(files.jpeg())
    metadata.write(path, CAPTION, FIELDS)
    assert metadata.read(path).caption == CAPTION
    path.write_bytes(b"")
    with pytest.raises(Unreadable) as caught:
        metadata.read(path)
    assert str(caught.value).isprintable()


CLOSED = [
    (b"8BPS" + bytes(60), "a.psd", "psd"),
    (b"BM" + bytes(12) + b"\x28" + bytes(49), "a.bmp", "bmp"),
    (b"MM\0*" + bytes(60), "a.nef", "nef"),
    (b"\0\0\0\x18ftypcrx " + bytes(52), "a.cr3", "cr3"),
    (b"FUJIFILMCCD-RAW" + bytes(49), "a.raf", "raf"),
    (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(52), "a.jxl", "jpeg xl"),
    (b"\xff\xd8\xff\xf7" + bytes(60), "a.jpg", "jpeg-ls"),
]


@pytest.mark.parametrize(("content", "name", "format_name"), CLOSED)
def test_what_nothing_is_embedded_into_gets_a_sidecar(
    tmp_path: Path, content: bytes, name: str, format_name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert metadata.read(path).format == format_name
    with pytest.raises(Unsupported) as caught:
        metadata.write(path, CAPTION, FIELDS, mode="embed")
    sentence(caught.value, path)
    pending = metadata.write(path, CAPTION, FIELDS, dry_run=True)
    assert (pending.changed, [p.name for p in tmp_path.iterdir()]) == (True, [name])
    written = metadata.write(path, CAPTION, FIELDS)
    assert (written.sidecar, written.caption) == (tmp_path / "a.xmp", CAPTION)
    assert any("sidecar" in note for note in written.notes)
    assert metadata.read(path).caption == CAPTION
    assert path.read_bytes() == content
    again = metadata.write(path, CAPTION, FIELDS)
    assert (again.changed, again.notes) == (False, ())
    assert len(metadata.picture_hash(path)) == 64


@pytest.mark.parametrize(
    ("head", "name"), [(b"\0\0\0\x18ftypisom", "a.mp4"), (b"#!/bin/sh", "a.jpg"), (b"BMW is a car", "a.bmp")]
)
def test_what_is_no_picture_has_no_container(head: bytes, name: str) -> None:
    assert container_for(head, Path(name)) is None


def test_the_ending_of_a_name_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "really a jpeg.png"
    path.write_bytes(files.jpeg())
    assert metadata.write(path, CAPTION, FIELDS).caption == CAPTION
    assert metadata.read(path).format == "jpeg"


def test_a_read_only_photo_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "locked.jpg"
    path.write_bytes(files.jpeg())
    path.chmod(0o400)
    with pytest.raises(ReadOnly) as caught:
        metadata.write(path, CAPTION, FIELDS)
    sentence(caught.value, path)
    assert path.read_bytes() == files.jpeg()
    assert metadata.read(path).caption == Caption()


def test_an_unreadable_photo_says_so(mortal: Path) -> None:
    path = mortal / "closed.jpg"
    path.write_bytes(files.jpeg())
    path.chmod(0)
    with pytest.raises(Unreadable, match="may not be read"):
        metadata.read(path)


def test_lengths_beyond_the_file_cost_no_time_and_no_memory(tmp_path: Path) -> None:
    huge = b"II*\0\x08\0\0\0\1\0\x0e\x01\2\0\xff\xff\xff\xff\x08\0\0\0"
    path = tmp_path / "huge.jpg"
    path.write_bytes(files.jpeg(files.exif(huge), files.irb(b"8BIM\4\4\0\0\xff\xff\xff\xff")))
    started = time.perf_counter()
    metadata.write(path, CAPTION, FIELDS)
    assert metadata.read(path).caption == CAPTION
    assert time.perf_counter() - started < 2


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_photos_raise_nothing_but_our_errors(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "damaged.jpg"
    path.write_bytes(files.jpeg())
    metadata.write(path, Caption("old title", "old words", ("old", "tags"), "old alt"), FIELDS)
    whole = bytearray(path.read_bytes())
    head = whole.index(b"\xff\xda")
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(2, head))] = data.draw(st.integers(0, 255))
    path.write_bytes(whole)
    try:
        written = metadata.write(path, CAPTION, FIELDS)
    except PhotoError as error:
        sentence(error, path)
        assert path.read_bytes() == whole
    else:
        assert metadata.read(path).caption == written.caption
