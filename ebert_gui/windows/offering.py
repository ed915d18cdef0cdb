"""Offers what can be opened without looking for it: recent datasets, the demonstration, the shipped checkpoints."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QMenu

from ebert_core.protocol.offers import Shipped, ShippedCheckpoint
from ebert_gui.state.recent import Opened, clear_recent, read_recent
from ebert_gui.widgets.paths import beside, file_name
from ebert_gui.widgets.plain import literal
from ebert_gui.widgets.wording import listed
from ebert_gui.windows import asking
from ebert_gui.windows.start_page import Offer, StartPage

if TYPE_CHECKING:
    from ebert_core.protocol.tracks import DatasetSummary
    from ebert_gui.windows.main_window import MainWindow

_MAKING = "The demonstration is being prepared; the first time this takes a few seconds."


class Offering(QObject):
    """Fills the start page and two menus of a window, and opens what is chosen there."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._workspace = window.workspace
        self._opener = window.opener
        self._shipped: tuple[ShippedCheckpoint, ...] | None = None
        self.page = StartPage(
            (
                Offer("Open a dataset…", "A genome with its cell types: a DATASET.toml.", window.ask_for_dataset),
                Offer("Open track files…", "bigWig, BED, GTF, FASTA and others, as they are.", window.ask_for_files),
                Offer("New dataset…", "Put one together from your own files.", window.ask_for_new_dataset),
                Offer(
                    "See the demonstration",
                    "A small synthetic genome whose truth is known, with a model trained on it.",
                    self.open_demonstration,
                ),
            )
        )

    def refresh(self) -> None:
        """Bring the start page up to date, when it is about to be seen."""
        offers = [Offer(name_of(each), _where(each), partial(self.open_recent, each)) for each in read_recent()]
        self.page.offer_recent(offers)
        if self._shipped is None:
            self._opener.list_shipped(self._take_shipped)

    def fill_recent(self, menu: QMenu) -> None:
        """List what was opened lately in a menu."""
        recent = read_recent()
        for each in recent:
            _add(menu, name_of(each), partial(self.open_recent, each), _where(each))
        if recent:
            menu.addSeparator()
            _add(menu, "Forget these", clear_recent)
        else:
            _add(menu, "Nothing has been opened yet")

    def fill_shipped(self, menu: QMenu) -> None:
        """List the checkpoints that come with the program in a menu, each with what it is and what it is for."""
        if self._shipped is None:
            _add(menu, "Looking …")
            self._opener.list_shipped(lambda shipped: self._refill(menu, shipped))
            return
        for each in self._shipped:
            words = f"{each.name}: {sentence_of(each)}"
            act = partial(self._opener.open_checkpoint, each.path) if fits(each, self._workspace.dataset) else None
            _add(menu, words, act, " ".join(each.limits))

    def open_recent(self, opened: Opened) -> None:
        """Open what was open before."""
        self._opener.forgive(opened)
        if _is_dataset(opened):
            self._opener.open_dataset(opened[0])
        else:
            self._opener.open_files(opened)

    def open_demonstration(self) -> None:
        """Open the demonstration, which is made first where it is not there yet."""
        if self._workspace.dataset is None:
            self.page.say(_MAKING)
        else:
            self._window.messages.info(_MAKING)
        self._opener.open_demonstration(self._end_waiting)

    def _end_waiting(self) -> None:
        self.page.say("")
        self._window.messages.withdraw(_MAKING)

    def _refill(self, menu: QMenu, shipped: Shipped) -> None:
        self._take_shipped(shipped)
        menu.clear()
        self.fill_shipped(menu)

    def _take_shipped(self, shipped: Shipped) -> None:
        self._shipped = shipped.checkpoints
        self.page.offer_shipped(
            [Offer(each.name, sentence_of(each), partial(self._begin_with, each)) for each in shipped.checkpoints]
        )

    def _begin_with(self, checkpoint: ShippedCheckpoint) -> None:
        """A checkpoint predicts on a dataset: its own demonstration, or one that the person has."""
        if checkpoint.is_synthetic:
            self.open_demonstration()
        else:
            asking.for_dataset_of(self._window, checkpoint.assembly, checkpoint.path)


def sentence_of(checkpoint: ShippedCheckpoint) -> str:
    """What a checkpoint predicts and where it may be used."""
    factors, cells = len(checkpoint.factors), len(checkpoint.cell_types)
    if checkpoint.is_synthetic:
        return f"{factors} factors of the synthetic genome {checkpoint.assembly}, for the demonstration only"
    return f"{factors} factors, learnt in {cells} cell types; for datasets of {checkpoint.assembly}"


def fits(checkpoint: ShippedCheckpoint, dataset: "DatasetSummary | None") -> bool:
    """Whether a checkpoint is of the genome that is open."""
    if dataset is None or not dataset.path:
        return False
    return dataset.assembly == checkpoint.assembly and (dataset.seed is not None) == checkpoint.is_synthetic


def name_of(opened: Opened) -> str:
    """A dataset by its folder, files by their names."""
    if _is_dataset(opened) and file_name(opened[0]) == "DATASET.toml":
        return file_name(beside(opened[0])) or opened[0]
    return listed([file_name(path) for path in opened], 3)


def _where(opened: Opened) -> str:
    return listed(opened, 2)


def _is_dataset(opened: Opened) -> bool:
    return len(opened) == 1 and opened[0].endswith(".toml")


def _add(menu: QMenu, text: str, act: Callable[[], None] | None = None, tip: str = "") -> None:
    action = menu.addAction(literal(text))
    assert action is not None
    action.setToolTip(tip)
    action.setEnabled(act is not None)
    if act is not None:
        action.triggered.connect(lambda _checked: act())
