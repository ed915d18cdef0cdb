"""What a checkpoint knew of a place before it predicts there: the mark that every drawn prediction carries."""

from itertools import pairwise

from ebert_core.model.description import Description
from ebert_core.protocol.modelling import FAMILIARITY_WORDS
from ebert_core.protocol.shapes import Mark
from ebert_core.protocol.terms.locus import Interval


def familiarity_marks(description: Description, factor: str, cell_type: str, interval: Interval) -> tuple[Mark, ...]:
    """An interval cut where training and validation regions begin and end, each piece with its mark."""
    regions = (*description.training, *description.validation)
    inside = [region for region in regions if region.overlaps(interval)]
    edges = {interval.start, interval.end}
    edges |= {edge for region in inside for edge in (region.start, region.end) if interval.start < edge < interval.end}

    def mark(start: int, end: int) -> Mark:
        kind = description.familiarity(factor, cell_type, Interval(interval.chromosome, start, end))
        return Mark(start, end, kind, FAMILIARITY_WORDS[kind])

    return tuple(mark(start, end) for start, end in pairwise(sorted(edges)))
