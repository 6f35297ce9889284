"""The README says what the program does."""

import re
from pathlib import Path

import pytest

from cutline.core.settings import Option, Settings, options

README = Path(__file__).parents[1] / "README.md"


def rows() -> dict[str, str]:
    return dict(re.findall(r"^\| `([a-z_.]+)` \| (.*) \|$", README.read_text(encoding="utf-8"), re.MULTILINE))


def row(option: Option) -> str:
    """What the table says of a setting behind its name."""
    value = ",".join(option.value) if isinstance(option.value, tuple) else option.value
    shown = f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else value
    allowed = f"{option.low:g} to {option.high:g}" if option.low is not None else ", ".join(option.choices)
    return f"`{shown}` | {' '.join(filter(None, (allowed, option.unit)))} | {option.about}"


@pytest.mark.parametrize("option", list(options(Settings())), ids=lambda option: option.key)
def test_every_setting_is_in_the_table(option: Option) -> None:
    assert rows().get(option.key) == row(option)


def test_the_table_names_no_setting_that_is_not_there() -> None:
    assert set(rows()) == {option.key for option in options(Settings())}


def test_pictures_and_files_it_names_exist() -> None:
    root = README.parent
    for name in re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8")):
        assert (root / name).exists(), name
