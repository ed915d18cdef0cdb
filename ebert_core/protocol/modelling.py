"""What the window asks the model role, and the replies.

F = factors asked for, P = bins of 200 bp starting every 50 bp, T = tokens of the attention window, H = heads asked for.
"""

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.edits import Edit
from ebert_core.protocol.inputs import CellInputs
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.reliability import Reliability
from ebert_core.protocol.shapes import check_positive, check_same_length
from ebert_core.protocol.verdict import Verdict

# Seen by the checkpoint in training, used for its choices, in a trained cell type but at an unseen locus, perhaps seen
# (labels of another assembly were), in a cell type never trained on, or a factor never assayed in this cell type.
Familiarity = Literal[
    "training", "validation", "unseen locus", "cannot be told", "unseen cell type", "pair not assayed"
]


class OpenCheckpoint(msgspec.Struct, frozen=True, tag="open-checkpoint"):
    """Load a checkpoint for a dataset. Reply: CheckpointSummary."""

    path: str
    dataset: str


class FactorSummary(msgspec.Struct, frozen=True):
    """A factor the checkpoint predicts, the cell types it was trained in, and what is known of it on held-out bins.

    `threshold` is the probability of best F1 there; `protocol.calling` says whether bins are called bound by it.
    """

    name: str
    cell_types: tuple[str, ...]
    threshold: float | None = None
    auprc: float | None = None
    scored_on: str = ""
    reliability: Reliability | None = None
    is_calibrated: bool = True


class CheckpointSummary(msgspec.Struct, frozen=True):
    """A loaded checkpoint, in words fit for a dialog.

    `limits` are sentences on what not to use it for. `verdict` says whether it is better than a simple baseline, None
    where that was not measured; `members` is how many models it is the mean of. `other_assemblies` are those in whose
    coordinates it was trained before: whether that was at a place of this one cannot be told. `label_rule` names the
    rule that made its labels, as `ebert dream labels --rule` does; `seen_cell_types` are those whose labels it or a
    checkpoint that it descends from was trained on. `inputs` are the cell types of the dataset for which something that
    it reads is not given.
    """

    path: str
    name: str
    assembly: str
    is_synthetic: bool
    architecture: str
    parameters: int
    context: int
    layers: int
    heads: int
    factors: tuple[FactorSummary, ...]
    states: tuple[str, ...]
    signals: tuple[str, ...]
    training: tuple[Interval, ...]
    validation: tuple[Interval, ...]
    cell_types: tuple[str, ...]
    live_limit: int
    device: str
    precision: str
    limits: tuple[str, ...] = ()
    verdict: Verdict | None = None
    members: int = 1
    other_assemblies: tuple[str, ...] = ()
    label_rule: str = ""
    seen_cell_types: tuple[str, ...] = ()
    inputs: tuple[CellInputs, ...] = ()

    def inputs_of(self, cell_type: str) -> CellInputs:
        """What of its inputs the dataset does not give for a cell type."""
        return next((each for each in self.inputs if each.cell_type == cell_type), CellInputs(cell_type))


class PredictView(msgspec.Struct, frozen=True, tag="predict-view"):
    """Predicted binding over a view. Reply: Prediction.

    `columns` is what the screen can show; more bins than that come as maxima. `strands` 1 is quick, 2 averages both.
    """

    checkpoint: str
    dataset: str
    cell_type: str
    factors: tuple[str, ...]
    interval: Interval
    columns: int = 2000
    strands: int = 2
    edits: tuple[Edit, ...] = ()


class FamiliaritySpan(msgspec.Struct, frozen=True):
    """What the checkpoint knew about [start, end) of this cell type and factor."""

    factor: str
    start: int
    end: int
    familiarity: Familiarity


class Prediction(msgspec.Struct, frozen=True):
    """Calibrated probabilities. Value p of factor f stands on [start + p * step, start + (p + 1) * step); NaN is a gap.

    `step` is 50, or a multiple of it when values are maxima over several bins.
    """

    interval: Interval
    factors: tuple[str, ...]
    start: int
    step: int
    probability_FP: NDArray[np.float32]
    strands: int
    familiarity: tuple[FamiliaritySpan, ...] = ()

    def __post_init__(self) -> None:
        check_positive(step=self.step)
        if self.probability_FP.ndim != 2 or len(self.probability_FP) != len(self.factors):
            raise ValueError(f"values of the shape {self.probability_FP.shape} came for {len(self.factors)} factors")


class AttendFrom(msgspec.Struct, frozen=True, tag="attend-from"):
    """Attention between one position and its window. Reply: AttentionProfile. `head` None averages heads."""

    checkpoint: str
    dataset: str
    cell_type: str
    position: int
    chromosome: str
    layer: int
    head: int | None = None
    edits: tuple[Edit, ...] = ()


class AttentionProfile(msgspec.Struct, frozen=True):
    """Weights from the anchor's token to every token and from every token to it, each summing over its own row.

    Token t covers [window.start + t * token_width, ...).
    """

    window: Interval
    position: int
    token_width: int
    layer: int
    head: int | None
    from_anchor_T: NDArray[np.float32]
    to_anchor_T: NDArray[np.float32]

    def __post_init__(self) -> None:
        check_positive(token_width=self.token_width)
        check_same_length(from_anchor=self.from_anchor_T, to_anchor=self.to_anchor_T)


class AttendWithin(msgspec.Struct, frozen=True, tag="attend-within"):
    """Attention inside the context window around the middle of an interval. Reply: AttentionMap."""

    checkpoint: str
    dataset: str
    cell_type: str
    interval: Interval
    layer: int
    head: int | None = None
    edits: tuple[Edit, ...] = ()


class AttentionMap(msgspec.Struct, frozen=True):
    """Row = from, column = to. Each token covers `token_width` bases from `window.start`."""

    window: Interval
    token_width: int
    layer: int
    head: int | None
    weight_TT: NDArray[np.float32]

    def __post_init__(self) -> None:
        check_positive(token_width=self.token_width)
        if self.weight_TT.ndim != 2 or self.weight_TT.shape[0] != self.weight_TT.shape[1]:
            raise ValueError(f"a map of the shape {self.weight_TT.shape} is no square")


ModelRequest = OpenCheckpoint | PredictView | AttendFrom | AttendWithin
