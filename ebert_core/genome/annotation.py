"""Opens a file of features or genes, whichever of the formats it has."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from ebert_core.genome.bed import is_track_line, read_bed
from ebert_core.genome.bigfiles import BIGBED_MAGICS, BIGWIG_MAGICS, BigBedFeatures
from ebert_core.genome.features import Feature, Features, Located, merged_genes
from ebert_core.genome.foreign import refuse_foreign
from ebert_core.genome.gene_tables import read_gene_prediction, read_gff3, read_gtf
from ebert_core.genome.lines import first_bytes
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval

_STRANDS = ("+", "-")


class FeatureSource(Protocol):
    """What can be asked for features: a text file held in memory, or a bigBed."""

    @property
    def path(self) -> Path:
        """Where the file lies."""

    @property
    def knows_lengths(self) -> bool:
        """Whether the lengths are those of the chromosomes, not only the furthest ends."""

    @property
    def chromosome_lengths(self) -> dict[str, int]:
        """Lengths by chromosome, or the furthest ends where the file does not know them."""

    def __iter__(self) -> Iterator[Feature]: ...

    def on(self, chromosome: str) -> Located:
        """The features of a chromosome."""

    def touching(self, interval: Interval) -> list[Feature]:
        """Features that share a base with an interval."""


def read_features(path: Path) -> FeatureSource:
    """The features of BED, narrowPeak, broadPeak, GTF, GFF3, genePred or bigBed, plain or gzipped.

    Raises:
        InvalidRequest: the file cannot be read, or is none of these.
    """
    if _is_big(path):
        return BigBedFeatures(path)
    return Features(path, _reader_of(path)(path))


def read_genes(path: Path) -> FeatureSource:
    """The genes of such a file, one feature for the transcripts of one name.

    Raises:
        InvalidRequest: the file cannot be read, or is none of these.
    """
    if _is_big(path):
        return BigBedFeatures(path, are_genes=True)
    return Features(path, merged_genes(_reader_of(path)(path)))


def _is_big(path: Path) -> bool:
    head = first_bytes(path)
    refuse_foreign(path, head)
    return head[:4] in BIGBED_MAGICS + BIGWIG_MAGICS


def _reader_of(path: Path) -> Callable[[Path], Iterator[Feature]]:
    fields = first_fields(path)
    if len(fields) >= 8 and fields[3].isdigit() and fields[4].isdigit() and fields[6] in (*_STRANDS, ".", "?"):
        attributes = fields[8] if len(fields) > 8 else ""
        return read_gtf if '"' in attributes or _says_gtf(path) else read_gff3
    if is_gene_prediction(fields):
        return read_gene_prediction
    return read_bed


def first_fields(path: Path) -> list[str]:
    """Fields of the first line of a text file that is no comment, cut at tabs; none when there is no such line."""
    head = first_bytes(path, 1 << 16)
    if b"\0" in head:
        raise InvalidRequest(f"{path} is not a text file.")
    lines = head.decode("utf-8-sig", "replace").splitlines()
    return next((line.split("\t") for line in lines if line.strip() and not is_track_line(line)), [])


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


def _says_gtf(path: Path) -> bool:
    return ".gtf" in "".join(path.suffixes[-2:]).lower()
