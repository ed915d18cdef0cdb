"""The oracle knows more than motif and state, which know more than the motif; and the small sums behind them."""

from pathlib import Path

import numpy as np
import pytest

from ebert_core.dataset.labels import BOUND, NOT_SCORED, UNBOUND
from ebert_core.demonstration.oracle import Demonstration
from ebert_core.demonstration.rules import GAPS
from ebert_core.demonstration.scene import scene
from ebert_core.judging.controls import compare_controls, controls_table
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import whole_bin_starts
from ebert_core.protocol.terms.locus import Interval


@pytest.fixture(scope="module")
def demonstration(demonstration_dataset: Path) -> Demonstration:
    return Demonstration(demonstration_dataset)


def test_the_oracle_beats_motif_and_state_which_beat_the_motif_on_held_out_loci(demonstration: Demonstration) -> None:
    rows = compare_controls(demonstration, predictions=demonstration.oracle)
    by_pair = {(row.factor, row.cell_type): row for row in rows}
    assert len(rows) == 17
    for row in rows:
        assert row.model == row.oracle
        assert row.peaks >= 15
        assert row.oracle > row.motif_and_state - 0.06
        if row.factor != "DEMO-C":
            assert row.motif_and_state > row.motif + 0.1
    medians = np.median([(row.motif, row.motif_and_state, row.oracle) for row in rows], axis=0)
    assert medians[0] < medians[1] < medians[2]
    for factor in ("DEMO-B", "DEMO-H"):
        # Its neighbour's motif, or the promoter itself, decides: motif and state of the bin cannot know.
        assert by_pair[factor, "alpha"].oracle > by_pair[factor, "alpha"].motif_and_state + 0.05
    # Where state does not matter, knowing it does not help.
    indifferent = by_pair["DEMO-C", "alpha"]
    assert indifferent.motif_and_state == pytest.approx(indifferent.motif, abs=0.06)
    shown = controls_table(rows)
    assert shown.splitlines()[0].split()[-1] == "model"
    assert len(shown.splitlines()) == len(rows) + 2


def test_the_oracles_probabilities_are_calibrated(demonstration: Demonstration) -> None:
    part = Interval("chr1", 3_000_000, 6_000_000)
    expected = actual = 0.0
    for factor in ("DEMO-A", "DEMO-C", "DEMO-E"):
        expected += demonstration.oracle(factor, "beta", part).sum()
        actual += np.sum(demonstration.labels(factor, "beta", part) == BOUND)
    # Missed peaks make fewer bins bound than sites are.
    assert 0.75 < actual / expected < 1.1


def test_the_oracle_sees_the_cell_type_in_the_scene(demonstration: Demonstration) -> None:
    interval, factor = scene()
    alpha, beta = (demonstration.oracle(factor, cell, interval) for cell in ("alpha", "beta"))
    middle = np.searchsorted(whole_bin_starts(interval), interval.start + 7_200)
    assert alpha[middle] > 0.9
    assert beta[middle] < 0.3
    promoter = np.searchsorted(whole_bin_starts(interval), interval.start + 2_300)
    assert min(alpha[promoter], beta[promoter]) > 0.9


def test_bins_that_meet_n_are_ambiguous_and_scores_are_given_to_every_bin(demonstration: Demonstration) -> None:
    gap = GAPS[0]
    around = Interval(gap.chromosome, gap.start - 1_000, gap.end + 1_000)
    labels = demonstration.labels("DEMO-A", "alpha", around)
    starts = whole_bin_starts(around)
    meets = (starts + 200 > gap.start) & (starts < gap.end)
    assert (labels[meets] == NOT_SCORED).all()
    assert np.isin(labels[~meets], (BOUND, UNBOUND, NOT_SCORED)).all()
    assert np.isfinite(demonstration.motif_score("DEMO-A", around)).all()
    assert (demonstration.oracle("DEMO-A", "alpha", around)[meets & (starts > gap.start + 300)] < 0.5).all()


def test_bins_start_on_multiples_of_fifty_and_stay_inside() -> None:
    assert whole_bin_starts(Interval("chr1", 10, 360)).tolist() == [50, 100, 150]
    assert whole_bin_starts(Interval("chr1", 0, 199)).tolist() == []


def test_a_dataset_of_real_data_has_no_oracle(tmp_path: Path) -> None:
    dataset = tmp_path / "DATASET.toml"
    dataset.write_text('version = 1\nname = "mine"\n')
    with pytest.raises(InvalidRequest, match="no oracle"):
        Demonstration(dataset)
