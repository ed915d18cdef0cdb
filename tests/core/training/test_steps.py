"""How fast what learns, and what a full disk leaves of a run."""

import itertools
from pathlib import Path

import msgspec
import pytest
import torch

from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import Engine
from ebert_core.model.network import Ebert
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.training.loop import Schedule, Trainer, parameter_groups
from ebert_core.training.resume import SavedRun
from tests.certain import of
from tests.core.full_disk import files_of_at_most
from tests.core.toy_binding import SMALLEST, pretrain_spec


def test_the_rate_warms_up_and_falls_to_a_twentieth() -> None:
    schedule = Schedule(peak=1.0, warmup_steps=10, steps=1_000)
    rates = [schedule.rate(step) for step in range(1_000)]
    assert rates[0] == pytest.approx(0.1, rel=1e-3)
    assert max(rates) == pytest.approx(1, abs=1e-3)
    assert rates.index(max(rates)) == 9
    assert rates[500] == pytest.approx(0.525)
    assert rates[-1] == pytest.approx(0.05, rel=1e-3)
    assert all(later < earlier for earlier, later in itertools.pairwise(rates[9:]))


def test_every_parameter_is_in_one_group_lower_layers_learn_slower_and_vectors_do_not_decay() -> None:
    network = Ebert(msgspec.structs.replace(SMALLEST, layers=3, factors=("FOS",), motifs=("FOS",)))
    groups = list(parameter_groups(network, 0.5))
    share = {name: group.share for group in groups for name in group.names}
    decay = {name: group.weight_decay for group in groups for name in group.names}
    assert sorted(name for group in groups for name in group.names) == sorted(dict(network.named_parameters()))
    assert share["binding_head.gather.weight"] == share["embedding.motifs.weight"] == 1
    assert [share[f"encoder.blocks.{layer}.widen.weight"] for layer in range(3)] == [0.125, 0.25, 0.5]
    assert share["embedding.bases.filters.weight"] == 0.0625
    assert decay["encoder.blocks.0.widen.weight"] > 0
    assert decay["encoder.blocks.0.widen.bias"] == decay["encoder.norm.weight"] == 0


def test_a_full_disk_leaves_the_state_to_resume_from_as_it_was(toy_checkpoint: Path, tmp_path: Path) -> None:
    network = of(Ebert, load_checkpoint(toy_checkpoint).network)
    trainer = Trainer(network, Engine(torch.device("cpu"), torch.float32), Schedule(1e-3, 1, 10), seed=1)
    saved = SavedRun(tmp_path, trainer, pretrain_spec(tmp_path, tmp_path), {})
    (tmp_path / "resume.safetensors").write_text("kept")
    sentence = r"resume\.safetensors: the disk is full; the last one is kept"
    with files_of_at_most(20_000), pytest.raises(InvalidRequest, match=sentence):
        saved.save()
    assert [path.read_text() for path in tmp_path.iterdir()] == ["kept"]
