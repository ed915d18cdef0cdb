"""The dataset of real human slices, built once for all tests."""

from pathlib import Path

import pytest

from tests.real.build_dataset import build_dataset


@pytest.fixture(scope="session")
def real_dataset(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of the DATASET.toml."""
    return build_dataset(tmp_path_factory.mktemp("human"), real_data)
