"""The commands on jobs."""

from ebert_gui.commands.command import Command
from ebert_gui.jobs.jobs_list import JOBS_DOCK

COMMANDS = (
    Command(
        "jobs.dock",
        "&Jobs",
        "What runs and what has run",
        lambda desk: desk.frame.toggle_dock(JOBS_DOCK),
        "Ctrl+3",
    ),
)
