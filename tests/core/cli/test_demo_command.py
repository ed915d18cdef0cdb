"""`ebert demo` writes into its own directories and into no others."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ebert_core.cli.program import main
from ebert_core.demonstration.generate import DATASET, generate, is_demonstration

OWN = 'version = 1\nname = "mine"\nassembly = "hg19"\nchromosome_sizes = "hg19.chrom.sizes"\n'


def demo(directory: Path, *words: str) -> int:
    return main(["demo", "--directory", str(directory), "--generate-only", *words])


def test_a_dataset_of_somebody_else_is_never_written_over(tmp_path, capsys):
    (tmp_path / DATASET).write_text(OWN)
    assert demo(tmp_path) == 2
    assert "holds other files" in capsys.readouterr().err
    assert (tmp_path / DATASET).read_text() == OWN
    assert [path.name for path in tmp_path.iterdir()] == [DATASET]


def test_a_file_is_no_directory(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert demo(tmp_path / "file") == 2
    assert "file is a file" in capsys.readouterr().err


def test_a_negative_seed_is_refused_in_a_sentence(tmp_path, capsys):
    assert demo(tmp_path / "new", "--seed", "-3") == 2
    assert "--seed -3 is negative" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_demonstration_that_was_interrupted_is_known_as_one(tmp_path):
    def interrupt(_fraction: float, note: str) -> None:
        if "writing" in note:
            raise KeyboardInterrupt

    directory = tmp_path / "begun"
    with pytest.raises(KeyboardInterrupt):
        generate(directory, report=interrupt)
    assert any(directory.iterdir())
    assert is_demonstration(directory)


@pytest.mark.parametrize(
    ("wish", "reaches_both"), [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, False)]
)
def test_the_window_ends_by_itself_when_the_command_is_stopped(tmp_path, wish, reaches_both):
    """What stands for the window takes half a second to keep what it has to keep."""
    kept, ready = tmp_path / "kept", tmp_path / "ready"
    window = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        f"    time.sleep(0.5); pathlib.Path({str(kept)!r}).touch(); sys.exit(130)\n"
        "signal.signal(signal.SIGINT, end); signal.signal(signal.SIGTERM, end)\n"
        f"pathlib.Path({str(ready)!r}).touch()\n"
        "time.sleep(60)"
    )
    program = (
        "import sys\nfrom ebert_core.cli import demo, program\n"
        f"demo._browser = lambda *words: [sys.executable, '-c', {window!r}]\n"
        "demo.problem_of_display = lambda: ''\n"
        f"sys.exit(program.main(['demo', '--directory', {str(tmp_path / 'demo')!r}]))"
    )
    command = subprocess.Popen(
        [sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not ready.exists() and command.poll() is None:
        time.sleep(0.02)
    (os.killpg if reaches_both else os.kill)(command.pid, wish)
    _, said = command.communicate(timeout=30)
    assert (command.returncode, said.splitlines()[-1]) == (130, "ebert demo: stopped.")
    assert kept.exists()
