"""No command replaces what another job has finished unless `--overwrite` says so."""

import shutil
from pathlib import Path

import pytest

from ebert_core.cli.program import main
from ebert_core.jobs.reporter import open_job
from ebert_core.protocol.specs.jobs import Evaluate, JobSpec
from ebert_core.protocol.specs.on_disk import write_spec
from ebert_core.protocol.terms.report import Stopped
from tests.core.toy_binding import finetune_spec, pretrain_spec

REFUSED = "holds the finished result of another job, which would be lost. Name another output"


@pytest.fixture
def output(toy_checkpoint: Path, tmp_path: Path) -> Path:
    """A finished checkpoint of another request."""
    return Path(shutil.copytree(toy_checkpoint, tmp_path / "model"))


@pytest.mark.parametrize("kind", ["pretrain", "finetune", "evaluate"])
def test_a_finished_result_stays(
    kind: str, output: Path, toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = tmp_path / "scores.json"
    scores.write_text('{"mine": 1}')
    specs: dict[str, JobSpec] = {
        "pretrain": pretrain_spec(toy_binding, output),
        "finetune": finetune_spec(toy_binding, output, epochs=9),
        "evaluate": Evaluate(str(toy_binding), str(output), str(scores), regions=("chr2",)),
    }
    spec = specs[kind]
    path = Path(spec.output)
    held = [path] if path.is_file() else sorted(path.iterdir())
    before = [file.read_bytes() for file in held]
    write_spec(tmp_path / "spec.toml", spec)
    assert main([kind, str(tmp_path / "spec.toml")]) == 2
    said = capsys.readouterr().err
    assert REFUSED in said
    assert str(path) in said
    assert [file.read_bytes() for file in held] == before


def test_a_job_that_goes_on_in_a_shell_does_not_replace_what_another_has_finished_since(
    output: Path, toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = finetune_spec(toy_binding, output, epochs=9)
    with pytest.raises(Stopped), open_job(spec) as job:
        raise Stopped("Stopped.")
    write_spec(tmp_path / "spec.toml", spec)
    events = (job.directory / "events.jsonl").read_bytes()
    weights = (output / "weights.safetensors").read_bytes()
    for words in (["finetune", str(tmp_path / "spec.toml"), "--resume"], ["jobs", "resume", str(job.directory)]):
        assert main(words) == 2
        assert REFUSED in capsys.readouterr().err
    assert (job.directory / "events.jsonl").read_bytes() == events
    assert (output / "weights.safetensors").read_bytes() == weights


def test_a_predicted_file_is_replaced_by_the_same_request_and_by_another_only_when_that_is_asked_for(
    toy_checkpoint: Path, toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["predict", str(toy_checkpoint), str(toy_binding), "--cell-type", "alpha", "--factor", "FOS"]
    words += ["--output", str(tmp_path / "x.bw"), "--strands", "1", "--chromosomes"]
    assert main([*words, "chr2"]) == 0
    assert main([*words, "chr2"]) == 0
    made = (tmp_path / "x.bw").read_bytes()
    capsys.readouterr()
    assert main([*words, "chr1"]) == 2
    assert REFUSED in capsys.readouterr().err
    assert (tmp_path / "x.bw").read_bytes() == made
    assert main([*words, "chr1", "--overwrite"]) == 0
    assert (tmp_path / "x.bw").read_bytes() != made


def test_an_average_does_not_replace_a_checkpoint(
    toy_checkpoint: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["average", str(toy_checkpoint), "--output", str(output)]) == 2
    assert "holds a finished checkpoint, which would be lost" in capsys.readouterr().err
