from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from cutline.core.batch import State
from cutline.core.errors import Unreadable
from cutline.core.photo import Photo
from cutline.gui import theme
from cutline.gui.gallery import Gallery
from cutline.gui.gallery_card import PAD, Measures
from cutline.gui.photos import PhotoModel
from cutline.gui.thumbnails import Thumbnails
from helpers.little_photos import jpeg


@pytest.fixture
def thumbnails(qapp: QApplication) -> Iterator[Thumbnails]:
    made = Thumbnails(None)
    yield made
    assert made.stop()


def gallery_of(qtbot: QtBot, thumbnails: Thumbnails, *paths: Path) -> tuple[Gallery, PhotoModel]:
    """A gallery that shows these, with their pictures or the reasons why there are none."""
    model = PhotoModel()
    photos = [Photo(path) for path in paths]
    model.add(photos)
    gallery = Gallery(model, thumbnails)
    qtbot.addWidget(gallery)
    gallery.resize(800, 400)
    gallery.show()
    qtbot.waitUntil(lambda: all((found := thumbnails.picture(one)) and not found.preview for one in photos))
    return gallery, model


def tip(gallery: Gallery, position: int) -> str:
    at = gallery.visualRect(gallery.model().index(position, 0)).center()
    event = QHelpEvent(QEvent.Type.ToolTip, at, gallery.viewport().mapToGlobal(at))
    QApplication.sendEvent(gallery.viewport(), event)
    return QToolTip.text()


def card(gallery: Gallery, position: int) -> QImage:
    return gallery.viewport().grab(gallery.visualRect(gallery.model().index(position, 0))).toImage()


@pytest.mark.parametrize("width", [96, 176, 320])
def test_measures_follow_from_the_thumbnail(width: int) -> None:
    measures = Measures(width, 17)
    assert measures.mat.width() == width
    assert measures.card.width() == width + 2 * PAD
    assert measures.card.height() > measures.mat.height() + 17 + 2 * PAD


def test_the_tooltip_tells_name_state_and_reason(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    gallery, model = gallery_of(qtbot, thumbnails, jpeg(tmp_path / "a.jpg"))
    model.update(0, state=State.FAILED, error=Unreadable("a.jpg: is damaged."), notes=("Left as it is.",))
    assert tip(gallery, 0) == "<p>a.jpg<br>Failed: a.jpg: is damaged.<br>Left as it is.</p>"


def test_the_tooltip_tells_why_there_is_no_picture_but_not_twice(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path
) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    gallery, model = gallery_of(qtbot, thumbnails, tmp_path / "text.jpg")
    picture = thumbnails.picture(model.entry(0).photo)
    assert picture is not None
    assert tip(gallery, 0).count("<br>") == 2
    model.update(0, state=State.FAILED, error=Unreadable(picture.error))
    assert tip(gallery, 0).count("<br>") == 1


def test_a_name_with_markup_is_shown_as_it_is(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    gallery, _ = gallery_of(qtbot, thumbnails, jpeg(tmp_path / "<b>&amp;.jpg"))
    assert tip(gallery, 0).startswith("<p>&lt;b&gt;&amp;amp;.jpg<br>")


def test_a_picture_stands_in_the_middle_of_its_mat(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    gallery, _ = gallery_of(qtbot, thumbnails, jpeg(tmp_path / "tall.jpg", 300, 900))
    image, mat = card(gallery, 0), gallery._delegate.measures.mat
    row = PAD + mat.height() // 4
    red = [x for x in range(image.width()) if image.pixelColor(x, row).red() > image.pixelColor(x, row).blue() + 60]
    assert abs((red[0] + red[-1]) / 2 - image.width() / 2) <= 1.5
    assert abs(len(red) - mat.height() / 3) <= 2


def test_a_broken_picture_looks_unlike_one_that_is_on_its_way(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery, model = gallery_of(qtbot, thumbnails, tmp_path / "gone.jpg")
    broken = card(gallery, 0)
    monkeypatch.setattr(gallery, "_request", lambda: None)
    monkeypatch.setattr(thumbnails, "want", lambda *_: None)
    thumbnails.forget(model.entry(0).photo)
    assert card(gallery, 0) != broken


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_badge_has_the_colour_of_its_state(
    qtbot: QtBot, qapp: QApplication, thumbnails: Thumbnails, tmp_path: Path, name: str
) -> None:
    theme.apply(qapp, "dark" if name == "dark" else "light")
    gallery, model = gallery_of(qtbot, thumbnails, jpeg(tmp_path / "a.jpg"))
    for state, colour in theme.colours().states.items():
        model.update(0, state=state)
        image = card(gallery, 0)
        corner = image.copy(image.width() // 2, 0, image.width() // 2, image.height() // 3)
        seen = {corner.pixelColor(x, y).name() for x in range(corner.width()) for y in range(corner.height())}
        assert QColor(colour).name() in seen, state
    theme.apply(qapp, "light")


def test_long_and_foreign_names_stay_inside_their_card(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    paths = [jpeg(tmp_path / f"{name}.jpg") for name in ("x" * 200, "غروب الشمس " * 8, "a\nb", "plain")]
    gallery, _ = gallery_of(qtbot, thumbnails, *paths)
    for position in range(len(paths)):
        image = card(gallery, position)
        paper = image.pixelColor(PAD // 2, image.height() // 2)
        foot = range(image.height() - PAD - gallery._delegate.measures.text, image.height() - PAD)
        assert any(image.pixelColor(x, y) != paper for x in range(PAD, image.width() - PAD) for y in foot)
        for x in (2, 3, image.width() - 4, image.width() - 3):
            assert {image.pixelColor(x, y).name() for y in foot} == {paper.name()}, (position, x)


def test_point_outside_every_card_has_no_tooltip(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    gallery, _ = gallery_of(qtbot, thumbnails, jpeg(tmp_path / "a.jpg"))
    QToolTip.hideText()
    at = QPoint(1, 1)
    event = QHelpEvent(QEvent.Type.ToolTip, at, gallery.viewport().mapToGlobal(at))
    QApplication.sendEvent(gallery.viewport(), event)
    assert gallery.indexAt(at).isValid() is False
    assert not event.isAccepted() or not QToolTip.isVisible()
