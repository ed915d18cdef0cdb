"""Finds genes by the beginning of their names or of those of their transcripts, as a person types it."""

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ebert_core.dataset.description import Dataset
from ebert_core.genome.features import Feature
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reading import reading, reads
from ebert_core.protocol.tracks import FoundGene, FoundGenes

_MOST_LOOKED_AT = 2_000
_Index = list[tuple[str, str, FoundGene]]


class _Indices(NamedTuple):
    """Names in alphabetical order, as people type them and as they are written, with their genes."""

    genes: _Index
    transcripts: _Index


# Built when a dataset is first searched.
_indices: WeakKeyDictionary[Dataset, _Indices] = WeakKeyDictionary()


def find_genes(dataset: Dataset, text: str, limit: int) -> FoundGenes:
    """Genes whose names start with a text: the whole name first, then shorter names before longer ones.

    Transcripts come after all genes; each leads to the gene that it is of.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return FoundGenes(())
    indices = _indices.get(dataset)
    if indices is None:
        indices = _indices[dataset] = _indices_of(dataset)
    genes = [gene for _, gene in _beginning(indices.genes, wanted)]
    transcripts = [
        FoundGene(written, gene.interval, gene.name) for written, gene in _beginning(indices.transcripts, wanted)
    ]
    order = {name: number for number, name in enumerate(dataset.chromosome_lengths)}
    for found in (genes, transcripts):
        found.sort(key=lambda gene: (len(gene.name), gene.name, order[gene.interval.chromosome], gene.interval.start))
    return FoundGenes(tuple([*genes, *transcripts][:limit]))


def _beginning(index: _Index, wanted: str) -> Iterator[tuple[str, FoundGene]]:
    first = bisect_left(index, wanted, key=lambda entry: entry[0])
    for typed, written, gene in index[first : first + _MOST_LOOKED_AT]:
        if not typed.startswith(wanted):
            return
        yield written, gene


def _indices_of(dataset: Dataset) -> _Indices:
    names = KnownNames(dataset.chromosome_lengths)
    genes, transcripts = _Index(), _Index()
    for each in _genes(dataset):
        chromosome = names.find(each.chromosome)
        if each.name and chromosome is not None:
            gene = FoundGene(each.name, Interval(chromosome, each.start, each.end))
            genes.append((each.name.casefold(), each.name, gene))
            transcripts += [(identity.casefold(), identity, gene) for identity in each.identities]
    for index in (genes, transcripts):
        index.sort(key=lambda entry: entry[0])
    return _Indices(genes, transcripts)


def _genes(dataset: Dataset) -> Iterator[Feature]:
    if dataset.genes is not None:
        reads(dataset.layout.genes)
        yield from dataset.genes
    for file in dataset.files:
        if file.kind == "genes":
            # One that cannot be read or is of another assembly says so in its row, and hides no gene of the others.
            with suppress(InvalidRequest), reading(file.path):
                yield from dataset.gene_file(file.path)
