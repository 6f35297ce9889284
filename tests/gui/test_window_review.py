"""Review: suggestions, what a person makes of them, and what stands in the files afterwards."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cutline.core import metadata
from cutline.core.batch import State
from cutline.core.photo import FIELDS, Caption, FieldName
from helpers.windows import Desk, Make, pictures, said, with_settings

TITLE: tuple[FieldName, ...] = ("title",)


def exiftool(path: Path) -> dict[str, object]:
    """What ExifTool reads, group by group."""
    answer = subprocess.run(["exiftool", "-json", "-G1", str(path)], capture_output=True, check=True, timeout=60)
    found: dict[str, object] = json.loads(answer.stdout)[0]
    return found


@pytest.fixture
def tagged(desk: Desk, tmp_path: Path) -> Desk:
    """Three photos with suggestions: one without a caption, one with a caption of its own, one with some tags."""
    folder = tmp_path / "photos"
    _, own, some = pictures(folder, "harbour at night.jpg", "own.jpg", "some.png")
    metadata.write(own, Caption("Old title", "Old words", ("Zürich", "mine")), FIELDS)
    metadata.write(some, Caption(tags=("Zürich", "東京")), FIELDS)
    desk.add(folder)
    desk.tag_all()
    return desk


def folder_of(desk: Desk) -> Path:
    return desk.entry("own.jpg").photo.path.parent


def test_tagging_suggests_and_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    paths = pictures(tmp_path, "one.jpg", "two.png", "three.webp")
    before = [path.read_bytes() for path in paths]
    desk.add(tmp_path)
    desk.tag_all()
    assert set(desk.states()) == {State.SUGGESTED}
    assert [path.read_bytes() for path in paths] == before
    assert "3 to review" in desk.window.statusBar().currentMessage()
    desk.select("one.jpg")
    assert desk.window.inspector.accept_button.isEnabled()
    assert "Suggested by offline" in said(desk.window.inspector)


@pytest.mark.needs("exiftool")
def test_accepting_writes_and_other_programs_see_it(tagged: Desk) -> None:
    tagged.select("harbour at night.jpg")
    planned = tagged.entry("harbour at night.jpg").suggestion
    assert planned is not None
    assert "harbour" in [tag.casefold() for tag in planned.caption.tags]
    tagged.accept()
    entry = tagged.entry("harbour at night.jpg")
    assert entry.state is State.WRITTEN
    assert metadata.read(entry.photo.path).caption == replace(planned.caption, alt_text="")  # not asked for
    found = exiftool(entry.photo.path)
    assert found["XMP-dc:Title"] == found["IPTC:ObjectName"] == planned.caption.title
    assert found["IFD0:ImageDescription"] == planned.caption.description
    subjects = found["XMP-dc:Subject"]
    assert list(planned.caption.tags) == (subjects if isinstance(subjects, list) else [subjects])
    assert "written" in said(tagged.window.inspector)
    assert not tagged.window.inspector.accept_button.isEnabled()


def test_all_suggestions_are_accepted_at_once(tagged: Desk) -> None:
    with tagged.qtbot.waitSignal(tagged.window.acceptor.finished):
        tagged.window.inspector.accept_all_button.click()
    assert set(tagged.states()) == {State.WRITTEN}
    own = metadata.read(folder_of(tagged) / "own.jpg").caption
    assert (own.title, own.description) == ("Old title", "Old words")
    assert own.tags[:2] == ("Zürich", "mine")
    assert len(own.tags) > 2


def test_the_inspector_shows_the_three_and_marks_the_difference(tagged: Desk) -> None:
    inspector = tagged.window.inspector
    tagged.select("own.jpg")
    assert inspector.title.in_file_text == "Old title"
    assert inspector.title.suggested_text
    assert inspector.title.editor.toPlainText() == "Old title"
    assert [chip.look for chip in inspector.tags.editor.chips][:2] == ["own", "own"]
    assert inspector.tags.editor.chips[-1].look == "added"
    inspector.tags.editor.removed.emit("mine")
    tagged.settle()
    assert [(chip.text, chip.look) for chip in inspector.tags.in_file.chips] == [("Zürich", "own"), ("mine", "removed")]
    tagged.accept()
    now = metadata.read(folder_of(tagged) / "own.jpg").caption.tags
    assert now[0] == "Zürich"
    assert "mine" not in now


def test_words_of_the_person_replace_without_a_policy(tagged: Desk) -> None:
    tagged.select("own.jpg")
    editor = tagged.window.inspector.title.editor
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "Typed by hand")
    tagged.accept()
    assert metadata.read(folder_of(tagged) / "own.jpg").caption.title == "Typed by hand"
    assert tagged.entry("own.jpg").state is State.WRITTEN


def test_words_without_any_suggestion_and_other_fields_left_alone(desk: Desk, tmp_path: Path) -> None:
    (photo,) = pictures(tmp_path, "plain.jpg")
    metadata.write(photo, Caption("Keep", "Keep this", ("a", "b"), "Keep alt"), FIELDS)
    desk.add(photo)
    desk.select("plain.jpg")
    desk.window.inspector.description.editor.setPlainText("Two\nlines")
    desk.accept()
    assert metadata.read(photo).caption == Caption("Keep", "Two\nlines", ("a", "b"), "Keep alt")


def test_keep_and_use_turn_a_field(tagged: Desk) -> None:
    inspector = tagged.window.inspector
    tagged.select("own.jpg")
    suggestion = tagged.entry("own.jpg").suggestion
    assert suggestion is not None
    inspector.title.adopted.emit()
    tagged.settle()
    assert inspector.title.editor.toPlainText() == suggestion.caption.title
    inspector.title.restored.emit()
    tagged.settle()
    assert inspector.title.editor.toPlainText() == "Old title"
    inspector.tags.restored.emit()
    tagged.settle()
    assert not inspector.accept_button.isEnabled()


def test_discard_forgets_and_leaves_the_file(tagged: Desk) -> None:
    path = folder_of(tagged) / "harbour at night.jpg"
    before = path.read_bytes()
    tagged.select("harbour at night.jpg")
    tagged.window.inspector.discard_button.click()
    tagged.settle()
    assert tagged.entry("harbour at night.jpg").suggestion is None
    assert tagged.states().count(None) == 1
    assert tagged.window.inspector.title.editor.toPlainText() == ""
    assert path.read_bytes() == before


def test_several_photos_show_what_they_share_and_are_edited_together(tagged: Desk) -> None:
    inspector = tagged.window.inspector
    for name in ("own.jpg", "some.png"):
        tagged.select(name)
        inspector.tags.restored.emit()
    tagged.select("own.jpg", "some.png")
    assert "2 photos" in said(inspector)
    assert "Different texts" in inspector.title.editor.placeholderText()
    assert {chip.text: chip.count for chip in inspector.tags.editor.chips} == {
        "Zürich": "",
        "mine": "1/2",
        "東京": "1/2",
    }
    line = inspector.tags.editor.line
    QTest.keyClicks(line, "for both, and this")
    QTest.keyClick(line, Qt.Key.Key_Return)
    inspector.tags.editor.removed.emit("Zürich")
    inspector.tags.editor.taken.emit("東京")
    QTest.keyClicks(inspector.title.editor, "One for all")
    tagged.accept()
    own, some = (metadata.read(folder_of(tagged) / name).caption for name in ("own.jpg", "some.png"))
    assert own.title == some.title == "One for all"
    assert own.tags == ("mine", "for both", "and this", "東京")
    assert some.tags == ("東京", "for both", "and this")
    assert own.description == "Old words"


def test_a_file_changed_meanwhile_is_not_overwritten_and_can_be_read_again(tagged: Desk) -> None:
    path = folder_of(tagged) / "own.jpg"
    metadata.write(path, Caption("By another program"), TITLE)
    tagged.select("own.jpg")
    tagged.window.inspector.description.editor.setPlainText("Mine")
    tagged.accept()
    entry = tagged.entry("own.jpg")
    assert entry.state is State.FAILED
    assert entry.error is not None
    assert entry.error.code == "changed_meanwhile"
    assert str(entry.error) in tagged.window.inspector.banner.text
    assert metadata.read(path).caption.title == "By another program"
    tagged.window.actions_.reread.trigger()
    tagged.qtbot.waitUntil(lambda: tagged.window.inspector.title.in_file_text == "By another program")
    tagged.settle()
    assert tagged.window.inspector.description.editor.toPlainText() == "Mine"
    tagged.accept()
    now = metadata.read(path).caption
    assert (now.title, now.description) == ("By another program", "Mine")
    assert tagged.entry("own.jpg").state is State.WRITTEN


def test_a_new_suggestion_is_not_hidden_by_what_was_accepted_before(open_desk: Make, tmp_path: Path) -> None:
    desk = open_desk(with_settings(policy="replace"))
    (photo,) = pictures(tmp_path, "harbour.jpg")
    desk.add(photo)
    desk.tag_all()
    desk.select("harbour.jpg")
    desk.accept()
    metadata.write(photo, Caption("Something else"), TITLE)
    desk.tag_all()
    assert desk.entry("harbour.jpg").state is State.SUGGESTED
    assert desk.window.inspector.title.editor.toPlainText() != "Something else"


def test_what_cannot_be_read_says_why(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("not a picture")
    (tmp_path / "nothing.png").write_bytes(b"")
    good = pictures(tmp_path, "good.jpg")
    desk.add(tmp_path)
    desk.tag_all()
    assert desk.entry("text.jpg").state is State.FAILED
    assert desk.entry("nothing.png").state is State.FAILED
    assert desk.entry("good.jpg").state is State.SUGGESTED
    desk.select("text.jpg")
    assert "text.jpg" in desk.window.inspector.banner.text
    assert not desk.window.inspector.title.editor.isVisible()
    desk.select("text.jpg", "good.jpg")
    assert "1 of them failed" in desk.window.inspector.banner.text
    desk.window.inspector.title.editor.setPlainText("Only where it can be")
    desk.accept()
    assert metadata.read(good[0]).caption.title == "Only where it can be"


def test_long_texts_and_a_hundred_tags_fit(desk: Desk, tmp_path: Path) -> None:
    (photo,) = pictures(tmp_path, "long.jpg")
    tags = tuple(f"tag number {n}" for n in range(100))
    metadata.write(photo, Caption("A long title " * 20, "Words " * 170, tags), FIELDS)
    desk.window.resize(1280, 720)
    desk.add(photo)
    desk.select("long.jpg")
    inspector = desk.window.inspector
    assert len(inspector.tags.editor.chips) == 100
    assert desk.window.size().width() == 1280
    assert inspector.title.editor.height() < 100
    assert inspector.accept_button.isVisible()
    assert inspector._body.width() <= inspector.width()


def test_the_next_photo_to_review_is_a_key_away(tagged: Desk) -> None:
    tagged.select("own.jpg")
    tagged.accept()
    tagged.window.actions_.next_review.trigger()
    assert tagged.window.gallery.selected_rows() == [tagged.row("some.png")]
    tagged.window.actions_.next_review.trigger()
    assert tagged.window.gallery.selected_rows() == [tagged.row("harbour at night.jpg")]
    tagged.window.actions_.previous_review.trigger()
    assert tagged.window.gallery.selected_rows() == [tagged.row("some.png")]
