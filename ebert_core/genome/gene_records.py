"""All that a GTF or GFF3 says of a gene or transcript: its own line, or what the lines of its parts have in common."""

from collections.abc import Iterator, Sequence
from itertools import islice

from ebert_core.genome.features import Feature
from ebert_core.genome.gene_tables import PARTS, attributes_of
from ebert_core.genome.lines import read_lines
from ebert_core.protocol.terms.addresses import Place

_COLUMNS = ("seqname", "source", "feature", "start", "end", "score", "strand", "frame")
_NAMES = ("transcript_id", "gene_id", "gene_name", "gene", "ID", "Name", "Parent", "transcript_name")


def gene_table_records(path: Place, wanted: Sequence[Feature], most_lines: int) -> Iterator[dict[str, str]]:
    """The lines of genes and transcripts that stand where these features do, with their attributes apart.

    Where a feature has no line of its own, what the lines of its parts have in common stands for it.
    """
    own, parts = _lines(path, wanted, most_lines)
    yield from own
    if own:
        return
    for feature in wanted:
        of_it = [record for record in parts if _names_in(record) & {feature.name, *feature.identities}]
        if of_it:
            shared = {key: value for key, value in of_it[0].items() if all(each.get(key) == value for each in of_it)}
            yield {**shared, "lines": f"{len(of_it):,}"}


def _lines(
    path: Place, wanted: Sequence[Feature], most_lines: int
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Lines that cover the place of the features exactly, and lines of parts within it."""
    one, names = wanted[0], {name for each in wanted for name in (each.name, *each.identities)}
    own: list[dict[str, str]] = []
    parts: list[dict[str, str]] = []
    for _, line in islice(read_lines(path), most_lines):
        if not line.startswith(one.chromosome):
            continue
        fields = line.split("\t") if line.count("\t") >= 7 else line.split(None, 8)
        if len(fields) < 8 or fields[0] != one.chromosome or not (fields[3].isdigit() and fields[4].isdigit()):
            continue
        start, end, is_part = int(fields[3]) - 1, int(fields[4]), fields[2] in PARTS
        if start < one.start or end > one.end or (not is_part and (start, end) != (one.start, one.end)):
            continue
        text = fields[8] if len(fields) > 8 else ""
        record = {**dict(zip(_COLUMNS, fields, strict=False)), **(attributes_of(text) or {"attributes": text.strip()})}
        if is_part:
            parts.append(record)
        elif _names_in(record) & names or "attributes" in record:
            own.append(record)
    return own, parts


def _names_in(record: dict[str, str]) -> set[str]:
    return {part for name in _NAMES for part in record.get(name, "").split(",") if part}
