"""What a checkpoint knew of a place before it predicts there: a mark on what is drawn, a sentence for files."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from ebert_core.model.description import Description
from ebert_core.protocol.modelling import FAMILIARITY_WORDS, Familiarity
from ebert_core.protocol.shapes import Mark
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.wording import listed


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


class Asked:
    """The places that a prediction is asked for, of which one is found quickly however many there are."""

    def __init__(self, places: Iterable[Interval]) -> None:
        """Joins what overlaps."""
        self._places: dict[str, list[Interval]] = {}
        for place in sorted(places):
            known = self._places.setdefault(place.chromosome, [])
            if known and place.start <= known[-1].end:
                known[-1] = Interval(place.chromosome, known[-1].start, max(place.end, known[-1].end))
            else:
                known.append(place)

    @property
    def first(self) -> Interval | None:
        """One of the places."""
        return next((places[0] for places in self._places.values()), None)

    def overlaps(self, region: Interval) -> bool:
        """Whether any of the places does."""
        places = self._places.get(region.chromosome, [])
        before = bisect_right(places, region.end - 1, key=lambda place: place.start)
        return before > 0 and places[before - 1].end > region.start


class SeenBefore(NamedTuple):
    """What training saw, in a sentence; `common` are its few words without the factor."""

    common: str
    sentence: str


def seen_before(description: Description, factor: str, cell_type: str, asked: Asked) -> tuple[SeenBefore, ...]:
    """What training saw of a factor in a cell type and of the places asked for; nothing where all is held out."""
    if asked.first is None:
        return ()
    model = description.name
    anywhere = description.familiarity(factor, cell_type, asked.first)
    if anywhere == "unseen cell type":
        sentence = f"{model} saw no labels of {cell_type} in training."
        return (SeenBefore(f"no labels of {cell_type} seen in training", sentence),)
    if anywhere == "pair not assayed":
        sentence = f"{model} saw no labels of {factor} in {cell_type} in training."
        return (SeenBefore(f"no labels in {cell_type} seen in training", sentence),)
    chromosomes: dict[Familiarity, dict[str, None]] = {"training": {}, "validation": {}}
    for region in (*description.training, *description.validation):
        if asked.overlaps(region):
            chromosomes[description.familiarity(factor, cell_type, region)][region.chromosome] = None
    found = []
    if places := listed(list(chromosomes["training"]), 6):
        sentence = (
            f"{model} was trained on parts of {places} for {factor} in {cell_type}: values there look better than "
            "those of places it never saw."
        )
        found.append(SeenBefore(f"trained on parts of {places} in {cell_type}", sentence))
    if places := listed(list(chromosomes["validation"]), 6):
        sentence = f"Parts of {places} chose the epoch of {model}, which flatters values there a little."
        found.append(SeenBefore(f"parts of {places} chose the epoch", sentence))
    if description.elsewhere:
        sentence = (
            f"{model} was trained on {listed(list(description.elsewhere))}, too: whether it saw these places cannot be "
            "told."
        )
        found.append(SeenBefore("seen or not: cannot be told", sentence))
    return tuple(found)
