"""Every action of the window, once: its text, its keys, what it says. Menus and tool bar are made of them."""

from dataclasses import dataclass, fields

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar, QWidget

from cutline.gui import theme

_KEYS = QKeySequence.StandardKey


@dataclass
class Actions:
    """The actions, by name."""

    add_photos: QAction
    add_folder: QAction
    export: QAction
    settings: QAction
    quit: QAction
    undo_write: QAction
    undo_change: QAction
    history: QAction
    photo_history: QAction
    paste: QAction
    select_all: QAction
    remove: QAction
    reread: QAction
    find: QAction
    edit_title: QAction
    add_tag: QAction
    tag_selected: QAction
    tag_all: QAction
    ask_again: QAction
    pause: QAction
    stop: QAction
    accept: QAction
    accept_all: QAction
    discard: QAction
    next_review: QAction
    previous_review: QAction
    enlarge: QAction
    zoom_in: QAction
    zoom_out: QAction
    shortcuts: QAction
    about: QAction

    def all(self) -> list[QAction]:
        """All of them, in order."""
        return [getattr(self, field.name) for field in fields(self)]


def _action(parent: QWidget, text: str, keys: str | _KEYS | list[str], about: str, icon: str = "") -> QAction:
    action = QAction(text, parent)
    sequences = keys if isinstance(keys, list) else [keys]
    action.setShortcuts([QKeySequence(one) for one in sequences if one])
    shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{about} ({shown})" if shown else about)
    action.setStatusTip(about)
    if icon:
        theme.keep_icon(action, icon)
    return action


def make(window: QWidget) -> Actions:
    """The actions of `window`, connected to nothing yet."""

    def new(text: str, keys: str | _KEYS | list[str], about: str, icon: str = "") -> QAction:
        return _action(window, text, keys, about, icon)

    return Actions(
        add_photos=new("&Add Photos…", _KEYS.Open, "Add photos to the window", "add-photos"),
        add_folder=new("Add &Folder…", "Ctrl+Shift+O", "Add the photos of a folder and of folders in it", "add-folder"),
        export=new("&Export…", "Ctrl+E", "Write the captions of some or all photos to a file", "export"),
        settings=new("&Settings…", ["Ctrl+,"], "Backends, keys, language and how captions are written", "settings"),
        quit=new("&Quit", "Ctrl+Q", "Close Cutline"),
        undo_write=new("&Undo Last Write…", ["Ctrl+Z", "Ctrl+Alt+Z"], "Put back what the last write changed"),
        undo_change=new("Undo Last &Change to This Photo", "", "Put the selected photos back as they were before"),
        history=new("&History…", "Ctrl+H", "All that was written into photos, and the way back", "history"),
        photo_history=new("History of This &Photo…", "", "What was written into this photo, and the way back"),
        paste=new("Paste Ph&otos", _KEYS.Paste, "Add files, pictures or addresses of pictures that were copied"),
        select_all=new("Select &All", _KEYS.SelectAll, "Select all photos shown"),
        remove=new("&Remove from the List", "Del", "Take photos out of the window; the files stay", "remove"),
        reread=new("Rea&d Again", "F5", "Read files again that another program changed", "refresh"),
        find=new("&Filter by Name", _KEYS.Find, "Show photos whose name contains a text"),
        edit_title=new("Edit &Title", "F2", "Go to the title of the selected photos"),
        add_tag=new("Add Ta&g", "Ctrl+K", "Go to the tags of the selected photos"),
        tag_selected=new("Tag &Selected", "Ctrl+T", "Ask for suggestions for the selected photos", "tag"),
        tag_all=new("Tag &All", "Ctrl+Shift+T", "Ask for suggestions for all photos", "tag-all"),
        ask_again=new("Ask A&fresh", "", "Ask again even where an answer is kept; this may cost credits"),
        pause=new("&Pause", "Ctrl+P", "Hold the run, or let it go on", "pause"),
        stop=new("S&top", "Ctrl+.", "End the run; answers on their way are kept", "stop"),
        accept=new("&Accept", ["Ctrl+Return", "Ctrl+Enter"], "Write what is planned into the selected files", "accept"),
        accept_all=new("Accept A&ll Suggested", ["Ctrl+Shift+Return", "Ctrl+Shift+Enter"],
                       "Write everything that waits for review", "accept-all"),
        discard=new("&Discard", "Ctrl+D", "Forget what is suggested and typed for the selected photos", "revert"),
        next_review=new("&Next to Review", "Alt+Right", "Go to the next photo with a suggestion"),
        previous_review=new("Pre&vious to Review", "Alt+Left", "Go to the previous photo with a suggestion"),
        enlarge=new("Show &Photo Large", "", "Show the photo large, beside its words (Space)"),
        zoom_in=new("Larger Thumbnails", [QKeySequence(_KEYS.ZoomIn).toString(), "Ctrl+="], "Show larger thumbnails"),
        zoom_out=new("Smaller Thumbnails", _KEYS.ZoomOut, "Show smaller thumbnails"),
        shortcuts=new("&Keyboard Shortcuts", "F1", "All keys at a glance"),
        about=new("&About Cutline", "", "Version and licence"),
    )  # fmt: skip


def fill_menus(bar: QMenuBar, actions: Actions) -> None:
    """The menu bar."""
    a = actions
    back = (a.undo_write, a.undo_change, a.history, a.photo_history, None)
    menus: tuple[tuple[str, tuple[QAction | None, ...]], ...] = (
        ("&File", (a.add_photos, a.add_folder, None, a.export, None, a.settings, None, a.quit)),
        ("&Edit", (*back, a.paste, None, a.select_all, a.remove, a.reread, None, a.find, a.edit_title, a.add_tag)),
        ("&Tag", (a.tag_selected, a.tag_all, a.ask_again, None, a.pause, a.stop)),
        ("&Review", (a.accept, a.accept_all, a.discard, None, a.next_review, a.previous_review)),
        ("&View", (a.enlarge, None, a.zoom_in, a.zoom_out)),
        ("&Help", (a.shortcuts, a.about)),
    )
    for title, entries in menus:
        menu = bar.addMenu(title)
        for entry in entries:
            if entry is None:
                menu.addSeparator()
            else:
                menu.addAction(entry)
    for action, role in ((a.quit, QAction.MenuRole.QuitRole), (a.settings, QAction.MenuRole.PreferencesRole),
                         (a.about, QAction.MenuRole.AboutRole)):  # fmt: skip
        action.setMenuRole(role)
    a.remove.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
