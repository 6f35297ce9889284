"""What leaves for a backend: upright, sRGB, small enough, and without a word about who, where and when."""

import subprocess
import sys
import threading
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from cutline.core import encode, settings
from cutline.core.backends import base
from cutline.core.errors import ConfigError, Unreadable, Unsupported
from cutline.core.picture import Upload
from helpers import profiles, raw_files
from helpers.heif_files import heic
from helpers.pictures import BLUE, GREEN, RED, YELLOW, alike, corners, exif, noise, quarters, saved

INFO = base.Info(needs_key=False, local=False, gives=frozenset({"tags"}))
ASKED = settings.Upload()


def upload(path: Path, info: base.Info = INFO, asked: settings.Upload = ASKED) -> base.Upload:
    return Upload(path, info, asked)


def opened(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as image:
        image.load()
        return image


@pytest.mark.parametrize(
    ("setting", "backend", "side"), [(2048, None, 2048), (1024, None, 1024), (2048, 768, 768), (512, 1024, 512)]
)
def test_the_smaller_of_setting_and_backend_rules_the_size(
    tmp_path: Path, setting: int, backend: int | None, side: int
) -> None:
    path = saved(quarters((3000, 2000)), tmp_path / "a.jpg")
    made = opened(upload(path, replace(INFO, max_side=backend), replace(ASKED, max_side=setting)).data)
    assert made.size == (side, round(side * 2 / 3))


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    path = saved(quarters((300, 200)), tmp_path / "a.png")
    assert opened(upload(path).data).size == (300, 200)


def test_a_heic_and_a_raw_file_become_upright_jpegs_that_say_nothing_else(tmp_path: Path) -> None:
    phone = heic(quarters((800, 600)), tmp_path / "a.heic", exif=exif(6), icc_profile=profiles.wide_gamut())
    camera, preview = tmp_path / "a.cr2", raw_files.jpeg(quarters((800, 600)), exif=exif(6), comment=b"Secret")
    camera.write_bytes(raw_files.cr2(preview, preview, 6))
    for path in (phone, camera):
        ready = upload(path)
        made = opened(ready.data)
        assert (ready.mime, made.format, made.mode, made.size) == ("image/jpeg", "JPEG", "RGB", (600, 800))
        assert [round(v, -2) for v in corners(made)[0]] == [0, 0, 200]
        assert not any(word in ready.data for word in (b"Exif", b"Secret", b"ICC_PROFILE", b"Halden"))


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "gif", "bmp", "avif"])
def test_everything_becomes_an_upright_jpeg(tmp_path: Path, suffix: str) -> None:
    options = {} if suffix in ("gif", "bmp", "tif") else {"exif": exif(6)}
    path = saved(quarters(), tmp_path / f"a.{suffix}", **options)
    ready = upload(path)
    made = opened(ready.data)
    assert ready.mime == "image/jpeg"
    assert (made.format, made.mode) == ("JPEG", "RGB")
    assert alike(corners(made), (BLUE, RED, YELLOW, GREEN) if options else (RED, GREEN, BLUE, YELLOW))


def test_colours_are_srgb(tmp_path: Path) -> None:
    path = saved(Image.new("RGB", (64, 64), (255, 0, 0)), tmp_path / "a.png", icc_profile=profiles.swapped())
    assert alike(corners(opened(upload(path).data)), [(0, 0, 255)] * 4)


@pytest.mark.parametrize("mime", ["image/jpeg", "image/png", "image/webp"])
def test_no_metadata_leaves(tmp_path: Path, mime: str) -> None:
    secrets = {"exif": exif(), "comment": b"secret comment", "icc_profile": profiles.wide_gamut(), "dpi": (300, 300)}
    path = saved(quarters(), tmp_path / "a.jpg", xmp=b"<x:xmpmeta>secret packet</x:xmpmeta>", **secrets)
    data = upload(path, replace(INFO, formats=(mime,))).data
    names = (b"Exif", b"eXIf", b"Ana Secret", b"Halden", b"GPS", b"secret", b"ICC_PROFILE", b"iCCP", b"maker", b"tEXt")
    for word in names:
        assert word not in data, word
    assert not {"exif", "comment", "icc_profile", "xmp", "dpi", "photoshop"} & set(opened(data).info)


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("mime", ["image/jpeg", "image/png", "image/webp"])
def test_exiftool_finds_nothing_but_the_picture_in_an_upload(tmp_path: Path, mime: str) -> None:
    path = saved(quarters(), tmp_path / "a.jpg", exif=exif(3), comment=b"x", icc_profile=profiles.wide_gamut())
    read = ["exiftool", "-G0", "-s", "-a", "-u"]
    before = subprocess.run([*read, path], capture_output=True, text=True, check=True).stdout
    assert "GPSLatitude" in before
    assert "MakerNote" in before
    out = tmp_path / "out"
    out.write_bytes(upload(path, replace(INFO, formats=(mime,))).data)
    after = subprocess.run([*read, out], capture_output=True, text=True, check=True).stdout
    groups = {line.split("]")[0].strip("[ ") for line in after.splitlines()}
    assert groups <= {"ExifTool", "File", "JFIF", "PNG", "RIFF", "Composite"}
    assert "GPS" not in after


@pytest.mark.parametrize("limit", [2_900_000, 400_000, 60_000, 9_000, 1_500])
@pytest.mark.parametrize("mime", ["image/jpeg", "image/png", "image/webp"])
def test_even_noise_is_brought_under_the_limit(tmp_path: Path, mime: str, limit: int) -> None:
    path = saved(noise((1100, 900)), tmp_path / "a.bmp")
    data = upload(path, replace(INFO, formats=(mime,), max_bytes=limit)).data
    assert len(data) <= limit
    assert len(data) > limit / 4 or not 60_000 <= limit < 1_000_000  # and not much smaller than it had to be
    width, height = opened(data).size
    assert abs(width / height - 11 / 9) < 0.1


def test_quality_gives_way_before_size(tmp_path: Path) -> None:
    path = saved(Image.blend(noise((900, 700)), quarters((900, 700)), 0.5), tmp_path / "a.png")
    sizes = {
        quality: len(upload(path, asked=replace(ASKED, quality=quality)).data) for quality in (88, encode.LEAST_QUALITY)
    }
    between = sum(sizes.values()) // 2
    made = opened(upload(path, replace(INFO, max_bytes=between)).data)
    assert made.size == (900, 700)
    smaller = opened(upload(path, replace(INFO, max_bytes=sizes[encode.LEAST_QUALITY] - 100)).data)
    assert 600 < smaller.width < 900


def test_a_limit_nothing_can_meet_is_an_error(tmp_path: Path) -> None:
    path = saved(noise((200, 200)), tmp_path / "a.png")
    with pytest.raises(Unsupported, match=r"^a.png: cannot be made small enough for the service \(at most 100 bytes\)"):
        _ = upload(path, replace(INFO, max_bytes=100)).data


def test_the_first_format_that_can_be_made_is_taken(tmp_path: Path) -> None:
    path = saved(quarters(), tmp_path / "a.jpg")
    ready = upload(path, replace(INFO, formats=("image/heic", "image/webp", "image/jpeg")))
    assert ready.mime == "image/webp"
    assert opened(ready.data).format == "WEBP"
    with pytest.raises(ConfigError, match="none of the formats"):
        _ = upload(path, replace(INFO, formats=("image/heic",))).mime


@pytest.mark.parametrize("side", [16, 50, 96, 4000])
def test_the_picture_is_as_small_as_asked_for(tmp_path: Path, side: int) -> None:
    path = saved(quarters(), tmp_path / "a.jpg", exif=exif(8), quality=95)
    picture = upload(path).picture(side)
    assert picture.mode == "RGB"
    assert max(picture.size) == min(96, side)
    assert alike(corners(picture), (GREEN, YELLOW, RED, BLUE), 20)


def test_nothing_is_read_before_it_is_looked_at(tmp_path: Path) -> None:
    ready = upload(tmp_path / "later.jpg")
    assert "later.jpg" in repr(ready)
    assert ready.mime == "image/jpeg"
    for look in (lambda: ready.data, lambda: ready.picture(64)):
        with pytest.raises(Unreadable, match="no such file"):
            look()
    saved(quarters(), tmp_path / "later.jpg")
    assert ready.data


def test_the_data_is_prepared_once_however_many_ask(tmp_path: Path) -> None:
    ready = upload(saved(noise((500, 400)), tmp_path / "a.png"))
    seen: list[bytes] = []
    threads = [threading.Thread(target=lambda: seen.append(ready.data)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(data) for data in seen}) == 1
    assert len(seen) == 4


def test_pillow_comes_with_the_first_picture() -> None:
    code = "import sys, cutline.core.picture, cutline.core.thumbnail; print('PIL' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == "False\n"
