"""What tests of predictions ask for, expect and count."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.inference import stretches
from ebert_core.inference.predict import Predictor
from ebert_core.inference.remembered import TileKey
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import Engine
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.locus import Interval
from tests.core.toy_binding import LENGTHS, quiet


@pytest.fixture
def spec_of(toy_binding: Path, toy_checkpoint: Path, tmp_path: Path) -> Callable[..., Predict]:
    def make(name: str, **changes: str | tuple[str, ...]) -> Predict:
        fixed: dict[str, Any] = {"cell_type": "alpha", "factor": "FOS", "precision": "fp32", "sidecar": False}
        fixed["checkpoint"] = str(toy_checkpoint)
        return Predict(output=str(tmp_path / name), **{**fixed, "dataset": str(toy_binding), **changes})

    return make


@pytest.fixture(scope="module")
def expected(toy_binding: Path, toy_checkpoint: Path) -> dict[str, NDArray[np.float32]]:
    """Probability of every bin of both chromosomes."""
    predictor = Predictor(
        load_checkpoint(toy_checkpoint), Dataset.open(toy_binding), Engine(torch.device("cpu"), torch.float32)
    )
    return {
        name: predictor.probabilities("alpha", Interval(name, 0, length), quiet).values_FP[0]
        for name, length in LENGTHS.items()
    }


@pytest.fixture
def short_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of four tiles, so that the toy chromosomes have several."""
    monkeypatch.setattr(stretches, "_BLOCK_BASES", 1_600)
    monkeypatch.setattr(stretches, "_FEWEST_BATCHES", 1)


@pytest.fixture
def computed_tiles(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The tiles that went through the network, in order."""
    found: list[tuple[str, int]] = []
    compute = Predictor._compute

    def counted(self: Predictor, keys: list[TileKey]) -> NDArray[np.float32]:
        found.extend((key.chromosome, key.tile) for key in keys)
        return compute(self, keys)

    monkeypatch.setattr(Predictor, "_compute", counted)
    return found
