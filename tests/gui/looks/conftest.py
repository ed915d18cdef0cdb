"""What every test of a look needs."""

import pytest


@pytest.fixture(autouse=True)
def _application(qapp: object) -> None:
    """Letters are measured where shapes are arranged, and only an application has fonts."""
