"""What a checkpoint knew of a place before it predicts there: the mark that every drawn prediction carries."""

from collections.abc import Sequence
from itertools import pairwise

from ebert_core.model.description import Description
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import FamiliaritySpan


def familiarity_spans(
    description: Description, factors: Sequence[str], cell_type: str, interval: Interval
) -> tuple[FamiliaritySpan, ...]:
    """An interval cut where training and validation regions begin and end, each piece with its mark."""
    regions = (*description.training, *description.validation)
    inside = [region for region in regions if region.overlaps(interval)]
    edges = {interval.start, interval.end}
    edges |= {edge for region in inside for edge in (region.start, region.end) if interval.start < edge < interval.end}
    ordered = sorted(edges)
    return tuple(
        FamiliaritySpan(
            factor, start, end, description.familiarity(factor, cell_type, Interval(interval.chromosome, start, end))
        )
        for factor in factors
        for start, end in pairwise(ordered)
    )
