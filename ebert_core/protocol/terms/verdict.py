"""The verdict beside a fine-tuned model: is it better than simple baselines on the same held-out loci?

Torch-free, since the job keeps it, the checkpoint keeps it, and the window shows it.
"""

from typing import Literal

import msgspec

from ebert_core.protocol.terms.reliability import FEWEST_PEAKS
from ebert_core.protocol.terms.wording import listed

# Whether the model is better or worse than the best baseline, or within so little of it that it makes no difference.
# What cannot be told: where the interval holds 0 and is wide, or rests on too few loci. "far behind" rests on too few,
# too, but the model has less than a third of the best baseline's score. It stands alone where there is no baseline.
Outcome = Literal["better", "worse", "level", "cannot be told", "too few peaks", "far behind", "no baseline"]
BEHIND: tuple[Outcome, ...] = ("worse", "far behind")

_MOST_NAMED = 2
_HEADLINES: dict[Outcome, str] = {
    "better": "Better than {}",
    "worse": "Worse than {}",
    "level": "Level with {}",
    "cannot be told": "Cannot be told whether it is better than {}",
    "too few peaks": "Cannot be told: too few held-out peaks",
    "far behind": "Far behind {}, on few held-out peaks",
    "no baseline": "No verdict: no baseline to compare with",
}


class Judgement(msgspec.Struct, frozen=True):
    """One factor over its held-out cell types, or all of them together; figures are auPRC.

    `peaks` are distinct held-out loci: one that is bound in several cell types counts once. `baseline`, `trees` and
    `motif_scan` are what the regression, boosted trees on the same inputs and the matrix alone reach. `rival` names the
    best of them, and `rival_score` is its figure; `difference` is the model's minus that one, `low` and `high` its 95 %
    interval over resampled blocks of the genome. Older verdicts name no rival: they are about the regression alone.
    """

    factor: str
    cell_types: tuple[str, ...]
    peaks: int
    bound_bins: int
    outcome: Outcome
    sentence: str
    model: float | None = None
    baseline: float | None = None
    motif_scan: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    trees: float | None = None
    rival: str = ""
    rival_score: float | None = None


class Verdict(msgspec.Struct, frozen=True):
    """What to think of a fine-tuned model. `notes` are what to bear in mind when reading it.

    `are_unseen` says that neither training nor its choices looked at the labels of these loci.
    """

    overall: Judgement
    baseline: str
    regions: str
    factors: tuple[Judgement, ...] = ()
    notes: tuple[str, ...] = ()
    are_unseen: bool = False

    @property
    def is_behind(self) -> bool:
        """Whether the model is behind a baseline, for a factor or on the whole."""
        return any(judged.outcome in BEHIND for judged in (self.overall, *self.factors))

    @property
    def headline(self) -> str:
        """A line for a heading: the worst that is known comes first, and of many factors, over which ones it speaks."""
        overall = self.overall
        words = _HEADLINES[overall.outcome].format(overall.rival or self.baseline)
        if len(self.factors) < 2:
            return words
        behind = [judged.factor for judged in self.factors if judged.outcome in BEHIND]
        if overall.outcome != "no baseline":
            words = f"Over {self._scope()}: {words[0].lower()}{words[1:]}"
        return words if not behind or overall.outcome in BEHIND else f"Worse for {listed(behind, 3)}. {words}"

    def _scope(self) -> str:
        """The factors that count in the verdict over all, and the loci: `CTCF and MAX on chr20`."""
        compared = [judged for judged in self.factors if judged.outcome != "no baseline"]
        counted = [judged for judged in compared if judged.peaks >= FEWEST_PEAKS] or compared
        names = [judged.factor for judged in counted]
        factors = listed(names, _MOST_NAMED) if len(names) <= _MOST_NAMED else f"{len(names)} factors"
        return f"{factors} on {listed(self.regions.split(', '), 1)}"

    def lines(self) -> list[str]:
        """The verdict as text, a sentence a line: overall, factor by factor, notes."""
        factors = [judged.sentence for judged in self.factors] if len(self.factors) > 1 else []
        return [self.overall.sentence, *factors, *self.notes]
