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


def always(_desk: Desk) -> bool:
    """For a command that can always be used."""
    return True


def has_genome(desk: Desk) -> bool:
    """Whether there is anything to show."""
    return desk.workspace.dataset is not None


def has_dataset(desk: Desk) -> bool:
    """Whether a DATASET.toml is open, not files alone."""
    dataset = desk.workspace.dataset
    return dataset is not None and bool(dataset.path)


def can_export(desk: Desk) -> bool:
    """Whether what the open model predicts of the open dataset can be written to a file."""
    checkpoint = desk.workspace.model
    return has_dataset(desk) and checkpoint is not None and bool(checkpoint.outputs) and checkpoint.exports


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
    is_ready: Callable[[Desk], bool] = always
    is_on: Callable[[Desk], bool] | None = None
    choices: Callable[[Desk, Show], None] | None = None
    of_canvas: bool = False
