"""Photos into the window: dropped, chosen, given at the start; and what it says where there are none."""

from pathlib import Path

import pytest

from cutline.gui import review
from helpers.windows import Desk, picture, pictures, said


def test_the_empty_window_says_what_to_do(desk: Desk) -> None:
    assert desk.window.empty.isVisible()
    assert "Drop photos or folders here" in said(desk.window.empty)
    assert "No account or key is needed" in said(desk.window.empty)
    assert not desk.window.actions_.tag_all.isEnabled()
    assert not desk.window.actions_.export.isEnabled()


def test_files_and_folders_in_folders_are_dropped(desk: Desk, tmp_path: Path) -> None:
    pictures(tmp_path / "trip", "b10.jpg", "b9.jpg", "sub/deep/c.png")
    single = picture(tmp_path / "with space, and #.webp")
    with desk.qtbot.waitSignal(desk.window.adding.finished):
        desk.drop(desk.window, single, tmp_path / "trip")
    names = [entry.photo.path.name for entry in desk.window.model.entries()]
    assert names == ["with space, and #.webp", "b9.jpg", "b10.jpg", "c.png"]
    desk.settle()
    assert not desk.window.empty.isVisible()
    assert desk.window.gallery.isVisible()
    assert desk.window.actions_.tag_all.isEnabled()


@pytest.mark.parametrize("target", ["gallery", "title", "tags", "search"])
def test_everything_in_the_window_takes_drops(desk: Desk, tmp_path: Path, target: str) -> None:
    first, second = pictures(tmp_path, "one.jpg", "two.jpg")
    desk.add(first)
    desk.select("one.jpg")
    widget = {
        "gallery": desk.window.gallery.viewport(),
        "title": desk.window.inspector.title.editor.viewport(),
        "tags": desk.window.inspector.tags.editor.line,
        "search": desk.window.filters.search,
    }[target]
    with desk.qtbot.waitSignal(desk.window.adding.finished):
        desk.drop(widget, second)
    assert desk.window.model.rowCount() == 2
    assert desk.window.inspector.title.editor.toPlainText() == ""


def test_what_is_there_already_is_not_added_twice(desk: Desk, tmp_path: Path) -> None:
    first, second = pictures(tmp_path, "one.jpg", "two.jpg")
    desk.add(first, second)
    desk.add(tmp_path)
    assert desk.window.model.rowCount() == 2
    assert "2 here already" in desk.window.statusBar().currentMessage()


def test_a_missing_path_is_said_and_the_others_are_added(desk: Desk, tmp_path: Path) -> None:
    there = picture(tmp_path / "there.jpg")
    desk.add(tmp_path / "gone.jpg", there)
    assert desk.window.model.rowCount() == 1
    assert "gone.jpg" in desk.window.banner.text
    assert "no such file" in desk.window.banner.text


def test_an_empty_folder_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "nothing here").mkdir()
    desk.add(tmp_path / "nothing here")
    assert "There are no photos in “nothing here”" in desk.window.banner.text
    assert desk.window.empty.isVisible()


def test_photos_with_words_of_the_person_stay_in_the_list(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg"))
    desk.select("one.jpg")
    desk.window.inspector.title.editor.setPlainText("Mine")
    desk.select("one.jpg", "two.jpg")
    desk.window.actions_.remove.trigger()
    assert [entry.photo.path.name for entry in desk.window.model.entries()] == ["one.jpg"]
    assert review.unsaved(desk.entry("one.jpg"), desk.window.session.settings)
    assert "1 photo with changes of yours stay" in desk.window.banner.text


def test_the_filter_shows_by_name_and_by_state(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, "sea.jpg", "seaside.jpg", "hill.jpg"))
    desk.window.filters.search.setText("SEA")
    assert len(desk.window.gallery.shown_rows()) == 2
    desk.window.filters.show_group("To review")
    assert desk.window.gallery.shown_rows() == []
    desk.tag_all()
    desk.window.filters.search.clear()
    assert len(desk.window.gallery.shown_rows()) == 3
