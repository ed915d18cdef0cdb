"""The session: what was on screen, kept as JSON so that the next start goes on where this one ended."""

import os
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ebert_core.protocol import codec
from ebert_core.protocol.documents import read_json
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.whole_files import write_whole
from ebert_gui.state.tracks import Track, UnknownTrack

SESSION_VERSION = 1


class _Fields(msgspec.Struct, frozen=True, omit_defaults=False):
    version: int = SESSION_VERSION
    dataset: str = ""
    files: tuple[str, ...] = ()
    checkpoint: str = ""
    locus: Interval | None = None
    cell_type: str = ""
    factor: str = ""
    anchor: Interval | None = None
    is_dark: bool | None = None
    layout: str = ""
    geometry: str = ""


class Session(_Fields, frozen=True):
    """What is kept. Paths are those of the host of the workers.

    `layout` is where the docks stand and `geometry` where the window stands, in Qt's words.
    """

    tracks: tuple[Track, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was open."""
        return not self.dataset and not self.files

    def is_of(self, dataset: str, files: tuple[str, ...]) -> bool:
        """Whether this is the session of a dataset, or of a window that holds one of these bare files."""
        return self.dataset == dataset and bool(dataset or set(files) & set(self.files))


class _Written(_Fields, frozen=True):
    """A session as it is in its file: a track that cannot be read must not take the others with it."""

    tracks: tuple[msgspec.Raw, ...] = ()


class ReadSession(NamedTuple):
    """A session, and a sentence when the file could not be used."""

    session: Session
    problem: str = ""


def read_session(path: Path, read_track: Callable[[bytes], Track]) -> ReadSession:
    """The session in a file; a fresh one where there is none or where it cannot be read."""
    try:
        written = read_json(path, _Written)
        session = _with_tracks(Session, written, tuple(read_track(bytes(raw)) for raw in written.tracks))
        session = codec.with_strings(session, codec.from_travel)
    except FileNotFoundError:
        return ReadSession(Session())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, InvalidRequest) as error:
        return ReadSession(Session(), f"The session {path} could not be read ({error}).")
    if session.version > SESSION_VERSION:
        return ReadSession(Session(), f"The session {path} is from a newer version of EBERT Browser.")
    return ReadSession(session)


def write_session(path: Path, session: Session) -> None:
    """Keep a session; the file appears complete or not at all.

    Raises:
        OSError: the place cannot be written.
    """
    session = codec.with_strings(session, codec.to_travel)
    written = _with_tracks(_Written, session, tuple(_write_track(track) for track in session.tracks))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, msgspec.json.format(msgspec.json.encode(written), indent=2))


def set_aside(path: Path) -> Path:
    """Give a file that is not to be used a name with the date, under which nothing overwrites it; the new path.

    Raises:
        OSError: it cannot be renamed.
    """
    stamp = time.strftime("%Y%m%dT%H%M%S")
    for number in count(1):
        # The name does not end in .json: it is no session any more.
        aside = path.with_name(f"{path.name}.aside-{stamp}" + (f"-{number}" if number > 1 else ""))
        if not aside.exists():
            break
    os.rename(path, aside)
    return aside


def _write_track(track: Track) -> msgspec.Raw:
    return msgspec.Raw(track.written.encode() if isinstance(track, UnknownTrack) else msgspec.json.encode(track))


# Any: the two structs share their fields, which a signature cannot say.
def _with_tracks(kind: type[Any], source: _Fields, tracks: tuple[object, ...]) -> Any:
    shared = {name: getattr(source, name) for name in _Fields.__struct_fields__}
    return kind(**shared, tracks=tracks)
