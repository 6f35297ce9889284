"""The settings dialog: every setting, config.toml, keys that are never shown, and the test against the service."""

import logging
from collections.abc import Iterator
from pathlib import Path

import keyring.core
import pytest
from keyring.backend import KeyringBackend
from PySide6.QtWidgets import QApplication, QComboBox, QDialogButtonBox, QLineEdit, QSpinBox, QWidget

from cutline.core import backends, keys, settings_file
from cutline.core import settings as core_settings
from cutline.core.settings import Settings
from cutline.gui.settings_dialog import SettingsDialog
from helpers.imagedescriber_service import ImagedescriberService
from helpers.imgtags_service import ImgtagsService
from helpers.service import html
from helpers.windows import Desk, Make, pictures, said, with_settings

SECRET = "sk-never-to-be-shown-42"


class Memory(KeyringBackend):
    """A keyring that keeps keys for the test; its class says that it is keyring's own Secret Service backend."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Memory:
    made = type("Keyring", (Memory,), {"__module__": "keyring.backends.SecretService"})()
    assert isinstance(made, Memory)
    monkeypatch.setattr(keyring.core, "_keyring_backend", made)
    return made


@pytest.fixture
def no_ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from keyring.backends import fail

    monkeypatch.setattr(keyring.core, "_keyring_backend", fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keys._memory.clear()


def open_settings(desk: Desk, backend: str = "") -> SettingsDialog:
    desk.deeds.look_up_backends()
    desk.qtbot.waitUntil(lambda: len(desk.window.quick.cards) >= 3)
    desk.deeds.open_settings(backend)
    (dialog,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, SettingsDialog) and one.isVisible()]
    for panel in dialog.key_panels.values():
        desk.qtbot.waitUntil(panel.isEnabled)
    return dialog


def edit(dialog: SettingsDialog, key: str) -> QWidget:
    return dialog.editors[key].widget


def test_every_setting_has_its_place(desk: Desk) -> None:
    dialog = open_settings(desk)
    there = [f"backends.{backend_id}." for backend_id in backends.ids()]
    keys_ = [option.key for option in core_settings.options(desk.window.session.settings)]
    wanted = [key for key in keys_ if not key.startswith("backends.") or key.startswith(tuple(there))]
    assert list(dialog.editors) == wanted
    assert dialog.changes() == {}
    assert {"imagedescriber", "imgtags"} <= set(dialog.key_panels)
    assert "offline" not in dialog.key_panels
    dialog.reject()


def test_changes_are_in_force_and_in_the_file(desk: Desk) -> None:
    session = desk.window.session
    session.config_file.write_text("# my own words\nmax_tags = 7\n", encoding="utf-8")
    dialog = open_settings(desk)
    lang, tags, url = edit(dialog, "lang"), edit(dialog, "max_tags"), edit(dialog, "backends.imgtags.base_url")
    assert isinstance(lang, QComboBox)
    assert isinstance(tags, QSpinBox)
    assert isinstance(url, QLineEdit)
    lang.setCurrentIndex(lang.findData("de"))
    tags.setValue(12)
    url.setText("https://tags.example/api")
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    assert (session.settings.lang, session.settings.max_tags) == ("de", 12)
    assert settings_file.load(session.config_file).backends.imgtags.base_url == "https://tags.example/api"
    assert session.config_file.read_text(encoding="utf-8").startswith("# my own words\nmax_tags = 12\n")
    assert desk.window.quick.language.currentData() == "de"


def test_what_was_given_for_this_call_only_is_not_written(open_desk: Make) -> None:
    desk = open_desk(with_settings(policy="replace"))
    dialog = open_settings(desk)
    tags = edit(dialog, "max_tags")
    assert isinstance(tags, QSpinBox)
    tags.setValue(9)
    dialog.accept()
    session = desk.window.session
    assert session.settings.policy == "replace"
    assert settings_file.load(session.config_file) == core_settings.changed(Settings(), "max_tags", 9)


def test_a_wrong_value_is_refused_in_the_words_of_the_settings(desk: Desk) -> None:
    dialog = open_settings(desk)
    url = edit(dialog, "backends.imgtags.base_url")
    assert isinstance(url, QLineEdit)
    url.setText("https://tags\x07.example")
    dialog.accept()
    assert dialog.isVisible()
    assert "backends.imgtags.base_url" in dialog.banner.text
    assert "text on one line" in dialog.banner.text
    assert dialog.list.currentItem().text() == "imgtags"
    assert desk.window.session.settings == Settings()
    assert not desk.window.session.config_file.exists()
    dialog.reject()


def test_a_broken_file_is_said_and_kept(desk: Desk) -> None:
    file = desk.window.session.config_file
    file.write_text("lang = [", encoding="utf-8")
    desk.window.quick.chosen.emit("lang", "fr")
    assert "is not valid TOML" in desk.window.banner.text
    assert file.read_text(encoding="utf-8") == "lang = ["
    assert desk.window.session.settings.lang == "en"
    assert desk.window.quick.language.currentData() == "en"


def test_the_quick_choice_goes_into_the_file(desk: Desk) -> None:
    desk.deeds.look_up_backends()
    desk.qtbot.waitUntil(lambda: len(desk.window.quick.cards) >= 3)
    box = desk.window.quick.backend
    index = box.findData("imgtags")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    assert settings_file.load(desk.window.session.config_file).backend == "imgtags"


def test_a_key_goes_into_the_keyring_and_is_shown_nowhere(
    desk: Desk, ring: Memory, cutline_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dialog = open_settings(desk, "imgtags")
    panel = dialog.key_panels["imgtags"]
    assert panel.isVisible()
    assert "There is no key" in panel.status.text()
    panel.field.setText(SECRET)
    assert panel.field.displayText() == panel.field.displayText()[0] * len(SECRET)
    with desk.qtbot.waitSignal(panel.settled):
        panel.save_button.click()
    assert ring.held == {("cutline", "imgtags"): SECRET}
    assert panel.field.text() == ""
    assert panel.field.placeholderText() == "•" * 12
    assert "in the keyring" in panel.status.text()
    shown = "".join(said(widget) for widget in QApplication.topLevelWidgets())
    files = b"".join(path.read_bytes() for path in cutline_home.rglob("*") if path.is_file())
    assert SECRET not in shown + caplog.text
    assert SECRET.encode() not in files
    with desk.qtbot.waitSignal(panel.settled):
        panel.delete_button.click()
    assert ring.held == {}
    assert not panel.delete_button.isEnabled()
    dialog.reject()


@pytest.mark.usefixtures("no_ring")
def test_a_key_that_only_memory_holds_is_said(desk: Desk) -> None:
    panel = open_settings(desk, "imgtags").key_panels["imgtags"]
    panel.field.setText(SECRET)
    with desk.qtbot.waitSignal(panel.settled):
        panel.save_button.click()
    assert "in memory until Cutline is closed" in panel.status.text()
    assert keys.get("imgtags") == SECRET


def test_a_key_of_the_environment_is_named(desk: Desk, ring: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUTLINE_IMGTAGS_KEY", SECRET)
    panel = open_settings(desk, "imgtags").key_panels["imgtags"]
    assert "CUTLINE_IMGTAGS_KEY" in panel.status.text()
    assert not panel.delete_button.isEnabled()
    assert not ring.held


def test_what_cannot_be_a_key_is_refused_without_repeating_it(desk: Desk, ring: Memory) -> None:
    panel = open_settings(desk, "imgtags").key_panels["imgtags"]
    panel.field.setText("two words")
    with desk.qtbot.waitSignal(panel.settled):
        panel.save_button.click()
    assert "no key has" in panel.result.text()
    assert "two words" not in panel.result.text()
    assert ring.held == {}


def test_the_test_asks_the_service_once_with_the_key_as_typed(desk: Desk, ring: Memory) -> None:
    with ImagedescriberService(key=SECRET) as service:
        dialog = open_settings(desk, "imagedescriber")
        url = edit(dialog, "backends.imagedescriber.base_url")
        assert isinstance(url, QLineEdit)
        url.setText(service.base_url)
        panel = dialog.key_panels["imagedescriber"]
        assert "may use one credit" in said(panel)
        panel.field.setText(SECRET)
        with desk.qtbot.waitSignal(panel.settled):
            panel.test_button.click()
        assert panel.result.text().startswith("It works: the service says “A picture 384 by 256”.")
        assert "Credits left: 999" in panel.result.text()
        assert len(service.requests) == 1
        assert ring.held == {}
        panel.field.setText("sk-wrong")
        with desk.qtbot.waitSignal(panel.settled):
            panel.test_button.click()
        assert "key" in panel.result.text()
        assert "sk-wrong" not in panel.result.text()
        dialog.reject()


def test_the_test_says_in_words_what_is_wrong_with_the_address(desk: Desk, ring: Memory) -> None:
    with ImgtagsService(key=SECRET) as service:
        service.faults += [html()] * 6
        dialog = open_settings(desk, "imgtags")
        url = edit(dialog, "backends.imgtags.base_url")
        assert isinstance(url, QLineEdit)
        url.setText(service.base_url)
        panel = dialog.key_panels["imgtags"]
        panel.field.setText(SECRET)
        with desk.qtbot.waitSignal(panel.settled, timeout=30_000):
            panel.test_button.click()
        assert panel.result.text().endswith(".")
        assert "Traceback" not in panel.result.text()
        assert "It works" not in panel.result.text()
        assert not ring.held
        dialog.reject()


def test_closing_the_dialog_does_not_wait_for_a_test(desk: Desk, ring: Memory) -> None:
    from helpers.service import silent

    with ImagedescriberService(key=SECRET) as service:
        service.faults += [silent()]
        dialog = open_settings(desk, "imagedescriber")
        url = edit(dialog, "backends.imagedescriber.base_url")
        assert isinstance(url, QLineEdit)
        url.setText(service.base_url)
        panel = dialog.key_panels["imagedescriber"]
        panel.field.setText(SECRET)
        panel.test_button.click()
        desk.qtbot.waitUntil(lambda: len(service.requests) == 1)
        dialog.reject()
        assert not ring.held


def test_the_thumbnail_size_is_kept_and_follows_the_dialog(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, "a.jpg"))
    desk.window.actions_.zoom_in.trigger()
    size = desk.window.gallery.thumbnail_size
    assert size > Settings().window.thumbnail_size
    desk.qtbot.waitUntil(desk.window.session.config_file.exists)
    assert settings_file.load(desk.window.session.config_file).window.thumbnail_size == size
    dialog = open_settings(desk)
    spin = edit(dialog, "window.thumbnail_size")
    assert isinstance(spin, QSpinBox)
    assert spin.value() == size
    spin.setValue(120)
    dialog.accept()
    assert desk.window.gallery.thumbnail_size == 120


def test_a_size_that_was_just_changed_is_kept_at_closing(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, "a.jpg"))
    desk.window.actions_.zoom_out.trigger()
    size = desk.window.gallery.thumbnail_size
    desk.window.close()
    assert settings_file.load(desk.window.session.config_file).window.thumbnail_size == size
