"""One view of the genome, as a value: the stretch that it shows."""

import math
from typing import NamedTuple

import msgspec

from ebert_core.protocol.terms.locus import Interval


class Span(NamedTuple):
    """Bases [start, end) of a chromosome, 0-based, in fractions of a base, so that slow drags add up."""

    chromosome: str
    start: float
    end: float

    @property
    def length(self) -> float:
        """Number of bases."""
        return self.end - self.start

    @property
    def interval(self) -> Interval:
        """The whole bases that this touches."""
        return Interval(self.chromosome, math.floor(self.start), math.ceil(self.end))


class Pane(msgspec.Struct, frozen=True):
    """A view of the genome; `id` tells it apart from the others of a set-up."""

    id: str = "pane-0"
    span: Span = Span("", 0.0, 1000.0)
