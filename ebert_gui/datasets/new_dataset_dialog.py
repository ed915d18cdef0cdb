"""The dialog that makes a dataset of a person's own files, so that nobody must write TOML."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ebert_core.protocol.tracks import DatasetDraft, DraftCheck, FileKind
from ebert_gui.browser.shortening import without_folders
from ebert_gui.datasets import dataset_plan as plan
from ebert_gui.datasets.dataset_table import FileTable
from ebert_gui.widgets.forms import (
    Footer,
    above_footer,
    add_row,
    compact,
    form_layout,
    label,
    path_field,
    row,
    set_property,
    set_role,
)
from ebert_gui.widgets.paths import beside, file_name
from ebert_gui.widgets.timers import calls_once
from ebert_gui.widgets.wanted_place import ALL, DATASETS, Wanted

_REST_MILLISECONDS = 200


class Answers(NamedTuple):
    """Who answers the dialog, at once or later.

    `inspect` says what a file is (one that cannot be read has an empty kind and a sentence), `check` whether a draft
    can become a dataset, and `write` makes it one: its first call back hears that it is done, its second why not.
    """

    inspect: Callable[[str, Callable[[FileKind], None]], None]
    check: Callable[[DatasetDraft, Callable[[DraftCheck], None]], None]
    write: Callable[[DatasetDraft, Callable[[], None], Callable[[str], None]], None]


class NewDatasetDialog(QDialog):
    """Takes files by drop or choice, says what each is, and lets the person correct it.

    While it is filled its files are checked, and what stands in the way is said beside the file or the field. It
    closes when the dataset is written; a refusal is said and leaves the form as it is. What was filled in when a person
    closes it before that is there when it is opened again. `place_wanted` asks for a
    place of the host: with a `Wanted`, and with who goes on with what is chosen.
    """

    place_wanted = pyqtSignal(object, object)

    def __init__(self, answers: Answers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answers = answers
        self._check = DraftCheck()
        self._refusal = ""
        self._replaceable = ""
        self._is_finished = False
        self._suggested = ("", "", "")
        self._rest = calls_once(self, _REST_MILLISECONDS, self._ask)
        self.setWindowTitle("New dataset")
        self.setAcceptDrops(True)
        self.table = FileTable()
        self.name = QLineEdit()
        self.assembly = QLineEdit()
        self.assembly.setPlaceholderText("hg38")
        self.path = path_field("/path/to/DATASET.toml")
        self.add = QPushButton("A&dd files…")
        self.remove = QPushButton("&Remove")
        self.over = QPushButton("Start &over")
        self.browse = QPushButton("&Browse…")
        self._missing = label("", "caution")
        self._footer = Footer("Create dataset")
        self._lay_out()
        self._connect()
        self.resize(1040, 620)
        self.add.setFocus()
        self._follow()

    def add_files(self, paths: Sequence[str]) -> None:
        """Ask what these files are and list them; a file that is listed already stays as it is."""
        known = set(self.table.paths())
        for path in dict.fromkeys(paths):
            if path not in known:
                self.table.add(path)
                self._answers.inspect(path, partial(self._take, path))
        self._suggest()
        self._change()

    def draft(self) -> DatasetDraft:
        """The dataset as the form stands."""
        name, assembly, path = (field.text().strip() for field in (self.name, self.assembly, self.path))
        return plan.draft_of(path, name, assembly, self.table.entries(), may_replace=path == self._replaceable)

    def create_dataset(self) -> None:
        """Have the dataset written; the form stays until it is."""
        self._footer.say("Checking the files and writing the description …", "")
        self._footer.action.setEnabled(False)
        self._answers.write(self.draft(), self._close, self._refuse)

    def done(self, result: int) -> None:
        """Close; once the dataset is written, or where nothing is listed, answers that come later are dropped."""
        self._is_finished = result == QDialog.DialogCode.Accepted or not self.table.paths()
        self._rest.stop()
        super().done(result)

    @property
    def is_unfinished(self) -> bool:
        """Whether files are listed of which no dataset has been made."""
        return not self._is_finished

    def start_over(self) -> None:
        """Empty the form."""
        self._suggested, self._check, self._replaceable = ("", "", ""), DraftCheck(), ""
        self.table.clear_files()
        for field in (self.name, self.assembly, self.path):
            field.clear()
        self.add.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Welcome files."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and data.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """List the dropped files."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None:
            event.acceptProposedAction()
            self.add_files([url.toLocalFile() for url in data.urls() if url.isLocalFile()])

    def _lay_out(self) -> None:
        for button in (self.add, self.remove, self.over, self.browse):
            button.setAutoDefault(False)
        self.browse.setAccessibleName("Browse for the dataset's file")
        form = self._form = form_layout()
        self._notes: dict[str, tuple[QLineEdit, QLabel]] = {}
        add_row(form, "&Name", compact(self.name, 280))
        self._add_note("name", self.name)
        add_row(form, "&Assembly", compact(self.assembly, 120))
        self._add_note("assembly", self.assembly)
        add_row(form, "&Save as", self.path, self.browse)
        self._add_note("path", self.path)
        contents = QVBoxLayout()
        contents.setContentsMargins(16, 14, 16, 8)
        contents.setSpacing(10)
        contents.addWidget(label("The files of the dataset, and what each is used as", "heading"))
        contents.addWidget(self.table, 1)
        contents.addLayout(row(self.add, self.remove, self.over, stretch_last=True))
        contents.addLayout(form)
        contents.addWidget(self._missing)
        above_footer(self, contents, self._footer)

    def _add_note(self, name: str, field: QLineEdit) -> None:
        """A line below a field for what is wrong with it."""
        note = label("", "error")
        note.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._form.addRow(" ", note)
        self._form.setRowVisible(note, False)
        self._notes[name] = field, note

    def _connect(self) -> None:
        self._footer.buttons.accepted.connect(self.create_dataset)
        self._footer.buttons.rejected.connect(self.reject)
        self.add.clicked.connect(self._pick_files)
        self.browse.clicked.connect(self._pick_place)
        self.remove.clicked.connect(self.table.remove_chosen)
        self.over.clicked.connect(self.start_over)
        self.table.changed.connect(self._change)
        self.table.itemSelectionChanged.connect(self._follow_selection)
        for field in (self.name, self.assembly, self.path):
            field.textChanged.connect(self._change)

    def _take(self, path: str, kind: FileKind) -> None:
        if not self._is_finished:
            self.table.fill(path, kind)
            self._suggest()

    def _suggest(self) -> None:
        entries = self.table.entries()
        paths = [entry.path for entry in entries]
        if not paths:
            return
        home = next((entry.path for entry in entries if entry.use == "reference"), paths[0])
        toml = beside(home, "DATASET.toml")
        suggested = (file_name(beside(home)) or "dataset", plan.guess_assembly(paths), toml)
        for field, old, new in zip((self.name, self.assembly, self.path), self._suggested, suggested, strict=True):
            if field.text() in ("", old):
                field.setText(new)
        self._suggested = suggested

    def _change(self) -> None:
        """What is listed or written has changed: what was said of it before may no longer hold."""
        self._refusal = ""
        self._rest.start()
        self._follow()

    def _ask(self) -> None:
        if any(entry.use for entry in self.table.entries()):
            self._answers.check(self.draft(), self._take_check)

    def _take_check(self, check: DraftCheck) -> None:
        if not self._is_finished:
            self._check = check
            self._follow()

    def _close(self) -> None:
        if not self._is_finished:
            self.accept()

    def _refuse(self, sentence: str) -> None:
        if not self._is_finished:
            self._refusal = sentence
            self._follow()

    def _objection(self, entries: Sequence[plan.Entry]) -> plan.Objection:
        """The first thing that stands in the way: what the form sees by itself, then what the files say."""
        name, assembly, path = (field.text().strip() for field in (self.name, self.assembly, self.path))
        found = plan.objection(path, name, assembly, entries)
        used = {entry.path for entry in entries if entry.use}
        for problem in self._check.problems:
            if not found.sentence and (problem.path in used or problem.path == path):
                found = plan.Objection(problem.sentence, "path" if problem.path == path else problem.path)
        return found if found.sentence else plan.Objection(self._refusal, may_be_tried=True)

    def _follow_selection(self) -> None:
        self.remove.setEnabled(bool(self.table.selectedIndexes()))

    def _follow(self) -> None:
        entries = self.table.entries()
        self._follow_selection()
        self.over.setEnabled(bool(entries))
        self._missing.setText(plan.missing(entries))
        self._missing.setVisible(bool(self._missing.text()))
        objection = self._objection(entries)
        used = {entry.path for entry in entries if entry.use}
        beside_files = {each.path: each.sentence for each in self._check.problems if each.path in used}
        self.table.say(beside_files | {objection.field: objection.sentence})
        for name, (field, note) in self._notes.items():
            self._mark(field, note, objection.sentence if objection.field == name else "")
        (self._footer.action if entries else self.add).setDefault(True)
        set_role(self._footer.problem, "error" if entries else "muted")
        summary = "" if objection.sentence else plan.summary(entries, self._check)
        self._footer.say(summary, without_folders(objection.sentence))
        self._footer.action.setEnabled(not objection.sentence or objection.may_be_tried)

    def _mark(self, field: QLineEdit, note: QLabel, sentence: str) -> None:
        note.setText(without_folders(sentence))
        self._form.setRowVisible(note, bool(sentence))
        set_property(field, "invalid", bool(sentence))

    def _pick_place(self) -> None:
        start = self.path.text() or "~/DATASET.toml"

        def complete(path: str) -> str:
            return path if path.endswith(".toml") else f"{path}.toml"

        def take(paths: tuple[str, ...]) -> None:
            # The person was asked whether to replace what is there.
            self._replaceable = paths[0]
            self.path.setText(paths[0])
            self._change()

        self.place_wanted.emit(
            Wanted("Save dataset", "save", "Choose", start, (DATASETS, ALL), complete=complete), take
        )

    def _pick_files(self) -> None:
        self.place_wanted.emit(Wanted("Add files", "files", "Add"), self.add_files)
