from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core import settings as s
from cutline.core import settings_file
from cutline.core.errors import ConfigError


def test_defaults_need_no_key_and_no_network() -> None:
    settings = s.Settings()
    assert (settings.backend, settings.lang, settings.policy) == ("offline", "en", "merge")


def test_a_missing_file_is_the_defaults(tmp_path: Path) -> None:
    assert settings_file.load(tmp_path / "config.toml") == s.Settings()


def test_the_contract_names_are_there() -> None:
    keys = {option.key for option in s.options(s.Settings())}
    assert {"backend", "lang", "policy"} <= keys
    for backend in ("imagedescriber", "imgtags"):
        for name in ("base_url", "requests_per_minute", "timeout", "parallel"):
            assert f"backends.{backend}.{name}" in keys


@pytest.mark.parametrize("option", list(s.options(s.Settings())), ids=lambda option: option.key)
def test_every_setting_is_described_in_range_and_survives_the_file(option: s.Option, tmp_path: Path) -> None:
    assert option.about
    assert option.value == option.default
    assert s.changed(s.Settings(), option.key, option.default) == s.Settings()
    settings = s.changed(s.Settings(), option.key, _other(option))
    assert settings != s.Settings()
    settings_file.save(tmp_path / "config.toml", settings)
    assert settings_file.load(tmp_path / "config.toml") == settings


def _other(option: s.Option) -> object:
    if isinstance(option.value, bool):
        return not option.value
    if isinstance(option.value, int | float):
        return option.high
    if option.choices:
        other = next(choice for choice in option.choices if choice != option.value)
        return [other] if isinstance(option.value, tuple) else other
    return "http://127.0.0.1:1/x"


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("policy", "overwrite", "merge, fill, replace"),
        ("fields", "title,keywords", "title, description, tags, alt_text"),
        ("max_tags", "3.5", "whole number from 1 to 500"),
        ("max_tags", True, "whole number"),
        ("max_tags", "nan", "whole number"),
        ("backends.imgtags.timeout", "0", "from 1 to 3600 seconds"),
        ("backends.imgtags.timeout", "inf", "from 1 to 3600 seconds"),
        ("keep_mtime", "maybe", "true or false"),
        ("backend", "two\nlines", "text on one line"),
        ("backend", 3, "text on one line"),
        ("fields", 3, "a list of"),
        ("nonsense", "1", "no setting “nonsense”"),
        ("backends.imgtag.timeout", "1", "no setting"),
        ("upload", "1", "is a section"),
        ("lang.code", "1", "no setting"),
    ],
)
def test_a_wrong_value_names_key_and_what_is_allowed(key: str, value: object, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        s.changed(s.Settings(), key, value, "config.toml")
    assert says in str(caught.value)
    assert key in str(caught.value)
    assert str(caught.value).startswith("config.toml: ")


def test_a_wrong_file_names_file_and_place(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[backends.imgtags]\ntimeout = 'long'\n")
    with pytest.raises(ConfigError, match=r"config\.toml: backends\.imgtags\.timeout = 'long': must be"):
        settings_file.load(path)
    path.write_text("lang = ")
    with pytest.raises(ConfigError, match="not valid TOML"):
        settings_file.load(path)
    path.write_bytes(b"lang = '\xff'")
    with pytest.raises(ConfigError, match="not UTF-8"):
        settings_file.load(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        settings_file.load(path)


def test_saving_keeps_comments_and_writes_no_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\nlang = 'fr'  # français\n")
    settings_file.save(path, s.changed(settings_file.load(path), "backends.imgtags.timeout", 30))
    text = path.read_text()
    assert "# mine" in text
    assert "# français" in text
    assert "timeout = 30" in text
    assert "policy" not in text
    settings_file.save(path, s.changed(settings_file.load(path), "lang", "en"))
    assert settings_file.load(path).lang == "en"


def test_texts_of_the_command_line_become_values() -> None:
    settings = s.changed(s.Settings(), "fields", "title, alt_text")
    assert settings.fields == ("title", "alt_text")
    assert s.changed(settings, "keep_mtime", "no").keep_mtime is False
    assert s.changed(settings, "backends.imgtags.parallel", "7").backends.imgtags.parallel == 7


@given(st.text(), st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()))
def test_any_key_and_value_is_taken_or_refused_in_words(key: str, value: object) -> None:
    assert _refusal(key, value) != ""


@given(st.sampled_from([option.key for option in s.options(s.Settings())]), st.text() | st.integers() | st.floats())
def test_any_value_of_a_known_key_is_taken_or_refused_in_words(key: str, value: object) -> None:
    assert key in (_refusal(key, value) or key)


def _refusal(key: str, value: object) -> str | None:
    try:
        s.changed(s.Settings(), key, value)
    except ConfigError as error:
        return str(error)
    return None
