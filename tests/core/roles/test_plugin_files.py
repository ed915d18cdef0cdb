"""Files of another package in the data worker: listed in a dataset or opened, and what a broken package costs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ebert_core.genome.kinds import recognisers
from ebert_core.protocol.tracks import FileFormat, InspectFile, ListFormats, OpenDataset, OpenFiles
from tests.core.dataset.toy_genome import write_toy
from tests.core.roles.asking import data_role

PLUGIN = Path(__file__).parents[2] / "toy_plugin"
SCORES = "#toy scores\n0.5\tchr1\t1000\t1400\n3\tchr1\t2000\t2200\n"
Ask = Callable[[msgspec.Struct], Any]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """A worker that looks for packages anew, and leaves none behind."""
    recognisers.cache_clear()
    yield data_role()
    recognisers.cache_clear()


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = write_toy(tmp_path)
    (tmp_path / "mine.toy").write_text(SCORES)
    path.write_text(f'{path.read_text()}\n[tracks]\nMine = "mine.toy"\n')
    return path


def test_a_package_makes_its_files_known_everywhere(ask: Ask, dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PLUGIN))
    mine = str(dataset.parent / "mine.toy")
    assert ask(ListFormats()).formats[-1] == FileFormat("Toy scores", ("toy-scores",), (".toy",), "toy_scores")
    assert ask(InspectFile(mine)).sentence == "Scores of the toy."
    (listed,) = ask(OpenDataset(str(dataset))).files
    assert (listed.path, listed.name, listed.kind, listed.problem) == (mine, "Mine", "toy-scores", "")
    summary = ask(OpenFiles((mine,)))
    assert [(each.name, each.kind) for each in summary.files] == [("mine.toy", "toy-scores")]
    assert (summary.start_locus.chromosome, summary.remarks) == ("chr1", ())


def test_without_the_package_the_dataset_opens_and_says_which_file_nobody_knows(ask: Ask, dataset: Path) -> None:
    (listed,) = ask(OpenDataset(str(dataset))).files
    assert (listed.name, listed.kind) == ("Mine", "")
    assert "mine.toy has its places in columns 2 to 4" in listed.problem


def test_a_package_that_breaks_is_in_the_remarks_of_what_is_opened(
    ask: Ask, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.py").write_text(
        "from ebert_core.genome.recognising import Recogniser\nONE = Recogniser('One', lambda head: 1 / 0)\n"
    )
    info = tmp_path / "broken-2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 2\n")
    (info / "entry_points.txt").write_text("[ebert_browser.files]\none = broken:ONE\ntwo = broken:TWO\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "a.bed").write_text("chr1\t0\t50\n")
    summary = ask(OpenFiles((str(tmp_path / "a.bed"),)))
    assert [each.kind for each in summary.files] == ["features"]
    absent, switched_off = summary.remarks
    assert absent.startswith("The plug-in broken:TWO of broken 2 cannot be loaded: AttributeError")
    assert switched_off.startswith("One of the package broken is switched off until the program starts again: when it")
    assert switched_off.endswith("looked at a.bed, it raised ZeroDivisionError: division by zero (broken.py, line 2).")
    assert ask(OpenDataset(str(dataset))).remarks == summary.remarks


def test_a_file_keeps_its_place_when_it_is_named_from_a_folder(
    ask: Ask, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(dataset.parent)
    (file,) = ask(OpenFiles(("genes.bed",))).files
    assert file.path == str(dataset.parent / "genes.bed")
