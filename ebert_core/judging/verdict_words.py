"""The sentences of a verdict: what was compared on how many peaks, whether the difference is real, and what to do."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from ebert_core.judging.baselines import MOTIF_SCAN
from ebert_core.judging.trees import TREES
from ebert_core.protocol.terms.reliability import FEWEST_PEAKS
from ebert_core.protocol.terms.verdict import BEHIND, Judgement, Outcome
from ebert_core.protocol.terms.wording import listed

_SMALL_DIFFERENCE = 0.01
_MOST_NAMED = 3


class Words(NamedTuple):
    """What the sentences say beside the figures.

    Attributes:
        baseline: the regression's name.
        fewest_blocks: of the genome, below which nothing is told.
        are_unseen: whether neither training nor its choices looked at the loci.
        absent: why a factor has no regression.
    """

    baseline: str
    fewest_blocks: int
    are_unseen: bool
    absent: Mapping[str, str] = {}


def with_sentence(known: Judgement, words: Words) -> Judgement:
    """The judgement of one factor with its sentence."""
    place = f"{known.factor} in {listed(known.cell_types)}"
    if not known.peaks:
        sentence = f"{known.factor} has no held-out peak: no verdict; at least {FEWEST_PEAKS} are needed."
    elif known.outcome in ("too few peaks", "far behind"):
        sentence = f"{place}: {_scarcity(known, words)}"
    elif known.outcome == "no baseline":
        reason = words.absent.get(known.factor, "nothing else scores these bins")
        sentence = f"{place}: no verdict, since no baseline could be fitted: {reason}. The model reaches auPRC "
        sentence += f"{figure(known.model)} on {_peaks(known.peaks)}."
    elif known.outcome == "cannot be told":
        sentence = (
            f"Whether the model is better than {known.rival} for {place} cannot be told from {_peaks(known.peaks)} "
            f"{_figures(known, words)}. Hold out more to tell."
        )
    else:
        where = f"On {_peaks(known.peaks)} of {place} the model"
        sentence = f"{where} {_compared(known, words)} {_advice(known.outcome, words)}"
    return msgspec.structs.replace(known, sentence=sentence)


def with_overall_sentence(known: Judgement, judged: Sequence[Judgement], words: Words, is_pooled: bool) -> Judgement:
    """The judgement of all factors together with its sentences, the worst that is known first."""
    enough = sum(each.peaks >= FEWEST_PEAKS for each in judged)
    if known.outcome == "no baseline":
        reasons = "; ".join(dict.fromkeys(words.absent.values())) or "nothing else scores these bins"
        sentence = f"No verdict, since a baseline could be fitted for none of the factors: {reasons}."
    elif known.outcome in ("too few peaks", "far behind"):
        sentence = f"All {len(judged)} factors together: {_scarcity(known, words)}"
    else:
        factors = "one factor that has" if enough == 1 else f"{enough} factors that have"
        where = f"over the {factors} at least {FEWEST_PEAKS} held-out peaks ({known.peaks:,} in all)"
        if is_pooled:
            where = f"pooled over {len(judged)} factors with few held-out peaks each ({known.peaks:,} in all)"
        if known.outcome == "cannot be told":
            sentence = (
                f"Whether the model is better than {known.rival} {where} cannot be told {_figures(known, words)}."
            )
        else:
            sentence = f"{where[0].upper()}{where[1:]}, the model {_compared(known, words, is_mean=not is_pooled)}"
        sentence = f"{sentence} {_advice_overall(known.outcome, words)}".rstrip()
    parts = (_worst(judged), sentence, factor_by_factor(judged))
    return msgspec.structs.replace(known, sentence=" ".join(filter(None, parts)))


def factor_by_factor(judged: Sequence[Judgement]) -> str:
    """For which factors the model is worse, better, level, and for which nothing can be said."""
    words: tuple[tuple[tuple[Outcome, ...], str], ...] = (
        (("worse",), "worse for"),
        (("far behind",), "far behind on few peaks for"),
        (("better",), "better for"),
        (("level",), "level for"),
        (("cannot be told", "too few peaks"), "not to be told for"),
        (("no baseline",), "without a baseline for"),
    )
    parts = []
    for outcomes, word in words:
        names = [each.factor for each in judged if each.outcome in outcomes]
        if names:
            parts.append(f"{word} {listed(names, 6)}")
    return f"Factor by factor it is {'; '.join(parts)}." if parts else ""


def _worst(judged: Sequence[Judgement]) -> str:
    """For which factors the model is behind, with the figures."""
    behind = sorted((each for each in judged if each.outcome in BEHIND), key=lambda each: each.difference or 0)
    if not behind:
        return ""
    named = [
        f"{each.factor} (model {figure(each.model)}, {each.rival} {figure(each.rival_score)}, {_peaks(each.peaks)})"
        for each in behind[:_MOST_NAMED]
    ]
    more = f" and {len(behind) - _MOST_NAMED} more" if len(behind) > _MOST_NAMED else ""
    return f"Do not use the model for {', '.join(named)}{more}."


def _advice(outcome: Outcome, words: Words) -> str:
    if outcome == "better" and not words.are_unseen:
        return "These loci chose its epoch: evaluate it on unseen ones before you rely on it."
    advice: dict[Outcome, str] = {
        "better": "Prefer the model for this factor.",
        "worse": "Do not use the model for this factor: the simple baseline does better.",
        "level": "There is no reason to prefer it for this factor.",
    }
    return advice[outcome]


def _advice_overall(outcome: Outcome, words: Words) -> str:
    if outcome == "worse":
        return "On the whole a simple baseline does better: use the model for no factor that is not named as better."
    if outcome == "level":
        return "On the whole there is no reason to prefer it."
    if outcome == "cannot be told":
        return "Hold out more to tell."
    return "" if words.are_unseen else "These loci chose its epoch: evaluate it on unseen ones before you rely on it."


def _scarcity(known: Judgement, words: Words) -> str:
    """That few peaks tell nothing, or only that the model is far behind, with what it reaches there."""
    if known.peaks < FEWEST_PEAKS:
        few = f"only {_peaks(known.peaks)}, and at least {FEWEST_PEAKS} are needed to tell"
    else:
        few = (
            f"its {_peaks(known.peaks)} lie in fewer than {words.fewest_blocks} blocks of 2 kb, too close together to "
            "tell; hold out more"
        )
    figures = _figures(known, words)
    if known.outcome == "far behind":
        return f"the model is far behind {known.rival} {figures}. Do not use it unless more peaks say otherwise: {few}."
    return f"{few} {figures}".rstrip() + "."


def _compared(known: Judgement, words: Words, is_mean: bool = False) -> str:
    """`(auPRC .43) is better than boosted trees (.41; difference .02, 95 % interval .01 to .04; motif scan .17).`"""
    verbs: dict[Outcome, str] = {"better": "is better than", "worse": "is worse than", "level": "is level with"}
    by_little = ""
    if known.outcome != "level" and abs(known.difference or 0) < _SMALL_DIFFERENCE:
        by_little = ", though by very little"
    others = _others(known, words)
    ours = f"({'mean ' if is_mean else ''}auPRC {figure(known.model)})"
    theirs = f"{known.rival}{by_little} ({figure(known.rival_score)}; {_difference(known)}"
    return f"{ours} {verbs[known.outcome]} {theirs}{f'; {others}' if others else ''})."


def _figures(known: Judgement, words: Words) -> str:
    """`(auPRC: model .43, boosted trees .41, difference .02, 95 % interval -.05 to .08; motif scan .17)`"""
    if known.model is None or known.rival_score is None:
        return ""
    spread = f", {_difference(known)}" if known.outcome == "cannot be told" else ""
    others = _others(known, words)
    text = f"model {figure(known.model)}, {known.rival} {figure(known.rival_score)}{spread}"
    return f"(auPRC: {text}{f'; {others}' if others else ''})"


def _others(known: Judgement, words: Words) -> str:
    """The baselines that are not the rival, with their figures."""
    scores = {words.baseline: known.baseline, TREES: known.trees, MOTIF_SCAN: known.motif_scan}
    return ", ".join(
        f"{name} {figure(score)}" for name, score in scores.items() if score is not None and name != known.rival
    )


def _difference(known: Judgement) -> str:
    values = [value for value in (known.difference, known.low, known.high) if value is not None]
    digits = 3 if min(map(abs, values)) < 0.005 else 2
    difference, low, high = (figure(each, digits) for each in (known.difference, known.low, known.high))
    return f"difference {difference}, 95 % interval {low} to {high}"


def _peaks(count: int) -> str:
    return "1 held-out peak" if count == 1 else f"{count:,} held-out peaks"


def figure(value: float | None, digits: int = 2) -> str:
    """A score without its leading zero: `.43`, `-.05`, `1.00`."""
    if value is None:
        return "not scored"
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
