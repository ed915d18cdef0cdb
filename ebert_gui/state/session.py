"""The session: what was on screen, kept as JSON so that the next start goes on where this one ended."""

import os
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ebert_core.protocol import codec
from ebert_core.protocol.machine.documents import parse_json, read_json
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.state.pane import Pane, Span
from ebert_gui.state.setup import BesideTracks, Setup
from ebert_gui.state.tracks import Track, UnknownTrack

SESSION_VERSION = 2


class _Fields(msgspec.Struct, frozen=True):
    dataset: str = ""
    files: tuple[str, ...] = ()
    # Its name in files of both versions.
    model: str = msgspec.field(default="", name="checkpoint")
    models: tuple[str, ...] = ()
    is_dark: bool | None = None
    layout: str = ""
    geometry: str = ""
    saved_as: str = ""
    saved_at: int = 0
    is_changed: bool = False
    beside: tuple[tuple[str, str], ...] = ()


class Session(_Fields, frozen=True):
    """What is kept. Paths are those of the host of the workers.

    `model` is the chosen one of the open `models`. `layout` is where the docks stand and `geometry` where the
    window stands, in Qt's words. `saved_as` is the file that a person saved this in, where it is kept elsewhere by
    itself, `saved_at` when that file had been written (nanoseconds since 1970), and `is_changed` whether this shows
    something else. `beside` pairs paths with those from the session's own folder on, in a file that a person saved.
    """

    setup: Setup = Setup()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was open."""
        return not self.dataset and not self.files

    def is_of(self, dataset: str, files: tuple[str, ...]) -> bool:
        """Whether this is the session of a dataset, or of a window that holds one of these bare files."""
        return self.dataset == dataset and bool(dataset or set(files) & set(self.files))


class _WrittenSetup(BesideTracks, frozen=True):
    """A set-up as it is in a file: a track that cannot be read must not take the others with it."""

    tracks: tuple[msgspec.Raw, ...] = ()


class _Version(msgspec.Struct, frozen=True):
    # The first files that were written bear none.
    version: int = 1


class _Written(_Fields, frozen=True):
    version: int = SESSION_VERSION
    setup: _WrittenSetup = _WrittenSetup()


class _WrittenFirst(_Fields, frozen=True):
    """A session of version 1, which had one place in whole bases."""

    locus: Interval | None = None
    tracks: tuple[msgspec.Raw, ...] = ()
    cell_type: str = ""
    factor: str = ""
    anchor: Interval | None = None

    @property
    def setup(self) -> _WrittenSetup:
        """The same as it is written today."""
        where = self.locus
        panes = (Pane(),) if where is None else (Pane(span=Span(where.chromosome, where.start, where.end)),)
        return _WrittenSetup(panes, self.cell_type, self.factor, anchor=self.anchor, tracks=self.tracks)


class ReadSession(NamedTuple):
    """A session, and a sentence when the file could not be used."""

    session: Session
    problem: str = ""


def read_session(path: Path, read_track: Callable[[bytes], Track]) -> ReadSession:
    """The session in a file; a fresh one where there is none or where it cannot be read."""
    try:
        content = bytes(read_json(path, msgspec.Raw))
        version = parse_json(content, _Version).version
        if version > SESSION_VERSION:
            return ReadSession(Session(), f"The session {path} is from a newer version of EBERT Browser.")
        is_first = version < SESSION_VERSION
        written = parse_json(content, _WrittenFirst) if is_first else parse_json(content, _Written)
        # Without blanks, so that a track of an unknown kind is the same value however often it is written.
        tracks = tuple(read_track(msgspec.json.format(bytes(raw), indent=-1)) for raw in written.setup.tracks)
        session = _of_fields(Session, written, setup=_of_fields(Setup, written.setup, BesideTracks, tracks=tracks))
        return ReadSession(codec.with_strings(session, codec.from_travel))
    except FileNotFoundError:
        return ReadSession(Session())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidRequest) as error:
        return ReadSession(Session(), f"The session {path} could not be read ({error}).")


def is_own_session(path: Path) -> bool:
    """Whether this program has written a file, although it may not be able to read it any more."""
    try:
        return b'"setup"' in read_whole(path)
    except (OSError, InvalidRequest):
        return False


def write_session(path: Path, session: Session) -> None:
    """Keep a session; the file appears complete or not at all.

    Raises:
        OSError: the place cannot be written.
    """
    session = codec.with_strings(session, codec.to_travel)
    tracks = tuple(map(_write_track, session.setup.tracks))
    written = _of_fields(_Written, session, setup=_of_fields(_WrittenSetup, session.setup, BesideTracks, tracks=tracks))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, msgspec.json.format(msgspec.json.encode(written), indent=2))


def set_aside(path: Path) -> Path:
    """Give a file that is not to be used a name with the date, under which nothing overwrites it; the new path.

    Raises:
        OSError: it cannot be renamed.
    """
    aside = _name_aside(path)
    os.rename(path, aside)
    return aside


def copy_aside(path: Path) -> Path:
    """Keep what a file holds under such a name too, before it is overwritten; the path of the copy.

    Raises:
        OSError: it cannot be copied.
    """
    aside = _name_aside(path)
    write_whole(aside, path.read_bytes())
    return aside


def _name_aside(path: Path) -> Path:
    stamp = time.strftime("%Y%m%dT%H%M%S")
    # The name does not end in .json: it is no session any more.
    names = (f"{path.name}.aside-{stamp}" + (f"-{number}" if number > 1 else "") for number in count(1))
    return next(aside for name in names if not (aside := path.with_name(name)).exists())


def _write_track(track: Track) -> msgspec.Raw:
    return msgspec.Raw(track.written.encode() if isinstance(track, UnknownTrack) else msgspec.json.encode(track))


# Any: the two structs share their fields, which a signature cannot say.
def _of_fields(
    kind: type[Any], source: msgspec.Struct, shared: type[msgspec.Struct] = _Fields, **others: object
) -> Any:
    """A struct of the shared fields of another, and of others."""
    return kind(**{name: getattr(source, name) for name in shared.__struct_fields__}, **others)
