"""The verdict of a fine-tuning: what it says when the model is better, worse, level, or rests on too little."""

import json
from pathlib import Path

import numpy as np
import pytest
from toy_binding import TOML, SilentReport, quiet, write_toy_binding

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import bin_labels
from ebert_core.dataset.prepare import default_directory, prepare
from ebert_core.model.description import read_description
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.verdict import Judgement
from ebert_core.training.held_out import HeldOut, blocks
from ebert_core.training.material import Material
from ebert_core.training.report import Stopped
from ebert_core.training.verdict import verdict_of
from ebert_core.training.verdict_words import factor_by_factor, figure, with_overall_sentence, with_sentence

TRAINED, HELD = Interval("chr2", 0, 12_000), Interval("chr1", 0, 30_000)


def opened(path: Path) -> Material:
    dataset = Dataset.open(path)
    store = prepare(dataset, default_directory(dataset), report=quiet)
    return Material(dataset, store, (TRAINED,), (HELD,), ("alpha", "beta"))


@pytest.fixture
def material(toy_binding) -> Material:
    return opened(toy_binding)


def held_by(material: Material, cell_type: str, quality: float) -> HeldOut:
    """A model that knows what is bound as well as `quality` says; 0 knows nothing."""
    labels = bin_labels(material.dataset, cell_type, "FOS", HELD)
    random = np.random.default_rng(3)
    scores = random.normal(size=len(labels)) + quality * (labels == 1)
    return HeldOut("FOS", cell_type, labels, scores.astype(np.float32), blocks(HELD))


def test_a_model_that_knows_nothing_is_not_to_be_used(material):
    report = SilentReport()
    verdict = verdict_of([held_by(material, "alpha", 0.0)], material, ("alpha",), (), report, chose_epoch=True)
    judged = verdict.overall
    assert judged == verdict.factors[0]
    assert judged.outcome == "worse"
    assert judged.peaks > 15
    assert judged.difference == pytest.approx(judged.model - judged.baseline)
    assert judged.low < judged.difference < judged.high < 0
    assert judged.sentence.startswith(f"On {judged.peaks} held-out peaks of FOS in alpha the model (auPRC .")
    assert " is worse than motif x accessibility (" in judged.sentence
    assert judged.sentence.endswith("Do not use the model for this factor: the simple baseline does better.")
    assert verdict.baseline == "motif x accessibility"
    assert verdict.lines() == [judged.sentence, *verdict.notes]
    assert any("reads the factor's motif, DNase, state" in note for note in verdict.notes)
    assert any("chose the epoch" in note for note in verdict.notes)
    assert any("alpha was trained on elsewhere" in note for note in verdict.notes)
    assert any("No relaxed peaks of FOS in alpha" in note for note in verdict.notes)


def test_a_model_that_knows_more_than_the_motif_is_better(tmp_path):
    write_toy_binding(tmp_path)
    (tmp_path / "less.toml").write_text(
        "\n".join(line for line in TOML.splitlines() if not line.endswith(('.bed"', '.bw"')))
    )
    material = opened(tmp_path / "less.toml")
    held = [held_by(material, cell, 50.0) for cell in ("alpha", "beta")]
    verdict = verdict_of(held, material, ("alpha", "beta"), (), SilentReport(), chose_epoch=False)
    assert verdict.baseline == "motif alone"
    assert verdict.overall.outcome == "better"
    assert verdict.overall.cell_types == ("alpha", "beta")
    assert verdict.overall.sentence.endswith("Prefer the model for this factor.")
    assert not any("chose the epoch" in note for note in verdict.notes)
    assert any("cell types: alpha and beta were" in note for note in verdict.notes)


def test_a_cell_type_that_was_not_trained_on_decides_alone(material):
    held = [held_by(material, cell, 1.0) for cell in ("alpha", "beta")]
    verdict = verdict_of(held, material, ("alpha",), (), SilentReport(), chose_epoch=False)
    assert verdict.overall.cell_types == ("beta",)
    assert not any("trained on elsewhere" in note for note in verdict.notes)


def test_few_peaks_give_no_verdict(material):
    labels = bin_labels(material.dataset, "alpha", "FOS", HELD)
    labels[len(labels) // 4 :] = 0
    few = HeldOut("FOS", "alpha", labels, np.zeros(len(labels), np.float32), blocks(HELD))
    judged = verdict_of([few], material, ("alpha",), (), SilentReport(), chose_epoch=True).overall
    assert judged.outcome == "too few peaks"
    assert f"FOS in alpha: only {judged.peaks} held-out peaks, no verdict; at least 15 are needed." in judged.sentence
    none = few._replace(labels_P=np.zeros_like(labels))
    judged = verdict_of([none], material, ("alpha",), (), SilentReport(), chose_epoch=True).overall
    assert judged.sentence == "FOS has no held-out peak: no verdict; at least 15 are needed."


def test_without_bound_training_loci_there_is_no_baseline(material):
    bare = Material(material.dataset, material.store, (Interval("chr2", 9_000, 9_600),), (HELD,), ("alpha",))
    verdict = verdict_of([held_by(material, "alpha", 2.0)], bare, ("alpha",), (), SilentReport(), chose_epoch=True)
    assert verdict.overall.outcome == "no baseline"
    assert "no verdict" in verdict.overall.sentence


def test_it_ends_where_the_person_wants_it_to(material):
    with pytest.raises(Stopped, match="before the verdict"):
        verdict_of([held_by(material, "alpha", 2.0)], material, ("alpha",), (), SilentReport(1), chose_epoch=True)


def judged(factor: str, **changes) -> Judgement:
    figures = {"peaks": 37, "bound_bins": 150, "outcome": "level", "sentence": "", "model": 0.43, "baseline": 0.41}
    figures |= {"cell_types": ("K562",), "difference": 0.02, "low": -0.05, "high": 0.08}
    return Judgement(factor=factor, **{**figures, **changes})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {},
            "On 37 held-out peaks of CTCF in K562 the model (auPRC .43) is not distinguishable from motif x "
            "accessibility (.41; difference .02, 95 % interval -.05 to .08). Do not prefer it for this factor.",
        ),
        (
            {"outcome": "too few peaks", "peaks": 6},
            "CTCF in K562: only 6 held-out peaks, no verdict; at least 15 are needed. "
            "(auPRC there: model .43, motif x accessibility .41.)",
        ),
        (
            {"outcome": "better", "difference": 0.004, "low": 0.001, "high": 0.007},
            "On 37 held-out peaks of CTCF in K562 the model (auPRC .43) is better than motif x accessibility, though "
            "by very little (.41; difference .004, 95 % interval .001 to .007). Prefer the model for this factor.",
        ),
        (
            {"outcome": "too few peaks"},
            "CTCF in K562: its 37 held-out peaks lie in fewer than 8 blocks of 2 kb, too close together for a verdict; "
            "hold out more. (auPRC there: model .43, motif x accessibility .41.)",
        ),
        (
            {"outcome": "no baseline"},
            "CTCF in K562: too little is bound where it was trained to fit motif x accessibility, so there is no "
            "verdict.",
        ),
    ],
)
def test_the_sentence_of_a_factor(changes, sentence):
    assert with_sentence(judged("CTCF", **changes), "motif x accessibility", 8).sentence == sentence


def test_the_sentence_over_factors_names_those_for_which_the_model_is_worth_it():
    factors = [judged("CTCF", outcome="better"), judged("MAX"), judged("REST", outcome="too few peaks", peaks=3)]
    known = judged("", peaks=74, difference=0.05, low=0.01, high=0.09, outcome="better")
    assert with_overall_sentence(known, factors, "motif x accessibility", is_pooled=False).sentence == (
        "Over the 2 factors that have at least 15 held-out peaks (74 in all), the model (mean auPRC .43) is better "
        "than motif x accessibility (.41; difference .05, 95 % interval .01 to .09). Factor by factor it is better for "
        "CTCF; not distinguishable for MAX; without a verdict for REST."
    )
    assert factor_by_factor([]) == ""
    pooled = with_overall_sentence(judged(""), factors[2:] * 2, "motif x state", is_pooled=True).sentence
    assert pooled.startswith("Pooled over 2 factors with few held-out peaks each (37 in all), the model (auPRC .43)")
    few = with_overall_sentence(judged("", outcome="too few peaks", peaks=9), factors, "motif x state", is_pooled=True)
    assert few.sentence.startswith("All 3 factors together have only 9 held-out peaks: no verdict")
    none = with_overall_sentence(judged("", outcome="no baseline"), factors, "motif x state", is_pooled=False)
    assert none.sentence == "Motif x state could be fitted for none of the factors: no verdict."


def test_scores_are_written_without_their_leading_zero():
    assert [figure(value) for value in (0.434, -0.05, 1.0, None)] == [".43", "-.05", "1.00", "not scored"]


def test_a_fine_tuned_checkpoint_keeps_its_verdict_and_the_log_says_it(learned):
    path, report = learned
    verdict = read_description(path).verdict
    assert verdict.overall.peaks > 0
    assert verdict.overall.model > 0.9
    assert report.events[-len(verdict.lines()) :] == verdict.lines()


def test_a_checkpoint_from_before_there_were_verdicts_still_loads(toy_checkpoint, tmp_path):
    content = json.loads((toy_checkpoint / "description.json").read_text())
    del content["verdict"]
    (tmp_path / "description.json").write_text(json.dumps(content))
    assert read_description(tmp_path).verdict is None
