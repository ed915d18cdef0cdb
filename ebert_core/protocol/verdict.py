"""The verdict beside a fine-tuned model: is it better than a simple baseline on the same held-out loci?

Torch-free, since the job keeps it, the checkpoint keeps it, and the window shows it.
"""

from typing import Literal

import msgspec

# Whether the model is better or worse than the baseline, cannot be told from it, rests on too few loci to tell, or
# stands alone because no baseline could be fitted.
Outcome = Literal["better", "worse", "level", "too few peaks", "no baseline"]


class Judgement(msgspec.Struct, frozen=True):
    """One factor over its held-out cell types, or all of them together; figures are auPRC.

    `peaks` are distinct held-out loci: one that is bound in several cell types counts once. `low` and `high` are the
    95 % interval of the difference over resampled blocks of the genome.
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


class Verdict(msgspec.Struct, frozen=True):
    """What to think of a fine-tuned model. `notes` are what to bear in mind when reading it."""

    overall: Judgement
    baseline: str
    regions: str
    factors: tuple[Judgement, ...] = ()
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The verdict as text, a sentence a line: overall, factor by factor, notes."""
        factors = [judged.sentence for judged in self.factors] if len(self.factors) > 1 else []
        return [self.overall.sentence, *factors, *self.notes]
