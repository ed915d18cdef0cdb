"""`ebert learning-curve`: what is done is not done again, and a step that fails says which it was."""

import json
import signal
import sys
from pathlib import Path

import pytest

from ebert_core.cli.program import main
from ebert_core.judging.evaluate import evaluate
from ebert_core.judging.learning_curve import plan
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.specs.on_disk import read_spec, write_spec
from ebert_core.training.finetune import finetune
from ebert_core.training.pretrain import pretrain
from tests.certain import of
from tests.core.toy_binding import SilentReport, finetune_spec, pretrain_spec


@pytest.fixture
def spec_file(smallest: None, toy_binding: Path, tmp_path: Path) -> Path:
    parent = pretrain(pretrain_spec(toy_binding, tmp_path / "pre", steps=2), SilentReport(), tmp_path / "p")
    spec = finetune_spec(toy_binding, tmp_path / "x", start_from=str(parent), epochs=1, batch_size=40)
    write_spec(tmp_path / "s.toml", spec)
    return tmp_path / "s.toml"


def test_a_curve_whose_steps_are_all_done_is_printed_kept_and_drawn(
    spec_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "s-learning-curve"
    for step in plan(of(FineTune, read_spec(spec_file)), (1.0,), (1, 7), ("chr1",), folder):
        for number, training in enumerate(step.trainings):
            finetune(training, SilentReport(), tmp_path / f"work-{step.seed}-{number}")
        evaluate(step.evaluation, SilentReport(), tmp_path)
    capsys.readouterr()
    words = ["learning-curve", str(spec_file), "--shares", "1", "--seeds", "1", "7", "--regions", "chr1"]
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "1 of 2: 100 % of the labels, seed 1",
        "2 of 2: 100 % of the labels, seed 7",
    ]
    lines = said.out.splitlines()
    assert lines[0].startswith("Mean auPRC over 2 pairs on chr1; 95 % intervals")
    assert [line.split()[2] for line in lines[3:-1]] == ["1", "7"]
    assert lines[-1] == str(folder / "learning_curve.json")
    kept = json.loads((folder / "learning_curve.json").read_text())
    assert [point["seed"] for point in kept["points"]] == [1, 7]
    assert (folder / "learning_curve.png").read_bytes().startswith(b"\x89PNG")


def test_a_step_that_does_not_succeed_ends_the_curve_and_is_named(
    spec_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    curve = tmp_path / "curve"
    words = ["learning-curve", str(spec_file), "--shares", "1", "--regions", "chr1", "--output", str(curve)]
    assert main([*words, "--set", "device=cuda:7", "--quiet"]) == 2
    step = curve / "specs" / "pretrained-100-percent-seed-1.toml"
    said = capfd.readouterr()
    assert said.out == ""
    assert f"The step {step} did not succeed; mend what it says and run the same command to go on." in said.err
    assert said.err.startswith("ebert finetune: This PyTorch sees no CUDA device"), "quiet: errors and nothing else"
    assert of(FineTune, read_spec(step)).label_share == 1
    assert not (curve / "learning_curve.json").exists()


def test_a_step_that_is_stopped_stops_the_curve_which_goes_on_where_it_ended(
    spec_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands for `ebert` in a shell writes down its words and is ended by Ctrl-C."""
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path / "words"}\necho printed\nexit 130\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    usual = signal.getsignal(signal.SIGINT)
    words = ["learning-curve", str(spec_file), "--shares", "0.5", "--regions", "chr1"]
    words += ["--output", str(tmp_path / "curve")]
    for loudness in ([], ["--verbose"]):
        assert main([*words, *loudness]) == 130
    said = capfd.readouterr()
    assert said.out == ""
    line = "ebert learning-curve: Stopped; run the same command to go on."
    assert said.err.splitlines() == ["1 of 1: 50 % of the labels, seed 1", line] * 2
    step = f"-m ebert_core finetune {tmp_path / 'curve' / 'specs' / 'pretrained-50-percent-seed-1.toml'}"
    assert (tmp_path / "words").read_text().splitlines() == [
        f"{step} --resume-or-begin",
        f"{step} --resume-or-begin --verbose",
    ]
    assert signal.getsignal(signal.SIGINT) is usual
