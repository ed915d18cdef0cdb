"""`ebert spec`: what it prints has every key, says what the documents say, and is read by the command it is for."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ebert_core.cli.program import main
from ebert_core.demonstration.generate import demonstration_in
from ebert_core.protocol.machine.resources import shipped_checkpoints
from ebert_core.protocol.specs.jobs import Evaluate, FineTune, JobSpec
from ebert_core.protocol.specs.on_disk import KINDS, read_spec
from ebert_core.training.checks import check_finetune
from tests.certain import of, present

PAGE = (Path(__file__).parents[3] / "docs" / "specs.md").read_text()
HEADINGS = {"pretrain": "Pre-training", "finetune": "Fine-tuning", "evaluate": "Evaluation", "predict": "Prediction"}
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
# What the demonstration needs; all else is the default.
OF_THE_DEMONSTRATION = {
    *("dataset", "output", "training", "validation", "checkpoint", "regions", "cell_type", "factor"),
    *("preset", "signals", "steps", "epochs", "warmup_steps", "evaluate_every", "bootstrap"),
}
Printed = Callable[[str], tuple[str, JobSpec]]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Printed:
    def read(kind: str) -> tuple[str, JobSpec]:
        assert main(["spec", kind]) == 0
        said = capsys.readouterr()
        assert said.err == ""
        (tmp_path / f"{kind}.toml").write_text(said.out)
        return said.out, read_spec(tmp_path / f"{kind}.toml")

    return read


def documented(kind: str) -> dict[str, str]:
    """The meaning of every key, without links and marks."""
    section = present(re.search(rf"^## {HEADINGS[kind]}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))[1]
    rows = {}
    for key, form, default, meaning in ROW.findall(section):
        said = "needed" if default == "needed" else f"default {default}"
        rows[key] = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", f"{meaning} ({form}; {said})").replace("`", "")
    return rows


@pytest.mark.parametrize("kind", KINDS)
def test_a_printed_spec_has_every_key_with_what_the_documents_say_of_it(printed: Printed, kind: str) -> None:
    text, spec = printed(kind)
    assert type(spec) is KINDS[kind]
    head, *blocks = text.rstrip("\n").split("\n\n")
    assert head.splitlines()[-1] == f'job = "{kind}"'
    said = {}
    for block in blocks:
        *comments, assignment = block.splitlines()
        said[assignment.partition(" = ")[0]] = " ".join(line.removeprefix("# ") for line in comments)
    assert said == documented(kind)
    assert list(said) == list(spec.__struct_fields__)


@pytest.mark.parametrize("kind", KINDS)
def test_a_printed_spec_has_defaults_where_the_demonstration_needs_nothing_else(printed: Printed, kind: str) -> None:
    _, spec = printed(kind)
    others = {
        field.name
        for field in msgspec.structs.fields(KINDS[kind])
        if field.required or getattr(spec, field.name) != field.default
    }
    assert others <= OF_THE_DEMONSTRATION


def test_the_printed_specs_fit_the_demonstration(
    printed: Printed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demonstration_in(tmp_path / "demo", report=lambda *_: None)
    spec = of(FineTune, printed("finetune")[1])
    assert spec.dataset == str(tmp_path / "demo" / "DATASET.toml")
    assert len(check_finetune(spec).factors) == 6
    judged = of(Evaluate, printed("evaluate")[1])
    assert judged.checkpoint == str(shipped_checkpoints()["demonstration"])
    printed("predict")
    assert main(["predict", str(tmp_path / "predict.toml"), "--factors", "DEMO-A"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'predicted' / 'DEMO-A.alpha.bw'}\n"


def test_the_list_names_every_kind_and_its_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spec", "--list"]) == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == list(KINDS)
    assert main(["spec", "--list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    [finetune] = [kind for kind in listed if kind["job"] == "finetune"]
    keys = {key["key"]: key for key in finetune["keys"]}
    assert list(keys) == list(KINDS["finetune"].__struct_fields__)
    assert keys["dataset"] == {"key": "dataset", "needed": True, "default": None}
    assert keys["epochs"] == {"key": "epochs", "needed": False, "default": 6}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Name one of pretrain, finetune, evaluate, predict, or ask for --list."),
        (["finetune", "--list"], "or ask for --list"),
        (["finetune", "--json"], "--json goes with --list"),
    ],
)
def test_what_does_not_go_together_is_refused(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["spec", *words]) == 2
    assert sentence in capsys.readouterr().err


def test_a_mistyped_kind_is_told_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["spec", "finetunes"])
    assert "did you mean finetune?" in capsys.readouterr().err


def test_a_spec_is_printed_without_waiting_for_numpy() -> None:
    check = "import sys, ebert_core.cli.spec; assert 'numpy' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", check]).returncode == 0
