"""Paths as text: they belong to the host of the project, which may not be this machine."""

import re
from itertools import chain, count
from pathlib import PureWindowsPath


def is_absolute(path: str) -> bool:
    """Whether the path is whole, on Linux, macOS or Windows."""
    return path.startswith("/") or PureWindowsPath(path).is_absolute()


def beside(path: str, *names: str) -> str:
    """The path of a file or folder beside another, in that one's own way of writing."""
    separator = "\\" if "\\" in path and "/" not in path else "/"
    folder = path.rpartition(separator)[0]
    return separator.join((folder, *names))


def file_name(path: str) -> str:
    """The last part of a path."""
    return re.split(r"[/\\]", path.rstrip("/\\"))[-1]


def slug(text: str) -> str:
    """The text as a part of a file name that needs no quoting anywhere."""
    return re.sub(r"[^A-Za-z0-9.+-]+", "-", text).strip("-") or "unnamed"


def unused(path: str, taken: frozenset[str], ending: str = "") -> str:
    """The path, or where something in its folder has its name already the first of `path-2`, `path-3`, … that is free.

    `taken` are the names in that folder; numbers stand before the `ending` of the path.
    """
    stem = path.removesuffix(ending)
    numbered = (f"{stem}-{number}{ending}" for number in count(2))
    return next(each for each in chain((path,), numbered) if file_name(each) not in taken)
