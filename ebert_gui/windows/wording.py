"""How numbers, lists and times are said to a person, the same in every dialog and dock."""

from collections.abc import Iterable

from ebert_core.protocol.locus import Interval, format_locus
from ebert_core.protocol.wording import listed as listed


def duration(seconds: float) -> str:
    """A time span as people say it, rounded to what can be known: `40 s`, `12 min`, `3 h 20 min`, `2 days`."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 90:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    if 10 <= hours < 48:
        return f"{round(minutes / 60)} h"
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(hours / 24)} days"


def bases(count: int) -> str:
    """A length of sequence: `200 bp`, `20 kb`, `2.0 Mb`, `3.1 Gb`."""
    for size, unit in ((1_000_000_000, "Gb"), (1_000_000, "Mb")):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{round(count / 1000):,} kb" if count >= 1000 else f"{count} bp"


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
    return (not bare.isdigit(), int(bare) if bare.isdigit() else 0, bare)
