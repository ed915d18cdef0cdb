"""From which probability bins of a factor are called bound, and what speaks against taking its values at their word.

Window, command line and documents judge by these functions and no others.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ebert_core.protocol.modelling import ModelSummary, OutputSummary
from ebert_core.protocol.terms.inputs import input_sentences, input_words
from ebert_core.protocol.terms.reliability import (
    FEWEST_PEAKS,
    FEWEST_TO_JUDGE,
    Reliability,
    calibration_warning,
    distrust_sentence,
    precision_sentence,
    prevalence_sentence,
    support_sentence,
    untrained_sentence,
)
from ebert_core.protocol.terms.verdict import BEHIND, Judgement, Verdict
from ebert_core.protocol.terms.wording import percent, percent_range

# Below this, nine of ten bins that a calibrated model calls at its threshold are expected to be unbound.
LOWEST_THRESHOLD = 0.1
_FEW, _NEXT_TO_NONE = "rests on few peaks", "rests on next to no peaks"


class Calls(NamedTuple):
    """From which probability a bin is called bound; None where no call is made, and `reason` says why."""

    threshold: float | None
    reason: str = ""


class Doubt(NamedTuple):
    """Why values are not to be taken at their word: in the few words that a track has room for, and in a sentence.

    `common` are the few words without the figures of one factor, so that factors can be named together; `is_grave` is
    what a person must not miss.
    """

    short: str
    full: str
    common: str = ""
    is_grave: bool = False


def calls_of(trained: Sequence[str], threshold: float | None, reliability: Reliability | None) -> Calls:
    """Whether a stored threshold may tell bound bins from others.

    A threshold is stored wherever some probability was best on the held-out bins, also where the best was poor: too
    low to mean bound, chosen by too few peaks, or perhaps no better than calling bins by chance.

    Args:
        trained: cell types in which the factor was trained.
        threshold: the probability of best F1 on the held-out bins.
        reliability: what probabilities were worth there; checkpoints made before it was measured have none.
    """
    if not trained:
        return Calls(None, "trained in no cell type")
    if threshold is None:
        return Calls(None, "no threshold was measured")
    if threshold < LOWEST_THRESHOLD:
        return Calls(None, f"its threshold, {threshold:.2g}, is too low to mean bound")
    if reliability is None:
        return Calls(threshold)
    if reliability.peaks < FEWEST_PEAKS:
        return Calls(None, f"its threshold rests on {_counted(reliability.peaks)}")
    point = reliability.at(threshold)
    if point.precision <= reliability.prevalence:
        return Calls(None, "no better than chance on held-out bins")
    if point.low is not None and point.high is not None and point.low <= reliability.prevalence:
        return Calls(None, f"its precision, {percent_range(point.low, point.high)}, may be no better than chance")
    return Calls(threshold)


def calls_at_precision(trained: Sequence[str], reliability: Reliability | None, wanted: float) -> Calls:
    """From which probability so large a share of the called bins was bound on the held-out loci.

    It is the lowest such probability of the map, so that as many bound bins as can be are among them.
    """
    if not trained:
        return Calls(None, "trained in no cell type")
    if reliability is None:
        return Calls(None, "what its probabilities are worth was not measured")
    if reliability.peaks < FEWEST_PEAKS:
        return Calls(None, f"what its probabilities are worth rests on {_counted(reliability.peaks)}")
    reached = next((point for point in reliability.points if point.precision >= wanted), None)
    if reached is None:
        best = max(point.precision for point in reliability.points)
        return Calls(None, f"its precision on {reliability.place} reaches {percent(best)} and never {percent(wanted)}")
    return Calls(reached.probability)


def calling_sentences(factor: str, threshold: float, reliability: Reliability | None) -> str:
    """From where a factor is called bound, what calls were worth on held-out bins, and how many peaks that rests on."""
    called = f"{factor} is called bound from {threshold:.2g}."
    if reliability is None:
        return f"{called} What calls are worth was not measured on held-out bins."
    worth = f"{precision_sentence(reliability, threshold)} {prevalence_sentence(reliability, threshold)}"
    return f"{called} {worth} This rests on {_counted(reliability.peaks)}."


def calls_of_factor(factor: OutputSummary) -> Calls:
    """From which probability an open model calls bins of this factor bound."""
    if not factor.is_probability:
        return Calls(None, f"values are {factor.unit}, no probabilities")
    return calls_of(factor.cell_types, factor.threshold, factor.reliability)


def best_first(factors: Sequence[OutputSummary], verdict: Verdict | None) -> tuple[str, ...]:
    """The names of a checkpoint's factors, those first that say most: see `standing`; equal ones as they come."""
    return tuple(factor.name for factor in sorted(factors, key=lambda factor: standing(factor, verdict), reverse=True))


def standing(factor: OutputSummary, verdict: Verdict | None) -> tuple[bool, bool, float]:
    """Whether bins are called bound, whether the verdict rests on enough peaks and is not bad, and its auPRC."""
    judged = _judgement(factor.name, verdict)
    score = factor.auprc if judged is None else judged.model
    is_good = judged is not None and judged.peaks >= FEWEST_PEAKS and judged.outcome not in BEHIND
    return calls_of_factor(factor).threshold is not None, is_good, -1.0 if score is None else score


def doubts_of(factor: OutputSummary, verdict: Verdict | None, cell_type: str) -> tuple[Doubt, ...]:
    """What speaks against the values of a factor in a cell type, the gravest first; none where it claims nothing."""
    if not factor.is_probability:
        return ()
    name, known = factor.name, factor.reliability
    found: list[Doubt] = []
    if not factor.cell_types:
        found.append(_grave("values say nothing", untrained_sentence(name, factor.cell_types)))
    if not factor.is_calibrated:
        found.append(_grave("not calibrated", f"Probabilities of {name} are not calibrated."))
    if known is None:
        found.append(
            Doubt("never checked", f"What a probability of {name} is worth was not measured on held-out bins.")
        )
    elif distrust := distrust_sentence(name, known):
        is_known = known.peaks >= FEWEST_TO_JUDGE
        rests = f"rests on {_counted(known.peaks, '')}"
        found.append(_grave("values say nothing", distrust) if is_known else _grave(rests, distrust, _NEXT_TO_NONE))
    elif known.peaks < FEWEST_PEAKS:
        rests = support_sentence(known, f"What a probability of {name} is worth")
        found.append(Doubt(f"rests on {_counted(known.peaks, '')}", rests, _FEW))
    ranks = calibration_warning(name, known, cell_type)
    if ranks and not (known and distrust_sentence(name, known)):
        found.append(_grave("take as ranks", ranks))
    return (*found, *_verdict_against(name, verdict))


def _verdict_against(factor: str, verdict: Verdict | None) -> tuple[Doubt, ...]:
    """What a checkpoint's own verdict says against a factor."""
    judged = _judgement(factor, verdict)
    outcome = judged.outcome if judged is not None else "no baseline"
    if judged is not None and outcome == "worse":
        return (_grave("worse than baseline", judged.sentence),)
    if judged is not None and outcome == "far behind":
        return (_grave("far behind baseline", judged.sentence),)
    if judged is not None and outcome == "level":
        return (Doubt("no better than baseline", judged.sentence),)
    if verdict is not None and verdict.overall.outcome == "worse" and outcome != "better":
        sentence = (
            f"On the whole a simple baseline does better than this model, and for {factor} nothing else is known."
        )
        return (_grave("model worse than baseline", sentence),)
    return ()


def _grave(short: str, full: str, common: str = "") -> Doubt:
    return Doubt(short, full, common, is_grave=True)


def _judgement(factor: str, verdict: Verdict | None) -> Judgement | None:
    judged = (*verdict.factors, verdict.overall) if verdict is not None else ()
    return next((each for each in judged if each.factor == factor), None)


def _counted(peaks: int, kind: str = "held-out ") -> str:
    return f"{peaks} {kind}{'peak' if peaks == 1 else 'peaks'}"


def inputs_doubt(model: ModelSummary, cell_type: str) -> tuple[Doubt, ...]:
    """What of a checkpoint's inputs is absent in a cell type, or given by another signal; none where all is there."""
    inputs = model.inputs_of(cell_type)
    sentences = " ".join(input_sentences([inputs], 0))
    return (Doubt(input_words(inputs), sentences),) if sentences else ()
