"""The sentences of a verdict: what was compared on how many peaks, whether the difference is real, and what to do."""

from collections.abc import Sequence

import msgspec

from ebert_core.protocol.verdict import Judgement, Outcome
from ebert_core.protocol.wording import listed
from ebert_core.training.comparison import FEWEST_PEAKS

_SMALL_DIFFERENCE = 0.01
_MANY_FACTORS = 6
_LONG_BLOCK = 100_000


def with_sentence(known: Judgement, baseline: str, fewest_blocks: int) -> Judgement:
    """The judgement of one factor with its sentence."""
    place = f"{known.factor} in {listed(known.cell_types)}"
    if not known.peaks:
        sentence = f"{known.factor} has no held-out peak: no verdict; at least {FEWEST_PEAKS} are needed."
    elif known.outcome == "too few peaks" and known.peaks < FEWEST_PEAKS:
        only = "only 1 held-out peak" if known.peaks == 1 else f"only {known.peaks} held-out peaks"
        sentence = f"{place}: {only}, no verdict; at least {FEWEST_PEAKS} are needed.{_figures(known, baseline)}"
    elif known.outcome == "too few peaks":
        sentence = (
            f"{place}: its {known.peaks} held-out peaks lie in fewer than {fewest_blocks} blocks of 2 kb, too close "
            f"together for a verdict; hold out more.{_figures(known, baseline)}"
        )
    elif known.outcome == "no baseline":
        sentence = f"{place}: too little is bound where it was trained to fit {baseline}, so there is no verdict."
    else:
        where = f"On {known.peaks:,} held-out peaks of {place} the model (auPRC {figure(known.model)})"
        sentence = f"{where} {_compared(known, baseline)} {_ADVICE[known.outcome]}"
    return msgspec.structs.replace(known, sentence=sentence)


def with_overall_sentence(known: Judgement, judged: Sequence[Judgement], baseline: str, is_pooled: bool) -> Judgement:
    """The judgement of all factors together with its sentences."""
    enough = sum(each.peaks >= FEWEST_PEAKS for each in judged)
    if known.outcome == "no baseline":
        sentence = f"{baseline.capitalize()} could be fitted for none of the factors: no verdict."
    elif known.outcome == "too few peaks":
        sentence = (
            f"All {len(judged)} factors together have only {known.peaks} held-out peaks: no verdict; at least "
            f"{FEWEST_PEAKS} are needed.{_figures(known, baseline)}"
        )
    else:
        factors = "one factor that has" if enough == 1 else f"{enough} factors that have"
        where = f"Over the {factors} at least {FEWEST_PEAKS} held-out peaks ({known.peaks:,} in all), the model (mean "
        if is_pooled:
            where = (
                f"Pooled over {len(judged)} factors with few held-out peaks each ({known.peaks:,} in all), the model ("
            )
        words = f"{where}auPRC {figure(known.model)}) {_compared(known, baseline)}"
        sentence = " ".join(filter(None, (words, _ADVICE_OVERALL[known.outcome], factor_by_factor(judged))))
    return msgspec.structs.replace(known, sentence=sentence)


def factor_by_factor(judged: Sequence[Judgement]) -> str:
    """For which factors the model is better, worse, level, and for which nothing can be said."""
    words: tuple[tuple[Outcome, str], ...] = (
        ("better", "better for"),
        ("worse", "worse for"),
        ("level", "not distinguishable for"),
        ("too few peaks", "without a verdict for"),
        ("no baseline", "without a baseline for"),
    )
    parts = []
    for outcome, word in words:
        names = [each.factor for each in judged if each.outcome == outcome]
        if names:
            parts.append(f"{word} {listed(names, 6)}")
    return f"Factor by factor it is {'; '.join(parts)}." if parts else ""


_ADVICE: dict[Outcome, str] = {
    "better": "Prefer the model for this factor.",
    "worse": "Do not use the model for this factor: the simple baseline does better.",
    "level": "Do not prefer it for this factor.",
}
_ADVICE_OVERALL: dict[Outcome, str] = {
    "better": "",
    "worse": "On the whole the simple baseline does better: use the model for no factor that is not named as better.",
    "level": "On the whole there is no reason to prefer it.",
}


def _compared(known: Judgement, baseline: str) -> str:
    assert known.difference is not None
    assert known.low is not None
    assert known.high is not None
    words = {
        "better": f"is better than {baseline}",
        "worse": f"is worse than {baseline}",
        "level": f"is not distinguishable from {baseline}",
    }
    verb = words[known.outcome]
    if known.outcome != "level" and abs(known.difference) < _SMALL_DIFFERENCE:
        verb = f"{verb}, though by very little"
    digits = 3 if min(abs(known.low), abs(known.high), abs(known.difference)) < 0.005 else 2
    difference, low, high = (figure(each, digits) for each in (known.difference, known.low, known.high))
    return f"{verb} ({figure(known.baseline)}; difference {difference}, 95 % interval {low} to {high})."


def _figures(known: Judgement, baseline: str) -> str:
    if known.model is None or known.baseline is None:
        return ""
    return f" (auPRC there: model {figure(known.model)}, {baseline} {figure(known.baseline)}.)"


def figure(value: float | None, digits: int = 2) -> str:
    """A score without its leading zero: `.43`, `-.05`, `1.00`."""
    if value is None:
        return "not scored"
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
