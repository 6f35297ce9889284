"""Raw files as pictures: through their previews, developed where there is none, else refused in words."""

import sys
import threading
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from cutline.core import raw
from cutline.core.decode import decoded
from cutline.core.errors import Unreadable, Unsupported
from cutline.core.thumbnail import embedded, thumbnail
from helpers import profiles, raw_files
from helpers.pictures import BLUE, CORNERS, GREEN, RED, YELLOW, alike, corners, noise, quarters
from helpers.raw_files import jpeg

LARGE, MIDDLE, SMALL = (jpeg(quarters(size)) for size in ((1620, 1080), (810, 540), (240, 160)))
OTHER = (YELLOW, BLUE, GREEN, RED)

FILES = {
    "a.NEF": raw_files.nef([MIDDLE, LARGE], 6),
    "a.cr2": raw_files.cr2(LARGE, SMALL, 6),
    "a.CR3": raw_files.cr3(LARGE, MIDDLE, SMALL, 6),
    "a.rw2": raw_files.rw2(LARGE, 6),
    "a.orf": raw_files.orf(LARGE, 6),
    "a.raf": raw_files.raf(jpeg(quarters((1620, 1080), (BLUE, RED, YELLOW, GREEN)))),
    "a.mrw": raw_files.mrw(LARGE, 6),
    "a.dng": raw_files.dng(LARGE, 6),
    "a.x3f": raw_files.x3f(jpeg(quarters((1620, 1080), (BLUE, RED, YELLOW, GREEN)))),
}
TURNED = (BLUE, RED, YELLOW, GREEN)


def stored(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.fixture
def without_rawpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine on which rawpy is not installed."""
    monkeypatch.setitem(sys.modules, "rawpy", None)
    monkeypatch.setattr(raw, "find_spec", lambda _name: None)


@pytest.mark.parametrize("side", [100, 256, 1000, 4000])
@pytest.mark.parametrize("name", FILES)
def test_every_make_is_shown_upright(tmp_path: Path, name: str, side: int) -> None:
    picture = decoded(stored(tmp_path / name, FILES[name]), side)
    assert max(picture.size) == min(side, 1620)
    assert alike(corners(picture), TURNED)
    assert picture.mode == "RGB"
    assert picture.info == {}


@pytest.mark.parametrize("name", ["a.NEF", "a.CR3", "a.raf"])
def test_a_raw_file_by_another_name(tmp_path: Path, name: str) -> None:
    other = stored(tmp_path / ("a.nef" if name == "a.NEF" else "a.jpg"), FILES[name])
    assert alike(corners(decoded(other, 200)), TURNED)


def test_the_smallest_preview_that_is_large_enough_is_taken(tmp_path: Path) -> None:
    first, second = jpeg(quarters((810, 540), OTHER)), jpeg(quarters((1620, 1080)))
    path = stored(tmp_path / "a.nef", raw_files.nef([second, first]))
    assert alike(corners(decoded(path, 600)), OTHER)
    assert alike(corners(decoded(path, 811)), CORNERS)
    assert decoded(path, 4000).size == (1620, 1080)


def test_a_damaged_preview_gives_way_to_the_next(tmp_path: Path) -> None:
    damaged = jpeg(noise((810, 540)))
    damaged = damaged[: len(damaged) // 3] + b"\xff\xd9"
    path = stored(tmp_path / "a.nef", raw_files.nef([damaged, LARGE]))
    assert alike(corners(decoded(path, 600)), CORNERS)


def test_the_colours_of_a_preview_are_those_of_its_profile(tmp_path: Path) -> None:
    preview = jpeg(Image.new("RGB", (600, 400), (255, 0, 0)), icc_profile=profiles.swapped())
    assert alike(corners(decoded(stored(tmp_path / "a.nef", raw_files.nef([preview])), 300)), [(0, 0, 255)] * 4)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_without_a_preview_the_sensor_s_data_are_developed(tmp_path: Path, orientation: int) -> None:
    pytest.importorskip("rawpy")
    path = stored(tmp_path / "a.dng", raw_files.bayer_dng(quarters((768, 512)), orientation))
    picture = decoded(path, 300)
    lying = quarters()
    how = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_270, 8: Image.Transpose.ROTATE_90}.get(orientation)
    assert picture.size == ((300, 200) if orientation in (1, 3) else (200, 300))
    assert alike(corners(picture), corners(lying.transpose(how) if how is not None else lying), 40)


def test_a_small_preview_is_not_enough_where_it_can_be_developed(tmp_path: Path) -> None:
    pytest.importorskip("rawpy")
    whole = raw_files.bayer_dng(quarters((1400, 1000)))
    path = stored(tmp_path / "a.dng", whole + jpeg(quarters((240, 170), OTHER)))
    assert alike(corners(decoded(path, 200)), OTHER)
    assert alike(corners(decoded(path, 600)), CORNERS, 40)
    assert decoded(path, 600).size == (600, 429)


@pytest.mark.usefixtures("without_rawpy")
def test_a_small_preview_is_better_than_none(tmp_path: Path) -> None:
    path = stored(tmp_path / "a.dng", raw_files.bayer_dng(quarters((1400, 1000))) + SMALL)
    assert decoded(path, 1000).size == (240, 160)


@pytest.mark.usefixtures("without_rawpy")
def test_so_is_the_small_tiff_in_front(tmp_path: Path) -> None:
    path = stored(tmp_path / "a.nef", raw_files.nef([], 6, front=quarters((160, 120))))
    picture = decoded(path, 1000)
    assert picture.size == (120, 160)
    assert alike(corners(picture), TURNED)


@pytest.mark.parametrize("name", ["a.NEF", "a.dng", "a.cr2"])
def test_a_tiff_with_the_name_of_a_raw_file_is_a_picture(tmp_path: Path, name: str) -> None:
    quarters((600, 400)).save(tmp_path / name, "TIFF")
    assert alike(corners(decoded(tmp_path / name, 600)), CORNERS)


@pytest.mark.usefixtures("without_rawpy")
def test_where_rawpy_is_missing_it_is_named(tmp_path: Path) -> None:
    path = stored(tmp_path / "a.dng", raw_files.bayer_dng(quarters((640, 480))))
    with pytest.raises(
        Unsupported, match=r'^a.dng: the raw file holds no preview.*pip install "cutline\[raw\]"'
    ) as caught:
        decoded(path, 256)
    assert "\n" not in str(caught.value)
    with pytest.raises(Unsupported):
        thumbnail(path, 256)


@pytest.mark.parametrize("name", FILES)
def test_a_raw_file_cut_short_before_its_preview_is_refused(tmp_path: Path, name: str) -> None:
    path = stored(tmp_path / name, FILES[name][:200])
    with pytest.raises(Unreadable, match=f"^{name}: the raw file is"):
        decoded(path, 256)


def test_sensor_data_cut_short_are_not_developed(tmp_path: Path) -> None:
    data = bytearray(raw_files.bayer_dng(quarters((640, 480))))
    at = data.index((0x0111).to_bytes(2, "little") + b"\4\0")
    data[at + 8 : at + 12] = (len(data) - 1000).to_bytes(4, "little")
    with pytest.raises(Unreadable, match=r"a.dng: the raw file is cut short"):
        decoded(stored(tmp_path / "a.dng", bytes(data)), 256)


def test_a_sensor_of_a_billion_pixels_in_a_few_bytes_is_refused(tmp_path: Path) -> None:
    data = bytearray(raw_files.bayer_dng(noise((64, 48))))
    for tag in (0x0100, 0x0101):
        at = data.index(tag.to_bytes(2, "little") + b"\4\0\1\0")
        data[at + 8 : at + 12] = (40_000).to_bytes(4, "little")
    with pytest.raises(Unreadable, match=r"a.dng: "):
        decoded(stored(tmp_path / "a.dng", bytes(data)), 256)


def test_the_gallery_has_something_at_once(tmp_path: Path) -> None:
    path = stored(tmp_path / "a.cr2", raw_files.cr2(LARGE, jpeg(quarters((240, 160), OTHER)), 6))
    first, right = embedded(path, 256), thumbnail(path, 256)
    assert first is not None
    assert (first.width, first.height) == (160, 240)
    assert alike(corners(Image.frombytes("RGB", (first.width, first.height), first.rgb)), (GREEN, YELLOW, RED, BLUE))
    assert (right.width, right.height) == (171, 256)
    assert alike(corners(Image.frombytes("RGB", (right.width, right.height), right.rgb)), TURNED)
    assert embedded(path, 256, at_least=241) is None


def test_a_thumbnail_with_bars_is_not_shown(tmp_path: Path) -> None:
    path = stored(tmp_path / "a.cr2", raw_files.cr2(LARGE, jpeg(quarters((160, 120), OTHER)), 6))
    assert embedded(path, 256) is None


def test_many_threads_at_once(tmp_path: Path) -> None:
    paths = [stored(tmp_path / name, data) for name, data in FILES.items()]
    wanted = {path: decoded(path, 100).tobytes() for path in paths}
    wrong: list[Path] = []

    def work() -> None:
        wrong.extend(path for path in paths if decoded(path, 100).tobytes() != wanted[path])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_what_is_in_memory_is_no_file(tmp_path: Path) -> None:
    assert raw.pixels(BytesIO(FILES["a.NEF"]), tmp_path / "a.nef", 100).size == (67, 100)
