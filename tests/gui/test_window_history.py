"""The history in the window: runs, their photos, before and now, and every way back from there."""

import os
import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QPushButton, QWidget

from cutline.core import metadata
from cutline.core.photo import Caption, FieldName
from cutline.core.runs import About
from cutline.gui import theme
from cutline.gui.history_dialog import HistoryDialog
from cutline.gui.history_rows import Rows
from helpers.undoable import look
from helpers.way_back import (
    BUTTONS,
    TITLE,
    answer,
    at_rest,
    filtered,
    finished,
    headings,
    history_of,
    look_at,
    rows,
    title,
    write,
)
from helpers.windows import Desk, pictures

CAPTION = Caption("Evening", "At the lake.", ("lake", "evening"))
DESCRIPTION: tuple[FieldName, ...] = ("description",)
ALT_TEXT: tuple[FieldName, ...] = ("alt_text",)
TAGS: tuple[FieldName, ...] = ("tags",)


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    return pictures(tmp_path / "photos", "harbour.jpg", "lake.png", "pier.webp")


@pytest.fixture
def written(photos: list[Path]) -> list[Path]:
    """Photos with three runs behind them."""
    metadata.write(photos[0], Caption("Mine", tags=("old",)), ("title", "tags"))
    write(photos, CAPTION, About("tag", "imgtags", "en", "merge"))
    write(photos[:1], Caption(tags=("lake", "Zürich")), fields=TAGS)
    write(photos[1:2], Caption("In the window"), About("window"))
    return photos


def choose(dialog: HistoryDialog, *names: str) -> None:
    """Select photos in the list."""
    numbers = [row for row, line in enumerate(rows(dialog)) if line[0] in names]
    dialog.photos.select(numbers, numbers[0])


def test_nothing_yet(desk: Desk) -> None:
    dialog = history_of(desk)
    assert dialog.message.isVisible()
    assert dialog.message.text().startswith("Nothing has been written yet.")
    assert not dialog.undo_run.isEnabled()
    assert not dialog.undo_selected.isEnabled()


def test_runs_newest_first_with_their_photos(desk: Desk, written: list[Path]) -> None:
    dialog = history_of(desk)
    assert headings(dialog) == [
        ("Written in the window", "1 to put back"),
        ("Written on the command line", "1 to put back"),
        ("Tagged with imgtags", "3 to put back"),
    ]
    assert dialog.runs.listing.line(2).detail.endswith(" · 3 photos written")
    assert rows(dialog) == [("lake.png", "Title, description, 2 tags removed", "can be put back")]
    look_at(desk, dialog, 2)
    assert rows(dialog) == [
        ("harbour.jpg", "Title, description, 2 tags added, 1 tag removed", "written again"),
        ("lake.png", "Title, description, 2 tags added", "written again"),
        ("pier.webp", "Title, description, 2 tags added", "can be put back"),
    ]
    assert dialog.count.text() == "3 photos"
    assert dialog.undo_run.text() == "&Undo This Run (3)"


def test_before_and_now_field_by_field(desk: Desk, written: list[Path]) -> None:
    metadata.write(written[0], Caption(description="Changed by another."), DESCRIPTION)
    dialog = history_of(desk)
    look_at(desk, dialog, 2)
    assert dialog.detail.text.split("\n") == [
        str(written[0]),
        "Run 2 wrote to it later; undo that first.",
        *("Title", "Mine", "Evening"),
        *("Description", "empty", "Changed by another."),
        *("Tags", "old", "lake, Zürich"),
    ]
    before, now = dialog.detail._rows["tags"].before, dialog.detail._rows["tags"].now
    assert [chip.look for chip in before.chips] == ["removed"]  # type: ignore[union-attr]
    assert [chip.look for chip in now.chips] == ["added", "added"]  # type: ignore[union-attr]
    choose(dialog, "pier.webp")
    at_rest(desk, dialog)
    assert "It can be put back as it was before this run." in dialog.detail.text


def test_undo_this_run_puts_all_its_photos_back(desk: Desk, photos: list[Path]) -> None:
    before = look(photos[0].parent)
    write(photos, CAPTION)
    desk.add(photos[0].parent)
    desk.select("lake.png")
    dialog = history_of(desk)
    said: list[str] = []
    finished(desk, lambda: said.append(answer(desk, dialog.undo_run.click)))
    at_rest(desk, dialog)
    assert "these 3 photos" in said[0]
    assert "byte for byte" in said[0]
    assert look(photos[0].parent) == before
    assert dialog.banner.text == "3 photos put back as they were before."
    assert desk.window.banner.text == ""
    assert headings(dialog) == [("Written on the command line", "undone")]
    assert {word for _, _, word in rows(dialog)} == {"as before"}
    assert not dialog.undo_run.isEnabled()
    assert not dialog.undo_selected.isEnabled()
    assert desk.window.inspector.title.in_file_text == "empty"


def test_cancel_puts_nothing_back(desk: Desk, written: list[Path]) -> None:
    state = look(written[0].parent)
    dialog = history_of(desk)
    look_at(desk, dialog, 2)
    answer(desk, dialog.undo_run.click, BUTTONS.Cancel)
    assert not desk.window.undoer.busy
    assert look(written[0].parent) == state


def test_undo_selected_leaves_the_others_of_the_run(desk: Desk, photos: list[Path]) -> None:
    write(photos, CAPTION)
    dialog = history_of(desk)
    choose(dialog, "harbour.jpg", "pier.webp")
    assert dialog.undo_selected.text() == "Undo &Selected (2)"
    finished(desk, lambda: answer(desk, dialog.undo_selected.click))
    at_rest(desk, dialog)
    assert [title(path) for path in photos] == ["", "Evening", ""]
    assert headings(dialog) == [("Written on the command line", "1 to put back")]
    assert [line[2] for line in rows(dialog)] == ["as before", "can be put back", "as before"]
    assert [photo.path.name for photo in dialog.photos.selected()] == ["harbour.jpg", "pier.webp"]
    choose(dialog, "lake.png")
    finished(desk, dialog.undo_selected.click)  # a single photo is not asked about
    assert title(photos[1]) == ""


def test_what_a_later_run_wrote_to_is_refused_with_its_number(desk: Desk, written: list[Path]) -> None:
    dialog = history_of(desk)
    look_at(desk, dialog, 2)
    choose(dialog, "harbour.jpg")
    finished(desk, dialog.undo_selected.click)
    assert "run 2 wrote to it after run 1; undo that first" in dialog.banner.text
    assert metadata.read(written[0]).caption.tags == ("lake", "Zürich")


def test_captions_alone_come_back_where_another_program_changed_photos(desk: Desk, photos: list[Path]) -> None:
    write(photos, CAPTION)
    for path, often in zip(photos[:2], (1, 900), strict=True):  # within the padding that is there, and beyond it
        metadata.write(path, Caption(alt_text="another program's " * often), ALT_TEXT)
        os.utime(path, (1e9, 1e9))
    dialog = history_of(desk)
    assert [line[2] for line in rows(dialog)] == ["touched since", "changed since", "can be put back"]
    finished(desk, lambda: answer(desk, dialog.undo_run.click))
    at_rest(desk, dialog)
    assert "2 photos could not be put back; the first: " in dialog.banner.text
    assert dialog.banner.button.text() == "Put Back the Captions Only…"
    said: list[str] = []
    finished(desk, lambda: said.append(answer(desk, dialog.banner.button.click)))
    at_rest(desk, dialog)
    assert "only the captions of these 2 photos" in said[0]
    assert [title(path) for path in photos] == ["", "", ""]
    assert metadata.read(photos[0]).caption.alt_text.startswith("another program's")
    assert headings(dialog)[0] == ("Captions put back", "2 to put back")
    assert headings(dialog)[1] == ("Written on the command line", "undone")


def test_runs_and_photos_are_filtered_by_name(desk: Desk, written: list[Path]) -> None:
    dialog = history_of(desk)
    filtered(desk, dialog, "HARBOUR")
    assert headings(dialog) == [
        ("Written on the command line", "1 to put back"),
        ("Tagged with imgtags", "3 to put back"),
    ]
    look_at(desk, dialog, 1)
    assert [line[0] for line in rows(dialog)] == ["harbour.jpg"]
    assert dialog.count.text() == "1 of 3 photos"
    filtered(desk, dialog, "no such name")
    assert dialog.message.isVisible()
    assert "“no such name”" in dialog.message.text()
    assert not dialog.undo_run.isEnabled()
    filtered(desk, dialog, "")
    assert len(headings(dialog)) == 3
    assert dialog.runs.isVisible()


def test_history_of_one_photo(desk: Desk, written: list[Path]) -> None:
    desk.add(written[0].parent)
    desk.select("lake.png")
    dialog = history_of(desk, desk.window.actions_.photo_history.trigger)
    assert dialog.filter.text() == str(written[1])
    assert [heading for heading, _ in headings(dialog)] == ["Written in the window", "Tagged with imgtags"]
    assert [line[0] for line in rows(dialog)] == ["lake.png"]


def test_a_photo_that_is_gone_is_told(desk: Desk, photos: list[Path]) -> None:
    write(photos, CAPTION)
    photos[1].unlink()
    dialog = history_of(desk)
    assert rows(dialog)[1][2] == "not found"
    choose(dialog, "lake.png")
    at_rest(desk, dialog)
    assert "not there any more" in dialog.detail.text or "no such file" in dialog.detail.text.lower()
    finished(desk, dialog.undo_selected.click)
    assert "there is no such file any more" in dialog.banner.text


def test_refused_while_a_run_goes_on(desk: Desk, photos: list[Path]) -> None:
    write(photos, CAPTION)
    desk.add(photos[0].parent)
    with desk.qtbot.waitSignal(desk.window.run.finished):
        desk.window.actions_.tag_all.trigger()
        desk.window.run.toggle_pause()
        dialog = history_of(desk)
        dialog.undo_run.click()
        assert "A run is going on" in dialog.banner.text
        desk.window.run.toggle_pause()
    assert title(photos[0]) == "Evening"


def test_closing_it_lets_undo_go_on_in_the_window(desk: Desk, tmp_path: Path) -> None:
    many = pictures(tmp_path, *(f"{n:02}.jpg" for n in range(30)))
    write(many, CAPTION)
    dialog = history_of(desk)
    with desk.qtbot.waitSignal(desk.window.undoer.finished):
        answer(desk, dialog.undo_run.click)
        dialog.reject()
    assert {title(path) for path in many} == {""}
    assert desk.window.banner.text == "30 photos put back as they were before."
    assert history_of(desk).runs.listing.rowCount() == 1


def test_it_can_be_reached_by_keys_and_left_with_escape(desk: Desk, photos: list[Path]) -> None:
    write(photos, CAPTION)
    desk.window.activateWindow()
    control = Qt.KeyboardModifier.ControlModifier
    dialog = history_of(desk, lambda: QTest.keyClick(desk.window, Qt.Key.Key_H, control))
    desk.qtbot.waitUntil(dialog.runs.hasFocus)
    chain: list[QWidget | None] = [dialog.runs]
    while chain[-1] is not None and (following := chain[-1].nextInFocusChain()) is not dialog.runs:
        chain.append(following)
    reachable = {one for one in chain if one is not None and one.focusPolicy() & Qt.FocusPolicy.TabFocus}
    assert {dialog.runs, dialog.photos, dialog.undo_run, dialog.undo_selected, dialog.close_button} <= reachable
    QTest.keyClick(dialog.runs, Qt.Key.Key_F, control)
    desk.qtbot.waitUntil(dialog.filter.hasFocus)
    QTest.keyClick(dialog.filter, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(dialog.runs.hasFocus)
    assert not desk.window.undoer.busy
    QTest.keyClick(dialog.runs, Qt.Key.Key_Escape)
    desk.qtbot.waitUntil(lambda: desk.deeds.undo._dialog is None)


def test_names_for_screen_readers(desk: Desk, written: list[Path]) -> None:
    dialog = history_of(desk)
    views = dialog.findChildren(QAbstractItemView)
    assert {view.accessibleName() for view in views} == {"Runs", "Photos of this run"}
    for button in dialog.findChildren(QPushButton):
        assert button.text() or not button.isVisible()
    assert dialog.filter.accessibleName() == "Filter by name or folder of a photo"
    role = Qt.ItemDataRole.AccessibleTextRole
    assert dialog.runs.listing.index(0).data(role).startswith("Written in the window, Today, ")
    assert dialog.photos.listing.index(0).data(role) == "lake.png, Title, description, 2 tags removed, can be put back"
    assert str(written[1]) in dialog.photos.listing.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert dialog.detail._rows["tags"].now.accessibleName() == "Tags now"


def test_pictures_come_and_the_theme_is_followed(desk: Desk, photos: list[Path]) -> None:
    from PySide6.QtWidgets import QApplication

    write(photos, CAPTION)
    dialog = history_of(desk)
    picture = dialog.photos.listing.line(0).photo
    assert picture is not None
    desk.qtbot.waitUntil(lambda: dialog.thumbnails.picture(picture) is not None)
    light = dialog.grab().toImage()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "dark")
    dark = dialog.grab().toImage()
    assert dark.pixelColor(5, 5).lightness() < 80 < light.pixelColor(5, 5).lightness()
    theme.apply(app, "light")


def test_long_names_fit_a_small_screen(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / ("a very long folder " * 8).strip()
    photos = pictures(folder, f"{'long name ' * 15}.jpg")
    write(photos, Caption("A long title " * 20, "Words " * 170, tuple(f"tag number {n}" for n in range(100))))
    dialog = history_of(desk)
    dialog.resize(dialog.minimumSize())
    desk.settle()
    assert (dialog.width(), dialog.height()) <= (600, 400)
    assert dialog.detail.body.width() <= dialog.detail.viewport().width()
    assert dialog.undo_run.isVisible()
    assert dialog.close_button.geometry().right() <= dialog.width()


def test_a_journal_that_cannot_be_read_is_said(desk: Desk, photos: list[Path]) -> None:
    write(photos, CAPTION)
    file = desk.window.session.journal_file
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    file.write_bytes(os.urandom(4096))
    dialog = history_of(desk)
    assert "journal cannot be used" in dialog.banner.text
    assert dialog.message.text() == "The history cannot be read."


def test_ten_thousand_photos_are_listed_without_stalling_the_window(desk: Desk, photos: list[Path]) -> None:
    """What is on the screen is all that a row costs; the list is read in the background."""
    from contextlib import closing

    from cutline.core.journal import Journal

    write(photos[:1], CAPTION)
    with closing(Journal(desk.window.session.journal_file)) as journal, journal.transaction() as db:
        numbers = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9999)"
        db.execute(
            "INSERT INTO changes (run, made, photo, named, caption, fields)"
            f" {numbers} SELECT run, made, CAST(photo || i AS BLOB), CAST(named || i AS BLOB), caption, fields"
            " FROM n, changes"
        )
        db.execute(
            "INSERT INTO files (change, state, path, size_before, digest_before, mtime_ns, size_after, digest_after,"
            " inverse) SELECT c.id, state, c.photo, size_before, digest_before, mtime_ns, size_after, digest_after,"
            " inverse FROM changes c, files WHERE c.id > 1"
        )
    dialog = history_of(desk)
    assert dialog.photos.listing.rowCount() == 10_000
    assert dialog.count.text() == "10,000 photos"
    dialog.photos.selectAll()
    assert dialog.undo_selected.text() == "Undo &Selected (10,000)"
    dialog.photos.selectionModel().clear()
    dialog.photos.scrollToBottom()
    dialog.photos.selectionModel().setCurrentIndex(
        dialog.photos.listing.index(9_999), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    at_rest(desk, dialog)
    assert str(photos[0]) in dialog.detail.text
    filtered(desk, dialog, ".jpg7777")
    assert [line[0] for line in rows(dialog)] == ["harbour.jpg7777"]


def test_rows_are_as_high_as_their_text_in_any_size(desk: Desk, photos: list[Path]) -> None:
    write(photos, CAPTION)
    dialog = history_of(desk)
    height = dialog.runs.sizeHintForRow(0)
    font = dialog.runs.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    dialog.runs.setFont(font)
    assert dialog.runs.sizeHintForRow(0) > 1.5 * height
    assert Rows.box(2.0).width == 2 * Rows.box(1.0).width


@pytest.mark.needs("exiftool")
def test_other_programs_see_what_came_back(desk: Desk, photos: list[Path]) -> None:
    metadata.write(photos[0], Caption("Mine"), TITLE)
    write(photos, CAPTION)
    dialog = history_of(desk)
    finished(desk, lambda: answer(desk, dialog.undo_run.click))
    told = subprocess.run(["exiftool", "-s3", "-XMP-dc:Title", str(photos[0])], capture_output=True, text=True)
    assert told.stdout.strip() == "Mine"
