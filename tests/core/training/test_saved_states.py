"""A saved state that cannot be is refused in one sentence before anything is taken over; the one before it serves."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from ebert_core.model.config import PRESETS
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped
from ebert_core.training import resume
from ebert_core.training.finetune import finetune
from ebert_core.training.loop import Trainer
from tests.core.toy_binding import SMALLEST, SilentReport, finetune_spec

STATE, PREVIOUS = "resume.safetensors", "resume-previous.safetensors"
Tensors = dict[str, torch.Tensor]


@pytest.fixture
def short(smallest: None, toy_binding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FineTune:
    monkeypatch.setattr(resume, "_SAVE_EVERY_SECONDS", 0.0)  # before every step
    return spec_of(toy_binding, tmp_path)


def spec_of(dataset: Path, folder: Path) -> FineTune:
    return finetune_spec(dataset, folder / "out", epochs=2, batch_size=40, validation=("chr2:1-3,000",))


@pytest.fixture(scope="module")
def stopped(toy_binding: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that was stopped after a few steps; the request may name another output later."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("stopped")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "tiny", SMALLEST)
        patch.setattr(resume, "_SAVE_EVERY_SECONDS", 0.0)
        with pytest.raises(Stopped):
            finetune(spec_of(toy_binding, folder), SilentReport(4), folder / "work")
    assert (folder / "work" / PREVIOUS).exists()
    return folder / "work"


@pytest.fixture
def work(short: FineTune, stopped: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to damage."""
    return Path(shutil.copytree(stopped, tmp_path / "work"))


def changed(change: Callable[[Tensors], object]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        with safe_open(path, framework="pt") as file:
            said = file.metadata()
        tensors = load_file(path)
        change(tensors)
        save_file(tensors, path, said)

    return damage


def with_header(**changes: object) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        with safe_open(path, framework="pt") as file:
            said = msgspec.json.decode(file.metadata()["run"])
        tensors = load_file(path)
        save_file(tensors, path, {"run": msgspec.json.encode(said | changes).decode()})

    return damage


def a_weight(tensors: Tensors) -> str:
    return next(name for name, tensor in tensors.items() if name.startswith("weight.") and tensor.ndim == 2)


def a_link_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("/nowhere")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "empty": lambda path: path.write_bytes(b""),
    "no tensors": lambda path: path.write_bytes(b"\0" * 5000),
    "a link to nowhere": a_link_to_nowhere,
    "a folder": a_folder,
    "an absurd step": changed(lambda tensors: tensors.update(step=torch.tensor(10**15))),
    "a step below 0": changed(lambda tensors: tensors.update(step=torch.tensor(-1))),
    "several steps": changed(lambda tensors: tensors.update(step=torch.tensor([1, 2]))),
    "no step": changed(lambda tensors: tensors.pop("step")),
    "a score that is no number": changed(
        lambda tensors: tensors.update(best_score=torch.tensor(float("nan"), dtype=torch.float64))
    ),
    "a weight that is no number": changed(lambda tensors: tensors[a_weight(tensors)].fill_(float("nan"))),
    "an endless weight": changed(lambda tensors: tensors[a_weight(tensors)].fill_(float("inf"))),
    "a weight of another shape": changed(lambda tensors: tensors.update({a_weight(tensors): torch.zeros(1, 1)})),
    "a weight too few": changed(lambda tensors: tensors.pop(a_weight(tensors))),
    "a tensor too many": changed(lambda tensors: tensors.update(stranger=torch.zeros(3))),
    "a moment of another shape": changed(
        lambda tensors: tensors.update({next(n for n in tensors if n.startswith("moment.exp_avg.")): torch.zeros(7)})
    ),
    "a squared moment below 0": changed(
        lambda tensors: tensors[next(n for n in tensors if n.startswith("moment.exp_avg_sq."))].fill_(-1.0)
    ),
    "best weights elsewhere": with_header(best="../../../../etc/passwd"),
    "best weights that are gone": with_header(best="best-999999.safetensors"),
    "no header": lambda path: save_file(load_file(path), path),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_state_gives_way_to_the_one_before_it(
    short: FineTune, work: Path, tmp_path: Path, damage: str
) -> None:
    DAMAGES[damage](work / STATE)
    report = SilentReport(stop_after=1)
    with pytest.raises(Stopped):
        finetune(short, report, work)
    assert any(
        text.startswith("WARNING: ") and text.endswith("going on from the state that was saved before it.")
        for text in report.events
    )
    assert any(text.startswith("Going on after step") for text in report.events)


@pytest.mark.parametrize("damage", ["cut short", "an absurd step", "a weight that is no number"])
def test_without_any_whole_state_the_run_does_not_begin_anew_unasked(short: FineTune, work: Path, damage: str) -> None:
    for name in (STATE, PREVIOUS):
        DAMAGES[damage](work / name)
    with pytest.raises(InvalidRequest, match=r"so this run cannot go on\. Start anew without --resume\.$") as refused:
        finetune(short, SilentReport(), work)
    assert "\n" not in str(refused.value)
    assert not Path(short.output).exists()


def test_a_run_that_goes_on_from_the_state_before_ends_with_the_same_bits(
    short: FineTune, work: Path, tmp_path: Path
) -> None:
    (work / STATE).write_bytes(b"")
    finetune(short, SilentReport(), work)
    whole = msgspec.structs.replace(short, output=str(tmp_path / "whole"))
    finetune(whole, SilentReport(), tmp_path / "anew")
    weights = [(tmp_path / name / "weights.safetensors").read_bytes() for name in ("out", "whole")]
    assert weights[0] == weights[1]


def test_a_run_that_is_killed_within_an_epoch_has_kept_its_last_whole_step(
    short: FineTune, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Trainer.take_step

    def killed(trainer: Trainer, loss_of_batch: Callable[[], torch.Tensor]) -> float:
        if trainer.step == 3:
            raise KeyboardInterrupt
        return steps(trainer, loss_of_batch)

    monkeypatch.setattr(Trainer, "take_step", killed)
    many = msgspec.structs.replace(short, batch_size=8)
    with pytest.raises(KeyboardInterrupt):
        finetune(many, SilentReport(), tmp_path / "work")
    assert int(load_file(tmp_path / "work" / STATE)["step"]) == 3
    assert int(load_file(tmp_path / "work" / PREVIOUS)["step"]) == 2


def test_the_state_of_another_run_is_refused_and_not_taken_for_damage(
    short: FineTune, work: Path, toy_binding: Path, tmp_path: Path
) -> None:
    other = msgspec.structs.replace(short, seed=short.seed + 1, output=str(tmp_path / "other"))
    with pytest.raises(Stopped):
        finetune(other, SilentReport(4), tmp_path / "others")
    shutil.copy(tmp_path / "others" / STATE, work / STATE)
    with pytest.raises(InvalidRequest, match="The request changed since this run was saved: seed was"):
        finetune(short, SilentReport(), work)
