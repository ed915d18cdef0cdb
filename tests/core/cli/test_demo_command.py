"""`ebert demo` writes into its own directories and into no others, and shows what it made in a window or in files."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyBigWig
import pytest

from ebert_core.cli import demo as command
from ebert_core.cli.demo import problem_of_display
from ebert_core.cli.program import main
from ebert_core.demonstration import generate as generating
from ebert_core.demonstration.generate import DATASET, generate, is_demonstration
from ebert_core.demonstration.rules import ASSEMBLY, DEFAULT_SEED
from ebert_core.demonstration.scene import Scene, scene
from ebert_core.judging import controls
from ebert_core.protocol.machine.display import Platforms
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.terms.locus import Interval, format_locus

OWN = 'version = 1\nname = "mine"\nassembly = "hg19"\nchromosome_sizes = "hg19.chrom.sizes"\n'


# Stands for the window: keeps the words it was started with, draws a picture where it is asked for one, and ends.
WINDOW = """
import json, pathlib, sys
pathlib.Path(sys.argv[1]).write_text(json.dumps(sys.argv[3:]))
if int(sys.argv[2]):
    sys.exit(int(sys.argv[2]))
if "--picture" in sys.argv:
    pathlib.Path(sys.argv[sys.argv.index("--picture") + 1]).touch()
"""


def demo(directory: Path, *words: str) -> int:
    return main(["demo", "--directory", str(directory), "--generate-only", *words])


def test_a_dataset_of_somebody_else_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / DATASET).write_text(OWN)
    assert demo(tmp_path) == 2
    assert "holds other files" in capsys.readouterr().err
    assert (tmp_path / DATASET).read_text() == OWN
    assert [path.name for path in tmp_path.iterdir()] == [DATASET]


def test_a_file_is_no_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert demo(tmp_path / "file") == 2
    assert "file is a file" in capsys.readouterr().err


def test_a_negative_seed_is_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo(tmp_path / "new", "--seed", "-3") == 2
    assert "--seed -3 is negative" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_demonstration_that_was_interrupted_is_known_as_one(tmp_path: Path) -> None:
    def interrupt(_fraction: float, note: str) -> None:
        if "writing" in note:
            raise KeyboardInterrupt

    directory = tmp_path / "begun"
    with pytest.raises(KeyboardInterrupt):
        generate(directory, report=interrupt)
    assert any(directory.iterdir())
    assert is_demonstration(directory)


def there_is_one(directory: Path, seed: int = DEFAULT_SEED) -> Path:
    """What is known as the demonstration of a seed and is not written again."""
    directory.mkdir(exist_ok=True)
    (directory / DATASET).write_text(f'assembly = "{ASSEMBLY}"\nseed = {seed}\n')
    return directory / DATASET


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Callable[[], list[str]]]:
    """Puts something that ends with an exit code in the place of the window; returns what reads its words."""

    def ending_with(code: int) -> Callable[[], list[str]]:
        told = tmp_path / "words.json"
        program = [sys.executable, "-c", WINDOW, str(told), str(code)]
        monkeypatch.setattr(command, "_browser", lambda *words: [*program, *words])
        return lambda: json.loads(told.read_text())

    return ending_with


def test_a_demonstration_that_is_there_is_named_and_not_made_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = there_is_one(tmp_path / "demo")
    assert demo(tmp_path / "demo") == 0
    assert capsys.readouterr() == (f"{dataset}\n", "")


def test_that_a_genome_is_invented_is_said_once_and_with_its_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write(directory: Path, seed: int, report: Callable[[float, str], None]) -> Path:
        report(0.0, "inventing chromosomes")
        report(0.5, "measuring")
        return there_is_one(directory, seed)

    # What it writes has tests of its own and takes seconds.
    monkeypatch.setattr(generating, "generate", write)
    monkeypatch.chdir(tmp_path)
    there_is_one(tmp_path / "demo")
    assert main(["demo", "--generate-only", "--seed", "7"]) == 0
    said = f"Inventing a synthetic genome (seed 7) in {tmp_path / 'demo'} ...\n"
    assert capsys.readouterr() == (f"{tmp_path / 'demo' / DATASET}\n", said)


def test_the_window_opens_on_the_first_screen_with_the_model_that_comes_with_the_program(
    tmp_path: Path,
    window: Callable[[int], Callable[[], list[str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dataset, words_of_window = there_is_one(tmp_path / "demo"), window(0)
    monkeypatch.setattr(command, "problem_of_display", lambda: "")
    assert main(["demo", "--directory", str(tmp_path / "demo")]) == 0
    checkpoint = str(resource("checkpoints/demonstration"))
    assert words_of_window() == [str(dataset), "--checkpoint", checkpoint, "--locus", format_locus(scene().interval)]
    assert capsys.readouterr() == ("", "")


def test_a_window_that_fails_is_no_success_of_the_command(
    tmp_path: Path,
    window: Callable[[int], Callable[[], list[str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    there_is_one(tmp_path / "demo")
    window(5)
    monkeypatch.setattr(command, "problem_of_display", lambda: "")
    assert main(["demo", "--directory", str(tmp_path / "demo")]) == 2
    assert capsys.readouterr().err == "ebert demo: The window ended with exit code 5; its message stands above.\n"


def test_the_window_is_the_other_program_of_this_python() -> None:
    assert command._browser("a", "b") == [sys.executable, "-m", "ebert_gui", "a", "b"]


def test_why_no_window_can_be_shown_is_known_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert problem_of_display() == "Qt's platform offscreen was chosen, which shows nothing."
    monkeypatch.delenv("QT_QPA_PLATFORM")
    for platforms, problem in ((Platforms(("xcb",), "x"), ""), (Platforms((), "No display."), "No display.")):
        monkeypatch.setattr(command, "usable_platforms", lambda found=platforms: found)
        assert problem_of_display() == problem


@pytest.fixture
def toy_scene(toy_binding: Path, toy_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The toy dataset and its checkpoint in the place of the demonstration: predicting takes no time."""
    place = Scene(Interval("chr2", 5_000, 6_000), "FOS")
    monkeypatch.setattr(command, "demonstration_in", lambda _directory, _seed, _report: toy_binding)
    monkeypatch.setattr(command, "resource", lambda _name: toy_checkpoint)
    monkeypatch.setattr(command, "scene", lambda: place)
    monkeypatch.setattr(command, "_AROUND", 2_000)
    return place


def test_without_a_display_the_first_screen_is_a_picture_and_the_binding_around_it_a_bigwig(
    tmp_path: Path,
    toy_binding: Path,
    toy_checkpoint: Path,
    toy_scene: Scene,
    window: Callable[[int], Callable[[], list[str]]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    words_of_window = window(0)
    assert main(["demo", "--directory", str(tmp_path)]) == 0
    picture, bigwig = tmp_path / "demonstration.png", tmp_path / "SYNTHETIC_FOS_alpha_predicted.bw"
    said = capsys.readouterr()
    assert said.out == f"{picture}\n{bigwig}\n"
    assert said.err.splitlines() == [
        "Qt's platform offscreen was chosen, which shows nothing. The demonstration is drawn to files instead.",
        "Predicting chr2:3,001-8,000 ...",
    ]
    assert words_of_window() == [
        *(str(toy_binding), "--checkpoint", str(toy_checkpoint), "--locus", format_locus(toy_scene.interval)),
        *("--picture", str(picture), "--size", "1600x1000"),
    ]
    with pyBigWig.open(str(bigwig)) as file:
        written = file.intervals("chr2")
    # A bin of 200 bases is written as its middle 50.
    assert (written[0][0], written[-1][1]) == (3_075, 8_075)


def test_a_picture_that_cannot_be_drawn_ends_the_command_before_anything_is_predicted(
    tmp_path: Path,
    toy_scene: Scene,
    window: Callable[[int], Callable[[], list[str]]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    window(3)
    assert main(["demo", "--directory", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.endswith("ebert demo: The picture could not be drawn; the message above says why.\n")
    assert not list(tmp_path.glob("*.bw"))


def test_scores_are_a_table_of_what_was_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ebert_core.inference import scores

    dataset = there_is_one(tmp_path / "demo")
    asked: list[object] = []

    def scored(*of: object) -> str:
        asked.append(of)
        return "scores"

    # Scoring the whole genome takes minutes, and has tests of its own.
    monkeypatch.setattr(scores, "held_out_scores", scored)
    monkeypatch.setattr(controls, "compare_controls", lambda _demonstration, found: [found])
    monkeypatch.setattr(controls, "controls_table", lambda rows: f"table of {rows}")
    monkeypatch.setattr("ebert_core.demonstration.oracle.Demonstration", Path)
    assert main(["demo", "--directory", str(tmp_path / "demo"), "--scores"]) == 0
    assert asked == [(resource("checkpoints/demonstration"), dataset)]
    assert capsys.readouterr() == ("table of ['scores']\n", "")


@pytest.mark.parametrize(
    ("wish", "reaches_both"), [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, False)]
)
def test_the_window_ends_by_itself_when_the_command_is_stopped(
    tmp_path: Path, wish: signal.Signals, reaches_both: bool
) -> None:
    """What stands for the window takes half a second to keep what it has to keep."""
    there_is_one(tmp_path / "demo")
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
    started = subprocess.Popen(
        [sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not ready.exists() and started.poll() is None:
        time.sleep(0.02)
    (os.killpg if reaches_both else os.kill)(started.pid, wish)
    _, said = started.communicate(timeout=30)
    assert (started.returncode, said.splitlines()[-1]) == (130, "ebert demo: stopped.")
    assert kept.exists()
