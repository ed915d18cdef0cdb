"""Signals that ask the program to end are announced, and a mistake that no slot has caught is told once."""

import os
import signal
import sys
from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ebert_gui.windows.ending import AskedToEnd, Mistakes

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """What the signals do, as it was before; whatever happens here, SIGUSR1 ends nothing."""
    before = {number: signal.getsignal(number) for number in (*SIGNALS, signal.SIGUSR1)}
    signal.signal(signal.SIGUSR1, lambda *_: None)
    yield
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_signal_that_asks_to_end_is_announced_and_others_are_not(qapp: QApplication, qtbot: QtBot) -> None:
    ending = AskedToEnd(qapp)
    heard: list[int] = []
    ending.asked.connect(heard.append)
    assert ending.parent() is qapp, "it lives as long as the program"
    for number in (signal.SIGUSR1, *SIGNALS):
        os.kill(os.getpid(), number)
        qtbot.wait(20)
    qtbot.waitUntil(lambda: heard == list(SIGNALS))
    ending.stop()


def test_a_burst_of_signals_never_blocks_and_a_program_that_ends_hears_none(qapp: QApplication, qtbot: QtBot) -> None:
    ending = AskedToEnd(qapp)
    heard: list[int] = []
    ending.asked.connect(heard.append)
    assert not ending._written.getblocking()
    ending._read()  # there is nothing to read, and nobody waits for it
    ending.stop()
    for number in SIGNALS:
        os.kill(os.getpid(), number)
    qtbot.wait(20)
    assert heard == []
    assert signal.set_wakeup_fd(-1) == -1, "nothing is written into a socket that is closed"
    assert (ending._written.fileno(), ending._read_end.fileno()) == (-1, -1)
    assert not ending._notifier.isEnabled()


def test_what_is_ignored_at_the_start_stays_ignored(qapp: QApplication) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ending = AskedToEnd(qapp)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGTERM) is not signal.SIG_IGN
    ending.stop()


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    """What is said of mistakes while they are taken."""
    said: list[tuple[str, str]] = []
    mistakes = Mistakes(lambda sentence, details: said.append((sentence, details)))
    yield said
    mistakes.stop()


def one_place(words: str) -> None:
    try:
        raise ValueError(words)
    except ValueError:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type] # there is an exception


def test_a_mistake_is_told_once_with_its_traceback(
    told: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ("first", "again in other words"):
        one_place(words)
    ((sentence, details),) = told
    assert sentence == "A mistake of this program: ValueError: first. What is on screen may be incomplete."
    assert details.startswith("Traceback")
    assert details.rstrip().endswith("ValueError: first")
    assert capsys.readouterr().err.count("ValueError: first") == 1
    sys.excepthook(KeyError, KeyError("without a line"), None)
    sys.excepthook(TypeError, TypeError("without a line"), None)
    assert [each for each, _ in told[1:]] == [
        "A mistake of this program: KeyError: 'without a line'. What is on screen may be incomplete.",
        "A mistake of this program: TypeError: without a line. What is on screen may be incomplete.",
    ]


def test_mistakes_without_end_are_told_twenty_times(told: list[tuple[str, str]]) -> None:
    for number in range(30):
        kind = type(f"Kind{number}", (Exception,), {})
        sys.excepthook(kind, kind("x"), None)
    assert len(told) == 20


def test_a_message_bar_that_is_broken_itself_ends_nothing_and_the_hook_is_given_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(_sentence: str, _details: str) -> None:
        raise RuntimeError("the bar")

    before = sys.excepthook
    mistakes = Mistakes(broken)
    one_place("seen in the terminal")
    mistakes.stop()
    assert sys.excepthook is before
    assert "seen in the terminal" in capsys.readouterr().err
