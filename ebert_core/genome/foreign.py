"""Sentences for files that belong to other programs."""

import re
from pathlib import Path

from ebert_core.protocol.errors import InvalidRequest

_READS = "Aligned reads are IGV's job: open {path} there, or make a bigWig of its coverage to see it here."
_HDF5 = dict.fromkeys((".cool", ".mcool"), " with a Hi-C contact map (cooler)")
_CIGAR = re.compile(r"\*|(\d+[MIDNSHPX=])+")
_BEGINNINGS = {
    b"BAM\1": _READS,
    b"CRAM": _READS,
    b"TBI\1": "{path} is an index; open the file beside it that it belongs to.",
    b"BAI\1": "{path} is an index; open the file beside it that it belongs to.",
    b"CSI\1": "{path} is an index; open the file beside it that it belongs to.",
    b"\x89HDF": "{path} is HDF5{of}, which this program does not read; signals come as bigWig.",
    b"\x89PNG": "{path} is a picture.",
    b"%PDF": "{path} is a PDF document.",
    b"PK\3\4": "{path} is a zip archive or an Excel sheet; unpack it, or save the sheet as tab-separated text.",
    b"BZh": "{path} is packed with bzip2; unpack it first.",
    b"\xfd7zX": "{path} is packed with xz; unpack it first.",
    b"\x28\xb5\x2f\xfd": "{path} is packed with zstd; unpack it first.",
    b"##fileformat=VCF": "{path} is a VCF of variants, which this program does not read.",
    b"##maf": "{path} holds alignments of genomes in MAF, which this program does not read.",
    b"psLayout": "{path} holds alignments in PSL, which this program does not read; make BED of them (pslToBed).",
    b"LOCUS  ": "{path} is a GenBank record, which this program does not read; get its FASTA and GFF3.",
    b"ID   ": "{path} is an EMBL record, which this program does not read; get its FASTA and GFF3.",
    b"HIC\0": "{path} holds a Hi-C contact map (hic), which this program does not read.",
    b"BCF\2": "{path} is a BCF of variants, which this program does not read.",
    b"hub ": "{path} describes a UCSC track hub, which this program does not read; open the bigWig files it names.",
    b"genome ": "{path} lists the genomes of a UCSC track hub, which this program does not read.",
    b"Hugo_Symbol\t": "{path} is a MAF of mutations, which this program does not read.",
    b"@HD\t": _READS,
    b"@SQ\t": _READS,
    b"@": "{path} looks like FASTQ, which holds raw reads; align them first.",
}


def refuse_foreign(path: Path, head: bytes) -> None:
    """Nothing, unless the first (unpacked) bytes are those of a format that belongs elsewhere.

    Raises:
        InvalidRequest: they are; the sentence says where the file belongs.
    """
    for beginning, sentence in _BEGINNINGS.items():
        if head.startswith(beginning):
            raise InvalidRequest(sentence.format(path=path, of=_HDF5.get(path.suffix.lower(), "")))
    _refuse_markup(path, head.removeprefix(b"\xef\xbb\xbf").lstrip().lower())


def _refuse_markup(path: Path, head: bytes) -> None:
    """Web pages, which servers send instead of a file, and what other browsers save as XML or JSON."""
    if head.startswith((b"<!doctype html", b"<html")) or (head.startswith(b"<?xml") and b"<html" in head):
        raise InvalidRequest(
            f"{path} is a web page, not data: the server it was downloaded from answered with an error or a login. "
            "Download it again."
        )
    if head.startswith(b"<"):
        what = "a session of IGV" if b"<session" in head or b"<global" in head else "XML"
        raise InvalidRequest(f"{path} is {what}, which this program does not read; open the files it names.")
    if head.startswith((b"{", b"[")):
        what = "a session of IGV" if b'"tracks"' in head or b'"genome"' in head else "JSON"
        raise InvalidRequest(f"{path} is {what}, which this program does not read; open the files it names.")


def refuse_foreign_table(path: Path, fields: list[str]) -> None:
    """Nothing, unless the columns of a text are those of a table that is read in other programs only.

    Raises:
        InvalidRequest: they are.
    """
    name, headings = path.name.lower().removesuffix(".gz"), [field.lower().strip("'\"") for field in fields]
    what = ""
    if name.endswith(".bedpe") or _is_pair(fields, 0) or (len(fields) == 18 and _is_pair(fields, 8)):
        what = "pairs of places (BEDPE or interact)"
    elif len(fields) >= 21 and fields[8].strip("+-") == "" and all(field.isdigit() for field in fields[:8]):
        what = "alignments in PSL"
    elif name.endswith(".seg") or headings[1:4] in (["chrom", "loc.start", "loc.end"], ["chromosome", "start", "end"]):
        what = "segments of copy numbers (SEG)"
    elif len(fields) >= 11 and fields[1].isdigit() and fields[3].isdigit() and _CIGAR.fullmatch(fields[5]):
        raise InvalidRequest(_READS.format(path=path))
    if what:
        raise InvalidRequest(f"{path} holds {what}, which this program does not read.")


def _is_pair(fields: list[str], first: int) -> bool:
    """Whether two intervals, each with its chromosome, stand beside each other from a column on."""
    if len(fields) < first + 6:
        return False
    step = 3 if first == 0 else 5
    places = [fields[column : column + 3] for column in (first, first + step)]
    if any(len(place) < 3 or not "".join(place[1:]).isdigit() for place in places):
        return False
    return all(place[0] == fields[0] or place[0].startswith("chr") for place in places)
