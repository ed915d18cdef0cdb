"""The verdict of a fine-tuning: what it says when the model is better, worse, level, or rests on too little."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import bin_labels
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.store_places import beside
from ebert_core.judging.comparison import Pair
from ebert_core.judging.held_out import HeldOut, blocks
from ebert_core.judging.verdict import _Gap, _Group, _outcome, _overall, verdict_of
from ebert_core.judging.verdict_words import Words, factor_by_factor, figure, with_overall_sentence, with_sentence
from ebert_core.material.material import Material
from ebert_core.model.description import read_description
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import Stopped
from ebert_core.protocol.terms.verdict import Judgement, Verdict
from tests.certain import present
from tests.core.toy_binding import TOML, SilentReport, quiet, write_toy_binding

TRAINED, HELD = Interval("chr2", 0, 12_000), Interval("chr1", 0, 30_000)


def opened(path: Path) -> Material:
    dataset = Dataset.open(path)
    store = prepare(dataset, beside(dataset), report=quiet)
    return Material(dataset, store, (TRAINED,), (HELD,), ("alpha", "beta"))


@pytest.fixture
def material(toy_binding: Path) -> Material:
    return opened(toy_binding)


def held_by(material: Material, cell_type: str, quality: float) -> HeldOut:
    """A model that knows what is bound as well as `quality` says; 0 knows nothing."""
    labels = bin_labels(material.dataset, cell_type, "FOS", HELD)
    random = np.random.default_rng(3)
    scores = random.normal(size=len(labels)) + quality * (labels == 1)
    return HeldOut("FOS", cell_type, labels, scores.astype(np.float32), blocks(HELD))


def test_a_model_that_knows_nothing_is_not_to_be_used(material: Material) -> None:
    report = SilentReport()
    verdict = verdict_of([held_by(material, "alpha", 0.0)], material, ("alpha",), (), report, chose_epoch=True)
    judged = verdict.overall
    assert judged == verdict.factors[0]
    assert judged.outcome == "worse"
    assert judged.peaks > 15
    difference, rival_score = present(judged.difference), present(judged.rival_score)
    assert difference == pytest.approx(present(judged.model) - rival_score)
    assert present(judged.low) < difference < present(judged.high) < 0
    assert judged.sentence.startswith(f"On {judged.peaks} held-out peaks of FOS in alpha the model (auPRC .")
    assert judged.rival in ("motif x accessibility", "boosted trees", "motif scan")
    assert rival_score == max(present(judged.baseline), present(judged.trees), present(judged.motif_scan))
    assert f" is worse than {judged.rival} (" in judged.sentence
    assert verdict.headline == f"Worse than {judged.rival}"
    assert verdict.is_behind
    assert not verdict.are_unseen
    assert judged.sentence.endswith("Do not use the model for this factor: the simple baseline does better.")
    assert verdict.baseline == "motif x accessibility"
    assert verdict.lines() == [judged.sentence, *verdict.notes]
    assert any("reads the factor's motif, DNase, state" in note for note in verdict.notes)
    assert any("chose the epoch" in note for note in verdict.notes)
    assert any("alpha was trained on elsewhere" in note for note in verdict.notes)
    assert any("No relaxed peaks of FOS in alpha" in note for note in verdict.notes)


def test_a_model_that_knows_more_than_the_motif_is_better(tmp_path: Path) -> None:
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
    assert not any("chose the epoch, so" in note for note in verdict.notes)
    assert verdict.are_unseen
    assert (
        verdict.notes[0]
        == "Judged on chr1:1-30,000; neither training nor the choice of the epoch looked at its labels."
    )
    chosen = verdict_of(held, material, ("alpha", "beta"), (), SilentReport(), chose_epoch=True).overall
    assert chosen.outcome == "better"
    assert chosen.sentence.endswith("These loci chose its epoch: evaluate it on unseen ones before you rely on it.")
    assert any("cell types: alpha and beta were" in note for note in verdict.notes)


def test_a_cell_type_that_was_not_trained_on_decides_alone(material: Material) -> None:
    held = [held_by(material, cell, 1.0) for cell in ("alpha", "beta")]
    verdict = verdict_of(held, material, ("alpha",), (), SilentReport(), chose_epoch=False)
    assert verdict.overall.cell_types == ("beta",)
    assert not any("trained on elsewhere" in note for note in verdict.notes)


def few_of(material: Material, scores: Callable[[NDArray[np.int8]], NDArray[np.float64]] | None = None) -> HeldOut:
    labels = bin_labels(material.dataset, "alpha", "FOS", HELD)
    labels[len(labels) // 4 :] = -1
    found = np.zeros(len(labels)) if scores is None else scores(labels)
    return HeldOut("FOS", "alpha", labels, found.astype(np.float32), blocks(HELD))


def test_few_peaks_give_no_verdict(material: Material) -> None:
    few = few_of(material, lambda labels: (labels == 1) + 0.0)
    judged = verdict_of([few], material, ("alpha",), (), SilentReport(), chose_epoch=True).overall
    assert judged.outcome == "too few peaks"
    start = f"FOS in alpha: only {judged.peaks} held-out peaks, and at least 15 are needed to tell (auPRC: model 1.00, "
    assert judged.sentence.startswith(start)
    none = few._replace(labels_P=np.zeros_like(few.labels_P))
    judged = verdict_of([none], material, ("alpha",), (), SilentReport(), chose_epoch=True).overall
    assert judged.sentence == "FOS has no held-out peak: no verdict; at least 15 are needed."


def test_few_peaks_do_not_hide_a_model_that_is_far_behind(material: Material) -> None:
    verdict = verdict_of([few_of(material)], material, ("alpha",), (), SilentReport(), chose_epoch=True)
    judged = verdict.overall
    assert judged.outcome == "far behind"
    assert present(judged.model) < 0.3 < 0.9 < present(judged.rival_score)
    assert verdict.headline == f"Far behind {judged.rival}, on few held-out peaks"
    assert judged.sentence.startswith(f"FOS in alpha: the model is far behind {judged.rival} (auPRC: model .")
    assert f"only {judged.peaks} held-out peaks, and at least 15 are needed to tell" in judged.sentence


def test_without_bound_training_loci_the_motif_scan_is_left_to_compare_with(material: Material) -> None:
    bare = Material(material.dataset, material.store, (Interval("chr2", 9_000, 9_600),), (HELD,), ("alpha",))
    verdict = verdict_of([held_by(material, "alpha", 2.0)], bare, ("alpha",), (), SilentReport(), chose_epoch=True)
    assert verdict.overall.rival == "motif scan"
    assert verdict.overall.baseline is verdict.overall.trees is None
    (note,) = (note for note in verdict.notes if "could not be fitted" in note)
    assert note.startswith("Motif x accessibility could not be fitted for FOS: ")
    assert note.endswith(" bound where it was trained.")


def test_without_anything_to_read_the_true_reason_is_given(tmp_path: Path) -> None:
    write_toy_binding(tmp_path)
    left_out = ("states =", "signals.", "names =", "FOS =")
    (tmp_path / "bare.toml").write_text(
        "\n".join(
            line for line in TOML.splitlines() if not line.startswith(left_out) and line not in ("[motifs]", "[states]")
        )
    )
    material = opened(tmp_path / "bare.toml")
    verdict = verdict_of([held_by(material, "alpha", 2.0)], material, ("alpha",), (), SilentReport(), chose_epoch=True)
    judged = verdict.overall
    assert (judged.outcome, verdict.headline) == ("no baseline", "No verdict: no baseline to compare with")
    assert judged.peaks > 15
    why = "the dataset has no motif matrix, no accessibility, no signal that the model reads and no chromatin states"
    assert f"no verdict, since no baseline could be fitted: {why} for it. The model reaches auPRC ." in judged.sentence
    assert f"No baseline could be fitted: {why}." in verdict.notes
    assert not any("reads ;" in line or "too little" in line for line in verdict.lines())


def test_trees_stand_beside_the_regression(material: Material) -> None:
    judged = verdict_of([held_by(material, "alpha", 1.0)], material, ("alpha",), (), SilentReport(), True).overall
    assert present(judged.trees) > present(judged.motif_scan)  # the toy's rule is motif and state
    assert judged.trees != judged.baseline


def test_without_scikit_learn_the_verdict_says_what_it_lacks(
    material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ebert_core.judging.baselines.can_grow_trees", lambda: False)
    verdict = verdict_of([held_by(material, "alpha", 1.0)], material, ("alpha",), (), SilentReport(), True)
    assert verdict.overall.trees is None
    assert verdict.overall.baseline is not None
    assert any("scikit-learn is not installed" in note for note in verdict.notes)


@pytest.mark.parametrize(
    ("peaks", "ours", "theirs", "low", "high", "blocks_", "outcome"),
    [
        (37, 0.46, 0.34, -0.03, 0.27, 20, "cannot be told"),  # ahead, with an interval that holds 0 and is wide
        (37, 0.15, 0.06, -0.05, 0.016, 20, "cannot be told"),  # narrow, and wide beside such scores
        (37, 0.46, 0.45, -0.02, 0.03, 20, "level"),
        (37, 0.46, 0.34, 0.01, 0.27, 20, "better"),
        (37, 0.46, 0.50, -0.09, -0.01, 20, "worse"),
        (37, 0.46, 0.45, 0.0, 0.01, 20, "level"),
        (37, 0.46, 0.47, -0.01, 0.0, 20, "level"),
        (14, 0.46, 0.34, 0.01, 0.27, 20, "too few peaks"),
        (37, 0.46, 0.34, 0.01, 0.27, 7, "too few peaks"),
        (15, 0.46, 0.34, 0.01, 0.27, 8, "better"),  # the fewest of both
        (14, 0.01, 0.92, -1.0, -0.8, 20, "far behind"),
        (14, 0.50, 0.92, -1.0, -0.8, 20, "too few peaks"),
        (4, 0.19, 0.40, -0.3, -0.1, 20, "too few peaks"),  # four peaks make such differences by chance
        (14, 0.01, 0.05, -0.1, 0.0, 20, "too few peaks"),
    ],
)
def test_the_outcome_says_no_more_than_the_figures(
    peaks: int, ours: float, theirs: float, low: float, high: float, blocks_: int, outcome: str
) -> None:
    assert _outcome(peaks, _Gap(ours - theirs, low, high, blocks_), ours, theirs) == outcome


def test_it_ends_where_the_person_wants_it_to(material: Material) -> None:
    with pytest.raises(Stopped, match="before the verdict"):
        verdict_of([held_by(material, "alpha", 2.0)], material, ("alpha",), (), SilentReport(1), chose_epoch=True)


WORDS = Words("motif x accessibility", 8, are_unseen=True)


def judged(factor: str, **changes: float | str | None) -> Judgement:
    figures: dict[str, Any] = {
        "peaks": 37,
        "bound_bins": 150,
        "outcome": "level",
        "sentence": "",
        "model": 0.43,
        "baseline": 0.38,
    }
    figures |= {"cell_types": ("K562",), "difference": 0.02, "low": -0.02, "high": 0.04, "trees": 0.41}
    figures |= {"rival": "boosted trees", "rival_score": 0.41, "motif_scan": 0.17}
    return Judgement(factor=factor, **{**figures, **changes})


OTHERS = "motif x accessibility .38, motif scan .17"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {},
            "On 37 held-out peaks of CTCF in K562 the model (auPRC .43) is level with boosted trees (.41; difference "
            f".02, 95 % interval -.02 to .04; {OTHERS}). There is no reason to prefer it for this factor.",
        ),
        (
            {"outcome": "cannot be told", "low": -0.05, "high": 0.09},
            "Whether the model is better than boosted trees for CTCF in K562 cannot be told from 37 held-out peaks "
            f"(auPRC: model .43, boosted trees .41, difference .02, 95 % interval -.05 to .09; {OTHERS}). Hold out "
            "more to tell.",
        ),
        (
            {"outcome": "too few peaks", "peaks": 6},
            "CTCF in K562: only 6 held-out peaks, and at least 15 are needed to tell (auPRC: model .43, boosted trees "
            f".41; {OTHERS}).",
        ),
        (
            {"outcome": "too few peaks", "peaks": 6, "rival": "", "rival_score": None},
            "CTCF in K562: only 6 held-out peaks, and at least 15 are needed to tell.",
        ),
        (
            {"outcome": "far behind", "peaks": 1, "model": 0.01, "baseline": 0.92, "trees": None, "motif_scan": None,
             "rival": "motif x accessibility", "rival_score": 0.92},
            "CTCF in K562: the model is far behind motif x accessibility (auPRC: model .01, motif x accessibility "
            ".92). Do not use it unless more peaks say otherwise: only 1 held-out peak, and at least 15 are needed to "
            "tell.",
        ),
        (
            {"outcome": "better", "difference": 0.004, "low": 0.001, "high": 0.007},
            "On 37 held-out peaks of CTCF in K562 the model (auPRC .43) is better than boosted trees, though by very "
            f"little (.41; difference .004, 95 % interval .001 to .007; {OTHERS}). Prefer the model for this factor.",
        ),
        (
            {"outcome": "too few peaks"},
            "CTCF in K562: its 37 held-out peaks lie in fewer than 8 blocks of 2 kb, too close together to tell; hold "
            f"out more (auPRC: model .43, boosted trees .41; {OTHERS}).",
        ),
        (
            {"outcome": "no baseline"},
            "CTCF in K562: no verdict, since no baseline could be fitted: it is so. The model reaches auPRC .43 on 37 "
            "held-out peaks.",
        ),
    ],
)  # fmt: skip
def test_the_sentence_of_a_factor(changes: dict[str, float | int | str | None], sentence: str) -> None:
    assert with_sentence(judged("CTCF", **changes), WORDS._replace(absent={"CTCF": "it is so"})).sentence == sentence


def test_the_sentence_over_factors_names_those_for_which_the_model_is_worth_it() -> None:
    factors = [judged("CTCF", outcome="better"), judged("MAX"), judged("REST", outcome="too few peaks", peaks=3)]
    known = judged("", peaks=74, difference=0.05, low=0.01, high=0.09, outcome="better")
    assert with_overall_sentence(known, factors, WORDS, is_pooled=False).sentence == (
        "Over the 2 factors that have at least 15 held-out peaks (74 in all), the model (mean auPRC .43) is better "
        f"than boosted trees (.41; difference .05, 95 % interval .01 to .09; {OTHERS}). Factor by factor it is better "
        "for CTCF; level for MAX; not to be told for REST."
    )
    assert factor_by_factor([]) == ""
    pooled = with_overall_sentence(judged(""), factors[2:] * 2, WORDS, is_pooled=True).sentence
    assert pooled.startswith("Pooled over 2 factors with few held-out peaks each (37 in all), the model (auPRC .43)")
    few = with_overall_sentence(judged("", outcome="too few peaks", peaks=9), factors, WORDS, is_pooled=True)
    assert few.sentence.startswith("All 3 factors together: only 9 held-out peaks, and at least 15 are needed to tell")
    none = with_overall_sentence(judged("", outcome="no baseline"), [], WORDS._replace(absent={"A": "why"}), False)
    assert none.sentence == "No verdict, since a baseline could be fitted for none of the factors: why."
    wide = with_overall_sentence(judged("", outcome="cannot be told"), factors, WORDS, is_pooled=False).sentence
    assert wide.startswith("Whether the model is better than boosted trees over the 2 factors that have at least 15")


def test_a_factor_with_the_fewest_peaks_that_tell_counts_alone_and_others_are_not_pooled_with_it() -> None:
    random = np.random.default_rng(4)
    is_bound = np.arange(4_000) % 100 < 5
    scores = {name: random.normal(size=4_000) + 3 * is_bound for name in ("model", "motif scan")}
    groups = [
        _Group(factor, [Pair(factor, "K562", is_bound, np.arange(4_000) // 100, 0, scores)], peaks, tuple(scores))
        for factor, peaks in (("A", 15), ("B", 3))
    ]
    factors = [judged("A", peaks=15), judged("B", peaks=3, outcome="too few peaks")]
    overall = _overall(groups, factors, WORDS, 1)
    assert overall.peaks == 15
    assert "over the one factor that has at least 15 held-out peaks (15 in all)" in overall.sentence.lower()


def test_the_worst_that_is_known_comes_first() -> None:
    rest = judged("REST", outcome="far behind", peaks=8, model=0.01, rival_score=0.92, difference=-0.91)
    tells = with_overall_sentence(judged("", outcome="better"), [judged("CTCF"), rest], WORDS, False)
    assert tells.sentence.startswith(
        "Do not use the model for REST (model .01, boosted trees .92, 8 held-out peaks). Ov"
    )
    verdict = Verdict(tells, "motif x accessibility", "chr1", (judged("CTCF"), rest))
    assert verdict.headline == "Worse for REST. Over CTCF on chr1: better than boosted trees"
    few = Verdict(judged("", outcome="too few peaks"), "motif x accessibility", "chr1", (judged("CTCF"), rest))
    assert few.headline == "Worse for REST. Over CTCF on chr1: cannot be told: too few held-out peaks"
    behind = Verdict(judged("", outcome="worse"), "motif x accessibility", "chr1", (judged("CTCF"), rest))
    assert behind.headline == "Over CTCF on chr1: worse than boosted trees"
    old = Verdict(judged("", outcome="better", rival=""), "motif x state", "chr1")
    assert old.headline == "Better than motif x state"
    many = [judged(name) for name in ("CTCF", "MAX", "MYC")]
    places = "chr5:124,000,000-126,000,000, chr7"
    whole = Verdict(judged("", outcome="better"), "motif x accessibility", places, (*many, rest))
    assert whole.headline == (
        "Worse for REST. Over 3 factors on chr5:124,000,000-126,000,000 and 1 other: better than boosted trees"
    )
    assert [each.is_behind for each in (verdict, few, behind, old)] == [True, True, True, False]


def test_three_factors_for_which_the_model_is_behind_are_named_and_more_are_counted() -> None:
    behind = [judged(name, outcome="worse", difference=-0.1 * number) for number, name in enumerate("ABCDE")]
    begun = [
        with_overall_sentence(judged("", outcome="better"), behind[:count], WORDS, False).sentence.split(". ")[0]
        for count in (3, 5)
    ]
    figures = "(model .43, boosted trees .41, 37 held-out peaks)"
    assert begun[0] == f"Do not use the model for C {figures}, B {figures}, A {figures}"
    assert begun[1] == f"Do not use the model for E {figures}, D {figures}, C {figures} and 2 more"


def test_scores_are_written_without_their_leading_zero() -> None:
    assert [figure(value) for value in (0.434, -0.05, 1.0, None)] == [".43", "-.05", "1.00", "not scored"]


def test_a_fine_tuned_checkpoint_keeps_its_verdict_and_the_log_says_it(learned: tuple[Path, SilentReport]) -> None:
    path, report = learned
    verdict = present(read_description(path).verdict)
    assert verdict.overall.peaks > 0
    assert present(verdict.overall.model) > 0.9
    assert report.events[-len(verdict.lines()) :] == verdict.lines()


def test_a_checkpoint_from_before_there_were_verdicts_still_loads(toy_checkpoint: Path, tmp_path: Path) -> None:
    content = json.loads((toy_checkpoint / "description.json").read_text())
    del content["verdict"]
    (tmp_path / "description.json").write_text(json.dumps(content))
    assert read_description(tmp_path).verdict is None
