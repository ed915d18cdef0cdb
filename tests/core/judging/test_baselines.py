"""The regression that a model has to beat, on the toy genome whose rule it can know."""

from pathlib import Path

import numpy as np
import pytest

from ebert_core.dataset.channels import Channels
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import bin_labels
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.store import Store
from ebert_core.dataset.store_places import beside
from ebert_core.dream.scoring import auprc
from ebert_core.judging import trees
from ebert_core.judging.baselines import MotifAccessibility, fit_motif_accessibility, motif_scan
from ebert_core.judging.trees import TREES
from ebert_core.material.evidence import channels_of_dataset, evidence, pieces
from ebert_core.protocol.terms.locus import Interval
from tests.core.toy_binding import TOML, quiet, write_toy_binding

TRAINING = (Interval("chr1", 0, 30_000),)
HELD_OUT = (Interval("chr2", 0, 12_000),)


def opened(path: Path) -> tuple[Dataset, Store]:
    dataset = Dataset.open(path)
    return dataset, prepare(dataset, beside(dataset), report=quiet)


def held_out_auprc(baseline: MotifAccessibility, dataset: Dataset, cell_type: str) -> float:
    labels = bin_labels(dataset, cell_type, "FOS", HELD_OUT[0])
    scores = baseline.scores(cell_type, HELD_OUT)["FOS"]
    return auprc(labels[labels >= 0] == 1, scores[labels >= 0])


def test_it_learns_that_the_factor_binds_its_motif_where_the_state_is_open(toy_binding: Path) -> None:
    dataset, store = opened(toy_binding)
    baseline = fit_motif_accessibility(dataset, store, TRAINING, ("alpha", "beta"), ("FOS",))
    assert baseline.name == "motif x accessibility"
    assert baseline.inputs == "the factor's motif, DNase, state"
    assert baseline.notes() == [
        "Motif x accessibility reads the factor's motif, DNase, state; fitted where the model was trained."
    ]
    labels = bin_labels(dataset, "alpha", "FOS", HELD_OUT[0])
    scan = motif_scan(dataset, store, HELD_OUT)["FOS"]
    alone = auprc(labels[labels >= 0] == 1, scan[labels >= 0])
    assert held_out_auprc(baseline, dataset, "alpha") > alone + 0.2
    assert held_out_auprc(baseline, dataset, "beta") > 0.6  # beta has no DNase


def test_the_chip_seq_of_a_factor_is_not_read_because_the_model_reads_where_it_binds(toy_binding: Path) -> None:
    text = toy_binding.read_text().replace(
        'signals.DNase = "alpha.bw"', 'signals = {DNase = "alpha.bw", FOS = "alpha.bw"}'
    )
    (toy_binding.parent / "chip.toml").write_text(text)
    dataset, store = opened(toy_binding.parent / "chip.toml")
    reads = [
        fit_motif_accessibility(dataset, store, TRAINING, ("alpha", "beta"), ("FOS",), signals).inputs
        for signals in (("DNase", "binding(FOS)"), ("log(FOS)",))
    ]
    assert reads == ["the factor's motif, DNase, state", "the factor's motif, DNase, FOS, state"]


def test_the_same_seed_gives_the_same_fit(toy_binding: Path) -> None:
    dataset, store = opened(toy_binding)
    first, second = (
        fit_motif_accessibility(dataset, store, TRAINING, ("alpha",), ("FOS",)).fits["FOS"].weights_K for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("removed", "name", "inputs"),
    [
        (('signals.DNase = "alpha.bw"\n',), "motif x state", "the factor's motif, state"),
        (
            ('signals.DNase = "alpha.bw"\n', 'states = "alpha.bed"\n', 'states = "beta.bed"\n'),
            "motif alone",
            "the factor's motif",
        ),
        (('[motifs]\nFOS = "motifs.pfm"\n',), "accessibility", "DNase, state"),
    ],
)
def test_it_says_what_it_lacks(tmp_path: Path, removed: tuple[str, ...], name: str, inputs: str) -> None:
    write_toy_binding(tmp_path)
    text = TOML
    for line in removed:
        text = text.replace(line, "")
    (tmp_path / "less.toml").write_text(text)
    dataset, store = opened(tmp_path / "less.toml")
    baseline = fit_motif_accessibility(dataset, store, TRAINING, ("alpha", "beta"), ("FOS",))
    assert (baseline.name, baseline.inputs) == (name, inputs)
    assert np.isfinite(held_out_auprc(baseline, dataset, "alpha"))
    assert ("No matrix of FOS: the baseline has no motif there." in baseline.notes()) == ("motif" not in name)
    assert bool(motif_scan(dataset, store, HELD_OUT)) == ("motif" in name)


def test_trees_that_are_grown_a_few_at_a_time_are_those_that_are_grown_at_once(
    toy_binding: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, store = opened(toy_binding)
    grown = []
    for at_once in (trees._TREES_AT_ONCE, trees._TREES):
        monkeypatch.setattr(trees, "_TREES_AT_ONCE", at_once)
        fitted = fit_motif_accessibility(dataset, store, TRAINING, ("alpha",), ("FOS",), with_trees=True)
        assert fitted.trees["FOS"].trees.n_iter_ == 150
        grown.append(fitted.every_score("alpha", HELD_OUT)[TREES]["FOS"])
    np.testing.assert_array_equal(grown[0], grown[1])


def test_a_factor_without_bound_bins_is_left_out(toy_binding: Path) -> None:
    dataset, store = opened(toy_binding)
    baseline = fit_motif_accessibility(dataset, store, (Interval("chr1", 0, 200),), ("alpha",), ("FOS",))
    assert baseline.fits == {}
    assert baseline.scores("alpha", HELD_OUT) == {}


def test_pieces_join_to_what_the_whole_says(toy_binding: Path) -> None:
    dataset, store = opened(toy_binding)
    channels = channels_of_dataset(dataset)
    whole = evidence(store, channels, "alpha", Interval("chr1", 0, 30_000))
    parts = [evidence(store, channels, "alpha", Interval("chr1", a, a + 10_000)) for a in range(0, 30_000, 10_000)]
    for column, array in enumerate(whole):
        joined = np.concatenate([np.asarray(part[column]) for part in parts])
        np.testing.assert_allclose(joined, np.asarray(array), rtol=1e-6)
    assert list(pieces((Interval("chr1", 200, 1_500_000),)))[1] == Interval("chr1", 1_000_200, 1_500_000)


def test_a_bin_knows_its_own_state_and_the_mean_signal_around_it(tmp_path: Path) -> None:
    path = write_toy_binding(tmp_path)
    dataset, store = opened(path)
    known = evidence(store, Channels(dataset.state_names, ("DNase",)), "alpha", Interval("chr1", 2_000, 2_400))
    signal = dataset.signal("alpha", "DNase")
    assert signal is not None
    per_base = signal.per_base(Interval("chr1", 1_500, 3_000))
    assert known.signal_in_bin_RC[1, 0] == pytest.approx(np.log1p(per_base[550:750].mean()), rel=1e-3)
    assert known.signal_near_RC[1, 0] == pytest.approx(np.log1p(per_base[150:1150].mean()), rel=1e-3)
    segments = [line.split() for line in (tmp_path / "alpha.bed").read_text().splitlines()]
    here = next(s for s in segments if s[0] == "chr1" and int(s[1]) <= 2_150 < int(s[2]))
    assert known.state_R[1] == 2 + dataset.state_names.index(here[3])
