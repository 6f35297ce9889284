"""Captions from findings: true, well written, within their limits, and of known words only."""

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cutline.core.facts import Facts
from cutline.core.keywords import clean, identity
from cutline.core.offline.captions import Writer
from cutline.core.offline.findings import Findings, details, look
from cutline.core.offline.language import language, languages
from cutline.core.offline.names import named
from cutline.core.photo import Caption

EVENING = datetime(2024, 6, 12, 18, 30, tzinfo=timezone(timedelta(hours=2)))
CAMERA = Facts(taken=EVENING, make="Maker")


def two_colors(first: str = "#101060", second: str = "#ffa500", size: tuple[int, int] = (96, 64)) -> Image.Image:
    picture = Image.new("RGB", size, first)
    picture.paste(Image.new("RGB", (size[0], size[1] // 3), second), (0, 0))
    return picture


def found(path: str = "/p/IMG_1.jpg", facts: Facts = CAMERA, picture: Image.Image | None = None) -> Findings:
    return look(picture or two_colors(), named(Path(path)), facts)


def caption(path: str = "/p/IMG_1.jpg", facts: Facts = CAMERA, lang: str = "en", **more: Any) -> Caption:
    return Writer(found(path, facts, more.get("picture")), language(lang)).caption(more.get("max_tags", 50))


def test_without_words_the_title_says_what_kind_of_picture_it_is() -> None:
    assert caption().title == "Landscape-format photo in dark blue and orange, June 2024"
    assert caption(lang="de").title == "Foto im Querformat in Dunkelblau und Orange, Juni 2024"


def test_the_words_of_the_file_are_the_title() -> None:
    assert caption("/p/dusk_over_the_water.jpg").title == "Dusk over the water"
    assert caption("/p/Lake Como/dusk.jpg").title == "Dusk"
    assert caption("/p/iPhone on a table.jpg").title == "iPhone on a table"
    assert caption("/p/東京タワー.jpg", lang="ja").title == "東京タワー"


def test_else_the_words_of_the_folder_with_the_date() -> None:
    assert caption("/p/Lake Como/IMG_1.jpg").title == "Lake Como, June 2024"
    assert caption("/p/Italy/Lake Como/IMG_1.jpg", Facts()).title == "Lake Como"


def test_descriptions_are_sentences() -> None:
    assert caption("/p/Lake Como/dusk over the water.jpg").description == (
        "Dusk over the water (Lake Como). Landscape-format photo in dark blue and orange,"
        " taken on the evening of 12 June 2024."
    )
    assert caption("/p/Lake Como/dusk over the water.jpg", lang="de").description == (
        "Dusk over the water (Lake Como). Foto im Querformat in Dunkelblau und Orange,"
        " aufgenommen am Abend des 12. Juni 2024."
    )
    assert caption(lang="ja").description == "2024年6月12日の夕方に撮影、濃い青とオレンジ色の横位置の写真。"


def test_what_is_uncommon_about_the_exposure_is_said() -> None:
    facts = Facts(taken=EVENING, exposure_seconds=8, focal_35mm=400, flash_fired=True, macro=True)
    assert caption(facts=facts).description.endswith(
        " Long exposure of 8 s, close-up, telephoto at 400 mm (35 mm equivalent), flash."
    )
    assert caption(facts=facts).tags[-4:] == ("long exposure", "close-up", "telephoto", "flash")
    wide = caption(facts=Facts(focal_35mm=16, focal_mm=16))
    assert "wide angle" in wide.tags
    assert "Wide angle at 16 mm" in wide.description


def test_what_is_common_is_not() -> None:
    facts = Facts(EVENING, exposure_seconds=1 / 60, focal_35mm=50, flash_fired=False, macro=False, distance_m=5)
    assert found(facts=facts).techniques == ()
    assert "flash" not in caption(facts=facts).description
    phone = Facts(EVENING, focal_35mm=24)
    assert found(facts=phone).techniques == ()


@pytest.mark.parametrize(("seconds", "long"), [(0.49, False), (0.5, True), (30, True)])
def test_long_is_half_a_second(seconds: float, long: bool) -> None:
    assert ("long exposure" in caption(facts=Facts(exposure_seconds=seconds)).tags) is long


def test_season_by_hemisphere_and_none_without_a_place() -> None:
    assert "summer" in caption(facts=Facts(EVENING, 45.0, 9.0)).tags
    assert "winter" in caption(facts=Facts(EVENING, -33.9, 151.0)).tags
    assert caption(facts=Facts(EVENING, 45.0, 9.0)).description.endswith(", in summer.")
    seasons = {"spring", "summer", "autumn", "winter"}
    assert not seasons & set(caption().tags)


def test_nothing_is_said_of_a_time_that_is_not_known() -> None:
    plain = caption(facts=Facts())
    assert plain.title == "Landscape-format picture in dark blue and orange"
    assert plain.description == "Landscape-format picture in dark blue and orange."
    assert plain.tags == ("blue", "orange", "landscape format")


def test_a_date_in_a_name_is_called_that() -> None:
    dated = caption("/p/2019-07 Lake Como/IMG_1.jpg", Facts())
    assert dated.title == "Lake Como, July 2019"
    assert dated.description.endswith("dated July 2019.")
    assert {"July", "2019"} <= set(dated.tags)
    assert "taken" not in dated.description
    year = caption("/p/2019 Lake Como/IMG_1.jpg", Facts())
    assert year.title == "Lake Como, 2019"


def test_the_camera_s_date_beats_the_folder_s() -> None:
    both = caption("/p/2019-07 Lake Como/IMG_1.jpg")
    assert both.title == "Lake Como, June 2024"
    assert "2019" not in both.tags


def test_black_and_white_has_no_colours() -> None:
    grey = Image.linear_gradient("L").resize((64, 96)).convert("RGB")
    told = caption(picture=grey)
    assert told.title == "Portrait-format black-and-white photo, June 2024"
    assert told.tags[0] == "black and white"
    assert not {"grey", "black", "white"} & set(told.tags)


def test_tags_stand_in_the_order_of_relevance() -> None:
    tags = caption("/p/Lake Como/dusk over the water.jpg", Facts(EVENING, 45.0, 9.0, exposure_seconds=2)).tags
    assert tags == (
        "dusk", "water", "Lake Como", "blue", "orange", "landscape format", "summer", "evening", "June", "2024",
        "long exposure",
    )  # fmt: skip


def test_no_near_twins() -> None:
    tags = caption("/p/Blue evening sunsets/blue Sunset in June, black-and-white.jpg").tags
    assert [tag for tag in tags if "sunset" in tag.casefold()] == ["Sunset"]
    assert [tag.casefold() for tag in tags].count("blue") == 1
    assert [tag.casefold() for tag in tags].count("june") == 1


@pytest.mark.parametrize("most", [1, 3, 50])
def test_never_more_tags_than_asked_for(most: int) -> None:
    tags = caption("/p/Lake Como/dusk over the water.jpg", max_tags=most).tags
    assert len(tags) == min(most, 9)
    assert tags[0] == "dusk"


def test_alt_text_is_one_short_sentence() -> None:
    assert caption().alt_text == (
        "Landscape-format photo in dark blue and orange, taken on the evening of 12 June 2024."
    )
    assert caption("/p/dusk over the water.jpg").alt_text == (
        "Dusk over the water: landscape-format photo in dark blue and orange."
    )


@pytest.mark.parametrize("lang", languages())
def test_limits_hold_for_long_names_in_every_language(lang: str) -> None:
    facts = Facts(EVENING, 45.0, 9.0, exposure_seconds=8, focal_35mm=400, flash_fired=True)
    for words in ("the long and winding road " * 6, "x" * 39 + " " + "y" * 39, "東京" * 19, "IMG_1"):
        told = caption(f"/p/{words}/{words}.jpg", facts, lang)
        assert 0 < len(told.title) <= 70
        assert 0 < len(told.alt_text) <= 125
        assert "{" not in told.description
        assert "[" not in told.description


@pytest.mark.parametrize("lang", languages())
def test_every_language_says_everything(lang: str) -> None:
    facts = Facts(EVENING, 45.0, 9.0, 8, 100, 400, True, 0.2, True, make="Maker")
    told = caption("/p/Lake Como/dusk.jpg", facts, lang)
    table = language(lang).table
    for section, key in (("season", "summer"), ("colors", "dark_blue"), ("format", "landscape"), ("noun", "photo")):
        assert identity(table[section][key]) in identity(told.description)
    assert "12" in told.description
    assert "400" in told.description
    assert table["color_tags"]["orange"] in told.tags
    assert table["tags"]["evening"] in told.tags
    assert table["months"][5] in told.tags


def test_details_are_for_machines() -> None:
    told = details(found("/p/2019-07 x/dusk.jpg", Facts(EVENING, -33.0, 151.0, exposure_seconds=2, focal_35mm=50)))
    assert [color["name"] for color in told["colors"]] == ["dark_blue", "orange"]
    assert told["colors"][0]["hex"].startswith("#")
    assert sum(color["share"] for color in told["colors"]) == pytest.approx(1, abs=0.01)
    assert told["orientation"] == "landscape"
    assert told["tone"] == "color"
    assert told["taken"] == "2024-06-12T18:30:00+02:00"
    assert told["dated"] == "2019-07"
    assert (told["hemisphere"], told["season"]) == ("south", "winter")
    assert 0 <= told["brightness"] <= 1
    assert 0 <= told["contrast"] <= 1
    assert "latitude" not in told
    assert "taken" not in details(found(facts=Facts()))


WORD = re.compile(r"[^\W\d_]+")


def words_in(table: Any) -> set[str]:
    """Every word that a table holds."""
    if isinstance(table, dict):
        return {word for value in table.values() for word in words_in(value)}
    if isinstance(table, list | tuple):
        return {word for value in table for word in words_in(value)}
    return {identity(word) for word in WORD.findall(re.sub(r"\{\w+\}", " ", table))}


@lru_cache
def vocabulary(lang: str) -> frozenset[str]:
    """Every word that a language's tables hold."""
    return frozenset(words_in(language(lang).table))


def is_known(word: str, known: frozenset[str], lang: str) -> bool:
    """Whether `word` is known or, in languages that write particles and words in one, made of known ones."""
    if word in known:
        return True
    if lang not in ("ja", "ko", "zh"):
        return False
    return any(word.startswith(part) and is_known(word[len(part) :], known, lang) for part in known)


COLORS = st.tuples(*[st.integers(0, 255)] * 3).map(lambda c: "#{:02x}{:02x}{:02x}".format(*c))
FACTS = st.builds(
    Facts,
    taken=st.none() | st.datetimes(datetime(1826, 1, 1), datetime(2100, 1, 1)) | st.just(EVENING),
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
    exposure_seconds=st.none() | st.floats(1e-6, 86_400),
    focal_35mm=st.none() | st.floats(2, 20_000),
    flash_fired=st.none() | st.booleans(),
    distance_m=st.none() | st.floats(0.001, 1000),
    macro=st.none() | st.booleans(),
)
STEMS = st.sampled_from(
    ["IMG_1234", "dusk over the water", "20240612_183000", "Ana & Luis", "東京タワー 3", "été à la mer"]
)
FOLDERS = st.sampled_from(["DCIM", "2019-07 Lake Como", "Holidays", "2024"])


@settings(max_examples=60, deadline=None)
@given(COLORS, COLORS, st.tuples(st.integers(1, 96), st.integers(3, 96)), FACTS, STEMS, FOLDERS)
def test_nothing_is_said_that_is_not_in_the_tables_or_the_path(
    one: str, two: str, size: tuple[int, int], facts: Facts, stem: str, folder: str
) -> None:
    path = f"/p/{folder}/{stem}.jpg"
    findings = found(path, facts, two_colors(one, two, size))
    ours = frozenset(identity(word) for word in WORD.findall(path))
    for lang in languages():
        told = Writer(findings, language(lang)).caption(50)
        known = vocabulary(lang) | ours
        for text in (told.title, told.description, told.alt_text, *told.tags):
            assert text
            assert text.isprintable()
            strange = [word for word in WORD.findall(text) if not is_known(identity(word), known, lang)]
            assert not strange
        assert clean(told.tags) == told.tags
        assert len(told.title) <= 70
        assert len(told.alt_text) <= 125
