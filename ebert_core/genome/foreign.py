"""Sentences for files that belong to other programs, told from their content."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.errors import InvalidRequest

_READS = "Aligned reads are IGV's job: open {path} there, or make a bigWig of its coverage to see it here."
_INDEX = "{path} is an index; open the file beside it that it belongs to."
_NOT_READ = "{path} {what}, which this program does not read."
_HDF5 = dict.fromkeys((".cool", ".mcool"), " with a Hi-C contact map (cooler)")
_CIGAR = re.compile(r"\*|(\d+[MIDNSHPX=])+")
_SAM = re.compile(rb"@(HD|SQ|RG|PG|CO)\t")
_COMMA_SEPARATED = re.compile(r"[^\s,;]+([,;])[^,;]*\1[^,;]*")
_BYTES = {
    b"BAM\1": _READS,
    b"CRAM": _READS,
    b"TBI\1": _INDEX,
    b"BAI\1": _INDEX,
    b"CSI\1": _INDEX,
    b"\x89HDF": "{path} is HDF5{of}, which this program does not read; signals come as bigWig.",
    b"\x89PNG": "{path} is a picture.",
    b"%PDF": "{path} is a PDF document.",
    b"{\\rtf": "{path} is a document of a word processor; save it as plain text.",
    b"PK\3\4": "{path} is a zip archive or an Excel sheet; unpack it, or save the sheet as tab-separated text.",
    b"BZh": "{path} is packed with bzip2; unpack it first.",
    b"\xfd7zX": "{path} is packed with xz; unpack it first.",
    b"\x28\xb5\x2f\xfd": "{path} is packed with zstd; unpack it first.",
    b"\xff\xfe": "{path} is text in UTF-16, as some programs on Windows write it; save it as UTF-8.",
    b"\xfe\xff": "{path} is text in UTF-16, as some programs on Windows write it; save it as UTF-8.",
    b"HIC\0": "{path} holds a Hi-C contact map (hic), which this program does not read.",
    b"BCF\2": "{path} is a BCF of variants, which this program does not read.",
    b"TDF4": "{path} is a TDF of IGV, which this program does not read; make a bigWig of it.",
    b"PAR1\x15": "{path} is a table in Parquet, which this program does not read; write it as tab-separated text.",
    b"SQLite format 3": "{path} is a database (SQLite), which this program does not read.",
    b"RDX3": "{path} holds objects of R, which this program does not read; export them as BED or bigWig.",
    b"\x93NUMPY": "{path} is an array of numpy, which this program does not read.",
}
_GENBANK = "{path} is {which} record, which this program does not read; get its FASTA and GFF3."
_MATRIX_OF_MUTATIONS = "{path} is a MAF of mutations, which this program does not read."
_HUB = "{path} belongs to a UCSC track hub: open its hub.txt."
_VARIANTS = (
    "{path} is a VCF of variants, which is a track of its own: open it as a file; peaks and regions come as BED."
)
# How the first line of a text begins, or a comment above it; upper and lower case are alike.
_TEXTS = {
    "##fileformat=vcf": _VARIANTS,
    "#chrom\tpos\tid\t": _VARIANTS,
    "##maf": "{path} holds alignments of genomes in MAF, which this program does not read.",
    "pslayout": "{path} holds alignments in PSL, which this program does not read; make BED of them (pslToBed).",
    "chain ": "{path} holds chains of a genome alignment, which this program does not read.",
    "net ": "{path} holds nets of a genome alignment, which this program does not read.",
    "# stockholm": "{path} holds aligned sequences, which this program does not read.",
    "clustal": "{path} holds aligned sequences, which this program does not read.",
    "## pairs format": "{path} holds contacts of Hi-C (pairs), which this program does not read.",
    "locus  ": _GENBANK.replace("{which}", "a GenBank"),
    "id   ": _GENBANK.replace("{which}", "an EMBL"),
    "bigdataurl ": _HUB,
    "genome ": _HUB,
    "hugo_symbol\t": _MATRIX_OF_MUTATIONS,
}


def refuse_foreign(path: Place, head: bytes) -> None:
    """Nothing, unless the first (unpacked) bytes are those of a format that belongs elsewhere.

    Raises:
        InvalidRequest: they are; the sentence says where the file belongs.
    """
    for beginning, sentence in _BYTES.items():
        if head.startswith(beginning):
            raise InvalidRequest(sentence.format(path=path, of=_HDF5.get(path.suffix.lower(), "")))
    if head[257:262] == b"ustar":
        raise InvalidRequest(f"{path} is an archive (tar); unpack it first.")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    _refuse_reads(path, text)
    _refuse_markup(path, text.lower())
    for line in _first_lines(text.decode("utf-8", "replace")):
        for begins, sentence in _TEXTS.items():
            if line.lower().startswith(begins):
                raise InvalidRequest(sentence.format(path=path))


def _first_lines(text: str) -> Iterator[str]:
    """The comments and instructions above the first line of data, and that line."""
    for line in text.splitlines():
        yield line
        if line.strip() and not line.startswith(("#", "track", "browser")):
            return


def _refuse_reads(path: Place, head: bytes) -> None:
    if not head.startswith(b"@"):
        return
    if path.suffix.lower() == ".dict":
        raise InvalidRequest(f"{path} is a sequence dictionary, which this program does not read; chrom.sizes serves.")
    if _SAM.match(head):
        raise InvalidRequest(_READS.format(path=path))
    raise InvalidRequest(f"{path} looks like FASTQ, which holds raw reads; align them first.")


def _refuse_markup(path: Place, head: bytes) -> None:
    """Web pages and errors, which servers send instead of a file, and what other browsers save as XML or JSON."""
    if head.startswith(b"<") and (b"<html" in head or b"<!doctype html" in head or b"<error>" in head):
        what = "a web page" if b"html" in head else "a message in XML"
        raise InvalidRequest(
            f"{path} is {what}, not data: the server it was downloaded from answered with an error or a login. "
            "Download it again."
        )
    if not head.startswith((b"<", b"{", b"[")):
        return
    signs = (b"<session", b"<global") if head.startswith(b"<") else (b'"tracks"', b'"genome"')
    if any(sign in head for sign in signs):
        raise InvalidRequest(f"{path} looks like a session of IGV. One that is whole can be opened from this machine.")
    raise InvalidRequest(_NOT_READ.format(path=path, what="is XML" if head.startswith(b"<") else "is JSON"))


def refuse_foreign_table(path: Place, fields: list[str]) -> None:
    """Nothing, unless the columns of a text are those of a table that is read in other programs only.

    Raises:
        InvalidRequest: they are.
    """
    name, headings = path.name.lower().removesuffix(".gz"), [field.lower().strip("'\"") for field in fields]
    what = ""
    if any(_is_psl(fields[first:]) for first in (0, 1)):
        what = "alignments in PSL"
    elif name.endswith(".seg") or headings[1:4] in (["chrom", "loc.start", "loc.end"], ["chromosome", "start", "end"]):
        what = "segments of copy numbers (SEG)"
    elif len(fields) >= 11 and fields[1].isdigit() and fields[3].isdigit() and _CIGAR.fullmatch(fields[5]):
        raise InvalidRequest(_READS.format(path=path))
    if what:
        raise InvalidRequest(_NOT_READ.format(path=path, what=f"holds {what}"))
    _refuse_places_elsewhere(path, fields)


def _is_psl(fields: list[str]) -> bool:
    return len(fields) >= 21 and fields[8].strip("+-") == "" and all(field.isdigit() for field in fields[:8])


def _refuse_places_elsewhere(path: Place, fields: list[str]) -> None:
    """A table whose chromosome stands behind other columns: tables of UCSC, HOMER's peaks, SEG without headings."""
    if fields[0].lower().startswith("chr") and fields[1:2] and fields[1].isdigit():
        return
    for column in range(1, len(fields) - 2):
        chromosome, start, end = fields[column : column + 3]
        if chromosome.lower().startswith("chr") and _are_in_order(start, end):
            raise InvalidRequest(
                f"{path} has its places in columns {column + 1} to {column + 3}, where BED has them in columns 1 to 3; "
                "write it as BED (chromosome, start counted from 0, end)."
            )


def refuse_other_text(path: Place, rows: list[list[str]]) -> None:
    """Nothing, unless no line of a text looks like a place with a start and an end.

    Args:
        path: the file.
        rows: its first lines that are no comments, cut into columns.

    Raises:
        InvalidRequest: none does.
    """
    numbers = [sum(bool(re.fullmatch(r"-?\d+", text)) for text in row[1:3]) if len(row) > 2 else 0 for row in rows]
    if numbers and (numbers[0] or max(numbers) == 2):
        return
    if 2 * sum(bool(_COMMA_SEPARATED.match(row[0])) for row in rows) > len(rows):
        raise InvalidRequest(f"{path} has commas between its columns; save it as tab-separated text.")
    raise InvalidRequest(
        f"{path} is text of a kind that this program does not know. "
        "It opens regions in BED, signals in bigWig or bedGraph, genes in GTF or GFF3, sequence in FASTA."
    )


def _are_in_order(*texts: str) -> bool:
    """Whether these are positions, each at or after the one before."""
    if not all(text.isdecimal() and len(text) < 19 for text in texts):
        return False
    return all(one <= other for one, other in pairwise(map(int, texts)))
