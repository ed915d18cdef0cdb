"""Label files and submissions of the challenge, read as arrays and matched by position.

A label file has a header `chr start stop CELL …` and labels U, A, B; a submission has four columns and no header.
Only lines on the chromosomes that are scored are parsed; the first line of a file always is.
"""

# X = rows of a file on the chromosomes that are scored.

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ebert_core.dream.blocks import Block, parsed, read_blocks
from ebert_core.dream.subsamples import Scored
from ebert_core.genome.lines import at_line, first_bytes, read_lines, whole_number
from ebert_core.protocol.terms.chromosome_names import other_names
from ebert_core.protocol.terms.errors import InvalidRequest

AMBIGUOUS, UNBOUND, BOUND = -1, 0, 1
_LABELS = {"A": AMBIGUOUS, "U": UNBOUND, "B": BOUND}
# A position in one number: the chromosome's place in the label file above, the start below.
_SHIFT = 40


class Rows(NamedTuple):
    """Rows of a file: where each bin starts (chromosome and start in one number) and stops, its value, its line."""

    position_X: NDArray[np.int64]
    stop_X: NDArray[np.uint32]
    value_X: NDArray[np.float64] | NDArray[np.int8]
    line_X: NDArray[np.int32]


class Labels(NamedTuple):
    """The labels of one cell type (-1 ambiguous, 0 unbound, 1 bound), and the chromosomes that its positions name."""

    path: Path
    chromosomes: tuple[str, ...]
    rows: Rows


class Matched(NamedTuple):
    """The bins that count with their scores, and whether the submission has them in the label file's order."""

    scored: Scored
    is_in_order: bool


def cell_types_of(path: Path) -> tuple[str, ...]:
    """The cell types of a label file, from its header.

    Raises:
        InvalidRequest: the file cannot be read, or its first line is no such header.
    """
    line = next(read_lines(path), None)
    fields = line.text.split("\t") if line else []
    if len(fields) < 4 or fields[0] not in ("chr", "#chr", "chrom", "chromosome") or fields[1].isdigit():
        raise at_line(path, 1, "a label file begins with the header chr, start, stop and its cell types")
    return tuple(field.strip() for field in fields[3:])


def read_labels(path: Path, cell_type: str, chromosomes: Sequence[str] = ()) -> Labels:
    """The labels of a cell type on these chromosomes, or on all of the file.

    Raises:
        InvalidRequest: the file makes no sense, or has no such cell type or chromosome.
    """
    cell_types = cell_types_of(path)
    if cell_type not in cell_types:
        raise InvalidRequest(f"{path} has no labels for {cell_type}; it has {', '.join(cell_types)}.")
    names = ["chr", "start", "stop", *(f"cell {number}" for number in range(len(cell_types)))]
    column = f"cell {cell_types.index(cell_type)}"
    columns = {name: pl.UInt32 if name in ("start", "stop") else pl.String for name in names}
    codes = {name: code for code, name in enumerate(dict.fromkeys(chromosomes))}

    def explain(number: int, fields: list[str]) -> None:
        _explain_label(path, number, fields, len(names), names.index(column))

    kept = []
    for block in _without_header(read_blocks(path)):
        if chromosomes and not block.begins_with(_aliases(codes)):
            continue
        frame = parsed(path, block, columns, explain, ("chr", "start", "stop", column))
        if not chromosomes:
            codes |= {name: len(codes) + more for more, name in enumerate(_new_names(frame, codes))}
        value = frame[column].replace_strict(_LABELS, default=None, return_dtype=pl.Int8)
        if value.null_count():
            for number, fields in block.numbered():
                explain(number, fields)
        kept.append(_rows(block, frame, _aliases(codes), value))
    labels = Labels(path, tuple(codes), _joined(kept))
    _check_labels(labels)
    return labels


def _without_header(blocks: Iterator[Block]) -> Iterator[Block]:
    for block in blocks:
        rest = block.data.partition(b"\n")[2] if block.first_line == 1 else block.data
        if rest:
            yield Block(2, rest, block.lines - 1) if block.first_line == 1 else block


def _new_names(frame: pl.DataFrame, codes: Mapping[str, int]) -> list[str]:
    return [name for name in frame["chr"].unique(maintain_order=True) if name not in codes]


def _explain_label(path: Path, number: int, fields: list[str], columns: int, column: int) -> None:
    if len(fields) != columns:
        raise at_line(path, number, f"the header has {columns} columns, this line has {len(fields)}")
    for name, text in zip(("start", "stop"), fields[1:3], strict=True):
        whole_number(path, number, name, text)
    if fields[column] not in _LABELS:
        raise at_line(path, number, f"the label '{fields[column]}' is none of U, A and B")


def _check_labels(labels: Labels) -> None:
    rows = labels.rows
    found = np.unique(rows.position_X >> _SHIFT)
    missing = [name for code, name in enumerate(labels.chromosomes) if code not in found]
    if missing:
        raise InvalidRequest(f"{labels.path} has no bins on {', '.join(missing)}.")
    if not len(rows.position_X):
        raise InvalidRequest(f"{labels.path} has a header and no bins.")
    twice = _repeated(rows.position_X)
    if twice is not None:
        raise at_line(labels.path, int(rows.line_X[twice]), f"the bin {_bin(labels, rows, twice)} comes a second time")


def read_submission(path: Path, labels: Labels) -> Rows:
    """The rows of a submission on the chromosomes of these labels, with their scores.

    Raises:
        InvalidRequest: a line makes no sense, or a score is no finite number.
    """
    columns = {"chr": pl.String, "start": pl.UInt32, "stop": pl.UInt32, "score": pl.Float64}
    codes = _aliases({name: code for code, name in enumerate(labels.chromosomes)})

    def explain(number: int, fields: list[str]) -> None:
        _explain_score(path, number, fields)

    kept = []
    for block in read_blocks(path):
        if block.first_line > 1 and not block.begins_with(codes):
            continue
        frame = parsed(path, block, columns, explain)
        rows = _rows(block, frame, codes, frame["score"])
        if not np.isfinite(rows.value_X).all():
            for number, fields in block.numbered():
                if fields[0] in codes:
                    _explain_finite(path, number, fields)
        kept.append(rows)
    return _joined(kept)


def _explain_score(path: Path, number: int, fields: list[str]) -> None:
    if number == 1 and len(fields) > 1 and fields[1].strip().isalpha():
        raise at_line(path, number, "this is a header, which a submission does not have; remove the line")
    if len(fields) != 4:
        raise at_line(
            path, number, f"a submission has the columns chr, start, stop and score between tabs, not {len(fields)}"
        )
    for name, text in zip(("start", "stop"), fields[1:3], strict=True):
        whole_number(path, number, name, text)
    try:
        float(fields[3])
    except ValueError:
        raise at_line(path, number, f"the score '{fields[3]}' is not a number") from None


def _explain_finite(path: Path, number: int, fields: list[str]) -> None:
    if not math.isfinite(float(fields[3])):
        raise at_line(path, number, f"the score {fields[3]} cannot be ranked; every bin needs a finite number")


def matched(labels: Labels, path: Path, rows: Rows) -> Matched:
    """The scores of the labelled bins, matched by position; other bins of the submission are not looked at.

    Raises:
        InvalidRequest: a labelled bin is missing or comes twice, stops elsewhere, or no bin is bound.
    """
    wanted = labels.rows
    row_X, is_in_order = _found_rows(labels, path, rows)
    differs = np.flatnonzero(rows.stop_X[row_X] != wanted.stop_X)
    if len(differs):
        line, stop = int(rows.line_X[row_X[differs[0]]]), int(rows.stop_X[row_X[differs[0]]])
        raise at_line(
            path, line, f"the bin ends at {stop}; in the labels it is {_bin(labels, wanted, int(differs[0]))}"
        )
    counts = wanted.value_X != AMBIGUOUS
    is_bound = wanted.value_X[counts] == BOUND
    if not is_bound.any():
        raise InvalidRequest(
            f"{labels.path} has no bound bin on {', '.join(labels.chromosomes)}, so no score has a value."
        )
    scored = Scored(is_bound, rows.value_X[row_X][counts], len(counts) - len(is_bound))
    return Matched(scored, is_in_order)


def oddities(path: Path, labels: Labels) -> list[str]:
    """Sentences on how the lines of a submission differ from what the challenge asks for, as its beginning tells."""
    head = first_bytes(path).removeprefix(b"\xef\xbb\xbf")
    first = head.partition(b"\t")[0].decode("utf-8", "replace")
    found = []
    if b"\r\n" in head:
        found.append(f"{path} has the line ends of Windows; the challenge asks for a line feed alone.")
    if labels.chromosomes[0].startswith("chr") and not first.startswith("chr"):
        found.append(f"{path} calls its first chromosome {first}; the challenge asks for names with chr.")
    return found


def _found_rows(labels: Labels, path: Path, rows: Rows) -> tuple[NDArray[np.int64], bool]:
    """The row of the submission for each labelled bin, and whether these rows ascend."""
    wanted_X = labels.rows.position_X
    twice = _repeated(rows.position_X)
    if twice is not None:
        raise at_line(path, int(rows.line_X[twice]), f"the bin {_bin(labels, rows, twice)} comes a second time")
    if np.array_equal(rows.position_X, wanted_X):
        return np.arange(len(wanted_X)), True
    order = np.argsort(rows.position_X, kind="stable")
    place_X = np.searchsorted(rows.position_X, wanted_X, sorter=order)
    row_X = order[np.minimum(place_X, len(order) - 1)] if len(order) else np.zeros_like(place_X)
    is_missing = rows.position_X[row_X] != wanted_X if len(order) else np.ones(len(wanted_X), dtype=np.bool_)
    missing = np.flatnonzero(is_missing)
    if len(missing):
        raise InvalidRequest(
            f"{path} lacks {len(missing):,} of {len(wanted_X):,} labelled bins, the first is "
            f"{_bin(labels, labels.rows, int(missing[0]))}."
        )
    return row_X, bool((np.diff(row_X) > 0).all())


def _repeated(position_X: NDArray[np.int64]) -> int | None:
    """The first row whose position came before, or None."""
    if (np.diff(position_X) > 0).all():
        return None
    order = np.argsort(position_X, kind="stable")
    again = np.flatnonzero(np.diff(position_X[order]) == 0)
    return int(order[again + 1].min()) if len(again) else None


def _bin(labels: Labels, rows: Rows, row: int) -> str:
    """A bin as a file writes it."""
    position = int(rows.position_X[row])
    start = position & ((1 << _SHIFT) - 1)
    return f"{labels.chromosomes[position >> _SHIFT]} {start} {int(rows.stop_X[row])}"


def _aliases(codes: Mapping[str, int]) -> dict[str, int]:
    """The chromosomes under all their names, `1` beside `chr1`."""
    return {other: code for name, code in codes.items() for other in other_names(name)} | dict(codes)


def _rows(block: Block, frame: pl.DataFrame, codes: Mapping[str, int], values: pl.Series) -> Rows:
    code = frame["chr"].replace_strict(codes, default=-1, return_dtype=pl.Int64).to_numpy()
    kept = np.flatnonzero(code >= 0)
    return Rows(
        (code[kept] << _SHIFT) + frame["start"].to_numpy()[kept],
        frame["stop"].to_numpy()[kept],
        values.to_numpy()[kept],
        (block.first_line + kept).astype(np.int32),
    )


def _joined(parts: Sequence[Rows]) -> Rows:
    if not parts:
        return Rows(np.zeros(0, np.int64), np.zeros(0, np.uint32), np.zeros(0), np.zeros(0, np.int32))
    return Rows(
        np.concatenate([part.position_X for part in parts]),
        np.concatenate([part.stop_X for part in parts]),
        np.concatenate([part.value_X for part in parts]),
        np.concatenate([part.line_X for part in parts]),
    )
