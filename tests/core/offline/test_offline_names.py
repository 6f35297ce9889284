"""Which words of a path are a person's, and which a machine's."""

import os
import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core.keywords import identity
from cutline.core.offline.names import Named, When, named

FOLDER = Path("/p")  # one letter: says nothing

NUMBERINGS = (
    "IMG_1234", "IMG_1234_edited", "IMG_E1234", "IMG1234", "img_0001", "DSC0001", "DSC_0001", "DSC_0001-2",
    "_DSC1234", "_MG_1234", "DSCF1234", "DSCN0001", "P1010001", "PC120034", "P6120001", "PICT0012", "SAM_1234",
    "HPIM0123", "CIMG0123", "GOPR0123", "GX010123", "DJI_0123", "DJI_20240612183000_0001_D", "100_0123",
    "ABC_1234", "00001", "1", "a", "123456_78910_n", "MVIMG_20240612_183000", "20240612_183000",
    "20240612_183000(0)", "IMG_20240612_183000", "IMG_20240612_183000_HDR", "IMG_20240612_183000~2",
    "IMG_20240612_183000_1", "IMG_20240612_183000_Bokeh", "PXL_20240612_183000123", "PXL_20240612_183000123.MP",
    "PXL_20240612_183000123.PORTRAIT-01.COVER", "IMG-20240612-WA0001", "FB_IMG_1592839482938",
    "received_1029384756", "signal-2024-06-12-183000", "Screenshot_20240612-183000_Chrome",
    "Screenshot_20240612-183000", "3F2504E0-4F89-11D3-9A0C-0305E82C3301", "3f2504e04f8911d39a0c0305e82c3301",
    "e3b0c44298fc", "QxZkPwRtY", "tmpa8f3k2_x", "photo", "photo-1503023345310-bd7c1de61c7d", "image-2",
    "Untitled-1", "jane-doe-Ab3dEf9xQ0k-unsplash", "pexels-jane-doe-12345", "AdobeStock_123456789",
    "shutterstock_1234567", "DSC_1234-Enhanced-NR", "DSC_1234-HDR-Pano", "C3PO", "B52", "._IMG_1234", "写真", "照片",
)  # fmt: skip

NUMBERINGS_WITH_SPACES = (
    "2024-06-12 18.30.00",
    "WhatsApp Image 2024-06-12 at 18.30.00",
    "WhatsApp Image 2024-06-12 at 18.30.00 (1)",
    "Screenshot 2024-06-12 at 18.30.00",
    "Bildschirmfoto 2024-06-12 um 18.30.00",
    "Photo on 12-06-2024 at 18.30",
    "photo (3)",
    "Scan 12",
    "DSC00123 (Kopie)",
    "IMG_1234 - Kopie",
    "IMG_1234 (1) copy 2",
    "Copy of IMG_1234",
    "download (1)",
    "スクリーンショット 2024-06-12",
    " ",
)

MEANINGFUL = {
    "dusk over the water": ("dusk over the water", ("dusk", "water")),
    "dusk_over_the_water": ("dusk over the water", ("dusk", "water")),
    "dusk-over-the-water-2": ("dusk over the water", ("dusk", "water")),
    "DuskOverTheWater": ("Dusk Over The Water", ("Dusk", "Water")),
    "DUSK_OVER_WATER": ("Dusk Over Water", ("Dusk", "Water")),
    "DSC_0001 dusk over water (2)": ("dusk over water", ("dusk", "water")),
    "2024-06-12 dusk over water": ("dusk over water", ("dusk", "water")),
    "20240612_beach_party_003": ("beach party", ("beach", "party")),
    "IMG_1234 beach party": ("beach party", ("beach", "party")),
    "New York skyline": ("New York skyline", ("New York", "skyline")),
    "NewYorkSkyline": ("New York Skyline", ("New York Skyline",)),
    "NYC SKYLINE": ("NYC Skyline", ("NYC Skyline",)),
    "La Paz at night": ("La Paz at night", ("La Paz", "night")),
    "Zürich": ("Zürich", ("Zürich",)),
    "München_im_Winter": ("München im Winter", ("München", "Winter")),
    "Straße im Regen": ("Straße im Regen", ("Straße", "Regen")),
    "東京タワー_0012": ("東京タワー", ("東京タワー",)),
    "Москва ночью": ("Москва ночью", ("Москва", "ночью")),
    "서울 야경 3": ("서울 야경", ("서울", "야경")),
    "दिल्ली की शाम": ("दिल्ली की शाम", ("दिल्ली", "की", "शाम")),
    "القاهرة ليلا": ("القاهرة ليلا", ("القاهرة", "ليلا")),
    "กรุงเทพ กลางคืน": ("กรุงเทพ กลางคืน", ("กรุงเทพ", "กลางคืน")),
    "יְרוּשָׁלַיִם בלילה": ("יְרוּשָׁלַיִם בלילה", ("יְרוּשָׁלַיִם", "בלילה")),
    "café au lait": ("café au lait", ("café", "lait")),
    "der Hafen von Genua": ("der Hafen von Genua", ("Hafen", "Genua")),
    "el puerto de Málaga 04": ("el puerto de Málaga", ("puerto", "Málaga")),
    "L'Aquila, Italy": ("L'Aquila, Italy", ("L'Aquila", "Italy")),
    "Anna's 40th birthday": ("Anna's 40th birthday", ("Anna's", "birthday")),
    "Ana & Luis": ("Ana & Luis", ("Ana & Luis",)),
    "iPhone on a table": ("iPhone on a table", ("iPhone", "table")),
    "McDonald farm": ("McDonald farm", ("McDonald", "farm")),
    "Apollo 11 launch": ("Apollo 11 launch", ("Apollo 11", "launch")),
    "Airbus A380 landing": ("Airbus A380 landing", ("Airbus A380", "landing")),
    "U2 concert Berlin": ("U2 concert Berlin", ("U2", "concert", "Berlin")),
    "sunset 🌅 beach": ("sunset beach", ("sunset", "beach")),
    "red rose (edited)": ("red rose", ("red", "rose")),
    "red_rose-Edit-2": ("red rose", ("red", "rose")),
    "red_rose_1920x1080": ("red rose", ("red", "rose")),
    "Image of a red rose": ("a red rose", ("red", "rose")),
    "sunset-123456_1280": ("sunset", ("sunset",)),
    "beach2": ("beach", ("beach",)),
    "beach_01 copy": ("beach", ("beach",)),
    "beach 2024": ("beach 2024", ("beach", "2024")),
    "Christmas 1984": ("Christmas 1984", ("Christmas", "1984")),
    "Saint-Malo by the sea": ("Saint-Malo by the sea", ("Saint-Malo", "sea")),
    "black-and-white house": ("black-and-white house", ("black-and-white", "house")),
    "Rome - Colosseum - 03": ("Rome, Colosseum", ("Rome", "Colosseum")),
    "12.06.2024 Hochzeit": ("Hochzeit", ("Hochzeit",)),
    "cat_0001": ("cat", ("cat",)),
    "3 men": ("men", ("men",)),
    "ducks,geese;swans": ("ducks, geese, swans", ("ducks", "geese", "swans")),
    "beach_e3b0c44298fc": ("beach", ("beach",)),
    "beach-3f2504e0-4f89-11d3-9a0c-0305e82c3301": ("beach", ("beach",)),
}


@pytest.mark.parametrize("stem", NUMBERINGS + NUMBERINGS_WITH_SPACES)
def test_camera_numberings_and_machine_names_give_no_words(stem: str) -> None:
    assert named(FOLDER / f"{stem}.jpg").file is None


@pytest.mark.parametrize("stem", MEANINGFUL)
def test_a_persons_words_stay_as_they_are(stem: str) -> None:
    phrase = named(FOLDER / f"{stem}.jpg").file
    assert phrase is not None
    assert (phrase.text, phrase.tags) == MEANINGFUL[stem]


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(NUMBERINGS) + len(NUMBERINGS_WITH_SPACES) + len(MEANINGFUL) >= 60


DATES = {
    "20240612_183000": When(2024, 6),
    "2024-06-12 dusk": When(2024, 6),
    "PXL_20240612_183000123": When(2024, 6),
    "IMG-20240612-WA0001": When(2024, 6),
    "2023 12 24 Weihnachten": When(2023, 12),
    "12.06.2024 Hochzeit": When(2024, 6),
    "25-06-2024 party": When(2024, 6),
    "06-25-2024 party": When(2024, 6),
    "05-06-2024 party": When(2024),  # either May or June
    "2019-07 Italy": When(2019, 7),
    "beach 2024": None,  # a year alone may be a counter
    "IMG_2019": None,
    "1920x1080": None,
    "20241312_000000": None,  # there is no 13th month
    "120240612": None,
}


@pytest.mark.parametrize("stem", DATES)
def test_dates_in_file_names(stem: str) -> None:
    assert named(FOLDER / f"{stem}.jpg").when == DATES[stem]


def folders(path: str) -> tuple[str, ...]:
    return tuple(phrase.text for phrase in named(Path(path)).folders)


@pytest.mark.parametrize(
    "path",
    [
        "/home/anna/IMG_1.jpg",
        "/home/anna/Pictures/IMG_1.jpg",
        "/Users/anna/Desktop/New folder/IMG_1.jpg",
        "/media/anna/EOS_DIGITAL/DCIM/100CANON/IMG_1.jpg",
        "/Volumes/NIKON D750/DCIM/101ND750/IMG_1.jpg",
        "/mnt/photos/2024/06/12/IMG_1.jpg",
        "/data/images/export (2)/IMG_1.jpg",
        "/srv/DCIM/100MSDCF/DSC00001.JPG",
    ],
)
def test_folders_that_say_nothing_of_the_picture(path: str) -> None:
    assert folders(path) == ()


def test_folders_that_do() -> None:
    assert folders("/home/anna/Pictures/2019-07 Lake Como/IMG_1.jpg") == ("Lake Como",)
    assert folders("/mnt/photos/Italy 2019/Rome/Day 2/IMG_1.jpg") == ("Italy", "Rome")
    assert folders("/mnt/photos/Europe/Italy/Rome/Forum/IMG_1.jpg") == ("Rome", "Forum")


def test_a_folder_named_like_the_file_is_not_said_twice() -> None:
    assert folders("/x/Holiday/holiday.jpg") == ()
    assert folders("/x/Rome/rome/IMG_1.jpg") == ("rome",)


def test_dates_in_folders() -> None:
    assert named(Path("/mnt/photos/2024/06/12/IMG_1.jpg")).when == When(2024, 6)
    assert named(Path("/mnt/photos/Italy 2019/Rome/IMG_1.jpg")).when == When(2019)
    assert named(Path("/mnt/1998/2024-06 Rome/IMG_1.jpg")).when == When(2024, 6)
    assert str(When(2024, 6)) == "2024-06"


def test_a_short_folder_name_is_one_tag_and_a_long_one_is_not() -> None:
    (short,) = named(Path("/p/Old town/IMG_1.jpg")).folders
    assert short.tags == ("Old town",)
    (long,) = named(Path("/p/old town in the rain/IMG_1.jpg")).folders
    assert long.tags == ("old", "town", "rain")


def test_a_year_in_the_file_s_words_silences_the_folder_s_date() -> None:
    found = named(Path("/mnt/Scans 2023/grandmother, 1950.jpg"))
    assert found.when is None
    assert found.file is not None
    assert (found.file.text, found.file.tags) == ("grandmother, 1950", ("grandmother", "1950"))


def test_a_file_s_own_date_comes_before_its_folder_s() -> None:
    assert named(Path("/mnt/2019/20240612_183000.jpg")).when == When(2024, 6)


def test_the_persons_own_home_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/exotic/place/anna")
    monkeypatch.setenv("USERPROFILE", "/exotic/place/anna")
    assert folders("/exotic/place/anna/Rome/IMG_1.jpg") == ("Rome",)


def test_a_temporary_folder_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/scratch")
    assert folders("/scratch/some-job/Rome/IMG_1.jpg") == ("Rome",)


def test_a_relative_path_is_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "Lake Como"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert named(Path("IMG_1.jpg")) == named(folder / "IMG_1.jpg")


def test_no_home_is_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert folders("/p/Rome/IMG_1.jpg") == ("Rome",)


def _said(found: Named) -> list[str]:
    phrases = [phrase for phrase in (found.file, *found.folders) if phrase]
    return [text for phrase in phrases for text in (phrase.text, *phrase.tags)]


NAMES = st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=60) | st.from_regex(
    r"[A-Za-z]{0,4}[-_ ]?[0-9]{0,12}[-_ .(~]{0,3}[a-zA-Zé東]{0,8}", fullmatch=True
).filter(bool)


@given(NAMES, NAMES)
def test_any_name_is_taken(folder: str, stem: str) -> None:
    found = named(Path("/p") / folder / f"{stem}.jpg")
    for text in _said(found):
        assert text
        assert text == text.strip()
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text)
    for phrase in filter(None, (found.file, *found.folders)):
        assert phrase.tags
        assert len({identity(tag) for tag in phrase.tags}) == len(phrase.tags)


@given(st.binary(min_size=1, max_size=40).filter(lambda raw: b"/" not in raw and b"\0" not in raw))
def test_bytes_that_are_no_text_are_taken(raw: bytes) -> None:
    for text in _said(named(Path(os.fsdecode(b"/p/" + raw + b".jpg")))):
        text.encode("utf-8")  # no surrogates


def test_characters_that_steer_the_writing_direction_go() -> None:
    phrase = named(Path("/p/red\u202erose\u200b here\x07.jpg")).file
    assert phrase is not None
    assert phrase.text == "redrose here"


def test_long_names_take_no_long_time() -> None:
    for stem in ("1 " * 120, "IMG_" + "1)" * 100, "a-" * 120, "2024-" * 50, "(((" * 80, "img_1" + "hdr" * 70):
        named(FOLDER / f"{stem}.jpg")
