"""What a run trains on and what it holds out: regions, cell types and factors, checked. Free of torch."""

from collections.abc import Sequence
from typing import NamedTuple

from ebert_core.dataset.description import Dataset
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval, format_locus, parse_locus, written_end
from ebert_core.protocol.specs import FineTune


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
        again = next((place for n, place in enumerate(places) if any(map(place.overlaps, places[:n]))), None)
        if again:
            raise InvalidRequest(f"{name} names {format_locus(again)} more than once; name each place once.")
    for region in split.validation:
        both = next((other for other in split.training if region.overlaps(other)), None)
        if both:
            raise InvalidRequest(
                f"Training and validation overlap on {both.chromosome}; what was trained on proves nothing."
            )
    return split


def check_cell_types(dataset: Dataset, cell_types: Sequence[str]) -> None:
    """Refuses a cell type that a dataset does not list.

    Raises:
        InvalidRequest: names it and those that there are.
    """
    unknown = [cell for cell in cell_types if cell not in dataset.cell_types]
    if unknown:
        raise InvalidRequest(
            f"{dataset.layout.name} has no cell type {unknown[0]}; it has {', '.join(dataset.cell_types)}."
        )


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
        known = ", ".join(sorted(assayed)) or "none"
        raise InvalidRequest(f"No peaks of {unknown[0]} in the chosen cell types; there are peaks of: {known}.")
    if not assayed:
        raise InvalidRequest(f"{dataset.layout.name} lists no peaks for the chosen cell types; add some to fine-tune.")
    return tuple(wanted) or tuple(sorted(assayed))


def read_regions(dataset: Dataset, texts: Sequence[str]) -> list[Interval]:
    """Intervals of locus texts.

    Raises:
        InvalidRequest: a text names no place of this genome, or one that passes its chromosome's end.
    """
    lengths = dataset.chromosome_lengths
    found = []
    for text in texts:
        interval = parse_locus(text, lengths)
        if interval is None:
            raise InvalidRequest(
                f"'{text}' is no region of {dataset.layout.assembly}; write chr3 or chr5:124,000,001-126,000,000."
            )
        written, length = written_end(text), lengths[interval.chromosome]
        if written is not None and written > length:
            raise InvalidRequest(
                f"'{text}' passes the end of {interval.chromosome} at {length:,}; end it there, or write "
                f"{interval.chromosome} for all of it. Is it a place of another assembly?"
            )
        found.append(interval)
    return found
