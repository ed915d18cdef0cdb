"""What of a checkpoint's inputs a dataset gives, told from what the dataset lists; free of torch.

The words are those of `protocol.terms.inputs`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ebert_core.dataset.channels import Channels, Derived, derived
from ebert_core.dataset.derived import absent_signals
from ebert_core.dataset.description import Dataset
from ebert_core.inference.fitting import check_fit
from ebert_core.model.description import Description
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.inputs import (
    STATES,
    CellInputs,
    RelatedInput,
    input_sentences,
    refusal_without_inputs,
)


class Reads(NamedTuple):
    """What a network reads beside bases and motifs, and the cell types that derived signals compare with."""

    states: bool
    signals: tuple[str, ...]
    training_cells: tuple[str, ...]

    def of_cell(self, dataset: Dataset, cell_type: str) -> CellInputs:
        """What the network must do without in a cell type, and which signals stand in for others.

        Raises:
            InvalidRequest: the dataset has no such cell type.
        """
        cell = dataset.cell_type(cell_type)
        without = absent_signals(dataset, cell_type, Channels((), self.signals, None, self.training_cells))
        lacks_states = self.states and not cell.states
        telling = [name for name in self.signals if _tells_cells_apart(name, dataset)]
        has_any = (self.states and not lacks_states) or any(name not in without for name in telling)
        return CellInputs(
            cell_type,
            ((STATES,) if lacks_states else ()) + tuple(without),
            _related(self.signals, dataset, cell_type),
            (self.states or bool(telling)) and not has_any,
        )


def reads_of(description: Description) -> Reads:
    """What the network of a checkpoint reads."""
    return Reads(bool(description.architecture.states), description.architecture.signals, description.cell_types)


def _tells_cells_apart(name: str, dataset: Dataset) -> bool:
    """Whether a signal is one of the cell type: binding is read in other cell types, distances are of the genome."""
    match derived(name):
        case None:
            return name not in dataset.layout.signals
        case Derived(kind=kind):
            return kind not in ("binding", "distance")


def _related(signals: Sequence[str], dataset: Dataset, cell_type: str) -> tuple[RelatedInput, ...]:
    """The signals that stand in for others that the network reads."""
    readings: dict[str, list[bool]] = {}
    for name in signals:
        parts = derived(name)
        if parts is None or parts.kind in ("log", "quantile", "difference"):
            of = name if parts is None else parts.of
            readings.setdefault(of, []).append(parts is not None and parts.kind != "log")
    found = ((name, dataset.stand_in(cell_type, name), rescaled) for name, rescaled in readings.items())
    return tuple(RelatedInput(name, given, all(rescaled)) for name, given, rescaled in found if given)


def inputs_given(
    description: Description, dataset: Dataset, cell_types: Sequence[str] | None = None
) -> tuple[CellInputs, ...]:
    """The cell types in which something is absent or stands in for another signal; of all of the dataset when None."""
    names = dataset.cell_types if cell_types is None else cell_types
    reads = reads_of(description)
    every = (reads.of_cell(dataset, name) for name in names)
    return tuple(each for each in every if each.absent or each.related)


def absences(description: Description, dataset: Dataset, cell_types: Sequence[str] | None = None) -> tuple[str, ...]:
    """What a checkpoint must do without in which cell types of a dataset, in sentences."""
    names = dataset.cell_types if cell_types is None else cell_types
    return input_sentences(inputs_given(description, dataset, names), len(names))


def refuse_without_inputs(description: Description, dataset: Dataset, cell_types: Sequence[str]) -> None:
    """Refuses to predict where nothing is known that differs between cell types, though the checkpoint reads such.

    Raises:
        InvalidRequest: that is so in one of the cell types; the sentence says what is absent and what to do.
    """
    for each in inputs_given(description, dataset, cell_types):
        if each.is_any_cell:
            raise InvalidRequest(refusal_without_inputs(description.name, each))


def check_inputs(spec: Predict, description: Description, dataset: Dataset) -> None:
    """Refuses a dataset that does not fit, or gives nothing of the cell type unless that was asked for.

    Raises:
        InvalidRequest: they do not belong together, or nothing that differs between cell types is given.
    """
    check_fit(description, dataset)
    if not spec.without_inputs:
        refuse_without_inputs(description, dataset, [spec.cell_type])
