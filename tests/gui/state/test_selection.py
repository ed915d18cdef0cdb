"""Which tracks are selected."""

import pytest

from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.state.history import History
from ebert_gui.state.selection import Selection
from ebert_gui.state.setup import Setup


@pytest.fixture
def history() -> History:
    history = History()
    history.restart(Setup(tracks=tuple(SignalTrack(id=name, signal=name) for name in "abcde")))
    return history


def test_tracks_are_selected_alone_in_addition_and_as_a_stretch(history: History) -> None:
    selection, told = Selection(history), []
    selection.changed.connect(lambda: told.append(selection.ids))
    selection.select(("c",))
    selection.toggle("a")
    selection.toggle("c")
    selection.select(("b",))
    selection.reach("d")
    selection.reach("a")
    selection.reach("nothing")
    assert told == [("c",), ("a", "c"), ("a",), ("b",), ("b", "c", "d"), ("a", "b")]


def test_a_step_selects_the_neighbour_and_stops_at_the_ends(history: History) -> None:
    selection = Selection(history)
    seen = []
    for by, adds in ((-1, False), (1, False), (-1, True)):
        selection.step(by, adds=adds)
        seen.append(selection.ids)
    selection.select(())
    selection.step(1)
    assert [*seen, selection.ids] == [("e",), ("e",), ("d", "e"), ("a",)]


def test_a_track_that_comes_back_is_selected_as_it_was(history: History) -> None:
    selection = Selection(history)
    selection.select(("b", "c"))
    history.change(history.setup.without("b"))
    assert [track.id for track in selection.tracks] == ["c"]
    history.undo()
    assert selection.ids == ("b", "c")


def test_without_tracks_nothing_is_selected() -> None:
    selection = Selection(History())
    selection.step(1)
    selection.reach("a")
    assert selection.ids == ()
