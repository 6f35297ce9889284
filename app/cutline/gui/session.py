"""What all parts of the window share: the settings in force, and where they are kept.

Settings given for this call only (``--set``) are in force but are not written to config.toml: a change made in the
window goes into both.
"""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from cutline.core import settings as core_settings
from cutline.core import settings_file
from cutline.core.paths import config_dir, state_dir
from cutline.core.settings import Settings


class Session(QObject):
    """The settings in force, and the places of this user."""

    settings_changed = Signal(object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.config_file = config_dir() / "config.toml"
        self.journal_file = state_dir() / "journal.sqlite"

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._settings

    def change(self, changes: Mapping[str, object]) -> None:
        """Put `changes` (dotted key to value) in force and into config.toml.

        Raises `ConfigError` for a wrong value and `DiskError` or `ReadOnly` for a file that cannot be written; then
        nothing has changed.
        """
        if not changes:
            return
        current, kept = self._settings, settings_file.load(self.config_file)
        for key, value in changes.items():
            current = core_settings.changed(current, key, value)
            kept = core_settings.changed(kept, key, value)
        settings_file.save(self.config_file, kept)
        self._settings = current
        self.settings_changed.emit(current)
