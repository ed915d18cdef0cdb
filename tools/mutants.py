"""Do the tests notice when the code is wrong? `python tools/mutants.py [--count 60] [--seed 1] ROOM:TESTS[,TESTS] ...`.

Changes one place of the code at a time in a copy of the project, runs the tests that pass through that line, and says
which changes no test noticed. ROOM is a folder or a file, or several, TESTS the tests that should notice:

    python tools/mutants.py ebert_gui/state:tests/gui/state ebert_core/jobs:tests/core/jobs,tests/core/cli

A first run of all tests records which test passes through which line and how long it takes; these run first, the
shortest before the others, and all tests where none of them notices; --passing-only leaves those out, and calls some
changes not noticed that they would notice. Where none is on the record, as of code that runs in a process of its own,
all have their turn. --seconds takes of either only the shortest, as many as last that long.
Not every change matters: a pixel, or a share of progress. docs/testing.md lists those.
"""

import argparse
import ast
import contextlib
import copy
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

import pytest

_BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_OPPOSITE = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult}
_NOT_COPIED = shutil.ignore_patterns(".venv", ".git", "build", "demo", "*_cache", "__pycache__", "*.egg-info")
# Where tools/passing_tests.py writes how long each test takes.
_SECONDS_VARIABLE = "EBERT_TEST_SECONDS"
_SUMMARY = re.compile(r"\d (passed|skipped)")
# A recording of which test passes through which line; the tests are those that were named.
_RECORD = "-m coverage run --source {source} --data-file {data} -m pytest -q -p tools.passing_tests {tests}"


class Mutant(NamedTuple):
    """One changed place: bytes `start` to `end` of a file are `after` instead of `before`."""

    file: Path
    line: int
    kind: str
    before: str
    after: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.kind}: {_short(self.before)} -> {_short(self.after)}"


class Room(NamedTuple):
    """Files to change, and the tests that should notice."""

    files: tuple[Path, ...]
    tests: tuple[str, ...]


class Passing(NamedTuple):
    """Which tests pass through each line of a room, the shortest first, and how long every test of the room takes."""

    by_line: dict[tuple[str, int], tuple[str, ...]]
    seconds: dict[str, float]

    def shortest(self, tests: Sequence[str], limit: float) -> tuple[str, ...]:
        """As many of these tests as last so long together, but always one."""
        together = accumulate(self.seconds.get(test, 0.0) for test in tests)
        return tuple(
            test for number, (test, end) in enumerate(zip(tests, together, strict=True)) if end <= limit or not number
        )


class Limits(NamedTuple):
    """What one change may cost: seconds until its tests are ended, and which tests have their turn."""

    timeout: int
    passing_only: bool
    seconds: float | None


def main() -> int:
    """Change, test and print; 0 whatever was noticed, 1 where the tests fail without any change."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="+", metavar="ROOM:TESTS")
    parser.add_argument("--count", type=int, default=60, help="changes in all (default: 60)")
    parser.add_argument("--seed", type=int, default=1, help="chooses the changes (default: 1)")
    parser.add_argument("--processes", type=int, default=2, help="tested at a time (default: 2)")
    parser.add_argument("--timeout", type=int, default=240, help="seconds for the tests of one change (default: 240)")
    parser.add_argument("--passing-only", action="store_true", help="only the tests that pass through the line")
    parser.add_argument("--seconds", type=float, help="the shortest tests, as many as last so long (default: all)")
    asked = parser.parse_args()
    rooms = [_room(words) for words in asked.rooms]
    chosen = _choose(rooms, asked.count, random.Random(asked.seed))
    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(folder) / f"copy{number}" for number in range(asked.processes)]
        for each in copies:
            shutil.copytree(Path.cwd(), each, ignore=_NOT_COPIED)
        passing = {}
        for room in rooms:
            found = _tests_by_line(room, copies[0])
            if found is None:
                return 1
            passing[room] = found
        limits = Limits(asked.timeout, asked.passing_only, asked.seconds)
        missed = list(_not_noticed(chosen, passing, copies, limits))
        _end_what_runs_in(folder)
    noticed = len(chosen) - len(missed)
    print(f"{noticed} of {len(chosen)} noticed ({100 * noticed // max(1, len(chosen))} %), seed {asked.seed}")
    return 0


def mutants_of(file: Path) -> Iterator[Mutant]:
    """Every place of a file that can be changed so that it still runs and does something else."""
    source = file.read_bytes()
    begins = [0]
    for line in source.splitlines(keepends=True):
        begins.append(begins[-1] + len(line))
    tree = ast.parse(source)
    within_text = {id(node) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for node in ast.walk(text)}
    for node in ast.walk(tree):
        if id(node) in within_text:
            continue  # Python 3.11 gives no true position within an f-string
        for kind, place, after in _changes(node):
            assert place.end_lineno is not None
            assert place.end_col_offset is not None
            start = begins[place.lineno - 1] + place.col_offset
            end = begins[place.end_lineno - 1] + place.end_col_offset
            yield Mutant(file, place.lineno, kind, source[start:end].decode(), after, start, end)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.expr, str]]:
    """What can be changed at a node: what kind of change, where, and what stands there afterwards."""
    match node:
        case ast.Compare(ops=[operator, *_]):
            for kind, others in (("boundary", _BOUNDARY), ("opposite", _OPPOSITE)):
                if other := others.get(type(operator)):
                    changed = copy.deepcopy(node)
                    changed.ops[0] = other()
                    yield kind, node, f"({ast.unparse(changed)})"
        case ast.BinOp(op=operator, left=left) if type(operator) in _ARITHMETIC and not isinstance(left, ast.Constant):
            yield "arithmetic", node, f"({ast.unparse(ast.BinOp(left, _ARITHMETIC[type(operator)](), node.right))})"
        case ast.BoolOp(op=operator, values=values):
            instead = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield "and/or", node, f"({ast.unparse(ast.BoolOp(instead, values))})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not dropped", node, f"({ast.unparse(operand)})"
        case ast.Expr(value=ast.Call() as call):
            yield "call dropped", call, "None"
        case ast.IfExp(test=test, body=body, orelse=rest):
            yield "branches swapped", node, f"({ast.unparse(ast.IfExp(test, rest, body))})"
        case ast.If(test=test) | ast.While(test=test) if isinstance(test, ast.Name | ast.Attribute | ast.Call):
            yield "condition negated", test, f"(not {ast.unparse(test)})"
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield "nothing returned", value, "None"


def _room(words: str) -> Room:
    names, _, tests = words.partition(":")
    rooms = map(Path, names.split(","))
    files = tuple(file for room in rooms for file in ((room,) if room.is_file() else sorted(room.rglob("*.py"))))
    if not files or not tests:
        raise SystemExit(
            f"{words}: name a folder or file of the project and its tests, as ebert_core/jobs:tests/core/jobs"
        )
    return Room(files, tuple(tests.split(",")))


def _choose(rooms: Sequence[Room], count: int, chance: random.Random) -> list[tuple[Room, Mutant]]:
    """As many changes of every room, each drawn from all places of the room."""
    chosen = []
    for number, room in enumerate(rooms):
        places = [mutant for file in room.files for mutant in mutants_of(file)]
        wanted = count // len(rooms) + (number < count % len(rooms))
        chosen += [(room, mutant) for mutant in chance.sample(places, min(wanted, len(places)))]
    return chosen


def _tests_by_line(room: Room, place: Path) -> Passing | None:
    """Which tests pass through each line of a room; None, and why on the terminal, where they fail as they are."""
    data, report, lasted = place / "passing.coverage", place / "passing.json", place / "passing.seconds"
    source = ",".join(sorted({file.parts[0] for file in room.files}))
    words = _RECORD.format(source=source, data=data, tests=" ".join(room.tests)).split()
    os.environ[_SECONDS_VARIABLE] = str(lasted)
    ended = _python(words, place, None)
    del os.environ[_SECONDS_VARIABLE]
    if ended.returncode:
        print(ended.stdout[-4000:], ended.stderr[-1000:], sep="\n")
        print("The tests fail before anything is changed.")
        return None
    _python(["-m", "coverage", "json", "--show-contexts", "--data-file", str(data), "-o", str(report)], place, None)
    seconds = json.loads(lasted.read_text())
    found = {}
    for file, told in json.loads(report.read_text())["files"].items():
        for line, tests in told["contexts"].items():
            found[file, int(line)] = tuple(sorted(filter(None, tests), key=lambda test: seconds.get(test, 0.0)))
    return Passing(found, seconds)


def _not_noticed(
    chosen: Sequence[tuple[Room, Mutant]], passing: dict[Room, Passing], copies: Sequence[Path], limits: Limits
) -> Iterator[Mutant]:
    """Those that no test noticed, printed as they are found."""
    free: SimpleQueue[Path] = SimpleQueue()
    for each in copies:
        free.put(each)

    def is_noticed(room: Room, mutant: Mutant) -> bool:
        place = free.get()
        changed = place / mutant.file
        source = changed.read_bytes()
        # What a test found made by another one's fixture is on the other's record: in the end all have a say.
        first, others = _turns(room, mutant, passing[room], limits)
        try:
            changed.write_bytes(source[: mutant.start] + mutant.after.encode() + source[mutant.end :])
            return any(_fail(tests, place, limits.timeout) for tests in (first, others) if tests)
        except subprocess.TimeoutExpired:
            return True
        finally:
            changed.write_bytes(source)
            free.put(place)

    with ThreadPoolExecutor(len(copies)) as pool:
        for (_room_of_it, mutant), noticed in zip(
            chosen, pool.map(lambda each: is_noticed(*each), chosen), strict=True
        ):
            if not noticed:
                print(f"not noticed: {mutant}", flush=True)
                yield mutant


def _turns(room: Room, mutant: Mutant, passing: Passing, limits: Limits) -> tuple[Sequence[str], Sequence[str]]:
    """The tests that pass through the changed line, and those that have their turn where none of these fails."""
    first = passing.by_line.get((str(mutant.file), mutant.line), ())
    others: Sequence[str] = () if first and limits.passing_only else room.tests
    if limits.seconds is None:
        return first, others
    all_of_them = sorted(passing.seconds, key=passing.seconds.__getitem__)
    return passing.shortest(first, limits.seconds), passing.shortest(all_of_them if others else (), limits.seconds)


def _fail(tests: Sequence[str], place: Path, timeout: int) -> bool:
    """Whether one of these tests fails.

    Raises:
        RuntimeError: pytest does not find them all, which would look as if they failed.
    """
    ended = _python(["-m", "pytest", "-q", "-x", *tests], place, timeout)
    if ended.returncode == pytest.ExitCode.USAGE_ERROR:
        raise RuntimeError(ended.stdout[-1000:] + ended.stderr[-1000:])
    # A change that ends the process of the tests, even as if all were well, leaves no summary.
    return ended.returncode != 0 or not _SUMMARY.search(ended.stdout)


def _python(words: Sequence[str], place: Path, timeout: int | None) -> subprocess.CompletedProcess[str]:
    """Runs this Python in a copy, whose packages come before the installed ones, here and in its workers."""
    surroundings = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    surroundings.setdefault("QT_QPA_PLATFORM", "offscreen")
    surroundings.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return subprocess.run(
        [sys.executable, *words],
        cwd=place,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def _end_what_runs_in(folder: str) -> None:
    """Ends the workers and jobs that a test left behind when a change made it fail."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.encode() in (process / "cmdline").read_bytes() and int(process.name) != os.getpid():
                os.kill(int(process.name), signal.SIGKILL)


def _short(code: str) -> str:
    words = " ".join(code.split())
    return words if len(words) <= 100 else f"{words[:97]}..."


if __name__ == "__main__":
    sys.exit(main())
