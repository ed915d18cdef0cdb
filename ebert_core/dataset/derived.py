"""Signals as a model names them: measured ones, and those worked out from what a dataset holds.

`DNase` is read as measured. `log(DNase)`, `quantile(DNase)`, `difference(DNase)`, `binding(CTCF)`, `expression(1)` and
`distance(TSS)` are made here, by the same lines whether the values come from the files or from the store.

B = windows in a batch, P = 50-bp positions of a window, C = signals.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.channels import Channels, Derived, WindowBatch, derived
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.quantiles import Quantiles, logarithm, mean_quantiles, normalised
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION

TSS = "TSS"
# Mean and deviation of the binding channels: a share of cell types is on a scale of its own, and is so seldom above 0
# that its own deviation would send every value beyond the range that the network lets in.
SHARE_SCALE = (0.0, 0.25)


class Reader(Protocol):
    """Where the values of some windows come from: the files or the store. What is not there is None."""

    def signal(self, cell_type: str, name: str) -> NDArray[np.float16] | None:
        """Means (B, P) of a signal of the cell type, or of the whole dataset."""

    def binding(self, cell_types: Sequence[str], factor: str) -> "Binding | None":
        """Where conservative peaks cover positions by half in those of the cell types where the factor was assayed."""

    def distance(self) -> NDArray[np.float16] | None:
        """log10(1 + bases to the nearest start of a gene) of each position (B, P)."""

    def expression(self, cell_type: str) -> tuple[float, ...]:
        """The components of gene expression in the cell type; empty where they are not known."""

    def quantiles(self, cell_type: str, name: str) -> Quantiles:
        """The distribution of a signal in the cell type; empty where it was not measured."""


class Binding(NamedTuple):
    """In how many of some assayed cell types a factor is bound, by position, and where that is known."""

    bound_BP: NDArray[np.uint16]
    is_labelled_BP: NDArray[np.bool_]
    cell_types: int


class Selection(NamedTuple):
    """The signals of a run in channel order, and a sentence on those that had to be left out, if any."""

    names: tuple[str, ...]
    left_out: tuple[str, ...]


def fill_signals(batch: WindowBatch, reader: Reader, cell_type: str, channels: Channels) -> None:
    """Writes the signals of the channels into a batch whose bases are there already.

    NaN where a signal is not known for the cell type; else 0 in bins of 200 without a known base.
    """
    is_empty_BP = _without_bases(batch.bases_BL) if any(map(derived, channels.signals)) else None
    for channel, name in enumerate(channels.signals):
        parts = derived(name)
        values_BP = _derive(reader, cell_type, parts, channels) if parts else reader.signal(cell_type, name)
        batch.signals_BCP[:, channel] = np.nan if values_BP is None else values_BP
        if parts and values_BP is not None and is_empty_BP is not None:
            batch.signals_BCP[:, channel][is_empty_BP] = 0


def _without_bases(bases_BL: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """Which positions (B, P) lie in bins of 200 without a known base; None where all bases are known."""
    if bases_BL.max(initial=0) < N:
        return None
    is_empty_BS = (bases_BL == N).reshape(len(bases_BL), -1, BIN).all(axis=-1)
    return np.repeat(is_empty_BS, BIN // POSITION, axis=1)


def _derive(
    reader: Reader, cell_type: str, parts: Derived, channels: Channels
) -> NDArray[np.float16] | np.float16 | None:
    match parts.kind:
        case "log":
            measured_BP = reader.signal(cell_type, parts.of)
            return None if measured_BP is None else logarithm(measured_BP)
        case "quantile":
            return _normalised(reader, cell_type, parts.of, channels)
        case "difference":
            return _difference(reader, cell_type, parts.of, channels)
        case "binding":
            return _binding_elsewhere(reader, cell_type, parts.of, channels)
        case "expression":
            components, place = reader.expression(cell_type), int(parts.of)
            return np.float16(components[place - 1]) if place <= len(components) else None
        case "distance":
            return reader.distance()


def _normalised(reader: Reader, cell_type: str, name: str, channels: Channels) -> NDArray[np.float16] | None:
    own, reference = reader.quantiles(cell_type, name), channels.references.get(name, ())
    measured_BP = reader.signal(cell_type, name) if own and reference else None
    return None if measured_BP is None else normalised(measured_BP, own, reference)


def _difference(reader: Reader, cell_type: str, name: str, channels: Channels) -> NDArray[np.float16] | None:
    """What the cell type has above the mean of the other training cell types, as in a cell type never seen."""
    here_BP = _normalised(reader, cell_type, name, channels)
    if here_BP is None:
        return None
    others = [_normalised(reader, other, name, channels) for other in _others(cell_type, channels)]
    known = [each_BP.astype(np.float32) for each_BP in others if each_BP is not None]
    return (here_BP - sum(known) / np.float32(len(known))).astype(np.float16) if known else None


def _binding_elsewhere(reader: Reader, cell_type: str, factor: str, channels: Channels) -> NDArray[np.float16] | None:
    """The share of the other training cell types where a position is bound: the own peaks are never read.

    Outside the labelled regions it is not known: no peak there does not mean that nothing binds.
    """
    found = reader.binding(_others(cell_type, channels), factor)
    if found is None:
        return None
    shares = (np.arange(found.cell_types + 1) / found.cell_types).astype(np.float16)
    return np.where(found.is_labelled_BP, shares[found.bound_BP], np.float16(np.nan))


def _others(cell_type: str, channels: Channels) -> list[str]:
    return [other for other in channels.training_cells if other != cell_type]


def references_of(
    quantiles: Callable[[str, str], Quantiles], names: Sequence[str], cell_types: Sequence[str]
) -> dict[str, Quantiles]:
    """The distribution that each quantile-normalised signal is brought to: the mean over the training cell types.

    Args:
        quantiles: the distribution of a cell type's signal, as of a `Dataset` or a `Store`.
        names: the signals of a model, of which only the normalised ones count.
        cell_types: those to train in.
    """
    wanted = {parts.of for parts in map(derived, names) if parts and parts.kind in ("quantile", "difference")}
    return {name: mean_quantiles([quantiles(cell, name) for cell in cell_types]) for name in sorted(wanted)}


def frozen_scale(name: str) -> tuple[float, float] | None:
    """Mean and deviation of a signal whose scale is known; None where the training windows must tell."""
    parts = derived(name)
    return SHARE_SCALE if parts and parts.kind == "binding" else None


def select_signals(
    dataset: Dataset, wanted: Sequence[str], cell_types: Sequence[str], factors: Sequence[str]
) -> Selection:
    """The signals that a run takes in, of those that its spec names, `binding` and `expression` written out.

    Args:
        dataset: what they come from.
        wanted: names as in the spec.
        cell_types: those to train in.
        factors: those to predict; `binding` stands for one channel each.

    Raises:
        InvalidRequest: the dataset has nothing to make a signal of.
    """
    measured = _measured(dataset, cell_types)
    names: dict[str, bool] = {}
    for wish in wanted:
        members = [] if wish in measured else _members(dataset, wish, cell_types, factors)
        for name in members or [wish]:
            parts = derived(name)
            if name not in measured and not members and not (parts and _exists(dataset, parts, cell_types)):
                raise _unknown(dataset, name, cell_types)
            names[name] = name in measured or parts is None or _varies(dataset, parts, cell_types)
    left_out = ", ".join(name for name, varies in names.items() if not varies)
    sentence = f"Left out, since each needs what was measured in two of the cell types to train in: {left_out}."
    return Selection(tuple(name for name, varies in names.items() if varies), (sentence,) if left_out else ())


def _members(dataset: Dataset, wish: str, cell_types: Sequence[str], factors: Sequence[str]) -> list[str]:
    """The signals that `binding` or `expression` stands for."""
    if wish == "binding":
        return [f"binding({factor})" for factor in factors]
    if wish == "expression":
        return [f"expression({place})" for place in range(1, 1 + _components(dataset, cell_types))]
    return []


def _exists(dataset: Dataset, parts: Derived, cell_types: Sequence[str]) -> bool:
    """Whether at least one of the cell types to train in has what the signal is made of."""
    match parts.kind:
        case "log":
            return parts.of in _measured(dataset, cell_types)
        case "quantile" | "difference":
            return any(parts.of in dataset.measured(cell) for cell in cell_types)
        case "binding":
            return any(dataset.is_assayed(cell, parts.of) for cell in cell_types)
        case "expression":
            return parts.of in map(str, range(1, 1 + _components(dataset, cell_types)))
        case "distance":
            return parts.of == TSS and dataset.genes is not None


def _varies(dataset: Dataset, parts: Derived, cell_types: Sequence[str]) -> bool:
    """Whether training can learn anything from the signal: one that needs other cell types needs two."""
    match parts.kind:
        case "difference":
            return sum(parts.of in dataset.measured(cell) for cell in cell_types) > 1
        case "binding":
            return sum(dataset.is_assayed(cell, parts.of) for cell in cell_types) > 1
        case "expression":
            return sum(bool(dataset.cell_type(cell).expression) for cell in cell_types) > 1
        case _:
            return True


def absent_signals(dataset: Dataset, cell_type: str, channels: Channels) -> list[str]:
    """The signals of the channels that a dataset does not give for a cell type; told from what it lists alone."""
    others = [other for other in _others(cell_type, channels) if other in dataset.cell_types]

    def is_given(name: str) -> bool:
        parts = derived(name)
        if parts is None:
            return name in _measured(dataset, [cell_type])
        if parts.kind == "binding":
            return any(dataset.is_assayed(other, parts.of) for other in others)
        if parts.kind == "difference" and not _exists(dataset, parts, others):
            return False
        return _exists(dataset, parts, [cell_type])

    return [name for name in channels.signals if not is_given(name)]


def _measured(dataset: Dataset, cell_types: Sequence[str]) -> list[str]:
    """Names of what is read as measured: signals of the cell types, and of the whole dataset."""
    of_cells = [signal for cell in cell_types for signal in dataset.measured(cell)]
    return list(dict.fromkeys((*of_cells, *dataset.layout.signals)))


def _components(dataset: Dataset, cell_types: Sequence[str]) -> int:
    return max((len(dataset.cell_type(cell).expression) for cell in cell_types), default=0)


def _unknown(dataset: Dataset, name: str, cell_types: Sequence[str]) -> InvalidRequest:
    measured = _measured(dataset, cell_types)
    known = [", ".join(measured)] if measured else []
    if measured:
        known.append("log(X), quantile(X) or difference(X) of one of these")
    if any(_varies(dataset, Derived("binding", factor), cell_types) for factor in dataset.factors):
        known.append("binding")
    if _varies(dataset, Derived("expression", "1"), cell_types):
        known.append("expression")
    if dataset.genes is not None:
        known.append("distance(TSS)")
    listed = "; ".join(known) or "none"
    return InvalidRequest(f"No cell type to train in has the signal {name}; there are: {listed}.")
