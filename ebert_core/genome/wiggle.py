"""bedGraph and wig: signals written as text."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.bed import is_track_line
from ebert_core.genome.lines import at_line, columns_of, read_lines, real_number, whole_number
from ebert_core.protocol.errors import InvalidRequest


class Steps(NamedTuple):
    """Values on intervals of one chromosome, sorted and apart from each other."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    values: NDArray[np.float64]


class _Step(NamedTuple):
    chromosome: str
    start: int
    end: int
    value: float
    line: int


def read_steps(path: Path) -> dict[str, Steps]:
    """The values of a bedGraph or wig file by chromosome; values that are not finite are left out.

    Raises:
        InvalidRequest: the file cannot be read, a line makes no sense, or two values stand on one base.
    """
    by_chromosome: dict[str, list[_Step]] = {}
    for step in _steps(path):
        by_chromosome.setdefault(step.chromosome, []).append(step)
    found = {chromosome: _sorted(path, steps) for chromosome, steps in by_chromosome.items()}
    if not found:
        raise InvalidRequest(f"{path} holds no values.")
    return found


def _steps(path: Path) -> Iterator[_Step]:
    place: _Declaration | None = None
    for number, line in read_lines(path):
        if is_track_line(line):
            continue
        if line.startswith(("fixedStep", "variableStep")):
            place = _Declaration(path, number, line)
        elif place is not None and len(line.split()) <= 2:
            yield place.step(path, number, line.split())
        else:
            yield _bedgraph_step(path, number, columns_of(line))


def _bedgraph_step(path: Path, number: int, fields: list[str]) -> _Step:
    if len(fields) < 4:
        raise at_line(path, number, "a bedGraph line has a chromosome, a start, an end and a value")
    start, end = whole_number(path, number, "start", fields[1]), whole_number(path, number, "end", fields[2])
    if end < start:
        raise at_line(path, number, f"the value ends at {end}, before its start {start}")
    return _Step(fields[0], start, end, real_number(path, number, "value", fields[3]), number)


class _Declaration:
    """A line of wig that says where the values below it stand; positions there count from 1."""

    def __init__(self, path: Path, number: int, line: str) -> None:
        kind, *pairs = line.split()
        values = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        if "chrom" not in values or (kind == "fixedStep" and "start" not in values):
            raise at_line(path, number, f"this {kind} line does not say where its values begin")
        self._is_fixed = kind == "fixedStep"
        self._chromosome = values["chrom"]
        self._next = whole_number(path, number, "start", values.get("start", "1"))
        self._step = whole_number(path, number, "step", values.get("step", "1"))
        self._span = whole_number(path, number, "span", values.get("span", "1"))

    def step(self, path: Path, number: int, fields: list[str]) -> _Step:
        if len(fields) != (1 if self._is_fixed else 2):
            raise at_line(path, number, f"{len(fields)} numbers stand where {1 if self._is_fixed else 2} belong")
        first = self._next if self._is_fixed else whole_number(path, number, "position", fields[0])
        if first < 1:
            raise at_line(path, number, "positions in a wig file count from 1")
        self._next = first + self._step
        value = real_number(path, number, "value", fields[-1])
        return _Step(self._chromosome, first - 1, first - 1 + self._span, value, number)


def _sorted(path: Path, steps: list[_Step]) -> Steps:
    ordered = sorted(steps, key=lambda step: step.start)
    starts = np.array([step.start for step in ordered], dtype=np.int64)
    ends = np.array([step.end for step in ordered], dtype=np.int64)
    values = np.array([step.value for step in ordered])
    overlaps = np.flatnonzero(starts[1:] < ends[:-1])
    if len(overlaps):
        later = ordered[int(overlaps[0]) + 1]
        raise at_line(path, later.line, f"two values stand on {later.chromosome}:{later.start + 1:,}")
    is_known = np.isfinite(values)
    return (
        Steps(starts[is_known], ends[is_known], values[is_known])
        if is_known.any()
        else Steps(starts[:1], ends[:1], np.full(len(starts[:1]), np.nan))
    )
