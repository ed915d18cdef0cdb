"""The real window with real workers on a toy genome."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QRect
from pytestqt.qtbot import QtBot

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.app.window_program import WindowProgram
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.states import StatesTrack
from ebert_gui.windows.screens import lay_docks
from ebert_gui.workers.state import Condition
from tests.certain import present

# The offscreen platform says this of every top-level window.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 60_000


def _is_complete(program: WindowProgram) -> bool:
    return program.opener.is_settled and program.loader.is_idle and program.workspace.dataset is not None


def test_a_dataset_and_a_checkpoint_become_tracks_with_predictions(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, toy_model: Path
) -> None:
    program = open_window(dataset=str(toy_dataset), models=(str(toy_model),), locus="chr1:2000-8000")
    qtbot.waitUntil(lambda: _is_complete(program) and program.workspace.model is not None, timeout=LONG)
    assert program.window.messages.shown is None
    assert program.workspace.view.interval == Interval("chr1", 1999, 8000)
    for track in program.workspace.setup.tracks:
        content = program.loader.content(track)
        assert not content.sentence, track
        if isinstance(track, PredictionTrack):
            assert content.parts["prediction"]
        if isinstance(track, AttentionTrack):
            assert content.parts["attention"]
    assert program.window.attention_bar.isVisible()
    assert "toy" in program.window.windowTitle()


def test_docks_stand_where_they_stood_before(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, tmp_path: Path
) -> None:
    kept = str(tmp_path / "session.json")
    first = open_window(dataset=str(toy_dataset), session=kept)
    qtbot.waitUntil(lambda: _is_complete(first), timeout=LONG)
    first.window.model_dock.show()
    first.window.setGeometry(20, 60, 760, 500)
    first.window.close()
    second = open_window(dataset=str(toy_dataset), session=kept)
    qtbot.waitUntil(lambda: _is_complete(second), timeout=LONG)
    assert second.window.geometry() == QRect(20, 60, 760, 500)
    assert second.window.model_dock.isVisible()
    assert not second.window.track_dock.isVisible()
    second.window.actions_by_id["jobs.dock"].trigger()
    assert second.window.shown_jobs.dock().isVisible()
    lay_docks(second.window, "no layout of ours")
    assert second.window.model_dock.isVisible()


def test_both_docks_and_the_jobs_fit_into_a_small_screen(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, toy_model: Path
) -> None:
    program = open_window(dataset=str(toy_dataset), models=(str(toy_model),))
    program.window.resize(1280, 720)
    qtbot.waitUntil(lambda: _is_complete(program) and program.workspace.model is not None, timeout=LONG)
    program.window.track_dock.show()
    program.window.model_dock.show()
    program.window.actions_by_id["jobs.dock"].trigger()
    # Layouts that ask for more room get it when their request is handled.
    qtbot.waitUntil(lambda: program.window.shown_jobs.dock().isVisible(), timeout=LONG)
    program.window.grab()
    assert program.window.minimumSizeHint().width() <= 1280
    assert program.window.width() == 1280


def test_choosing_a_cell_type_in_the_bar_changes_the_tracks(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path
) -> None:
    program = open_window(dataset=str(toy_dataset))
    qtbot.waitUntil(lambda: _is_complete(program), timeout=LONG)
    bar, history = program.window.locus_bar, program.workspace.history

    def choose(box, name: str) -> None:
        box.setCurrentIndex(box.findData(name))
        box.activated.emit(box.currentIndex())

    first, second = bar.cell_type.currentData(), bar.compared.currentData()
    assert {first, second} == {"alpha", "beta"}
    choose(bar.compared, "")
    assert {track.cell_type for track in history.setup.tracks if isinstance(track, StatesTrack)} == {first}
    choose(bar.cell_type, second)
    assert {track.cell_type for track in history.setup.tracks if isinstance(track, StatesTrack)} == {second}
    choose(bar.compared, first)
    states = [track.cell_type for track in history.setup.tracks if isinstance(track, StatesTrack)]
    assert states == [second, first]
    assert bar.compared.currentText() == first


def test_what_changed_by_itself_is_said_in_the_window(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path
) -> None:
    program = open_window(dataset=str(toy_dataset))
    qtbot.waitUntil(lambda: _is_complete(program), timeout=LONG)
    program.opener.told.emit("small does not predict EP300, so the tracks show CTCF instead.")
    shown = program.window.messages.shown
    assert shown is not None
    assert shown.sentence == "small does not predict EP300, so the tracks show CTCF instead."


def test_a_locus_that_is_typed_is_shown_and_a_wrong_one_is_a_sentence(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path
) -> None:
    program = open_window(dataset=str(toy_dataset))
    qtbot.waitUntil(lambda: _is_complete(program), timeout=LONG)
    bar = program.window.locus_bar
    bar.locus.setText("chr2:101-200")
    bar.locus.returnPressed.emit()
    assert program.workspace.view.interval == Interval("chr2", 100, 200)
    bar.locus.setText("chr2:99m")
    bar.locus.returnPressed.emit()
    shown = program.window.messages.shown
    assert shown is not None
    assert "chr2 ends at 12,130" in shown.sentence


def test_a_killed_data_worker_is_named_and_the_tracks_come_back(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path
) -> None:
    program = open_window(dataset=str(toy_dataset))
    qtbot.waitUntil(lambda: _is_complete(program), timeout=LONG)
    os.kill(program.data.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: program.data.state.condition is Condition.RESTARTING, timeout=LONG)
    assert program.window.messages.shown is not None
    qtbot.waitUntil(lambda: program.data.state.condition is Condition.READY, timeout=LONG)
    program.workspace.view.show(Interval("chr2", 0, 2000))
    program.loader.ask()
    qtbot.waitUntil(lambda: _is_complete(program), timeout=LONG)
    states = next(track for track in program.workspace.setup.tracks if isinstance(track, StatesTrack))
    assert not program.loader.content(states).sentence
    assert program.loader.content(states).parts["states"]


def test_a_dataset_that_is_not_there_leaves_a_living_window_with_a_sentence(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, tmp_path: Path
) -> None:
    program = open_window(dataset=str(tmp_path / "none.toml"))
    qtbot.waitUntil(lambda: program.window.messages.shown is not None, timeout=LONG)
    assert "none.toml" in present(program.window.messages.shown).sentence
    assert program.window.isVisible()


def test_the_next_start_goes_on_where_this_one_ended(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path
) -> None:
    first = open_window(dataset=str(toy_dataset), locus="chr2:1000-2000")
    qtbot.waitUntil(lambda: _is_complete(first), timeout=LONG)
    removed = first.workspace.setup.tracks[0]
    first.workspace.history.change(first.workspace.setup.without(removed.id))
    first.window.close()
    second = open_window()
    qtbot.waitUntil(lambda: _is_complete(second), timeout=LONG)
    assert second.workspace.setup.tracks == first.workspace.setup.tracks
    assert second.workspace.view.interval == Interval("chr2", 999, 2000)


def test_closing_the_window_leaves_no_worker_behind(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path
) -> None:
    program = open_window(dataset=str(toy_dataset))
    qtbot.waitUntil(lambda: _is_complete(program), timeout=LONG)
    processes = [program.data.process_id, program.model.process_id]
    program.window.close()
    assert program.data.process_id == 0
    assert program.model.process_id == 0
    assert not [number for number in processes if number and Path(f"/proc/{number}/cmdline").exists()]


def test_a_window_that_is_closed_while_it_opens_starts_no_model_worker(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path
) -> None:
    program = open_window(dataset=str(toy_dataset))
    conditions = []
    program.model.state_changed.connect(lambda state: conditions.append(state.condition))
    program.workspace.dataset_changed.connect(program.window.close)
    with qtbot.waitSignal(program.window.closing, timeout=LONG):
        pass
    # The loader's last look comes after the end, and finds nothing to wait for.
    qtbot.waitUntil(lambda: program.loader.is_idle, timeout=LONG)
    program.window.canvas.grab()
    assert Condition.STARTING not in conditions
    assert program.model.process_id == 0


def test_track_files_alone_start_no_model_worker_and_a_dataset_does(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path
) -> None:
    program = open_window(files=(str(toy_dataset.parent / "alpha.bw"),))
    qtbot.waitUntil(lambda: _is_complete(program), timeout=LONG)
    program.window.canvas.grab()
    assert program.model.state.condition is Condition.STOPPED
    assert program.window.worker_states["model"].text() == "○ model: starts with a dataset"
    program.opener.open_dataset(str(toy_dataset))
    qtbot.waitUntil(lambda: program.model.state.condition is Condition.READY, timeout=LONG)
    qtbot.waitUntil(lambda: program.window.worker_states["model"].text() == "○ model: no checkpoint open", timeout=LONG)


@pytest.mark.parametrize(("cores", "is_started"), [(2, True), (1, False)])
def test_the_model_gets_ready_while_tracks_are_read_where_there_is_a_core_for_it(
    open_window: Callable[..., WindowProgram],
    toy_dataset: Path,
    toy_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    cores: int,
    is_started: bool,
) -> None:
    monkeypatch.setattr("ebert_gui.app.window_program.QThread.idealThreadCount", lambda: cores)
    program = open_window(dataset=str(toy_dataset), models=(str(toy_model),))
    assert (program.model.state.condition is not Condition.STOPPED) == is_started
