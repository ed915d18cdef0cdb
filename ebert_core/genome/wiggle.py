"""bedGraph and wig: signals written as text."""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.bed import is_heading_line, is_track_line
from ebert_core.genome.lines import (
    LARGEST_VALUE,
    BadLine,
    Skipped,
    any_number,
    at_line,
    columns_of,
    is_absent,
    leave_out,
    read_lines,
    whole_number,
)
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.chromosome_names import FirstNames
from ebert_core.protocol.terms.errors import InvalidRequest


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


def read_steps(path: Place, skipped: Skipped | None = None) -> dict[str, Steps]:
    """The values of a bedGraph or wig file by chromosome; values that are not finite are left out.

    Args:
        path: the file.
        skipped: takes note of lines that make no sense or lie over others; without it the first of them is an error.

    Raises:
        InvalidRequest: the file cannot be read, a line makes no sense, or two values stand on one base.
    """
    by_chromosome: dict[str, list[_Step]] = {}
    names = FirstNames()
    for step in _steps(path, skipped):
        by_chromosome.setdefault(names.of(step.chromosome), []).append(step)
    found = {chromosome: _sorted(path, steps, skipped) for chromosome, steps in by_chromosome.items()}
    if skipped is not None:
        skipped.refuse_if_all(is_empty=not found)
    if not found:
        raise InvalidRequest(f"{path} holds no values.")
    return found


def _steps(path: Place, skipped: Skipped | None) -> Iterator[_Step]:
    place: _Declaration | None = None
    may_be_heading = True
    for number, line in read_lines(path):
        if is_track_line(line):
            continue
        is_heading = may_be_heading and is_heading_line(columns_of(line))
        may_be_heading = False
        if is_heading:
            continue
        try:
            if line.startswith(("fixedStep", "variableStep")):
                place = None
                place = _Declaration(path, number, line)
                continue
            is_wig = place is not None and len(line.split()) <= 2
            step = place.step(path, number, line.split()) if place and is_wig else _bedgraph_step(path, number, line)
        except BadLine as problem:
            leave_out(problem, skipped)
            continue
        if skipped is not None and np.isinf(step.value):
            skipped.leave_out(at_line(path, number, "the value is infinite, or too large to be drawn"))
        yield step


def _bedgraph_step(path: Place, number: int, line: str) -> _Step:
    fields = columns_of(line)
    if len(fields) < 4:
        raise at_line(path, number, "a bedGraph line has a chromosome, a start, an end and a value")
    start, end = whole_number(path, number, "start", fields[1]), whole_number(path, number, "end", fields[2])
    if end < start:
        raise at_line(path, number, f"the value ends at {end}, before its start {start}")
    return _Step(fields[0], start, end, _value(path, number, fields[3]), number)


def _value(path: Place, number: int, text: str) -> float:
    value = np.nan if is_absent(text) else any_number(path, number, "value", text)
    return float(np.copysign(np.inf, value)) if abs(value) > LARGEST_VALUE else value


class _Declaration:
    """A line of wig that says where the values below it stand; positions there count from 1."""

    def __init__(self, path: Place, number: int, line: str) -> None:
        kind, *pairs = line.split()
        values = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        if "chrom" not in values or (kind == "fixedStep" and "start" not in values):
            raise at_line(path, number, f"this {kind} line does not say where its values begin")
        self._is_fixed = kind == "fixedStep"
        self._chromosome = values["chrom"]
        self._next = whole_number(path, number, "start", values.get("start", "1"))
        self._step = whole_number(path, number, "step", values.get("step", "1"))
        self._span = whole_number(path, number, "span", values.get("span", "1"))

    def step(self, path: Place, number: int, fields: list[str]) -> _Step:
        if len(fields) != (1 if self._is_fixed else 2):
            raise at_line(path, number, f"{len(fields)} numbers stand where {1 if self._is_fixed else 2} belong")
        first = self._next if self._is_fixed else whole_number(path, number, "position", fields[0])
        if first < 1:
            raise at_line(path, number, "positions in a wig file count from 1")
        self._next = first + self._step
        value = _value(path, number, fields[-1])
        return _Step(self._chromosome, first - 1, first - 1 + self._span, value, number)


def _sorted(path: Place, steps: list[_Step], skipped: Skipped | None) -> Steps:
    ordered = sorted(steps, key=lambda step: step.start)
    starts = np.array([step.start for step in ordered], dtype=np.int64)
    ends = np.array([step.end for step in ordered], dtype=np.int64)
    values = np.array([step.value for step in ordered])
    overlaps = np.flatnonzero(starts[1:] < ends[:-1])
    if len(overlaps):
        for number in overlaps.tolist():
            later = ordered[number + 1]
            problem = at_line(path, later.line, f"two values stand on {later.chromosome}:{later.start + 1:,}")
            if skipped is None:
                raise problem
            skipped.read_in_part(problem)
        starts, ends, values = _laid_over(ordered)
    is_known = np.isfinite(values)
    return (
        Steps(starts[is_known], ends[is_known], values[is_known])
        if is_known.any()
        else Steps(starts[:1], ends[:1], np.full(len(starts[:1]), np.nan))
    )


def _laid_over(ordered: list[_Step]) -> Steps:
    """Steps without overlaps: on each base the value that starts last, and of those that start there the last line."""
    edges = np.unique([edge for step in ordered for edge in (step.start, step.end)])
    values = np.full(len(edges) - 1, np.nan)
    coming = 0
    # The steps that may stand on a base, the last of them on top: each is put there and taken away once.
    open_steps: list[tuple[int, int]] = []
    for place, edge in enumerate(edges[:-1].tolist()):
        while coming < len(ordered) and ordered[coming].start <= edge:
            heappush(open_steps, (-coming, ordered[coming].end))
            coming += 1
        while open_steps and open_steps[0][1] <= edge:
            heappop(open_steps)
        if open_steps:
            values[place] = ordered[-open_steps[0][0]].value
    return Steps(edges[:-1], edges[1:], values)
