"""A worker client that keeps what it was asked and answers when told to."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ebert_core.protocol.shapes import Features, Grid, Letters, Shape, Signal
from ebert_core.protocol.sources import (
    FROM_ANCHOR,
    TO_ANCHOR,
    Shapes,
    Source,
)
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, PeakFiles
from ebert_gui.browser.content import TrackContent
from ebert_gui.loading.loader import Loader
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState
from tests.gui.asked import Asked, as_read, is_of
from tests.toy_summaries import checkpoint_summary


class RecordingClient:
    """Stands for a worker: `open` holds what was asked and neither answered nor cancelled.

    What is read of sources is kept as the worker reads it, in `Asked`.
    """

    def __init__(self) -> None:
        self.state = WorkerState(Condition.READY)
        self.asked: list[Any] = []
        self.forgiven: list[Sequence[str] | None] = []
        self.open: dict[int, tuple[Any, Callable[[Any], None], Callable[[Failure], None] | None]] = {}

    def request(self, body, reply_type, on_reply, on_failure=None, on_progress=None, view_key: str = "") -> int:
        read = as_read(body)
        self.asked.append(read)
        self.open[len(self.asked)] = (read, on_reply, on_failure)
        return len(self.asked)

    def cancel(self, number: int) -> None:
        self.open.pop(number, None)

    def forgive(self, paths: Sequence[str] | None) -> None:
        self.forgiven.append(paths)

    def answer_all(self, change: Callable[[Any], Any] = lambda reply: reply) -> None:
        while self.open:
            body, on_reply, _ = self.open.pop(next(iter(self.open)))
            on_reply(change(reply_to(body)))

    def fail_all(self, failure: Failure) -> None:
        while self.open:
            _, _, on_failure = self.open.pop(next(iter(self.open)))
            if on_failure is not None:
                on_failure(failure)

    def requests(self, kind: type) -> list[Any]:
        return [body for body in self.asked if is_of(body, kind)]


def reply_to(body: Any) -> object:
    """A plain reply of the right shape."""
    if isinstance(body, Asked):
        return Shapes(tuple(_shape_of(source, body.interval, body.columns) for source in body.sources))
    raise AssertionError(body)


def _shape_of(source: Source, interval: Interval, columns: int) -> Shape:
    nothing = np.empty(0, dtype=np.int64)
    if source.tiling == "live":
        bins = max(1, (interval.length - 150) // 50)
        values = np.full(bins, 0.5, dtype=np.float32)
        binned = Interval(interval.chromosome, interval.start + 75, interval.start + 75 + 50 * bins)
        return Signal(interval, values, values, values, binned=binned, is_draft=source.draft is None)
    if source.shape is Signal:
        values = np.ones(columns, dtype=np.float32)
        return Signal(interval, values, values, values)
    if source.shape is Features:
        return Features(interval, nothing, nothing)
    if source.shape is Letters:
        return Letters(interval, np.zeros(interval.length, dtype=np.uint8))
    if source.shape is Grid:
        window = Interval(interval.chromosome, interval.start - 500, interval.start + 500)
        return Grid(window, (FROM_ANCHOR, TO_ANCHOR), np.full((2, 100), 0.01, dtype=np.float32))
    raise AssertionError(source)


DATASET = DatasetSummary(
    path="/d/DATASET.toml",
    name="toy",
    assembly="toy1",
    chromosomes=(Chromosome("chr1", 5_000_000),),
    has_sequence=False,
    has_genes=False,
    bands=(),
    states=(),
    cell_types=(CellType("alpha", False, ("DNase",), (PeakFiles("CTCF", False),)),),
    start_locus=Interval("chr1", 1_000_000, 1_020_000),
)
CHECKPOINT = checkpoint_summary()


def content_of(loader: Loader, workspace: Workspace, kind: type[Track]) -> TrackContent:
    """What the first track of this kind shows."""
    return loader.content(next(track for track in workspace.setup.tracks if isinstance(track, kind)))
