"""What a command is: an id, its words, its keys, and what it does at a desk; and when most of them can be used."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ebert_gui.commands.desk import Desk


class Choice(NamedTuple):
    """A line of a list. Without an act it is grey, and without words it is a line between others.

    With `is_on` it is a switch, or one of several values. One with `choices` opens a list of them.
    """

    text: str = ""
    act: Callable[[], None] | None = None
    tip: str = ""
    is_on: bool | None = None
    choices: tuple["Choice", ...] = ()


Show = Callable[[Sequence[Choice]], None]


class Needs(NamedTuple):
    """What must be there for a command to be of use, and the sentence that says so where it is not."""

    is_met: Callable[[Desk], bool]
    sentence: str

    def __call__(self, desk: Desk) -> bool:
        """Whether it is there."""
        return self.is_met(desk)


def _has_genome(desk: Desk) -> bool:
    return desk.workspace.dataset is not None


def _has_dataset(desk: Desk) -> bool:
    dataset = desk.workspace.dataset
    return dataset is not None and bool(dataset.path)


def _can_export(desk: Desk) -> bool:
    checkpoint = desk.workspace.model
    return _has_dataset(desk) and checkpoint is not None and bool(checkpoint.outputs) and checkpoint.exports


always = Needs(lambda _desk: True, "")
has_genome = Needs(_has_genome, "Open a dataset or files first.")
has_dataset = Needs(_has_dataset, "Open a dataset first; files alone are not enough.")
can_export = Needs(_can_export, "Open a dataset and a checkpoint whose predictions can be written to files first.")


class Command(NamedTuple):
    """One thing that a person can do, in whatever menu, list or key it is offered.

    In `text`, `&` marks the letter that chooses it in a menu. A command either has `run`, or `choices`: those show a
    list when it is opened, and may show another one later. With `is_on` it is a switch. The shortcut of a command
    `of_canvas` works while the tracks have the keyboard: elsewhere its keys choose or type.
    """

    id: str
    text: str
    tip: str
    run: Callable[[Desk], None] | None = None
    shortcut: str = ""
    is_ready: Needs = always
    is_on: Callable[[Desk], bool] | None = None
    choices: Callable[[Desk, Show], None] | None = None
    of_canvas: bool = False

    def lacks(self, desk: Desk) -> str:
        """Why the command cannot be used now, in a sentence; empty where it can."""
        return "" if self.is_ready(desk) else self.is_ready.sentence
