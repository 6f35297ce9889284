"""The inspector: the selected photos' captions, field by field, and the buttons that accept or discard them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from cutline.core.batch import State
from cutline.core.photo import FieldName
from cutline.gui import entry_facts
from cutline.gui.banner import Banner
from cutline.gui.editing import Editing, discardable
from cutline.gui.elided_label import ElidedLabel
from cutline.gui.field_panel import TagsPanel, TextPanel, small
from cutline.gui.inspector_values import Captions, tag_values, text_values
from cutline.gui.photos import Entry, PhotoModel
from cutline.gui.ranks import make_primary, rank
from cutline.gui.review import changes
from cutline.gui.session import Session

TITLE_LIMIT, ALT_TEXT_LIMIT = 70, 125
"""Characters that stock agencies take as a title and screen readers read out as alt text."""


class Inspector(QWidget):
    """Shows the rows it is given, and follows the model while they change."""

    accepted = Signal()
    all_accepted = Signal()
    discarded = Signal()
    asked_alone = Signal(list)
    """Photos that are to have answers of their own."""

    def __init__(self, model: PhotoModel, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._session = model, session
        self._editing = Editing(model, session)
        self._rows: list[int] = []
        self._shown: set[int] = set()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.refresh)
        self._make()
        self._connect()
        self.refresh()

    def _make(self) -> None:
        self._name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._place, self._status = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), ElidedLabel()
        small(self._place)
        small(self._status)
        rank(self._name, "heading")
        self.banner = Banner(closable=False)
        self.title = TextPanel("Title", single_line=True, lines=(1, 3), limit=TITLE_LIMIT)
        self.description = TextPanel("Description", single_line=False, lines=(2, 10))
        self.tags = TagsPanel("Tags")
        self.alt_text = TextPanel("Alt text", single_line=False, lines=(2, 5), limit=ALT_TEXT_LIMIT)
        self._origin = small(QLabel())
        self._origin.setWordWrap(True)
        self._origin.setTextFormat(Qt.TextFormat.PlainText)
        self._origin.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head())
        layout.addWidget(self._fields(), 1)
        layout.addWidget(self._buttons())
        self.setMinimumWidth(340)

    def _head(self) -> QWidget:
        head = QWidget()
        layout = QVBoxLayout(head)
        layout.setContentsMargins(16, 12, 16, 8)
        layout.setSpacing(2)
        for widget in (self._name, self._place, self._status):
            layout.addWidget(widget)
        layout.addSpacing(4)
        layout.addWidget(self.banner)
        return head

    def _fields(self) -> QWidget:
        self._body = QWidget()
        self._body.setObjectName("plainbody")
        layout = QVBoxLayout(self._body)
        layout.setContentsMargins(16, 4, 16, 12)
        layout.setSpacing(9)
        for number, panel in enumerate(self._panels().values()):
            if number:
                layout.addWidget(_rule())
            layout.addWidget(panel)
        layout.addWidget(self._origin)
        layout.addStretch(1)
        self._area = area = QScrollArea()
        area.setObjectName("plain")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._body)
        return area

    def _buttons(self) -> QWidget:
        bar = QFrame()
        bar.setObjectName("reviewbar")
        self.accept_button = QPushButton("Accept")
        make_primary(self.accept_button)
        self.accept_all_button = QPushButton("Accept all")
        self.discard_button = QPushButton("Discard")
        self.discard_button.setToolTip("Forget what is suggested and typed; the file stays as it is")
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.addWidget(self.accept_button)
        layout.addWidget(self.accept_all_button)
        layout.addStretch(1)
        layout.addWidget(self.discard_button)
        return bar

    def _panels(self) -> dict[FieldName, TextPanel | TagsPanel]:
        return {
            "title": self.title,
            "description": self.description,
            "tags": self.tags,
            "alt_text": self.alt_text,
        }

    def _connect(self) -> None:
        edit = self._editing
        self.title.typed.connect(lambda text: edit.set_text(self._rows, "title", text))
        self.description.typed.connect(lambda text: edit.set_text(self._rows, "description", text))
        self.alt_text.typed.connect(lambda text: edit.set_text(self._rows, "alt_text", text))
        self.tags.editor.added.connect(lambda tags: edit.add_tags(self._rows, tags))
        self.tags.editor.taken.connect(lambda tag: edit.add_tags(self._rows, [tag]))
        self.tags.editor.removed.connect(lambda tag: edit.remove_tag(self._rows, tag))
        self.tags.suggested.clicked.connect(lambda tag: edit.add_tags(self._rows, [tag]))
        for name, panel in self._panels().items():
            panel.restored.connect(lambda name=name: edit.restore(self._rows, name))
            panel.adopted.connect(lambda name=name: edit.adopt(self._rows, name))
        self.accept_button.clicked.connect(self.accepted)
        self.accept_all_button.clicked.connect(self.all_accepted)
        self.discard_button.clicked.connect(self.discarded)
        self._model.dataChanged.connect(lambda first, last: self._on_changed(first.row(), last.row()))
        self._model.changed_counts.connect(self._later.start)
        self._session.settings_changed.connect(self._later.start)

    @property
    def rows(self) -> Sequence[int]:
        """The model's rows that are shown."""
        return self._rows

    def commit(self) -> None:
        """Take a tag that is typed but not entered yet."""
        self.tags.editor.line.commit()

    def show_rows(self, rows: Sequence[int]) -> None:
        """Show these photos."""
        if list(rows) != self._rows:
            self.commit()
        self._rows, self._shown = list(rows), set(rows)
        self.refresh()

    def discard(self) -> None:
        """Forget what is suggested and typed for the photos shown."""
        self.tags.editor.line.clear()
        self._editing.discard(self._rows)

    def _on_changed(self, first: int, last: int) -> None:
        if not self._later.isActive() and any(row in self._shown for row in range(first, last + 1)):
            self._later.start()

    def entries(self) -> list[Entry]:
        """The photos shown."""
        return [self._model.entry(row) for row in self._rows if row < self._model.rowCount()]

    def refresh(self) -> None:
        """Show the photos as they are now."""
        entries, settings = self.entries(), self._session.settings
        self._show_head(entries)
        read = [entry for entry in entries if entry.reading is not None]
        coming = any(entry.reading is None and entry.error is None for entry in entries)
        self._body.setEnabled(bool(read) and not coming)
        self._body.setVisible(bool(read) or coming)
        scroll = Qt.ScrollBarPolicy.ScrollBarAsNeeded if read or coming else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._area.setVerticalScrollBarPolicy(scroll)
        captions = Captions.of(read, settings)
        for name, panel in self._panels().items():
            if isinstance(panel, TagsPanel):
                panel.show_values(tag_values(captions))
            else:
                panel.show_values(text_values(captions, name))
        self._origin.setText(_origin(entries))
        self._origin.setVisible(bool(self._origin.text()))
        self._show_buttons(entries)

    def _show_head(self, entries: Sequence[Entry]) -> None:
        self._name.setText(entry_facts.headline(entries))
        self._place.setText(entry_facts.place(entries))
        self._status.setText(entry_facts.status(entries, self._session.settings))
        failures = [entry for entry in entries if entry.state is State.FAILED and entry.error is not None]
        shared = entry_facts.shared(entries)
        if not failures and shared:
            self.banner.say(
                "info", shared, "Ask on Its Own" if len(entries) == 1 else "Ask One by One", self._ask_alone
            )
        elif not failures:
            self.banner.clear()
        elif len(entries) == 1:
            self.banner.say("error", str(failures[0].error))
        else:
            self.banner.say("error", f"{len(failures):,} of them failed, the first with: {failures[0].error}")

    def _ask_alone(self) -> None:
        self.asked_alone.emit(
            [e.photo for e in self.entries() if e.suggestion is not None and e.suggestion.shared_with]
        )

    def _show_buttons(self, entries: Sequence[Entry]) -> None:
        settings = self._session.settings
        change = sum(bool(changes(entry, settings)) for entry in entries)
        several = len(entries) > 1
        waiting = self._model.count(State.SUGGESTED)
        self.accept_button.setEnabled(change > 0)
        self.accept_button.setText(f"Accept {change:,}" if several and change else "Accept")
        self.accept_button.setToolTip(f"Write into the file{'s' if several else ''} (Ctrl+Enter)")
        self.accept_all_button.setEnabled(waiting > 0)
        self.accept_all_button.setText(f"Accept all {waiting:,}" if waiting else "Accept all")
        self.accept_all_button.setToolTip("Write everything that waits for review (Ctrl+Shift+Enter)")
        self.discard_button.setEnabled(any(discardable(entry) for entry in entries))


def _origin(entries: Sequence[Entry]) -> str:
    if len(entries) != 1:
        return ""
    entry = entries[0]
    said = entry_facts.shared(entries)  # above already
    notes = [note for note in (*entry.notes, *(entry.reading.notes if entry.reading else ())) if note != said]
    return "\n".join(part for part in (entry_facts.origin(entry), *dict.fromkeys(notes)) if part)


def _rule() -> QFrame:
    rule = QFrame()
    rule.setObjectName("rule")
    rule.setFixedHeight(1)
    return rule
