"""A worker client that keeps what it was asked and answers when told to."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
from toy_summaries import checkpoint_summary

from ebert_core.protocol import modelling, tracks
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, PeakFiles
from ebert_gui.workers.state import Condition, Failure, WorkerState


class RecordingClient:
    """Stands for a worker: `open` holds what was asked and neither answered nor cancelled."""

    def __init__(self) -> None:
        self.state = WorkerState(Condition.READY)
        self.asked: list[msgspec.Struct] = []
        self.forgiven: list[Sequence[str] | None] = []
        self.open: dict[int, tuple[msgspec.Struct, Callable[[Any], None], Callable[[Failure], None] | None]] = {}

    def request(self, body, reply_type, on_reply, on_failure=None, on_progress=None, view_key="") -> int:
        self.asked.append(body)
        self.open[len(self.asked)] = (body, on_reply, on_failure)
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
        return [body for body in self.asked if isinstance(body, kind)]


def reply_to(body: Any) -> object:
    """A plain reply of the right shape."""
    nothing = np.empty(0, dtype=np.int64)
    match body:
        case tracks.ReadSignal():
            values = np.ones(body.columns, dtype=np.float32)
            return tracks.Signal(body.interval, values, values, values)
        case tracks.ReadPeaks():
            return tracks.Peaks(body.interval, nothing, nothing, nothing, np.empty(0, dtype=np.float32))
        case tracks.ReadGenes():
            return tracks.Genes(body.interval, ())
        case tracks.ReadSequence():
            return tracks.Sequence(body.interval, np.zeros(body.interval.length, dtype=np.uint8))
        case modelling.PredictView():
            bins = max(1, (body.interval.length - 150) // 50)
            values = np.full((len(body.factors), bins), 0.5, dtype=np.float32)
            return modelling.Prediction(body.interval, body.factors, body.interval.start + 75, 50, values, body.strands)
        case modelling.AttendFrom():
            window = Interval(body.chromosome, body.position - 500, body.position + 500)
            weights = np.full(100, 0.01, dtype=np.float32)
            return modelling.AttentionProfile(window, body.position, 10, body.layer, body.head, weights, weights)
    raise AssertionError(body)


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
