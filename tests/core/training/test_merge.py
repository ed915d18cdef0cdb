"""Averaging checkpoints: the mean of calibrated logits in one folder that everything takes as any other."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from ebert_core.cli.program import main
from ebert_core.dataset.description import Dataset
from ebert_core.inference.attention import attention_profile
from ebert_core.inference.predict import Predictor
from ebert_core.judging.evaluate import evaluate
from ebert_core.material.places import union, without
from ebert_core.model.checkpoint import load_checkpoint, save_checkpoint
from ebert_core.model.description import Calibration, read_description
from ebert_core.model.device import Engine
from ebert_core.model.ensemble import Ensemble
from ebert_core.protocol.specs.jobs import Evaluate
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.providers.ebert import summarise
from ebert_core.training.finetune import finetune
from ebert_core.training.merge import averaged, load_members
from tests.certain import of, present
from tests.core.toy_binding import SilentReport, finetune_spec, quiet

PLAIN = Engine(torch.device("cpu"), torch.float32)
PLACE = Interval("chr2", 2_000, 4_000)
TRAINED_ELSEWHERE: dict[str, Any] = {"training": (Interval("chr1", 20_000, 30_000), Interval("chr2", 0, 1_000))}


def sibling(parent: Path, folder: Path, slope: float = 2.0, offset: float = -0.5, **changes: Any) -> Path:
    """A checkpoint of nearly the same weights on another scale, as another seed would give."""
    loaded = load_checkpoint(parent)
    random = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for weight in loaded.network.parameters():
            weight.add_(0.02 * torch.randn(weight.shape, generator=random))
    (record,) = loaded.description.factors
    record = msgspec.structs.replace(record, calibration=Calibration(slope, offset, "beta on chr2:1-12,130"))
    changed = msgspec.structs.replace(loaded.description, **{"name": folder.name, "factors": (record,), **changes})
    save_checkpoint(folder, loaded.network, changed)
    return folder


@pytest.fixture(scope="module")
def other(toy_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sibling(toy_checkpoint, tmp_path_factory.mktemp("other") / "seed2", **TRAINED_ELSEWHERE)


@pytest.fixture(scope="module")
def average(toy_checkpoint: Path, other: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("average") / "both"
    made = averaged(load_members([toy_checkpoint, other]), folder)
    save_checkpoint(folder, made.network, made.description)
    return folder


def logits(folder: Path, dataset: Path, strands: int = 2) -> np.ndarray:
    return Predictor(load_checkpoint(folder), Dataset.open(dataset), PLAIN).logits("alpha", PLACE, quiet, strands)[1]


def calibrated(folder: Path, dataset: Path) -> np.ndarray:
    (record,) = read_description(folder).factors
    return record.calibration.slope * logits(folder, dataset) + record.calibration.offset


def test_the_average_is_the_mean_of_the_members_calibrated_logits(
    toy_checkpoint: Path, other: Path, average: Path, toy_binding: Path
) -> None:
    expected = (calibrated(toy_checkpoint, toy_binding) + calibrated(other, toy_binding)) / 2
    assert not np.allclose(expected, calibrated(other, toy_binding), atol=0.05)
    np.testing.assert_allclose(logits(average, toy_binding), expected, atol=1e-4)
    predictor = Predictor(load_checkpoint(average), Dataset.open(toy_binding), PLAIN)
    found = predictor.probabilities("alpha", PLACE, quiet).values_FP
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-expected)), atol=1e-4)


def test_a_saved_average_comes_back_to_the_bit(average: Path, tmp_path: Path) -> None:
    loaded = load_checkpoint(average)
    save_checkpoint(tmp_path / "again", loaded.network, loaded.description)
    for name in ("weights.safetensors", "description.json"):
        assert (tmp_path / "again" / name).read_bytes() == (average / name).read_bytes()


def test_scales_stay_exact_in_half_precision(average: Path) -> None:
    network = of(Ensemble, load_checkpoint(average).network)
    before = network.scales.slope_MF.clone()
    network.to(torch.bfloat16)
    assert network.first.encoder.norm.weight.dtype == torch.bfloat16
    assert torch.equal(network.scales.slope_MF, before)


def test_what_any_member_has_seen_is_seen(toy_checkpoint: Path, other: Path, average: Path) -> None:
    described = read_description(average)
    assert described.training == (Interval("chr1", 0, 30_000), Interval("chr2", 0, 1_000))
    assert described.validation == (Interval("chr2", 1_000, 12_130),)
    assert described.familiarity("FOS", "alpha", Interval("chr2", 0, 900)) == "training"
    members = [read_description(folder) for folder in (toy_checkpoint, other)]
    assert [member.name for member in described.members] == ["fos", "seed2"]
    assert [each.weights_sha256 for each in described.members] == [each.weights_sha256 for each in members]
    assert described.inputs == members[0].inputs
    assert described.spec == members[0].spec


def test_what_held_for_single_members_is_not_said_of_the_average(average: Path) -> None:
    described = read_description(average)
    (record,) = described.factors
    assert (record.threshold, record.auprc, record.reliability, described.verdict) == (None, None, None, None)
    assert (record.calibration.slope, record.calibration.offset) == (1.0, 0.0)
    assert record.calibration.fitted_on.startswith("each member by itself: ")
    assert record.calibration.fitted_on.endswith("; beta on chr2:1-12,130")
    assert described.limits[0] == "Mean of 2 models (fos and seed2); attention is that of the first, fos."
    assert sum("Mb only" in limit for limit in described.limits) == 1, "what holds for all is said once"


def test_held_out_cell_types_of_one_member_that_another_trained_on_are_trained_on(
    toy_checkpoint: Path, tmp_path: Path
) -> None:
    rotated = sibling(
        toy_checkpoint,
        tmp_path / "rotated",
        cell_types=("alpha",),
        validation_cell_types=("beta",),
        limits=("Small.",),
    )
    described = averaged(load_members([rotated, toy_checkpoint]), tmp_path / "out").description
    assert described.cell_types == ("alpha", "beta")
    assert described.validation_cell_types == ()
    assert "Of rotated: Small." in described.limits


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"assembly": "hg38"}, "differs from .* in assembly: hg38, not toy1; only like models can be averaged"),
        ({"matrices": (((0.5, 0.5, 0.5, 0.5),),)}, "in motif matrices; only like models"),
        ({"signal_quantiles": {"DNase": (0.0, 1.0)}}, "in distributions of normalised signals; only"),
        ({"seed": 5}, "in seed of the synthetic genome: 5, not None"),
    ],
)
def test_unlike_models_are_refused_by_what_differs(
    toy_checkpoint: Path, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidRequest, match=words):
        load_members([toy_checkpoint, sibling(toy_checkpoint, tmp_path / "b", **changes)])


def test_other_factors_sizes_and_training_cells_of_derived_signals_are_refused(
    toy_checkpoint: Path, tmp_path: Path
) -> None:
    def changed(folder: Path, cell_types: tuple[str, ...], **architecture: object) -> Path:
        described = read_description(folder)
        content = msgspec.structs.replace(
            described,
            cell_types=cell_types,
            architecture=msgspec.structs.replace(described.architecture, **architecture),
        )
        (folder / "description.json").write_bytes(msgspec.json.encode(content))
        return folder

    both = ("alpha", "beta")
    wide = changed(sibling(toy_checkpoint, tmp_path / "wide"), both, halo=0)
    with pytest.raises(InvalidRequest, match="in halo: 0, not 200"):
        load_members([toy_checkpoint, wide])
    reads = {"signals": ("binding(FOS)",)}
    one = changed(Path(shutil.copytree(toy_checkpoint, tmp_path / "one")), ("alpha",), **reads)
    two = changed(sibling(toy_checkpoint, tmp_path / "two"), both, **reads)
    with pytest.raises(InvalidRequest, match=r"other cell types .* and binding\(FOS\) is worked out from them"):
        load_members([one, two])


def test_averages_twins_and_single_ones_are_refused(
    toy_checkpoint: Path, other: Path, average: Path, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRequest, match="is itself an average, of fos and seed2; name its members"):
        load_members([other, average])
    with pytest.raises(InvalidRequest, match="holds the same weights as"):
        load_members([toy_checkpoint, Path(shutil.copytree(toy_checkpoint, tmp_path / "twin"))])
    with pytest.raises(InvalidRequest, match="an average takes 2 to 32"):
        load_members([toy_checkpoint])


def test_a_damaged_list_of_members_is_refused(average: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(average, tmp_path / "damaged"))
    content = json.loads((folder / "description.json").read_text())
    content["members"].pop()
    (folder / "description.json").write_text(json.dumps(content))
    with pytest.raises(InvalidRequest, match="it lists 1 members for a network of 2"):
        load_checkpoint(folder)


def test_a_checkpoint_from_before_there_were_averages_is_read(toy_checkpoint: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(toy_checkpoint, tmp_path / "old"))
    content = json.loads((folder / "description.json").read_text())
    del content["members"], content["architecture"]["members"]
    (folder / "description.json").write_text(json.dumps(content))
    assert load_checkpoint(folder).description == read_description(toy_checkpoint)


def test_the_window_is_told_of_all_members_and_sees_the_attention_of_the_first(
    toy_checkpoint: Path, average: Path, toy_binding: Path
) -> None:
    dataset = Dataset.open(toy_binding)
    one, both = (Predictor(load_checkpoint(folder), dataset, PLAIN) for folder in (toy_checkpoint, average))
    summary = summarise(both, str(average))
    assert summary.architecture.endswith(", mean of 2 models")
    assert summary.parameters == 2 * one.network.parameter_count()
    assert summary.limits[0].startswith("Mean of 2 models")
    anchor = Interval("chr2", 3_000, 3_001)
    expected, found = (attention_profile(each, "alpha", anchor, 0, None).values_RC for each in (one, both))
    np.testing.assert_array_equal(found, expected)


def test_fine_tuning_from_an_average_starts_from_its_first_member(
    smallest: None, average: Path, toy_binding: Path, tmp_path: Path
) -> None:
    report = SilentReport()
    spec = finetune_spec(
        toy_binding,
        tmp_path / "child",
        start_from=str(average),
        epochs=1,
        batch_size=30,
        validation=("chr2:2,001-12,000",),
    )
    described = read_description(finetune(spec, report, tmp_path / "work"))
    assert "from fos, the first that both averages on" in report.events[0]
    assert (described.architecture.members, described.members) == (1, ())
    assert described.parent_sha256 == read_description(average).weights_sha256


def test_an_average_is_scored_like_any_checkpoint(
    average: Path, other: Path, toy_binding: Path, tmp_path: Path
) -> None:
    spec = Evaluate(
        dataset=str(toy_binding),
        checkpoint=str(average),
        output=str(tmp_path / "s.json"),
        regions=("chr2:2000-12130",),
        controls=(str(other),),
        without=(),
        bootstrap=5,
        precision="fp32",
    )
    written = json.loads(evaluate(spec, SilentReport(), tmp_path).read_text())
    for pair in written["comparison"]["pairs"]:
        assert pair["auprc"]["both"] > 0.8


def test_the_command_writes_an_average_that_predicts(
    toy_checkpoint: Path, other: Path, toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "both"
    assert main(["average", str(toy_checkpoint), str(other), "--output", str(output)]) == 0
    said = capsys.readouterr()
    assert said.out == f"{output}\n"
    assert said.err.startswith("Mean of 2 models")
    words = ["--cell-type", "alpha", "--factor", "FOS", "--locus", "chr2:1-3000", "--output", str(tmp_path / "x.bw")]
    assert main(["predict", str(output), str(toy_binding), *words]) == 0
    assert "What a probability of FOS is worth was not measured" in capsys.readouterr().err


def test_the_command_measures_the_average_on_loci_that_no_member_learnt(
    toy_checkpoint: Path, other: Path, toy_binding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def average(*words: str) -> int:
        members = [str(toy_checkpoint), str(other)]
        return main(["average", *members, "--output", str(tmp_path / "both"), "--precision", "fp32", *words])

    dataset = ("--dataset", str(toy_binding))
    assert average(*dataset, "--regions", "chr2:500-9000") == 2
    assert "overlaps chr2:1-1,000, where both was trained; what was trained on" in capsys.readouterr().err
    assert average(*dataset) == 2
    assert "--regions is missing" in capsys.readouterr().err
    assert average(*dataset, "--regions", "chr2:1001-12130") == 0
    described = read_description(tmp_path / "both")
    assert present(described.verdict).lines()[0] in capsys.readouterr().err
    (record,) = described.factors
    assert record.calibration.fitted_on == "alpha, beta on chr2:1,001-12,130"
    assert present(record.auprc) > 0.8
    assert 0 < present(record.threshold) < 1
    assert present(record.reliability).chose_epoch
    assert not present(record.reliability).is_other_cell_type
    assert of(Ensemble, load_checkpoint(tmp_path / "both").network).scales.slope_MF[1, 0] == 2.0


def test_the_command_never_writes_over_a_member(
    toy_checkpoint: Path, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (other / "description.json").read_bytes()
    assert main(["average", str(toy_checkpoint), str(other), "--output", str(other)]) == 2
    assert "is one of the checkpoints to average" in capsys.readouterr().err
    assert (other / "description.json").read_bytes() == before


def test_intervals_are_joined_and_taken_away() -> None:
    a, b, c = Interval("1", 0, 10), Interval("1", 10, 20), Interval("1", 30, 40)
    assert union([c, b, a, Interval("1", 2, 5)]) == (Interval("1", 0, 20), c)
    taken = (Interval("1", 2, 4), Interval("1", 8, 12))
    assert without([a, c, Interval("2", 0, 9)], taken) == (
        Interval("1", 0, 2),
        Interval("1", 4, 8),
        c,
        Interval("2", 0, 9),
    )
