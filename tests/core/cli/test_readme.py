"""The commands of README.md run as they stand there, and its dataset is one without a fault."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ebert_core.cli.program import main
from ebert_core.demonstration.generate import DATASET, generate
from ebert_core.demonstration.rules import DEFAULT_SEED
from tests.certain import present

README = Path(__file__).parents[3] / "README.md"
# The same work on less of the genome.
LESS = {
    "finetune": "--training chr1:1-200,000 --validation chr2:1-200,000 --epochs 1 --factors DEMO-A --cell-types alpha",
    "evaluate": "--regions chr2:1,000,001-1,060,000 --bootstrap 10 --factors DEMO-A --cell-types alpha",
}


def section(heading: str) -> str:
    """The text below a heading."""
    return README.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]


def commands(heading: str) -> list[str]:
    """The lines that a section gives for a shell."""
    return re.findall(r"^    (\S.*?)(?: {2,}#.*)?$", section(heading), re.MULTILINE)


@pytest.fixture
def demonstration(tmp_path: Path) -> Path:
    generate(tmp_path / "demo", DEFAULT_SEED)
    return tmp_path


def run(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Run a line in this process; a window is another one, as it is for a person."""
    words, _, target = line.partition(" > ")
    program, *rest = shlex.split(words)
    if program == "ebert-browser":
        subprocess.run([sys.executable, "-m", "ebert_gui", *rest], check=True)
        return
    assert program == "ebert"
    assert main([*rest, *shlex.split(LESS.get(rest[0], ""))]) == 0, line
    printed = capsys.readouterr().out
    if target:
        Path(target).write_text(printed)


def test_the_tour_of_the_command_line_runs_from_the_first_line_to_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in commands("The command line"):
        run(line, capsys)
    made = {"DEMO-A.alpha.bw", "finetune.toml", "evaluate.toml", "scores.json", "finetuned.png", "checkpoints", "demo"}
    assert made <= {path.name for path in tmp_path.iterdir()}


def test_the_files_and_the_dataset_of_the_reader_open(
    demonstration: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demonstration's files under the names that the page gives to a person's own."""
    monkeypatch.chdir(demonstration)
    example = present(re.search(r"```toml\n(.*?)```", section("Your own data in five minutes"), re.DOTALL))[1]
    given = {
        "hg38.fa": "SYNTHETIC_demo1.fa",
        "genes.bed": "genes.bed",
        "CTCF.pfm": "motifs/DEMO-A.pfm",
        "K562.states.bed": "states/alpha.bed",
        "K562.DNase.bw": "signals/SYNTHETIC_alpha_DNase.bw",
        "K562.CTCF.narrowPeak": "peaks/alpha.DEMO-A.conservative.narrowPeak",
    }
    for name, file in given.items():
        shutil.copy(demonstration / "demo" / file, demonstration / name)
    Path(DATASET).write_text(example)
    files, check, window = commands("Your own data in five minutes")
    run(check, capsys)
    for line, picture in ((files, "files.png"), (window, "dataset.png")):
        run(f"{line} --picture {picture}", capsys)
        assert Path(picture).exists()


def test_the_quick_start_is_short_and_names_what_the_makefile_has() -> None:
    lines = commands("Quick start")
    assert len(lines) <= 5
    targets = re.findall(r"^(\w+):", (README.parent / "Makefile").read_text(), re.MULTILINE)
    wanted = [line.split()[1] for line in lines if line.startswith("make ")]
    assert wanted
    assert set(wanted) <= set(targets)


def test_the_page_stays_short() -> None:
    assert len(README.read_text().split()) <= 1400
