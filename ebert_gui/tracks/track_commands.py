"""The commands of one track, which its menu offers."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec

from ebert_gui.kinds.table import Kinds
from ebert_gui.state.history import History
from ebert_gui.state.tracks import Track


class Command(NamedTuple):
    """What the menu says, and what it does."""

    text: str
    run: Callable[[], None]


def track_commands(
    history: History, kinds: Kinds, track: Track, choose_colour: Callable[[Track], None]
) -> tuple[Command, ...]:
    """What can be done with a track; every change of it can be undone."""
    change = history.change

    def exchange(other: Track) -> None:
        change(history.setup.exchanged(track.id, other))

    return (
        Command("Taller", lambda: change(history.setup.resized(track.id, round(track.pixels * 1.5)))),
        Command("Less tall", lambda: change(history.setup.resized(track.id, round(track.pixels / 1.5)))),
        Command("Usual height", lambda: exchange(msgspec.structs.replace(track, height=0))),
        *(Command(text, partial(exchange, other)) for text, other in kinds.of(track).choices(track)),
        Command("Colour…", lambda: choose_colour(track)),
        Command("Remove", lambda: change(history.setup.without(track.id))),
    )
