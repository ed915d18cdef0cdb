"""What every test of the drawing needs."""

import pytest


@pytest.fixture(autouse=True)
def _application(qapp: object) -> None:
    """Letters are measured where rows are arranged, and only an application has fonts."""
