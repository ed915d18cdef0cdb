"""The commands of one track, which its menu offers."""

from collections.abc import Callable
from functools import partial

import msgspec

from ebert_gui.commands.command import Choice
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.history import History
from ebert_gui.state.tracks import Track


def track_commands(
    history: History, kinds: Kinds, track: Track, choose_colour: Callable[[Track], None]
) -> tuple[Choice, ...]:
    """What can be done with a track; every change of it can be undone."""
    change = history.change

    def exchange(other: Track) -> None:
        change(history.setup.exchanged(track.id, other))

    return (
        Choice("Taller", lambda: change(history.setup.resized(track.id, round(track.pixels * 1.5)))),
        Choice("Less tall", lambda: change(history.setup.resized(track.id, round(track.pixels / 1.5)))),
        Choice("Usual height", lambda: exchange(msgspec.structs.replace(track, height=0))),
        *(Choice(text, partial(exchange, other)) for text, other in kinds.of(track).choices(track)),
        Choice("Colour…", lambda: choose_colour(track)),
        Choice("Remove", lambda: change(history.setup.without(track.id))),
    )
