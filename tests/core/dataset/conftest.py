"""The toy dataset, written anew for each test."""

from pathlib import Path

import pytest
from toy_genome import write_toy

from ebert_core.dataset.description import Dataset


@pytest.fixture
def toy_path(tmp_path: Path) -> Path:
    return write_toy(tmp_path)


@pytest.fixture
def toy(toy_path: Path) -> Dataset:
    return Dataset.open(toy_path)
