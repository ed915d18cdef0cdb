"""The window's end of a worker, with real processes that answer, print, raise, hang and die."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ebert_gui.workers.client import WorkerClient
from ebert_gui.workers.state import Condition, Failure, Patience
from tests.core.roles.toy_worker import (
    Big,
    Compute,
    Count,
    Die,
    Double,
    HoldInterpreter,
    Number,
    Raise,
    Values,
    Work,
)
from tests.gui.workers.clients import QUICK, TOY_WORKER, Answers, wait_for
from tests.processes import is_gone_within


def test_a_request_made_before_the_worker_is_ready_is_answered(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], answers: Answers
) -> None:
    client = new_client()
    client.request(Double(21), Number, **answers.hears())
    client.start()
    assert client.state.condition == Condition.STARTING
    qtbot.waitUntil(lambda: answers.replies == [Number(42)])
    assert client.state.condition == Condition.READY
    assert client.state.hello.role == "data"


def test_the_state_tells_when_the_worker_is_busy(qtbot: QtBot, client: WorkerClient, answers: Answers) -> None:
    conditions = []
    client.state_changed.connect(lambda state: conditions.append(state.condition))
    client.request(Work(0.3), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies != [])
    assert conditions == [Condition.BUSY, Condition.READY]
    assert answers.progress[0] == (0.5, "working")


def test_progress_that_nobody_asked_to_hear_is_told_by_a_signal(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    with qtbot.waitSignal(client.unheard_progress) as heard:
        client.request(Work(0.3), Number, answers.replies.append)
    assert heard.args == [0.5, "working"]
    qtbot.waitUntil(lambda: answers.replies != [])


def test_a_twenty_megabyte_reply_arrives_whole(qtbot: QtBot, client: WorkerClient, answers: Answers) -> None:
    client.request(Big(20_000_000), Values, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies != [], timeout=10_000)
    assert np.array_equal(answers.replies[0].values, np.arange(20_000_000, dtype=np.uint64).astype(np.uint8))


def test_a_handler_that_raises_fails_its_request_only(qtbot: QtBot, client: WorkerClient, answers: Answers) -> None:
    client.request(Raise("invalid"), Number, **answers.hears())
    client.request(Raise("bug"), Number, **answers.hears())
    client.request(Double(1), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(2)])
    assert [failure.kind for failure in answers.failures] == ["invalid", "bug"]
    assert answers.failures[0].message == "There is no chr99; this genome has chr1 to chr22."
    assert "Traceback" in answers.failures[1].details


def test_a_failure_that_nobody_asked_to_hear_is_told_by_a_signal(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    with qtbot.waitSignal(client.unheard_failure) as heard:
        client.request(Raise("bug"), Number, answers.replies.append)
    assert heard.args[0].kind == "bug"


def test_a_reply_of_another_type_is_a_failure(qtbot: QtBot, client: WorkerClient, answers: Answers) -> None:
    client.request(Double(1), Values, **answers.hears())
    qtbot.waitUntil(lambda: answers.failures != [])
    assert answers.failures[0].kind == "bug"


def test_a_thousand_superseded_requests_cost_two_computations(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    client.request(Compute(1.0), Number, view_key="view", **answers.hears())
    qtbot.waitUntil(lambda: answers.progress != [])
    for _ in range(1000):
        client.request(Work(0), Number, view_key="view", **answers.hears())
    qtbot.waitUntil(lambda: len(answers.replies) + len(answers.failures) == 1001, timeout=10_000)
    assert [failure.kind for failure in answers.failures] == ["replaced"] * 999
    assert answers.replies == [Number(1), Number(1)]


def test_a_cancelled_request_is_never_heard_of_again(qtbot: QtBot, client: WorkerClient, answers: Answers) -> None:
    number = client.request(Work(30), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.progress != [])
    client.cancel(number)
    assert client.state.condition == Condition.READY
    client.request(Count(), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(1)])
    assert answers.failures == []


def test_a_worker_that_cannot_stop_a_cancelled_request_is_replaced(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    number = client.request(Compute(60), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.progress != [])
    client.cancel(number)
    state = wait_for(qtbot, client, Condition.RESTARTING)
    assert "could not stop a cancelled request" in state.sentence
    client.request(Double(1), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(2)])


def test_a_worker_killed_while_it_computes_is_started_again(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    client.request(Compute(60), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.progress != [])
    os.kill(client.process_id, signal.SIGKILL)
    state = wait_for(qtbot, client, Condition.RESTARTING)
    assert state.sentence == "The data worker was ended from outside or crashed. It is being started again."
    qtbot.waitUntil(lambda: [failure.kind for failure in answers.failures] == ["lost"])
    client.request(Double(4), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(8)])


def test_asking_again_as_soon_as_a_request_is_lost_reaches_the_next_worker(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    def ask_again(failure: Failure) -> None:
        client.request(Double(4), Number, **answers.hears())

    client.request(Die(1), Number, answers.replies.append, ask_again)
    qtbot.waitUntil(lambda: answers.replies == [Number(8)], timeout=10_000)


def test_a_worker_that_ends_again_and_again_without_an_answer_is_given_up(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], answers: Answers
) -> None:
    client = new_client("fruitless")
    client.start()
    state = wait_for(qtbot, client, Condition.FAILED)
    assert state.sentence == (
        "The data worker ended by itself (exit code 7). It ended 3 times in a row and is not started again."
    )
    client.request(Double(1), Number, **answers.hears())
    qtbot.waitUntil(lambda: [failure.kind for failure in answers.failures] == ["lost"])
    client.start()
    client.request(Double(1), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(2)])


def test_a_request_without_a_file_is_not_sent_again_after_as_many_ends_as_restarts(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    def ask_again(failure: Failure) -> None:
        answers.failures.append(failure)
        if failure.kind == "lost":
            client.request(Die(7), Number, answers.replies.append, ask_again)

    client.request(Die(7), Number, answers.replies.append, ask_again)
    qtbot.waitUntil(lambda: len(answers.failures) == QUICK.restarts + 1, timeout=20_000)
    assert [failure.kind for failure in answers.failures] == ["lost", "lost", "avoided"]
    assert answers.failures[-1].message == "The data worker ended 3 times at this, so it is not asked again."
    client.request(Die(7), Number, **answers.hears())
    client.request(Double(4), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(8)])
    assert answers.failures[-1].kind == "avoided"
    client.forgive(None)
    client.request(Die(7), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.failures[-1].kind == "lost")


def test_a_worker_that_answers_is_started_again_however_often_it_is_killed(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    for number in range(QUICK.restarts + 3):
        client.request(Double(number), Number, **answers.hears())
        qtbot.waitUntil(lambda number=number: answers.replies[-1:] == [Number(2 * number)], timeout=20_000)
        os.kill(client.process_id, signal.SIGKILL)
        wait_for(qtbot, client, Condition.RESTARTING)
    assert answers.failures == []


def test_holding_the_interpreter_for_a_second_is_not_death(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    conditions = []
    client.state_changed.connect(lambda state: conditions.append(state.condition))
    client.request(HoldInterpreter(1000), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(1000)])
    assert conditions == [Condition.BUSY, Condition.READY]


def test_silence_without_end_is_death(qtbot: QtBot, new_client: Callable[..., WorkerClient], answers: Answers) -> None:
    patience = Patience(beat=50, silent_beats=30, end=300, first_pause=10)
    client = new_client(patience=patience)
    client.start()
    wait_for(qtbot, client, Condition.READY)
    client.request(HoldInterpreter(60_000), Number, **answers.hears())
    state = wait_for(qtbot, client, Condition.RESTARTING)
    assert "has been silent for 2 s" in state.sentence
    wait_for(qtbot, client, Condition.READY)


def test_a_banner_before_the_worker_does_no_harm(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], answers: Answers
) -> None:
    client = new_client("banner")
    client.start()
    client.request(Double(1), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(2)])


@pytest.mark.parametrize(
    ("mode", "sentence", "details"),
    [
        ("other-version", "on gpu-box is EBERT Browser 9.9 with protocol 99", ""),
        ("endless-banner", "No EBERT worker answered in the first 64 kB.", "All rights reserved. All"),
        ("stillborn", "The data worker ended by itself (exit code 1).", "No module named ebert_core"),
    ],
)
def test_what_another_start_would_not_mend_is_said_at_once(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], mode: str, sentence: str, details: str
) -> None:
    client = new_client(mode)
    client.start()
    state = wait_for(qtbot, client, Condition.FAILED)
    assert sentence in state.sentence
    assert details in state.details


@pytest.mark.parametrize("absent", ["torch", "msgspec"])
def test_a_model_worker_without_torch_is_told_from_one_that_lacks_anything_else(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], tmp_path: Path, absent: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"import sys; sys.modules['{absent}'] = None\n")
    client = new_client(argv=["env", f"PYTHONPATH={tmp_path}", sys.executable, "-m", "ebert_core", "worker", "model"])
    client.start()
    assert wait_for(qtbot, client, Condition.FAILED).lacks_torch is (absent == "torch")


def test_a_program_that_does_not_exist_is_named(qtbot: QtBot, new_client: Callable[..., WorkerClient]) -> None:
    client = new_client(argv=["/no/such/ebert"])
    client.start()
    state = wait_for(qtbot, client, Condition.FAILED)
    assert state.sentence == "The data worker could not be started: /no/such/ebert does not run."
    assert "No such file" in state.details


def test_an_oversized_frame_ends_the_worker_and_the_cap_ends_the_trying(
    qtbot: QtBot, new_client: Callable[..., WorkerClient]
) -> None:
    client = new_client("oversized")
    client.start()
    state = wait_for(qtbot, client, Condition.FAILED)
    assert "over the cap" in state.sentence
    assert "3 times in a row" in state.sentence


@pytest.mark.parametrize(("mode", "sentence"), [("two-faced", "said twice who it is"), ("nested", "holds no message")])
def test_a_worker_that_does_not_keep_to_the_channel_is_ended_and_in_the_end_given_up(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], mode: str, sentence: str
) -> None:
    client = new_client(mode)
    client.start()
    state = wait_for(qtbot, client, Condition.FAILED)
    assert sentence in state.sentence
    assert "3 times in a row" in state.sentence


def test_a_reply_that_is_larger_than_any_screen_needs_is_not_taken(
    qtbot: QtBot, client: WorkerClient, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ebert_gui.workers.client.LARGEST_REPLY", 5_000_000)
    client.request(Big(20_000_000), Values, **answers.hears())
    state = wait_for(qtbot, client, Condition.RESTARTING)
    assert "reply is over 5 MB and was not taken" in state.sentence
    qtbot.waitUntil(lambda: [failure.kind for failure in answers.failures] == ["lost"])


def test_a_worker_that_never_becomes_ready_gets_more_time_at_each_start(
    qtbot: QtBot, new_client: Callable[..., WorkerClient]
) -> None:
    client = new_client("silent", patience=Patience(start=100, end=300, first_pause=10, restarts=1))
    client.start()
    assert "not ready after 0 s" in wait_for(qtbot, client, Condition.RESTARTING).sentence
    wait_for(qtbot, client, Condition.FAILED)


def test_stopping_loses_what_is_outstanding_and_leaves_no_process(
    qtbot: QtBot, client: WorkerClient, answers: Answers
) -> None:
    client.request(Work(60), Number, **answers.hears())
    client.stop()
    wait_for(qtbot, client, Condition.STOPPED)
    assert client.process_id == 0
    assert [failure.kind for failure in answers.failures] == ["lost"]


def test_an_error_in_a_callback_does_not_stop_the_others(qtbot: QtBot, client: WorkerClient, answers: Answers) -> None:
    def fall_over(reply: Number) -> None:
        raise RuntimeError("a mistake in the window")

    with qtbot.capture_exceptions() as errors:
        client.request(Double(1), Number, fall_over)
        client.request(Double(2), Number, **answers.hears())
        qtbot.waitUntil(lambda: answers.replies == [Number(4)])
    assert str(errors[0][1]) == "a mistake in the window"


WINDOW = """
import sys
sys.path.insert(0, {folder!r})
from PyQt6.QtCore import QCoreApplication
from toy_worker import {body}, Number
from ebert_gui.state.fatal_files import FatalFiles
from ebert_gui.workers.client import WorkerClient
app = QCoreApplication([])
client = WorkerClient([sys.executable, {worker!r}], "data")
client.request({body}(60), Number, print, on_progress=lambda *_: print("busy", client.process_id, flush=True))
client.start()
app.exec()
"""


@pytest.mark.parametrize("body", ["Work", "Compute"])
def test_a_worker_is_gone_two_seconds_after_its_window_was_killed(tmp_path: Path, body: str) -> None:
    script = tmp_path / "window.py"
    script.write_text(WINDOW.format(folder=str(TOY_WORKER.parent), worker=str(TOY_WORKER), body=body))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as window:
        words = next(line.split() for line in window.stdout if line.startswith("busy"))
        window.kill()
    assert is_gone_within(int(words[1]), 2.0)
