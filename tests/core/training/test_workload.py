"""The progress of a fine-tuning follows the windows that go through its network."""

import re
from pathlib import Path

import pytest
import torch

from ebert_core.model.embedding import Windows
from ebert_core.model.network import Ebert
from ebert_core.protocol.terms.report import FORESEEABLE, Stopped
from ebert_core.training.finetune import finetune
from ebert_core.training.workload import TRAINED_WINDOW, Workload
from tests.core.toy_binding import SilentReport, finetune_spec


def test_each_part_takes_the_share_of_its_windows() -> None:
    work = Workload(epochs=3, searches=1, training=30, measuring=10, search=20, calibration=60)
    ends = [
        work.done("training", 1, 0),
        work.done("measuring", 1, 0),
        work.done("search", 1, 0),
        work.done("training", 0.5, 1),
        work.done("measuring", 0.5, 2),
        work.done("calibration", 0),
        work.done("calibration", 1),
    ]
    assert ends == pytest.approx([FORESEEABLE * windows / 200 for windows in (30, 40, 60, 75, 135, 140, 200)])


class Counting(SilentReport):
    """Keeps how far the run says it is, beside the windows that the network had seen by then."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0.0
        self.said: list[tuple[float, float]] = []

    def progress(self, fraction: float, note: str) -> None:
        super().progress(fraction, note)
        self.said.append((self.seen, fraction))


@pytest.mark.parametrize("held_out", [(), ("beta",)])
def test_the_fractions_of_a_run_follow_the_windows_that_its_network_sees(
    smallest: None, toy_binding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held_out: tuple[str, ...]
) -> None:
    report = Counting()
    usual = Ebert.binding

    def counted(network: Ebert, windows: Windows) -> torch.Tensor:
        report.seen += len(windows.bases_BL) * (TRAINED_WINDOW if torch.is_grad_enabled() else 1)
        return usual(network, windows)

    monkeypatch.setattr(Ebert, "binding", counted)
    changes = {"further_windows": 0.5, "hard_negative_rounds": 1, "epochs": 2, "validation_cell_types": held_out}
    finetune(finetune_spec(toy_binding, tmp_path / "out", **changes), report, tmp_path / "work")
    fractions = [fraction for _, fraction in report.said]
    assert fractions == sorted(fractions)
    for seen, fraction in report.said:
        # A tile at each end of a region is shared with what lies beside it.
        assert min(fraction, FORESEEABLE) == pytest.approx(FORESEEABLE * seen / report.seen, abs=0.03)
    assert fractions[-1] > FORESEEABLE


class Noting(SilentReport):
    """Keeps how far the run says it is after each training step."""

    def __init__(self, stop_after: int = 0) -> None:
        super().__init__(stop_after)
        self.after_step: dict[int, float] = {}

    def progress(self, fraction: float, note: str) -> None:
        super().progress(fraction, note)
        if found := re.match(r"epoch (\d+), step (\d+) of (\d+), loss of this step", note):
            epoch, step, steps = map(int, found.groups())
            assert (steps, epoch) == (6, 1 + (step > 3))
            self.after_step[step] = fraction


def test_each_step_of_an_epoch_is_as_far_as_the_next_and_a_resumed_run_is_where_the_whole_one_was(
    smallest: None, toy_binding: Path, tmp_path: Path
) -> None:
    spec = finetune_spec(toy_binding, tmp_path / "out", epochs=2, batch_size=30, validation=("chr2:1-3,000",))
    whole = Noting()
    finetune(spec, whole, tmp_path / "whole")
    assert list(whole.after_step) == [1, 2, 3, 4, 5, 6]
    far = list(whole.after_step.values())
    assert far[0] > 0
    assert [far[1] - far[0], far[2] - far[1], far[4] - far[3], far[5] - far[4]] == pytest.approx([far[0]] * 4)
    assert far[3] > far[2] + far[0], "the first epoch was measured meanwhile"
    with pytest.raises(Stopped):
        finetune(spec, Noting(stop_after=6), tmp_path / "stopped")
    resumed = Noting()
    finetune(spec, resumed, tmp_path / "stopped")
    assert resumed.after_step == {step: pytest.approx(whole.after_step[step]) for step in (6,)}
