"""The two choices made most often, in the tool bar: who is asked, and in which language."""

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from cutline.core.settings import Settings
from cutline.gui.catalog import Card

COMMON_LANGUAGES = ("en", "zh", "fr", "de", "es", "ja", "ko")


def language_name(code: str) -> str:
    """`code` with the language's own name, as in “Deutsch (de)”."""
    name = QLocale(code).nativeLanguageName() if QLocale(code).language() != QLocale.Language.C else ""
    name = {"en": "English", "es": "Español"}.get(code, name[:1].upper() + name[1:])
    return f"{name} ({code})" if name else code


class QuickChoice(QWidget):
    """Shows the settings in force and says what the person chooses instead."""

    chosen = Signal(str, str)
    """A setting's key and its new value."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: tuple[Card, ...] = ()
        self._settings = settings
        self.backend, self.language = QComboBox(), QComboBox()
        self.backend.setToolTip("Backend that is asked")
        self.backend.setAccessibleName("Backend")
        self.language.setToolTip("Language of titles, tags and descriptions")
        self.language.setAccessibleName("Language")
        self._words = (QLabel("Ask"), QLabel("in"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        for word, box in zip(self._words, (self.backend, self.language), strict=True):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)  # names come after the first paint
            layout.addWidget(word)
            layout.addWidget(box)
        self.backend.activated.connect(lambda: self.chosen.emit("backend", self.backend.currentData()))
        self.language.activated.connect(lambda: self.chosen.emit("lang", self.language.currentData()))
        self.show_settings(settings)

    @property
    def cards(self) -> Sequence[Card]:
        """The backends that can be chosen; empty as long as that is not known."""
        return self._cards

    def set_cards(self, cards: Sequence[Card]) -> None:
        """Offer these backends."""
        self._cards = tuple(cards)
        self.show_settings(self._settings)

    def set_terse(self, on: bool) -> None:
        """Whether there is only room for the choices themselves."""
        for word in self._words:
            word.setHidden(on)

    def show_settings(self, settings: Settings) -> None:
        """Show what is in force."""
        self._settings = settings
        names = {card.id: card.name for card in self._cards if card.info is not None}
        names.setdefault(settings.backend, settings.backend)
        _fill(self.backend, names, settings.backend)
        codes = dict.fromkeys((*self._codes(), settings.lang))
        _fill(self.language, {code: language_name(code) for code in codes}, settings.lang)

    def _codes(self) -> Sequence[str]:
        info = next((card.info for card in self._cards if card.id == self._settings.backend), None)
        return (info.languages if info else ()) or COMMON_LANGUAGES


def _fill(box: QComboBox, names: dict[str, str], current: str) -> None:
    with QSignalBlocker(box):
        box.clear()
        for value, name in names.items():
            box.addItem(name, value)
        box.setCurrentIndex(box.findData(current))
