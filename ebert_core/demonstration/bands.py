"""Cytogenetic bands for the ideogram; they mean nothing but help the eye to find its place."""

from collections.abc import Iterator

from ebert_core.demonstration.rules import CHROMOSOME_LENGTHS, GAPS, stream
from ebert_core.protocol.tracks import Band

_STAINS = ("gneg", "gpos50", "gneg", "gpos100", "gneg", "gpos25", "gneg", "gpos75")
_USUAL_WIDTH = 350_000


def draw_bands(seed: int) -> Iterator[Band]:
    """Bands of every chromosome in order; the longest gap is the centromere."""
    for chromosome, length in CHROMOSOME_LENGTHS.items():
        centromere = max((gap for gap in GAPS if gap.chromosome == chromosome), key=lambda gap: gap.length)
        yield from _arm(seed, chromosome, "p", 0, centromere.start)
        yield Band(chromosome, centromere.start, centromere.end, "cen", "acen")
        yield from _arm(seed, chromosome, "q", centromere.end, length)


def _arm(seed: int, chromosome: str, arm: str, start: int, end: int) -> Iterator[Band]:
    random = stream(seed, "bands", chromosome, arm)
    count = round((end - start) / _USUAL_WIDTH)
    borders = sorted(random.integers(start, end, size=max(0, count - 1)).tolist())
    edges = [start, *borders, end]
    # Bands are counted away from the centromere, so the short arm's numbers fall.
    numbers = range(count, 0, -1) if arm == "p" else range(1, count + 1)
    for number, first, last in zip(numbers, edges, edges[1:], strict=False):
        if last > first:
            yield Band(chromosome, first, last, f"{arm}{number}", _STAINS[number % len(_STAINS)])
