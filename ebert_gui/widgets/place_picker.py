"""The dialog in which places of the worker's machine are chosen: it asks that machine, which may be another one."""

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.folders import Folder, ListFolder, Order
from ebert_core.protocol.machine.showing import shown
from ebert_core.protocol.terms.addresses import address_of, is_address
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.tracks import FileKind
from ebert_gui.widgets.forms import Footer, above_footer, label, row, set_role
from ebert_gui.widgets.paths import beside, file_name, is_absolute
from ebert_gui.widgets.place_line import PlaceLine
from ebert_gui.widgets.place_list import EntryList, size_in_words, time_in_words, told_of
from ebert_gui.widgets.place_ways import Crumbs, ShortcutList
from ebert_gui.widgets.timers import calls_once
from ebert_gui.widgets.wanted_place import Hearing, Host, Typed, Wanted, completions, typed

_REST_MILLISECONDS = 150
# After so long a wait a person is told that nobody answers, and how to go on.
_PATIENCE_MILLISECONDS = 1_500
_SILENT = "The data worker does not answer yet."
_TYPE_ON = "A whole path can be typed, and is taken as it is typed."
_EMPTY = {
    "file": "Choose a file, or type its path.",
    "files": "Choose files, or type a path.",
    "folder": "Choose a folder, or type its path.",
    "save": "Type a name to save under.",
}


class PlacePicker(QDialog):
    """Asks for a place; after `accepted`, `paths` has what was chosen, and nothing else was touched."""

    def __init__(self, host: Host, wanted: Wanted, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted = wanted
        self.paths: tuple[str, ...] = ()
        self._host = host
        self._folder = Folder(wanted.start or host.start() or "~")
        self._order: Order = "name"
        self.beginning = self._folder.path
        self._judged = self._question = ""
        self._asked = ""
        self._is_silent = False
        self.setWindowTitle(wanted.title)
        self.line = PlaceLine(self._completions)
        self.line.setPlaceholderText("A path, or an address of http" if wanted.takes_addresses else "A path")
        self.crumbs = Crumbs()
        self.ways = ShortcutList(host.shortcuts())
        self.files = EntryList(wanted.mode == "files")
        self.kind = QComboBox()
        self.hidden = QCheckBox("&Hidden files")
        self.what = QPushButton("&What is it?")
        self.note = label("", "muted")
        self.footer = Footer(wanted.action)
        self._rest = calls_once(self, _REST_MILLISECONDS, self._look_where_typed)
        self._patience = calls_once(self, _PATIENCE_MILLISECONDS, lambda: self._wait(_SILENT))
        self._lay_out()
        self._connect()
        self.resize(820, 560)
        self.line.setFocus()
        self._ask(self._folder.path)
        self._follow()

    def done(self, result: int) -> None:
        """Close; nobody waits for a folder any more."""
        self._rest.stop()
        self._patience.stop()
        self._host.forget()
        super().done(result)

    def go(self, folder: str) -> None:
        """List another folder; a name to save under stays."""
        if self.wanted.mode == "save":
            self.line.setText(typed(self.line.text(), self._folder).name)
        else:
            self.line.clear()
        self._forget_question()
        self._ask(folder)
        self._follow()

    def choose(self, paths: tuple[str, ...]) -> None:
        """Close with these places."""
        if not is_address(paths[0]):
            self._host.remember(beside(paths[0]) or self._folder.separator)
        self.paths = paths
        self.accept()

    def _lay_out(self) -> None:
        for kind in self.wanted.kinds:
            self.kind.addItem(kind.name, kind.endings)
        self.kind.setAccessibleName("Kind of files")
        self.kind.setToolTip("Which files are listed")
        self.kind.setVisible(len(self.wanted.kinds) > 1)
        self.kind.setMinimumWidth(240)
        self.what.setAutoDefault(False)
        self.what.setToolTip("Look into the chosen file and say what it holds")
        self.what.setVisible(self.wanted.mode in ("file", "files"))
        middle = QHBoxLayout()
        middle.setSpacing(10)
        middle.addWidget(self.ways)
        middle.addWidget(self.files, 1)
        contents = QVBoxLayout()
        contents.setContentsMargins(16, 14, 16, 10)
        contents.setSpacing(8)
        contents.addWidget(self.line)
        contents.addWidget(self.crumbs)
        contents.addLayout(middle, 1)
        contents.addLayout(row(self.kind, self.hidden, self.what, stretch_last=True))
        contents.addWidget(self.note)
        self.note.setMinimumHeight(self.note.fontMetrics().height() * 2)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        above_footer(self, contents, self.footer)

    def _connect(self) -> None:
        self.footer.buttons.accepted.connect(self._act)
        self.footer.buttons.rejected.connect(self.reject)
        self.line.textEdited.connect(self._on_typed)
        self.line.textChanged.connect(self._follow)
        self.line.descended.connect(self.files.setFocus)
        self.crumbs.went.connect(self.go)
        self.ways.went.connect(self.go)
        self.files.opened.connect(self._open_chosen)
        self.files.left.connect(self._go_up)
        self.files.chosen_changed.connect(self._on_chosen)
        self.files.order_wanted.connect(self._list_by)
        self.kind.currentIndexChanged.connect(self._look_where_typed)
        self.hidden.toggled.connect(self._look_where_typed)
        self.what.clicked.connect(self._ask_what_it_is)
        for keys, slot in (
            ("Alt+Up", self._go_up),
            ("F5", self._look_where_typed),
            ("Ctrl+L", lambda: self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)),
            ("Ctrl+H", self.hidden.toggle),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

    # What the host is asked, and what it says

    def _ask(self, folder: str, narrow: str = "", judged: str = "") -> None:
        self._rest.stop()
        self._judged = judged
        self._is_silent = False
        self._patience.start()
        self._asked = folder
        request = ListFolder(
            folder,
            narrow,
            self.kind.currentData() or (),
            only_folders=self.wanted.mode == "folder" or self.wanted.saves_folder,
            shows_hidden=self.hidden.isChecked(),
            order=self._order,
        )
        self._host.list_folder(request, Hearing(self._take, self._refuse, self._wait))

    def _look_where_typed(self) -> None:
        text = self.line.text().strip()
        if not text or is_address(text) or self.wanted.mode == "save":
            self._ask(self._folder.path)
        else:
            where = typed(text, self._folder)
            self._ask(where.folder, where.name)

    def _take(self, folder: Folder) -> None:
        self._patience.stop()
        self._is_silent = False
        if self._judged:
            self._judge(folder)
        else:
            if self.beginning and self.wanted.mode == "save" and not self.line.text():
                self.line.setText(folder.named)
            self._show(folder)
        self.beginning = ""
        self._follow()

    def _show(self, folder: Folder) -> None:
        came_from = file_name(self._folder.path) if beside(self._folder.path) == folder.path else ""
        is_another = folder.path != self._folder.path or not self.crumbs.buttons
        self._folder = folder
        if is_another:
            self.crumbs.show_parents(folder.parents)
        self.files.show_entries(folder.entries, folder.named or came_from)
        told = told_of(folder, self.line.text().strip() if self.wanted.mode != "save" else "")
        itself = f" {shown(file_name(folder.path) or folder.path)} itself is taken where none of them is chosen."
        self._say(told + (itself if self.wanted.mode == "folder" and not self.line.text() else ""))

    def _refuse(self, sentence: str) -> None:
        self._patience.stop()
        self._is_silent = False
        around = beside(self.beginning)
        if around and not self._judged:
            # What is to be begun at may be made only later, as the folder of exports is.
            if self.wanted.mode == "save" and not self.line.text():
                self.line.setText(file_name(self.beginning))
            self.beginning = around
            self._ask(around)
            return
        self._judged = self.beginning = ""
        self._say(sentence, "error")
        self._follow()

    def _wait(self, sentence: str) -> None:
        self._is_silent = True
        self._say(f"{sentence} {_TYPE_ON}", "warning")
        self._follow()

    # What a person does

    def _on_typed(self) -> None:
        self.files.clearSelection()
        self._forget_question()
        if self.wanted.mode != "save":
            self._rest.start()

    def _on_chosen(self) -> None:
        chosen = self.files.chosen()
        if self.wanted.mode == "save" and chosen and not chosen[0].is_folder:
            self._forget_question()
            self.line.setText(chosen[0].name)
        if len(chosen) > 1:
            self._say(f"{len(chosen):,} of {self._folder.count:,} entries are chosen.")
        self._follow()

    def _open_chosen(self) -> None:
        chosen = self.files.chosen()
        if chosen and chosen[0].is_folder:
            self.files.setFocus()
            self.go(self._folder.path_of(chosen[0].name))
        elif chosen:
            self._act()

    def _go_up(self) -> None:
        if len(self._folder.parents) > 1:
            self.go(self._folder.parents[-2])

    def _list_by(self, order: Order) -> None:
        self._order = order
        self._look_where_typed()

    def _ask_what_it_is(self) -> None:
        (entry,) = self.files.chosen()
        self._say(f"Looking into {shown(entry.name)} …")

        def answered(kind: FileKind) -> None:
            if self.isVisible() and self.files.chosen() == (entry,):
                self._say(f"{shown(entry.name)}: {kind.sentence}")

        self._host.inspect(self._folder.path_of(entry.name), answered)

    def _completions(self, text: str) -> list[str]:
        if is_address(text):
            return [each for each in self._host.addresses() if each.startswith(text)]
        return completions(text, self._folder, self._asked)

    def _act(self) -> None:
        """Take what is chosen, or what is typed, once the host says what it is."""
        chosen, text, mode = self.files.chosen(), self.line.text().strip(), self.wanted.mode
        if mode == "save":
            self._resolve(text)
        elif chosen and mode == "folder":
            self.choose((self._folder.path_of(chosen[0].name),))
        elif chosen:
            files = tuple(self._folder.path_of(entry.name) for entry in chosen if not entry.is_folder)
            if files:
                self.choose(files)
            else:
                self._open_chosen()
        elif text:
            self._resolve(text)
        elif mode == "folder":
            self.choose((self._folder.path,))

    def _resolve(self, text: str) -> None:
        if is_address(text):
            self._resolve_addresses(text)
            return
        where = typed(text, self._folder)
        is_target = self.wanted.mode == "save" and bool(where.name)
        path = self.wanted.complete(where.path) if is_target else where.path
        names = [entry.name for entry in self._folder.entries]
        is_asking = self._rest.isActive() or self._patience.isActive()
        if self._is_silent and is_absolute(path) and self.wanted.mode == "save":
            self._ask_whether_to_replace(path, "Nobody can say whether {} is there. Replace it if it is?")
        elif self._is_silent and is_absolute(path):
            self.choose((path,))
        elif self._is_silent:
            self._say(
                "Type a whole path, which begins at the root: nobody answers who could say what is here.", "error"
            )
        elif self.wanted.mode != "save" and len(names) == 1 and not is_asking and where.name:
            # What is typed has left but one.
            self.files.choose(*names)
            self._act()
        else:
            self._ask(path, judged=path)

    def _resolve_addresses(self, text: str) -> None:
        try:
            if not self.wanted.takes_addresses:
                raise InvalidRequest("An address cannot be chosen here; choose a place of this machine.")
            self.choose(tuple(dict.fromkeys(address_of(word).text for word in text.split())))
        except InvalidRequest as error:
            self._say(str(error), "error")

    def _judge(self, found: Folder) -> None:
        """Take the place that was typed if it is one that is wanted; a folder is listed."""
        self._judged = ""
        path, mode = found.path_of(found.named), self.wanted.mode
        if not found.named and mode == "folder":
            self.choose((found.path,))
        elif not found.named and self.wanted.saves_folder:
            self._ask_whether_to_replace(found.path, "{} is there already. Replace it?")
        elif not found.named:
            self.line.clear()
            self._show(found)
        elif mode == "save":
            self._judge_target(found, path)
        elif found.is_there and mode != "folder":
            self.choose((path,))
        elif found.is_there:
            self._say(f"{shown(path)} is no folder.", "error")
        else:
            self._say(f"There is no {'folder' if mode == 'folder' else 'file'} {shown(path)}.", "error")

    def _judge_target(self, found: Folder, path: str) -> None:
        if not found.can_write:
            self._say(_unwritable(found), "error")
        elif found.is_there:
            there = next((entry for entry in found.entries if entry.name == found.named), None)
            told = f", {size_in_words(there.size)}, of {time_in_words(there.modified)}" if there is not None else ""
            self._ask_whether_to_replace(path, f"{{}} is there already{told}. Replace it?")
        else:
            self.choose((path,))

    def _ask_whether_to_replace(self, path: str, question: str) -> None:
        if self._question == path:
            self.choose((path,))
            return
        self._question = path
        self._say(question.format(shown(file_name(path))), "warning")
        self.footer.action.setText("Replace")
        if cancel := self.footer.buttons.button(QDialogButtonBox.StandardButton.Cancel):
            cancel.setFocus()

    def _forget_question(self) -> None:
        self._question = ""
        self.footer.action.setText(self.wanted.action)
        # Cancel had the keyboard while the question stood, and Return would go on pressing it.
        self.footer.action.setDefault(True)

    # What is said

    def _say(self, sentence: str, role: str = "muted") -> None:
        self.note.setText(sentence)
        set_role(self.note, role)

    def _follow(self) -> None:
        chosen, text, mode = self.files.chosen(), self.line.text().strip(), self.wanted.mode
        self.what.setEnabled(len(chosen) == 1 and not chosen[0].is_folder)
        problem = ""
        if mode == "save":
            is_here = typed(text, self._folder).folder == Typed(self._folder.path_of(""), "").folder
            is_refused = bool(self._folder.parents) and not self._folder.can_write and is_here
            problem = _EMPTY[mode] if not text else _unwritable(self._folder) if is_refused else ""
        elif not chosen and not text:
            problem = "" if mode == "folder" and self._folder.parents else _EMPTY[mode]
        set_role(self.footer.problem, "error" if text else "muted")
        self.footer.say("", problem)


def _unwritable(folder: Folder) -> str:
    return f"You may not write into {shown(folder.path)}; choose another folder."


def pick(host: Host, parent: QWidget, wanted: Wanted, then: Callable[[tuple[str, ...]], None]) -> None:
    """Ask for a place of the host, and go on with what was chosen; nothing happens where nothing is."""
    picker = PlacePicker(host, wanted, parent)
    picker.accepted.connect(lambda: then(picker.paths))
    picker.finished.connect(lambda _result: picker.deleteLater())
    picker.open()
