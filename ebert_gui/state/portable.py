"""Sessions that travel: which files one names, where they lie seen from the session's file, and how it names others."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ebert_core.protocol import codec
from ebert_core.protocol.kept_places import KeptPlace
from ebert_core.protocol.terms.addresses import is_address
from ebert_gui.state.session import Session
from ebert_gui.state.tracks import Track, UnknownTrack


def named_paths(session: Session) -> tuple[str, ...]:
    """Every file and folder that a session opens, each once; those at addresses too."""
    return tuple(dict.fromkeys(filter(None, (session.dataset, *session.files, *session.models, session.model))))


def kept_places(session: Session) -> tuple[KeptPlace, ...]:
    """The files and folders of a session with their paths from its own folder on, as they were when it was saved."""
    beside = dict(session.beside)
    return tuple(KeptPlace(path, beside.get(path, "")) for path in named_paths(session))


def portable(session: Session, path: Path) -> Session:
    """A session as it is saved in a file: without how this window looks, and with paths from the file's folder on."""
    near = tuple((each, _from(each, path.parent)) for each in named_paths(session) if not is_address(each))
    return replace(
        session,
        is_dark=None,
        layout="",
        geometry="",
        saved_as="",
        saved_at=0,
        is_changed=False,
        beside=tuple((each, relative) for each, relative in near if relative),
    )


def moved(session: Session, places: Mapping[str, str]) -> Session:
    """A session that names other paths in the place of some, wherever it names them."""
    tracks = tuple(_moved_track(track, places) for track in session.setup.tracks)
    setup = replace(session.setup, tracks=tracks)
    changed: Session = codec.with_strings(replace(session, setup=setup, beside=()), lambda text: places.get(text, text))
    return changed


def shows_the_same(one: Session, other: Session) -> bool:
    """Whether two sessions have the same open and show it in the same way, perhaps at other places."""
    return (one.dataset, one.files, one.model, one.models) == (
        other.dataset,
        other.files,
        other.model,
        other.models,
    ) and one.setup.with_places_of(other.setup) == other.setup


def _from(path: str, folder: Path) -> str:
    """The path from a folder on; empty where there is none, as between two drives of Windows."""
    try:
        return os.path.relpath(path, folder)
    except ValueError:
        return ""


def _moved_track(track: Track, places: Mapping[str, str]) -> Track:
    if not isinstance(track, UnknownTrack):
        return track
    written = track.written
    for before, now in places.items():
        written = written.replace(_as_json(before), _as_json(now))
    return replace(track, written=written)


def _as_json(text: str) -> str:
    return msgspec.json.encode(codec.to_travel(text)).decode()
