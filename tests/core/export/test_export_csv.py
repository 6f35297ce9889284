"""The table: any text comes back, and no cell is a formula, whatever separates the cells."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core.export import csv_table
from cutline.core.metadata.model import Reading, Stamp
from cutline.core.photo import Caption

_TRICKY = st.text(st.sampled_from(list("=+-@＝'\"“;, \t\r\n\u200b\ufeff\xa0ab1")), max_size=12)
TEXTS = st.one_of(_TRICKY, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
EMPTY = Caption()


def reading(caption: Caption = EMPTY, sidecar: Path | None = None) -> Reading:
    return Reading(caption, "jpeg", Stamp(0, 0), sidecar)


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


@given(TEXTS)
def test_a_safe_cell_gives_its_text_back(text: str) -> None:
    assert csv_table.plain(csv_table.safe(text)) == text


@given(TEXTS)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = csv_table.safe(text)
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
    begun = re.sub(r"^[\s\"“”‘’\u200b\ufeff\xa0]+", "", cell)
    assert not re.match(r"[=+\-@＝＋－＠]", begun)


@given(TEXTS)
def test_no_piece_of_a_cell_begins_like_a_formula(text: str) -> None:
    """A program that cuts at semicolons, tabs or lines, quotes or not, finds no formula either."""
    for piece in re.split(r"[;\t\r\n]", csv_table.safe(text)):
        assert not re.match(r"[=+\-@＝＋－＠]", re.sub(r"^[\s\"“”‘’\u200b\ufeff\xa0]+", "", piece))


@pytest.mark.parametrize(
    "text", ["", "Dusk over water", "a; b", "first\nsecond", "x-ray", "1+1=2", "“quoted”", "Zürich 東京 🌅"]
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert csv_table.safe(text) == text


def test_hostile_length_takes_no_time() -> None:
    for text in ("\n" * 1_000_000, " " * 1_000_000, "'\"" * 500_000, ";=" * 500_000):
        assert csv_table.plain(csv_table.safe(text)) == text


def test_rows_quotes_and_line_breaks(tmp_path: Path) -> None:
    caption = Caption('say "x", y', "one\ntwo", ("a", "b, c"), "=alt")
    photos = [(Path("-dash.jpg"), reading(caption, Path("-dash.xmp"))), (Path("b.jpg"), reading())]
    assert csv_table.write(photos, tmp_path / "t.csv") == 2
    assert table(tmp_path / "t.csv") == [
        list(csv_table.COLUMNS),
        ["'-dash.jpg", 'say "x", y', "one\ntwo", "'=alt", "a; b, c", "jpeg", "'-dash.xmp"],
        ["b.jpg", "", "", "", "", "jpeg", ""],
    ]


def test_what_is_no_text_does_not_stop_the_table(tmp_path: Path) -> None:
    csv_table.write([(Path("caf\udce9.jpg"), reading(Caption(title="a\0b")))], tmp_path / "t.csv")
    (_, row) = table(tmp_path / "t.csv")
    assert row[:2] == ["caf\\udce9.jpg", "a\ufffdb"]
