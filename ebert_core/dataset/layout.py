"""DATASET.toml: what it may say, how it is read and written."""

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ebert_core.dataset.channels import derived
from ebert_core.dataset.renaming import read_renames, refuse_unused, renamed, under_new_names
from ebert_core.dataset.toml_table import Problem, Table, TomlFile
from ebert_core.genome.lines import reading
from ebert_core.protocol.machine.documents import as_toml, parse_toml
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.terms.chromosome_names import assembly_called
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.inputs import parse_related, related_texts

VERSION = 1
_WIDEST_BIN = 1_000_000
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
    "start_factor",
    "store",
    "inputs",
    "rename",
    "states",
    "motifs",
    "signals",
    "cell_types",
    "tracks",
    "synthetic",
]
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
    that need not be there yet. `renamed_states` gives states new names by those in the files; other new names are in
    place already.
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
    start_factor: str = ""
    store: str = ""
    inputs: dict[str, str] = {}
    state_names: tuple[str, ...] = ()
    state_colours: tuple[str, ...] = ()
    renamed_states: dict[str, str] = {}
    bin_width: int = BIN
    motifs: dict[str, str] = {}
    signals: dict[str, str] = {}
    cell_types: dict[str, CellTypePaths] = {}
    tracks: dict[str, str] = {}
    seed: int | None = None
    truth: str = ""


def read_layout(path: Path) -> Layout:
    """What a DATASET.toml says.

    Raises:
        InvalidRequest: it cannot be read, or a key is unknown, of the wrong type, or names a file that is absent.
    """
    return _layout(_read(path)[1])


def problems_of(path: Path) -> tuple[Layout, list[tuple[str, str]]]:
    """What a DATASET.toml says as far as it makes sense, and key and sentence of everything that does not.

    Raises:
        InvalidRequest: the file cannot be read or is no TOML.
    """
    file, top = _read(path)
    problems: list[tuple[str, str]] = []
    while True:
        # As many at once as can be, so that many faults are no repeated search.
        file.problems = found = []
        layout = None
        try:
            layout = _layout(top)
        except Problem as problem:
            found.append(problem)
        if layout is not None and not found:
            return layout, problems
        for each in found:
            problems.append((".".join(each.keys), str(each)))
            top.leave_out(each.keys)


def _read(path: Path) -> tuple[TomlFile, Table]:
    with reading(path):
        try:
            text = read_whole(path).decode("utf-8-sig")
            content = parse_toml(text)
        except UnicodeDecodeError:
            raise InvalidRequest(f"{path} is not a text file.") from None
        except tomllib.TOMLDecodeError as error:
            raise InvalidRequest(f"{path} is not valid TOML: {error}.") from None
    file = TomlFile(path, text)
    return file, Table(file, (), content)


def _layout(top: "Table") -> Layout:
    top.allow(_TOP)
    version = top.number("version", required=True)
    if version != VERSION:
        raise top.problem("version", f"is {version}; this program reads version {VERSION}")
    states, motifs, synthetic = top.table("states"), top.table("motifs"), top.table("synthetic")
    tracks = top.table("tracks")
    synthetic.allow(["seed", "truth"])
    listed = _states(states)
    cells, renames, rename = _cell_types(top.table("cell_types")), read_renames(top), top.table("rename")
    motif_files = motifs.each(motifs.motif_file)
    shared = _signals(top.table("signals"))
    refuse_unused(renames, _named(cells, shared, motif_files), rename)
    cells, colours = renamed(cells, renames, rename), _colours(listed, renames.states)
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
        start_factor=top.text("start_factor"),
        store=top.folder("store"),
        inputs=_inputs(top, cells),
        state_names=tuple(colours),
        state_colours=tuple(filter(None, colours.values())),
        renamed_states=renames.states,
        bin_width=states.number("bin_width", most=_WIDEST_BIN) or BIN,
        motifs=under_new_names(motif_files, renames.factors, rename, "factors"),
        signals=under_new_names(shared, renames.signals, rename, "signals"),
        cell_types=cells,
        tracks=tracks.each(tracks.file),
        seed=synthetic.number("seed"),
        truth=synthetic.file("truth"),
    )


def _named(
    cells: Mapping[str, CellTypePaths], signals: Iterable[str], motifs: Iterable[str]
) -> dict[str, Iterable[str]]:
    """The names that stand in the file and can be given new ones."""
    return {
        "cell_types": cells,
        "signals": [*signals, *(signal for cell in cells.values() for signal in cell.signals)],
        "factors": [*motifs, *(factor for cell in cells.values() for factor in cell.peaks)],
    }


def _colours(listed: Iterable[tuple[str, str]], renames: Mapping[str, str]) -> dict[str, str]:
    """The colour of each state under its new name; where several become one, that of the first."""
    colours: dict[str, str] = {}
    for name, colour in listed:
        colours.setdefault(renames.get(name, name), colour)
    return colours


def _states(table: "Table") -> list[tuple[str, str]]:
    """Names of states, each with its colour, which is empty where none are given."""
    table.allow(["names", "bin_width", "colours"])
    names, colours = table.texts("names"), table.texts("colours")
    if colours and len(colours) != len(names):
        raise table.problem("colours", f"lists {len(colours)} colours for {len(names)} names")
    if len(set(names)) != len(names):
        raise table.problem("names", "lists a name twice")
    for colour in colours:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
            raise table.problem("colours", f"holds '{colour}', which is no colour such as #1f77b4")
    return list(zip(names, map(str.lower, colours or [""] * len(names)), strict=True))


def _cell_types(table: "Table") -> dict[str, CellTypePaths]:
    cells = table.each(lambda name: _cell_type(table.table(name)))
    first = next((cell for cell in cells.values() if cell.expression), None)
    length = len(first.expression) if first else 0

    def check(name: str) -> None:
        numbers = len(cells[name].expression) if name in cells else 0
        if numbers not in (0, length):
            problem = f"holds {numbers} numbers, that of another cell type {length}"
            raise table.table(name).problem("expression", problem)

    table.each(check)
    return cells


def _cell_type(table: "Table") -> CellTypePaths:
    table.allow(["states", "signals", "peaks", "expression"])
    peaks = table.table("peaks")
    return CellTypePaths(
        states=table.file("states"),
        signals=_signals(table.table("signals")),
        peaks=peaks.each(lambda factor: _peaks(peaks.table(factor))),
        expression=table.numbers("expression"),
    )


def _inputs(top: "Table", cells: Mapping[str, CellTypePaths]) -> dict[str, str]:
    try:
        related = parse_related(top.texts("inputs"))
    except InvalidRequest as error:
        raise top.problem("inputs", f"cannot be read: {str(error).removesuffix('.')}") from None
    for given in related.values():
        if not any(given in cell.signals for cell in cells.values()):
            raise top.problem("inputs", f"reads {given}, which no cell type has among its signals")
    return related


def _signals(table: "Table") -> dict[str, str]:
    return table.each(lambda name: _signal(table, name))


def _signal(table: "Table", name: str) -> str:
    if derived(name) or name in _FAMILIES:
        raise table.problem(name, "has a name that stands for a signal the program makes; choose another")
    return table.file(name)


def _peaks(table: "Table") -> PeakPaths:
    table.allow(["conservative", "relaxed"])
    return PeakPaths(table.file("conservative", required=True), table.file("relaxed"))


def write_layout(layout: Layout, path: Path) -> None:
    """Writes a DATASET.toml, with paths relative to it where they lie below its folder.

    Raises:
        InvalidRequest: the file cannot be written.
    """
    try:
        write_whole(path, as_toml(path, _content(layout, path.parent.absolute())))
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be written: {error.strerror}.") from None


# Any: as in Table.
def _kept(pairs: dict[str, Any]) -> dict[str, Any]:
    """What is said: nothing is written of what is empty."""
    return {key: value for key, value in pairs.items() if value not in ("", None, {}, [])}


def _content(layout: Layout, folder: Path) -> dict[str, Any]:
    def near(file: str) -> str:
        return os.path.relpath(file, folder) if file.startswith(f"{folder}{os.sep}") else file

    files = ("reference", "chromosome_sizes", "genes", "cytobands", "blacklist", "labelled_regions")
    states = {"names": list(layout.state_names), "colours": list(layout.state_colours)}
    return {"version": VERSION} | _kept(
        {
            "name": layout.name,
            "assembly": layout.assembly,
            **{key: near(getattr(layout, key)) for key in files},
            "start_locus": layout.start_locus,
            "start_factor": layout.start_factor,
            "store": near(layout.store),
            "inputs": list(related_texts(layout.inputs)),
            "rename": _kept({"states": layout.renamed_states}),
            "states": _kept(states) | ({"bin_width": layout.bin_width} if layout.state_names else {}),
            "motifs": {factor: near(file) for factor, file in layout.motifs.items()},
            "signals": {signal: near(file) for signal, file in layout.signals.items()},
            "cell_types": {name: _content_of_cell(cell, near) for name, cell in layout.cell_types.items()},
            "tracks": {name: near(file) for name, file in layout.tracks.items()},
            "synthetic": _kept({"seed": layout.seed, "truth": near(layout.truth)}),
        }
    )


def _content_of_cell(cell: CellTypePaths, near: Callable[[str], str]) -> dict[str, Any]:
    return _kept(
        {
            "states": near(cell.states),
            "signals": {signal: near(file) for signal, file in cell.signals.items()},
            "peaks": {
                factor: _kept({"conservative": near(peaks.conservative), "relaxed": near(peaks.relaxed)})
                for factor, peaks in cell.peaks.items()
            },
            "expression": list(cell.expression),
        }
    )
