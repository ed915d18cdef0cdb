"""A toy dataset and a checkpoint that has learned its rule, made once for all tests that only read them."""

from pathlib import Path

import pytest

from ebert_core.model.config import PRESETS
from tests.core.toy_binding import SMALLEST, SilentReport, finetune_spec, write_toy_binding


@pytest.fixture(scope="session")
def toy_binding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The DATASET.toml of the toy dataset."""
    return write_toy_binding(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="session")
def learned(toy_binding: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SilentReport]:
    """A fine-tuned checkpoint, and what its training reported."""
    import torch

    from ebert_core.training.finetune import finetune

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("learned")
    report = SilentReport()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "tiny", SMALLEST)
        return finetune(finetune_spec(toy_binding, folder / "fos"), report, folder), report


@pytest.fixture(scope="session")
def toy_checkpoint(learned: tuple[Path, SilentReport]) -> Path:
    """The folder of the fine-tuned checkpoint; copy it before changing it."""
    return learned[0]


@pytest.fixture
def smallest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The preset tiny becomes far smaller."""
    import torch

    torch.set_num_threads(1)
    monkeypatch.setitem(PRESETS, "tiny", SMALLEST)
