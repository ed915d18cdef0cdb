"""What every file of places offers, whatever stands on them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from ebert_core.protocol.shapes import Remark
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.locus import Interval


class Placed(Protocol):
    """Something on a stretch of a chromosome."""

    @property
    def start(self) -> int:
        """Its first base, counted from 0."""

    @property
    def end(self) -> int:
        """The base behind its last."""


class PlacedFile(Protocol):
    """A file that is drawn as a track of its own."""

    @property
    def path(self) -> Place:
        """Where the file lies."""

    @property
    def knows_lengths(self) -> bool:
        """Whether the lengths are those of the chromosomes, not only the furthest ends."""

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Sentences on lines that were not read as they stand."""

    @property
    def chromosome_lengths(self) -> dict[str, int]:
        """Lengths by chromosome, or the furthest ends where the file does not know them."""

    def first(self, chromosome: str, count: int) -> Sequence[Placed]:
        """The first places on a chromosome, about so many where there are."""


def own_part(interval: Interval, names: KnownNames, lengths: Mapping[str, int]) -> Interval | None:
    """What of an interval lies on a file's chromosome, under the file's own name of it; None where nothing does."""
    name = names.find(interval.chromosome)
    if name is None:
        return None
    start, end = max(0, interval.start), min(interval.end, lengths[name])
    return Interval(name, start, end) if start < end else None
