"""The commands that open models."""

from ebert_gui.commands.command import Command, has_dataset
from ebert_gui.commands.desk import Desk
from ebert_gui.models import shipped
from ebert_gui.models.model_dock import MODEL_DOCK
from ebert_gui.widgets.place_picker import pick
from ebert_gui.widgets.wanted_place import ALL, Kind, Wanted

_ENDINGS = (".meme", ".pfm", ".jaspar", ".pwm", ".pcm", ".transfac", ".txt")
_MATRICES = Kind("Motif matrices", (*_ENDINGS, *(f"{ending}.gz" for ending in _ENDINGS)))


def ask_for_checkpoint(desk: Desk) -> None:
    """Ask for a checkpoint folder and open it."""
    _ask_for_model(desk, Wanted("Open checkpoint", "folder", "Open checkpoint"))


def _ask_for_model(desk: Desk, wanted: Wanted) -> None:
    def open_it(paths: tuple[str, ...]) -> None:
        desk.opener.forgive(paths)
        desk.opener.models.open(paths[0])

    pick(desk.opener.places, desk.window, wanted, open_it)


def ask_for_motifs(desk: Desk) -> None:
    """Ask for a file of motif matrices and open it as a model."""
    _ask_for_model(desk, Wanted("Scan for motifs", kinds=(_MATRICES, ALL)))


COMMANDS = (
    Command("checkpoint.open", "Open &checkpoint…", "Open a trained model", ask_for_checkpoint, "Ctrl+K", has_dataset),
    Command(
        "motifs.open",
        "Scan for &motifs…",
        "Open a file of motif matrices; each can be a track of its best score in 50 bp",
        ask_for_motifs,
        is_ready=has_dataset,
    ),
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
        lambda desk: desk.frame.toggle_dock(MODEL_DOCK),
        "Ctrl+2",
        is_on=lambda desk: desk.frame.shows_dock(MODEL_DOCK),
    ),
)
