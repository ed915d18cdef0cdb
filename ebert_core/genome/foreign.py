"""Sentences for files that belong to other programs."""

from pathlib import Path

from ebert_core.protocol.errors import InvalidRequest

_READS = "Aligned reads are IGV's job: open {path} there, or make a bigWig of its coverage to see it here."
_BEGINNINGS = {
    b"BAM\1": _READS,
    b"CRAM": _READS,
    b"TBI\1": "{path} is an index; open the file beside it that it belongs to.",
    b"BAI\1": "{path} is an index; open the file beside it that it belongs to.",
    b"CSI\1": "{path} is an index; open the file beside it that it belongs to.",
    b"\x89HDF": "{path} is HDF5, which this program does not read; signals come as bigWig.",
    b"\x89PNG": "{path} is a picture.",
    b"%PDF": "{path} is a PDF document.",
    b"PK\3\4": "{path} is a zip archive or an Excel sheet; unpack it, or save the sheet as tab-separated text.",
    b"BZh": "{path} is packed with bzip2; unpack it first.",
    b"\xfd7zX": "{path} is packed with xz; unpack it first.",
    b"\x28\xb5\x2f\xfd": "{path} is packed with zstd; unpack it first.",
    b"<!DO": "{path} is a web page; what it was downloaded from asked for something else.",
    b"<htm": "{path} is a web page; what it was downloaded from asked for something else.",
    b"##fileformat=VCF": "{path} is a VCF of variants, which this program does not read.",
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
            raise InvalidRequest(sentence.format(path=path))
