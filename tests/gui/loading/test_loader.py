"""What is asked for, what is dropped, and what is drawn meanwhile."""

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from ebert_core.protocol.sources import (
    MeasuredPeaks,
    MeasuredSignal,
    Smoothed,
)
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.kinds.overlay import OverlayTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import VALUES, SignalTrack
from ebert_gui.loading.loader import GESTURE_MILLISECONDS, Loader
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState
from tests.gui.asked import is_of
from tests.gui.loading.recording import RecordingClient, content_of
from tests.toy_summaries import checkpoint_summary


def test_what_is_on_screen_is_asked_for_before_the_margin(
    loader: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    visible = workspace.view.interval
    overlaps = [request.interval.overlaps(visible) for request in data.requests(MeasuredSignal)]
    assert overlaps == sorted(overlaps, reverse=True)
    assert any(overlaps)


def test_a_pan_inside_the_margin_loads_nothing(loader: Loader, data: RecordingClient, workspace: Workspace) -> None:
    data.answer_all()
    before = len(data.asked)
    workspace.view.pan_by(4_000)
    loader.ask()
    workspace.view.pan_by(-8_000)
    loader.ask()
    asked = [request for request in data.asked[before:] if request.interval.overlaps(workspace.view.interval)]
    assert asked == []


def test_settings_that_concern_drawing_alone_load_nothing(
    loader: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    data.answer_all()
    before, history = len(data.asked), workspace.history
    signals = [track.id for track in workspace.setup.tracks if isinstance(track, SignalTrack)]
    for chosen in (
        {"form": "line"},
        {"statistic": "maximum"},
        {"spacing": "log"},
        {"low": 0.1, "high": 9.0},
        {"reach": "99"},
        {"shared": "group", "group": "mine"},
        {"colour": "#123456", "below": "#654321"},
        {"has_zero_line": False},
    ):
        history.change(history.setup.redrawn(signals, lambda drawn, chosen=chosen: drawn.changed(**chosen)))
        loader.ask()
    assert signals
    assert len(data.asked) == before


def test_a_signal_that_is_smoothed_is_read_smoothed_over_the_same_places(
    loader: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    data.answer_all()
    plain, history = data.requests(MeasuredSignal), workspace.history
    signals = [track.id for track in workspace.setup.tracks if isinstance(track, SignalTrack)]
    before = content_of(loader, workspace, SignalTrack)
    history.change(history.setup.redrawn(signals, lambda drawn: drawn.changed(smoothing=500)))
    loader.ask()
    meanwhile = content_of(loader, workspace, SignalTrack)
    assert meanwhile.is_loading
    assert meanwhile.parts == before.parts, "what is drawn stays until the smoothed values come"
    data.answer_all()
    smooth = content_of(loader, workspace, SignalTrack)
    assert not smooth.is_loading
    assert not {held.serial for held in smooth.of(VALUES)} & {held.serial for held in before.of(VALUES)}
    found = data.requests(Smoothed)
    assert {each.interval for each in found} == {each.interval for each in plain}
    assert {each.source.window for each in found} == {500}
    asked = len(data.asked)
    history.undo()
    loader.ask()
    assert len(data.asked) == asked, "what was read before is still kept"


def test_signals_that_are_laid_over_each_other_are_not_read_again(
    loader: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    data.answer_all()
    history = workspace.history
    signals = [track for track in workspace.setup.tracks if isinstance(track, SignalTrack)]
    other = replace(signals[0], id="", signal="another")
    history.change(history.setup.with_added(other))
    loader.ask()
    data.answer_all()
    before = len(data.asked)
    overlay = OverlayTrack(layers=(signals[0], other))
    history.change(history.setup.without(signals[0].id).without(history.setup.tracks[-1].id).with_added(overlay))
    loader.ask()
    assert len(data.asked) == before
    content = loader.content(history.setup.tracks[-1])
    assert [len(content.parts[name]) > 0 for name in ("signal 0", "signal 1")] == [True, True]
    assert not content.is_loading


def test_coming_back_to_a_place_loads_nothing(loader: Loader, data: RecordingClient, workspace: Workspace) -> None:
    data.answer_all()
    workspace.view.show(Interval("chr1", 3_000_000, 3_020_000))
    loader.ask()
    data.answer_all()
    before = len(data.asked)
    workspace.view.go_back()
    loader.ask()
    assert len(data.asked) == before


def test_tiles_nobody_looks_at_any_more_are_cancelled(
    loader: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    workspace.view.show(Interval("chr1", 3_000_000, 3_020_000))
    loader.ask()
    places = [body.interval for body, _, _ in data.open.values()]
    assert all(place.start > 2_900_000 for place in places)


def test_a_gesture_is_followed_after_a_moment_without_being_told(
    qtbot: QtBot, loader: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    before = len(data.asked)
    workspace.view.show(Interval("chr1", 3_000_000, 3_020_000))
    qtbot.waitUntil(lambda: len(data.asked) > before, timeout=5000)


def test_a_neighbouring_level_is_drawn_while_the_right_one_is_awaited(
    loader: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    data.answer_all()
    workspace.view.zoom(4)
    loader.ask()
    stretched = content_of(loader, workspace, SignalTrack)
    assert stretched.is_loading
    assert stretched.of(VALUES)
    data.answer_all()
    fresh = content_of(loader, workspace, SignalTrack)
    assert not fresh.is_loading
    assert {held.level for held in fresh.of(VALUES)} != {held.level for held in stretched.of(VALUES)}


def test_what_a_person_can_put_right_is_said_in_the_track_and_not_asked_again(
    loader: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    data.fail_all(Failure("invalid", "alpha.bw is empty.", "details"))
    content = content_of(loader, workspace, SignalTrack)
    assert (content.sentence, content.details, content.is_error) == ("alpha.bw is empty.", "details", True)
    before = len(data.asked)
    loader.ask()
    assert len(data.asked) == before
    loader.retry()
    loader.ask()
    assert len(data.asked) > before


def test_what_a_lost_worker_left_open_is_asked_again(loader: Loader, data: RecordingClient) -> None:
    lost = [body for body, _, _ in data.open.values()]
    data.state = WorkerState(Condition.RESTARTING)
    data.fail_all(Failure("lost", "gone"))
    loader.ask()
    assert not data.open
    data.state = WorkerState(Condition.READY)
    loader.retry()
    loader.ask()
    assert sorted(map(repr, lost)) == sorted(repr(body) for body, _, _ in data.open.values())


def test_a_file_that_ended_a_worker_is_offered_again_and_asked_once_more_when_the_offer_is_taken(
    loader: Loader, data: RecordingClient, model: RecordingClient, workspace: Workspace
) -> None:
    data.fail_all(Failure("avoided", "The data worker ended while it read /d/x.bw.", "signal 11", "/d/x.bw"))
    content = content_of(loader, workspace, SignalTrack)
    assert (content.link, content.avoided, content.is_error) == ("Try again", "/d/x.bw", True)
    loader.ask()
    assert data.open == {}
    loader.take_offer(next(track for track in workspace.setup.tracks if isinstance(track, SignalTrack)))
    loader.ask()
    assert data.forgiven == model.forgiven == [("/d/x.bw",)]
    assert any(is_of(body, MeasuredSignal) for body, _, _ in data.open.values())
    assert not content_of(loader, workspace, SignalTrack).sentence


def test_what_no_file_is_to_blame_for_is_offered_again_with_all_that_is_avoided(
    loader: Loader, data: RecordingClient, model: RecordingClient, workspace: Workspace
) -> None:
    data.fail_all(Failure("avoided", "The data worker ended 5 times at this, so it is not asked again."))
    content = content_of(loader, workspace, SignalTrack)
    assert (content.link, content.avoided) == ("Try again", "")
    loader.take_offer(next(track for track in workspace.setup.tracks if isinstance(track, SignalTrack)))
    assert data.forgiven == model.forgiven == [None]


def test_the_time_of_a_region_counts_both_strands(loader: Loader, data: RecordingClient, workspace: Workspace) -> None:
    workspace.view.show(Interval("chr1", 0, 1_200_000))
    workspace.open_model(checkpoint_summary())
    loader.ask()
    data.answer_all()
    # 60,000 bases of one strand in a second, until something was measured.
    assert content_of(loader, workspace, PredictionTrack).link == "compute this region, about 40 s"


def test_a_failure_speaks_of_its_own_place_only(
    with_checkpoint: Loader, model: RecordingClient, workspace: Workspace
) -> None:
    model.fail_all(Failure("invalid", "The sequence cannot be read.", "details"))
    failed = content_of(with_checkpoint, workspace, PredictionTrack)
    assert (failed.sentence, failed.is_error) == ("The sequence cannot be read.", True)
    workspace.view.show(Interval("chr1", 3_000_000, 3_020_000))
    with_checkpoint.ask()
    assert content_of(with_checkpoint, workspace, PredictionTrack).is_loading
    model.answer_all()
    with_checkpoint.ask()
    elsewhere = content_of(with_checkpoint, workspace, PredictionTrack)
    assert (elsewhere.sentence, elsewhere.is_loading) == ("", False)
    workspace.view.show(Interval("chr1", 1_000_000, 1_020_000))
    with_checkpoint.ask()
    assert content_of(with_checkpoint, workspace, PredictionTrack).is_error


def test_a_failure_is_not_spoken_of_while_its_place_is_asked_for_anew(
    with_checkpoint: Loader, model: RecordingClient, workspace: Workspace
) -> None:
    model.fail_all(Failure("invalid", "The sequence cannot be read.", "details"))
    workspace.view.pan_by(15_000)
    with_checkpoint.ask()
    content = content_of(with_checkpoint, workspace, PredictionTrack)
    assert (content.is_error, content.is_loading) == (False, True)


def test_a_jump_asks_at_once_and_a_gesture_that_goes_on_once_in_a_while(
    loader: Loader, data: RecordingClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("ebert_gui.loading.loader.time.monotonic", lambda: clock[0])
    loader.ask()
    clock[0] += 5
    before = len(data.asked)
    workspace.view.show(Interval("chr1", 3_000_000, 3_020_000))
    jumped = len(data.asked)
    assert jumped > before
    clock[0] += 0.010
    workspace.view.pan_by(40_000)
    assert len(data.asked) == jumped
    assert loader._timer.isActive()
    assert loader._timer.interval() == GESTURE_MILLISECONDS - 10


def test_an_arrival_says_whether_more_of_what_is_in_sight_is_awaited(
    loader: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    said: list[bool] = []
    data.asked.clear()
    data.open.clear()
    loader.retry()
    workspace.view.show(Interval("chr1", 1_020_000, 1_040_000))
    loader.ask()
    loader.arrived.connect(said.append)
    visible = sum(request.interval.overlaps(workspace.view.interval) for request in data.asked)
    assert 1 < visible < len(data.asked)
    data.answer_all()
    assert said == [True] * (visible - 1) + [False] + [True] * (len(said) - visible)


def test_a_file_that_joins_the_dataset_leaves_the_other_tracks_as_they_are(
    loader: Loader, workspace: Workspace, data: RecordingClient
) -> None:
    data.answer_all()
    before = content_of(loader, workspace, SignalTrack)
    assert before.of(VALUES)
    data.asked.clear()
    workspace.refresh_dataset(workspace.dataset)
    loader.ask()
    assert content_of(loader, workspace, SignalTrack).parts == before.parts
    assert data.asked == []
    workspace.open_dataset(workspace.dataset)
    loader.ask()
    assert data.requests(MeasuredSignal)
    assert not content_of(loader, workspace, SignalTrack).of(VALUES)


def test_tracks_in_sight_are_asked_for_first_and_awaited_alone(
    loader: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    signal, peaks = (
        next(track for track in workspace.setup.tracks if isinstance(track, kind)) for kind in (SignalTrack, PeaksTrack)
    )
    assert workspace.setup.tracks.index(signal) < workspace.setup.tracks.index(peaks)
    loader.prefer(frozenset([peaks.id]))
    data.answer_all()
    data.asked.clear()
    said: list[bool] = []
    loader.arrived.connect(said.append)
    workspace.view.show(Interval("chr1", 3_000_000, 3_020_000))
    loader.ask()
    kinds = [type(request.source) for request in data.asked]
    assert kinds[0] is MeasuredPeaks
    assert kinds.index(MeasuredSignal) > kinds.index(MeasuredPeaks)
    in_sight = kinds.index(MeasuredSignal)
    data.answer_all()
    assert said.index(False) == in_sight - 1
    assert said.count(False) == 1


def test_what_is_asked_again_is_not_awaited_twice(loader: Loader, data: RecordingClient) -> None:
    before = list(data.open)
    assert before
    loader.retry()
    assert data.open == {}
    loader.ask()
    assert len(data.open) == len(before)
    assert not set(data.open) & set(before)


def test_a_picture_waits_until_all_has_come_and_no_longer(loader: Loader, data: RecordingClient) -> None:
    told: list[bool] = []
    loader.idle.connect(lambda: told.append(loader.is_idle))
    assert not loader.is_idle
    data.answer_all()
    assert loader.is_idle
    assert told[-1]
    told.clear()
    loader.schedule()
    assert not loader.is_idle
    loader.ask()
    assert (told, data.open) == ([True], {})
