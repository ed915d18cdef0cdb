"""Fills the start page: ways to open something, what was opened lately, and the shipped checkpoints."""

from functools import partial

from PyQt6.QtCore import QObject

from ebert_core.protocol.offers import ShippedCheckpoint
from ebert_gui.commands.command import Command
from ebert_gui.datasets import commands as datasets
from ebert_gui.datasets import lately
from ebert_gui.datasets.opening import ask_for_dataset_of, open_demonstration
from ebert_gui.models.shipped import sentence_of, shipped_list
from ebert_gui.windows.desk import WindowDesk
from ebert_gui.windows.menus import run
from ebert_gui.windows.start_page import Offer, StartPage


class Offering(QObject):
    """`page` is the start page of a desk."""

    def __init__(self, desk: WindowDesk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._knows_shipped = False
        self.page = StartPage(
            (
                self._way("Open a dataset…", "A genome with its cell types: a DATASET.toml.", datasets.OPEN),
                self._way("Open track files…", "bigWig, BED, GTF, FASTA and others, as they are.", datasets.OPEN_FILES),
                self._way("New dataset…", "Put one together from your own files.", datasets.NEW),
                self._way("See the demonstration", f"{datasets.DEMONSTRATION.tip}.", datasets.DEMONSTRATION),
            )
        )
        desk.waiting.connect(self.page.say)

    def refresh(self) -> None:
        """Bring the start page up to date, when it is about to be seen."""
        self.page.offer_recent(
            [Offer(each.text, each.tip, each.act) for each in lately.offers(self._desk) if each.act is not None]
        )
        if not self._knows_shipped:
            shipped_list(self._desk).when_known(self._take_shipped)

    def _way(self, title: str, words: str, command: Command) -> Offer:
        return Offer(title, words, lambda: run(self._desk, command))

    def _take_shipped(self, checkpoints: tuple[ShippedCheckpoint, ...]) -> None:
        self._knows_shipped = True
        self.page.offer_shipped(
            [Offer(each.name, sentence_of(each), partial(self._begin_with, each)) for each in checkpoints]
        )

    def _begin_with(self, checkpoint: ShippedCheckpoint) -> None:
        """A checkpoint predicts on a dataset: its own demonstration, or one that the person has."""
        if checkpoint.is_synthetic:
            open_demonstration(self._desk)
        else:
            ask_for_dataset_of(self._desk, checkpoint.assembly, checkpoint.path)
