"""Gene models: GTF, GFF3 and UCSC's genePred tables (refGene), as one feature per transcript or gene."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from ebert_core.genome.features import Feature, coding_parts, joined
from ebert_core.genome.lines import BadLine, Skipped, at_line, leave_out, read_lines, whole_number
from ebert_core.protocol.terms.addresses import Place

# A value in quotes may hold semicolons. Each piece is matched in one step, so that no line takes long.
_GTF_PIECE = re.compile(r'(?:[^;"]|"[^"]*"?)+')
_GENES = ("gene", "pseudogene", "ncRNA_gene")
# Records that describe the sequence itself, from one end to the other, or stretches of it that Ensembl gives no name.
_SEQUENCES = (
    "region",
    "chromosome",
    "contig",
    "scaffold",
    "supercontig",
    "source",
    "databank_entry",
    "biological_region",
)
_CODING = ("CDS", "stop_codon")
_UTR = ("UTR", "five_prime_utr", "three_prime_utr", "five_prime_UTR", "three_prime_UTR")
# Records that are parts of a transcript.
PARTS = ("exon", *_CODING, *_UTR, "start_codon", "intron")


class _Row(NamedTuple):
    chromosome: str
    kind: str
    start: int
    end: int
    strand: str
    attributes: dict[str, str]
    number: int
    text: str


class _Model:
    """A transcript while its lines are being collected."""

    def __init__(self, row: _Row, name: str, identity: str = "") -> None:
        self.chromosome, self.strand, self.name, self.identity = row.chromosome, row.strand, name, identity
        self.spans: list[tuple[int, int]] = []
        self.exons: list[tuple[int, int]] = []
        self.coding: list[tuple[int, int]] = []

    def feature(self) -> Feature:
        blocks = tuple(sorted(self.exons or self.coding))
        spans = [*self.spans, *blocks]
        coding = joined(self.coding)
        start, end = min(start for start, _ in spans), max(end for _, end in spans)
        identities = (self.identity,) if self.identity not in ("", self.name) else ()
        return Feature(
            self.chromosome, start, end, self.name, 0.0, self.strand, -1, blocks, coding, identities=identities
        )


def read_gtf(path: Place, skipped: Skipped | None = None) -> Iterator[Feature]:
    """Transcripts of a GTF file; a gene without transcripts stands for itself.

    Raises:
        InvalidRequest: the file cannot be read, or a line makes no sense.
    """
    transcripts: dict[tuple[str, str], _Model] = {}
    genes: dict[tuple[str, str], _Model] = {}
    with_transcripts: set[tuple[str, str]] = set()
    for row in _rows(path, _gtf_attributes, skipped):
        attributes = row.attributes
        if not attributes and row.kind in (*_GENES, "transcript"):
            # AUGUSTUS writes the bare name of a gene or transcript.
            attributes = {"transcript_id" if row.kind == "transcript" else "gene_id": row.text.strip()}
        if not (attributes.get("gene_id") or attributes.get("transcript_id") or attributes.get("gene")):
            problem = at_line(path, row.number, "neither a gene_id nor a transcript_id says what this belongs to")
            leave_out(problem, skipped)
            continue
        gene = (row.chromosome, attributes.get("gene_id", ""))
        name = attributes.get("gene_name") or attributes.get("gene") or attributes.get("gene_id") or ""
        if row.kind in _GENES:
            genes.setdefault(gene, _Model(row, name)).spans.append((row.start, row.end))
            continue
        transcript = (row.chromosome, attributes.get("transcript_id") or gene[1] or name)
        model = transcripts.setdefault(transcript, _Model(row, name or transcript[1], transcript[1]))
        if gene[1]:
            with_transcripts.add(gene)
            model.name = name if model.name == transcript[1] else model.name
        _add(model, row)
    yield from (model.feature() for model in transcripts.values())
    yield from (model.feature() for gene, model in genes.items() if gene not in with_transcripts)


def read_gff3(path: Place, skipped: Skipped | None = None) -> Iterator[Feature]:
    """Transcripts of a GFF3 file under the names of their genes, and every other record that has no parent.

    Raises:
        InvalidRequest: the file cannot be read, or a line makes no sense.
    """
    models: dict[str, _Model] = {}
    has_children: set[str] = set()
    for order, row in enumerate(_rows(path, _gff3_attributes, skipped)):
        own = row.attributes.get("Name") or row.attributes.get("gene_name") or row.attributes.get("ID", "")
        name = own
        parents = [parent for parent in row.attributes.get("Parent", "").split(",") if parent]
        is_part = row.kind in PARTS
        for parent in parents:
            has_children.add(parent) if not is_part else None
            if is_part and parent in models:
                _add(models[parent], row)
            elif not is_part and parent in models and row.kind not in _GENES:
                name = models[parent].name or name
        if not (is_part and parents):
            identity = row.attributes.get("ID") or f"record {order}"
            models.setdefault(identity, _Model(row, name, own)).spans.append((row.start, row.end))
    childless = [model.feature() for identity, model in models.items() if identity not in has_children]
    # Some files do not name the gene that a transcript belongs to: then it stands there twice.
    described = {_place(feature) for feature in childless if feature.blocks}
    yield from (feature for feature in childless if feature.blocks or _place(feature) not in described)


def _place(feature: Feature) -> tuple[str, int, int, str]:
    return feature.chromosome, feature.start, feature.end, feature.strand


def read_gene_prediction(path: Place, skipped: Skipped | None = None) -> Iterator[Feature]:
    """Transcripts of a genePred table such as refGene, with or without its leading `bin` column.

    Raises:
        InvalidRequest: the file cannot be read, or a line makes no sense.
    """
    for number, line in read_lines(path):
        if line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) > 10 and fields[3] in ("+", "-") and fields[2] not in ("+", "-"):
            fields = fields[1:]
        if fields[3:4] == ["txStart"]:
            continue
        try:
            feature = _gene_prediction(path, number, fields)
        except BadLine as problem:
            leave_out(problem, skipped)
            continue
        yield feature


def _gene_prediction(path: Place, number: int, fields: list[str]) -> Feature:
    if len(fields) < 10:
        raise at_line(path, number, "a genePred line has at least 10 columns")
    start, end, first, last = (whole_number(path, number, "position", field) for field in fields[3:7])
    exon_starts, exon_ends = (
        [whole_number(path, number, "exon boundary", text) for text in field.split(",") if text]
        for field in fields[8:10]
    )
    if len(exon_starts) != len(exon_ends):
        raise at_line(path, number, f"{len(exon_starts)} exons start but {len(exon_ends)} end")
    blocks = tuple(zip(exon_starts, exon_ends, strict=True))
    for block_start, block_end in ((start, end), *blocks):
        if block_end < block_start:
            raise at_line(path, number, f"a transcript or exon ends at {block_end}, before its start {block_start}")
    name = fields[11] if len(fields) > 11 and fields[11] else fields[0]
    coding, identities = coding_parts(blocks, first, last), (fields[0],) if fields[0] != name else ()
    return Feature(fields[1], start, end, name, 0.0, fields[2], -1, blocks, coding, identities=identities)


def _add(model: _Model, row: _Row) -> None:
    span = (row.start, row.end)
    if row.kind == "exon":
        model.exons.append(span)
    elif row.kind in _CODING:
        model.coding.append(span)
    else:
        model.spans.append(span)


def _rows(path: Place, attributes_of: Callable[[str], dict[str, str]], skipped: Skipped | None) -> Iterator[_Row]:
    sequences: list[_Row] = []
    is_empty = True
    for number, line in read_lines(path):
        if line.startswith(("##FASTA", ">")):
            break
        if line.startswith(("#", "track", "browser")):
            continue
        try:
            row = _row(path, number, line, attributes_of)
        except BadLine as problem:
            leave_out(problem, skipped)
            continue
        if row.kind in _SEQUENCES:
            sequences.append(row)
        else:
            is_empty = False
            yield row
    if is_empty:
        yield from sequences


def _row(path: Place, number: int, line: str, attributes_of: Callable[[str], dict[str, str]]) -> _Row:
    fields = line.split("\t") if line.count("\t") >= 7 else line.split(None, 8)
    if len(fields) < 8:
        raise at_line(path, number, f"a GTF or GFF line has 9 columns, this one has {len(fields)}")
    start, end = (whole_number(path, number, "position", field) for field in fields[3:5])
    if end < start or start < 1:
        raise at_line(path, number, f"{start}-{end} is no interval counted from 1")
    strand = fields[6] if fields[6] in ("+", "-") else "."
    text = fields[8] if len(fields) > 8 else ""
    return _Row(fields[0], fields[2], start - 1, end, strand, attributes_of(text), number, text)


def attributes_of(text: str) -> dict[str, str]:
    """The attributes of a line of GTF or GFF3, whichever it is."""
    return _gtf_attributes(text) if '"' in text or "=" not in text else _gff3_attributes(text)


def _gtf_attributes(text: str) -> dict[str, str]:
    pieces = (piece.strip().split(None, 1) for piece in _GTF_PIECE.findall(text))
    return {piece[0]: piece[1].strip().strip('"') for piece in pieces if len(piece) == 2}


def _gff3_attributes(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {key.strip(): unquote(value.strip()) for key, equals, value in pairs if equals}
