"""A JPEG cut short and closed again is not taken for a picture with a grey half; honest grey is."""

from pathlib import Path

import pytest
from PIL import Image

from cutline.core.decode import decoded
from cutline.core.errors import Unreadable
from helpers.pictures import noise, saved

CLOSED = b"\xff\xd9"


def photo(path: Path, mode: str = "RGB", **options: object) -> Path:
    clouds = noise((60, 40)).resize((600, 400), Image.Resampling.BICUBIC)
    return saved(clouds.convert(mode), path, quality=88, **options)


@pytest.mark.parametrize("trailer", [b"", CLOSED + b"something behind", bytes(3000)], ids=["", "closed twice", "zeros"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.8, 0.97])
def test_cut_and_closed_again(tmp_path: Path, kept: float, mode: str, trailer: bytes) -> None:
    path = photo(tmp_path / "a.jpg", mode)
    whole = path.read_bytes()
    for side in (600, 300, 50):
        path.write_bytes(whole + trailer)
        assert decoded(path, side).size[0] == side
        path.write_bytes(whole[: int(len(whole) * kept)] + CLOSED + trailer)
        with pytest.raises(Unreadable, match=r"^a.jpg: the lower part of the picture is missing"):
            decoded(path, side)


@pytest.mark.parametrize(
    "options", [{}, {"restart_marker_rows": 1}, {"progressive": True}, {"subsampling": 0}], ids=str
)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_honest_grey_at_the_bottom_is_a_picture(tmp_path: Path, mode: str, options: dict[str, object]) -> None:
    picture = noise((600, 400))
    picture.paste((128, 128, 128), (0, 200, 600, 400))
    for image in (picture, Image.new("RGB", (600, 400), (128, 128, 128))):
        path = saved(image.convert(mode), tmp_path / "a.jpg", quality=88, **options)
        assert decoded(path, 600).getpixel((599, 399)) == (128, 128, 128)


def test_a_thumbnail_or_second_picture_in_the_file_is_not_confused_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    noise((600, 400)).save(path, "MPO", save_all=True, append_images=[Image.new("RGB", (80, 60), (128, 128, 128))])
    whole = path.read_bytes()
    assert decoded(path, 100).size == (100, 67)
    first = whole.index(b"\xff\xd9\xff\xd8")
    path.write_bytes(whole[: first // 2] + whole[first:])
    with pytest.raises(Unreadable, match="lower part"):
        decoded(path, 100)
