"""Prints how the gallery fares with many photos, next to Qt's own icon view, in one run.

    python tests/benchmarks/gallery.py [PHOTOS]

Reference: QListView in icon mode with uniform item sizes, a fixed grid and a delegate that paints a rectangle and the
name: the fastest that QListView offers without laying out in batches. The gallery paints whole cards. Times are in
milliseconds on the GUI thread: from `show` to the first painted frame; the longest turn of the event loop while paging
from top to bottom; appending a photo until it is painted; selecting all; and a filter that keeps one in a hundred.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QListView, QStyledItemDelegate, QStyleOptionViewItem

from cutline.core.photo import Photo
from cutline.gui import theme
from cutline.gui.gallery import Gallery
from cutline.gui.photos import PhotoModel
from cutline.gui.thumbnails import Thumbnails


class Plain(QStyledItemDelegate):
    """As little painting as possible."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(182, 168)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect = option.rect
        painter.fillRect(rect, Qt.GlobalColor.lightGray)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, index.data())


def reference(model: PhotoModel) -> tuple[QListView, Callable[[str], None]]:
    """QListView behind QSortFilterProxyModel."""
    view, proxy = QListView(), QSortFilterProxyModel()
    proxy.setSourceModel(model)
    proxy.setParent(view)
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setUniformItemSizes(True)
    view.setGridSize(QSize(190, 176))
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setMovement(QListView.Movement.Static)
    view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
    view.setItemDelegate(Plain(view))
    view.setModel(proxy)
    return view, proxy.setFilterFixedString


def timed(work: Callable[[], object]) -> float:
    """Milliseconds until `work` is done and everything it led to is painted."""
    begun = time.perf_counter()
    work()
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - begun)


def paged(view: QListView) -> float:
    """The longest of 200 jumps from top to bottom."""
    bar = view.verticalScrollBar()
    stops = [bar.maximum() * step // 200 for step in range(201)]
    return max(timed(lambda stop=stop: bar.setValue(stop)) for stop in stops)  # type: ignore[misc]


def measure(view: QListView, model: PhotoModel, choose: Callable[[str], None]) -> list[float]:
    """First paint, worst stall, append one, select all, filter."""
    view.resize(980, 640)
    figures = [timed(view.show), paged(view)]
    figures.append(timed(lambda: model.add([Photo(Path(f"/nowhere/one more of {id(view)}.jpg"))])))
    figures.append(timed(view.selectAll))
    view.clearSelection()
    figures.append(timed(lambda: choose("77")))
    view.close()
    return figures


def main() -> None:
    """Measure both and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    app = QApplication([])
    theme.apply(app, "light")
    model, thumbnails = PhotoModel(), Thumbnails(None)
    print(f"{count:,} photos        first paint  worst stall   append one   select all       filter   (ms)")
    print("adding them to the model: ", end="")
    photos = [Photo(Path(f"/nowhere/IMG_{number:06}.jpg")) for number in range(count)]
    print(f"{timed(lambda: model.add(photos)):.0f} ms")
    gallery = Gallery(model, thumbnails)
    rows = {"Cutline gallery": measure(gallery, model, lambda text: gallery.set_filter(None, text))}
    gallery.deleteLater()
    view, choose = reference(model)
    rows["QListView, uniform"] = measure(view, model, choose)
    for name, figures in rows.items():
        print(f"{name:20}" + "".join(f"{figure:13.1f}" for figure in figures))
    thumbnails.stop()


if __name__ == "__main__":
    main()
