"""The settings dialog: a page for what concerns all, and one for each backend, made from the settings' declarations.

Nothing is in force before OK; then all changes are put in force and into config.toml together, or refused together, in
the words of `settings.changed`. Keys go their own way: they are in no setting (see `key_panel`).
"""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cutline.core import settings as core_settings
from cutline.core.errors import CutlineError
from cutline.core.settings import Option, Settings
from cutline.gui.banner import Banner
from cutline.gui.catalog import Card
from cutline.gui.key_panel import KeyPanel
from cutline.gui.option_editors import OptionEditor
from cutline.gui.quick_choice import COMMON_LANGUAGES, language_name
from cutline.gui.ranks import rank, without_icons
from cutline.gui.session import Session

_PAGES = {"": "General", "upload": "Uploads", "window": "Window"}
_LABEL_WIDTH = 190


class SettingsDialog(QDialog):
    """Edits the settings of `session`. `cards` name the backends; `backend` is the page in front."""

    def __init__(self, session: Session, cards: Sequence[Card], parent: QWidget | None, backend: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self._session, self._cards = session, {card.id: card for card in cards}
        self.editors: dict[str, OptionEditor] = {}
        self.key_panels: dict[str, KeyPanel] = {}
        self.banner = Banner(closable=False)
        self.list, self._stack = QListWidget(), QStackedWidget()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        without_icons(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._names: list[str] = []
        self._fill()
        self._lay_out()
        self.list.currentRowChanged.connect(self._stack.setCurrentIndex)
        self.list.setCurrentRow(self._names.index(backend) if backend in self._names else 0)

    def _lay_out(self) -> None:
        self.list.setObjectName("pages")
        self.list.setFixedWidth(160)
        self.list.setAccessibleName("Pages")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.list)
        row.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self.banner)
        layout.addLayout(row, 1)
        layout.addWidget(self.buttons)
        self.resize(760, 520)

    def _fill(self) -> None:
        """A page for each section of the settings, in their order; none for a backend that is not there."""
        sections: dict[str, list[Option]] = {}
        for option in core_settings.options(self._session.settings):
            section, _, _ = option.key.rpartition(".")
            backend = section.removeprefix("backends.")
            if backend == section or not self._cards or backend in self._cards:
                sections.setdefault(backend, []).append(option)
        for name in (*_PAGES, *(name for name in sections if name not in _PAGES)):
            self._add_page(name, sections[name])

    def _add_page(self, name: str, options: Sequence[Option]) -> None:
        card = self._cards.get(name)
        title = _PAGES.get(name) or (card.name if card else name)
        body = QWidget()
        body.setObjectName("plainbody")
        layout = QVBoxLayout(body)
        layout.setSpacing(12)
        heading = QLabel(title)
        rank(heading, "heading")
        layout.addWidget(heading)
        if name not in _PAGES:
            layout.addWidget(_about(card))
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(9)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for option in options:
            self.editors[option.key] = editor = OptionEditor(option, self._choices(option), self)
            form.addRow(_label(option.about), editor.widget)
        if name not in _PAGES and _takes_key(card, options):
            self.key_panels[name] = panel = KeyPanel(name, self.wanted)
            form.addRow(_label("API key"), panel)
        layout.addLayout(form)
        layout.addStretch(1)
        self._names.append(name)
        self.list.addItem(title)
        self.list.item(self.list.count() - 1).setSizeHint(QSize(0, 32))
        self._stack.addWidget(_scrolled(body))

    def _choices(self, option: Option) -> dict[str, str] | None:
        if option.key == "backend":
            return {card.id: card.name for card in self._cards.values() if card.info is not None}
        if option.key == "lang":
            known = {code for card in self._cards.values() if card.info for code in card.info.languages}
            return {code: language_name(code) for code in (*COMMON_LANGUAGES, *sorted(known - {*COMMON_LANGUAGES}))}
        return None

    def changes(self) -> dict[str, object]:
        """What the person changed, by dotted key."""
        return {key: editor.value() for key, editor in self.editors.items() if editor.changed()}

    def wanted(self) -> Settings:
        """The settings as they stand in the dialog; a wrong one is left as it was."""
        settings = self._session.settings
        for key, value in self.changes().items():
            try:
                settings = core_settings.changed(settings, key, value)
            except CutlineError as error:
                self.banner.say("error", str(error))
        return settings

    def accept(self) -> None:
        """Put the changes in force, or say what is wrong with them."""
        try:
            self._session.change(self.changes())
        except CutlineError as error:
            self.banner.say("error", str(error))
            self._show_wrong(str(error))
            return
        super().accept()

    def done(self, result: int) -> None:
        """Close; a test that is going on is not waited for."""
        for panel in self.key_panels.values():
            panel.cancel()
        super().done(result)

    def _show_wrong(self, message: str) -> None:
        """Go to the setting that the message names."""
        for key, editor in self.editors.items():
            if key in message:
                self.list.setCurrentRow(self._names.index(key.rpartition(".")[0].removeprefix("backends.")))
                editor.widget.setFocus()


def _takes_key(card: Card | None, options: Sequence[Option]) -> bool:
    """Whether there can be a key: the backend says so, or it has an address to send one to."""
    return bool(card and card.info and card.info.needs_key) or any(o.key.endswith(".base_url") for o in options)


def _about(card: Card | None) -> QLabel:
    if card is None or card.info is None:
        text = card.trouble if card else "This backend is still being looked up."
    elif card.info.local:
        text = "Works on this computer; nothing leaves it, and no key is needed."
    else:
        text = "Sends a reduced copy of each photo, without its metadata, to the address below."
    label = QLabel(text)
    label.setWordWrap(True)
    rank(label, "muted")
    return label


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setFixedWidth(_LABEL_WIDTH)
    label.setContentsMargins(0, 3, 0, 0)
    return label


def _scrolled(body: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setObjectName("plain")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(body)
    return area
