"""The export dialog: which photos, which format, where to; then progress, and how it ended."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cutline.core.control import Control
from cutline.core.errors import Cancelled
from cutline.core.export import FORMATS
from cutline.core.photo import Photo, printable
from cutline.gui.background import Job
from cutline.gui.banner import Banner
from cutline.gui.exporting import Exported, exporting
from cutline.gui.forward import sentence
from cutline.gui.ranks import make_primary, without_icons


class ExportDialog(QDialog):
    """Exports in the background; closing it stops the export, and then nothing is left behind."""

    done_well = Signal(str)
    """How it ended, for the window to say."""

    def __init__(self, selected: Sequence[Photo], everything: Sequence[Photo], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Export")
        self._control = Control()
        self._job: Job | None = None
        self.banner = Banner(closable=False)
        self.which, self.format_box, self.output = QComboBox(), QComboBox(), QLineEdit()
        for photos, name in ((selected, "Selected photos"), (everything, "All photos")):
            if photos:
                self.which.addItem(f"{name} ({len(photos):,})", list(photos))
        for name, known in FORMATS.items():
            self.format_box.addItem(known.label, name)
        self._make()
        self._suggest(everything)

    def _make(self) -> None:
        choose = QPushButton("Choose…")
        choose.clicked.connect(self._choose)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.hide()
        where = QHBoxLayout()
        where.addWidget(self.output, 1)
        where.addWidget(choose)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow("Photos", self.which)
        form.addRow("Format", self.format_box)
        form.addRow("To", where)
        self._form = QWidget()
        self._form.setLayout(form)
        form.setContentsMargins(0, 0, 0, 0)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        without_icons(self.buttons)
        self.export_button = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.ActionRole)
        self.export_button.setDefault(True)
        make_primary(self.export_button)
        self.export_button.clicked.connect(self.start)
        self.buttons.rejected.connect(self.reject)
        self.format_box.currentIndexChanged.connect(self._on_format)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        for widget in (self.banner, self._form, self._busy, self.buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(560)

    def _format(self) -> str:
        return str(self.format_box.currentData())

    def _suggest(self, photos: Sequence[Photo]) -> None:
        """A place beside the photos."""
        folder = photos[0].path.parent if photos else Path.home()
        self.output.setText(str(self._named(folder / "captions")))

    def _named(self, path: Path) -> Path:
        ending = FORMATS[self._format()].ending
        known = {known.ending for known in FORMATS.values()} - {""}
        stem = path.with_suffix("") if path.suffix in known else path
        return stem.with_name(stem.name + ending)

    def _on_format(self) -> None:
        if self.output.text().strip():
            self.output.setText(str(self._named(Path(self.output.text().strip()))))

    def _choose(self) -> None:
        if FORMATS[self._format()].ending:
            name, _ = QFileDialog.getSaveFileName(self, "Export to", self.output.text())
        else:
            name = QFileDialog.getExistingDirectory(self, "Export into a folder", self.output.text())
        if name:
            self.output.setText(name)

    def start(self) -> None:
        """Export what is chosen."""
        text = self.output.text().strip()
        if not text or self._job is not None:
            self.banner.say("error", "Say where to export to.")
            return
        name, photos, output = self._format(), self.which.currentData(), Path(text).expanduser()
        self.banner.clear()
        self._show_busy(True)
        self._job = Job(lambda: exporting(name, photos, output, self._control), self)
        self._job.items.connect(lambda items: self._on_end(items, output))
        self._job.failed.connect(self._on_failed)
        self._job.finished.connect(self._on_finished)
        self._job.start()

    def done(self, result: int) -> None:
        """Close; an export that is going on is stopped."""
        self._control.cancel()
        if self._job is not None:
            self._job.stop()
            self._job.setParent(None)
        super().done(result)

    def _show_busy(self, on: bool) -> None:
        self._busy.setVisible(on)
        self._form.setEnabled(not on)
        self.export_button.setEnabled(not on)

    def _on_end(self, items: list[object], output: Path) -> None:
        for item in items:
            if isinstance(item, Exported):
                self.done_well.emit(_sentence(item, output))
                self._job = None
                self.accept()

    def _on_failed(self, error: object) -> None:
        if not isinstance(error, Cancelled):
            self.banner.say("error", sentence(error))

    def _on_finished(self) -> None:
        self._job = None
        self._show_busy(False)


def _sentence(exported: Exported, output: Path) -> str:
    photos = f"{exported.count:,} photo{'s' if exported.count != 1 else ''}"
    text = f"Exported the captions of {photos} to “{printable(str(output))}”."
    if exported.left_out:
        text += f" {len(exported.left_out):,} could not be read and are left out; the first: {exported.left_out[0]}"
    return text
