"""The commands on the tracks as a whole; those on one track are in its menu."""

from ebert_gui.commands.command import Command, has_genome
from ebert_gui.tracks.track_dock import TRACK_DOCK

COMMANDS = (
    Command(
        "tracks.suggest",
        "&Suggested tracks",
        "Show what this dataset shows at its first opening; undo brings your tracks back",
        lambda desk: desk.workspace.suggest_tracks(),
        is_ready=has_genome,
    ),
    Command(
        "tracks.dock",
        "Tracks",
        "Add, order, colour and remove tracks",
        lambda desk: desk.frame.toggle_dock(TRACK_DOCK),
        "Ctrl+1",
        is_on=lambda desk: desk.frame.shows_dock(TRACK_DOCK),
    ),
)
