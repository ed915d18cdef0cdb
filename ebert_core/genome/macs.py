"""The table of peaks that MACS writes under the name `_peaks.xls`, which is text; positions there count from 1."""

from collections.abc import Iterator

from ebert_core.genome.bed import is_track_line
from ebert_core.genome.features import Feature
from ebert_core.genome.lines import BadLine, Skipped, at_line, leave_out, read_lines, real_number, whole_number
from ebert_core.protocol.terms.addresses import Place


def is_macs_table(fields: list[str]) -> bool:
    """Whether these are the headings of a table of MACS."""
    return fields[:4] == ["chr", "start", "end", "length"] and "fold_enrichment" in fields


def read_macs_table(path: Place, skipped: Skipped | None = None) -> Iterator[Feature]:
    """Peaks with their fold enrichment as score, and their summits where MACS called narrow peaks.

    Raises:
        InvalidRequest: the file cannot be read, or a line makes no sense.
    """
    headings: list[str] = []
    for number, line in read_lines(path):
        if is_track_line(line):
            continue
        fields = [field.strip() for field in line.split("\t")]
        if not headings:
            headings = fields
            continue
        try:
            peak = _peak(path, number, headings, fields)
        except BadLine as problem:
            leave_out(problem, skipped)
            continue
        yield peak


def _peak(path: Place, number: int, headings: list[str], fields: list[str]) -> Feature:
    if len(fields) != len(headings):
        raise at_line(path, number, f"{len(fields)} columns stand below {len(headings)} headings")
    row = dict(zip(headings, fields, strict=True))
    start, end = whole_number(path, number, "start", row["start"]), whole_number(path, number, "end", row["end"])
    if not 1 <= start <= end:
        raise at_line(path, number, f"{start}-{end} is no interval counted from 1")
    score = real_number(path, number, "fold enrichment", row["fold_enrichment"])
    summit = whole_number(path, number, "summit", row["abs_summit"]) - 1 if "abs_summit" in row else -1
    return Feature(row["chr"], start - 1, end, row.get("name", ""), score, summit=summit, score_name="fold enrichment")
