"""What a saved state keeps, what a run says when it goes on from one, and what it refuses to go on from."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import torch

from ebert_core.model.checkpoint import present_versions
from ebert_core.model.description import InputFile
from ebert_core.model.device import Engine
from ebert_core.model.network import Ebert
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.training import resume
from ebert_core.training.loop import Schedule, Trainer
from ebert_core.training.resume import SavedRun
from ebert_core.training.saved_states import check_shapes
from tests.core.toy_binding import SMALLEST, SilentReport, pretrain_spec

ENGINE = Engine(torch.device("cpu"), torch.float32)
INPUTS = {"reference": InputFile("toy.fa", "1" * 64), "states": InputFile("alpha.bed", "2" * 64)}
Begin = Callable[..., "Run"]


class Run:
    """A network that begins with weights of its own, and the folder that keeps its state."""

    def __init__(self, folder: Path, seed: int = 1, inputs: dict[str, InputFile] = INPUTS, **changes: object) -> None:
        torch.manual_seed(seed)
        network = Ebert(msgspec.structs.replace(SMALLEST, factors=("FOS",)))
        self.trainer = Trainer(network, ENGINE, Schedule(1e-3, 1, 10), seed=1)
        spec = msgspec.structs.replace(pretrain_spec(folder, folder / "out"), **changes)
        self.saved = SavedRun(folder, self.trainer, spec, inputs)
        self.report = SilentReport()

    def at(self, step: int) -> "Run":
        self.trainer.step = step
        return self

    def restored(self) -> "Run":
        self.saved.restore(self.report)
        return self

    def weights(self) -> dict[str, torch.Tensor]:
        return {name: tensor.clone() for name, tensor in self.trainer.network.state_dict().items()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


def test_without_a_state_a_run_begins_and_says_nothing(tmp_path: Path) -> None:
    run = Run(tmp_path).restored()
    assert (run.trainer.step, run.saved.has_best, run.report.events) == (0, False, [])


def test_a_run_goes_on_with_the_weights_of_its_state_and_says_after_which_step(tmp_path: Path) -> None:
    first = Run(tmp_path).at(3)
    first.saved.save()
    other = Run(tmp_path, seed=2)
    assert not same(first.weights(), other.weights())
    other.restored()
    assert same(first.weights(), other.weights())
    assert (other.trainer.step, other.saved.has_best) == (3, False)
    assert other.report.events == ["Going on after step 3."]


def test_the_best_weights_are_those_of_their_step_and_not_the_last_ones(tmp_path: Path) -> None:
    first = Run(tmp_path).at(3)
    best = first.weights()
    assert not first.saved.has_best
    first.saved.keep_best(0.5)
    assert first.saved.has_best
    with torch.no_grad():
        next(first.trainer.network.parameters()).add_(1)
    first.at(4).saved.save()
    other = Run(tmp_path, seed=2).restored()
    assert (other.saved.has_best, other.trainer.best_score) == (True, 0.5)
    assert same(other.weights(), first.weights())
    assert not same(other.weights(), best)
    other.saved.adopt_best()
    assert same(other.weights(), best)


def test_best_weights_stay_as_long_as_a_state_names_them(tmp_path: Path) -> None:
    run = Run(tmp_path)

    def kept() -> list[str]:
        return sorted(path.name for path in tmp_path.glob("best-*"))

    for step, expected in (
        (3, ["best-3.safetensors"]),
        (4, ["best-3.safetensors", "best-4.safetensors"]),
        (5, ["best-4.safetensors", "best-5.safetensors"]),
    ):
        run.at(step).saved.keep_best(step / 10)
        run.saved.save()
        assert kept() == expected
    other = Run(tmp_path).restored().at(6)
    other.saved.keep_best(0.9)
    other.saved.save()
    assert kept() == ["best-5.safetensors", "best-6.safetensors"], "also after going on"
    other.saved.save()
    assert kept() == ["best-6.safetensors"]


def test_a_damaged_state_never_takes_the_place_of_the_whole_one_before_it(tmp_path: Path) -> None:
    first, state = Run(tmp_path), tmp_path / "resume.safetensors"
    for step in (3, 4):
        first.at(step).saved.save()
    state.write_bytes(b"cut short")
    Run(tmp_path).restored().at(5).saved.save()
    state.write_bytes(b"cut short again")
    assert Run(tmp_path).restored().trainer.step == 3


def test_a_state_without_a_weight_is_refused_by_its_name_and_what_a_run_gathers_is_not_missed(tmp_path: Path) -> None:
    trainer = Run(tmp_path).trainer
    shapes = {name: list(tensor.shape) for name, tensor in trainer.tensors().items()}
    trainer.kept["hard"] = torch.zeros(3)
    check_shapes(tmp_path, shapes, trainer)
    del shapes["weight.encoder.norm.weight"]
    with pytest.raises(ValueError, match=r"has no weight\.encoder\.norm\.weight"):
        check_shapes(tmp_path, shapes, trainer)


@pytest.mark.parametrize("changes", [{}, {"torch": "1.0"}, {"threads": 4096, "device": "a GPU"}])
def test_a_run_that_began_elsewhere_says_what_was_other_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object]
) -> None:
    here = present_versions(ENGINE, 1)
    there = msgspec.structs.replace(here, **changes)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(resume, "present_versions", lambda _engine, _processes: there)
        Run(tmp_path).at(2).saved.save()
    said = Run(tmp_path).restored().report.events
    names = [name for name in msgspec.structs.asdict(here) if name in changes]
    words = ", ".join(f"{name} was {changes[name]}, is {getattr(here, name)}" for name in names)
    sentence = f"The run began elsewhere, so it may differ in the last bits: {words}."
    assert said == ["Going on after step 2.", *([sentence] if changes else [])]


def test_a_run_may_go_on_in_another_folder_and_on_another_device_and_not_with_another_request(tmp_path: Path) -> None:
    Run(tmp_path).at(2).saved.save()
    assert Run(tmp_path, output=str(tmp_path / "other"), device="cpu", precision="auto").restored().trainer.step == 2
    changed = Run(tmp_path, batch_size=5)
    sentence = (
        r"The request changed since this run was saved: batch_size was 4\. Put it back to go on, or start anew without"
    )
    with pytest.raises(InvalidRequest, match=sentence):
        changed.restored()
    assert changed.trainer.step == 0


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        (INPUTS | {"states": InputFile("alpha.bed", "3" * 64)}, r"states \(alpha\.bed\)"),
        ({"states": INPUTS["states"]}, r"reference \(toy\.fa\)"),
        ({"motifs": InputFile("m.pfm", "4" * 64)}, r"motifs \(m\.pfm\) and 2 more"),
    ],
)
def test_a_run_whose_files_changed_names_one_and_counts_the_others(
    tmp_path: Path, inputs: dict[str, InputFile], named: str
) -> None:
    Run(tmp_path).at(2).saved.save()
    with pytest.raises(
        InvalidRequest, match=f"^{named} changed since this run was saved. Put the old file back to go on"
    ):
        Run(tmp_path, inputs=inputs).restored()


def test_the_state_is_saved_when_ten_minutes_have_gone_by_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    run = Run(tmp_path)
    state = tmp_path / "resume.safetensors"

    def saves(seconds: float) -> bool:
        state.unlink(missing_ok=True)
        now[0] += seconds
        run.saved.save_if_due()
        return state.exists()

    assert [saves(599), saves(1), saves(599), saves(1.5)] == [False, True, False, True]
    run.saved.save()
    assert [saves(599), saves(2)] == [False, True], "a state that was saved otherwise counts, too"


def test_a_folder_that_is_gone_is_not_made_anew_and_whether_a_state_is_kept_is_said(tmp_path: Path) -> None:
    run = Run(tmp_path / "gone" / "work")
    with pytest.raises(
        InvalidRequest, match=r"could not be written to .*resume\.safetensors: .*; there is none yet\.$"
    ):
        run.saved.save()
    assert not (tmp_path / "gone").exists()
    kept = Run(tmp_path / "work").at(1)
    kept.saved.save()
    (tmp_path / "work" / "best-1.safetensors").mkdir()
    (tmp_path / "work" / "best-1.safetensors" / "mine").touch()
    with pytest.raises(InvalidRequest, match=r"best-1\.safetensors: .*; the last one is kept\.$"):
        kept.saved.keep_best(0.5)
    names = sorted(path.name for path in (tmp_path / "work").iterdir())
    assert names == ["best-1.safetensors", "resume.safetensors"], "no half-written file is left"
