"""What is not a picture, or not a whole one, is one clear error; nothing is half read, and memory stays small."""

import os
import subprocess
import sys
import threading
import warnings
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from cutline.core import pixels
from cutline.core.decode import decoded
from cutline.core.errors import Unreadable
from helpers import memory
from helpers.pictures import exif, noise, png, quarters, saved

SUFFIXES = ["jpg", "png", "webp", "gif", "tif", "bmp", "avif"]  # of HEIC and raw files, see their own tests


def refused(path: Path, side: int = 64) -> str:
    with pytest.raises(Unreadable) as caught:
        decoded(path, side)
    message = str(caught.value)
    assert message.startswith(f"{path.name}: ")
    assert message.count("\n") == 0
    assert message.endswith((".", "?"))
    assert message.count(".") - path.name.count(".") <= 1, "one sentence"
    return message


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    assert "empty (0 bytes)" in refused(tmp_path / "a.jpg")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"Dear Sir,\r\n\tthis is a letter.\n", "is a text file"),
        ("Schöne Grüße\n".encode() * 100, "is a text file"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "holds a web page"),
        (b"\n  <HTML>", "holds a web page"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "is a PDF document"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "is a video"),
        (b"\x1aE\xdf\xa3\x93B\x82\x88matroska", "is a video"),
        (bytes(5000), "nothing but zeros"),
        (b"\x93\xff\x01\x8e\xd2\x17\xf0\xaa\x05\xfe\xfe\0", "is not a picture in a format Cutline reads"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "is a text file"),
        (b"\xff\xd8\xff", "the JPEG file"),
        (b"\x89PNG\r\n\x1a\n", "the PNG file"),
        (b"GIF89a", "the GIF file"),
        (b"II*\0", "the TIFF file"),
        (b"BM", "the BMP file"),
        (b"RIFF\x04\0\0\0WEBP", "the WebP file"),
        (b"\0\0\0\x18ftypavif\0\0\0\0avifmif1", "the AVIF file"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "the HEIC file"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "the HEIC file"),
        (b"FUJIFILMCCD-RAW 0201", "the raw file"),
        (b"IIU\0\x18\0\0\0", "the raw file"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "the raw file"),
    ],
)
def test_what_only_its_name_calls_a_picture(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "a.jpg").write_bytes(data)
    assert says in refused(tmp_path / "a.jpg")


@pytest.mark.parametrize("side", [16, 400])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_picture_cut_short_is_refused_not_half_shown(tmp_path: Path, suffix: str, side: int) -> None:
    path = saved(noise((400, 300)), tmp_path / f"a.{suffix}")
    whole = path.read_bytes()
    decoded(path, side)
    for kept in (0.02, 0.3, 0.5, 0.8, 0.97):
        path.write_bytes(whole[: round(len(whole) * kept)])
        refused(path, side)


def test_a_progressive_jpeg_cut_short_is_not_shown_blurred(tmp_path: Path) -> None:
    path = saved(noise((400, 300)), tmp_path / "a.jpg", progressive=True)
    whole = path.read_bytes()
    for kept in (0.2, 0.5, 0.9):
        path.write_bytes(whole[: round(len(whole) * kept)])
        assert "cut short" in refused(path)


def test_names_are_shown_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "two\nlines \x1b[31m.jpg"
    path.touch()
    with pytest.raises(Unreadable, match=r"^two\\nlines \\x1b\[31m.jpg: the file is empty"):
        decoded(path, 64)
    undecodable = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.jpg"))
    undecodable.touch()
    with pytest.raises(Unreadable) as caught:
        decoded(undecodable, 64)
    str(caught.value).encode()


def test_a_file_that_may_not_be_read(mortal: Path) -> None:
    secret = saved(quarters(), mortal / "secret.jpg")
    secret.chmod(0)
    assert "may not read" in refused(secret)


def test_places_without_a_file(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "gone.jpg")
    (tmp_path / "folder.jpg").mkdir()
    assert "is not a file" in refused(tmp_path / "folder.jpg")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    assert "cannot be read" in refused(tmp_path / "loop.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "is not a file" in refused(tmp_path / "pipe.jpg")


BOMBS = {
    "a.png": png(30_000, 30_000, bytes(3_800) * 30_000, depth=1, color=0),
    "b.bmp": b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x30\x75\0\0\x30\x75\0\0\1\0\x18\0" + bytes(40),
    "c.gif": b"GIF89a\x30\x75\x30\x75\0\0\0,\0\0\0\0\x30\x75\x30\x75\0\x02\x02\x44\x01\0;",
}


@pytest.mark.parametrize("name", BOMBS)
def test_thirty_thousand_squared_in_a_few_bytes_is_an_error_before_memory_is_used(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BOMBS[name])
    assert path.stat().st_size < 120_000
    before = memory.peak()
    assert "30,000 × 30,000" in refused(path)
    assert memory.peak() - before < 20_000_000


def test_what_just_fits_into_memory_is_refused_too_where_a_few_bytes_claim_it(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    side = (19_000).to_bytes(2, "little")
    path.write_bytes(b"GIF89a" + side * 2 + b"\0\0\0,\0\0\0\0" + side * 2 + b"\0\x02\x02\x44\x01\0;")
    before = memory.peak()
    assert "says that it is 19,000 × 19,000 pixels large, but holds only" in refused(path)
    assert memory.peak() - before < 20_000_000


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_claims_thirty_thousand_squared(tmp_path: Path, progressive: bool) -> None:
    path = saved(Image.new("L", (64, 64)), tmp_path / "a.jpg", progressive=progressive)
    _resize(path, b"\xff\xc2" if progressive else b"\xff\xc0", 30_000, 30_000)
    assert "30,000 × 30,000" in refused(path)
    _resize(path, b"\xff\xc2" if progressive else b"\xff\xc0", 65_500, 65_500)
    assert "fits into memory" in refused(path)


def test_a_sequential_jpeg_may_be_larger_than_would_fit_into_memory(tmp_path: Path) -> None:
    path = saved(Image.new("L", (30_000, 64), 77), tmp_path / "a.jpg", restart_marker_rows=1, quality=90)
    data = path.read_bytes()
    row = data[data.index(b"\xff\xd0") + 2 : data.index(b"\xff\xd1")]
    rows = 14_000 // 8
    scan = b"".join(row + bytes((0xFF, 0xD0 + number % 8)) for number in range(rows - 1)) + row
    path.write_bytes(data[: data.index(b"\xff\xd0") - len(row)] + scan + b"\xff\xd9")
    _resize(path, b"\xff\xc0", 30_000, 14_000)
    picture = decoded(path, 256)
    assert picture.size == (256, 119)
    assert picture.getextrema() == ((77, 77),) * 3


def _resize(path: Path, frame: bytes, width: int, height: int) -> None:
    """Let the frame header of a JPEG say another size."""
    data = bytearray(path.read_bytes())
    at = data.index(frame)
    data[at + 5 : at + 9] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    path.write_bytes(data)


def test_an_honest_large_panorama_is_read_with_little_memory(tmp_path: Path) -> None:
    path = saved(Image.new("RGB", (24_000, 4_500), (90, 120, 150)), tmp_path / "panorama.jpg", quality=60)
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
        "from helpers.memory import peak; from cutline.core.decode import decoded;"
        "before = peak(); picture = decoded(Path(sys.argv[2]), 2048); print(*picture.size, peak() - before)"
    )
    command: list[str | Path] = [sys.executable, "-c", code, Path(memory.__file__).parents[1], path]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    width, height, taken = map(int, run.stdout.split())
    assert (width, height) == (2048, 384)
    assert 1_000_000 < taken < 60_000_000  # 108 million pixels would be 432 MB


def test_large_pictures_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(quarters(), tmp_path / "a.png")
    monkeypatch.setattr(pixels, "LARGE", 1000)
    done = threading.Event()

    def work() -> None:
        decoded(path, 32)
        done.set()

    thread = threading.Thread(target=work)
    with pixels._one_large:
        thread.start()
        assert not done.wait(0.2)
    assert done.wait(10)
    thread.join()


def test_pillows_warnings_go_nowhere_and_others_stay(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    odd = exif()[:-30]
    path = saved(quarters(), tmp_path / "a.tif")
    path.write_bytes(path.read_bytes()[:-4] + b"\xff\xff\xff\x7f")
    pictures = [saved(quarters(), tmp_path / "b.jpg", exif=odd), path, saved(quarters(), tmp_path / "c.png", exif=odd)]
    for picture in pictures:
        try:
            decoded(picture, 32)
        except Unreadable:
            assert picture == path
    with pytest.raises(UserWarning, match="mine"):
        warnings.warn("mine", stacklevel=1)
    assert capfd.readouterr() == ("", "")


def test_pillow_itself_is_left_as_it_was(tmp_path: Path) -> None:
    before = Image.MAX_IMAGE_PIXELS
    decoded(saved(quarters(), tmp_path / "a.png"), 32)
    assert before == Image.MAX_IMAGE_PIXELS


def test_many_threads_at_once(tmp_path: Path) -> None:
    paths = [saved(noise((300, 200), seed), tmp_path / f"{seed}.{suffix}") for seed, suffix in enumerate(SUFFIXES)]
    wanted = {path: decoded(path, 100).tobytes() for path in paths}
    wrong: list[Path] = []

    def work() -> None:
        for _ in range(4):
            wrong.extend(path for path in paths if decoded(path, 100).tobytes() != wanted[path])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_file_is_closed(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        path = saved(quarters(), tmp_path / f"a.{suffix}")
        before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
        decoded(path, 32)
        path.write_bytes(path.read_bytes()[:50])
        with pytest.raises(Unreadable):
            decoded(path, 32)
        assert not before or len(os.listdir("/proc/self/fd")) == before


def test_a_file_that_changes_into_something_else_meanwhile(tmp_path: Path) -> None:
    file = BytesIO()
    quarters().save(file, "GIF")
    path = tmp_path / "a.png"
    path.write_bytes(file.getvalue())
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + file.getvalue())
    refused(path)
