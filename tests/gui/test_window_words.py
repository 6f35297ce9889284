"""Small parts of the window and the sentences they say."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from cutline.core import settings as core_settings
from cutline.core.batch import State
from cutline.core.cost import Cost
from cutline.core.errors import (
    AuthError,
    BadAnswer,
    ConfigError,
    CutlineError,
    KeyStoreError,
    QuotaError,
    RateLimited,
    ReadOnly,
    TimedOut,
    Unreachable,
    Unreadable,
)
from cutline.core.metadata.model import Reading, Stamp
from cutline.core.photo import Caption, Credits, Photo, Suggestion
from cutline.core.scan import Problem
from cutline.core.settings import Settings
from cutline.gui import entry_facts
from cutline.gui.accepting import Result
from cutline.gui.adding import Found
from cutline.gui.banner import Banner
from cutline.gui.catalog import Card
from cutline.gui.elided_label import ElidedLabel
from cutline.gui.forward import Way, sentence, way
from cutline.gui.option_editors import OptionEditor
from cutline.gui.photos import Entry
from cutline.gui.quick_choice import QuickChoice, language_name
from cutline.gui.run_controller import Tally
from helpers.windows import with_settings

PATH = Path("/photos/summer/a\nb.jpg")


def test_a_run_in_one_line() -> None:
    tally = Tally(6, "imgtags")
    tally.states.update({State.SUGGESTED: 1200, State.FAILED: 1, State.CANCELLED: 2})
    tally.cached, tally.cost, tally.stopped = 3, Cost(3, 2.5), True
    text = tally.sentence()
    assert text == ("Stopped: 1,200 to review, 1 failed, 2 not asked, 3 answered before, at no cost, 2.5 credits used.")
    assert Tally(0, "x").sentence() == "Done: nothing to do."
    assert tally.done == 1203


def test_a_round_of_writing_in_one_line() -> None:
    result = Result(total=4, written=2, unchanged=1, failed=1)
    assert result.sentence() == "2 written, 1 with nothing to write, 1 could not be written."
    assert result.done == 4
    assert Result().sentence() == "Nothing to write."


def test_what_was_found_in_one_line() -> None:
    found = Found([Path("/x/empty one")])
    assert "There are no photos in “empty one”" in found.trouble()
    found.new = 1
    assert found.sentence() == "1 photo added."
    assert found.trouble() == ""
    found.problems = [Problem(PATH, Unreadable(f"p{n}: cannot be read.")) for n in range(3)]
    assert found.trouble() == "p0: cannot be read. (2 more could not be added.)"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (AuthError("x"), Way.KEY),
        (KeyStoreError("x"), Way.KEY),
        (QuotaError("x"), Way.SETTINGS),
        (ConfigError("x"), Way.SETTINGS),
        (Unreachable("x"), Way.AGAIN),
        (RateLimited("x"), Way.AGAIN),
        (TimedOut("x"), Way.AGAIN),
        (BadAnswer("x"), Way.NONE),
        (ReadOnly("x"), Way.NONE),
        (ZeroDivisionError("x"), Way.NONE),
    ],
)
def test_each_error_has_its_way_forward(error: Exception, expected: Way) -> None:
    assert way(error) is expected
    assert (sentence(error) == "x") == isinstance(error, CutlineError)


def entry(**values: object) -> Entry:
    made = Entry(Photo(PATH))
    for name, value in values.items():
        setattr(made, name, value)
    return made


def test_facts_of_one_photo() -> None:
    reading = Reading(Caption(), "jpeg", Stamp(1, 1), Path("/photos/summer/a.xmp"))
    one = entry(state=State.SUGGESTED, reading=reading)
    assert entry_facts.headline([one]) == "a\\nb.jpg"
    assert entry_facts.place([one]) == "/photos/summer"
    assert entry_facts.status([one], Settings()) == "JPEG · to review · sidecar a.xmp"
    assert entry_facts.origin(one) == ""


def test_facts_of_several_photos() -> None:
    two = [entry(), entry(state=State.FAILED)]
    two[1].photo = Photo(Path("/elsewhere/c.jpg"))
    assert entry_facts.headline(two) == "2 photos"
    assert entry_facts.place(two) == "in 2 folders"
    assert entry_facts.status(two, Settings()) == "1 not asked yet · 1 failed"
    assert entry_facts.headline([]) == "Nothing selected"
    assert entry_facts.place([]) == ""


def test_where_a_suggestion_comes_from() -> None:
    details = {"scene": "outdoor", "mood": 7, "tokens_used": 1250}
    made = Suggestion(Caption(), "imgtags", "v2", "r\n1", Credits(1, None), details)
    assert entry_facts.origin(entry(suggestion=made)) == (
        "Suggested by imgtags (v2) · 1 credit used · scene: outdoor · 1,250 tokens · request r\\n1"
    )
    assert "at no cost" in entry_facts.origin(entry(suggestion=made, cached=True))
    assert "credit used" not in entry_facts.origin(entry(suggestion=made, cached=True))


def test_a_banner_says_one_thing_and_offers_one_way(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    assert banner.text == ""
    done: list[str] = []
    banner.say("error", "First <b>not bold</b>", "Do it", lambda: done.append("done"))
    banner.show()
    assert banner.text == "First <b>not bold</b>"
    assert banner.findChildren(QLabel)[0].textFormat() == Qt.TextFormat.PlainText
    banner.button.click()
    assert done == ["done"]
    assert banner.text == ""
    banner.say("info", "Second")
    assert not banner.button.isVisible()
    banner.button.click()
    assert done == ["done"]


def test_a_long_line_ends_in_an_ellipsis_and_keeps_its_whole_text(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText("word\n" * 200)
    assert label.text() == " ".join(["word"] * 200)
    assert label.toolTip() == "word\n" * 200
    assert label.minimumSizeHint().width() <= 40
    label.resize(80, 20)
    shown = label.grab().toImage()
    label.setText(label.fontMetrics().elidedText(label.text(), Qt.TextElideMode.ElideRight, 80))
    assert label.text().endswith("…")
    assert label.grab().toImage() == shown


KINDS = {str: (QLineEdit, QComboBox), bool: (QCheckBox,), int: (QSpinBox,), float: (QDoubleSpinBox,)}


@pytest.mark.parametrize("option", list(core_settings.options(Settings())), ids=lambda option: option.key)
def test_each_setting_gets_an_editor_that_gives_back_what_it_was_given(
    qtbot: QtBot, option: core_settings.Option
) -> None:
    editor = OptionEditor(option)
    qtbot.addWidget(editor.widget)
    assert editor.value() == option.value
    assert not editor.changed()
    if not isinstance(option.value, tuple):
        assert isinstance(editor.widget, KINDS[type(option.value)])
    else:
        assert [box.objectName() for box in editor.widget.findChildren(QCheckBox)] == list(option.choices)
    assert option.key in editor.widget.toolTip()
    core_settings.changed(Settings(), option.key, editor.value())


def test_ranges_and_units_come_from_the_declaration(qtbot: QtBot) -> None:
    options = {option.key: option for option in core_settings.options(Settings())}
    tags = OptionEditor(options["max_tags"])
    side = OptionEditor(options["upload.max_side"])
    for editor in (tags, side):
        qtbot.addWidget(editor.widget)
    assert isinstance(tags.widget, QSpinBox)
    assert isinstance(side.widget, QSpinBox)
    assert (tags.widget.minimum(), tags.widget.maximum()) == (1, 500)
    assert side.widget.suffix() == " pixels"
    tags.widget.setValue(3)
    assert (tags.changed(), tags.value()) == (True, 3)


def test_the_quick_choice_shows_what_is_in_force_even_if_it_is_unknown(qtbot: QtBot) -> None:
    choice = QuickChoice(with_settings(backend="mine", lang="nl"))
    qtbot.addWidget(choice)
    assert choice.backend.currentData() == "mine"
    assert choice.language.currentData() == "nl"
    choice.set_cards([Card("offline", "Offline", None, "does not load"), Card("mine", "My own", None)])
    assert choice.backend.findData("offline") == -1
    with qtbot.waitSignal(choice.chosen) as chosen:
        choice.language.setCurrentIndex(choice.language.findData("ja"))
        choice.language.activated.emit(choice.language.currentIndex())
    assert chosen.args == ["lang", "ja"]


def test_languages_are_named_in_their_own_words() -> None:
    assert language_name("de") == "Deutsch (de)"
    assert language_name("ja") == "日本語 (ja)"
    assert language_name("en") == "English (en)"
    assert language_name("xx") == "xx"


def test_what_else_a_service_saw_is_told_and_doubtful_pictures_are_pointed_out() -> None:
    details = {
        "scene": "outdoor",
        "mood": "peaceful",
        "objects": ["boat", "pier", 3],
        "colors": {"dominant": "#FF6B35", "palette": ["#FF6B35"]},
        "safe_search": {"adult": "VERY_UNLIKELY", "violence": "LIKELY", "racy": "POSSIBLE", "odd": ["x"]},
    }
    assert entry_facts.origin(entry(suggestion=Suggestion(Caption(), "imgtags", details=details))) == (
        "Suggested by imgtags · scene: outdoor · mood: peaceful · objects: boat, pier · main colour: #FF6B35 · "
        "violence: likely · racy: possible"
    )
    wrong = {"objects": "boat", "colors": [{"name": "red"}], "safe_search": "no"}
    assert (
        entry_facts.origin(entry(suggestion=Suggestion(Caption(), "offline", details=wrong))) == "Suggested by offline"
    )
