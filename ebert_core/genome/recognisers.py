"""The recognisers that come with the program: each says of a file that it is of one format, or nothing.

The order is that in which they are asked, among those that are equally sure.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from ebert_core.genome.annotation import is_gene_prediction, read_features, read_genes
from ebert_core.genome.bigfiles import BIGBED_MAGICS, BIGWIG_MAGICS
from ebert_core.genome.feature_kinds import kind_of_bed, kind_of_bigbed
from ebert_core.genome.foreign import refuse_foreign, refuse_foreign_table, refuse_other_text
from ebert_core.genome.lines import Skipped, is_absent
from ebert_core.genome.macs import is_macs_table
from ebert_core.genome.motifs import begins_motifs
from ebert_core.genome.pair_files import is_interact, open_pairs
from ebert_core.genome.pairs import are_pair
from ebert_core.genome.recognising import Head, Opener, Recogniser, Sureness
from ebert_core.genome.sessions import kind_of_session
from ebert_core.genome.signal import open_signal
from ebert_core.genome.states import Segmentation
from ebert_core.genome.twobit import is_twobit
from ebert_core.genome.variant_files import open_variants
from ebert_core.genome.variants import are_variant, begins_as_vcf
from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.terms.addresses import Address, Place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.tracks import FileKind

# Servers send messages, and other browsers keep sessions, of which the first bytes tell.
_LOOKED_AT_FOR_OTHERS = 4096


def _bare_states(path: Place, skipped: Skipped | None) -> Segmentation:
    return Segmentation(path, (), skipped)


_FEATURES: Mapping[str, Opener] = {
    "peaks": read_features,
    "features": read_features,
    "genes": read_genes,
    "states": _bare_states,
}


def _checkpoint(head: Head) -> FileKind | None:
    if not isinstance(head.place, Path) or not head.place.is_dir():
        return None
    description = head.place / "description.json"
    if not description.is_file():
        raise InvalidRequest(f"{head.place} is a folder without a description.json, so it is no checkpoint.")
    try:
        parse_json(read_whole(description), dict[str, msgspec.Raw])
    except (ValueError, OSError, msgspec.MsgspecError):
        raise InvalidRequest(f"{head.place} is no checkpoint: its description.json cannot be read.") from None
    return FileKind("checkpoint", "A checkpoint of EBERT.")


def _bigbed(head: Head) -> FileKind | None:
    if head.first[:4] not in BIGBED_MAGICS:
        return None
    if is_interact(head.place):
        return FileKind("pairs", "Pairs of places in a bigBed (interact).")
    return kind_of_bigbed(head.place)


def _dataset(head: Head) -> FileKind | None:
    if head.place.suffix.lower() != ".toml":
        return None
    if isinstance(head.place, Address):
        raise InvalidRequest(
            f"{head.place} describes a dataset, which is read from a disk only; download it and what it names."
        )
    return FileKind("dataset", "A description of a dataset.")


def _refuse_no_text(head: Head) -> None:
    if head.damage is not None:
        raise head.damage
    if b"\0" in head.first:
        raise InvalidRequest(f"{head.place} is of a kind that this program does not know.")


def _refuse_no_lines(head: Head) -> None:
    if not head.words:
        raise InvalidRequest(f"{head.place} holds no data lines.")


def _is_wiggle(head: Head) -> bool:
    return head.words[0] in ("fixedStep", "variableStep") or any(
        line.startswith("track type=wiggle") for line in head.lines
    )


def _are_sizes(head: Head) -> bool:
    return (len(head.words) == 2 and head.words[1].isdigit()) or _is_fasta_index(head.words)


def _are_bands(head: Head) -> bool:
    return len(head.words) == 5 and any(stain in head.first for stain in (b"gneg", b"gpos", b"acen"))


def _is_gene_model(head: Head) -> bool:
    fields = head.fields
    is_gtf = len(fields) >= 8 and fields[3].isdigit() and fields[4].isdigit() and fields[6] in ("+", "-", ".", "?")
    return is_gtf or is_gene_prediction(fields)


def _is_fasta_index(words: list[str]) -> bool:
    """A line of a `.fai`: name, length, offset, bases of a line, and its bytes, one or two more than those."""
    if len(words) != 5 or not all(word.isdecimal() and len(word) < 19 for word in words[1:]):
        return False
    length, offset, bases, line_length = map(int, words[1:])
    return length > offset and line_length - bases in (1, 2)


def _is_bedgraph(head: Head) -> bool:
    """Four columns, the last of them a number wherever it is there; most lines decide, since one may be odd."""
    rows = head.rows
    values = [row[3] for row in rows if len(row) == 4 and row[1].isdigit() and row[2].isdigit()]
    numbers = [value for value in values if _is_number(value)]
    return 2 * len(values) > len(rows) and 2 * len(numbers) > len([value for value in values if not is_absent(value)])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return not is_absent(text)


def _refuses(sureness: Sureness, refuse: Callable[[Head], None]) -> Recogniser:
    """One that finds nothing, and raises where it knows whose the file is, or that it is nobody's."""

    def look(head: Head) -> None:
        refuse(head)

    return Recogniser("", look, sureness)


def _finds(
    kind: str,
    sentence: str,
    is_it: Callable[[Head], bool],
    *,
    name: str,
    by: Sureness = Sureness.CONTENT,
    endings: tuple[str, ...] = (),
    opened_by: Opener | None = None,
) -> Recogniser:
    """One that finds one kind of file, where something is true of the head."""
    found = FileKind(kind, sentence)
    opens = {} if opened_by is None else {kind: opened_by}
    return Recogniser(name, lambda head: found if is_it(head) else None, by, endings, opens)


_BY_CONTENT = (
    Recogniser("Checkpoint of EBERT", _checkpoint),
    _finds(
        "variants",
        "Variants in VCF.",
        lambda head: begins_as_vcf(head.first),
        name="VCF",
        endings=(".vcf",),
        opened_by=open_variants,
    ),
    _finds(
        "motifs",
        "Motif matrices, each of which can be a track.",
        lambda head: begins_motifs(head.first),
        name="Motif matrices",
    ),
    Recogniser("Session", lambda head: kind_of_session(head.place, head.first)),
    _refuses(Sureness.CONTENT, lambda head: refuse_foreign(head.place, head.first[:_LOOKED_AT_FOR_OTHERS])),
    _finds(
        "signal",
        "A bigWig, which holds a signal.",
        lambda head: head.first[:4] in BIGWIG_MAGICS,
        name="bigWig",
        endings=(".bw", ".bigwig"),
        opened_by=open_signal,
    ),
    Recogniser("bigBed", _bigbed, endings=(".bb", ".bigbed"), opens={**_FEATURES, "pairs": open_pairs}),
    _finds(
        "reference",
        "A reference sequence in 2bit.",
        lambda head: is_twobit(head.first),
        name="2bit",
        endings=(".2bit",),
    ),
    _finds(
        "reference",
        "A reference sequence in FASTA.",
        lambda head: head.first.lstrip()[:1] == b">",
        name="FASTA",
        endings=(".fa", ".fasta"),
    ),
)

_BY_ENDING = (Recogniser("Dataset", _dataset, Sureness.ENDING, (".toml",)),)

_BY_LINES = (
    _refuses(Sureness.LINES, _refuse_no_text),
    _finds(
        "variants",
        "Variants in VCF.",
        lambda head: are_variant(head.words),
        name="VCF without its header",
        by=Sureness.LINES,
        opened_by=open_variants,
    ),
    _refuses(Sureness.LINES, _refuse_no_lines),
    _finds(
        "signal",
        "A wig file, which holds a signal.",
        _is_wiggle,
        name="wig",
        by=Sureness.LINES,
        endings=(".wig",),
        opened_by=open_signal,
    ),
    _finds(
        "chromosome-sizes",
        "Chromosomes and their lengths.",
        _are_sizes,
        name="Chromosome sizes",
        by=Sureness.LINES,
        endings=(".sizes", ".fai"),
    ),
    _finds(
        "bands",
        "Cytogenetic bands.",
        _are_bands,
        name="Cytogenetic bands",
        by=Sureness.LINES,
        endings=(".txt",),
    ),
    _finds(
        "genes",
        "Gene models.",
        _is_gene_model,
        name="GTF, GFF3, genePred",
        by=Sureness.LINES,
        endings=(".gtf", ".gff", ".gff3"),
        opened_by=read_genes,
    ),
    _finds(
        "peaks",
        "Peaks in a table of MACS.",
        lambda head: is_macs_table(head.fields),
        name="Table of MACS",
        by=Sureness.LINES,
        endings=(".xls",),
        opened_by=read_features,
    ),
    _finds(
        "pairs",
        "Pairs of places (BEDPE or interact).",
        lambda head: head.ends_with(".bedpe") or are_pair(head.words),
        name="BEDPE, interact",
        by=Sureness.LINES,
        endings=(".bedpe", ".interact"),
        opened_by=open_pairs,
    ),
    _refuses(Sureness.LINES, lambda head: refuse_foreign_table(head.place, head.fields)),
    _finds(
        "signal",
        "A bedGraph, which holds a signal.",
        _is_bedgraph,
        name="bedGraph",
        by=Sureness.LINES,
        endings=(".bedgraph", ".bdg"),
        opened_by=open_signal,
    ),
    _refuses(Sureness.LINES, lambda head: refuse_other_text(head.place, head.rows)),
    Recogniser(
        "BED, narrowPeak, broadPeak",
        lambda head: kind_of_bed(head.place),
        Sureness.LINES,
        (".bed", ".narrowpeak", ".broadpeak"),
        _FEATURES,
    ),
)

BUILT_IN: tuple[Recogniser, ...] = (*_BY_CONTENT, *_BY_ENDING, *_BY_LINES)
