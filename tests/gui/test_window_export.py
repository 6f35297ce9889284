"""Export from the window: for the selection or all, with what is in the files."""

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from cutline.core import metadata
from cutline.core.photo import FIELDS, Caption, FieldName
from cutline.gui.export_dialog import ExportDialog
from helpers.windows import Desk, pictures

TITLE: tuple[FieldName, ...] = ("title",)


@pytest.fixture
def filled(desk: Desk, tmp_path: Path) -> Desk:
    one, two = pictures(tmp_path / "photos", "one.jpg", "two.png")
    metadata.write(one, Caption("Zürich", "=1+1", ("東京", "lake")), FIELDS)
    metadata.write(two, Caption("Second"), TITLE)
    desk.add(tmp_path / "photos")
    return desk


def open_export(desk: Desk, format_name: str, output: Path, which: str = "All") -> ExportDialog:
    desk.settle()
    desk.window.actions_.export.trigger()
    (dialog,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, ExportDialog) and one.isVisible()]
    dialog.format_box.setCurrentIndex(dialog.format_box.findData(format_name))
    dialog.which.setCurrentIndex(next(n for n in range(dialog.which.count()) if which in dialog.which.itemText(n)))
    dialog.output.setText(str(output))
    return dialog


def test_all_photos_into_a_table(filled: Desk, tmp_path: Path) -> None:
    dialog = open_export(filled, "csv", tmp_path / "out.csv")
    with filled.qtbot.waitSignal(dialog.done_well):
        dialog.export_button.click()
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 3
    assert any("Zürich" in cell for cell in rows[1])
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert "2 photos" in filled.window.banner.text


def test_the_selection_into_a_document(filled: Desk, tmp_path: Path) -> None:
    filled.select("two.png")
    dialog = open_export(filled, "json", tmp_path / "out.json", "Selected")
    with filled.qtbot.waitSignal(dialog.done_well):
        dialog.export_button.click()
    text = (tmp_path / "out.json").read_text(encoding="utf-8")
    assert "Second" in text
    assert "Zürich" not in text
    json.loads(text)


def test_sidecars_into_a_folder(filled: Desk, tmp_path: Path) -> None:
    dialog = open_export(filled, "xmp", tmp_path / "sidecars")
    with filled.qtbot.waitSignal(dialog.done_well):
        dialog.export_button.click()
    assert len(list((tmp_path / "sidecars").rglob("*.xmp"))) == 2


def test_what_cannot_be_read_is_left_out_and_said(filled: Desk, tmp_path: Path) -> None:
    (tmp_path / "photos" / "three.jpg").write_text("not a picture")
    filled.add(tmp_path / "photos")
    dialog = open_export(filled, "csv", tmp_path / "out.csv")
    with filled.qtbot.waitSignal(dialog.done_well):
        dialog.export_button.click()
    assert "1 could not be read" in filled.window.banner.text
    assert "three.jpg" in filled.window.banner.text


def test_a_place_that_cannot_be_is_refused_and_the_dialog_stays(filled: Desk, tmp_path: Path) -> None:
    dialog = open_export(filled, "csv", tmp_path / "no" / "such" / "out.csv")
    dialog.export_button.click()
    filled.qtbot.waitUntil(lambda: dialog.banner.text != "" and dialog.export_button.isEnabled())
    assert "does not exist" in dialog.banner.text
    assert dialog.isVisible()
    dialog.output.setText(str(tmp_path / "photos" / "one.jpg"))
    dialog.export_button.click()
    filled.qtbot.waitUntil(lambda: "named like a photo" in dialog.banner.text)
    dialog.reject()


def test_the_ending_follows_the_format(filled: Desk, tmp_path: Path) -> None:
    dialog = open_export(filled, "csv", tmp_path / "my.captions.csv")
    for name, expected in (("json", "my.captions.json"), ("xmp", "my.captions"), ("csv", "my.captions.csv")):
        dialog.format_box.setCurrentIndex(dialog.format_box.findData(name))
        assert Path(dialog.output.text()).name == expected
    dialog.output.clear()
    dialog.export_button.click()
    assert "Say where" in dialog.banner.text
    dialog.reject()
