"""Where things stand on a chromosome: genes, promoters, enhancers and what is active in which cell type."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from ebert_core.demonstration.rules import CELL_TYPES, CHROMOSOME_LENGTHS, GAPS, stream
from ebert_core.protocol.terms.locus import Interval

ENHANCERS_PER_MEGABASE = 110
_HOUSEKEEPING = 0.4
_NO_GENE_NEAR = 3_000

_ONSETS = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "g",
    "gl",
    "k",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "sk",
    "t",
    "tr",
    "v",
    "z",
)
_VOWELS = ("a", "e", "i", "o", "u", "ia", "ei")
_ENDINGS = ("", "", "l", "n", "r", "s", "x")

ElementKind = Literal["promoter", "enhancer", "weak enhancer"]


class Planted(NamedTuple):
    """A motif instance put at a position; the best instance of the matrix where `is_best`, else one drawn from it."""

    factor: str
    position: int
    is_best: bool = False


class Element(NamedTuple):
    """A regulatory element around `centre`. `bins` fixes the length of its state; None draws it per cell type."""

    kind: ElementKind
    centre: int
    is_active: tuple[bool, ...]
    has_island: bool = False
    bins: int | None = None
    motifs: tuple[Planted, ...] | None = None


class Gene(NamedTuple):
    """A gene: its exons and coding parts as (start, end) pairs; strand is `+` or `-`."""

    name: str
    start: int
    end: int
    strand: str
    exons: tuple[tuple[int, int], ...]
    coding: tuple[tuple[int, int], ...]


class PlannedGene(NamedTuple):
    """A gene and the cell types that transcribe it."""

    gene: Gene
    is_active: tuple[bool, ...]

    @property
    def start_site(self) -> int:
        """Position of the first transcribed base."""
        return self.gene.start if self.gene.strand == "+" else self.gene.end - 1


class Plan(NamedTuple):
    """Genes and elements of a chromosome in order of position."""

    chromosome: str
    genes: tuple[PlannedGene, ...]
    elements: tuple[Element, ...]


def plan_chromosome(seed: int, chromosome: str, taken_names: set[str]) -> Plan:
    """Genes, promoters and enhancers of a chromosome, none of them in a gap; names are added to those taken."""
    random = stream(seed, "plan", chromosome)
    genes = tuple(_genes(random, chromosome, taken_names))
    promoters = [_promoter_of(random, planned) for planned in genes]
    enhancers = list(_enhancers(random, chromosome, promoters))
    elements = sorted([*promoters, *enhancers], key=lambda element: element.centre)
    return Plan(chromosome, genes, tuple(elements))


def is_in_gap(chromosome: str, start: int, end: int) -> bool:
    """Whether [start, end) leaves the chromosome or comes within 3 kb of a gap."""
    if start < _NO_GENE_NEAR or end > CHROMOSOME_LENGTHS[chromosome] - _NO_GENE_NEAR:
        return True
    return any(gap.overlaps(Interval(chromosome, start - _NO_GENE_NEAR, end + _NO_GENE_NEAR)) for gap in GAPS)


def _genes(random: np.random.Generator, chromosome: str, taken_names: set[str]) -> Iterator[PlannedGene]:
    position = 0
    while True:
        is_desert = random.random() < 0.07
        position += int(random.lognormal(np.log(80_000 if is_desert else 7_000), 0.8))
        length = int(np.clip(random.lognormal(np.log(10_000), 0.9), 1_500, 70_000))
        if position + length > CHROMOSOME_LENGTHS[chromosome]:
            return
        if is_in_gap(chromosome, position, position + length):
            continue
        strand = "+" if random.random() < 0.5 else "-"
        gene = make_gene(random, invent_name(random, taken_names), position, position + length, strand)
        yield PlannedGene(gene, _activity(random, _HOUSEKEEPING, 0.3))
        position += length


def make_gene(random: np.random.Generator, name: str, start: int, end: int, strand: str) -> Gene:
    """A gene with drawn exons; its coding part leaves untranslated ends."""
    count = 1 + min(int(random.poisson((end - start) / 1_600)), 24)
    lengths = np.clip(random.lognormal(np.log(140), 0.45, size=count).astype(int), 40, 900)
    last = count - 1 if strand == "+" else 0
    lengths[last] += int(random.integers(150, 900))
    free = end - start - int(lengths.sum())
    while free < 120 * (count - 1):
        lengths, count = lengths[1:], count - 1
        free = end - start - int(lengths.sum())
    introns = _introns(random, free, count)
    exons, position = [], start
    for length, intron in zip(lengths.tolist(), [*introns, 0], strict=True):
        exons.append((position, position + length))
        position += length + intron
    exons[-1] = (exons[-1][0], end)
    return Gene(name, start, end, strand, tuple(exons), _coding(exons, strand))


def _introns(random: np.random.Generator, free: int, count: int) -> list[int]:
    if count == 1:
        return []
    shares = random.dirichlet(np.full(count - 1, 1.2))
    lengths = 100 + (shares * (free - 100 * (count - 1))).astype(int)
    return [int(length) for length in lengths]


def _coding(exons: list[tuple[int, int]], strand: str) -> tuple[tuple[int, int], ...]:
    first, last = exons[0], exons[-1]
    head, tail = (0.5, 0.25) if strand == "+" else (0.75, 0.5)
    start = first[0] + int((first[1] - first[0]) * head)
    end = last[0] + max(3, int((last[1] - last[0]) * tail))
    if end - start < 60:
        return ()
    return tuple((max(a, start), min(b, end)) for a, b in exons if b > start and a < end)


def invent_name(random: np.random.Generator, taken: set[str]) -> str:
    """A pronounceable name that no gene of any organism carries (two or three syllables, not in capitals)."""
    while True:
        syllables = [str(random.choice(_ONSETS)) + str(random.choice(_VOWELS)) for _ in range(random.integers(2, 4))]
        name = ("".join(syllables) + str(random.choice(_ENDINGS))).capitalize()
        if name not in taken and len(name) > 4:
            taken.add(name)
            return name


def _activity(random: np.random.Generator, everywhere: float, each: float) -> tuple[bool, ...]:
    if random.random() < everywhere:
        return (True,) * len(CELL_TYPES)
    return tuple(bool(drawn) for drawn in random.random(len(CELL_TYPES)) < each)


def _promoter_of(random: np.random.Generator, planned: PlannedGene) -> Element:
    is_everywhere = all(planned.is_active)
    has_island = bool(random.random() < (0.9 if is_everywhere else 0.5))
    return Element("promoter", planned.start_site, planned.is_active, has_island)


def _enhancers(random: np.random.Generator, chromosome: str, promoters: list[Element]) -> Iterator[Element]:
    length = CHROMOSOME_LENGTHS[chromosome]
    start_sites = np.array([promoter.centre for promoter in promoters])
    for _ in range(round(ENHANCERS_PER_MEGABASE * length / 1e6)):
        if random.random() < 0.65:
            centre = int(random.choice(start_sites) + random.laplace(0, 15_000))
        else:
            centre = int(random.integers(0, length))
        if np.abs(start_sites - centre).min() < 1_500 or is_in_gap(chromosome, centre - 1_500, centre + 1_500):
            continue
        yield Element("enhancer", centre, _activity(random, 0.12, 0.38))
