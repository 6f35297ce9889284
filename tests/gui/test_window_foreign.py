"""Photos in a format that cannot be tagged yet: said at once on each, asked about never, and in nobody's way."""

from pathlib import Path

import pytest

from cutline.core.batch import State
from cutline.core.errors import Unsupported
from cutline.gui import theme
from cutline.gui.entry_facts import status
from cutline.gui.photos import FOREIGN
from helpers.windows import Desk, picture, pictures


@pytest.fixture
def mixed(desk: Desk, tmp_path: Path) -> Desk:
    """Two JPEGs, a TIFF, a GIF, a JPEG that calls itself a TIFF."""
    pictures(tmp_path, "a.jpg", "b.jpg", "scan.tif", "moving.gif")
    picture(tmp_path / "c.jpg").rename(tmp_path / "mislabelled.tif")
    desk.add(tmp_path)
    return desk


def test_they_are_told_from_the_others_without_being_selected(mixed: Desk) -> None:
    foreign = {entry.photo.path.name for entry in mixed.window.model.entries() if entry.foreign}
    assert foreign == {"scan.tif", "moving.gif"}
    assert mixed.window.statusBar().currentMessage() == "5 photos added, 2 of them in a format that cannot be tagged."
    entry = mixed.entry("scan.tif")
    assert isinstance(entry.error, Unsupported)
    assert entry.says().startswith(f"{FOREIGN}: ")
    assert "is a TIFF picture" in entry.says()
    assert status([entry], mixed.window.session.settings) == "cannot be tagged"


def test_they_do_not_count_as_waiting_to_be_tagged(mixed: Desk) -> None:
    mixed.window.filters.show_group("Not asked")
    assert {mixed.window.model.entry(row).photo.path.name for row in mixed.window.gallery.shown_rows()} == {
        "a.jpg",
        "b.jpg",
        "mislabelled.tif",
    }


def test_tag_all_asks_about_the_others_only(mixed: Desk) -> None:
    mixed.tag_all()
    assert mixed.window.run.tally.total == 3
    assert mixed.window.run.tally.states[State.FAILED] == 0
    assert mixed.entry("mislabelled.tif").state is State.SUGGESTED
    assert mixed.entry("scan.tif").foreign


def test_to_ask_about_them_alone_is_answered_in_words(mixed: Desk) -> None:
    mixed.select("scan.tif", "moving.gif")
    mixed.window.actions_.tag_selected.trigger()
    assert not mixed.window.run.running
    assert "None of these photos can be tagged yet" in mixed.window.banner.text


def test_the_reason_stays_when_all_else_is_discarded(mixed: Desk) -> None:
    mixed.select("scan.tif")
    assert not mixed.window.inspector.discard_button.isEnabled()
    mixed.select("a.jpg", "scan.tif")
    mixed.window.inspector.title.editor.setPlainText("Typed")
    mixed.settle()
    assert mixed.window.inspector.discard_button.isEnabled()
    mixed.window.inspector.discard_button.click()
    assert mixed.entry("a.jpg").edited is None
    assert mixed.entry("scan.tif").foreign
    assert mixed.entry("scan.tif").state is State.FAILED


def test_the_card_says_so(mixed: Desk) -> None:
    gallery = mixed.window.gallery
    mixed.qtbot.waitUntil(
        lambda: all(mixed.window.thumbnails.picture(entry.photo) for entry in mixed.window.model.entries()),
        timeout=20_000,
    )
    mixed.window.gallery.select_rows([])
    with_words = gallery.viewport().grab().toImage()
    place = gallery.visualRect(gallery.model().index(mixed.row("scan.tif"), 0))
    mixed.window.model.update(mixed.row("scan.tif"), error=None)
    without = gallery.viewport().grab().toImage()
    assert with_words.copy(place) != without.copy(place)
    assert theme.colours().muted in {
        with_words.copy(place).pixelColor(x, y).name() for x in range(place.width()) for y in range(place.height())
    }


def test_a_file_mended_meanwhile_is_read_again(mixed: Desk, tmp_path: Path) -> None:
    (tmp_path / "scan.tif").write_bytes((tmp_path / "a.jpg").read_bytes())
    mixed.select("scan.tif")
    mixed.window.actions_.reread.trigger()
    mixed.qtbot.waitUntil(lambda: mixed.entry("scan.tif").reading is not None)
    assert not mixed.entry("scan.tif").foreign
    assert mixed.entry("scan.tif").state is None
