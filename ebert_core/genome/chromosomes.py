"""Chromosome names and lengths: which name a file uses, and whether two files are of one assembly."""

from collections.abc import Iterable, Mapping

from ebert_core.genome.lines import at_line, columns_of, read_lines, whole_number
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.chromosome_names import (
    KnownNames,
    are_other_mitochondria,
    assembly_called,
    assembly_of_names,
    in_natural_order,
)
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.tracks import Band

# Segmentations and windows of peak callers may reach over an end by a bin; a wrong assembly does by far more.
_GRACE = 5_000


def read_chromosome_sizes(path: Place) -> dict[str, int]:
    """Lengths by chromosome, in the order of a chrom.sizes file (a .fai index serves too).

    Raises:
        InvalidRequest: the file cannot be read or holds something else.
    """
    lengths: dict[str, int] = {}
    for number, line in read_lines(path):
        if line.startswith("#"):
            continue
        fields = line.split()
        if len(fields) < 2:
            raise at_line(path, number, "expected a chromosome and its length")
        if fields[0] in lengths:
            raise at_line(path, number, f"{fields[0]} is listed twice")
        lengths[fields[0]] = whole_number(path, number, "length", fields[1])
    if not lengths:
        raise InvalidRequest(f"{path} lists no chromosome.")
    return lengths


def read_bands(path: Place) -> tuple[Band, ...]:
    """Cytogenetic bands of a cytoBand table, in its order.

    Raises:
        InvalidRequest: the file cannot be read or is no cytoBand table.
    """
    bands: list[Band] = []
    for number, line in read_lines(path):
        fields = columns_of(line)
        if line.startswith("#") or (not bands and len(fields) > 1 and fields[1].lower() in ("start", "chromstart")):
            continue
        if len(fields) < 5:
            raise at_line(path, number, "a cytoBand table has chromosome, start, end, band and stain")
        start, end = (whole_number(path, number, "position", field) for field in fields[1:3])
        bands.append(Band(fields[0], start, end, fields[3], fields[4]))
    return tuple(bands)


def check_same_assembly(expected: Mapping[str, int], found: Mapping[str, int], source: str) -> None:
    """Nothing, when all chromosomes that both know have one length, but for the mitochondrion of hg19, which has two.

    Raises:
        InvalidRequest: a length differs, so the file belongs to another assembly.
    """
    names = KnownNames(expected)
    for chromosome, length in found.items():
        known = names.find(chromosome)
        if known is None or are_other_mitochondria(known, expected[known], chromosome, length):
            continue
        if expected[known] != length:
            raise InvalidRequest(
                f"{source} belongs to another assembly: its {chromosome} has {length:,} bases, "
                f"the dataset's {known} has {expected[known]:,}."
            )
    check_names(expected, found, source)


def other_mitochondrion(expected: Mapping[str, int], found: Mapping[str, int]) -> str:
    """A sentence where a file's mitochondrion is another sequence than the dataset's; empty where it is not."""
    names = KnownNames(expected)
    for name, length in found.items():
        known = names.find(name) if 16_569 <= length <= 16_571 else None
        if known is not None and are_other_mitochondria(known, expected[known], name, length):
            return (
                f"{name} of this file ({length:,} bases) is another sequence of the mitochondrion than {known} of the "
                f"dataset ({expected[known]:,}): positions there differ by up to two bases."
            )
    return ""


def strange_names(own: Iterable[str], genome: Iterable[str]) -> str:
    """Some of a file's names where none is of a genome; empty where one is, or nothing is known of the genome."""
    known, listed = set(genome), in_natural_order(own)
    return "" if not known or any(map(KnownNames(known).find, listed)) else _some(listed)


def check_accessions(assembly: str, expected: Iterable[str], found: Iterable[str], source: str) -> None:
    """Nothing, unless a file calls chromosomes by the accession numbers of another assembly.

    Raises:
        InvalidRequest: it does: NC_000001.10 is of hg19 and NC_000001.11 of hg38.
    """
    known, named = assembly_called(assembly) or assembly_of_names(expected), assembly_of_names(found)
    if known and named and known != named:
        raise InvalidRequest(f"{source} belongs to another assembly: its names are those of {named}, not of {known}.")


def check_names(expected: Mapping[str, int], found: Mapping[str, int], source: str) -> None:
    """Nothing, when a file knows a chromosome of the dataset, or none at all.

    Raises:
        InvalidRequest: all its chromosomes are strange.
    """
    if found and not any(map(KnownNames(expected).find, found)):
        raise InvalidRequest(
            f"{source} names no chromosome of the dataset: it has {_some(found)}, the dataset has {_some(expected)}."
        )


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:3]) + (f" and {len(listed) - 3:,} more" if len(listed) > 3 else "")


def check_within(expected: Mapping[str, int], found: Mapping[str, int], source: str) -> None:
    """Nothing, when no chromosome of a file reaches beyond the known length by more than a bin.

    Raises:
        InvalidRequest: one does, or no chromosome is known, so the file belongs to another assembly.
    """
    names = KnownNames(expected)
    for chromosome, end in found.items():
        known = names.find(chromosome)
        if known is not None and end > expected[known] + _GRACE:
            raise InvalidRequest(
                f"{source} belongs to another assembly: it reaches {chromosome}:{end:,}, "
                f"where the dataset's {known} has {expected[known]:,} bases."
            )
    check_names(expected, found, source)
