"""A client over the lives of its workers: what is kept, what is forgotten, and what waits on its own."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QTimer
from pytestqt.qtbot import QtBot

from ebert_gui.state.fatal_files import FatalFiles
from ebert_gui.workers.client import WorkerClient, local_worker
from ebert_gui.workers.process import WorkerProcess
from ebert_gui.workers.state import Condition, Patience
from tests.certain import present
from tests.core.roles.toy_worker import Compute, Double, Number, Raise, Read, Work
from tests.gui.workers.clients import QUICK, Answers, wait_for


def waiting(client: WorkerClient) -> list[int]:
    """The intervals of the clocks that run."""
    return [timer.interval() for timer in client.findChildren(QTimer) if timer.isActive()]


def clocks_of(client: WorkerClient) -> list[int]:
    """The intervals of the client's own clocks that run."""
    return [timer.interval() for timer in client.children() if isinstance(timer, QTimer) and timer.isActive()]


def processes_of(client: WorkerClient) -> list[WorkerProcess]:
    """The processes that are kept, once Qt has freed those that wait for that."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return client.findChildren(WorkerProcess)


def kill(client: WorkerClient, qtbot: QtBot) -> None:
    os.kill(client.process_id, signal.SIGKILL)
    wait_for(qtbot, client, Condition.RESTARTING)


def test_the_worker_of_this_machine_is_this_python_with_the_program(
    qtbot: QtBot, new_client: Callable[..., WorkerClient]
) -> None:
    client = new_client(argv=local_worker("data"), patience=Patience())
    client.start()
    assert present(wait_for(qtbot, client, Condition.READY).hello).role == "data"
    assert local_worker("model")[0] == sys.executable


def test_a_ready_worker_is_only_asked_for_signs_of_life(client: WorkerClient) -> None:
    assert clocks_of(client) == [QUICK.beat]


@pytest.mark.parametrize("mode", ["stillborn", "fruitless", "other-version"])
def test_a_worker_that_was_given_up_leaves_no_clock_and_no_process(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], mode: str
) -> None:
    client = new_client(mode)
    client.start()
    wait_for(qtbot, client, Condition.FAILED)
    assert waiting(client) == []
    assert processes_of(client) == []


def test_between_two_workers_only_the_pause_runs(qtbot: QtBot, new_client: Callable[..., WorkerClient]) -> None:
    client = new_client(patience=Patience(beat=50, first_pause=30_000))
    client.start()
    wait_for(qtbot, client, Condition.READY)
    kill(client, qtbot)
    assert clocks_of(client) == [30_000]
    client.start()
    assert client.process_id == 0
    client.stop()
    assert client.state.condition == Condition.STOPPED
    assert clocks_of(client) == []


def test_the_pause_grows_with_each_end_and_begins_anew_when_a_person_starts_it(
    qtbot: QtBot, new_client: Callable[..., WorkerClient]
) -> None:
    client = new_client("fruitless")
    pauses = []

    def note(state) -> None:
        if state.condition == Condition.RESTARTING:
            pauses.extend(clocks_of(client))

    client.state_changed.connect(note)
    client.start()
    wait_for(qtbot, client, Condition.FAILED)
    assert pauses == [10, 40]
    client.start()
    wait_for(qtbot, client, Condition.RESTARTING)
    assert pauses == [10, 40, 10]


def test_a_second_start_starts_nothing(client: WorkerClient) -> None:
    number = client.process_id
    client.start()
    assert client.process_id == number
    assert len(processes_of(client)) == 1


def test_a_later_start_may_take_ten_times_what_the_last_took(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ebert_gui.workers.client._LEAST_START", 1)
    client = new_client(patience=Patience(start=30_000, beat=50, first_pause=10, end=300))
    began = time.monotonic()
    client.start()
    wait_for(qtbot, client, Condition.READY)
    took = 1000 * (time.monotonic() - began)
    kill(client, qtbot)
    wait_for(qtbot, client, Condition.READY)
    assert 10 < client._deadline.interval() <= 10 * (took + 1)


def test_a_request_that_was_cancelled_before_it_was_sent_is_never_sent(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], answers: Answers
) -> None:
    client = new_client()
    client.cancel(client.request(Double(21), Number, **answers.hears()))
    client.cancel(99)
    client.request(Double(4), Number, **answers.hears())
    client.start()
    qtbot.waitUntil(lambda: answers.replies == [Number(8)], timeout=10_000)
    assert answers.failures == []


def test_what_was_sent_to_one_worker_is_not_sent_to_the_next(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], answers: Answers
) -> None:
    client = new_client()
    client.request(Double(21), Number, **answers.hears())
    client.start()
    qtbot.waitUntil(lambda: answers.replies == [Number(42)], timeout=10_000)
    kill(client, qtbot)
    client.request(Double(4), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(42), Number(8)], timeout=10_000)
    assert answers.failures == []


def test_a_request_that_stops_when_it_is_cancelled_costs_no_worker(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    number, process = client.request(Work(30), Number, **answers.hears()), client.process_id
    qtbot.waitUntil(lambda: answers.progress != [])
    client.cancel(number)
    qtbot.wait(QUICK.cancel + 6 * QUICK.beat)
    assert client.process_id == process
    assert client.state.condition == Condition.READY


def test_a_request_that_stops_late_after_it_is_cancelled_costs_no_worker_either(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], answers: Answers
) -> None:
    client = new_client(patience=Patience(beat=20, silent_beats=1_000, cancel=120_000, end=300, first_pause=10))
    client.start()
    number = client.request(Compute(0.6), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.progress != [], timeout=20_000)
    process = client.process_id
    client.cancel(number)
    client.request(Double(4), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(8)], timeout=20_000)
    assert client.process_id == process


def test_a_worker_without_work_answers_for_its_life_and_is_left_alone(
    qtbot: QtBot, new_client: Callable[..., WorkerClient]
) -> None:
    client = new_client(patience=Patience(beat=40, silent_beats=50, end=300, first_pause=10))
    client.start()
    wait_for(qtbot, client, Condition.READY)
    process = client.process_id
    qtbot.wait(3_000)
    assert client.process_id == process


def test_a_worker_that_is_stopped_while_it_waits_to_start_again_stays_stopped(
    qtbot: QtBot, new_client: Callable[..., WorkerClient]
) -> None:
    client = new_client(patience=Patience(beat=50, first_pause=100))
    client.start()
    wait_for(qtbot, client, Condition.READY)
    kill(client, qtbot)
    client.stop()
    qtbot.wait(300)
    assert (client.state.condition, client.process_id) == (Condition.STOPPED, 0)


def test_a_file_on_which_a_worker_ends_by_itself_is_avoided(
    qtbot: QtBot, client: WorkerClient, answers: Answers, tmp_path: Path
) -> None:
    bad = tmp_path / "bad"
    bad.write_text("EXITS")
    client.request(Read(str(bad)), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.failures != [], timeout=10_000)
    assert [(failure.kind, failure.file) for failure in answers.failures] == [("avoided", str(bad))]


def test_of_two_files_that_ended_workers_the_forgiven_one_is_read_again(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], answers: Answers, tmp_path: Path
) -> None:
    kept = FatalFiles(tmp_path / "fatal-files.json")
    client = new_client(fatal=kept)
    client.start()
    paths = [tmp_path / name for name in ("a", "b")]
    for number, path in enumerate(paths):
        path.write_text("DEADLY")
        client.request(Read(str(path)), Number, **answers.hears())
        qtbot.waitUntil(lambda number=number: len(answers.failures) == number + 1, timeout=10_000)
    second = new_client(fatal=kept)
    second.forgive([str(paths[0])])
    second.request(Read(str(paths[1])), Number, **answers.hears())
    second.start()
    qtbot.waitUntil(lambda: len(answers.failures) == 3, timeout=10_000)
    assert answers.failures[-1].file == str(paths[1])
    second.request(Read(str(paths[0])), Number, **answers.hears())
    wait_for(qtbot, second, Condition.RESTARTING)


def test_a_worker_is_ready_again_when_its_only_request_has_failed(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    client.request(Raise("invalid"), Number, **answers.hears())
    assert client.state.condition == Condition.BUSY
    qtbot.waitUntil(lambda: answers.failures != [], timeout=10_000)
    assert client.state.condition == Condition.READY


def test_whoever_wants_no_progress_is_answered_all_the_same(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    client.request(Work(0.1), Number, answers.replies.append)
    qtbot.waitUntil(lambda: answers.replies == [Number(1)], timeout=10_000)
