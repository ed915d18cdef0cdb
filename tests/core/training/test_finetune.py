"""Fine-tuning on the toy genome: it learns, resumes to the bit, and refuses what makes no sense."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from ebert_core.inference.batches import Inputs
from ebert_core.material.material import open_material
from ebert_core.material.sampling import tiled_examples
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.config import PRESETS
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped
from ebert_core.training.dropping import drop_channels
from ebert_core.training.finetune import finetune
from tests.certain import present
from tests.core.toy_binding import SMALLEST, SilentReport, finetune_spec, write_toy_binding

Uninterrupted = Callable[..., tuple[dict[str, Tensor], SilentReport]]


@pytest.fixture
def short(smallest: None, toy_binding: Path, tmp_path: Path) -> FineTune:
    return finetune_spec(toy_binding, tmp_path / "out", epochs=3, batch_size=30)


@pytest.fixture(scope="module")
def uninterrupted(toy_binding: Path, tmp_path_factory: pytest.TempPathFactory) -> Uninterrupted:
    """The weights of a run with some changes that nothing stops, and what it said; each is run once for all tests."""

    @cache
    def run(**changes: float) -> tuple[dict[str, Tensor], SilentReport]:
        torch.set_num_threads(1)
        folder, report = tmp_path_factory.mktemp("whole"), SilentReport()
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(PRESETS, "tiny", SMALLEST)
            spec = finetune_spec(toy_binding, folder / "out", epochs=3, batch_size=30, **changes)
            return weights_of(finetune(spec, report, folder / "work")), report

    return run


def weights_of(folder: Path) -> dict[str, Tensor]:
    weights: dict[str, Tensor] = load_file(folder / "weights.safetensors")
    return weights


def test_the_progress_says_that_its_loss_is_of_one_step(learned: tuple[Path, SilentReport]) -> None:
    _, report = learned
    assert any(", loss of this step 0." in note for note in report.notes)


def test_it_learns_what_the_motif_alone_cannot_tell(learned: tuple[Path, SilentReport]) -> None:
    _, report = learned
    assert max(report.values("validation", "auPRC")) > 0.9


def test_the_checkpoint_says_where_it_comes_from_and_how_good_it_is(toy_checkpoint: Path) -> None:
    description = load_checkpoint(toy_checkpoint).description
    assert (description.assembly, description.cell_types) == ("toy1", ("alpha", "beta"))
    record = description.factor("FOS")
    assert present(record.auprc) > 0.9
    assert record.calibration.fitted_on
    assert 0 < present(record.threshold) < 1
    assert any("0.0 Mb only" in limit for limit in description.limits)
    assert not any("One cell type" in limit for limit in description.limits)


def test_an_epoch_with_fewer_windows_than_the_first_has_as_many_steps(short: FineTune, tmp_path: Path) -> None:
    material = open_material(short.dataset, short.training, (), (), SilentReport())
    places = material.training_stretches(SMALLEST.context)
    counts = [len(tiled_examples(places, ("alpha", "beta"), SMALLEST.context, (1, epoch))) for epoch in range(3)]
    first = next(size for size in range(2, 80) if -(-min(counts) // size) < -(-counts[0] // size))
    report = SilentReport()
    finetune(msgspec.structs.replace(short, batch_size=first), report, tmp_path / "work")
    assert [metric[0] for metric in report.metrics if metric[1] == "validation"][-1] == 3 * -(-counts[0] // first)


@pytest.mark.parametrize("stop_after", [2, 4])
def test_a_stopped_run_goes_on_to_the_bit(
    short: FineTune, uninterrupted: Uninterrupted, tmp_path: Path, stop_after: int
) -> None:
    with pytest.raises(Stopped, match="resume to go on"):
        finetune(short, SilentReport(stop_after), tmp_path / "b")
    assert not (tmp_path / "out").exists()
    resumed = finetune(short, SilentReport(), tmp_path / "b")
    expected, found = uninterrupted()[0], weights_of(resumed)
    assert all(torch.equal(expected[name], found[name]) for name in expected)


class StopsWhen(SilentReport):
    """Asks to stop once all steps are done and something with these words is under way."""

    def __init__(self, words: str, steps: int) -> None:
        super().__init__()
        self.words, self.steps = words, steps

    def stop_requested(self) -> bool:
        last_step = max((step for step, split, *_ in self.metrics if split == "training"), default=0)
        return last_step == self.steps and self.words in self.notes[-1]


def test_a_run_that_is_stopped_while_it_calibrates_goes_on_to_the_bit(
    short: FineTune, uninterrupted: Uninterrupted, tmp_path: Path
) -> None:
    expected, report = uninterrupted()
    stopping = StopsWhen("held-out loci in beta", report.metrics[-1][0])
    with pytest.raises(Stopped, match="before calibration; resume to go on"):
        finetune(short, stopping, tmp_path / "b")
    assert stopping.notes[-1] == "predicting held-out loci in beta"
    assert not (tmp_path / "out").exists()
    again = SilentReport()
    resumed = finetune(short, again, tmp_path / "b")
    assert not again.values("training", "loss"), "nothing is trained twice"
    found = weights_of(resumed)
    assert all(torch.equal(expected[name], found[name]) for name in expected)


@pytest.mark.parametrize("stop_after", [3, 7])
def test_a_run_with_further_windows_learns_and_goes_on_to_the_bit(
    short: FineTune, uninterrupted: Uninterrupted, tmp_path: Path, stop_after: int
) -> None:
    further = {"further_windows": 0.5, "hard_negative_rounds": 2}
    expected, report = uninterrupted(**further)
    spec = msgspec.structs.replace(short, **further)
    assert sum("hard unbound places" in event for event in report.events) == 2
    with pytest.raises(Stopped):
        finetune(spec, SilentReport(stop_after), tmp_path / "b")
    resumed = finetune(spec, SilentReport(), tmp_path / "b")
    found = weights_of(resumed)
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_last_state(
    short: FineTune, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wild = msgspec.structs.replace(short, learning_rate=1e30, warmup_steps=1)
    with pytest.raises(
        InvalidRequest, match=r"The loss became nan at step \d+; .* Begin anew with a lower learning rate"
    ):
        finetune(wild, SilentReport(), tmp_path / "work")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"validation": ("chr1:20,001-25,000",)}, "Training and validation overlap on chr1"),
        ({"training": ("chr9",)}, "'chr9' is no region"),
        ({"factors": ("GATA9",)}, "in the chosen cell types, has no peaks of GATA9; it has FOS"),
        ({"cell_types": ("gamma",)}, "DATASET.toml has no cell type gamma; it has alpha, beta"),
        ({"validation_cell_types": ("gamma",)}, "DATASET.toml has no cell type gamma; it has alpha, beta"),
        ({"validation_cell_types": ("alpha", "beta")}, "Every cell type with peaks is held out"),
        ({"signals": ("ATAC",)}, "No cell type to train in has the signal ATAC; there are: DNase"),
        ({"validation_cell_types": ("alpha",)}, "No cell type to train in has the signal DNase; there are: none"),
        ({"training": ("chr1:1-500",)}, "No window of 800 bases fits"),
        ({"start_from": "/no/such"}, "There is no checkpoint at /no/such"),
        ({"dataset": "/no/such.toml"}, "/no/such.toml"),
        ({"learning_rate": float("inf")}, "learning_rate is inf; it must be a finite number"),
        ({"cell_types": ("alpha", "alpha")}, "cell_types lists alpha twice; name it once"),
        ({"factors": ("FOS", "FOS")}, "factors lists FOS twice; name it once"),
        ({"training": ("chr1:1-9,000", "chr1:8,001-20,000")}, "training names chr1:8,001-20,000 more than once"),
        ({"output": "/proc/x/y"}, "/proc/x/y cannot be made, /proc may not be written to"),
        ({"output": ""}, "output is empty; name a folder"),
        ({"epochs": 0}, "epochs is 0; it must be at least 1"),
        ({"seed": 2**32}, "seed is 4294967296; it must be at least 0 and at most 4294967295"),
        ({"batch_size": 10**15}, "batch_size is 1000000000000000; it must be at least 1 and at most 1000000"),
        ({"batch_size": 0}, "batch_size is 0; it must be at least 1"),
        ({"learning_rate": -1.0}, "learning_rate is -1; it must be above 0"),
        ({"channel_drop": 1.5}, "channel_drop is 1.5; it must be at least 0 and below 1"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(
    short: FineTune, tmp_path: Path, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence) as refused:
        finetune(msgspec.structs.replace(short, **changes), SilentReport(), tmp_path / "work")
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_numbers_that_are_probably_not_meant_are_said(short: FineTune, tmp_path: Path) -> None:
    report = SilentReport()
    odd = msgspec.structs.replace(short, epochs=1, batch_size=1000, warmup_steps=50, hard_negative_rounds=1)
    finetune(odd, report, tmp_path / "work")
    assert any(line.startswith("hard_negative_rounds does nothing") for line in report.events)
    assert any(
        line.startswith("The run has 1 steps and warmup_steps is 50: the learning rate") for line in report.events
    )
    assert any(line.startswith("batch_size is 1000, and there are") for line in report.events)


def test_a_folder_of_other_things_is_refused_before_the_training_and_left_alone(
    short: FineTune, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    report = SilentReport()
    with pytest.raises(InvalidRequest, match=r"holds thesis\.txt, which is no part of a checkpoint"):
        finetune(short, report, tmp_path / "work")
    assert (tmp_path / "out" / "thesis.txt").read_text() == "mine"
    assert not report.metrics


def test_a_damaged_state_to_resume_from_is_named(short: FineTune, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "resume.safetensors").write_bytes(b"no tensors")
    with pytest.raises(InvalidRequest, match=r"resume\.safetensors is missing, damaged or cut short, so .* Start anew"):
        finetune(short, SilentReport(), tmp_path / "work")


def test_damaged_best_weights_are_found_before_the_training_goes_on(short: FineTune, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        finetune(short, SilentReport(4), tmp_path / "work")
    for best in (tmp_path / "work").glob("best-*"):
        best.write_bytes(best.read_bytes()[:-100])
    with pytest.raises(InvalidRequest, match=r"best-\d+\.safetensors is missing, damaged or cut short"):
        finetune(short, SilentReport(), tmp_path / "work")


def test_a_second_fine_tuning_starts_from_the_first(short: FineTune, toy_checkpoint: Path, tmp_path: Path) -> None:
    report = SilentReport()
    spec = msgspec.structs.replace(short, start_from=str(toy_checkpoint), epochs=1, learning_rate=1e-5)
    child = load_checkpoint(finetune(spec, report, tmp_path / "work"))
    assert child.description.parent_sha256 == load_checkpoint(toy_checkpoint).description.weights_sha256
    assert report.values("validation", "auPRC")[0] > 0.9


def test_what_a_fine_tuning_does_not_keep_of_its_start_is_said(
    short: FineTune, toy_checkpoint: Path, tmp_path: Path
) -> None:
    report = SilentReport()
    finetune(msgspec.structs.replace(short, start_from=str(toy_checkpoint), signals=(), epochs=1), report, tmp_path)
    name = load_checkpoint(toy_checkpoint).description.name
    gone = f"Left behind, since this fine-tuning does not use them: the signals DNase of {name}."
    assert gone in report.events
    assert len(set(report.events)) == len(report.events), "nothing is said twice"


def test_without_states_signals_and_motifs_it_trains_on_bases_alone(short: FineTune, tmp_path: Path) -> None:
    bare = msgspec.structs.replace(short, use_states=False, use_motifs=False, signals=(), epochs=1)
    architecture = load_checkpoint(finetune(bare, SilentReport(), tmp_path / "work")).description.architecture
    assert (architecture.states, architecture.signals, architecture.motifs) == ((), (), ())


def test_a_held_out_cell_type_is_calibrated_on_and_not_trained_on(short: FineTune, tmp_path: Path) -> None:
    spec = msgspec.structs.replace(short, validation_cell_types=("beta",), epochs=1)
    report = SilentReport()
    description = load_checkpoint(finetune(spec, report, tmp_path / "work")).description
    assert any(said.endswith(": 1 factor, 1 cell type, 1 more held out.") for said in report.events)
    assert (description.cell_types, description.validation_cell_types) == (("alpha",), ("beta",))
    assert description.factor("FOS").cell_types == ("alpha",)
    assert "One cell type was seen (alpha): nothing can be said about others." in description.limits
    assert "beta on chr2" in description.factor("FOS").calibration.fitted_on


def test_where_nothing_can_be_scored_the_checkpoint_says_that_it_is_not_calibrated(
    short: FineTune, tmp_path: Path
) -> None:
    spec = msgspec.structs.replace(short, validation=("chr2:9,101-9,500",), epochs=1)
    description = load_checkpoint(finetune(spec, SilentReport(), tmp_path / "work")).description
    assert description.factor("FOS").auprc is None
    assert "held-out auPRC" not in description.metrics
    assert any("FOS are not calibrated" in limit for limit in description.all_limits)


def test_a_synthetic_genome_stays_synthetic_in_the_checkpoint(smallest: None, tmp_path: Path) -> None:
    dataset = write_toy_binding(tmp_path, synthetic=True)
    path = finetune(finetune_spec(dataset, tmp_path / "out", epochs=1, batch_size=80), SilentReport(), tmp_path / "w")
    description = load_checkpoint(path).description
    assert description.seed == 5
    assert description.limits[0].startswith("Trained on a synthetic genome")


def test_channels_are_dropped_by_window_and_each_on_its_own() -> None:
    inputs = Inputs(
        np.zeros((400, 200), np.uint8),
        np.full((400, 1), 2, np.uint8),
        np.ones((400, 4, 1), np.float32),
        np.ones((400, 4, 1), np.float32),
    )
    dropped = drop_channels(inputs, 0.25, np.random.default_rng(1))
    has_state, has_signal = dropped.states_BS[:, 0] == 2, np.isfinite(dropped.signals_BPC).all((1, 2))
    has_motifs = np.isfinite(dropped.motifs_BPM).all((1, 2))
    for has in (has_state, has_signal, has_motifs):
        assert 0.65 < has.mean() < 0.85
    for one, other in ((has_state, has_signal), (has_signal, has_motifs), (has_state, has_motifs)):
        assert 0.45 < (one & other).mean() < 0.68
    assert (np.isnan(dropped.signals_BPC).all((1, 2)) == ~has_signal).all()
