"""Judges a fine-tuning before it starts; the worker that starts jobs and the run itself ask the same function.

Free of torch, and of the store that training builds: what can be refused is refused before anything costs time.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ebert_core.dataset.derived import select_signals
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import merged_spans
from ebert_core.inference.given import Reads
from ebert_core.judging import leaks
from ebert_core.material.places import parts_with
from ebert_core.material.sampling import stretches
from ebert_core.material.split import Split, check_cell_types, chosen_factors, read_split, used_cells
from ebert_core.model.checkpoint_place import check_place
from ebert_core.model.config import PRESETS, Architecture
from ebert_core.model.description import Description, read_description
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.specs.training_specs import check_numbers
from ebert_core.protocol.terms.adopting import changed_names
from ebert_core.protocol.terms.alphabets import advice_on_states
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.inputs import input_sentences
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reliability import FEWEST_PEAKS
from ebert_core.protocol.terms.wording import listed
from ebert_core.training.usable import refuse_without_sequence, within_sequence

# From fewer peaks than these no network learns anything; from fewer than those a scan of the motif is as good.
_LEAST_TO_LEARN = 10
_FEW_TO_LEARN = 50
# Weights of the encoder (12 x layers x hidden^2) and bases a second in training, on two cores: tiny, small, large.
_MEASURED_RATES = ((0.59e6, 150e3), (3.1e6, 80e3), (85e6, 14e3))
# A prediction goes forward through the network only, which is about a third of the work of a training step.
_PREDICTS_FASTER = 3


class Checked(NamedTuple):
    """A fine-tuning that may start: its factors, the cell types it trains in, and what to know beforehand.

    `seconds` is about how long it trains on two processor cores.
    """

    factors: tuple[str, ...]
    cell_types: tuple[str, ...]
    warnings: tuple[str, ...]
    seconds: float


def check_finetune(spec: FineTune, dataset: Dataset | None = None) -> Checked:
    """Refuses a fine-tuning that cannot succeed.

    Args:
        spec: what is asked for, with absolute paths.
        dataset: its dataset where it is open already.

    Raises:
        InvalidRequest: says what is wrong and what to do.
    """
    check_numbers(spec)
    check_place(Path(spec.output))
    dataset = dataset or Dataset.open(Path(spec.dataset))
    if dataset.reference is None:
        raise InvalidRequest(f"{dataset.layout.name} has no reference sequence; add the key reference to it.")
    check_cell_types(dataset, used_cells(spec))
    split = read_split(dataset, spec.training, spec.validation)
    factors = chosen_factors(dataset, used_cells(spec) or dataset.cell_types, spec.factors)
    parent = read_description(Path(spec.start_from)) if spec.start_from else None
    cells = trained_cells(spec, dataset, factors, parent, split.validation)
    if parent is not None:
        _check_states(spec, dataset, parent)
    signals = select_signals(dataset, spec.signals, cells, factors)
    # That windows fit into known sequence is only told by the store; that they fit into the regions is told now.
    refuse_without_sequence(dataset, split, factors, cells)
    whole = [Interval(name, 0, length) for name, length in dataset.chromosome_lengths.items()]
    sizes = parent.architecture if parent else PRESETS[spec.preset]
    stretches(split.training, whole, sizes.context)
    training, validation = _labelled(split, dataset)
    held_cells = spec.validation_cell_types or cells
    few = tuple(_scarcity(dataset, factors, (training, cells), (validation, held_cells)))
    anew = tuple(_begun_anew(spec, dataset, factors, parent)) if parent is not None else ()
    reads_states = spec.use_states and bool(dataset.state_names or (parent and parent.architecture.states))
    inputs = Reads(reads_states, signals.names, cells)
    among = tuple(dict.fromkeys((*cells, *spec.validation_cell_types)))
    absent = input_sentences([inputs.of_cell(dataset, cell) for cell in among], len(among), "learns")
    trained = len(cells) * within_sequence(dataset, training) * spec.epochs * (1 + spec.further_windows)
    # After every epoch what is held out is predicted, and at the end once more for the verdict.
    scored = len(held_cells) * within_sequence(dataset, validation) * (spec.epochs + 1) / _PREDICTS_FASTER
    return Checked(factors, cells, (*few, *anew, *absent), (trained + scored) / bases_per_second(sizes))


def _labelled(split: Split, dataset: Dataset) -> Split:
    """The labelled parts of the regions."""
    regions = dataset.labelled_regions
    found = Split(parts_with(split.training, regions), parts_with(split.validation, regions))
    for word, asked, labelled in zip(("train on", "hold out"), split, found, strict=True):
        if asked and not labelled:
            raise InvalidRequest(f"The regions to {word} hold no labelled part of the genome; name others.")
    return found


def bases_per_second(sizes: Architecture) -> float:
    """How fast two processor cores train a network, from what three sizes of it were measured at (docs/results.md)."""
    weights, rates = zip(*_MEASURED_RATES, strict=True)
    size = math.log(12 * sizes.layers * sizes.hidden**2)
    return math.exp(float(np.interp(size, np.log(weights), np.log(rates))))


def _begun_anew(spec: FineTune, dataset: Dataset, factors: Sequence[str], parent: Description) -> Iterator[str]:
    """What the checkpoint to start from does not know, so that it starts anew, and what of it is left behind."""
    known = parent.architecture
    yield from changed_names(parent.name, "factors", known.factors, factors)
    yield from changed_names(parent.name, "signals", known.signals, spec.signals)
    if spec.use_states and dataset.state_names and not known.states:
        yield f"{parent.name} does not read chromatin states: this input starts anew."


def trained_cells(
    spec: FineTune,
    dataset: Dataset,
    factors: Sequence[str],
    parent: Description | None,
    validation: Sequence[Interval],
) -> tuple[str, ...]:
    """The cell types to train in: those with peaks that are not held out.

    Raises:
        InvalidRequest: none is left, or what is held out could not be measured or was seen before.
    """
    held_out = spec.validation_cell_types
    check_cell_types(dataset, held_out)
    among = used_cells(spec) or dataset.cell_types
    assayed = tuple(cell for cell in among if any(factor in dataset.cell_type(cell).peaks for factor in factors))
    trained = tuple(name for name in assayed if name not in held_out)
    if not trained:
        raise InvalidRequest("Every cell type with peaks is held out; leave at least one for training.")
    if held_out and not set(held_out) & set(assayed):
        raise InvalidRequest(
            f"No peaks of {listed(factors)} are known in {listed(held_out)}, so nothing could be measured there; name "
            "other validation_cell_types."
        )
    if parent is not None:
        leaks.refuse_seen_cells(parent, held_out)
        leaks.refuse_seen_labels(parent, dataset.layout.assembly, validation, (*held_out, *trained))
    return trained


def _check_states(spec: FineTune, dataset: Dataset, parent: Description) -> None:
    """Refuses states of another alphabet than that of the checkpoint to start from."""
    known = parent.architecture.states
    unknown = [name for name in dataset.state_names if name not in known]
    if spec.use_states and known and unknown:
        raise InvalidRequest(
            f"{parent.name} knows the states {listed(known, 20)}, and not {listed(unknown, 20)} of "
            f"{dataset.layout.name}. You can fine-tune without states, or start from another checkpoint. "
            f"{advice_on_states(dataset.state_names, known)}"
        )


def _scarcity(
    dataset: Dataset,
    factors: Sequence[str],
    training: tuple[Sequence[Interval], Sequence[str]],
    held_out: tuple[Sequence[Interval], Sequence[str]],
) -> Iterator[str]:
    """Sentences on factors with few peaks.

    Raises:
        InvalidRequest: there are too few of all factors to learn from.
    """
    counts = {factor: _peaks(dataset, factor, *training, enough=_FEW_TO_LEARN) for factor in factors}
    most = max(counts, key=lambda factor: counts[factor])
    if counts[most] < _LEAST_TO_LEARN:
        raise InvalidRequest(
            f"The regions and cell types to train on hold {_number(counts[most])} of {most}"
            f"{', and fewer of other factors' if len(counts) > 1 else ''}: no network learns from fewer than "
            f"{_LEAST_TO_LEARN}. Train on more, or scan for the motif instead."
        )
    if without := dataset.without_peaks(tuple(dict.fromkeys((*training[1], *held_out[1]))), factors):
        yield f"No peaks at all of {listed(without)}: unbound everywhere. If it failed, take it out of the dataset."
    few = [f"{factor} ({count})" for factor, count in counts.items() if count < _FEW_TO_LEARN]
    if few:
        yield f"Few peaks to train on, of {listed(few)}: a scan for the motif may do as well."
    held = {factor: _peaks(dataset, factor, *held_out, enough=FEWEST_PEAKS) for factor in factors}
    unclaimed = [f"{factor} ({count})" for factor, count in held.items() if count < FEWEST_PEAKS]
    if held_out[0] and unclaimed:
        yield (
            f"Fewer than {FEWEST_PEAKS} held-out peaks, of {listed(unclaimed)}: how well these are predicted cannot be "
            "told afterwards."
        )


def _peaks(dataset: Dataset, factor: str, regions: Sequence[Interval], cells: Sequence[str], enough: int) -> int:
    """Conservative peaks of a factor in regions, overlapping ones as one; the count ends at `enough`."""
    found = 0
    for cell in cells:
        source = dataset.peaks(cell, factor)
        if source is None:
            continue
        for region in regions:
            located = source.on(region.chromosome)
            spans = merged_spans(np.column_stack((located.starts, located.ends)))
            found += int(((spans.first < region.end) & (spans.last > region.start)).sum())
            if found >= enough:
                return enough
    return found


def _number(count: int) -> str:
    return "no peak" if count == 0 else "1 peak" if count == 1 else f"{count} peaks"
