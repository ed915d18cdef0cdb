"""The commands that open, save and revert sessions in files of a person."""

from ebert_gui.commands.command import Command, Needs, has_genome
from ebert_gui.sessions import asking

_IS_CHANGED = Needs(
    lambda desk: desk.sessions.is_changed, "No session of a file is open, or nothing has changed in it."
)
OPEN = Command(
    "session.open",
    "Open sess&ion…",
    "Open a session that was saved: its files, tracks, place and choices",
    asking.ask_for_session,
    "Ctrl+Alt+S",
)
COMMANDS = (
    OPEN,
    Command(
        "session.save",
        "&Save session",
        "Save files, tracks, place and choices in the session's file, or choose one",
        asking.save,
        "Ctrl+S",
        has_genome,
    ),
    Command(
        "session.save-as",
        "Sav&e session as…",
        "Save files, tracks, place and choices in a file that can be opened elsewhere",
        asking.ask_where_to_save,
        is_ready=has_genome,
    ),
    Command(
        "session.revert",
        "Re&vert to saved",
        "Show again what the session's file holds; what was changed since is kept beside the automatic sessions",
        lambda desk: desk.sessions.revert(),
        is_ready=_IS_CHANGED,
    ),
)
