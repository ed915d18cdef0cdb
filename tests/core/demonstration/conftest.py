"""One demonstration, generated once and shared by the tests that look at it."""

from pathlib import Path

import pytest

from ebert_core.demonstration.generate import generate


@pytest.fixture(scope="session")
def demonstration_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("demonstration"))
