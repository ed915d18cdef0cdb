"""One line of a VCF: where the variant stands, what kind it is, and all that the line says of it.

After the specification of VCF 4.1 to 4.5 (samtools.github.io/hts-specs).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ebert_core.genome.lines import LARGEST_POSITION, at_line, whole_number
from ebert_core.protocol.terms.addresses import Place

COLUMNS = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT")
# By their numbers in `Variant.kind`. A reference block says that nothing differs there, as gVCF does.
KINDS = ("SNV", "insertion", "deletion", "other", "reference block")
SNV, INSERTION, DELETION, OTHER, BLOCK = range(5)
_LEAST_COLUMNS, _INFO, _FORMAT, _SAMPLES = 5, 7, 8, 9
_BASES = re.compile(r"[ACGTURYKMSWBDHVN]+", re.IGNORECASE)
# Symbolic, spanned by a deletion, nothing at all, one end or both ends of a breakend.
_OTHER_ALLELE = re.compile(r"<.+>|\*|\.|\.?[^\s\[\]]*[\[\]][^\s\[\]]+[\[\]][^\s\[\]]*|\.[A-Z]+|[A-Z]+\.", re.IGNORECASE)
_NOTHING = (".", "<NON_REF>", "<*>", "<X>")
_NUMBER = re.compile(r"-?\d{1,12}")
_LONGEST_ALLELE = 20


class Variant(NamedTuple):
    """[start, end) is what the reference allele covers, or reaches to the END of a symbolic allele or a block."""

    chromosome: str
    start: int
    end: int
    kind: int
    text: str
    """ID, REF, ALT, QUAL and FILTER with tabs between them."""


def is_heading(fields: Sequence[str]) -> bool:
    """Whether these are names of columns, of which some files have lost the `#`."""
    return len(fields) > 1 and fields[0].upper() in ("CHROM", "CHR") and fields[1].upper() == "POS"


def begins_as_vcf(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a VCF with its header, or with the names of its columns alone."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return text.startswith((b"##fileformat=vcf", b"#chrom\tpos\tid\t", b"chrom\tpos\tid\t"))


def are_variant(fields: Sequence[str]) -> bool:
    """Whether these fields are a line of a VCF, of which the header may be lost."""
    return (
        len(fields) > _INFO
        and fields[1].isdecimal()
        and not fields[2].isdecimal()
        and _BASES.fullmatch(fields[3]) is not None
        and all(map(_is_allele, fields[4].split(",")))
    )


def variant_of(path: Place, number: int, fields: Sequence[str]) -> Variant:
    """The variant of a line, cut into fields.

    Raises:
        BadLine: the fields make no sense as VCF.
    """
    if len(fields) < _LEAST_COLUMNS:
        raise at_line(path, number, "a VCF line has at least CHROM, POS, ID, REF and ALT")
    position = whole_number(path, number, "position", fields[1])
    reference, alternatives = fields[3], fields[4].split(",")
    if not _BASES.fullmatch(reference):
        raise at_line(path, number, f"the reference allele '{short_allele(reference)}' is no sequence of bases")
    for allele in alternatives:
        if not _is_allele(allele):
            raise at_line(path, number, f"the allele '{short_allele(allele)}' is none of VCF")
    # Position 0 is the telomere before the first base.
    start = max(0, position - 1)
    kind = _kind_of(reference, alternatives)
    end = max(start + len(reference), _said_end(fields, start, alternatives, kind))
    if end > LARGEST_POSITION:
        raise at_line(path, number, f"the variant ends at {end}, beyond any chromosome")
    rest = [field if field != "." else "" for field in (fields[2], *fields[5:7])]
    named, quality, passed = (*rest, "", "")[:3]
    return Variant(fields[0], start, end, kind, "\t".join((named, reference, ",".join(alternatives), quality, passed)))


def _is_allele(allele: str) -> bool:
    return _BASES.fullmatch(allele) is not None or _OTHER_ALLELE.fullmatch(allele) is not None


def _kind_of(reference: str, alternatives: Sequence[str]) -> int:
    """The kind that all alleles have in common, beside those that stand for nothing or for any other."""
    kinds = {_kind_of_allele(reference, allele) for allele in alternatives if allele.upper() not in _NOTHING}
    if not kinds:
        return BLOCK
    return kinds.pop() if len(kinds) == 1 else OTHER


def _kind_of_allele(reference: str, allele: str) -> int:
    if allele == "*" or allele.upper().startswith("<DEL"):
        return DELETION
    if allele.upper().startswith("<INS"):
        return INSERTION
    if not _BASES.fullmatch(allele):
        return OTHER
    if len(allele) == len(reference):
        return SNV if len(allele) == 1 else OTHER
    return INSERTION if len(allele) > len(reference) else DELETION


def _said_end(fields: Sequence[str], start: int, alternatives: Sequence[str], kind: int) -> int:
    """Where a line says that its allele or block ends; 0 where it does not, or on another chromosome."""
    if len(fields) <= _INFO or not (kind == BLOCK or any(allele.startswith("<") for allele in alternatives)):
        return 0
    info = dict(_info(fields[_INFO]))
    if info.get("CHR2", fields[0]) != fields[0]:
        return 0
    if _NUMBER.fullmatch(info.get("END", "")):
        return int(info["END"])
    length = info.get("SVLEN", "").partition(",")[0]
    return start + 1 + abs(int(length)) if kind != INSERTION and _NUMBER.fullmatch(length) else 0


def _info(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(";"):
        key, equals, value = part.partition("=")
        if key and key != ".":
            yield key, value if equals else "yes"


def short_allele(allele: str) -> str:
    """An allele as there is room for it."""
    return allele if len(allele) <= _LONGEST_ALLELE else f"{allele[: _LONGEST_ALLELE - 8]}… ({len(allele):,} bases)"


def described(fields: Sequence[str], samples: Sequence[str]) -> Iterator[tuple[str, str]]:
    """All that a line says, by column, key of INFO and sample; genotypes with the alleles that they mean."""
    yield from zip(COLUMNS[:_INFO], fields, strict=False)
    if len(fields) > _INFO:
        yield from ((f"INFO {key}", value) for key, value in _info(fields[_INFO]))
    if len(fields) <= _FORMAT:
        return
    keys = fields[_FORMAT].split(":")
    alleles = [fields[3], *fields[4].split(",")]
    for place, genotype in enumerate(fields[_SAMPLES:]):
        name = samples[place] if place < len(samples) else f"sample {place + 1}"
        pairs = zip(keys, genotype.split(":"), strict=False)
        yield name, ", ".join(_genotype(value, alleles) if key == "GT" else f"{key} {value}" for key, value in pairs)


def _genotype(text: str, alleles: Sequence[str]) -> str:
    """`0/1` with the alleles that these numbers mean."""
    parts = re.split(r"([/|])", text)
    meant = [
        short_allele(alleles[int(part)]) if re.fullmatch(r"\d{1,4}", part) and int(part) < len(alleles) else part
        for part in parts
    ]
    return text if meant == parts else f"{text} ({''.join(meant)})"
