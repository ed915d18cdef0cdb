"""`ebert` in a shell: exit codes, one sentence on stderr, results on stdout."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyBigWig
import pytest
import tomli_w
from torch import Tensor

from ebert_core.cli.jobs import line_of
from ebert_core.cli.program import COMMANDS, main
from ebert_core.jobs.directory import STOP, read_verdict
from ebert_core.jobs.reporter import open_job
from ebert_core.jobs.summary import list_jobs
from ebert_core.protocol.messages import EXIT_WITHOUT_TORCH
from ebert_core.protocol.specs.jobs import Evaluate, Predict
from ebert_core.protocol.specs.on_disk import write_spec
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.work import JobSummary
from ebert_core.training.loop import Trainer
from tests.certain import present
from tests.core.toy_binding import finetune_spec, pretrain_spec, write_toy_binding


def jobs() -> list[JobSummary]:
    return list_jobs(Path(os.environ["EBERT_JOBS"]))


CHOSE_EPOCH = "Parts of chr2 chose the epoch of fos, which flatters values there a little.\n"


@pytest.fixture
def predict(toy_binding: Path, toy_checkpoint: Path, tmp_path: Path) -> Callable[..., int]:
    def run(**changes: str) -> int:
        flags = {"cell-type": "alpha", "factor": "FOS", "output": str(tmp_path / "x.bw"), "locus": "chr2:1-3000"}
        flags |= {name.replace("_", "-"): value for name, value in changes.items()}
        words = [word for name, value in flags.items() if value for word in (f"--{name}", value)]
        return main(["predict", str(toy_checkpoint), str(toy_binding), *words])

    return run


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"usage: ebert {command}")
    assert said.err == ""


def test_the_readme_tells_of_every_command() -> None:
    told = (Path(__file__).parents[3] / "README.md").read_text()
    # `worker` is what the window starts; nobody types it.
    # In a sentence, or in a line for the shell.
    said = set(re.findall(r"(?:`|^ {4})(?:ebert|make) ([\w-]+)", told, re.MULTILINE))
    assert set(COMMANDS) - {"worker"} <= said


def test_a_format_keeps_its_spelling_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["predict", "--help"])
    assert "Predicted binding as bigWig, BED or table." in capsys.readouterr().out


def test_the_program_lists_its_commands_and_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out
    assert all(f"    {name}" in listed for name in COMMANDS)
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out[0].isdigit()


@pytest.mark.parametrize("words", [[], ["nonsense"], ["predict"], ["jobs"], ["worker", "other"]])
def test_wrong_words_end_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: ebert" in capsys.readouterr().err


def test_predict_in_a_shell_writes_a_bigwig_and_a_job(toy_binding: Path, toy_checkpoint: Path, tmp_path: Path) -> None:
    output = tmp_path / "x.bw"
    command = [sys.executable, "-m", "ebert_core", "predict", str(toy_checkpoint), str(toy_binding)]
    command += [
        "--cell-type",
        "alpha",
        "--factor",
        "FOS",
        "--output",
        "x.bw",
        "--chromosomes",
        "chr2",
        "--strands",
        "1",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{output}\n", CHOSE_EPOCH)
    with pyBigWig.open(str(output)) as file:
        assert len(file.intervals("chr2")) > 200
    [job] = jobs()
    assert (job.verb, job.state, job.result) == ("predict", "done", str(output))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"factor": "GATA9"}, "The checkpoint fos does not predict GATA9. It predicts FOS.\n"),
        ({"cell_type": "gamma"}, "{dataset} has no cell type gamma; it has alpha, beta.\n"),
        ({"cell_type": "alpah"}, "{dataset} has no cell type alpah; did you mean alpha? It has alpha, beta.\n"),
        ({"locus": "2:x"}, "'x' in 2:x is no position; write chr2:1,000-2,000.\n"),
        (
            {"locus": "chr2_alt"},
            "'chr2_alt' is no region: {dataset} has no chromosome chr2_alt; it has chr1, chr2. Write chr1, "
            "chr1:1,000-2,000, or a BED file.\n",
        ),
        ({"output": ""}, "--output is needed.\n"),
        (
            {"output": "x.txt"},
            "x.txt should end in .bw, .bedgraph, .tab.gz, .bed.gz or .tsv, so that its format is known.\n",
        ),
        ({"locus": "chr2:99000-99100"}, "chr2 ends at 12,130; chr2:99000-99100 lies beyond it.\n"),
        ({"output": "/no/such/x.bw"}, "There is no folder /no/such to write x.bw to.\n"),
    ],
)
def test_what_is_unknown_gives_one_sentence_and_exit_code_2(
    predict: Callable[..., int],
    toy_binding: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    sentence: str,
) -> None:
    assert predict(**changes) == 2
    said = capsys.readouterr()
    refused = said.err.removeprefix(CHOSE_EPOCH)  # said of the checkpoint before the output is looked at
    assert (said.out, refused) == ("", f"ebert predict: {sentence.replace('{dataset}', str(toy_binding))}")


def test_a_mistyped_name_leaves_no_failed_job_behind(predict: Callable[..., int]) -> None:
    assert predict(factor="GATA9") == predict(cell_type="gamma") == 2
    assert jobs() == []


def test_a_dataset_that_is_not_there_makes_no_folders(
    toy_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EBERT_JOBS")
    words = ["--cell-type", "alpha", "--factor", "FOS", "--output", str(tmp_path / "x.bw")]
    assert main(["predict", str(toy_checkpoint), str(tmp_path / "absent" / "D.toml"), *words]) == 2
    assert capsys.readouterr().err == f"ebert predict: There is no file {tmp_path / 'absent' / 'D.toml'}.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_without_a_dataset_is_told_what_is_missing(
    toy_checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(toy_checkpoint), "--cell-type", "alpha", "--factor", "FOS", "--output", "x.bw"]) == 2
    assert "DATASET.toml is needed after CHECKPOINT" in capsys.readouterr().err


def test_an_empty_list_of_jobs_says_where_was_looked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "list"]) == 0
    said = capsys.readouterr().err
    assert f"No jobs in {os.environ['EBERT_JOBS']}." in said
    assert "--dataset" in said


def test_a_spec_file_says_it_all(
    toy_binding: Path, toy_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / "x.tab.gz")
    spec = Predict(str(toy_checkpoint), str(toy_binding), "alpha", "FOS", output, locus="chr1:1-900")
    write_spec(tmp_path / "spec.toml", spec)
    assert main(["predict", str(tmp_path / "spec.toml")]) == 0
    assert capsys.readouterr().out == f"{output}\n"
    assert main(["pretrain", str(tmp_path / "spec.toml")]) == 2
    assert "is a spec for ebert predict, not for ebert pretrain" in capsys.readouterr().err


def test_a_synthetic_checkpoint_is_refused_on_a_real_genome(
    toy_binding: Path, toy_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads((toy_checkpoint / "description.json").read_text())
    synthetic = tmp_path / "synthetic"
    synthetic.mkdir()
    (synthetic / "description.json").write_text(json.dumps({**content, "seed": 5, "name": "invented"}))
    (synthetic / "weights.safetensors").write_bytes((toy_checkpoint / "weights.safetensors").read_bytes())
    words = ["--cell-type", "alpha", "--factor", "FOS", "--output", str(tmp_path / "x.bw")]
    assert main(["predict", str(synthetic), str(toy_binding), *words]) == 2
    assert "invented was trained on a synthetic genome and says nothing about toy" in capsys.readouterr().err
    assert main(["predict", str(synthetic), str(write_toy_binding(tmp_path, synthetic=True)), *words]) == 0


def test_a_training_runs_from_its_spec_and_is_listed_and_shown(
    smallest: None, toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_spec(tmp_path / "pre.toml", pretrain_spec(toy_binding, tmp_path / "pre", steps=2))
    assert main(["pretrain", str(tmp_path / "pre.toml")]) == 0
    said = capsys.readouterr()
    assert said.out == f"{tmp_path / 'pre'}\n"
    assert "Pre-training 1 x 32 x 2 x 800 bp" in said.err
    assert "step 2, held out: masked base" in said.err
    [job] = jobs()
    assert not list(Path(job.directory).rglob("*.safetensors")), "what it would resume from is not needed any more"
    assert main(["jobs", "list"]) == 0
    assert job.directory in capsys.readouterr().out
    assert main(["jobs", "show", job.directory]) == 0
    assert "validation masked base: 1." in capsys.readouterr().out
    assert main(["jobs", "show", str(tmp_path)]) == 2
    assert "is no job directory" in capsys.readouterr().err


def test_a_training_that_is_stopped_ends_with_130_and_resume_goes_on(
    smallest: None, toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_spec(tmp_path / "s.toml", finetune_spec(toy_binding, tmp_path / "out", epochs=2, batch_size=40))
    from ebert_core.jobs.directory import new_job
    from ebert_core.protocol.specs.on_disk import read_spec

    directory = new_job(read_spec(tmp_path / "s.toml"), str(toy_binding))
    (directory / STOP).touch()
    assert main(["finetune", str(tmp_path / "s.toml"), "--job", str(directory)]) == 130
    assert f"resume to go on. ebert finetune {tmp_path / 's.toml'} --resume" in capsys.readouterr().err
    assert jobs()[0].state == "stopped"
    write_spec(tmp_path / "t.toml", finetune_spec(toy_binding, tmp_path / "out", epochs=3, batch_size=40))
    assert main(["finetune", str(tmp_path / "t.toml"), "--resume"]) == 2
    assert f"{directory} is unfinished and writes there, too, with another epochs: a changed" in capsys.readouterr().err
    assert main(["finetune", str(tmp_path / "s.toml"), "--resume-or-begin"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'out'}\n"
    assert [job.state for job in jobs()] == ["done"]
    assert main(["finetune", str(tmp_path / "s.toml"), "--resume"]) == 2
    assert "No unfinished job of this spec" in capsys.readouterr().err


def test_a_training_ended_at_once_says_whether_it_can_go_on(
    smallest: None,
    toy_binding: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = Trainer.take_step

    def interrupted(trainer: Trainer, loss_of_batch: Callable[[], Tensor]) -> float:
        if trainer.step == last:
            raise KeyboardInterrupt
        return steps(trainer, loss_of_batch)

    monkeypatch.setattr(Trainer, "take_step", interrupted)
    write_spec(tmp_path / "s.toml", finetune_spec(toy_binding, tmp_path / "out", epochs=2, batch_size=40))
    last = 1
    assert main(["finetune", str(tmp_path / "s.toml")]) == 130
    assert "Stopped at once; nothing had been saved to go on from." in capsys.readouterr().err
    last = 2
    changed = ["finetune", str(tmp_path / "s.toml"), "--set", "seed=7"]
    assert main(changed) == 130
    said = f"the state that was saved last: ebert finetune {tmp_path / 's.toml'} --set seed=7 --resume\n"
    assert capsys.readouterr().err.endswith(said)
    assert "seed = 7" in (Path(jobs()[0].directory) / "spec.toml").read_text()
    assert main([*changed[:-1], "seed=8", "--resume"]) == 2
    assert "is unfinished and writes there, too, with another seed" in capsys.readouterr().err
    last = 0
    assert main([*changed, "--resume"]) == 0


def test_a_folder_in_the_place_of_a_dataset_is_said_to_be_one(
    toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, advice in ((toy_binding.parent, f"name {toy_binding}"), (tmp_path, "name the DATASET.toml that")):
        write_spec(tmp_path / "s.toml", finetune_spec(folder, tmp_path / "out"))
        assert main(["finetune", str(tmp_path / "s.toml")]) == 2
        assert f"{folder} is a folder; {advice}" in capsys.readouterr().err


def test_the_largest_seed_trains(
    smallest: None, toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = finetune_spec(toy_binding, tmp_path / "out", epochs=1, batch_size=40)
    write_spec(tmp_path / "s.toml", msgspec.structs.replace(spec, seed=2**32 - 1, cell_types=("alpha",)))
    assert main(["finetune", str(tmp_path / "s.toml")]) == 0
    assert "1 factor, 1 cell type." in capsys.readouterr().err
    assert present(read_verdict(Path(jobs()[0].directory))).overall.factor == "FOS", (
        "the job keeps what its checkpoint was worth"
    )


def test_a_second_run_does_not_write_where_one_is_running(
    toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = finetune_spec(toy_binding, tmp_path / "out")
    write_spec(tmp_path / "s.toml", spec)
    write_spec(tmp_path / "t.toml", msgspec.structs.replace(spec, seed=2))
    with open_job(spec) as running:
        assert main(["finetune", str(tmp_path / "s.toml"), "--resume"]) == 2
        assert f"{running.directory} still runs" in capsys.readouterr().err
        assert main(["finetune", str(tmp_path / "t.toml")]) == 2
        assert f"{running.directory} runs already and writes to {tmp_path / 'out'}" in capsys.readouterr().err
    assert [job.directory for job in jobs()] == [str(running.directory)]


def test_an_evaluation_prints_a_table_and_where_its_figures_lie(
    toy_binding: Path, toy_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / "s.json")
    spec = Evaluate(str(toy_binding), str(toy_checkpoint), output, ("chr2:1-6000",), without=(), bootstrap=5)
    write_spec(tmp_path / "e.toml", spec)
    assert main(["evaluate", str(tmp_path / "e.toml")]) == 0
    said = capsys.readouterr().out
    assert "motif x accessibility" in said
    assert re.search(r"motif scan +0\.\d{3} 0\.\d\d\.\.[01]\.\d\d", said), "scores have no sign; differences do"
    assert said.endswith(f"{output}\n")


@pytest.mark.parametrize("wrong", ["checkpoint", "controls"])
def test_an_evaluation_of_a_checkpoint_that_is_not_there_names_no_job_and_prepares_nothing(
    toy_binding: Path, toy_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    absent = str(tmp_path / "absent")
    spec = Evaluate(str(toy_binding), str(toy_checkpoint), str(tmp_path / "s.json"), ("chr2:1-6000",), without=())
    changed = msgspec.structs.replace(spec, **{wrong: absent if wrong == "checkpoint" else (absent,)})
    write_spec(tmp_path / "e.toml", changed)
    before = sorted(toy_binding.parent.rglob("*"))
    assert main(["evaluate", str(tmp_path / "e.toml")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("ebert evaluate: ")
    assert absent in said
    assert said.count("\n") == 1
    assert sorted(toy_binding.parent.rglob("*")) == before


def test_a_key_that_is_none_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text(tomli_w.dumps({"job": "finetune", "datset": "x"}))
    assert main(["finetune", str(tmp_path / "s.toml")]) == 2
    assert "line 2: there is no key datset; did you mean dataset?" in capsys.readouterr().err


def test_an_interruption_ends_with_130(
    predict: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ebert_core.inference import export

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(export, "predict_to_files", interrupted)
    assert predict() == 130
    assert capsys.readouterr().err == f"{CHOSE_EPOCH}ebert predict: stopped.\n"


def test_a_person_who_watches_reads_the_error_on_a_line_of_its_own(
    predict: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    from ebert_core.inference import export

    def fail(_spec: Predict, report: Callable[[float, str], None], *_others: object) -> None:
        report(0.42, "chr2:1,000")
        raise InvalidRequest("The disk is full.")

    monkeypatch.setattr(export, "predict_to_files", fail)
    assert predict() == 2
    clear = "\r\x1b[K"
    shown = f"{clear}{CHOSE_EPOCH}{clear} 42 %  chr2:1,000{clear}ebert predict: The disk is full.\n"
    assert capsys.readouterr().err == shown


def test_a_mistake_of_ours_rises(predict: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    from ebert_core.inference import export

    monkeypatch.setattr(export, "predict_to_files", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        predict()


WITHOUT_TORCH = """
import sys


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "torch":
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)


sys.meta_path.insert(0, Absent())
"""


@pytest.mark.parametrize(("words", "code"), [(["worker", "model"], EXIT_WITHOUT_TORCH), (["predict", "spec.toml"], 2)])
def test_without_torch_it_says_how_to_get_it(
    words: list[str], code: int, toy_binding: Path, toy_checkpoint: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITHOUT_TORCH)
    spec = Predict(str(toy_checkpoint), str(toy_binding), "alpha", "FOS", str(tmp_path / "x.bw"))
    write_spec(tmp_path / "spec.toml", spec)
    command = [sys.executable, "-m", "ebert_core", *words]
    where = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=where, stdin=subprocess.DEVNULL)
    sentence = f"ebert {words[0]} needs PyTorch; run: pip install 'ebert-browser[model]'\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "", sentence)


@pytest.mark.parametrize(("own", "expected"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_that_wait_leave_the_core_to_others_unless_a_person_says_otherwise(
    own: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    if own:
        monkeypatch.setenv("OMP_WAIT_POLICY", own)
    program = (
        "import os, sys; from ebert_core.cli.program import main; main(['jobs', 'list']); "
        "assert 'torch' not in sys.modules; print(os.environ['OMP_WAIT_POLICY'])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.split()[-1] == expected


def test_a_name_of_a_job_cannot_write_to_the_terminal_or_a_line_of_its_own() -> None:
    job = JobSummary("/jobs/1", "1", "finetune", "x\x1b]0;owned\x07\ndone", "done", "here", 0.0)
    assert "x\\x1b]0;owned\\x07\\ndone  /jobs/1" in line_of(job)


@pytest.mark.parametrize("closing", ["2>&-", ">&- 2>&-", "| head -c 1"])
def test_a_command_whose_streams_are_closed_has_no_traceback(closing: str, tmp_path: Path) -> None:
    command = f"cd {tmp_path} && EBERT_JOBS={tmp_path}/none {sys.executable} -m ebert_core jobs list {closing}"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert "Traceback" not in ended.stderr
    assert "Exception" not in ended.stderr
    assert ended.returncode == 0
