"""How well binding can be known without a network: motif scan, motif and state, and the oracle, on held-out loci."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.labels import BOUND, UNBOUND
from ebert_core.demonstration.oracle import Demonstration
from ebert_core.demonstration.rules import CELL_TYPES, FACTOR_NAMES, HELD_OUT, STATE_NAMES, TRAINING
from ebert_core.dream.scoring import auprc
from ebert_core.judging.logistic import fit_logistic
from ebert_core.protocol.terms.locus import Interval

# Scores of a factor in a cell type, one for each whole bin of an interval; NaN leaves the bin out for everyone.
Scores = Callable[[str, str, Interval], NDArray[np.floating]]
MotifAndState = NDArray[np.float64]

_RIDGE = 0.3
_BENDS = (0.0, 4.0, 6.0, 8.0, 10.0, 12.0)


class ControlRow(NamedTuple):
    """Area under the precision-recall curve of each predictor for one factor in one cell type."""

    factor: str
    cell_type: str
    peaks: int
    bound_share: float
    motif: float
    motif_and_state: float
    oracle: float
    model: float | None = None


def compare_controls(
    demonstration: Demonstration, predictions: Scores | None = None, held_out: Sequence[Interval] = HELD_OUT
) -> tuple[ControlRow, ...]:
    """A row per assayed pair, all predictors on the same bins of held-out loci; ambiguous bins are left out."""
    rows = []
    for factor in FACTOR_NAMES:
        cell_types = [cell_type for cell_type in CELL_TYPES if demonstration.is_assayed(factor, cell_type)]
        fitted = fit_motif_and_state(demonstration, factor, cell_types)
        rows += [_row(demonstration, factor, cell_type, fitted, predictions, held_out) for cell_type in cell_types]
    return tuple(rows)


def fit_motif_and_state(demonstration: Demonstration, factor: str, cell_types: Sequence[str]) -> MotifAndState:
    """Weights of a logistic in motif score and state, fitted on the training part of these cell types."""
    designs, answers = [], []
    for cell_type in cell_types:
        for interval in TRAINING:
            labels = demonstration.labels(factor, cell_type, interval)
            chosen = (labels == BOUND) | (labels == UNBOUND)
            # Neighbouring bins share three quarters of their bases: every fourth tells the rest.
            designs.append(_design(demonstration, factor, cell_type, interval)[chosen][::4])
            answers.append(labels[chosen][::4] == BOUND)
    return _fit_logistic(np.concatenate(designs), np.concatenate(answers))


def motif_and_state(
    demonstration: Demonstration, fitted: MotifAndState, factor: str, cell_type: str, interval: Interval
) -> NDArray[np.float64]:
    """Log-odds of binding in each bin of an interval, from motif score and state alone."""
    return _design(demonstration, factor, cell_type, interval) @ fitted


def _design(demonstration: Demonstration, factor: str, cell_type: str, interval: Interval) -> NDArray[np.float64]:
    """The state of each bin (one column each, none last), and a bent line of the motif score shared by all."""
    state = demonstration.states(cell_type, interval)
    score = demonstration.motif_score(factor, interval)
    above = np.maximum(score[:, None] - np.array(_BENDS), 0) / 4
    return np.concatenate([np.eye(len(STATE_NAMES) + 1)[state], above], axis=1)


def controls_table(rows: Sequence[ControlRow]) -> str:
    """The rows as text for a person, with the median of each predictor in the last line."""
    has_model = any(row.model is not None for row in rows)
    lines = [f"{'factor':<10}{'cell type':<11}{'peaks':>6}{'bound':>8}{'motif':>8}{'+ state':>9}{'oracle':>8}"]
    lines[0] += f"{'model':>8}" if has_model else ""
    for row in rows:
        line = f"{row.factor:<10}{row.cell_type:<11}{row.peaks:>6}{row.bound_share:>8.2%}"
        lines.append(line + _figures(row.motif, row.motif_and_state, row.oracle, row.model))
    models = [row.model for row in rows if row.model is not None]
    medians = (_median([row.motif for row in rows]), _median([row.motif_and_state for row in rows]))
    oracle = _median([row.oracle for row in rows])
    lines.append(f"{'median':<35}" + _figures(*medians, oracle, _median(models) if models else None))
    return "\n".join(lines)


def _median(values: Sequence[float]) -> float:
    return float(np.nanmedian(values))


def _figures(motif: float, with_state: float, oracle: float, model: float | None) -> str:
    return f"{motif:>8.3f}{with_state:>9.3f}{oracle:>8.3f}" + ("" if model is None else f"{model:>8.3f}")


def _row(
    demonstration: Demonstration,
    factor: str,
    cell_type: str,
    fitted: MotifAndState,
    predictions: Scores | None,
    held_out: Sequence[Interval],
) -> ControlRow:
    def everywhere(score: Scores) -> NDArray[np.floating]:
        return np.concatenate([score(factor, cell_type, interval) for interval in held_out])

    labels = np.concatenate([demonstration.labels(factor, cell_type, interval) for interval in held_out])
    predicted = None if predictions is None else everywhere(predictions)
    chosen = (labels == BOUND) | (labels == UNBOUND)
    if predicted is not None:
        chosen &= ~np.isnan(predicted)
    is_bound = labels[chosen] == BOUND
    columns = (
        everywhere(lambda factor, _cell_type, interval: demonstration.motif_score(factor, interval)),
        everywhere(lambda *where: motif_and_state(demonstration, fitted, *where)),
        everywhere(demonstration.oracle),
    )
    motif, with_state, oracle = (auprc(is_bound, column[chosen]) for column in columns)
    model = None if predicted is None else auprc(is_bound, predicted[chosen])
    peaks = sum(demonstration.peak_count(factor, cell_type, interval) for interval in held_out)
    return ControlRow(factor, cell_type, peaks, float(is_bound.mean()), motif, with_state, oracle, model)


def _fit_logistic(design: NDArray[np.float64], is_bound: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The weights, held back a little so that a state without a bound bin cannot run away."""
    usual = np.log(is_bound.mean() / (1 - is_bound.mean()))
    start = np.where(np.arange(design.shape[1]) <= len(STATE_NAMES), usual, 0.0)
    return fit_logistic(design, is_bound, start, np.full(design.shape[1], _RIDGE))
