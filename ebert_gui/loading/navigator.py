"""Goes to a place: a locus that was typed, a gene by its name, or a region that something is shown in."""

from collections.abc import Callable
from typing import NamedTuple

from PyQt6.QtCore import QObject, pyqtSignal

from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval, parse_locus
from ebert_core.protocol.tracks import FindGenes, FoundGene, FoundGenes
from ebert_gui.loading.loader import Client
from ebert_gui.state.pane import Span
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Failure

# What is left free on either side of a gene, in bases, unless a fifth of its length is more.
_SMALLEST_MARGIN = 1000
# A feature that is gone to has at most this share of the screen.
_LARGEST_SHARE = 0.8


class Missed(NamedTuple):
    """Why a text led nowhere, and the genes that it may mean where genes were looked for."""

    sentence: str
    genes: FoundGenes | None = None


class Navigator(QObject):
    """The one way to a place, for the locus bar, the command line, jobs and commands.

    `problem` carries a sentence and details where nobody else hears of them. `settled` says that no gene is looked for
    any more.
    """

    problem = pyqtSignal(str, str)
    settled = pyqtSignal()

    def __init__(self, workspace: Workspace, data: Client) -> None:
        super().__init__()
        self._workspace = workspace
        self._data = data
        self._looked_for = 0

    @property
    def is_settled(self) -> bool:
        """Whether no gene is looked for."""
        return not self._looked_for

    def show(self, interval: Interval) -> None:
        """Go to exactly this region; Back leads to the one before."""
        self._workspace.view.show(interval)

    def show_gene(self, gene: FoundGene) -> None:
        """Go to a gene, with some room at both sides."""
        interval = gene.interval
        length = self._workspace.view.chromosome_lengths.get(interval.chromosome, interval.end)
        margin = max(_SMALLEST_MARGIN, interval.length // 5)
        start, end = max(0, interval.start - margin), min(length, interval.end + margin)
        self.show(Interval(interval.chromosome, start, end))

    def show_feature(self, place: Interval) -> None:
        """Bring a feature into the middle at the zoom on screen, or at one at which it is whole."""
        length = max(self._workspace.view.span.length, place.length / _LARGEST_SHARE)
        first = (place.start + place.end - length) / 2
        self._workspace.view.jump(Span(place.chromosome, first, first + length))

    def show_chromosome(self) -> None:
        """Go to the whole chromosome in view."""
        view = self._workspace.view
        self.show(Interval(view.span.chromosome, 0, view.chromosome_length))

    def go(
        self,
        text: str,
        arrived: Callable[[], None] = lambda: None,
        missed: Callable[[Missed], None] | None = None,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Go to a locus, or to the gene of this very name; where there is none, or several, move nowhere and say why.

        A gene is looked for by the worker; its place is dropped where `is_wanted` says no by then.
        """
        missed = missed or (lambda miss: self.problem.emit(miss.sentence, ""))
        try:
            interval = parse_locus(text, self._workspace.view.chromosome_lengths)
        except InvalidRequest as error:
            missed(Missed(str(error)))
            return
        if interval is not None:
            self.show(interval)
            arrived()
        elif text and self._workspace.dataset is not None:
            self._find(text, lambda genes: self._take(text, genes, arrived, missed) if is_wanted() else None)

    def suggest(self, text: str, take: Callable[[FoundGenes], None]) -> None:
        """Hand over the genes whose names begin like this; of several texts only the newest is looked up."""
        self._data.request(FindGenes(text), FoundGenes, take, lambda _failure: None, view_key="complete")

    def _find(self, text: str, take: Callable[[FoundGenes], None]) -> None:
        def found(genes: FoundGenes) -> None:
            take(genes)
            self._settle()

        def failed(failure: Failure) -> None:
            if failure.is_told:
                self.problem.emit(failure.message, failure.details)
            self._settle()

        self._looked_for += 1
        self._data.request(FindGenes(text), FoundGenes, found, failed)

    def _take(
        self, text: str, genes: FoundGenes, arrived: Callable[[], None], missed: Callable[[Missed], None]
    ) -> None:
        named = genes.called(text)
        if len(named) == 1:
            self.show_gene(named[0])
            arrived()
        else:
            missed(Missed(genes.sentence_on(text), FoundGenes(named) if named else genes))

    def _settle(self) -> None:
        self._looked_for -= 1
        if self.is_settled:
            self.settled.emit()
