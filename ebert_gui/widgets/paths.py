"""Paths as text: they belong to the host of the project, which may not be this machine."""

import re
from itertools import chain, count
from pathlib import PureWindowsPath

# A job is called after what it writes, in small letters, by so many of them at most.
_LONGEST_JOB_NAME = 40


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


def unused(path: str, taken: frozenset[str], ending: str = "", jobs: frozenset[str] = frozenset()) -> str:
    """The path, or where something in its folder has its name already the first of `path-2`, `path-3`, … that is free.

    `taken` are the names in that folder; numbers stand before the `ending` of the path. After `path-2` comes `path-3`.
    Names by which one of these `jobs` may write are not free, though nothing has them yet.
    """

    def is_free(name: str) -> bool:
        called = re.sub(r"[^a-z0-9]+", "-", name.removesuffix(ending).lower()).strip("-")
        return name not in taken and called[:_LONGEST_JOB_NAME].strip("-") not in jobs

    stem = path.removesuffix(ending)
    counted = re.fullmatch(r"(.*[^-/\\])-([2-9]|\d\d)", stem, re.DOTALL)
    stem, first = (counted[1], int(counted[2]) + 1) if counted else (stem, 2)
    numbered = (f"{stem}-{number}{ending}" for number in count(first))
    return next(each for each in chain((path,), numbered) if is_free(file_name(each)))
