"""How numbers, lists and times are said to a person, the same in every dialog and dock."""

from collections.abc import Iterable

from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_core.protocol.terms.wording import bases as bases
from ebert_core.protocol.terms.wording import duration as duration
from ebert_core.protocol.terms.wording import listed as listed


def unbroken(text: str) -> str:
    """The text with every share beside its sign: a line is not broken between them."""
    return text.replace(" %", "\u00a0%")


def regions(intervals: Iterable[Interval]) -> str:
    """Regions for reading, in genome order; a chromosome with several pieces is named once."""
    by_chromosome: dict[str, list[Interval]] = {}
    for interval in sorted(intervals):
        by_chromosome.setdefault(interval.chromosome, []).append(interval)
    names = sorted(by_chromosome, key=natural_order)
    return ", ".join(_pieces(name, by_chromosome[name]) for name in names)


def _pieces(name: str, intervals: list[Interval]) -> str:
    if len(intervals) == 1:
        interval = intervals[0]
        # Whether the chromosome ends there is not known here, so its bases are said.
        return f"{name} ({bases(interval.length)})" if interval.start == 0 else format_locus(interval)
    return f"{name} ({len(intervals)} parts, {bases(sum(interval.length for interval in intervals))})"


def natural_order(name: str) -> tuple[bool, int, str]:
    """Sort key that puts chr2 before chr10 and the lettered chromosomes last."""
    bare = name.removeprefix("chr")
    is_number = bare.isdecimal() and len(bare) < 19
    return (not is_number, int(bare) if is_number else 0, bare)
