"""The tables of the languages: complete, of one shape, and their patterns."""

import re
from datetime import date
from typing import Any

import pytest

from cutline.core.offline.colors import families
from cutline.core.offline.language import Language, capital, language, languages

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def shape(table: Any) -> Any:
    """The keys of a table, and the placeholders of its patterns."""
    if isinstance(table, dict):
        return {key: shape(value) for key, value in table.items() if key != "when_contractions"}
    return len(table) if isinstance(table, list) else sorted(set(PLACEHOLDER.findall(table)))


def test_the_languages_are_those_with_a_table() -> None:
    assert languages()[0] == "en"
    assert {"en", "de", "fr", "es", "it", "ja", "zh", "ko"} == set(languages())
    assert len(languages()) == len(set(languages()))


@pytest.mark.parametrize("code", languages())
def test_tables_have_one_shape(code: str) -> None:
    assert shape(language(code).table) == shape(language("en").table)


@pytest.mark.parametrize("code", languages())
def test_every_colour_has_a_word_of_its_own(code: str) -> None:
    table = language(code).table
    assert set(table["colors"]) == set(families())
    assert set(table["color_tags"]) == set(families().values())
    assert len(set(table["colors"].values())) == len(families())
    assert len(set(table["color_tags"].values())) == len(set(families().values()))


@pytest.mark.parametrize("code", languages())
def test_texts_are_clean(code: str) -> None:
    for section in language(code).table.values():
        for text in section.values() if isinstance(section, dict) else ():
            assert text == text.strip()
            assert text.isprintable()
            assert text.count("[") == text.count("]")


def test_parts_without_content_are_left_out() -> None:
    pattern = Language({"template": {"title": "{kind}[ in {colors}][, {date}]"}})
    assert pattern.fill("template", "title", kind="Photo", colors="blue", date="") == "Photo in blue"
    assert pattern.fill("template", "title", kind="Photo", date="2024") == "Photo, 2024"
    assert pattern.fill("template", "title", kind="", colors="blue") == ""


def test_braces_in_the_words_of_a_path_are_words() -> None:
    pattern = Language({"template": {"words": "{file}[ ({folders})]"}})
    assert pattern.fill("template", "words", file="{0} [x] {kind}", folders="{") == "{0} [x] {kind} ({)"


def test_lists_and_numbers() -> None:
    english, german = language("en"), language("de")
    assert english.listed([]) == ""
    assert english.listed(["blue"]) == "blue"
    assert english.listed(["blue", "red"]) == "blue and red"
    assert german.listed(["Blau", "Rot", "Gelb"]) == "Blau, Rot und Gelb"
    assert [english.number(value) for value in (0.5, 1.3, 8.0, 30.0, 400.0)] == ["0.5", "1.3", "8", "30", "400"]
    assert german.number(1.3) == "1,3"


@pytest.mark.parametrize(
    ("code", "day", "month"),
    [
        ("en", "1 June 2024", "June 2024"),
        ("de", "1. Juni 2024", "Juni 2024"),
        ("fr", "1 juin 2024", "juin 2024"),
        ("es", "1 de junio de 2024", "junio de 2024"),
        ("it", "1 giugno 2024", "giugno 2024"),
        ("ja", "2024年6月1日", "2024年6月"),
        ("zh", "2024年6月1日", "2024年6月"),
        ("ko", "2024년 6월 1일", "2024년 6월"),
    ],
)
def test_dates(code: str, day: str, month: str) -> None:
    assert language(code).day(date(2024, 6, 1)) == day
    assert language(code).month(2024, 6) == month
    assert "2024" in language(code).month(2024, None)


@pytest.mark.parametrize(
    ("code", "key", "day", "text"),
    [
        ("it", "plain", 8, "scattata l'8 giugno 2024"),
        ("it", "morning", 11, "scattata la mattina dell'11 giugno 2024"),
        ("it", "morning", 1, "scattata la mattina del 1º giugno 2024"),
        ("it", "plain", 18, "scattata il 18 giugno 2024"),
        ("fr", "plain", 1, "prise le 1er juin 2024"),
        ("fr", "evening", 1, "prise le soir du 1er juin 2024"),
        ("fr", "plain", 11, "prise le 11 juin 2024"),
    ],
)
def test_dates_are_contracted_as_people_say_them(code: str, key: str, day: int, text: str) -> None:
    tongue = language(code)
    assert tongue.when(key, tongue.day(date(2024, 6, day))) == text


def test_first_letters() -> None:
    assert capital("dusk over water") == "Dusk over water"
    assert capital("éclair") == "Éclair"
    assert capital("iPhone on a table") == "iPhone on a table"
    assert capital("東京") == "東京"
    assert capital("") == ""
