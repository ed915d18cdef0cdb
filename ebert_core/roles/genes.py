"""Finds genes by the beginning of their names, as a person types it."""

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from weakref import WeakKeyDictionary

from ebert_core.dataset.description import Dataset
from ebert_core.genome.features import Feature
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reading import reading, reads
from ebert_core.protocol.tracks import FoundGene, FoundGenes

_MOST_LOOKED_AT = 2_000
# Names in alphabetical order, as people type them, with their genes; built when a dataset is first searched.
_indices: WeakKeyDictionary[Dataset, list[tuple[str, FoundGene]]] = WeakKeyDictionary()


def find_genes(dataset: Dataset, text: str, limit: int) -> FoundGenes:
    """Genes whose names start with a text: the whole name first, then shorter names before longer ones."""
    wanted = text.strip().casefold()
    if not wanted:
        return FoundGenes(())
    index = _indices.get(dataset)
    if index is None:
        index = _indices[dataset] = sorted(_named_genes(dataset), key=lambda pair: pair[0])
    first = bisect_left(index, wanted, key=lambda pair: pair[0])
    found = []
    for name, gene in index[first : first + _MOST_LOOKED_AT]:
        if not name.startswith(wanted):
            break
        found.append(gene)
    order = {name: number for number, name in enumerate(dataset.chromosome_lengths)}
    found.sort(key=lambda gene: (len(gene.name), gene.name, order[gene.interval.chromosome], gene.interval.start))
    return FoundGenes(tuple(found[:limit]))


def _named_genes(dataset: Dataset) -> Iterator[tuple[str, FoundGene]]:
    names = KnownNames(dataset.chromosome_lengths)
    for gene in _genes(dataset):
        chromosome = names.find(gene.chromosome)
        if gene.name and chromosome is not None:
            yield gene.name.casefold(), FoundGene(gene.name, Interval(chromosome, gene.start, gene.end))


def _genes(dataset: Dataset) -> Iterator[Feature]:
    if dataset.genes is not None:
        reads(dataset.layout.genes)
        yield from dataset.genes
    for file in dataset.files:
        if file.kind == "genes":
            # One that cannot be read or is of another assembly says so in its row, and hides no gene of the others.
            with suppress(InvalidRequest), reading(file.path):
                yield from dataset.gene_file(file.path)
