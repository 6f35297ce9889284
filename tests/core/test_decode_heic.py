"""HEIC and AVIF as pictures: turned once, in sRGB by profile or by number, whole or refused, in many threads."""

import struct
import subprocess
import sys
import threading
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cutline.core import pixels
from cutline.core.decode import decoded
from cutline.core.errors import CutlineError, Unreadable
from cutline.core.pixels import within
from cutline.core.thumbnail import Thumb, embedded, thumbnail
from helpers import memory, profiles
from helpers.heif_files import deep, heic, renumbered, turned
from helpers.pictures import (
    BLUE,
    CORNERS,
    GREEN,
    RED,
    TURNED,
    YELLOW,
    Color,
    alike,
    corners,
    exif,
    noise,
    quarters,
    saved,
)

WHITE = (255, 255, 255)
LOSSLESS = {"quality": -1, "chroma": 444}


@pytest.mark.parametrize("side", [96, 40])
@pytest.mark.parametrize("orientation", TURNED)
def test_upright_in_all_eight_orientations(tmp_path: Path, orientation: int, side: int) -> None:
    path = heic(quarters(), tmp_path / "a.heic", exif=exif(orientation))
    picture = decoded(path, side)
    assert picture.size == (within((96, 64), side) if orientation < 5 else within((64, 96), side))
    assert alike(corners(picture), TURNED[orientation])


@pytest.mark.parametrize("suffix", ["heic", "avif"])
def test_exif_does_not_turn_what_the_container_turns(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    if suffix == "heic":
        heic(quarters(), path, exif=exif(6))
    else:
        saved(quarters(), path, exif=exif(6), quality=95)
    assert path.read_bytes().count(b"irot") == 1
    assert alike(corners(decoded(turned(path, 0), 96)), CORNERS)
    assert alike(corners(decoded(turned(path, 2), 96)), TURNED[3])


@pytest.mark.parametrize("bits", [10, 12])
def test_ten_and_twelve_bits(tmp_path: Path, bits: int) -> None:
    path = deep(quarters(), tmp_path / "a.hif", bits)
    assert pillow_heif.open_heif(str(path)).info["bit_depth"] == bits
    assert alike(corners(decoded(path, 96)), CORNERS)


def test_a_grid_of_tiles(tmp_path: Path) -> None:
    path = heic(quarters((1210, 805)), tmp_path / "a.heic", tile_size=256)
    assert b"grid" in path.read_bytes()
    for side in (4000, 300):
        picture = decoded(path, side)
        assert picture.size == within((1210, 805), side)
        assert alike(corners(picture), CORNERS)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode(tmp_path: Path, mode: str) -> None:
    grey = quarters(colors=((0, 0, 0), WHITE, WHITE, (0, 0, 0)))
    image = (
        grey.convert("L").convert("I").point(lambda v: v * 257).convert("I;16")
        if mode == "I;16"
        else grey.convert(mode)
    )
    path = heic(image, tmp_path / "a.heic")
    assert alike(corners(decoded(path, 96)), ((0, 0, 0), WHITE, WHITE, (0, 0, 0)), 4)


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    picture = quarters().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 48, 32))
    assert alike(corners(decoded(heic(picture, tmp_path / "a.heic", **LOSSLESS), 96)), (WHITE, GREEN, BLUE, YELLOW))


def test_of_several_pictures_the_primary_one_is_taken(tmp_path: Path) -> None:
    file = pillow_heif.HeifFile()  # type: ignore[no-untyped-call]
    for colour in (RED, GREEN, BLUE):
        file.add_from_pillow(Image.new("RGB", (64, 64), colour))
    file.save(str(tmp_path / "a.heic"), primary_index=1, quality=90)
    assert alike(corners(decoded(tmp_path / "a.heic", 64)), [GREEN] * 4)


def test_an_icc_profile_is_applied(tmp_path: Path) -> None:
    path = heic(
        Image.new("RGB", (32, 32), (255, 0, 0)), tmp_path / "a.heic", icc_profile=profiles.swapped(), **LOSSLESS
    )
    assert alike(corners(decoded(path, 32)), [(0, 0, 255)] * 4)


@pytest.mark.parametrize("suffix", ["heic", "avif"])
def test_colours_by_number_are_brought_into_srgb(tmp_path: Path, suffix: str) -> None:
    image, path = Image.new("RGB", (64, 64), (120, 180, 120)), tmp_path / f"a.{suffix}"
    if suffix == "heic":
        heic(image, path, **LOSSLESS)
    else:
        saved(image, path, quality=100, subsampling="4:4:4")
    assert alike([corners(decoded(path, 64))[0]], [(120, 180, 120)], 2)
    seen = corners(decoded(renumbered(path, 12, 13), 64))[0]
    assert alike(
        [seen], [(100, 182, 113)], 3 if suffix == "heic" else 6
    )  # worked out from the matrices of Display P3 and sRGB


@pytest.mark.parametrize("transfer", [16, 18])
def test_high_dynamic_range_is_neither_grey_nor_burnt_out(tmp_path: Path, transfer: int) -> None:
    """White paper is at 58 % of PQ and at 75 % of HLG (ITU-R BT.2408, table 1)."""
    paper = round(255 * (0.58 if transfer == 16 else 0.75))
    picture = Image.new("RGB", (64, 64), (paper,) * 3)
    picture.paste((255, 255, 255), (0, 0, 32, 64))
    path = renumbered(heic(picture, tmp_path / "a.hif", **LOSSLESS), 9, transfer)
    lamp, _, _, sheet = corners(decoded(path, 64))
    assert 225 < min(sheet) <= max(sheet) < 250
    assert min(lamp) > max(sheet)


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.5, 0.8, 0.97, 0.999])
def test_one_cut_short_is_refused_not_half_shown(tmp_path: Path, kept: float) -> None:
    path = heic(noise((300, 200)), tmp_path / "a.heic")
    whole = path.read_bytes()
    path.write_bytes(whole[: round(len(whole) * kept)])
    with pytest.raises(Unreadable, match=r"^a.heic: the HEIC file is cut short"):
        decoded(path, 64)


def test_thirty_thousand_squared_is_refused_before_memory_is_used(tmp_path: Path) -> None:
    path = _resized(heic(quarters(), tmp_path / "a.heic"), 30_000, 30_000)
    decoded(heic(quarters(), tmp_path / "b.heic"), 64)
    before = memory.peak()
    with pytest.raises(Unreadable, match="30,000 × 30,000 pixels large, which is more than fits"):
        decoded(path, 64)
    with pytest.raises(Unreadable, match="9,000 × 9,000 pixels large, but holds only"):
        decoded(_resized(path, 9_000, 9_000), 64)
    assert memory.peak() - before < 20_000_000


def _resized(path: Path, width: int, height: int) -> Path:
    """Let every ispe box of a HEIC file say another size."""
    data, at = bytearray(path.read_bytes()), 0
    while (at := data.find(b"ispe", at + 1)) > 0:
        struct.pack_into(">II", data, at + 8, width, height)
    path.write_bytes(data)
    return path


def test_what_is_packed_in_another_way_says_so(tmp_path: Path) -> None:
    """AV1 in a file that does not call itself AVIF; libheif as it is installed has no decoder for it."""
    path = saved(quarters(), tmp_path / "a.heif", format="AVIF")
    data = path.read_bytes()
    path.write_bytes(data[:32].replace(b"avif", b"mif1") + data[32:])
    with pytest.raises(Unreadable, match=r"^a.heif: uses a kind of HEIC that cannot be decoded; convert it to JPEG"):
        decoded(path, 96)


def test_a_file_too_large_to_be_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixels, "MAX_BYTES", 1000)
    path = heic(noise((300, 200)), tmp_path / "a.heic")
    with pytest.raises(Unreadable, match=r"a.heic: a HEIC file of [\d,]+ bytes is too large"):
        decoded(path, 64)


def test_the_library_is_registered_nowhere(tmp_path: Path) -> None:
    """Seen in a process of its own: what other tests register is their affair."""
    path = heic(quarters(), tmp_path / "a.heic")
    look = (
        "import sys; from pathlib import Path; from PIL import Image; from cutline.core.decode import decoded\n"
        "decoded(Path(sys.argv[1]), 32)\nassert '.heic' not in Image.registered_extensions()"
    )
    subprocess.run([sys.executable, "-c", look, str(path)], check=True)


def colours(thumb: Thumb | None) -> list[Color]:
    assert thumb is not None
    return corners(Image.frombytes("RGB", (thumb.width, thumb.height), thumb.rgb))


@pytest.mark.parametrize("orientation", [1, 6])
def test_the_thumbnail_inside_serves_the_gallery(
    tmp_path: Path, orientation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = heic(quarters((1200, 800)), tmp_path / "a.heic", thumbnails=[320], exif=exif(orientation))
    small = thumbnail(path, 256)
    assert sorted((small.width, small.height)) == [170, 256]
    assert alike(colours(small), TURNED[orientation])
    assert embedded(path, 400) is not None
    assert embedded(path, 400, at_least=400) is None
    monkeypatch.setattr(pixels, "inset", None)
    assert decoded(path, 256).size in ((256, 171), (171, 256))


def test_without_a_thumbnail_inside_it_is_decoded(tmp_path: Path) -> None:
    path = heic(quarters((600, 400)), tmp_path / "a.heic")
    assert embedded(path, 64) is None
    assert alike(colours(thumbnail(path, 64)), CORNERS)


def test_a_damaged_one_has_no_thumbnail_and_says_why(tmp_path: Path) -> None:
    path = heic(quarters((600, 400)), tmp_path / "a.heic", thumbnails=[128])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert embedded(path, 64) is None
    with pytest.raises(Unreadable, match="cut short"):
        thumbnail(path, 64)


def test_many_threads_at_once(tmp_path: Path) -> None:
    paths = [heic(noise((300, 200), seed), tmp_path / f"{seed}.heic", thumbnails=[64]) for seed in range(3)]
    wanted = {path: decoded(path, 100).tobytes() for path in paths}
    wrong: list[Path] = []

    def work() -> None:
        for _ in range(4):
            wrong.extend(path for path in paths if decoded(path, 100).tobytes() != wanted[path])
            wrong.extend(path for path in paths if embedded(path, 64) is None)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("heic")
    options = {"thumbnails": [48], "exif": exif(6), "tile_size": 64}
    return heic(Image.blend(noise((96, 130)), quarters((96, 130)), 0.8), folder / "a.heic", **options).read_bytes()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=8),
    early=st.booleans(),
)
def test_bytes_flipped_anywhere(base: bytes, tmp_path: Path, flips: list[tuple[float, int]], early: bool) -> None:
    data = bytearray(base)
    for where, change in flips:
        data[int(where * (min(len(data), 900) if early else len(data)))] ^= change
    path = tmp_path / "a.heic"
    path.write_bytes(data)
    embedded(path, 32)
    said = "a.heic: fine"
    try:
        assert max(decoded(path, 32).size) <= 32
    except CutlineError as error:
        said = str(error)
    assert said.startswith("a.heic: ")
    assert "\n" not in said
