"""Prompts: files with variables, the person's own before the presets."""

import re
from pathlib import Path

import pytest
from PIL import Image

from cutline.core.backends import prompts
from cutline.core.backends.base import Request
from cutline.core.errors import ConfigError
from cutline.core.paths import config_dir, resource
from cutline.core.photo import Caption

PRESETS = ("archive", "family", "stock", "web")
REQUEST = Request(Path("/photos/Lisbon 2019/IMG_1.jpg"), "de", 12, Caption(tags=("Ana", "tram")))


def own(name: str, text: str | bytes) -> Path:
    path = config_dir() / "prompts" / f"{name}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_filled(name: str) -> None:
    text = prompts.load(name).filled(REQUEST, "A wedding")
    assert "German" in text
    assert "12" in text
    assert "A wedding" in text
    assert not re.search(r"\{\w+\}", text)
    assert all(f"{field}:" in text for field in ("title", "description", "tags", "alt_text"))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_without_a_context_has_no_empty_line_for_it(name: str) -> None:
    text = prompts.load(name).filled(Request(Path("/x/a.jpg")), "")
    assert not re.search(r":\s*$", text, re.MULTILINE)
    assert "What is known" not in text


@pytest.mark.parametrize("name", ["stock", "web"])
def test_presets_for_publication_tell_nothing_of_the_file(name: str) -> None:
    text = prompts.load(name).filled(REQUEST, "")
    assert not any(word in text for word in ("Lisbon", "IMG_1", "Ana"))


def test_presets_for_ones_own_use_tell_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "Lisbon" / "tram 28.jpg"
    path.parent.mkdir()
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2019:05:04 12:30:00"
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    text = prompts.load("archive").filled(Request(path, existing=Caption(tags=("Ana", "tram"))), "")
    for line in ("tram 28.jpg", "Lisbon", "Taken on: 2019-05-04", "Ana, tram"):
        assert line in text


def test_the_persons_own_wins_and_is_listed() -> None:
    assert prompts.presets() == list(PRESETS)
    own("stock", "Only {language}.")
    own("mine", "Mine, {max_tags}.")
    assert prompts.load("stock").filled(REQUEST, "") == "Only German."
    assert prompts.load("mine").filled(REQUEST, "") == "Mine, 12."
    assert prompts.presets() == ["archive", "family", "mine", "stock", "web"]


def test_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.txt"
    path.write_text("\ufeffIn {language}", encoding="utf-8")
    assert prompts.load(str(path)).text == "In {language}"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert prompts.load("~/p.txt").text == "In {language}"


def test_a_value_is_not_a_template() -> None:
    own("p", '{context}\n{filename}\nJSON {"title": 1}')
    request = Request(Path("/x/{language} {nothing}.jpg"))
    assert prompts.load("p").filled(request, "{folder}") == '{folder}\n{language} {nothing}.jpg\nJSON {"title": 1}'


def test_a_line_is_left_out_only_where_all_its_variables_are_empty() -> None:
    own("p", "a\nb {date}\nc {date} {language}\nd")
    assert prompts.load("p").filled(Request(Path("/x/a.jpg")), "") == "a\nc  English\nd"


def test_names_that_no_prompt_should_hold() -> None:
    own("p", "{filename}|{existing_tags}")
    request = Request(Path("/x/a\nb\x1b" + "c" * 900), existing=Caption(tags=("t" * 3000,)))
    name, tags = prompts.load("p").filled(request, "").split("|")
    assert name.startswith("a b")
    assert name.isprintable()
    assert len(name) <= 300
    assert len(tags) == 1000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("In {langauge}", r"p\.txt: there is no variable \{langauge\}; there are \{folder\}, .*\{context\}"),
        ("", "is empty"),
        (" \n", "is empty"),
        (b"\xff\xfe", "is not UTF-8 text"),
        ("x" * 20_001, "is longer than 20,000 bytes"),
    ],
)
def test_a_wrong_file(text: str | bytes, words: str) -> None:
    own("p", text)
    with pytest.raises(ConfigError, match=words):
        prompts.load("p")


@pytest.mark.parametrize("name", ["poetry", "", "/nowhere/p.txt", "..", "a/b", "\x00", "x" * 5000])
def test_a_missing_file(name: str) -> None:
    with pytest.raises(ConfigError, match=r"backends\.openai\.prompt = .*cannot be read .*archive, family, stock, web"):
        prompts.load(name)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("en", "English"),
        ("DE", "German"),
        ("pt_BR", "Brazilian Portuguese"),
        ("de-AT", "German (de-AT)"),
        ("zh-Hant", "Traditional Chinese"),
        ("qya", "the language with the code qya"),
        ("Plattdeutsch", "Plattdeutsch"),
    ],
)
def test_names_of_languages(code: str, name: str) -> None:
    assert prompts.language_name(code) == name


def test_every_language_of_the_other_backends_has_a_name() -> None:
    codes = [path.stem for path in (resource("offline") / "languages").glob("*.toml")]
    assert codes
    assert not [code for code in codes if "code" in prompts.language_name(code)]
