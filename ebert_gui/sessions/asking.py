"""Asks which session to open, where to save one, and where the files are that one names."""

from pathlib import Path

from ebert_gui.commands.desk import Desk
from ebert_gui.widgets.paths import beside, file_name, slug
from ebert_gui.widgets.place_picker import pick
from ebert_gui.widgets.wanted_place import ALL, Kind, Wanted

_SESSIONS = Kind("Sessions", (".json",))
_OF_OTHERS = (Kind("Sessions of IGV", (".xml", ".json")), Kind("Track hubs", (".txt",)))


def ask_for_session(desk: Desk) -> None:
    """Ask for a session and open it."""
    wanted = Wanted("Open session", kinds=(_SESSIONS, *_OF_OTHERS, ALL), takes_addresses=True)
    pick(desk.opener.places, desk.window, wanted, lambda paths: desk.sessions.open(paths[0]))


def save(desk: Desk) -> None:
    """Save in the session's file; ask for one where there is none."""
    if desk.sessions.path is None:
        ask_where_to_save(desk)
    else:
        _save_in(desk, desk.sessions.path)


def ask_where_to_save(desk: Desk) -> None:
    """Ask for a file, and save the session there."""
    wanted = Wanted(
        "Save session", "save", "Save", start=_first_name(desk), kinds=(_SESSIONS, ALL), complete=_with_ending
    )
    pick(desk.opener.places, desk.window, wanted, lambda paths: _save_in(desk, Path(paths[0])))


def ask_for_missing(desk: Desk) -> None:
    """Ask where the files of the session that is being opened are, unless that is being asked already."""
    from ebert_gui.sessions.missing_dialog import MissingFiles  # seldom wanted

    if any(dialog.isVisible() for dialog in desk.window.findChildren(MissingFiles)):
        return
    sessions = desk.sessions
    dialog = MissingFiles(sessions, desk.window)
    wanted = Wanted("Look for the missing files", "folder", "Look here")
    dialog.folder_wanted.connect(
        lambda: pick(desk.opener.places, dialog, wanted, lambda paths: sessions.look_in(paths[0]))
    )
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()


def _save_in(desk: Desk, path: Path) -> None:
    if desk.sessions.save(path):
        desk.tell(f"The session is saved in {path}")


def _first_name(desk: Desk) -> str:
    """Where a person is offered to save: where it is saved now, or beside the data."""
    if desk.sessions.path is not None:
        return str(desk.sessions.path)
    dataset, files = desk.sessions.subject
    named = next((path for path in (dataset, *files) if path.startswith("/")), "")
    name = file_name(beside(dataset)) if dataset else file_name(named).split(".")[0]
    return beside(named, f"{slug(name)}-session.json") if named else ""


def _with_ending(path: str) -> str:
    return path if path.lower().endswith(".json") else f"{path}.json"
