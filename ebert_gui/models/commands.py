"""The commands that open models."""

from ebert_gui.commands.command import Command, has_dataset
from ebert_gui.commands.desk import Desk
from ebert_gui.models import shipped
from ebert_gui.models.checkpoint_dock import CHECKPOINT_DOCK
from ebert_gui.widgets.place_picker import pick
from ebert_gui.widgets.wanted_place import Wanted


def ask_for_checkpoint(desk: Desk) -> None:
    """Ask for a checkpoint folder and open it."""

    def open_it(paths: tuple[str, ...]) -> None:
        desk.opener.forgive(paths)
        desk.opener.open_checkpoint(paths[0])

    wanted = Wanted("Open checkpoint", "folder", "Open checkpoint")
    pick(desk.opener.places, desk.window, wanted, open_it)


COMMANDS = (
    Command("checkpoint.open", "Open &checkpoint…", "Open a trained model", ask_for_checkpoint, "Ctrl+K", has_dataset),
    Command(
        "checkpoint.shipped",
        "&Shipped checkpoints",
        "Trained models that come with the program",
        choices=shipped.choices,
    ),
    Command(
        "checkpoint.dock",
        "Checkpoint",
        "What the open checkpoint is, and what it is worth",
        lambda desk: desk.frame.toggle_dock(CHECKPOINT_DOCK),
        "Ctrl+2",
        is_on=lambda desk: desk.frame.shows_dock(CHECKPOINT_DOCK),
    ),
)
