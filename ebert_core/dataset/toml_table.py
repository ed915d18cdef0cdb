"""One table of a DATASET.toml, which knows where it stands and so can say what is wrong, and in which line."""

import os
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from ebert_core.protocol.terms.addresses import address_of, is_address
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.wording import choice_of

# What stands in for a key that is needed, while the others are judged.
_NEEDED: dict[str, Any] = {"version": 1, "name": "unnamed", "assembly": "unknown"}

# What TOML promises to every program.
_LARGEST = 2**63 - 1
_HEADER = re.compile(r"\s*\[\[?([^\]]+)\]\]?\s*(?:#.*)?$")
_PAIR = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")

Read = TypeVar("Read")


class Problem(InvalidRequest):
    """What is wrong with one key, which stands in these tables."""

    def __init__(self, sentence: str, keys: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.keys = keys


class TomlFile:
    """A file whose tables are read: its path, where its keys stand, and what was found wrong where all is wanted."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self._text = text
        # What is wrong with single keys, gathered instead of raised; None where the first is raised.
        self.problems: list[Problem] | None = None

    def line_of(self, table: tuple[str, ...], key: str) -> int | None:
        """The line, counted from 1, where a key of a table is given; for an absent key, the table's heading."""
        keys, headings = self._places
        return keys.get((*table, key), headings.get(table))

    @cached_property
    def _places(self) -> tuple[dict[tuple[str, ...], int], dict[tuple[str, ...], int]]:
        """The first line of every key with its tables, and the last of every heading."""
        keys: dict[tuple[str, ...], int] = {}
        headings: dict[tuple[str, ...], int] = {}
        current: tuple[str, ...] = ()
        for number, line in enumerate(self._text.splitlines(), 1):
            if header := _HEADER.match(line):
                current = _parts(header[1])
                keys.setdefault(current, number)
                headings[current] = number
            elif pair := _PAIR.match(line):
                whole = (*current, *_parts(pair[1]))
                for length in range(1, len(whole) + 1):
                    keys.setdefault(whole[:length], number)
        return keys, headings


class Table:
    """One table of the file, which knows where it stands and so can say what is wrong and where."""

    def __init__(self, file: TomlFile, keys: tuple[str, ...], content: dict[str, Any]) -> None:
        # Any: TOML holds values of every type until they have been checked here.
        self._file, self._keys, self._content = file, keys, content

    def each(self, read: Callable[[str], Read]) -> dict[str, Read]:
        """What is read for each key; where all that is wrong is wanted, those keys are left out and noted."""
        found = {}
        for key in self._content:
            try:
                found[key] = read(key)
            except Problem as problem:
                if self._file.problems is None:
                    raise
                self._file.problems.append(problem)
        return found

    def keys(self) -> tuple[str, ...]:
        """The keys that are given."""
        return tuple(self._content)

    def allow(self, known: list[str]) -> None:
        """Refuse any other key."""
        self.each(lambda key: self._allow(key, known))

    def _allow(self, key: str, known: list[str]) -> None:
        if key not in known:
            raise self.problem(key, f"is no key here; {choice_of(key, known, 'there are')}")

    def table(self, key: str) -> "Table":
        """The table under a key; an empty one where there is none."""
        value = self._content.get(key, {})
        if not isinstance(value, dict):
            raise self.problem(key, "must be a table")
        return Table(self._file, (*self._keys, key), value)

    def text(self, key: str, *, required: bool = False) -> str:
        """A text; empty where there is none."""
        value = self._content.get(key)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or not value:
            raise self.problem(key, "must be a text in quotes" if value is not None else "is missing")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.problem(key, "must be a list of texts in quotes")
        return tuple(value)

    def names(self, key: str) -> dict[str, str]:
        """A table of texts, such as new names by old ones."""
        table = self.table(key)
        return table.each(lambda name: table.text(name, required=True))

    def is_text(self, key: str) -> bool:
        """Whether a text stands under a key, of which a table may stand there, too."""
        return isinstance(self._content.get(key), str)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of numbers."""
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(_is_moderate(each) for each in value):
            raise self.problem(key, "must be a list of numbers between -60000 and 60000")
        return tuple(map(float, value))

    def number(self, key: str, *, most: int = _LARGEST, required: bool = False) -> int | None:
        """A whole number that is not negative and at most `most`."""
        value = self._content.get(key)
        if value is None and not required:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.problem(key, "must be a whole number" if value is not None else "is missing")
        if value > most:
            raise self.problem(key, f"is larger than {most}")
        return value

    def file(self, key: str, *, required: bool = False) -> str:
        """The absolute path of a file that is there, or an address; empty where none is named."""
        value = self.text(key, required=required)
        if not value:
            return ""
        if is_address(value):
            return self._address(key, value)
        found = self._whole(value)
        # Not Path.is_file, which raises where a name is too long.
        if not os.path.isfile(found):
            raise self.problem(key, f"names the file {found}, which is not there")
        return found

    def folder(self, key: str) -> str:
        """A folder that need not be there."""
        value = self.text(key)
        return self._whole(value) if value else ""

    def motif_file(self, key: str) -> str:
        """The absolute path or address of a file with motifs, with `#` and the name of one where that is given."""
        value = self.text(key, required=True)
        if is_address(value):
            address, mark, motif = value.partition("#")
            return f"{self._address(key, address)}{mark}{motif}"
        found = self._whole(value)
        if os.path.isfile(found):
            return found
        file, mark, motif = value.rpartition("#")
        if not (mark and os.path.isfile(self._whole(file))):
            raise self.problem(key, f"names the file {found}, which is not there")
        return f"{self._whole(file)}#{motif}"

    def _address(self, key: str, value: str) -> str:
        """An address without its secrets; whether the file is there is seen when it is first read."""
        try:
            return address_of(value).text
        except InvalidRequest:
            raise self.problem(key, "begins like an address, and names no server") from None

    def _whole(self, value: str) -> str:
        return os.path.normpath(self._file.path.parent.absolute() / os.path.expanduser(value))

    def leave_out(self, keys: tuple[str, ...]) -> None:
        """Take out the key with what is wrong; where it is needed, something that makes sense takes its place."""
        *tables, key = keys
        content = self._content
        for table in tables:
            if table not in content:
                return  # left out as a whole
            content = content[table]
        if len(keys) == 1 and key in _NEEDED:
            content[key] = _NEEDED[key]
        elif key in content:
            del content[key]
        else:
            # A table that lacks what it needs goes as a whole.
            self.leave_out(tuple(tables))

    def problem(self, key: str, problem: str) -> InvalidRequest:
        """What is wrong with a key, said with file, line and key."""
        line = self._file.line_of(self._keys, key)
        place = f"{self._file.path}, line {line}" if line else str(self._file.path)
        keys = (*self._keys, key)
        return Problem(f"{place}: {'.'.join(keys)} {problem}.", keys)


def _is_moderate(value: object) -> bool:
    """Whether a value is a number that float16 can hold."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= 60_000


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(
        bare or double or single for bare, double, single in re.findall(r"([\w-]+)|\"([^\"]*)\"|'([^']*)'", dotted)
    )
