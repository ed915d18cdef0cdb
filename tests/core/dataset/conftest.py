"""The toy dataset, written anew for each test."""

from pathlib import Path

import pytest

from ebert_core.dataset.description import Dataset
from tests.core.dataset.toy_genome import write_toy


@pytest.fixture
def toy_path(tmp_path: Path) -> Path:
    return write_toy(tmp_path)


@pytest.fixture
def toy(toy_path: Path) -> Dataset:
    return Dataset.open(toy_path)
