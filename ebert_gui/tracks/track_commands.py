"""The commands of one track, which its menu offers."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec

from ebert_gui.kinds.table import Kinds
from ebert_gui.state.track_list import TrackList
from ebert_gui.state.tracks import Track


class Command(NamedTuple):
    """What the menu says, and what it does."""

    text: str
    run: Callable[[], None]


def track_commands(
    tracks: TrackList, kinds: Kinds, track: Track, choose_colour: Callable[[Track], None]
) -> tuple[Command, ...]:
    """What can be done with a track; every change of it can be undone."""
    return (
        Command("Taller", lambda: tracks.resize(track.id, round(track.pixels * 1.5))),
        Command("Less tall", lambda: tracks.resize(track.id, round(track.pixels / 1.5))),
        Command("Usual height", lambda: tracks.replace(track.id, msgspec.structs.replace(track, height=0))),
        *(Command(text, partial(tracks.replace, track.id, other)) for text, other in kinds.of(track).choices(track)),
        Command("Colour…", lambda: choose_colour(track)),
        Command("Remove", lambda: tracks.remove(track.id)),
    )
