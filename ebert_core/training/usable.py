"""On which chromosomes a network can learn: those with a sequence, and with peaks of the chosen factors."""

from collections.abc import Sequence

from ebert_core.dataset.description import Dataset
from ebert_core.material.split import Split
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.wording import listed


def usable_chromosomes(dataset: Dataset, factors: Sequence[str], cell_types: Sequence[str]) -> tuple[str, ...]:
    """The chromosomes of a genome with a sequence and with a peak of one of the factors in one of the cell types."""
    sources = [dataset.peaks(cell, factor) for cell in cell_types for factor in factors]
    return tuple(
        name
        for name in _sequenced(dataset)
        if any(source is not None and len(source.on(name).starts) for source in sources)
    )


def within_sequence(dataset: Dataset, regions: Sequence[Interval]) -> int:
    """How many bases of the regions lie on chromosomes whose sequence the dataset has."""
    names = frozenset(_sequenced(dataset))
    return sum(region.length for region in regions if region.chromosome in names)


def refuse_without_sequence(dataset: Dataset, split: Split, factors: Sequence[str], cell_types: Sequence[str]) -> None:
    """Refuses regions of which the dataset has no sequence at all: a table of lengths may name more than its FASTA.

    Raises:
        InvalidRequest: says which, and on which chromosomes there are sequence and peaks.
    """
    for word, regions in zip(("train on", "hold out"), split, strict=True):
        if regions and not within_sequence(dataset, regions):
            absent = listed(list(dict.fromkeys(region.chromosome for region in regions)), 6)
            usable = usable_chromosomes(dataset, factors, cell_types)
            advice = f"name {listed(usable, 6)}" if usable else "add the sequence of the chromosomes with peaks"
            raise InvalidRequest(
                f"The regions to {word} ({absent}) are not in the reference sequence. Sequence and peaks of "
                f"{listed(factors, 6)} are needed there: {advice}."
            )


def _sequenced(dataset: Dataset) -> list[str]:
    if dataset.reference is None:
        return []
    known = KnownNames(dataset.reference.chromosome_lengths)
    return [name for name in dataset.chromosome_lengths if known.find(name) is not None]
