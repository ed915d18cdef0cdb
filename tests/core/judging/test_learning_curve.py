"""A learning curve: what is planned, what is done already, what is gathered and drawn."""

import json
import os
from pathlib import Path

import msgspec
import pytest

from ebert_core.judging.evaluate import evaluate
from ebert_core.judging.figures import draw_learning_curve
from ebert_core.judging.learning_curve import check, gather, is_done, plan, table
from ebert_core.protocol.specs.learning import FineTune
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.training.finetune import finetune
from ebert_core.training.pretrain import pretrain
from tests.core.toy_binding import SilentReport, finetune_spec, pretrain_spec


@pytest.fixture
def spec(smallest: None, toy_binding: Path, tmp_path: Path) -> FineTune:
    parent = pretrain(pretrain_spec(toy_binding, tmp_path / "pre", steps=2), SilentReport(), tmp_path / "p")
    return finetune_spec(toy_binding, tmp_path / "x", start_from=str(parent), epochs=1, preset="base")


def test_every_share_is_trained_from_both_starts_on_the_same_labels(spec: FineTune, tmp_path: Path) -> None:
    steps = plan(spec, (1.0, 0.01, 0.25), (1, 2), ("chr2",), tmp_path / "curve")
    assert [(step.share, step.seed) for step in steps][:3] == [(0.01, 1), (0.25, 1), (1.0, 1)]
    pretrained, random = steps[0].trainings
    assert (pretrained.start_from, random.start_from) == (spec.start_from, "")
    assert pretrained.label_share == random.label_share == 0.01
    assert (pretrained.epochs, steps[1].trainings[0].epochs, steps[2].trainings[0].epochs) == (8, 4, 1)
    assert random.preset == "tiny", "random weights have the sizes of the pre-trained network"
    assert pretrained.output.endswith("pretrained-1-percent-seed-1")
    assert len({training.output for step in steps for training in step.trainings}) == 12


def test_what_makes_no_curve_is_refused(spec: FineTune, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="name start_from"):
        plan(msgspec.structs.replace(spec, start_from=""), (1.0,), (1,), (), tmp_path)
    with pytest.raises(InvalidRequest, match="above 0 and at most 1, not 2"):
        plan(spec, (2.0,), (1,), (), tmp_path)


def test_before_anything_is_trained_regions_need_peaks_and_a_share_its_blocks(spec: FineTune, tmp_path: Path) -> None:
    check(spec, plan(spec, (1.0,), (1,), ("chr1",), tmp_path))
    with pytest.raises(InvalidRequest, match=r"No pair has 15 held-out peaks in chr2:1-2,000; name larger ones"):
        check(spec, plan(spec, (1.0,), (1,), ("chr2:1-2,000",), tmp_path))
    with pytest.raises(InvalidRequest, match=r"'chr9' is no region"):
        check(spec, plan(spec, (1.0,), (1,), ("chr9",), tmp_path))
    with pytest.raises(
        InvalidRequest, match=r"^1 % of \d+ kb of labels cannot be drawn in blocks of 20 kb: the fewest are"
    ):
        check(spec, plan(spec, (0.01, 1.0), (1,), ("chr1",), tmp_path))


def test_the_curve_is_gathered_from_the_scores_and_what_is_done_is_not_done_again(
    spec: FineTune, tmp_path: Path
) -> None:
    [step] = steps = plan(spec, (1.0,), (1,), ("chr2",), tmp_path / "curve")
    for training in step.trainings:
        assert not is_done(training)
        finetune(training, SilentReport(), tmp_path / f"work-{len(training.start_from)}")
        assert is_done(training)
        assert not is_done(msgspec.structs.replace(training, epochs=2))
    counted = msgspec.structs.replace(step.evaluation, bootstrap=5, fewest_peaks=1)
    [step] = steps = [step._replace(evaluation=counted)]
    assert not is_done(counted)
    evaluate(counted, SilentReport(), tmp_path / "work")
    assert is_done(counted)
    found = gather(spec, steps)
    [point] = found.points
    assert found.counted_pairs == 2
    assert point.difference.value == pytest.approx(point.pretrained.value - point.random.value)
    assert point.baseline_name == "motif x accessibility"
    assert "pre-training brings" in table(found)
    draw_learning_curve(found, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").stat().st_size > 10_000
    os.utime(tmp_path / "curve" / "scores" / "both-100-percent-seed-1.json", (0, 0))
    assert not is_done(counted), "a checkpoint is newer than its scores"


def test_without_enough_peaks_there_is_no_curve(spec: FineTune, tmp_path: Path) -> None:
    [step] = plan(spec, (1.0,), (1,), ("chr2",), tmp_path)
    path = tmp_path / "scores" / "both-100-percent-seed-1.json"
    path.parent.mkdir()
    nothing = {"pairs": [], "counted_pairs": 0, "median": {}, "mean": {}, "pooled": {}}
    nothing |= {"mean_difference": {}, "median_difference": {}}
    spec_of = {"dataset": "d", "checkpoint": "c", "output": "o", "regions": [], "job": "evaluate"}
    versions = {"package": "1", "torch": "2", "python": "3"}
    content = {"spec": spec_of, "checkpoint_sha256": "", "versions": versions, "comparison": nothing}
    path.write_text(json.dumps(content))
    with pytest.raises(InvalidRequest, match="No pair has 15 held-out peaks in chr2; name larger ones"):
        gather(spec, [step])
