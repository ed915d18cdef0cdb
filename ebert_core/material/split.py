"""What a run trains on and what it holds out: regions, cell types and factors, checked. Free of torch."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ebert_core.dataset.description import Dataset
from ebert_core.dream.regions import regions_of_file
from ebert_core.material.places import union
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval, format_locus, is_region_file, no_locus, parse_locus, written_end
from ebert_core.protocol.terms.wording import has_no


class Split(NamedTuple):
    """Regions to train on and regions to hold out."""

    training: tuple[Interval, ...]
    validation: tuple[Interval, ...]


def read_split(dataset: Dataset, training: Sequence[str], validation: Sequence[str]) -> Split:
    """The regions that locus texts name.

    Raises:
        InvalidRequest: a text names no place of the genome, a place is named twice, or the two overlap.
    """
    split = Split(tuple(read_regions(dataset, training)), tuple(read_regions(dataset, validation)))
    for name, places in split._asdict().items():
        if again := _overlapping(places):
            raise InvalidRequest(f"{name} names {format_locus(again)} more than once; name each place once.")
    if both := _overlapping((*split.training, *split.validation)):
        raise InvalidRequest(
            f"Training and validation overlap on {both.chromosome}; what was trained on proves nothing."
        )
    return split


def _overlapping(places: Iterable[Interval]) -> Interval | None:
    """A place that shares bases with another one."""
    reached = Interval("", 0, 0)
    for place in sorted(places):
        if place.overlaps(reached):
            return place
        # Of places that do not overlap, the last one reaches farthest.
        reached = place
    return None


def check_cell_types(dataset: Dataset, cell_types: Sequence[str]) -> None:
    """Refuses a cell type that a dataset does not list.

    Raises:
        InvalidRequest: names it and those that there are.
    """
    for cell in cell_types:
        dataset.cell_type(cell)


def used_cells(spec: FineTune) -> tuple[str, ...]:
    """The cell types that a fine-tuning reads: those to train in, and those held out; none stands for all.

    A held-out cell type may be listed among `cell_types`, too.
    """
    return tuple(dict.fromkeys((*spec.cell_types, *spec.validation_cell_types))) if spec.cell_types else ()


def chosen_factors(dataset: Dataset, cell_types: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """The wanted factors, or all that were assayed in one of the cell types.

    Raises:
        InvalidRequest: a factor was assayed in none of them, or nothing was.
    """
    assayed = {factor for cell in cell_types for factor in dataset.cell_type(cell).peaks}
    unknown = [factor for factor in wanted if factor not in assayed]
    if unknown:
        place = f"{dataset.path or dataset.layout.name}, in the chosen cell types,"
        raise InvalidRequest(has_no(place, "peaks of", unknown[0], sorted(assayed)))
    if not assayed:
        raise InvalidRequest(f"{dataset.layout.name} lists no peaks for the chosen cell types; add some to fine-tune.")
    return tuple(wanted) or tuple(sorted(assayed))


def read_regions(dataset: Dataset, texts: Sequence[str]) -> list[Interval]:
    """The places that loci and BED files name, in their order; within a file, those that overlap are one.

    Raises:
        InvalidRequest: a text names no place of this genome, or one that passes its chromosome's end, or a file cannot
            be read.
    """
    return [place for text in texts for place in _places_of(dataset, text)]


def _places_of(dataset: Dataset, text: str) -> tuple[Interval, ...]:
    lengths = dataset.chromosome_lengths
    interval = parse_locus(text, lengths)
    if interval is not None:
        written, length = written_end(text), lengths[interval.chromosome]
        if written is not None and written > length:
            raise InvalidRequest(
                f"'{text}' passes the end of {interval.chromosome} at {length:,}; end it there, or write "
                f"{interval.chromosome} for all of it. Is it a place of another assembly?"
            )
        return (interval,)
    if is_region_file(text):
        return union(
            Interval(run.chromosome, start, end)
            for run in regions_of_file(Path(text), lengths, str(dataset.path))
            for start, end in zip(run.start_R.tolist(), run.end_R.tolist(), strict=True)
        )
    raise InvalidRequest(no_locus(text, lengths, str(dataset.path or dataset.layout.name)))
