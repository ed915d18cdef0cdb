"""What the window asks the model role about a checkpoint, and the replies. What it predicts is read as a source."""

from typing import Literal

import msgspec

from ebert_core.protocol.inputs import CellInputs
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.reliability import Reliability
from ebert_core.protocol.verdict import Verdict

# Seen by the checkpoint in training, used for its choices, in a trained cell type but at an unseen locus, perhaps seen
# (labels of another assembly were), in a cell type never trained on, or a factor never assayed in this cell type.
Familiarity = Literal[
    "training", "validation", "unseen locus", "cannot be told", "unseen cell type", "pair not assayed"
]
FAMILIARITY_WORDS: dict[Familiarity, str] = {
    "training": "seen in training",
    "validation": "held out (chose the epoch)",
    "unseen locus": "locus never seen",
    "cannot be told": "seen or not: cannot be told",
    "unseen cell type": "cell type never seen",
    "pair not assayed": "pair not assayed",
}


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
