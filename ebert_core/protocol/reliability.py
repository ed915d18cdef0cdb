"""What predicted probabilities were worth where they could be checked, and the sentences that say so.

Precision moves with prevalence, ChIP depth and cell type. So a sentence always names the place and the cell type it was
measured in and never promises a share "here". Window, command line and documents use these words and no others.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal

import msgspec

from ebert_core.protocol.wording import listed, percent, percent_range

FEWEST_PEAKS = 15
MOST_POINTS = 40
_HOLDS_WITHIN = (2 / 3, 3 / 2)

Verdict = Literal["holds", "fails", "undecided"]


class ReliabilityPoint(msgspec.Struct, frozen=True, array_like=True):
    """Of the held-out bins at and above a probability: the share that is bound, its range, and the recall.

    The range is the 95 % interval over 100-kb blocks, widened to hold every cell type where there are several; None
    where there are too few blocks for one.
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
    any of the cell types; older checkpoints do not say it.
    """

    chromosomes: tuple[str, ...]
    cell_types: tuple[MeasuredCell, ...]
    is_other_cell_type: bool
    chose_epoch: bool
    points: tuple[ReliabilityPoint, ...]
    transfers: tuple[Transfer, ...] = ()
    loci: int | None = None

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
    def prevalence(self) -> float:
        """Share of the held-out bins that are bound."""
        return sum(cell.bound_bins for cell in self.cell_types) / max(1, sum(cell.bins for cell in self.cell_types))

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
        support_sentence(reliability),
        "" if warning else carry_over_sentence(factor, trained, reliability, cell_type),
    ]
    return " ".join(filter(None, sentences))


def caveats_of(factor: str, trained: Sequence[str], reliability: Reliability | None, cell_type: str) -> str:
    """What holds for every probability of a factor in a cell type, whatever its value; empty where nothing is amiss."""
    if reliability is None:
        unknown = f"What a probability of {factor} is worth was not measured on held-out bins."
        return f"{unknown} {_unseen(factor, cell_type, trained)}".strip()
    few = support_sentence(reliability) if reliability.peaks < FEWEST_PEAKS else ""
    about = f"{untrained_sentence(factor, trained)} {few}".strip()
    about = about.replace("This", f"What probabilities of {factor} are worth")
    if cell_type in [cell.name for cell in reliability.cell_types]:
        return f"{about} {calibration_warning(factor, reliability, cell_type)}".strip()
    return f"{about} {carry_over_sentence(factor, trained, reliability, cell_type)}".strip()


def untrained_sentence(factor: str, trained: Sequence[str]) -> str:
    """That a factor was trained nowhere, where all its cell types were held out; empty for any other."""
    return "" if trained else f"{factor} was trained in no cell type: its values say nothing."


def precision_sentence(reliability: Reliability, probability: float) -> str:
    """`About 80 % of bins at or above this were bound on chr20 in held-out HepG2, range 61-88 %.`"""
    point = reliability.at(probability)
    highest = reliability.points[-1].probability
    called = "this" if probability <= highest else f"{highest:.2g} (the highest that could be checked)"
    about = f"About {percent(point.precision)} of bins at or above {called} were bound on {reliability.place}"
    if point.low is None or point.high is None:
        return f"{about}; there are too few of them for a range."
    kind = "over cell types and blocks of 100 kb" if len(reliability.cell_types) > 1 else "over blocks of 100 kb"
    return f"{about}, range {percent_range(point.low, point.high)} {kind}."


def prevalence_sentence(reliability: Reliability, probability: float) -> str:
    """Recall, and the share of bound bins where it was measured: precision moves with it."""
    recall = percent(reliability.at(probability).recall)
    all_bins = f"{percent(reliability.prevalence)} of all bins were bound"
    return f"They are {recall} of the bound bins there, where {all_bins}; where fewer are, fewer of these will be."


def support_sentence(reliability: Reliability) -> str:
    """What weakens the figures themselves: few peaks, bins that also chose the epoch; empty where nothing does."""
    if reliability.peaks < FEWEST_PEAKS:
        return f"This rests on {_counted(reliability.peaks)}; do not rely on it."
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
    """`Probabilities of MAX ran 2.1 times too high in held-out HepG2 …; take them as ranks.` Empty where they held.

    Empty, too, in the one cell type on which they were calibrated.
    """
    if reliability is None or [cell.name for cell in reliability.cell_types] == [cell_type]:
        return ""
    failed = [_failure(transfer) for transfer in reliability.transfers if transfer.verdict == "fails"]
    if not failed:
        return ""
    ran = f"Probabilities of {factor} ran {listed(failed, 4)} when calibrated on other cell types"
    return f"{ran}; take them as ranks."


def short_meaning(factor: str, reliability: Reliability | None, cell_type: str, probability: float) -> str:
    """The same in the few words that a line has room for; the place and the cell type are never left out."""
    if reliability is None:
        return "never checked on held-out bins"
    if reliability.peaks < FEWEST_PEAKS:
        return f"rests on {_counted(reliability.peaks)}; do not rely on it"
    if calibration_warning(factor, reliability, cell_type):
        return "take as a rank: calibration did not hold in another cell type"
    point = reliability.at(probability)
    spread = "" if point.low is None or point.high is None else f" ({percent_range(point.low, point.high)})"
    return f"about {percent(point.precision)}{spread} of such bins bound on {reliability.place_in(1)}"


def _counted(peaks: int) -> str:
    return f"{peaks} {'peak' if peaks == 1 else 'peaks'}"


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
