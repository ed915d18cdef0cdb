"""What a fine-tuned checkpoint knows of its probabilities, how old ones do without, and what `ebert predict` says."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ebert_core.cli.program import main
from ebert_core.jobs.summary import list_jobs
from ebert_core.judging.widening import BETWEEN_LOCI
from ebert_core.model.description import read_description
from ebert_core.protocol.machine.resources import shipped_checkpoints
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.reliability import MeasuredCell, Reliability, ReliabilityPoint, Transfer
from ebert_core.training.finetune import finetune
from tests.certain import present
from tests.core.toy_binding import SilentReport, finetune_spec

FAILED = Reliability(
    ("chr2",),
    (MeasuredCell("beta", 240, 40, 20),),
    True,
    True,
    (ReliabilityPoint(0.1, 0.3, 1.0), ReliabilityPoint(0.5, 0.8, 0.5)),
    (Transfer("beta", ("alpha",), 20, 0.4, 0.3, 0.5, 0.05),),
)
CHOSE_EPOCH = "Parts of chr2 chose the epoch of fos, which flatters values there a little.\n"


@pytest.fixture
def rewritten(toy_checkpoint: Path, tmp_path: Path) -> Callable[[object], Path]:
    """The toy checkpoint with other words about its factor; absent ones are taken out."""

    def rewrite(reliability: object) -> Path:
        folder = Path(shutil.copytree(toy_checkpoint, tmp_path / "rewritten"))
        path = folder / "description.json"
        content = json.loads(path.read_text())
        content["factors"][0].pop("reliability", None)
        if reliability is not None:
            content["factors"][0]["reliability"] = reliability
        path.write_text(json.dumps(content))
        return folder

    return rewrite


def predicted(folder: Path, dataset: Path, tmp_path: Path, cell_type: str = "alpha") -> int:
    words = ["--cell-type", cell_type, "--factor", "FOS", "--locus", "chr2:1-3000", "--output", str(tmp_path / "x.bw")]
    return main(["predict", str(folder), str(dataset), *words])


def test_two_trained_cell_types_are_measured_on_held_out_loci(toy_checkpoint: Path) -> None:
    reliability = read_description(toy_checkpoint).factor("FOS").reliability
    assert not present(reliability).is_other_cell_type
    assert present(reliability).chromosomes == ("chr2",)
    assert {cell.name for cell in present(reliability).cell_types} == {"alpha", "beta"}
    assert present(reliability).chose_epoch
    assert present(reliability).transfers == ()
    assert len(present(reliability).points) <= 40


def test_a_held_out_cell_type_is_measured_and_tested_with_the_map_of_the_trained_one(
    smallest: None, toy_binding: Path, tmp_path: Path
) -> None:
    spec = finetune_spec(
        toy_binding, tmp_path / "out", validation_cell_types=("beta",), signals=(), epochs=1, batch_size=30
    )
    reliability = read_description(finetune(spec, SilentReport(), tmp_path / "w")).factor("FOS").reliability
    assert present(reliability).is_other_cell_type
    assert not present(reliability).chose_epoch  # one epoch leaves no choice
    assert [cell.name for cell in present(reliability).cell_types] == ["beta"]
    assert [(each.cell_type, each.fitted_on) for each in present(reliability).transfers] == [("beta", ("alpha",))]
    assert present(reliability).transfers[0].verdict == "undecided"  # a single block of 100 kb cannot decide


def test_a_checkpoint_from_before_is_read_and_says_that_nothing_was_measured(
    rewritten: Callable[[object], Path], toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = rewritten(None)
    assert read_description(folder).factor("FOS").reliability is None
    assert predicted(folder, toy_binding, tmp_path) == 0
    said = capsys.readouterr()
    assert said.err == f"What a probability of FOS is worth was not measured on held-out bins.\n{CHOSE_EPOCH}"
    assert said.out == f"{tmp_path / 'x.bw'}\n"


def test_a_damaged_map_is_refused_in_a_sentence(rewritten: Callable[[object], Path]) -> None:
    damaged = msgspec.to_builtins(FAILED) | {"points": []}
    with pytest.raises(InvalidRequest, match=r"damaged or not ours: a map of reliability has 1 to 40 ascending points"):
        read_description(rewritten(damaged))


def test_predict_warns_once_where_calibration_did_not_hold(
    rewritten: Callable[[object], Path], toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = rewritten(msgspec.to_builtins(FAILED))
    warning = (
        "WARNING: Probabilities of FOS ran 2.5 times too high in held-out beta "
        "when calibrated on other cell types; take them as ranks."
    )
    assert predicted(folder, toy_binding, tmp_path) == 0
    assert capsys.readouterr().err == f"{warning}\n{CHOSE_EPOCH}"
    (job,) = list_jobs(Path(os.environ["EBERT_JOBS"]))
    assert warning in (Path(job.directory) / "events.jsonl").read_text()


def test_predict_says_nothing_where_probabilities_were_calibrated(
    rewritten: Callable[[object], Path], toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predicted(rewritten(msgspec.to_builtins(FAILED)), toy_binding, tmp_path, "beta") == 0
    absent = "WARNING: In beta it predicts without DNase, which the dataset does not give.\n"
    assert capsys.readouterr().err == f"{absent}{CHOSE_EPOCH}"


def test_what_probabilities_are_worth_is_told_by_the_records_and_not_by_sentences_of_older_checkpoints(
    rewritten: Callable[[object], Path],
) -> None:
    folder = rewritten(None)
    path = folder / "description.json"
    content = json.loads(path.read_text())
    content["factors"][0]["calibration"]["fitted_on"] = ""
    said = read_description(folder).limits
    uncalibrated = "Probabilities of FOS are not calibrated: too few held-out peaks."
    content["limits"] = [*said, uncalibrated]  # as they were written before
    path.write_text(json.dumps(content))
    described = read_description(folder)
    assert (described.limits, described.all_limits) == (said, (*said, uncalibrated))
    (record,) = described.factors
    calibrated = msgspec.structs.replace(record.calibration, fitted_on="chr2")
    measured = msgspec.structs.replace(record, calibration=calibrated)
    assert msgspec.structs.replace(described, factors=(measured,)).all_limits == said


def test_the_command_measures_a_finished_checkpoint_anew_and_leaves_its_weights(
    rewritten: Callable[[object], Path], toy_binding: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = rewritten(None)
    weights = (folder / "weights.safetensors").read_bytes()
    before = read_description(folder)
    words = ["calibrate", str(folder), "--dataset", str(toy_binding), "--precision", "fp32"]
    assert main([*words, "--regions", "chr1:1-20,000"]) == 2
    assert "what was trained on proves nothing" in capsys.readouterr().err
    assert read_description(folder) == before
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.out == f"{folder}\n"
    after = read_description(folder)
    assert (folder / "weights.safetensors").read_bytes() == weights
    assert present(after.factor("FOS").reliability).between_loci == BETWEEN_LOCI
    assert after.factor("FOS").calibration.fitted_on == before.factor("FOS").calibration.fitted_on
    assert said.err.splitlines()[-1] == after.all_limits[-1]
    assert after.verdict == before.verdict is not None
    assert sorted(path.name for path in folder.parent.iterdir()) == ["rewritten"]


def test_a_checkpoint_that_comes_with_the_program_is_not_rewritten_by_its_name(
    toy_binding: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (shipped_checkpoints()["demonstration"] / "description.json").read_bytes()
    assert main(["calibrate", "demonstration", "--dataset", str(toy_binding)]) == 2
    assert "demonstration comes with the program and is not rewritten; copy" in capsys.readouterr().err
    assert (shipped_checkpoints()["demonstration"] / "description.json").read_bytes() == before


def test_a_checkpoint_without_validation_loci_needs_named_ones(
    rewritten: Callable[[object], Path], toy_binding: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = rewritten(None)
    path = folder / "description.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"validation": []}))
    assert main(["calibrate", str(folder), "--dataset", str(toy_binding)]) == 2
    assert "has no validation loci of its own; name loci with --regions." in capsys.readouterr().err
