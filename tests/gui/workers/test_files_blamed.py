"""A file on which a worker ends is not read again; the others are."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from ebert_gui.state.fatal_files import FatalFiles
from ebert_gui.workers.client import WorkerClient
from ebert_gui.workers.state import Condition, Failure, Patience
from tests.core.roles.toy_worker import (
    Compute,
    Double,
    Number,
    Read,
)
from tests.gui.workers.clients import Answers, wait_for


def test_a_file_that_ends_the_worker_is_not_read_again_and_the_others_are(
    qtbot: QtBot, client: WorkerClient, answers: Answers, tmp_path: Path
) -> None:
    for number in range(8):
        (tmp_path / f"deadly-{number}").write_text("DEADLY")
        client.request(Read(str(tmp_path / f"deadly-{number}")), Number, **answers.hears())
        qtbot.waitUntil(lambda number=number: len(answers.failures) == number + 1, timeout=10_000)
    assert [failure.file for failure in answers.failures] == [str(tmp_path / f"deadly-{n}") for n in range(8)]
    assert "ended from outside or crashed" in answers.failures[0].details
    processes = set()
    client.state_changed.connect(lambda _state: processes.add(client.process_id))
    client.request(Read(str(tmp_path / "deadly-3")), Number, **answers.hears())
    client.request(Double(4), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(8)], timeout=10_000)
    assert answers.failures[-1] == Failure(
        "avoided",
        f"The data worker ended while it read {tmp_path}/deadly-3. This is not tried again until the file changes.",
        file=str(tmp_path / "deadly-3"),
    )
    (tmp_path / "deadly-3").write_text("mended")
    client.request(Read(str(tmp_path / "deadly-3")), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(8), Number(6)])


def test_the_next_window_does_not_read_it_either_until_a_person_wants_it(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], answers: Answers, tmp_path: Path
) -> None:
    deadly, kept = tmp_path / "deadly", tmp_path / "fatal-files.json"
    deadly.write_text("DEADLY")
    first = new_client(fatal=FatalFiles(kept))
    first.start()
    first.request(Read(str(deadly)), Number, **answers.hears())
    qtbot.waitUntil(lambda: [failure.kind for failure in answers.failures] == ["avoided"], timeout=10_000)
    second = new_client(fatal=FatalFiles(kept))
    conditions = []
    second.state_changed.connect(lambda state: conditions.append(state.condition))
    second.start()
    second.request(Read(str(deadly)), Number, **answers.hears())
    qtbot.waitUntil(lambda: [failure.kind for failure in answers.failures] == ["avoided"] * 2, timeout=10_000)
    assert Condition.RESTARTING not in conditions
    second.forgive([str(deadly)])
    second.request(Read(str(deadly)), Number, **answers.hears())
    wait_for(qtbot, second, Condition.RESTARTING)


def test_a_worker_that_cannot_stop_reading_a_file_is_kept_from_it(
    qtbot: QtBot, client: WorkerClient, answers: Answers, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("SLOW")
    number = client.request(Read(str(slow)), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.progress != [])
    client.cancel(number)
    assert f"was ended while it read {slow}" in wait_for(qtbot, client, Condition.RESTARTING).sentence
    client.request(Read(str(slow)), Number, **answers.hears())
    qtbot.waitUntil(lambda: [failure.file for failure in answers.failures] == [str(slow)])


def test_a_file_that_never_comes_costs_its_own_request_although_nobody_cancels_it(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], answers: Answers, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("SLOW")
    client = new_client(patience=Patience(beat=50, silent_beats=100, stuck_beats=30, end=300, first_pause=10))
    client.start()
    client.request(Read(str(slow)), Number, **answers.hears())
    state = wait_for(qtbot, client, Condition.RESTARTING)
    assert f"did not get on for 2 s and was ended while it read {slow}" in state.sentence
    client.request(Double(4), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.replies == [Number(8)], timeout=10_000)
    assert [failure.file for failure in answers.failures] == [str(slow)]


def test_work_that_reports_or_reads_no_file_may_take_as_long_as_it_takes(
    qtbot: QtBot, new_client: Callable[..., WorkerClient], answers: Answers, tmp_path: Path
) -> None:
    talks = tmp_path / "talks"
    talks.write_text("TALKS")
    client = new_client(patience=Patience(beat=50, silent_beats=100, stuck_beats=8, end=300, first_pause=10))
    client.start()
    client.request(Read(str(talks)), Number, **answers.hears())
    client.request(Compute(0.6), Number, **answers.hears())
    qtbot.waitUntil(lambda: len(answers.replies) == 2, timeout=10_000)
    assert answers.failures == []


def test_a_worker_that_is_asked_to_end_blames_no_file(
    qtbot: QtBot, client: WorkerClient, answers: Answers, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("SLOW")
    client.request(Read(str(slow)), Number, **answers.hears())
    qtbot.waitUntil(lambda: answers.progress != [])
    os.kill(client.process_id, signal.SIGTERM)
    qtbot.waitUntil(lambda: [failure.kind for failure in answers.failures] == ["lost"])


def kill_while_it_reads(qtbot: QtBot, client: WorkerClient, answers: Answers, slow: Path) -> None:
    told, lost = len(answers.progress), len(answers.failures)
    client.request(Read(str(slow)), Number, **answers.hears())
    qtbot.waitUntil(lambda: len(answers.progress) > told, timeout=20_000)
    os.kill(client.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: len(answers.failures) > lost, timeout=20_000)


def test_a_file_is_blamed_for_a_killed_worker_when_it_happens_twice(
    qtbot: QtBot, client: WorkerClient, answers: Answers, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("SLOW")
    kill_while_it_reads(qtbot, client, answers, slow)
    kill_while_it_reads(qtbot, client, answers, slow)
    assert [failure.kind for failure in answers.failures] == ["lost", "avoided"]


def test_a_file_that_was_read_between_two_kills_is_blamed_for_neither(
    qtbot: QtBot, client: WorkerClient, answers: Answers, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    stamp = (1_000_000, 1_000_000)
    for content in ("SLOW", "7   ", "SLOW"):
        slow.write_text(content)
        os.utime(slow, ns=stamp)
        if content == "SLOW":
            kill_while_it_reads(qtbot, client, answers, slow)
        else:
            client.request(Read(str(slow)), Number, **answers.hears())
            qtbot.waitUntil(lambda: answers.replies != [], timeout=20_000)
    assert [failure.kind for failure in answers.failures] == ["lost", "lost"]
