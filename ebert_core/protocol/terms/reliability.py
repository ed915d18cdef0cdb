"""What predicted probabilities were worth where they could be checked, and the sentences that say so.

Precision moves with prevalence, ChIP depth and cell type. So a sentence always names the place and the cell type it was
measured in and never promises a share "here". Window, command line and documents use these words and no others.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal

import msgspec

from ebert_core.protocol.terms.wording import listed, percent, percent_range

FEWEST_PEAKS = 15
FEWEST_BLOCKS = 5
FEWEST_TO_JUDGE = 5
_CHANCE = 3.0
MOST_POINTS = 40
_HOLDS_WITHIN = (2 / 3, 3 / 2)
# A value that so large a share of all bins reaches is low: the share of them that is bound says nothing of this one.
_MANY, _NEARLY_ALL = 0.2, 0.9

Verdict = Literal["holds", "fails", "undecided"]


class ReliabilityPoint(msgspec.Struct, frozen=True, array_like=True):
    """Of the held-out bins at and above a probability: the share that is bound, its range, and the recall.

    The range is the 95 % interval over 100-kb blocks, widened to hold every cell type where there are several and loci
    that were not measured; None where there are too few peaks or blocks for one.
    """

    probability: float
    precision: float
    recall: float
    low: float | None = None
    high: float | None = None


class MeasuredCell(msgspec.Struct, frozen=True):
    """One cell type of a map: how much was held out there, and precision and recall at each point of the map.

    Precision is None where fewer than ten bins were called, recall where no bin is bound.
    """

    name: str
    bins: int
    bound_bins: int
    peaks: int
    precision: tuple[float | None, ...] = ()
    recall: tuple[float | None, ...] = ()


class Transfer(msgspec.Struct, frozen=True):
    """How probabilities calibrated on other cell types fitted a held-out one.

    `ratio` is bound bins observed for each one predicted, with its 95 % interval over 100-kb blocks (None where there
    are too few blocks); `expected_error` is the expected calibration error, to be read beside the prevalence.
    """

    cell_type: str
    fitted_on: tuple[str, ...]
    peaks: int
    ratio: float
    low: float | None
    high: float | None
    expected_error: float

    @property
    def verdict(self) -> Verdict:
        """Whether calibration held: decided by the interval, and by enough peaks."""
        if self.low is None or self.high is None or self.peaks < FEWEST_PEAKS:
            return "undecided"
        least, most = _HOLDS_WITHIN
        if self.high < least or self.low > most:
            return "fails"
        return "holds" if least <= self.low and self.high <= most else "undecided"


class Reliability(msgspec.Struct, frozen=True):
    """The map from a factor's calibrated probability to precision and recall on held-out bins.

    `is_other_cell_type` tells whether it was measured in cell types in which the factor was not trained; `chose_epoch`
    whether the same bins chose among the epochs. `points` ascend. `loci` counts separate runs of bins that are bound in
    any of the cell types, `blocks` the blocks of 100 kb that hold any. Ranges were widened by `between_loci`, the
    deviation of log-odds between loci; those of older checkpoints were not, and they do not say any of the three.

    `elsewhere` is the 95 % range of bound bins for each one predicted in a megabase that neither training nor
    calibration saw; None where there are too few peaks or blocks for one. `auprc` is that of the held-out bins, where
    enough are bound.
    """

    chromosomes: tuple[str, ...]
    cell_types: tuple[MeasuredCell, ...]
    is_other_cell_type: bool
    chose_epoch: bool
    points: tuple[ReliabilityPoint, ...]
    transfers: tuple[Transfer, ...] = ()
    loci: int | None = None
    blocks: int | None = None
    between_loci: float | None = None
    elsewhere: tuple[float, float] | None = None
    auprc: float | None = None

    def __post_init__(self) -> None:
        """Refuses what no measurement gives, such as a damaged description."""
        steps = [point.probability for point in self.points]
        if not 0 < len(steps) <= MOST_POINTS or sorted(set(steps)) != steps or not self.cell_types:
            raise ValueError(f"a map of reliability has 1 to {MOST_POINTS} ascending points and a cell type")

    @property
    def peaks(self) -> int:
        """Separate held-out peaks, what it rests on: a locus that is bound in several cell types counts once."""
        return sum(cell.peaks for cell in self.cell_types) if self.loci is None else self.loci

    @property
    def has_range(self) -> bool:
        """Whether there are enough peaks, in enough blocks, to say how far a figure may be off."""
        return self.peaks >= FEWEST_PEAKS and (self.blocks is None or self.blocks >= FEWEST_BLOCKS)

    @property
    def prevalence(self) -> float:
        """Share of the held-out bins that are bound."""
        return sum(cell.bound_bins for cell in self.cell_types) / max(1, sum(cell.bins for cell in self.cell_types))

    def share_at_or_above(self, probability: float) -> float:
        """Share of the held-out bins that are predicted at or above a probability: recall x prevalence / precision."""
        point = self.at(probability)
        return min(1.0, point.recall * self.prevalence / point.precision) if point.precision > 0 else 0.0

    @property
    def says_nothing(self) -> bool:
        """Whether the values find bound bins hardly better than chance, which has an auPRC of the prevalence."""
        return self.auprc is not None and self.auprc < _CHANCE * self.prevalence

    @property
    def place(self) -> str:
        """Where it was measured: `chr20 in held-out HepG2`."""
        return self.place_in(3)

    def place_in(self, most: int) -> str:
        """The place with at most so many names of chromosomes and of cell types."""
        cells = listed([cell.name for cell in self.cell_types], most)
        return f"{listed(self.chromosomes, most)} in {'held-out ' if self.is_other_cell_type else ''}{cells}"

    def at(self, probability: float) -> ReliabilityPoint:
        """The map at a probability, between its points in a straight line, beyond its ends the end."""
        after = bisect_right(self.points, probability, key=lambda point: point.probability)
        if after == 0 or after == len(self.points):
            return self.points[min(after, len(self.points) - 1)]
        left, right = self.points[after - 1], self.points[after]
        share = (probability - left.probability) / (right.probability - left.probability)

        def between(a: float, b: float) -> float:
            return a + share * (b - a)

        has_range = left.low is not None and right.low is not None
        return ReliabilityPoint(
            probability,
            between(left.precision, right.precision),
            between(left.recall, right.recall),
            between(left.low or 0.0, right.low or 0.0) if has_range else left.low,
            between(left.high or 0.0, right.high or 0.0) if has_range else left.high,
        )


def meaning_of(
    factor: str, trained: Sequence[str], reliability: Reliability | None, cell_type: str, probability: float
) -> str:
    """All there is to say of a predicted probability, in a few sentences.

    `trained` are the cell types in which the factor was trained, `cell_type` the one predicted in.
    """
    if reliability is None:
        return caveats_of(factor, trained, None, cell_type)
    warning = calibration_warning(factor, reliability, cell_type)
    sentences = [
        untrained_sentence(factor, trained),
        warning,
        precision_sentence(reliability, probability),
        prevalence_sentence(reliability, probability),
        "" if warning else elsewhere_sentence(reliability),
        "" if distrust_sentence(factor, reliability) else support_sentence(reliability),
        "" if warning else carry_over_sentence(factor, trained, reliability, cell_type),
    ]
    return " ".join(filter(None, sentences))


def caveats_of(factor: str, trained: Sequence[str], reliability: Reliability | None, cell_type: str) -> str:
    """What holds for every probability of a factor in a cell type, whatever its value; empty where nothing is amiss."""
    if reliability is None:
        unknown = f"What a probability of {factor} is worth was not measured on held-out bins."
        return f"{unknown} {_unseen(factor, cell_type, trained)}".strip()
    has_few = reliability.peaks < FEWEST_PEAKS and not distrust_sentence(factor, reliability)
    few = support_sentence(reliability, f"What probabilities of {factor} are worth") if has_few else ""
    about = f"{untrained_sentence(factor, trained)} {few}".strip()
    warning = calibration_warning(factor, reliability, cell_type)
    return f"{about} {warning or untested_sentence(factor, trained, reliability, cell_type)}".strip()


def untested_sentence(factor: str, trained: Sequence[str], reliability: Reliability | None, cell_type: str) -> str:
    """That calibration was not tested in a cell type, and what of others; empty where it was, or has failed."""
    if reliability is None:
        return _unseen(factor, cell_type, trained)
    is_measured = cell_type in [cell.name for cell in reliability.cell_types]
    if is_measured or calibration_warning(factor, reliability, cell_type):
        return ""
    return carry_over_sentence(factor, trained, reliability, cell_type)


def untrained_sentence(factor: str, trained: Sequence[str]) -> str:
    """That a factor was trained nowhere, where all its cell types were held out; empty for any other."""
    return "" if trained else f"{factor} was trained in no cell type: its values say nothing."


def precision_sentence(reliability: Reliability, probability: float) -> str:
    """`About 80 % of bins at or above this were bound on chr20 in held-out HepG2, range 61-88 %.`"""
    point = reliability.at(probability)
    highest = reliability.points[-1].probability
    called = "this" if probability <= highest else f"{highest:.2g} (the highest that could be checked)"
    about = f"About {percent(point.precision)} of bins at or above {called} were bound on {reliability.place}"
    if not reliability.has_range:
        return f"{about}; no range can be given from {_counted(reliability.peaks)}{_in_blocks(reliability)}."
    if point.low is None or point.high is None:
        return f"{about}; there are too few of them for a range."
    several = "cell types and " if len(reliability.cell_types) > 1 else ""
    span = f"range {percent_range(point.low, point.high)} over {several}"
    if reliability.between_loci is None:
        return f"{about}, {span}blocks of 100 kb there; at other loci it is wider."
    return f"{about}, {span}other loci."


def elsewhere_sentence(reliability: Reliability) -> str:
    """How far predicted totals may be off at loci that were never seen, or that nobody can say."""
    if reliability.between_loci is None:
        return "How far this may be off at other loci was not measured."
    if reliability.elsewhere is None or not reliability.has_range:
        return "How many bins are bound for each one predicted at other loci cannot be told."
    low, high = reliability.elsewhere
    return f"In a megabase never seen, {low:.2g} to {high:.2g} bins may be bound for each one predicted."


def prevalence_sentence(reliability: Reliability, probability: float) -> str:
    """Recall, and the share of bound bins where it was measured: precision moves with it."""
    recall, bound = percent(reliability.at(probability).recall), percent(reliability.prevalence)
    return f"These hold {recall} of what is bound there. If less than {bound} of all bins are bound, fewer are right."


def support_sentence(reliability: Reliability, subject: str = "This") -> str:
    """What weakens the figures themselves: few peaks, bins that also chose the epoch; empty where nothing does.

    `subject` is what rests on few peaks.
    """
    if reliability.peaks < FEWEST_PEAKS:
        return f"{subject} rests on {_counted(reliability.peaks)}; do not rely on it."
    return "The same bins chose the epoch, which flatters a little." if reliability.chose_epoch else ""


def carry_over_sentence(factor: str, trained: Sequence[str], reliability: Reliability, cell_type: str) -> str:
    """Whether this holds in the cell type predicted in: a warning, what was tested, or that nothing was."""
    warning = calibration_warning(factor, reliability, cell_type)
    if warning:
        return warning
    measured = [cell.name for cell in reliability.cell_types]
    if cell_type in measured and reliability.is_other_cell_type:
        return ""
    if not reliability.is_other_cell_type:
        note = "Measured in cell types that were trained on; in another cell type it may be lower."
        return f"{note} {_unseen(factor, cell_type, trained)}".strip()
    if cell_type in trained:
        return ""
    return _tested(reliability, cell_type)


def calibration_warning(factor: str, reliability: Reliability | None, cell_type: str = "") -> str:
    """Why not to take probabilities as they are; empty where nothing speaks against it.

    `Values of NANOG say nothing …; do not rely on these values.` Or `Probabilities of MAX ran 2.1 times too high in
    held-out HepG2 …; take them as ranks.`, which is not said in the one cell type on which they were calibrated.
    """
    if reliability is None:
        return ""
    distrust = distrust_sentence(factor, reliability)
    if distrust or [cell.name for cell in reliability.cell_types] == [cell_type]:
        return distrust
    failed = [_failure(transfer) for transfer in reliability.transfers if transfer.verdict == "fails"]
    if not failed:
        return ""
    ran = f"Probabilities of {factor} ran {listed(failed, 4)} when calibrated on other cell types"
    return f"{ran}; take them as ranks."


def distrust_sentence(factor: str, reliability: Reliability) -> str:
    """That the values of a factor mean nothing, or that nobody can tell; empty where enough was found by them."""
    if reliability.peaks < FEWEST_TO_JUDGE:
        known = f"{_counted(reliability.peaks)} on {reliability.place}"
        return f"From {known} nobody can tell whether values of {factor} mean anything; do not rely on these values."
    if reliability.says_nothing:
        found = f"their auPRC is {reliability.auprc:.2g} where {percent(reliability.prevalence)} of bins are bound"
        return f"Values of {factor} say nothing on {reliability.place}: {found}; do not rely on these values."
    return ""


def short_meaning(factor: str, reliability: Reliability | None, cell_type: str, probability: float) -> str:
    """The same in the few words that a line has room for; the place and the cell type are never left out."""
    if reliability is None:
        return "never checked on held-out bins"
    if reliability.says_nothing:
        return f"says nothing on {reliability.place_in(1)}; do not rely on it"
    if reliability.peaks < FEWEST_PEAKS:
        return f"rests on {_counted(reliability.peaks)}; do not rely on it"
    if calibration_warning(factor, reliability, cell_type):
        return "take as a rank: calibration did not hold in another cell type"
    share = reliability.share_at_or_above(probability)
    if share > _MANY:
        many = "nearly all" if share > _NEARLY_ALL else f"about {percent(share)} of"
        return f"a low value: {many} bins on {reliability.place_in(1)} are at or above it"
    point = reliability.at(probability)
    is_told = reliability.has_range and point.low is not None and point.high is not None
    spread = f" ({percent_range(point.low or 0.0, point.high or 0.0)})" if is_told else ""
    return f"about {percent(point.precision)}{spread} of bins at or above this were bound on {reliability.place_in(1)}"


def _counted(peaks: int) -> str:
    return f"{peaks} {'peak' if peaks == 1 else 'peaks'}"


def _in_blocks(reliability: Reliability) -> str:
    """In how many blocks of 100 kb the peaks lie, where that is the reason; empty where peaks are few."""
    if reliability.peaks < FEWEST_PEAKS or reliability.blocks is None:
        return ""
    return f" in {reliability.blocks} {'block' if reliability.blocks == 1 else 'blocks'} of 100 kb"


def _failure(transfer: Transfer) -> str:
    times, way = (1 / max(transfer.ratio, 1e-3), "high") if transfer.ratio < 1 else (transfer.ratio, "low")
    return f"{times:.1f} times too {way} in held-out {transfer.cell_type}"


def _tested(reliability: Reliability, cell_type: str) -> str:
    """What is known of calibration in cell types like this one, which was never seen."""
    never = f"{cell_type} was never seen, and calibration was not tested there"
    if not reliability.transfers:
        return f"{never} nor across other cell types."
    held = [transfer.cell_type for transfer in reliability.transfers if transfer.verdict == "holds"]
    open_ones = [transfer.cell_type for transfer in reliability.transfers if transfer.verdict == "undecided"]
    if not held:
        where = f"in held-out {listed(open_ones, 3)}"
        ranges = [each.low for each in reliability.transfers], [each.high for each in reliability.transfers]
        lows, highs = ([edge for edge in edges if edge is not None] for edges in ranges)
        if not lows or not highs:
            return f"{never}; too little was bound {where} to decide whether it holds."
        found = f"{min(lows):.2g} to {max(highs):.2g} bins bound for each one predicted"
        return f"{never}; {found} {where} does not decide whether it holds."
    return f"{never}; it held in {listed(held, 3)} when fitted on other cell types."


def _unseen(factor: str, cell_type: str, trained: Sequence[str]) -> str:
    return "" if cell_type in trained else f"{factor} was not trained in {cell_type}; calibration was not tested there."
