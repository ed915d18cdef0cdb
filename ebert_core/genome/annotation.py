"""Opens a file of features or genes, whichever of the formats it has."""

from collections.abc import Callable, Iterator
from typing import Protocol

from ebert_core.genome.bed import first_track_line, read_bed
from ebert_core.genome.bed_table import read_bed_table
from ebert_core.genome.bigfiles import BIGBED_MAGICS, BIGWIG_MAGICS, BigBedFeatures
from ebert_core.genome.features import Extents, Feature, Features, Fold, Located, folded_genes
from ebert_core.genome.foreign import refuse_foreign
from ebert_core.genome.gene_tables import read_gene_prediction, read_gff3, read_gtf
from ebert_core.genome.indexed_features import IndexedFeatures
from ebert_core.genome.lines import Skipped, first_bytes
from ebert_core.genome.macs import is_macs_table, read_macs_table
from ebert_core.genome.placed import PlacedFile
from ebert_core.genome.recognising import Head
from ebert_core.genome.tabix import lines_by_index
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

_STRANDS = ("+", "-")


class FeatureSource(PlacedFile, Protocol):
    """What can be asked for features: a text file held in memory, or a bigBed."""

    @property
    def is_shaded(self) -> bool:
        """Whether the file asks that scores shade its features."""

    def __iter__(self) -> Iterator[Feature]: ...

    def on(self, chromosome: str) -> Located:
        """The features of a chromosome."""

    def first(self, chromosome: str, count: int) -> tuple[Feature, ...]:
        """The first features of a chromosome, about so many where there are."""

    def touching(self, interval: Interval) -> list[Feature]:
        """Features that share a base with an interval."""

    def extents(self, interval: Interval) -> Extents:
        """Where the features lie that share a base with an interval."""

    def crowding(self, chromosome: str) -> float:
        """Features per base of a chromosome, 0 where that is not known."""


def read_features(path: Place, skipped: Skipped | None = None) -> FeatureSource:
    """The features of BED, narrowPeak, broadPeak, GTF, GFF3, genePred, MACS's table or bigBed, plain or gzipped.

    Args:
        path: the file.
        skipped: takes note of lines that make no sense; without it the first of them is an error.

    Raises:
        InvalidRequest: the file cannot be read, or is none of these.
    """
    if _is_big(path):
        return BigBedFeatures(path)
    read = _reader_of(path)
    if read is read_bed and (lines := lines_by_index(path)) is not None:
        return IndexedFeatures(lines)
    table = read_bed_table(path) if read is read_bed else None
    features = Features(path, read(path, skipped), skipped) if table is None else Features.of(path, table)
    features.is_shaded = first_track_line(path).is_shaded
    return features


def read_genes(path: Place, skipped: Skipped | None = None, fold: Fold = folded_genes) -> FeatureSource:
    """The genes of such a file, one feature for the transcripts of one name, as `fold` makes it.

    Raises:
        InvalidRequest: the file cannot be read, or is none of these.
    """
    if _is_big(path):
        return BigBedFeatures(path, fold)
    return Features(path, fold(_reader_of(path)(path, skipped)), skipped)


def _is_big(path: Place) -> bool:
    head = first_bytes(path)
    refuse_foreign(path, head)
    return head[:4] in BIGBED_MAGICS + BIGWIG_MAGICS


def _reader_of(path: Place) -> Callable[[Place, Skipped | None], Iterator[Feature]]:
    fields = first_fields(path)
    if is_gene_table(fields):
        return read_gtf if '"' in "".join(fields[8:9]) or _says_gtf(path) else read_gff3
    if is_gene_prediction(fields):
        return read_gene_prediction
    if is_macs_table(fields):
        return read_macs_table
    return read_bed


def first_fields(path: Place) -> list[str]:
    """Fields of the first line of a text file that is no comment, cut at tabs; none when there is no such line."""
    head = Head.of(path)
    if head.damage is not None:
        raise head.damage
    if b"\0" in head.first:
        raise InvalidRequest(f"{path} is not a text file.")
    return head.fields


def is_gene_table(fields: list[str]) -> bool:
    """Whether these fields are a line of GTF or GFF3."""
    return len(fields) >= 8 and fields[3].isdigit() and fields[4].isdigit() and fields[6] in (*_STRANDS, ".", "?")


def is_gene_prediction(fields: list[str]) -> bool:
    """Whether these fields are a line of a genePred table."""
    return any(
        len(fields) >= column + 8
        and fields[column] in _STRANDS
        and fields[column + 1].isdigit()
        and fields[column + 6].replace(",", "").isdigit()
        and fields[column + 5].isdigit()
        for column in (2, 3)
    )


def _says_gtf(path: Place) -> bool:
    return ".gtf" in "".join(path.suffixes[-2:]).lower()
