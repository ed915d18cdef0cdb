"""The program in a shell: Ctrl-C, SIGTERM, SIGHUP, closed streams, and a mistake in a slot."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

BROWSER = [sys.executable, "-m", "ebert_gui"]
# What a person does in the window, told to the program before it starts; READY is a file that appears when it is done.
DRIVEN = """
import os, sys
from pathlib import Path
from PyQt6.QtCore import QTimer
import ebert_gui.app.window_program
from ebert_gui.__main__ import main

begin = ebert_gui.app.window_program.WindowProgram.__init__

def driven(self, *others):
    begin(self, *others)
    def look():
        if self.workspace.dataset is not None and self.opener.is_settled and self.loader.is_idle:
            timer.stop()
            act(self)
            QTimer.singleShot(0, lambda: Path("READY").touch())
    timer = QTimer(self.window)
    timer.timeout.connect(look)
    timer.start(20)

ebert_gui.app.window_program.WindowProgram.__init__ = driven

def act(self):
    from ebert_core.protocol.terms.locus import Interval
    self.workspace.view.show(Interval("chr2", 1000, 2000))
ACT
sys.exit(main(sys.argv[1:]))
"""
SEEN = ["chr2", 1000.0, 2000.0]
# A box that lets go of the event loop, and a file dialog that runs one of its own.
DIALOGS = """
self.window.actions_by_id["help.about"].trigger()
QTimer.singleShot(0, self.window.actions_by_id["files.open"].trigger)
"""
MISTAKE = """
def wrong():
    raise KeyError("not there")
for _ in range(3):
    QTimer.singleShot(0, wrong)
said = sys.excepthook.__self__._say
def say(sentence, details):
    said(sentence, details)
    print("SAID", self.window.messages.shown.sentence, file=sys.stderr, flush=True)
    QTimer.singleShot(200, self.window.close)
sys.excepthook.__self__._say = say
"""


@pytest.fixture
def start(tmp_path: Path, toy_dataset: Path):
    """Starts the program on a dataset, looks at another place and does something; waits until that is done."""
    begun = []

    def start_one(act: str = "", redirection: str = "") -> subprocess.Popen:
        ready, script = tmp_path / f"ready-{len(begun)}", tmp_path / f"driven-{len(begun)}.py"
        script.write_text(DRIVEN.replace("READY", str(ready)).replace("ACT", textwrap.indent(act, "    ")))
        command = f"exec {sys.executable} {script} {toy_dataset} --session {tmp_path}/session.json {redirection}"
        process = subprocess.Popen(
            ["sh", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            start_new_session=True,
        )
        begun.append(process)
        while not ready.exists() and process.poll() is None:
            time.sleep(0.05)
        return process

    yield start_one
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.communicate()


def kept_locus(tmp_path: Path) -> object:
    return json.loads((tmp_path / "session.json").read_text())["setup"]["panes"][0]["span"]


def said_at_the_end(process: subprocess.Popen) -> str:
    # What Qt says of its offscreen platform is no word of ours.
    _, said = process.communicate(timeout=30)
    return "\n".join(line for line in said.splitlines() if "propagateSizeHints" not in line)


@pytest.mark.parametrize(("wish", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_closes_the_window_as_its_button_does(start, tmp_path: Path, wish, code: int) -> None:
    process = start()
    os.kill(process.pid, wish)
    assert (said_at_the_end(process), process.returncode) == ("", code)
    assert kept_locus(tmp_path) == SEEN


def test_ctrl_c_goes_to_the_workers_too_and_three_times_is_no_more_than_once(start, tmp_path: Path) -> None:
    process = start()
    for _ in range(3):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.05)
    assert (said_at_the_end(process), process.returncode) == ("", 130)
    assert kept_locus(tmp_path) == SEEN


def test_ctrl_c_ends_it_while_dialogs_are_open(start, tmp_path: Path) -> None:
    process = start(DIALOGS)
    os.killpg(process.pid, signal.SIGINT)
    assert (said_at_the_end(process), process.returncode) == ("", 130)
    assert kept_locus(tmp_path) == SEEN


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.8])
def test_ctrl_c_before_or_while_the_window_opens_ends_it(tmp_path: Path, toy_dataset: Path, seconds: float) -> None:
    process = subprocess.Popen(
        [*BROWSER, str(toy_dataset)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        start_new_session=True,
    )
    libraries = Path(f"/proc/{process.pid}/maps")
    while libraries.parent.parent.exists() and "QtCore" not in libraries.read_text():
        time.sleep(0.01)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    assert "Traceback" not in said_at_the_end(process)
    assert process.returncode in (130, -signal.SIGINT)


def test_no_worker_is_left_after_a_signal(start) -> None:
    process = start()
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=30)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_a_mistake_in_a_slot_is_said_once_and_the_window_lives(start, tmp_path: Path) -> None:
    process = start(MISTAKE)
    said = said_at_the_end(process)
    assert process.returncode == 0, said
    assert said.count("KeyError: 'not there'\n") == 1
    assert "SAID A mistake of this program: KeyError: 'not there'." in said
    assert kept_locus(tmp_path) == SEEN


@pytest.mark.parametrize("redirection", ["2>&-", ">&- 2>&-", "2>/dev/full"])
def test_a_window_without_streams_opens_and_ends(start, tmp_path: Path, redirection: str) -> None:
    process = start(redirection=redirection)
    os.kill(process.pid, signal.SIGTERM)
    assert (said_at_the_end(process), process.returncode) == ("", 143)
    assert kept_locus(tmp_path) == SEEN


@pytest.mark.parametrize("redirection", ["2>&-", ">&- 2>&-", "| head -c 0"])
def test_a_picture_without_streams_is_drawn(tmp_path: Path, toy_dataset: Path, redirection: str) -> None:
    picture = tmp_path / "x.png"
    command = f"{sys.executable} -m ebert_gui {toy_dataset} --picture {picture} {redirection}"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, "Traceback" in ended.stderr) == (0, False)
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk that is always there")
def test_a_picture_whose_name_cannot_be_printed_is_there_and_that_is_said(tmp_path: Path, toy_dataset: Path) -> None:
    picture = tmp_path / "x.png"
    command = f"{sys.executable} -m ebert_gui {toy_dataset} --picture {picture} >/dev/full"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert ended.stderr.startswith("ebert-browser: The result cannot be written on standard output: ")
    assert ended.stderr.endswith(f"{picture} was written.\n")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_name_on_the_command_line_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    words = [f"{tmp_path}/\x1b]0;owned\x07.bw", "--picture", str(tmp_path / "x.png")]
    ended = subprocess.run([*BROWSER, *words], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "\x1b" not in ended.stderr
    assert "\\x1b]0;owned\\x07.bw" in ended.stderr
