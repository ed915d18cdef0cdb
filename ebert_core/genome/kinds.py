"""What a file is, told from its content, and the sentences for files this program does not read."""

import re
from itertools import islice, pairwise
from pathlib import Path

import msgspec

from ebert_core.genome.annotation import first_fields, is_gene_prediction
from ebert_core.genome.bed import is_track_line, read_bed
from ebert_core.genome.bigfiles import BIGBED_MAGICS, BIGWIG_MAGICS, BigBedFeatures
from ebert_core.genome.features import Feature
from ebert_core.genome.foreign import refuse_foreign, refuse_foreign_table, refuse_other_text
from ebert_core.genome.indexed_features import IndexedFeatures
from ebert_core.genome.lines import Skipped, columns_of, first_bytes, is_absent
from ebert_core.genome.macs import is_macs_table
from ebert_core.genome.motifs import begins_motifs
from ebert_core.genome.pair_files import is_interact
from ebert_core.genome.pairs import are_pair
from ebert_core.genome.sessions import kind_of_session
from ebert_core.genome.states import MOST_STATES
from ebert_core.genome.tabix import lines_by_index
from ebert_core.genome.twobit import is_twobit
from ebert_core.genome.variants import are_variant, begins_as_vcf
from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.terms.addresses import Address, Place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.tracks import FileKind

_VARIANTS = FileKind("variants", "Variants in VCF.")
_LOOKED_AT = 2000
_LINES_LOOKED_AT = 200
_STATE_NAME = re.compile(r"([EU]?\d+([_-].*)?|(Tss|Tx|Enh|Quies|Het|Repr|Biv|ZNF|Prom|Low|Active|Weak|Poised).*)$")


def kind_of_file(path: Place) -> FileKind:
    """What a file or folder is, in a word and in a sentence.

    Raises:
        InvalidRequest: it cannot be read, or is nothing this program opens.
    """
    if isinstance(path, Path) and path.is_dir():
        return _kind_of_folder(path)
    head = first_bytes(path)
    if begins_as_vcf(head):
        return _VARIANTS
    if begins_motifs(head):
        return FileKind("motifs", "Motif matrices, each of which can be a track.")
    if (session := kind_of_session(path, head)) is not None:
        return session
    refuse_foreign(path, head)
    if head[:4] in BIGWIG_MAGICS:
        return FileKind("signal", "A bigWig, which holds a signal.")
    if head[:4] in BIGBED_MAGICS and is_interact(path):
        return FileKind("pairs", "Pairs of places in a bigBed (interact).")
    if head[:4] in BIGBED_MAGICS:
        return _kind_of_features(path, _some(BigBedFeatures(path)), "bigBed")
    if is_twobit(head):
        return FileKind("reference", "A reference sequence in 2bit.")
    if head.lstrip()[:1] == b">":
        return FileKind("reference", "A reference sequence in FASTA.")
    return _kind_of_text(path, first_bytes(path, 1 << 16))


def _kind_of_folder(path: Path) -> FileKind:
    description = path / "description.json"
    if not description.is_file():
        raise InvalidRequest(f"{path} is a folder without a description.json, so it is no checkpoint.")
    try:
        parse_json(read_whole(description), dict[str, msgspec.Raw])
    except (ValueError, OSError, msgspec.MsgspecError):
        raise InvalidRequest(f"{path} is no checkpoint: its description.json cannot be read.") from None
    return FileKind("checkpoint", "A checkpoint of EBERT.")


def _kind_of_text(path: Place, head: bytes) -> FileKind:
    if b"\0" in head:
        raise InvalidRequest(f"{path} is of a kind that this program does not know.")
    lines = [line for line in head.decode("utf-8-sig", "replace").splitlines() if line.strip()]
    if path.suffix.lower() == ".toml":
        if isinstance(path, Address):
            raise InvalidRequest(
                f"{path} describes a dataset, which is read from a disk only; download it and what it names."
            )
        return FileKind("dataset", "A description of a dataset.")
    fields = first_fields(path)
    is_wiggle = any(line.startswith("track type=wiggle") for line in lines)
    kind = _kind_of_first_line(path, fields, head, is_wiggle)
    if kind is not None:
        return kind
    refuse_foreign_table(path, fields)
    rows = [columns_of(line) for line in lines[:_LINES_LOOKED_AT] if not is_track_line(line)]
    if _is_bedgraph(rows):
        return FileKind("signal", "A bedGraph, which holds a signal.")
    refuse_other_text(path, rows)
    return _kind_of_features(path, _some_lines(path), "BED")


def _kind_of_first_line(path: Place, fields: list[str], head: bytes, is_wiggle: bool) -> FileKind | None:
    """What the first line that is no comment tells; None where it takes more lines."""
    words = fields[0].split() if len(fields) == 1 else fields
    if are_variant(words):
        return _VARIANTS
    if not words:
        raise InvalidRequest(f"{path} holds no data lines.")
    if is_wiggle or words[0] in ("fixedStep", "variableStep"):
        return FileKind("signal", "A wig file, which holds a signal.")
    if (len(words) == 2 and words[1].isdigit()) or _is_fasta_index(words):
        return FileKind("chromosome-sizes", "Chromosomes and their lengths.")
    if len(words) == 5 and any(stain in head for stain in (b"gneg", b"gpos", b"acen")):
        return FileKind("bands", "Cytogenetic bands.")
    if _is_gene_model(fields):
        return FileKind("genes", "Gene models.")
    if is_macs_table(fields):
        return FileKind("peaks", "Peaks in a table of MACS.")
    if path.name.lower().removesuffix(".gz").endswith(".bedpe") or are_pair(words):
        return FileKind("pairs", "Pairs of places (BEDPE or interact).")
    return None


def _is_gene_model(fields: list[str]) -> bool:
    is_gtf = len(fields) >= 8 and fields[3].isdigit() and fields[4].isdigit() and fields[6] in ("+", "-", ".", "?")
    return is_gtf or is_gene_prediction(fields)


def _is_fasta_index(words: list[str]) -> bool:
    """A line of a `.fai`: name, length, offset, bases of a line, and its bytes, one or two more than those."""
    if len(words) != 5 or not all(word.isdecimal() and len(word) < 19 for word in words[1:]):
        return False
    length, offset, bases, line_length = map(int, words[1:])
    return length > offset and line_length - bases in (1, 2)


def _is_bedgraph(rows: list[list[str]]) -> bool:
    """Four columns, the last of them a number wherever it is there; most lines decide, since one may be odd."""
    values = [row[3] for row in rows if len(row) == 4 and row[1].isdigit() and row[2].isdigit()]
    numbers = [value for value in values if _is_number(value)]
    return 2 * len(values) > len(rows) and 2 * len(numbers) > len([value for value in values if not is_absent(value)])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return not is_absent(text)


def _some(features: BigBedFeatures) -> list[Feature]:
    found: list[Feature] = []
    for chromosome in features.chromosome_lengths:
        found.extend(features.first(chromosome, _LOOKED_AT - len(found)))
        if len(found) >= _LOOKED_AT:
            break
    return found


def _some_lines(path: Place) -> list[Feature]:
    if (lines := lines_by_index(path)) is not None:
        return list(islice(IndexedFeatures(lines), _LOOKED_AT))
    skipped = Skipped()
    found = list(islice(read_bed(path, skipped), _LOOKED_AT))
    skipped.refuse_if_all(is_empty=not found)
    return found


# So many lines with a name each are no accident.
_LEAST_COUNTED = 10


def _kind_of_features(path: Place, features: list[Feature], form: str) -> FileKind:
    """Peaks have summits or values, genes have exons, states are few names that lie end to end again and again."""
    if not features:
        raise InvalidRequest(f"{path} holds no features.")
    if "peak" in path.name.lower() or any(feature.summit >= 0 for feature in features):
        return FileKind("peaks", f"Peaks in {form}.")
    if any(len(feature.blocks) > 1 for feature in features):
        return FileKind("genes", f"Genes in {form}.")
    names = {feature.name for feature in features}
    touching = sum(
        before.chromosome == after.chromosome and before.end == after.start for before, after in pairwise(features)
    )
    is_tiled = len(features) > 1 and touching >= 0.5 * (len(features) - 1)
    if is_tiled and "" not in names and _are_names_of_states(features, names):
        return FileKind("states", f"Chromatin states in {form}.")
    if _may_be_counts(features):
        first = features[0]
        return FileKind(
            "features",
            f"Regions in {form}, or a table of counts, which cannot be read: every line begins with another name. "
            f"{first.chromosome} is taken for a chromosome, {first.start} and {first.end} for positions.",
        )
    return FileKind("features", f"Regions in {form}.")


def _may_be_counts(features: list[Feature]) -> bool:
    """Whether every line is of a chromosome of its own: a genome of small pieces, or a table of one gene a line."""
    return len(features) >= _LEAST_COUNTED and len({feature.chromosome for feature in features}) == len(features)


def _are_names_of_states(features: list[Feature], names: set[str]) -> bool:
    """Whether names come back, or each has a colour of its own, or they are those of ChromHMM's and Segway's states."""
    colours = {(feature.name, feature.colour) for feature in features}
    have_colours = all(colour for _, colour in colours) and 1 < len(names) == len(colours) < len(features)
    are_few = len(names) <= MOST_STATES and 2 * len(names) <= len(features)
    return are_few or have_colours or all(_STATE_NAME.match(name) for name in names)
