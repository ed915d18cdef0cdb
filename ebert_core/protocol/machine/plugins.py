"""Plug-ins: what other packages add to the program, found by the entry points that they declare.

A package that adds something names it in its pyproject.toml:

    [project.entry-points."ebert_browser.sources"]
    conservation = "my_package.sources:CONSERVATION"

Built-in and added things go through the same tables. One that cannot be loaded costs itself and a sentence, nothing
else. EBERT_PLUGINS=off starts without any.
"""

import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, Literal, NamedTuple, TypeVar

from ebert_core.protocol.terms.errors import InvalidRequest, PackageFault, refused_path

_OURS = ("ebert_core", "ebert_gui")
Group = Literal["sources", "providers", "kinds", "files"]
Added = TypeVar("Added")


class Plugins(NamedTuple, Generic[Added]):
    """What was added, and a sentence for each thing that could not be."""

    found: tuple[Added, ...]
    problems: tuple[str, ...] = ()


def plugins_of(
    group: Group, wanted: type[Added], taken: Sequence[str], name_of: Callable[[Added], str]
) -> Plugins[Added]:
    """What other packages add to a group.

    Args:
        group: what it is added to.
        wanted: of which type each must be.
        taken: names that are not free, as those of what is built in are.
        name_of: the name of what is added, which no other may have.
    """
    if os.environ.get("EBERT_PLUGINS", "").lower() in ("off", "0", "no"):
        return Plugins(())
    names, found, problems = set(taken), [], []
    for point in entry_points(group=f"ebert_browser.{group}"):
        added = _loaded(point)
        if isinstance(added, str):
            problems.append(added)
        elif not isinstance(added, wanted):
            problems.append(f"{_named(point)} is no {wanted.__name__} and was left out.")
        elif name_of(added) in names:
            problems.append(f"{_named(point)} calls itself {name_of(added)}, which something else is called already.")
        else:
            names.add(name_of(added))
            found.append(added)
    return Plugins(tuple(found), tuple(problems))


def _loaded(point: EntryPoint) -> object:
    """What an entry point names, or a sentence where it cannot be had."""
    try:
        return point.load()
    # Whatever a package raises while it is imported, it is that package's own.
    except Exception as error:
        return f"{_named(point)} cannot be loaded: {type(error).__name__}: {error}"


def _named(point: EntryPoint) -> str:
    package = f" of {point.dist.name} {point.dist.version}" if point.dist is not None else ""
    return f"The plug-in {point.value}{package}"


def package_of(added: object) -> str:
    """The package that a class, a function or an object of a class comes from."""
    return str(getattr(added, "__module__", "")).partition(".")[0]


@contextmanager
def blaming(added: object) -> Iterator[None]:
    """Within this block runs code of what a package added: a mistake there is called that package's.

    What a person can put right, a file that the system refuses and a lack of memory are said as they are, and so is
    everything that our own code raises.

    Raises:
        PackageFault: the code of another package raised something else.
    """
    try:
        yield
    except (InvalidRequest, MemoryError):
        raise
    except Exception as error:
        package = package_of(added)
        if package in _OURS or (isinstance(error, OSError) and refused_path(error)):
            raise
        raise PackageFault(
            f"The package {package} raised {what_was_raised(error)}. What it shows here is left out."
        ) from error


def what_was_raised(error: Exception) -> str:
    """An error in words, and the line of code that raised it."""
    lines = traceback.extract_tb(error.__traceback__)
    where = f" ({os.path.basename(lines[-1].filename)}, line {lines[-1].lineno})" if lines else ""
    return f"{type(error).__name__}: {error}{where}"
