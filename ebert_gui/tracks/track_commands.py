"""The commands of chosen tracks, which their menu offers; those on settings come from what the settings are."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import msgspec

from ebert_core.protocol.specs.fields import Field
from ebert_gui.commands.command import Choice
from ebert_gui.kinds.kind import Joined
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.history import History
from ebert_gui.state.settings import shared_fields, value_of
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track

Change = Callable[[Setup, Track], Setup]


def track_commands(
    history: History, tracks: Sequence[Track], show_settings: Callable[[], None], kinds: Kinds | None = None
) -> tuple[Choice, ...]:
    """What can be done with these tracks, which are selected; every change is one step, which can be undone."""
    joining = join_choices(history, tracks, kinds) if kinds is not None else ()

    def each(text: str, change: Change) -> Choice:
        return Choice(text, lambda: history.change(_changed(history.setup, tracks, change)))

    return (
        Choice("Settings…", show_settings),
        *setting_choices(history, tracks),
        *((Choice(), *joining) if joining else ()),
        Choice(),
        each("Taller", lambda setup, track: setup.resized(track.id, round(track.pixels * 1.5))),
        each("Less tall", lambda setup, track: setup.resized(track.id, round(track.pixels / 1.5))),
        each("Usual height", lambda setup, track: setup.exchanged(track.id, msgspec.structs.replace(track, height=0))),
        Choice(),
        each("Remove", lambda setup, track: setup.without(track.id)),
    )


def join_choices(history: History, tracks: Sequence[Track], kinds: Kinds) -> tuple[Choice, ...]:
    """What can be made of these tracks, and that such a one is taken apart again; nothing where neither can be."""
    made = [Choice(each.name, partial(_join, history, tracks, each)) for each in kinds.made_of(tracks)]
    if len(tracks) == 1 and tracks[0].joined:
        made.append(Choice("Take apart", partial(_take_apart, history, tracks[0])))
    return tuple(made)


def _join(history: History, tracks: Sequence[Track], joined: Joined) -> None:
    """Show the new track in the place of the first of these, or below the last where they stay."""
    setup, ids = history.setup, {track.id for track in tracks}
    places = [place for place, track in enumerate(setup.tracks) if track.id in ids]
    if joined.in_their_place:
        for each in ids:
            setup = setup.without(each)
        history.change(setup.with_added(joined.track, index=places[0]))
    else:
        history.change(setup.with_added(joined.track, index=places[-1] + 1))


def _take_apart(history: History, track: Track) -> None:
    """Show the tracks that one was made of in its place."""
    place = [each.id for each in history.setup.tracks].index(track.id)
    history.change(history.setup.without(track.id).with_added(*track.joined, index=place))


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
