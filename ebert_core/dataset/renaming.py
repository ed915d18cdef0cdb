"""The `[rename]` tables of a DATASET.toml: other names for what files and the dataset itself call otherwise."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec

from ebert_core.dataset.toml_table import Table
from ebert_core.protocol.terms.alphabets import ALPHABETS, spellings

Of = TypeVar("Of")


class Renames(NamedTuple):
    """New names by old ones."""

    states: dict[str, str]
    signals: dict[str, str]
    cell_types: dict[str, str]
    factors: dict[str, str]


def read_renames(top: Table) -> Renames:
    """What the tables say; `states` may also be the name of a known alphabet, all spellings of which are then one.

    Raises:
        InvalidRequest: a value is no text, or there is no such alphabet.
    """
    table = top.table("rename")
    table.allow(["states", "signals", "cell_types", "factors"])
    if table.is_text("states"):
        alphabet = table.text("states")
        if alphabet not in ALPHABETS:
            raise table.problem(
                "states", f"is {alphabet}; known alphabets are {', '.join(ALPHABETS)}, else give a table"
            )
        states = {old: new for old, new in spellings(alphabet).items() if old != new}
    else:
        states = table.names("states")
    return Renames(states, table.names("signals"), table.names("cell_types"), table.names("factors"))


# Any: whatever kind of struct a layout consists of.
def renamed(cells: Mapping[str, Any], renames: Renames, table: Table) -> dict[str, Any]:
    """Cell types, with their signals and peaks, under their new names.

    Raises:
        InvalidRequest: two things have one name then.
    """
    found = {}
    for name, cell in under_new_names(cells, renames.cell_types, table, "cell_types").items():
        signals = under_new_names(cell.signals, renames.signals, table, "signals")
        peaks = under_new_names(cell.peaks, renames.factors, table, "factors")
        found[name] = msgspec.structs.replace(cell, signals=signals, peaks=peaks)
    return found


def under_new_names(things: Mapping[str, Of], names: Mapping[str, str], table: Table, kind: str) -> dict[str, Of]:
    """What has names, under the new ones, in the same order.

    Raises:
        InvalidRequest: two have one name then.
    """
    found: dict[str, Of] = {}
    for old, thing in things.items():
        new = names.get(old, old)
        if new in found:
            raise table.table(kind).problem(old if old in names else new, f"gives two {kind} the name {new}")
        found[new] = thing
    return found


def refuse_unused(renames: Renames, known: Mapping[str, Iterable[str]], table: Table) -> None:
    """Refuse new names for what is not there, which is mostly a mistyped name.

    Raises:
        InvalidRequest: there is such a name.
    """
    for kind, names in known.items():
        there = set(names)
        among, given = table.table(kind), getattr(renames, kind)

        def check(
            old: str, kind: str = kind, there: set[str] = there, among: Table = among, given: Mapping[str, str] = given
        ) -> None:
            if old in given and old not in there:
                raise among.problem(old, f"is no name among the {kind.replace('_', ' ')} of this dataset")

        among.each(check)
