"""What the window asks the model role about a model, and the replies. What it predicts is read as a source."""

from typing import Literal

import msgspec

from ebert_core.protocol.terms.grid import POSITION
from ebert_core.protocol.terms.inputs import CellInputs
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reliability import Reliability
from ebert_core.protocol.terms.verdict import Verdict

# Seen by the model in training, used for its choices, in a trained cell type but at an unseen locus, perhaps seen
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


PROBABILITY = "probability"


class OpenModel(msgspec.Struct, frozen=True, tag="open-model"):
    """Load a model for a dataset: a checkpoint, or a file of another kind of model. Reply: ModelSummary."""

    path: str
    dataset: str


class OutputSummary(msgspec.Struct, frozen=True):
    """An output of a model: what its values are, where it was trained, and what is known of it on held-out bins.

    Values of the `unit` stand every `step` bases; `statistic` says what each is of, and `quantity` what stands behind
    the name of a track of them. `threshold` is the probability of best F1 on held-out bins; `protocol.calling` says
    whether bins are called bound by it.
    """

    name: str
    cell_types: tuple[str, ...] = ()
    threshold: float | None = None
    auprc: float | None = None
    scored_on: str = ""
    reliability: Reliability | None = None
    is_calibrated: bool = True
    unit: str = PROBABILITY
    step: int = POSITION
    statistic: str = "mean of both strands"
    quantity: str = "predicted"

    @property
    def is_probability(self) -> bool:
        """Whether the values are probabilities of binding, which can be calibrated and called."""
        return self.unit == PROBABILITY


class Fact(msgspec.Struct, frozen=True):
    """One thing that is to be shown of a model: a caption of a word or two, and what it is."""

    name: str
    value: str


class ModelSummary(msgspec.Struct, frozen=True):
    """A loaded model, in words fit for a dialog: what every model says, then what only some can say.

    `kind` is what it is called; `outputs` are what it predicts; live predictions span up to `live_limit` bases;
    `limits` are sentences on what not to use it for; `facts` are shown as they stand. One that does not
    `reads_cell_type` predicts the same in each. One that has no draft (`has_draft`) is asked once. What is not
    `is_learnt` from data has seen nothing. It attends where it has `layers` and `heads`. Whether `ebert predict` and
    `ebert finetune` take it say `exports` and `trains`.

    `verdict` says whether it is better than a simple baseline, None where that was not measured; `members` is how many
    models it is the mean of. `other_assemblies` are those in whose coordinates it was trained before: whether that was
    at a place of this one cannot be told. `label_rule` names the rule that made its labels, as `ebert dream labels
    --rule` does; `seen_cell_types` are those whose labels it or a model that it descends from was trained on.
    `inputs` are the cell types of the dataset for which something that it reads is not given.
    """

    path: str
    name: str
    assembly: str
    live_limit: int
    device: str
    precision: str
    kind: str = "checkpoint"
    outputs: tuple[OutputSummary, ...] = ()
    limits: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    reads_cell_type: bool = True
    has_draft: bool = True
    is_learnt: bool = True
    exports: bool = False
    trains: bool = False
    is_synthetic: bool = False
    architecture: str = ""
    parameters: int = 0
    context: int = 0
    layers: int = 0
    heads: int = 0
    states: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    training: tuple[Interval, ...] = ()
    validation: tuple[Interval, ...] = ()
    cell_types: tuple[str, ...] = ()
    verdict: Verdict | None = None
    members: int = 1
    other_assemblies: tuple[str, ...] = ()
    label_rule: str = ""
    seen_cell_types: tuple[str, ...] = ()
    inputs: tuple[CellInputs, ...] = ()

    @property
    def attends(self) -> bool:
        """Whether its attention can be shown."""
        return self.layers > 0

    @property
    def predicts_binding(self) -> bool:
        """Whether its outputs are probabilities of binding of factors."""
        return any(output.is_probability for output in self.outputs)

    def output(self, name: str) -> OutputSummary | None:
        """The output of this name."""
        return next((known for known in self.outputs if known.name == name), None)

    def inputs_of(self, cell_type: str) -> CellInputs:
        """What of its inputs the dataset does not give for a cell type."""
        return next((each for each in self.inputs if each.cell_type == cell_type), CellInputs(cell_type))
