"""`ebert average` and `ebert calibrate`: what is measured where, what is said, and what is refused beforehand.

Measuring has tests of its own; here something in its place keeps what it was asked and changes the name.
"""

from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
import torch

from ebert_core.cli.program import main
from ebert_core.judging import remeasure
from ebert_core.judging.remeasure import HeldOutLoci
from ebert_core.model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from ebert_core.model.description import Description, read_description, replace_description
from ebert_core.model.device import Engine
from ebert_core.model.network import Ebert
from ebert_core.protocol.machine.resources import shipped_checkpoints
from ebert_core.protocol.terms.locus import format_locus
from ebert_core.protocol.terms.report import Report

LIMIT = "Trained on a synthetic genome: it says nothing about real DNA."


class Asked(NamedTuple):
    """What was to be measured."""

    name: str
    loci: HeldOutLoci
    engine: Engine
    keeps_verdict: bool


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    kept: list[Asked] = []

    def remeasured(
        checkpoint: Checkpoint, loci: HeldOutLoci, engine: Engine, report: Report, keeps_verdict: bool = False
    ) -> Description:
        kept.append(Asked(checkpoint.description.name, loci, engine, keeps_verdict))
        report.event("Measured.")
        return msgspec.structs.replace(checkpoint.description, name="measured")

    monkeypatch.setattr(remeasure, "remeasured", remeasured)
    return kept


@pytest.fixture
def members(tmp_path: Path) -> list[str]:
    """Two checkpoints that differ in their name and a little in their weights."""
    loaded = load_checkpoint(shipped_checkpoints()["demonstration"])
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        save_checkpoint(folder, loaded.network, msgspec.structs.replace(loaded.description, name=folder.name))
        with torch.no_grad():
            next(loaded.network.parameters()).mul_(1.01)
    return list(map(str, folders))


def test_an_average_is_written_and_what_is_known_against_it_said(
    members: list[str], asked: list[Asked], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "both"
    assert main(["average", *members, "--output", str(output)]) == 0
    said = capsys.readouterr()
    assert said.out == f"{output}\n"
    described = read_description(output)
    assert [member.name for member in described.members] == ["one", "two"]
    assert said.err.splitlines() == list(described.all_limits)
    assert LIMIT in said.err.splitlines()
    assert (asked, described.verdict) == ([], None)


def test_an_average_is_measured_where_and_how_it_was_asked_for(
    members: list[str],
    asked: list[Asked],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["average", *members, "--output", "both", "--dataset", "D.toml", "--regions", "chr2:1-3,000", "r.bed"]
    assert main([*words, "--cell-types", "alpha", "beta", "--device", "cpu", "--precision", "bf16"]) == 0
    [found] = asked
    loci = HeldOutLoci(str(tmp_path / "D.toml"), ("chr2:1-3,000", str(tmp_path / "r.bed")), ("alpha", "beta"))
    assert (found.name, found.loci, found.keeps_verdict) == ("both", loci, False)
    assert (found.engine.device.type, found.engine.precision) == ("cpu", "bf16")
    assert read_description(tmp_path / "both").name == "measured"
    assert capsys.readouterr().err.splitlines()[0] == "Measured."
    assert main([*words, "--cell-types", "all", "--quiet", "--overwrite"]) == 0
    assert asked[-1].loci.cell_types == ()
    assert "Measured." not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--dataset", "D.toml"], "--regions is missing; measuring the average needs --dataset and --regions."),
        (["--regions", "chr2"], "--dataset is missing; measuring the average needs --dataset and --regions."),
        (["--cell-types", "alpha"], "--cell-types says where to measure; it needs --dataset and --regions."),
    ],
)
def test_an_average_that_cannot_be_measured_as_asked_is_not_written(
    members: list[str],
    asked: list[Asked],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    sentence: str,
) -> None:
    assert main(["average", *members, "--output", str(tmp_path / "both"), *more]) == 2
    assert capsys.readouterr() == ("", f"ebert average: {sentence}\n")
    assert not (tmp_path / "both").exists()


def test_an_average_does_not_take_the_place_of_a_member_nor_of_other_things(
    members: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "link").symlink_to(members[0])
    before = read_description(Path(members[0]))
    assert main(["average", *members, "--output", str(tmp_path / "link")]) == 2
    assert "link is one of the checkpoints to average; name another folder." in capsys.readouterr().err
    assert read_description(Path(members[0])) == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    assert main(["average", *members, "--output", str(tmp_path / "mine")]) == 2
    assert "thesis.txt" in capsys.readouterr().err


def test_a_checkpoint_is_calibrated_where_it_was_validated_in_the_cell_types_it_knows(
    members: list[str],
    asked: list[Asked],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    known = read_description(Path(members[0]))
    described = msgspec.structs.replace(known, validation_cell_types=("gamma",), cell_types=("alpha", "beta"))
    replace_description(Path(members[0]), described)
    weights = (Path(members[0]) / "weights.safetensors").read_bytes()
    assert main(["calibrate", members[0], "--dataset", "D.toml"]) == 0
    [found] = asked
    places = tuple(map(format_locus, known.validation))
    assert found.loci == HeldOutLoci(str(tmp_path / "D.toml"), places, ("gamma", "alpha", "beta"))
    assert (found.name, found.keeps_verdict) == ("one", True)
    said = capsys.readouterr()
    assert said.out == f"{members[0]}\n"
    assert said.err.splitlines() == ["Measured.", *described.all_limits]
    assert read_description(Path(members[0])).name == "measured"
    assert (Path(members[0]) / "weights.safetensors").read_bytes() == weights


def test_other_loci_cell_types_and_a_device_are_taken_for_a_calibration(
    members: list[str], asked: list[Asked], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["calibrate", members[0], "--dataset", "/D.toml", "--regions", "chr1:1-500", "--device", "cpu"]
    for cells, expected in ((["alpha"], ("alpha",)), (["all"], ())):
        assert main([*words, "--precision", "fp32", "--cell-types", *cells]) == 0
        assert asked[-1].loci == HeldOutLoci("/D.toml", ("chr1:1-500",), expected)
    assert (asked[-1].engine.device.type, asked[-1].engine.precision) == ("cpu", "fp32")


def test_a_checkpoint_that_cannot_be_calibrated_is_said_to_be_so(
    members: list[str], asked: list[Asked], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = read_description(Path(members[0]))
    replace_description(Path(members[0]), msgspec.structs.replace(known, validation=()))
    architecture = msgspec.structs.replace(known.architecture, factors=())
    only = msgspec.structs.replace(known, name="pre", architecture=architecture, factors=())
    save_checkpoint(tmp_path / "pre", Ebert(architecture), only)
    for folder, sentence in (
        (Path(members[0]), "one has no validation loci of its own; name loci with --regions."),
        (tmp_path / "pre", "pre is pre-trained only and predicts no factor yet; fine-tune it first."),
    ):
        before = (folder / "description.json").read_bytes()
        assert main(["calibrate", str(folder), "--dataset", "/D.toml"]) == 2
        assert capsys.readouterr().err == f"ebert calibrate: {sentence}\n"
        assert (asked, (folder / "description.json").read_bytes()) == ([], before)


def test_a_checkpoint_that_comes_with_the_program_is_copied_first(
    asked: list[Asked], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", "demonstration", "--dataset", "/D.toml"]) == 2
    folder = shipped_checkpoints()["demonstration"]
    said = f"demonstration comes with the program and is not rewritten; copy {folder} first."
    assert capsys.readouterr().err == f"ebert calibrate: {said}\n"
    assert asked == []
