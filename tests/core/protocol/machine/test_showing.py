"""Text from files is shown in a terminal and never obeyed; closed, full and abandoned streams end no program."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from ebert_core.protocol.machine.showing import Parser, print_result, shown, shown_lines, tell, tell_over

HOSTILE = "a\x1b]0;owned\x07b\rc\u202ed\udcffe\x9b31mf\nnext\tcell"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("K562 chr1:1,000–2,000 · 80 %", "K562 chr1:1,000–2,000 · 80 %"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("one\ntwo\tthree\r", r"one\ntwo\tthree\r"),
        ("fdp\u202egnp.exe\u2066", r"fdp\u202egnp.exe\u2066"),
        ("bytes \udcff\x85\x9b", r"bytes \udcff\x85\x9b"),
        ("nbsp\u00a0Ünïcødé 日本 می\u200cخواهم", "nbsp\u00a0Ünïcødé 日本 می\u200cخواهم"),
        ("tag \U000e0041", r"tag \U000e0041"),
    ],
)
def test_every_character_of_a_shown_text_can_be_seen(text: str, line: str) -> None:
    assert shown(text) == line


def test_lines_and_tabs_stay_where_a_text_has_lines() -> None:
    assert shown_lines("a\n\tb\x1b\r\n") == "a\n\tb\\x1b\\r\n"


def test_what_is_told_reaches_stderr_without_controls(capsys: pytest.CaptureFixture[str]) -> None:
    tell(HOSTILE)
    assert capsys.readouterr() == ("", "a\\x1b]0;owned\\x07b\\rc\\u202ed\\udcffe\\x9b31mf\nnext\tcell\n")


def test_a_parser_shows_what_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        Parser(prog="ebert").parse_args(["--\x1b[2J"])
    assert "\x1b" not in capsys.readouterr().err


def test_without_a_terminal_no_line_is_rewritten(capsys: pytest.CaptureFixture[str]) -> None:
    tell_over("10 %")
    assert capsys.readouterr().err == ""


def in_terminal(program: str) -> bytes:
    """What a program writes to a terminal on its three streams."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", program], stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        written = b""
        try:
            while data := os.read(ours, 10_000):
                written += data
        except OSError:
            pass  # Linux says so at the end of a terminal.
    os.close(ours)
    assert process.returncode == 0
    return written


def test_a_terminal_gets_results_shown_and_a_pipe_gets_them_as_they_are() -> None:
    program = (
        "from ebert_core.protocol.machine.showing import *\n"
        "run_with_streams(lambda: print_result('a\\x1b[2Jb') or tell_over('c\\x1bd') or tell_over('') or 0)"
    )
    assert in_terminal(program) == b"a\\x1b[2Jb\r\n\r\x1b[Kc\\x1bd\r\x1b[K"
    piped = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (piped.stdout, piped.stderr) == (b"a\x1b[2Jb\n", b"")


def test_a_path_that_is_no_utf_8_reaches_a_pipe_byte_for_byte() -> None:
    program = (
        "from ebert_core.protocol.machine.showing import *\n"
        "run_with_streams(lambda: print_result('/data/\\udcff.bw') or print_result('\\ud800') or 0)"
    )
    strict = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    piped = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=strict)
    assert piped.stdout == b"/data/\xff.bw\n\\ud800\n"


def test_a_stream_of_another_encoding_gets_what_it_can_hold() -> None:
    program = (
        "from ebert_core.protocol.machine.showing import *\n"
        "run_with_streams(lambda: print_result('K562 · 80 % 日\\udcff') or tell('日') or 0)"
    )
    latin = {**os.environ, "PYTHONIOENCODING": "latin-1:strict"}
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=latin)
    assert ended.stdout == "K562 · 80 % \\u65e5\\udcff\n".encode("latin-1")
    assert ended.stderr == b"\\u65e5\n"


@pytest.mark.parametrize("closing", [">/dev/full", "| head -c 0"])
def test_what_a_library_left_unwritten_is_no_complaint_at_the_end(closing: str) -> None:
    program = (
        "from ebert_core.protocol.machine.showing import *; import sys, time; "
        "run_with_streams(lambda: sys.stdout.write('left') and time.sleep(0.3) or 0)"
    )
    command = f'PYTHONUNBUFFERED= {sys.executable} -c "{program}" {closing}'
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")


WRITES_EVERYWHERE = """
import contextlib, os, sys
from ebert_core.protocol.machine.showing import print_result, run_with_streams, tell
def run():
    file = os.open({path!r}, os.O_CREAT | os.O_WRONLY)
    with contextlib.suppress(OSError):
        os.write(2, b"a library complains\\n")
    tell("a sentence")
    for number in range(20_000):
        print_result(f"line {{number}}")
    os.write(file, b"data")
    return 0
sys.exit(run_with_streams(run))
"""


@pytest.mark.parametrize("closing", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full", ">&-"])
def test_a_closed_stream_gets_nothing_and_no_file_gets_it_instead(closing: str, tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(WRITES_EVERYWHERE.format(path=str(tmp_path / "output")))
    command = f"{sys.executable} {script} {closing}"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "sentence" not in ended.stdout
    assert ended.returncode == 0
    assert (tmp_path / "output").read_bytes() == b"data"


def test_a_reader_that_has_read_enough_is_no_mistake(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(WRITES_EVERYWHERE.format(path=str(tmp_path / "output")))
    command = f"{sys.executable} {script} | head -n 1"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert ended.stdout == "line 0\n"
    assert ended.stderr == "a library complains\na sentence\n"


def test_a_result_that_a_full_disk_does_not_take_is_a_sentence() -> None:
    program = (
        "from ebert_core.protocol.machine.showing import *\n"
        "from ebert_core.protocol.terms.errors import InvalidRequest\n"
        "def run():\n"
        "    try:\n        print_result('x')\n    except InvalidRequest as error:\n        tell(str(error)); return 2\n"
        "raise SystemExit(run_with_streams(run))"
    )
    ended = subprocess.run(["sh", "-c", f'{sys.executable} -c "{program}" >/dev/full'], capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stderr == "The result cannot be written on standard output: No space left on device.\n"


def test_a_mistake_is_told_with_its_traceback_and_obeys_nothing() -> None:
    program = (
        "from ebert_core.protocol.machine.showing import *\n"
        "def run(): raise RuntimeError('a\\x1b[2Jb')\n"
        "raise SystemExit(run_with_streams(run))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Traceback (most recent call last):")
    assert ended.stderr.endswith("RuntimeError: a\\x1b[2Jb\n")


def test_a_result_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    print_result("/d/x.bw")
    assert capsys.readouterr() == ("/d/x.bw\n", "")
