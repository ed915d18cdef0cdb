"""What was opened lately: what it is called, and how it is opened again."""

from functools import partial

from ebert_gui.commands.command import Choice, Show
from ebert_gui.commands.desk import Desk
from ebert_gui.state.recent import Opened, clear_recent, read_recent
from ebert_gui.widgets.paths import beside, file_name
from ebert_gui.widgets.wording import listed


def offers(desk: Desk) -> list[Choice]:
    """What was opened lately, newest first."""
    return [Choice(name_of(each), partial(open_again, desk, each), listed(each, 2)) for each in read_recent()]


def choices(desk: Desk, show: Show) -> None:
    """Show what was opened lately, and a way to forget it."""
    recent = offers(desk)
    show(
        [*recent, Choice(), Choice("Forget these", clear_recent)] if recent else [Choice("Nothing has been opened yet")]
    )


def open_again(desk: Desk, opened: Opened) -> None:
    """Open what was open before, although a worker may have ended on it."""
    desk.opener.forgive(opened)
    if _is_session(opened):
        desk.sessions.open(opened[0])
    elif _is_dataset(opened):
        desk.opener.open_dataset(opened[0])
    else:
        desk.opener.open_files(opened)


def name_of(opened: Opened) -> str:
    """A dataset by its folder, files and sessions by their names."""
    if _is_dataset(opened) and file_name(opened[0]) == "DATASET.toml":
        return file_name(beside(opened[0])) or opened[0]
    return listed([file_name(path) for path in opened], 3)


def _is_session(opened: Opened) -> bool:
    return len(opened) == 1 and opened[0].endswith((".json", ".xml", "hub.txt"))


def _is_dataset(opened: Opened) -> bool:
    return len(opened) == 1 and opened[0].endswith(".toml")
