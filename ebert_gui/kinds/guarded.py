"""Kinds of other packages, held so that what they raise costs their own rows and offers, and nothing else."""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ebert_core.protocol.machine.showing import tell
from ebert_gui.browser.look import Answer, Look
from ebert_gui.kinds.kind import Kind

# Any: the look of a package alone knows of which types its style and its arrangement are.
AnyKind = Kind[Any, Any]
Say = Callable[[str], None]


class Blame:
    """Says what a package raised: each place of its code once, in a sentence, and on stderr with the lines."""

    def __init__(self, package: str, say: Say) -> None:
        self._package = package
        self._say = say
        self._told: set[tuple[str, int | None]] = set()

    def sentence(self, error: Exception) -> str:
        """What is said of it."""
        what = f"{type(error).__name__}: {error}"
        sentence = f"The package {self._package} raised {what}. What it shows here is left out."
        last = traceback.extract_tb(error.__traceback__)[-1]
        if (last.filename, last.lineno) not in self._told:
            self._told.add((last.filename, last.lineno))
            tell("".join(traceback.format_exception(error)).rstrip())
            self._say(sentence)
        return sentence


class _Broken(NamedTuple):
    """Stands for a style that could not be made."""

    problem: str


class _Arrangement:
    """What the look of a package arranged, and why it is not drawn any further."""

    def __init__(self, inner: object, problem: str = "") -> None:
        self.inner = inner
        self.problem = problem


class GuardedLook(Look[Any, Any]):
    """Draws as the look of a package does; where that raises, the row says so until something else is arranged."""

    def __init__(self, look: Look[Any, Any], blame: Blame) -> None:
        self._look = look
        self._blame = blame
        # What a look says of itself is said of its class.
        vars(self).update(is_local=look.is_local, has_scale=look.has_scale, awaits=look.awaits)

    def arrange(self, style: Any, content: Any, room: Any) -> _Arrangement:
        """What the look arranges."""
        if isinstance(style, _Broken):
            return _Arrangement(None, style.problem)
        try:
            return _Arrangement(self._look.arrange(style, content, room))
        except Exception as error:  # whatever it is, it is the package's own
            return _Arrangement(None, self._blame.sentence(error))

    def tried(self, name: str, given: tuple[Any, ...]) -> Any:
        """What a method of the look answers; what a look that says nothing does, where it raises."""
        arranged = next((each for each in given if isinstance(each, _Arrangement)), None)
        if not (arranged is not None and arranged.problem) and not isinstance(given[0], _Broken):
            try:
                return getattr(self._look, name)(
                    *(each.inner if isinstance(each, _Arrangement) else each for each in given)
                )
            except Exception as error:  # as in `arrange`
                problem = self._blame.sentence(error)
                if arranged is not None:
                    arranged.problem = problem
        return _instead(name, arranged.problem if arranged is not None else "", given)


def _instead(name: str, problem: str, given: tuple[Any, ...]) -> Any:
    """What is answered in the place of a look that raises."""
    if name in ("paint", "annotate"):
        return None
    if name in ("blank", "fault"):
        return problem
    if name in ("at", "at_point"):
        return Answer(problem)
    return getattr(Look, name)(Look(), *given)


def _guarded(name: str) -> Callable[..., Any]:
    def method(self: GuardedLook, *given: Any) -> Any:
        return self.tried(name, given)

    return method


for _name, _method in vars(Look).items():
    if callable(_method) and _name[0] != "_" and _name != "arrange":
        setattr(GuardedLook, _name, _guarded(_name))


def guarded(kind: AnyKind, say: Say) -> AnyKind:
    """The same kind, of which nothing but its own rows and offers are lost where its package raises."""
    blame = Blame(kind.track.__module__.partition(".")[0], say)

    def tried(act: Callable[..., Any] | None, instead: Callable[[str], Any]) -> Any:
        def trying(*given: Any) -> Any:
            assert act is not None
            try:
                found = act(*given)
                return list(found) if isinstance(found, Iterator) else found
            except Exception as error:  # as in `arrange`
                return instead(blame.sentence(error))

        return None if act is None else trying

    return replace(
        kind,
        look=GuardedLook(kind.look, blame),
        style=tried(kind.style, _Broken),
        offers=tried(kind.offers, lambda _problem: []),
        of_file=tried(kind.of_file, lambda _problem: None),
        sites=tried(kind.sites, lambda _problem: np.empty(0, dtype=np.int64)),
        made_of=tried(kind.made_of, lambda _problem: None),
    )
