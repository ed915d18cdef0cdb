"""The commands of chosen tracks, which their menu offers; those on settings come from what the settings are."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from ebert_core.protocol.specs.fields import Field
from ebert_gui.commands.command import Choice
from ebert_gui.state.history import History
from ebert_gui.state.settings import shared_fields, value_of
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track

Change = Callable[[Setup, Track], Setup]


def track_commands(history: History, tracks: Sequence[Track], show_settings: Callable[[], None]) -> tuple[Choice, ...]:
    """What can be done with these tracks, which are selected; every change is one step, which can be undone."""

    def each(text: str, change: Change) -> Choice:
        return Choice(text, lambda: history.change(_changed(history.setup, tracks, change)))

    return (
        Choice("Settings…", show_settings),
        *setting_choices(history, tracks),
        Choice(),
        each("Taller", lambda setup, track: setup.resized(track.id, round(track.pixels * 1.5))),
        each("Less tall", lambda setup, track: setup.resized(track.id, round(track.pixels / 1.5))),
        each("Usual height", lambda setup, track: setup.exchanged(track.id, msgspec.structs.replace(track, height=0))),
        Choice(),
        each("Remove", lambda setup, track: setup.without(track.id)),
    )


def setting_choices(history: History, tracks: Sequence[Track]) -> tuple[Choice, ...]:
    """A line for each setting that all these tracks have and that has few values."""
    drawn = [track.drawn for track in tracks]
    shown = (field for field in shared_fields(drawn) if all(field.has_effect(each) for each in drawn))
    return tuple(filter(None, (_choice_of(history, tracks, field) for field in shown)))


def _choice_of(history: History, tracks: Sequence[Track], field: Field) -> Choice | None:
    now = value_of((track.drawn for track in tracks), field.name)

    def choose(text: str, value: Any, is_on: bool) -> Choice:  # Any: the values of the field
        chosen = {field.name: value}
        ids = [track.id for track in tracks]
        return Choice(
            text, lambda: history.change(history.setup.redrawn(ids, lambda drawn: drawn.changed(**chosen))), is_on=is_on
        )

    title = field.title.replace("&", "")
    if field.type is bool:
        return choose(f"{title}: {field.says.tick}" if field.says.tick else title, now is not True, now is True)
    if field.choices:
        words = ((field.says.words.get(value, str(value)), value) for value in field.choices)
        return Choice(title, choices=tuple(choose(text, value, now == value) for text, value in words))
    return None


def _changed(setup: Setup, tracks: Iterable[Track], change: Change) -> Setup:
    for track in tracks:
        setup = change(setup, track)
    return setup
