"""Undo and redo: one step for one gesture, and whoever follows is told once."""

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.sequence import SequenceTrack
from ebert_gui.state.history import History
from ebert_gui.state.pane import Span
from ebert_gui.state.setup import Setup


def _history() -> History:
    history = History()
    history.restart(Setup(tracks=(GenesTrack(id="genes"), SequenceTrack(id="bases"))))
    return history


def test_a_drag_is_one_step_and_two_drags_are_two() -> None:
    history = _history()
    began = history.setup
    for drag in ("first", "second"):
        for height in range(30, 230):
            history.change(history.setup.resized("genes", height + len(drag)), drag)
    history.undo()
    assert history.setup == began.resized("genes", 229 + len("first"))
    history.undo()
    assert history.setup == began
    assert not history.can_undo


def test_a_gesture_that_something_else_interrupts_is_begun_anew() -> None:
    history = _history()
    history.change(history.setup.resized("genes", 50), "drag")
    history.change(history.setup.redrawn(("genes",), lambda drawn: drawn.changed(colour="#102030")))
    history.change(history.setup.resized("genes", 60), "drag")
    history.undo()
    assert [track.height for track in history.setup.tracks] == [50, 0]
    history.change(history.setup.resized("genes", 70), "drag")
    history.undo()
    assert [track.height for track in history.setup.tracks] == [50, 0]


def test_changes_without_a_gesture_are_steps_of_their_own() -> None:
    history = _history()
    for height in (50, 60):
        history.change(history.setup.resized("genes", height))
    history.undo()
    assert history.setup.tracks[0].height == 50


def test_what_changes_nothing_is_no_step_is_not_told_and_takes_no_redo_away() -> None:
    history = _history()
    history.change(history.setup.without("genes"))
    history.undo()
    told: list[str] = []
    history.changed.connect(lambda: told.append("changed"))
    history.change(history.setup.without("none"))
    history.move(history.setup)
    assert (history.can_undo, history.can_redo, told) == (False, True, [])


def test_undo_and_redo_are_announced_to_whoever_follows_what_changes_and_to_nobody_else() -> None:
    history = _history()
    told: list[str] = []
    history.follow(lambda setup: setup.tracks).connect(lambda: told.append("tracks"))
    history.follow(lambda setup: setup.anchor).connect(lambda: told.append("anchor"))
    history.changed.connect(lambda: told.append("changed"))
    history.change(history.setup.anchored_at(Interval("chr1", 5, 6)))
    history.change(history.setup.without("genes"))
    assert told == ["anchor", "changed", "tracks", "changed"]
    told.clear()
    history.undo()
    history.undo()
    history.undo()
    history.redo()
    assert told == ["tracks", "changed", "anchor", "changed", "anchor", "changed"]


def test_who_is_told_may_change_the_setup_again_and_nobody_misses_a_change() -> None:
    history = _history()
    told: list[str] = []

    def name_it() -> None:
        if not history.setup.factor:
            history.change(history.setup.of_cell_type("beta"))

    history.follow(lambda setup: setup.tracks).connect(name_it)
    history.follow(lambda setup: setup.cell_type).connect(lambda: told.append(history.setup.cell_type))
    history.follow(lambda setup: len(setup.tracks)).connect(lambda: told.append(str(len(history.setup.tracks))))
    history.change(history.setup.without("genes"))
    assert told == ["beta", "1"]


def test_a_step_back_leaves_the_place_where_it_is() -> None:
    history = _history()
    history.change(history.setup.without("genes"))
    history.move(history.setup.with_span(Span("chr2", 5.5, 90.0)))
    history.undo()
    assert [track.id for track in history.setup.tracks] == ["genes", "bases"]
    assert history.setup.pane.span == Span("chr2", 5.5, 90.0)
    history.move(history.setup.with_span(Span("chr3", 5.5, 90.0)))
    history.redo()
    assert [track.id for track in history.setup.tracks] == ["bases"]
    assert history.setup.pane.span == Span("chr3", 5.5, 90.0)


def test_a_drag_that_came_back_to_its_start_is_nothing_to_undo_wherever_the_view_is_by_then() -> None:
    history = _history()
    began = history.setup
    history.change(history.setup.without("bases"))
    history.change(history.setup.resized("genes", 50))
    for height in (60, 50):
        history.change(history.setup.resized("genes", height), "drag")
    history.move(history.setup.with_span(Span("chr2", 5.5, 90.0)))
    history.undo()
    assert history.setup.tracks == (GenesTrack(id="genes"),)
    history.undo()
    assert history.setup.tracks == began.tracks
    assert not history.can_undo


def _added(history: History) -> tuple[str, ...]:
    """Asked anew each time: mypy takes an attribute for what it was when it was last compared."""
    return history.added


def test_what_a_change_brought_in_is_named_and_what_was_there_is_not() -> None:
    history = _history()
    history.change(history.setup.with_added(GenesTrack(id="new")))
    assert _added(history) == ("new",)
    history.move(history.setup.with_span(Span("chr2", 5.5, 90.0)))
    assert _added(history) == ("new",)
    history.change(history.setup.moved("new", 0))
    assert _added(history) == ()
    history.change(history.setup.with_tracks((GenesTrack(id="other"),)), reveals=False)
    assert _added(history) == ()
    history.undo()
    assert _added(history) == ("new", "genes", "bases")


def test_a_new_change_forgets_what_was_undone_and_a_new_beginning_forgets_all() -> None:
    history = _history()
    history.change(history.setup.without("genes"))
    history.undo()
    history.change(history.setup.without("bases"))
    assert not history.can_redo
    history.change(history.setup.without("genes"))
    history.undo()
    told: list[str] = []
    history.changed.connect(lambda: told.append("changed"))
    history.restart(Setup(factor="CTCF"))
    assert (history.can_undo, history.can_redo, history.added, told) == (False, False, (), [])
    history.undo()
    history.redo()
    assert history.setup == Setup(factor="CTCF")


def test_a_hundred_steps_are_remembered() -> None:
    history = _history()
    for height in range(20, 170):
        history.change(history.setup.resized("genes", height))
    for _ in range(150):
        history.undo()
    assert history.setup.tracks[0].height == 69
