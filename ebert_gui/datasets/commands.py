"""The commands that open and make datasets."""

from ebert_gui.commands.command import Command
from ebert_gui.commands.desk import Desk
from ebert_gui.datasets import lately, opening


def _ask_for_new_dataset(desk: Desk) -> None:
    from ebert_gui.datasets.making import ask_for_new_dataset  # its forms need not wait in every start

    ask_for_new_dataset(desk)


OPEN = Command("dataset.open", "&Open dataset…", "Open a DATASET.toml", opening.ask_for_dataset, "Ctrl+O")
OPEN_FILES = Command(
    "files.open", "Open &track files…", "Open bigWig, BED and other files", opening.ask_for_files, "Ctrl+Shift+O"
)
NEW = Command("dataset.new", "&New dataset…", "Make a dataset from your own files", _ask_for_new_dataset, "Ctrl+N")
DEMONSTRATION = Command(
    "demonstration.open",
    "Open the &demonstration",
    "A small synthetic genome whose truth is known, with a model trained on it",
    opening.open_demonstration,
)
COMMANDS = (
    OPEN,
    OPEN_FILES,
    Command(
        "addresses.open",
        "Open &address…",
        "Open files at addresses of http and https",
        opening.ask_for_addresses,
        "Ctrl+Alt+O",
    ),
    NEW,
    Command(
        "recent.open", "Open &recent", "Datasets, sessions and files that were open before", choices=lately.choices
    ),
    DEMONSTRATION,
)
