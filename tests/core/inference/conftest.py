"""What tests of predictions count."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ebert_core.inference.predict import Predictor
from ebert_core.inference.remembered import TileKey


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
