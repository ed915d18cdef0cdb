"""A threshold calls bins bound only where it means something, and doubts are told the gravest first."""

import msgspec
import pytest

from ebert_core.protocol.calling import (
    Doubt,
    calling_sentences,
    calls_at_precision,
    calls_of,
    calls_of_factor,
    doubts_of,
    inputs_doubt,
)
from ebert_core.protocol.modelling import OutputSummary
from ebert_core.protocol.terms.inputs import CellInputs
from ebert_core.protocol.terms.reliability import MeasuredCell, Reliability, ReliabilityPoint, Transfer
from ebert_core.protocol.terms.verdict import Judgement, Verdict
from tests.toy_summaries import checkpoint_summary

TRAINED = ("K562",)


def measured(peaks: int = 60, precision: float = 0.6, low: float | None = 0.4, bound: int = 500) -> Reliability:
    points = (ReliabilityPoint(0.05, 0.05, 1.0, 0.04, 0.06), ReliabilityPoint(0.4, precision, 0.5, low, 0.9))
    return Reliability(("chr20",), (MeasuredCell("HepG2", 10_000, bound, peaks),), False, True, points)


@pytest.mark.parametrize(
    ("trained", "threshold", "reliability", "reason"),
    [
        (TRAINED, 0.4, measured(), ""),
        (TRAINED, 0.4, None, ""),
        (TRAINED, 0.1, measured(), ""),
        ((), 0.4, measured(), "trained in no cell type"),
        (TRAINED, None, measured(), "no threshold was measured"),
        (TRAINED, 0.009, measured(), "its threshold, 0.009, is too low to mean bound"),
        (TRAINED, 0.4, measured(peaks=14), "its threshold rests on 14 held-out peaks"),
        (TRAINED, 0.4, measured(peaks=1), "its threshold rests on 1 held-out peak"),
        (TRAINED, 0.4, measured(low=0.05), "its precision, 5-90 %, may be no better than chance"),
        (TRAINED, 0.4, measured(precision=0.05, low=None), "no better than chance on held-out bins"),
        (TRAINED, 0.4, measured(precision=0.06, low=None), ""),
    ],
)
def test_bins_are_called_bound_only_by_a_threshold_that_means_it(
    trained: tuple[str, ...], threshold: float | None, reliability: Reliability | None, reason: str
) -> None:
    calls = calls_of(trained, threshold, reliability)
    assert calls.reason == reason
    assert calls.threshold == (None if reason else threshold)


@pytest.mark.parametrize(
    ("trained", "reliability", "wanted", "threshold", "reason"),
    [
        (TRAINED, measured(), 0.5, 0.4, ""),
        (TRAINED, measured(), 0.6, 0.4, ""),
        (TRAINED, measured(), 0.05, 0.05, ""),
        (TRAINED, measured(), 0.61, None, "its precision on chr20 in HepG2 reaches 60 % and never 61 %"),
        (TRAINED, measured(peaks=14), 0.5, None, "what its probabilities are worth rests on 14 held-out peaks"),
        (TRAINED, None, 0.5, None, "what its probabilities are worth was not measured"),
        ((), measured(), 0.5, None, "trained in no cell type"),
    ],
)
def test_a_wanted_precision_calls_from_where_it_was_reached(
    trained: tuple[str, ...], reliability: Reliability | None, wanted: float, threshold: float | None, reason: str
) -> None:
    assert calls_at_precision(trained, reliability, wanted) == (threshold, reason)


def test_what_calls_are_worth_is_said_with_the_peaks_that_it_rests_on() -> None:
    said = calling_sentences("CTCF", 0.4, measured())
    assert said.startswith(
        "CTCF is called bound from 0.4. About 60 % of bins at or above this were bound on chr20 in HepG2"
    )
    assert said.endswith("This rests on 60 held-out peaks.")
    assert calling_sentences("CTCF", 0.4, None).endswith("not measured on held-out bins.")


def blind(peaks: int) -> Reliability:
    """5 % of the bins are bound, and the values find them little better than chance."""
    return msgspec.structs.replace(measured(peaks), auprc=0.07)


def judged(outcome: str, overall: str = "level") -> Verdict:
    factors = tuple(
        Judgement(name, TRAINED, 60, 500, outcome, f"The sentence on {name}.")  # type: ignore[arg-type]  # parametrised
        for name in ("CTCF", "MAX")
    )
    whole = Judgement("", TRAINED, 60, 500, overall, "Overall.")  # type: ignore[arg-type]  # parametrised
    return Verdict(whole, "motif x accessibility", "chr20", factors)


@pytest.mark.parametrize(
    ("changes", "verdict", "shorts"),
    [
        ({}, None, []),
        ({}, judged("better"), []),
        ({}, judged("worse"), ["worse than baseline"]),
        ({}, judged("far behind"), ["far behind baseline"]),
        ({}, judged("level"), ["no better than baseline"]),
        ({}, judged("too few peaks", "worse"), ["model worse than baseline"]),
        ({}, judged("better", "worse"), []),
        ({"cell_types": ()}, None, ["values say nothing"]),
        ({"is_calibrated": False, "reliability": None}, None, ["not calibrated", "never checked"]),
        ({"reliability": measured(peaks=4)}, judged("worse"), ["rests on 4 peaks", "worse than baseline"]),
        ({"reliability": measured(peaks=1)}, None, ["rests on 1 peak"]),
        ({"reliability": blind(peaks=60)}, None, ["values say nothing"]),
        ({"reliability": blind(peaks=8)}, None, ["values say nothing"]),
    ],
)
def test_doubts_come_in_few_words_and_in_sentences_about_the_factor(
    changes: dict[str, Reliability | bool | tuple[()] | None], verdict: Verdict | None, shorts: list[str]
) -> None:
    plain = OutputSummary("MAX", TRAINED, 0.4, reliability=measured())
    doubts = doubts_of(msgspec.structs.replace(plain, **changes), verdict, "K562")
    assert [doubt.short for doubt in doubts] == shorts
    assert all("MAX" in doubt.full and doubt.full.endswith(".") for doubt in doubts)


def test_probabilities_that_failed_elsewhere_are_ranks_in_any_other_cell_type() -> None:
    known = measured()
    transfers = (Transfer("HepG2", TRAINED, 60, 0.48, 0.4, 0.58, 0.02),)
    factor = OutputSummary(
        "MAX",
        TRAINED,
        0.4,
        reliability=Reliability(known.chromosomes, known.cell_types, True, True, known.points, transfers),
    )
    assert [doubt.short for doubt in doubts_of(factor, None, "K562")] == ["take as ranks"]
    assert doubts_of(factor, None, "HepG2") == ()
    assert calls_of_factor(factor).threshold == 0.4


def test_an_absent_input_is_a_doubt_in_the_cell_type_that_lacks_it_alone() -> None:
    checkpoint = checkpoint_summary(inputs=(CellInputs("K562", ("DNase",)),))
    sentence = "In K562 it predicts without DNase, which the dataset does not give."
    assert inputs_doubt(checkpoint, "K562") == (Doubt("without DNase", sentence),)
    assert inputs_doubt(checkpoint, "HepG2") == ()
