"""The commands of one track, which its menu offers."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec

from ebert_gui.state.track_list import TrackList
from ebert_gui.state.tracks import PredictionTrack, Track


class Command(NamedTuple):
    """What the menu says, and what it does."""

    text: str
    run: Callable[[], None]


def track_commands(tracks: TrackList, track: Track, choose_colour: Callable[[Track], None]) -> tuple[Command, ...]:
    """What can be done with a track; every change of it can be undone."""
    return (
        Command("Taller", lambda: tracks.resize(track.id, round(track.pixels * 1.5))),
        Command("Less tall", lambda: tracks.resize(track.id, round(track.pixels / 1.5))),
        Command("Usual height", lambda: tracks.replace(track.id, msgspec.structs.replace(track, height=0))),
        *_range_commands(tracks, track),
        Command("Colour…", lambda: choose_colour(track)),
        Command("Remove", lambda: tracks.remove(track.id)),
    )


def _range_commands(tracks: TrackList, track: Track) -> tuple[Command, ...]:
    """The other scale that a prediction can have."""
    if not isinstance(track, PredictionTrack):
        return ()
    text = "Range: 0 to 1" if track.fits_view else "Range: fit to view"
    other = msgspec.structs.replace(track, fits_view=not track.fits_view)
    return (Command(text, partial(tracks.replace, track.id, other)),)
