"""A workspace in which a dataset is open."""

import pytest

from ebert_gui.state.workspace import Workspace
from tests.gui.drawn import KINDS
from tests.gui.state.opened import DATASET


@pytest.fixture
def workspace() -> Workspace:
    workspace = Workspace(KINDS)
    workspace.open_dataset(DATASET)
    return workspace
