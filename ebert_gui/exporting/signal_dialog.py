"""The form for a signal as a bigWig: of which stretch, in bins of how many bases, and where it goes."""

from collections.abc import Sequence
from functools import partial

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QDialog, QPushButton, QSpinBox, QWidget

from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.loading.signal_writing import SignalFile
from ebert_gui.widgets.forms import Footer, add_row, compact, form_above_footer, form_layout, path_field
from ebert_gui.widgets.paths import beside, file_name, is_absolute, slug
from ebert_gui.widgets.wanted_place import ALL, Kind, Wanted

ENDING = ".bw"
_ENDINGS = (ENDING, ".bigwig")
_WIDEST_STEP = 10_000
# The role of how a sentence names a stretch.
_WHERE = Qt.ItemDataRole.UserRole + 1


class SignalDialog(QDialog):
    """Proposes the whole genome in bins of 50 bases; after `accepted`, `file()` says what to write.

    `place_wanted` asks for a place of the host: with a `Wanted`, and with who goes on with what is chosen. `looked_for`
    asks whether something is at a path of the host, with who hears it. `proposed` is the file that the form proposes;
    empty once the form is closed.
    """

    place_wanted = pyqtSignal(object, object)
    looked_for = pyqtSignal(str, object)

    def __init__(
        self, name: str, source: Source, dataset: DatasetSummary, view: Interval, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._source, self._view = name, source, view
        self._looked_for, self._is_there = "", False
        self._lengths = {chromosome.name: chromosome.length for chromosome in dataset.chromosomes}
        self.setWindowTitle("Write signal")
        near = dataset.path or next((file.path for file in dataset.files if is_absolute(file.path)), "")
        self.proposed: str = beside(near, f"{slug(name)}{ENDING}") if near else ""
        self.stretch = QComboBox()
        self.step = QSpinBox()
        self.target = path_field("/path/to/signal.bw")
        self.browse = QPushButton("&Browse…")
        self._footer = Footer("Write file")
        self._fill()
        self._lay_out()
        self._connect()
        self.resize(640, self.sizeHint().height())
        self.stretch.setFocus()
        self._follow()

    def file(self) -> SignalFile:
        """What to write, as the form stands."""
        return SignalFile(self._source, self._path(), self.step.value(), self.stretch.currentData())

    def propose(self, path: str) -> None:
        """Propose another name, unless a person has typed one meanwhile or the form is closed."""
        if self.proposed and self._path() == self.proposed:
            self.proposed = path
            self.target.setText(path)

    def _fill(self) -> None:
        here = self._view.chromosome
        whole = Interval(here, 0, self._lengths.get(here, self._view.end))
        shown = Interval(here, max(0, self._view.start), min(self._view.end, whole.end))
        on_screen = format_locus(shown)
        for words, where, places in (
            ("The whole genome", "the whole genome", ()),
            (f"The chromosome {here}", f"the chromosome {here}", (whole,)),
            (f"What is on screen, {on_screen}", on_screen, (shown,)),
        ):
            self.stretch.addItem(words, places)
            self.stretch.setItemData(self.stretch.count() - 1, where, _WHERE)
        self.step.setRange(1, _WIDEST_STEP)
        self.step.setValue(50)
        self.step.setSuffix(" bp")
        self.step.setToolTip("The mean of so many bases is one value of the file")
        self.target.setText(self.proposed)

    def _lay_out(self) -> None:
        form = form_layout()
        add_row(form, "&Of", self.stretch)
        add_row(form, "Bi&ns of", compact(self.step, 120))
        self.browse.setAutoDefault(False)
        self.browse.setAccessibleName("Browse for the file")
        add_row(form, "Write &to", self.target, self.browse)
        form_above_footer(self, form, self._footer)

    def _connect(self) -> None:
        self._footer.buttons.accepted.connect(self.accept)
        self._footer.buttons.rejected.connect(self.reject)
        self.stretch.currentIndexChanged.connect(self._follow)
        self.step.valueChanged.connect(self._follow)
        self.target.textChanged.connect(self._follow)
        self.browse.clicked.connect(self._pick)
        self.finished.connect(self._forget_questions)

    def _path(self) -> str:
        return self.target.text().strip()

    def _follow(self) -> None:
        problem = objection(self._path())
        where = self.stretch.currentData(_WHERE)
        bins = "every base" if self.step.value() == 1 else f"the mean of every {self.step.value():,} bases"
        promise = f"Writes {self._name}, {bins} of {where}, to {file_name(self._path())}."
        if self._path() != self._looked_for:
            self._looked_for, self._is_there = self._path(), False
            if not problem:
                self.looked_for.emit(self._looked_for, partial(self._take_found, self._looked_for))
        replaces = " It replaces the file that is there." if self._is_there else ""
        self._footer.say("" if problem else f"{promise}{replaces} You can go on working meanwhile.", problem)

    def _take_found(self, path: str, is_there: bool) -> None:
        """An answer about another path, or one that comes after the form was closed, is about nothing here."""
        if path == self._looked_for:
            self._is_there = is_there
            self._follow()

    def _forget_questions(self) -> None:
        self._looked_for = self.proposed = ""

    def _pick(self) -> None:
        signals = Kind("Signals", _ENDINGS)

        def complete(path: str) -> str:
            return path if path.lower().endswith(_ENDINGS) else f"{path}{ENDING}"

        wanted = Wanted("Write signal to", "save", "Choose", self._path(), (signals, ALL), complete=complete)
        self.place_wanted.emit(wanted, self._take)

    def _take(self, paths: Sequence[str]) -> None:
        self.target.setText(paths[0])


def objection(path: str) -> str:
    """Why nothing can be written to a path, in one sentence; empty when something can."""
    if not is_absolute(path):
        return "Say where to write the signal: a whole path."
    if not path.lower().endswith(_ENDINGS):
        return "The name must end in .bw: a bigWig is written."
    return ""
