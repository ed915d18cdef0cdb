"""DATASET.toml: what it may say, how it is read and written."""

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from ebert_core.dataset.channels import derived
from ebert_core.genome.lines import reading
from ebert_core.protocol.chromosome_names import assembly_called
from ebert_core.protocol.documents import parse_toml
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.inputs import parse_related, related_texts
from ebert_core.protocol.regular_files import read_whole

VERSION = 1
_TOP = [
    "version",
    "name",
    "assembly",
    "reference",
    "chromosome_sizes",
    "genes",
    "cytobands",
    "blacklist",
    "labelled_regions",
    "start_locus",
    "store",
    "inputs",
    "states",
    "motifs",
    "signals",
    "cell_types",
    "synthetic",
]
# What stands in for a key that is needed, while the others are judged.
_NEEDED: dict[str, Any] = {"version": VERSION, "name": "unnamed", "assembly": "unknown"}
# Names in a spec that stand for several signals.
_FAMILIES = ("binding", "expression")


class PeakPaths(msgspec.Struct, frozen=True):
    """Peak files of one factor in one cell type."""

    conservative: str
    relaxed: str = ""


class CellTypePaths(msgspec.Struct, frozen=True):
    """Files of one cell type."""

    states: str = ""
    signals: dict[str, str] = {}
    peaks: dict[str, PeakPaths] = {}
    expression: tuple[float, ...] = ()


class Layout(msgspec.Struct, frozen=True):
    """What a DATASET.toml says, with absolute paths.

    `inputs` names, by wanted signal, the one that is read in its place in cell types that lack it. `store` is a folder
    that need not be there yet.
    """

    name: str
    assembly: str = ""
    reference: str = ""
    chromosome_sizes: str = ""
    genes: str = ""
    cytobands: str = ""
    blacklist: str = ""
    labelled_regions: str = ""
    start_locus: str = ""
    store: str = ""
    inputs: dict[str, str] = {}
    state_names: tuple[str, ...] = ()
    state_colours: tuple[str, ...] = ()
    bin_width: int = 200
    motifs: dict[str, str] = {}
    signals: dict[str, str] = {}
    cell_types: dict[str, CellTypePaths] = {}
    seed: int | None = None
    truth: str = ""


def read_layout(path: Path) -> Layout:
    """What a DATASET.toml says.

    Raises:
        InvalidRequest: it cannot be read, or a key is unknown, of the wrong type, or names a file that is absent.
    """
    return _layout(_read(path))


class _Problem(InvalidRequest):
    """What is wrong with one key, which stands in these tables."""

    def __init__(self, sentence: str, keys: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.keys = keys


def problems_of(path: Path) -> tuple[Layout, list[tuple[str, str]]]:
    """What a DATASET.toml says as far as it makes sense, and key and sentence of everything that does not.

    Raises:
        InvalidRequest: the file cannot be read or is no TOML.
    """
    top = _read(path)
    problems: list[tuple[str, str]] = []
    while True:
        try:
            return _layout(top), problems
        except _Problem as problem:
            problems.append((".".join(problem.keys), str(problem)))
            top.leave_out(problem.keys)


def _read(path: Path) -> "_Table":
    with reading(path):
        try:
            text = read_whole(path).decode("utf-8-sig")
            content = parse_toml(text)
        except UnicodeDecodeError:
            raise InvalidRequest(f"{path} is not a text file.") from None
        except tomllib.TOMLDecodeError as error:
            raise InvalidRequest(f"{path} is not valid TOML: {error}.") from None
    return _Table(path, text.splitlines(), (), content)


def _layout(top: "_Table") -> Layout:
    top.allow(_TOP)
    version = top.number("version", required=True)
    if version != VERSION:
        raise top.problem("version", f"is {version}; this program reads version {VERSION}")
    states, motifs, synthetic = top.table("states"), top.table("motifs"), top.table("synthetic")
    states.allow(["names", "bin_width", "colours"])
    synthetic.allow(["seed", "truth"])
    names, colours = states.texts("names"), states.texts("colours")
    if colours and len(colours) != len(names):
        raise states.problem("colours", f"lists {len(colours)} colours for {len(names)} names")
    if len(set(names)) != len(names):
        raise states.problem("names", "lists a name twice")
    for colour in colours:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
            raise states.problem("colours", f"holds '{colour}', which is no colour such as #1f77b4")
    cells = _cell_types(top.table("cell_types"))
    return Layout(
        name=top.text("name", required=True),
        assembly=assembly_called(top.text("assembly", required=True)),
        reference=top.file("reference"),
        chromosome_sizes=top.file("chromosome_sizes"),
        genes=top.file("genes"),
        cytobands=top.file("cytobands"),
        blacklist=top.file("blacklist"),
        labelled_regions=top.file("labelled_regions"),
        start_locus=top.text("start_locus"),
        store=top.folder("store"),
        inputs=_inputs(top, cells),
        state_names=names,
        state_colours=tuple(colour.lower() for colour in colours),
        bin_width=states.number("bin_width") or 200,
        motifs={factor: motifs.motif_file(factor) for factor in motifs.keys()},  # noqa: SIM118 (no dict)
        signals=_signals(top.table("signals")),
        cell_types=cells,
        seed=synthetic.number("seed"),
        truth=synthetic.file("truth"),
    )


def _cell_types(table: "_Table") -> dict[str, CellTypePaths]:
    cells = {name: _cell_type(table.table(name)) for name in table.keys()}  # noqa: SIM118 (no dict)
    first = next((cell for cell in cells.values() if cell.expression), None)
    for name, cell in cells.items():
        if first and len(cell.expression) not in (0, len(first.expression)):
            problem = f"holds {len(cell.expression)} numbers, that of another cell type {len(first.expression)}"
            raise table.table(name).problem("expression", problem)
    return cells


def _cell_type(table: "_Table") -> CellTypePaths:
    table.allow(["states", "signals", "peaks", "expression"])
    peaks = table.table("peaks")
    return CellTypePaths(
        states=table.file("states"),
        signals=_signals(table.table("signals")),
        peaks={factor: _peaks(peaks.table(factor)) for factor in peaks.keys()},  # noqa: SIM118 (no dict)
        expression=table.numbers("expression"),
    )


def _inputs(top: "_Table", cells: Mapping[str, CellTypePaths]) -> dict[str, str]:
    try:
        related = parse_related(top.texts("inputs"))
    except InvalidRequest as error:
        raise top.problem("inputs", f"cannot be read: {str(error).removesuffix('.')}") from None
    for given in related.values():
        if not any(given in cell.signals for cell in cells.values()):
            raise top.problem("inputs", f"reads {given}, which no cell type has among its signals")
    return related


def _signals(table: "_Table") -> dict[str, str]:
    for name in table.keys():  # noqa: SIM118 (no dict)
        if derived(name) or name in _FAMILIES:
            raise table.problem(name, "has a name that stands for a signal the program makes; choose another")
    return {name: table.file(name) for name in table.keys()}  # noqa: SIM118 (no dict)


def _peaks(table: "_Table") -> PeakPaths:
    table.allow(["conservative", "relaxed"])
    return PeakPaths(table.file("conservative", required=True), table.file("relaxed"))


class _Table:
    """One table of the file, which knows where it stands and so can say what is wrong and where."""

    def __init__(self, path: Path, lines: list[str], keys: tuple[str, ...], content: dict[str, Any]) -> None:
        # Any: TOML holds values of every type until they have been checked here.
        self._path, self._lines, self._keys, self._content = path, lines, keys, content

    def keys(self) -> tuple[str, ...]:
        return tuple(self._content)

    def allow(self, known: list[str]) -> None:
        for key in self._content:
            if key not in known:
                near = get_close_matches(key, known, 1, 0.0)[0]
                raise self.problem(key, f"is not a key of a dataset; the nearest one is '{near}'")

    def table(self, key: str) -> "_Table":
        value = self._content.get(key, {})
        if not isinstance(value, dict):
            raise self.problem(key, "must be a table")
        return _Table(self._path, self._lines, (*self._keys, key), value)

    def text(self, key: str, *, required: bool = False) -> str:
        value = self._content.get(key)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or not value:
            raise self.problem(key, "must be a text in quotes" if value is not None else "is missing")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.problem(key, "must be a list of texts in quotes")
        return tuple(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(_is_moderate(each) for each in value):
            raise self.problem(key, "must be a list of numbers between -60000 and 60000")
        return tuple(map(float, value))

    def number(self, key: str, *, required: bool = False) -> int | None:
        value = self._content.get(key)
        if value is None and not required:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.problem(key, "must be a whole number" if value is not None else "is missing")
        return value

    def file(self, key: str, *, required: bool = False) -> str:
        value = self.text(key, required=required)
        if not value:
            return ""
        found = self._path.parent.absolute() / Path(value).expanduser()
        if not found.is_file():
            raise self.problem(key, f"names the file {found}, which is not there")
        return os.path.normpath(found)

    def folder(self, key: str) -> str:
        """A folder that need not be there."""
        value = self.text(key)
        return os.path.normpath(self._path.parent.absolute() / Path(value).expanduser()) if value else ""

    def motif_file(self, key: str) -> str:
        value = self.text(key, required=True)
        found = self._path.parent.absolute() / Path(value).expanduser()
        if found.is_file():
            return os.path.normpath(found)
        file, mark, motif = value.rpartition("#")
        if not (mark and (self._path.parent.absolute() / Path(file).expanduser()).is_file()):
            raise self.problem(key, f"names the file {found}, which is not there")
        return f"{os.path.normpath(self._path.parent.absolute() / Path(file).expanduser())}#{motif}"

    def leave_out(self, keys: tuple[str, ...]) -> None:
        """Take out the key with what is wrong; where it is needed, something that makes sense takes its place."""
        *tables, key = keys
        content = self._content
        for table in tables:
            content = content[table]
        if len(keys) == 1 and key in _NEEDED:
            content[key] = _NEEDED[key]
        elif key in content:
            del content[key]
        else:
            # A table that lacks what it needs goes as a whole.
            self.leave_out(tuple(tables))

    def problem(self, key: str, problem: str) -> InvalidRequest:
        line = _line_of(self._lines, self._keys, key)
        place = f"{self._path}, line {line}" if line else str(self._path)
        keys = (*self._keys, key)
        return _Problem(f"{place}: {'.'.join(keys)} {problem}.", keys)


def _is_moderate(value: object) -> bool:
    """Whether a value is a number that float16 can hold."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= 60_000


def _line_of(lines: list[str], table: tuple[str, ...], key: str) -> int | None:
    """The line, counted from 1, where a key of a table is given; for an absent key, the table's heading."""
    current: tuple[str, ...] = ()
    heading: int | None = None
    for number, line in enumerate(lines, 1):
        if header := re.match(r"\s*\[\[?([^\]]+)\]\]?\s*(?:#.*)?$", line):
            current = _parts(header[1])
            if current == (*table, key):
                return number
            heading = number if current == table else heading
        elif (
            pair := re.match(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=", line)
        ) and (
            *current,
            *_parts(pair[1]),
        )[: len(table) + 1] == (*table, key):
            return number
    return heading


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(
        bare or double or single for bare, double, single in re.findall(r"([\w-]+)|\"([^\"]*)\"|'([^']*)'", dotted)
    )


def write_layout(layout: Layout, path: Path) -> None:
    """Writes a DATASET.toml, with paths relative to it where they lie below its folder.

    Raises:
        InvalidRequest: the file cannot be written.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_text(tomli_w.dumps(_content(layout, path.parent.absolute())), encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InvalidRequest(f"{path} cannot be written: {error.strerror}.") from None


def _content(layout: Layout, folder: Path) -> dict[str, Any]:  # Any: as in _Table.
    def near(file: str) -> str:
        return os.path.relpath(file, folder) if file.startswith(f"{folder}{os.sep}") else file

    def kept(pairs: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in pairs.items() if value not in ("", None, {}, [])}

    files = ("reference", "chromosome_sizes", "genes", "cytobands", "blacklist", "labelled_regions")
    states = {"names": list(layout.state_names), "colours": list(layout.state_colours)}
    cells = {
        name: kept(
            {
                "states": near(cell.states),
                "signals": {signal: near(file) for signal, file in cell.signals.items()},
                "peaks": {
                    factor: kept({"conservative": near(peaks.conservative), "relaxed": near(peaks.relaxed)})
                    for factor, peaks in cell.peaks.items()
                },
                "expression": list(cell.expression),
            }
        )
        for name, cell in layout.cell_types.items()
    }
    return {"version": VERSION} | kept(
        {
            "name": layout.name,
            "assembly": layout.assembly,
            **{key: near(getattr(layout, key)) for key in files},
            "start_locus": layout.start_locus,
            "store": near(layout.store),
            "inputs": list(related_texts(layout.inputs)),
            "states": kept(states) | ({"bin_width": layout.bin_width} if layout.state_names else {}),
            "motifs": {factor: near(file) for factor, file in layout.motifs.items()},
            "signals": {signal: near(file) for signal, file in layout.signals.items()},
            "cell_types": cells,
            "synthetic": kept({"seed": layout.seed, "truth": near(layout.truth)}),
        }
    )
