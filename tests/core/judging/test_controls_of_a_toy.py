"""The controls of the demonstration on a world of a few bins, and the table in which a person reads them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ebert_core.dataset.labels import BOUND, NOT_SCORED, UNBOUND
from ebert_core.demonstration.oracle import Demonstration
from ebert_core.demonstration.rules import CELL_TYPES, FACTOR_NAMES, STATE_NAMES
from ebert_core.dream.scoring import auprc
from ebert_core.judging import controls
from ebert_core.judging.controls import ControlRow, compare_controls, controls_table
from ebert_core.protocol.terms.locus import Interval

HELD_OUT = (Interval("chr1", 0, 10_000), Interval("chr1", 10_000, 18_000))


class Toy(Demonstration):
    """A demonstration in which every factor is bound where its motif is strong and the state is the first."""

    def __init__(self) -> None:
        """No file is read."""

    def is_assayed(self, factor: str, cell_type: str) -> bool:
        return cell_type in CELL_TYPES[: 2 if factor == FACTOR_NAMES[0] else 1]

    def states(self, cell_type: str, interval: Interval) -> NDArray[np.int64]:
        starts = np.arange(interval.start, interval.end, 50)
        return np.where((starts // 1_000 + CELL_TYPES.index(cell_type)) % 2, 0, len(STATE_NAMES))

    def motif_score(self, _factor: str, interval: Interval) -> NDArray[np.float64]:
        return np.arange(interval.start, interval.end, 50) % 950 / 60

    def labels(self, factor: str, cell_type: str, interval: Interval) -> NDArray[np.int8]:
        is_bound = (self.motif_score(factor, interval) > 11) & (self.states(cell_type, interval) == 0)
        labels = np.where(is_bound, BOUND, UNBOUND)
        labels[::17] = NOT_SCORED
        return labels

    def oracle(self, factor: str, cell_type: str, interval: Interval) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.motif_score(factor, interval) * (self.states(cell_type, interval) == 0)
        return found

    def peak_count(self, _factor: str, _cell_type: str, interval: Interval) -> int:
        return interval.length // 1_000


def predicted(_factor: str, _cell_type: str, interval: Interval) -> NDArray[np.float64]:
    """Scores that are right of nothing, and of the first bins there are none."""
    scores = np.sin(np.arange(interval.start, interval.end, 50))
    scores[:30] = np.nan
    return scores


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> tuple[ControlRow, ...]:
    monkeypatch.setattr(controls, "TRAINING", (Interval("chr2", 0, 60_000),))
    return compare_controls(Toy(), predicted, HELD_OUT)


def test_each_assayed_pair_is_measured_on_the_bins_that_all_can_say_something_about(
    rows: tuple[ControlRow, ...],
) -> None:
    others = [(factor, CELL_TYPES[0]) for factor in FACTOR_NAMES[1:]]
    assert [(row.factor, row.cell_type) for row in rows] == [
        *((FACTOR_NAMES[0], cell) for cell in CELL_TYPES[:2]),
        *others,
    ]
    for row in rows:
        labels = np.concatenate([Toy().labels(row.factor, row.cell_type, place) for place in HELD_OUT])
        motif = np.concatenate([Toy().motif_score(row.factor, place) for place in HELD_OUT])
        scores = np.concatenate([predicted(row.factor, row.cell_type, place) for place in HELD_OUT])
        chosen = (labels != NOT_SCORED) & ~np.isnan(scores)
        is_bound = labels[chosen] == BOUND
        assert row.peaks == 18
        assert row.bound_share == pytest.approx(is_bound.mean())
        assert row.motif == pytest.approx(auprc(is_bound, motif[chosen]))
        assert row.model == pytest.approx(auprc(is_bound, scores[chosen]))
        assert row.oracle == 1
        assert row.motif_and_state > 0.99 > row.motif + 0.2


def test_without_predictions_the_controls_stand_alone_and_no_bin_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "TRAINING", (Interval("chr2", 0, 60_000),))
    [row, *_] = compare_controls(Toy(), None, HELD_OUT)
    labels = np.concatenate([Toy().labels(row.factor, row.cell_type, place) for place in HELD_OUT])
    assert row.model is None
    assert row.bound_share == pytest.approx((labels[labels != NOT_SCORED] == BOUND).mean())


def test_the_table_has_a_line_for_each_pair_and_the_medians_last() -> None:
    rows = [
        ControlRow("CTCF", "alpha", 20, 0.015, 0.1, 0.5, 0.9, 0.75),
        ControlRow("CTCF", "beta", 7, 0.25, 0.3, 0.7, 1.0),
        ControlRow("MAX", "beta", 7, 0.25, float("nan"), 0.9, 0.8, 0.25),
    ]
    assert controls_table(rows).splitlines() == [
        "factor    cell type   peaks   bound   motif  + state  oracle   model",
        "CTCF      alpha          20   1.50%   0.100    0.500   0.900   0.750",
        "CTCF      beta            7  25.00%   0.300    0.700   1.000",
        "MAX       beta            7  25.00%     nan    0.900   0.800   0.250",
        "median                                0.200    0.700   0.900   0.500",
    ]
    assert controls_table(rows[1:2]).splitlines() == [
        "factor    cell type   peaks   bound   motif  + state  oracle",
        "CTCF      beta            7  25.00%   0.300    0.700   1.000",
        "median                                0.300    0.700   1.000",
    ]
