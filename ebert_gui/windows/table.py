"""The one table of commands, and in which menu each stands."""

from ebert_gui.datasets import commands as datasets
from ebert_gui.exporting import commands as exporting
from ebert_gui.finetuning import commands as finetuning
from ebert_gui.jobs import commands as jobs
from ebert_gui.models import commands as models
from ebert_gui.regions import commands as regions
from ebert_gui.sessions import commands as sessions
from ebert_gui.tracks import commands as tracks
from ebert_gui.windows import frame_commands as frame

# Every command of the window, by its id: menus and keys are built from it, and whatever else lists commands.
COMMANDS = {
    command.id: command
    for room in (datasets, sessions, regions, finetuning, exporting, models, jobs, tracks, frame)
    for command in room.COMMANDS
}

# A line between commands.
LINE = ""
# The menus by their titles, `&` before the letter of each; each command by its id.
MENUS = {
    "&File": (
        "dataset.open",
        "files.open",
        "addresses.open",
        "dataset.new",
        "recent.open",
        "demonstration.open",
        LINE,
        "session.open",
        "session.save",
        "session.save-as",
        "session.revert",
        LINE,
        "picture.save",
        "signal.write",
        LINE,
        "window.quit",
    ),
    "&Edit": ("edit.undo", "edit.redo", LINE, "locus.copy"),
    "&Go": (
        "locus.edit",
        "go.back",
        "go.forward",
        LINE,
        "go.left",
        "go.right",
        "go.screen-left",
        "go.screen-right",
        LINE,
        "go.next-feature",
        "go.previous-feature",
        "go.feature-record",
        LINE,
        "zoom.in",
        "zoom.out",
        "go.chromosome",
        LINE,
        "regions.add",
        "regions.next",
        "regions.previous",
        "regions.import",
        "regions.export",
    ),
    "Trac&ks": (
        "tracks.dock",
        "settings.dock",
        "tracks.suggest",
        LINE,
        "tracks.next",
        "tracks.previous",
        "tracks.next-too",
        "tracks.previous-too",
        "tracks.all",
        LINE,
        "tracks.join",
        "settings.copy",
        "settings.paste",
        "settings.usual",
    ),
    "&Model": (
        "checkpoint.open",
        "checkpoint.shipped",
        "motifs.open",
        "finetuning.start",
        "finetuning.again",
        "predictions.export",
    ),
    "&View": (
        "window.theme",
        "jobs.dock",
        "window.messages",
        "window.full-screen",
        "checkpoint.dock",
        "regions.dock",
    ),
    "&Help": ("window.palette", "help.sheet", "help.about"),
}
