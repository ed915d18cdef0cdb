"""The session: what was on screen, kept as JSON so that the next start goes on where this one ended."""

import contextlib
import os
from pathlib import Path
from typing import NamedTuple

import msgspec

from ebert_core.protocol.locus import Interval
from ebert_gui.state.tracks import Track

SESSION_VERSION = 1


class Session(msgspec.Struct, frozen=True, omit_defaults=False):
    """What is kept. Paths are those of the host of the workers; `layout` is where the docks stand, in Qt's words."""

    version: int = SESSION_VERSION
    dataset: str = ""
    files: tuple[str, ...] = ()
    checkpoint: str = ""
    locus: Interval | None = None
    tracks: tuple[Track, ...] = ()
    cell_type: str = ""
    factor: str = ""
    anchor: Interval | None = None
    is_dark: bool | None = None
    layout: str = ""


class ReadSession(NamedTuple):
    """A session, and a sentence when the file could not be used."""

    session: Session
    problem: str = ""


def session_path() -> Path:
    """Where the session is kept unless a file is named."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "ebert-browser" / "session.json"


def read_session(path: Path) -> ReadSession:
    """The session in a file; a fresh one where there is none or where it cannot be read."""
    try:
        session = msgspec.json.decode(path.read_bytes(), type=Session)
    except FileNotFoundError:
        return ReadSession(Session())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        return ReadSession(Session(), f"The session {path} could not be read ({error}); this is a fresh start.")
    if session.version > SESSION_VERSION:
        return ReadSession(Session(), f"The session {path} is from a newer version; this is a fresh start.")
    return ReadSession(session)


def write_session(path: Path, session: Session) -> None:
    """Keep a session; the file appears complete or not at all.

    Raises:
        OSError: the place cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(msgspec.json.format(msgspec.json.encode(session), indent=2))
        os.replace(part, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
