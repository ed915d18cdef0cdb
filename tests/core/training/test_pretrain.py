"""Pre-training on the toy genome: the loss falls, a stopped run goes on, a genome without states is fine."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from ebert_core.dataset.channels import Channels
from ebert_core.inference.batches import Inputs
from ebert_core.material.material import Material
from ebert_core.material.sampling import Example
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.protocol.specs.jobs import Pretrain
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped
from ebert_core.training.finetune import finetune
from ebert_core.training.pretrain import pretrain
from tests.core.toy_binding import TOML, SilentReport, finetune_spec, pretrain_spec, write_toy_binding


@pytest.fixture
def spec(smallest: None, toy_binding: Path, tmp_path: Path) -> Pretrain:
    return pretrain_spec(toy_binding, tmp_path / "out")


def test_the_loss_falls_and_fine_tuning_can_start_from_it(spec: Pretrain, tmp_path: Path) -> None:
    report = SilentReport()
    path = pretrain(
        msgspec.structs.replace(spec, steps=60, evaluate_every=10, state_weight=1.0), report, tmp_path / "w"
    )
    bases, states = (report.values("validation", f"masked {name}") for name in ("base", "state"))
    assert len(bases) == 6
    assert bases[-1] < bases[0]
    assert states[-1] < states[0]
    assert bases[-1] < np.log(4) + 0.05
    parent = load_checkpoint(path)
    assert parent.description.factors == ()
    child = finetune(
        finetune_spec(Path(spec.dataset), tmp_path / "child", start_from=str(path), epochs=1),
        SilentReport(),
        tmp_path / "f",
    )
    assert load_checkpoint(child).description.parent_sha256 == parent.description.weights_sha256


@pytest.mark.parametrize("stop_after", [3, 8])
def test_a_stopped_run_goes_on_to_the_bit(spec: Pretrain, tmp_path: Path, stop_after: int) -> None:
    whole = pretrain(msgspec.structs.replace(spec, output=str(tmp_path / "whole")), SilentReport(), tmp_path / "a")
    with pytest.raises(Stopped, match=f"Stopped after step {stop_after} of 12; resume to go on"):
        pretrain(spec, SilentReport(stop_after), tmp_path / "b")
    resumed = pretrain(spec, SilentReport(), tmp_path / "b")
    expected, found = (load_file(folder / "weights.safetensors") for folder in (whole, resumed))
    assert all(torch.equal(expected[name], found[name]) for name in expected)


@pytest.mark.parametrize(
    ("changes", "stop_after"),
    [
        ({"token_width": 5, "base_embedding": "table", "positions": "learned"}, 5),
        ({"token_width": 25, "base_span": 8, "cell_types_per_place": 2}, 4),
    ],
)
def test_a_run_with_other_choices_goes_on_to_the_bit_and_can_be_fine_tuned(
    spec: Pretrain, toy_binding: Path, tmp_path: Path, changes: dict[str, object], stop_after: int
) -> None:
    other = msgspec.structs.replace(spec, **changes)
    whole = pretrain(msgspec.structs.replace(other, output=str(tmp_path / "whole")), SilentReport(), tmp_path / "a")
    with pytest.raises(Stopped):
        pretrain(other, SilentReport(stop_after), tmp_path / "b")
    resumed = pretrain(other, SilentReport(), tmp_path / "b")
    expected, found = (load_file(folder / "weights.safetensors") for folder in (whole, resumed))
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    made = load_checkpoint(resumed).description.architecture
    assert {key: getattr(made, key) for key in changes if hasattr(made, key)} == {
        key: value for key, value in changes.items() if hasattr(made, key)
    }
    child = finetune_spec(toy_binding, tmp_path / "child", start_from=str(resumed), epochs=1)
    assert load_checkpoint(finetune(child, SilentReport(), tmp_path / "f")).description.architecture.states


@pytest.mark.parametrize(("rate", "learned"), [("base_mask_rate", "state_head"), ("state_mask_rate", "base_head")])
def test_a_stream_that_is_never_hidden_leaves_its_head_untaught(
    spec: Pretrain, tmp_path: Path, rate: str, learned: str
) -> None:
    folders = [
        pretrain(
            msgspec.structs.replace(spec, steps=steps, output=str(tmp_path / str(steps)), **{rate: 0.0}),
            SilentReport(),
            tmp_path / f"w{steps}",
        )
        for steps in (1, 6)
    ]
    before, after = (load_file(folder / "weights.safetensors") for folder in folders)
    change = {
        head: max(float((after[name] - before[name]).abs().max()) for name in before if name.startswith(head))
        for head in ("base_head", "state_head")
    }
    other = "base_head" if learned == "state_head" else "state_head"
    assert change[learned] > 20 * change[other]
    assert np.isfinite(load_checkpoint(folders[1]).description.metrics["masked state_accuracy"])


def test_places_are_shown_in_different_cell_types_of_one_batch(
    spec: Pretrain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    original = Material.inputs

    def noted(material: Material, examples: Sequence[Example], channels: Channels) -> Inputs:
        drawn.append(examples)
        return original(material, examples, channels)

    monkeypatch.setattr(Material, "inputs", noted)
    pretrain(msgspec.structs.replace(spec, steps=1, cell_types_per_place=2), SilentReport(), tmp_path / "w")
    first = drawn[0]
    for one, two in zip(first[::2], first[1::2], strict=True):
        assert one.interval == two.interval
        assert {one.cell_type, two.cell_type} == {"alpha", "beta"}


def test_states_alone_need_states(smallest: None, tmp_path: Path) -> None:
    write_toy_binding(tmp_path)
    path = tmp_path / "bare.toml"
    path.write_text(TOML.split("[states]")[0] + "[cell_types.alpha]\n")
    with pytest.raises(InvalidRequest, match="base_mask_rate is 0, but the dataset has no states to hide"):
        pretrain(pretrain_spec(path, tmp_path / "out", base_mask_rate=0.0), SilentReport(), tmp_path)


def test_a_genome_without_states_gives_a_checkpoint_that_can_be_read(smallest: None, tmp_path: Path) -> None:
    write_toy_binding(tmp_path)
    path = tmp_path / "bare.toml"
    path.write_text(TOML.split("[states]")[0] + "[cell_types.alpha]\n")
    description = load_checkpoint(
        pretrain(pretrain_spec(path, tmp_path / "out", steps=2), SilentReport(), tmp_path)
    ).description
    assert description.architecture.states == ()
    assert "masked base" in description.metrics


def test_a_run_that_ended_before_its_checkpoint_was_written_writes_it_when_resumed(
    spec: Pretrain, tmp_path: Path
) -> None:
    class Blocker(SilentReport):
        def progress(self, fraction: float, note: str) -> None:
            if fraction == 1:
                (tmp_path / "out").write_text("")

    with pytest.raises(InvalidRequest, match="out is a file; name a folder"):
        pretrain(spec, Blocker(), tmp_path / "w")
    (tmp_path / "out").unlink()
    description = load_checkpoint(pretrain(spec, SilentReport(), tmp_path / "w")).description
    assert np.isfinite(description.metrics["masked base"])


def test_a_loss_that_is_no_number_keeps_the_last_state(
    spec: Pretrain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wild = msgspec.structs.replace(spec, learning_rate=1e30, warmup_steps=10**6)
    with pytest.raises(Stopped):
        pretrain(wild, SilentReport(1), tmp_path / "w")
    resume = tmp_path / "w" / "resume.safetensors"
    kept = resume.read_bytes()
    with pytest.raises(InvalidRequest, match="nothing was overwritten"):
        pretrain(wild, SilentReport(), tmp_path / "w")
    assert resume.read_bytes() == kept


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"context": 1250}, "context is 1250; it must be a multiple of 200"),
        ({"steps": 0}, "steps is 0; it must be at least 1"),
        ({"base_mask_rate": 1.0}, "base_mask_rate is 1; it must be at least 0 and below 1"),
        ({"base_mask_rate": 0.0, "state_mask_rate": 0.0}, "Nothing is hidden that counts"),
        ({"base_mask_rate": 0.0, "state_weight": 0.0}, "Nothing is hidden that counts"),
        ({"base_span": 0}, "base_span is 0; it must be at least 1"),
        ({"base_span": 201}, "base_span is 201; it must be at least 1 and at most 200"),
        ({"cell_types_per_place": 3}, "cell_types_per_place is 3; it must divide batch_size, which is 4"),
        ({"cell_types_per_place": 4}, "cell_types_per_place is 4; it must be at most 2, the number of cell types"),
        ({"token_width": 7}, "A token of 7 bases does not divide 50; choose 5, 10 or 25"),
        ({"token_width": 25, "base_embedding": "table"}, "A table of words needs tokens of at most 10 bases"),
        ({"positions": "learned", "context": 1600}, "context is 1600; with learned positions it must be the 800 of"),
        ({"training": ("chr1",), "validation": ("chr1:1-2000",)}, "Training and validation overlap"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(
    spec: Pretrain, tmp_path: Path, changes: dict[str, None], sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        pretrain(msgspec.structs.replace(spec, **changes), SilentReport(), tmp_path)
