"""A loader whose workers are recorded."""

import pytest

from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.loading.loader import Loader
from ebert_gui.state.workspace import Workspace
from tests.gui.drawn import KINDS
from tests.gui.loading.recording import CHECKPOINT, DATASET, RecordingClient


@pytest.fixture
def summary() -> DatasetSummary:
    return DATASET


@pytest.fixture
def data() -> RecordingClient:
    return RecordingClient()


@pytest.fixture
def model() -> RecordingClient:
    return RecordingClient()


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(KINDS)


@pytest.fixture
def loader(qapp: object, workspace: Workspace, data: RecordingClient, model: RecordingClient) -> Loader:
    loader = Loader(workspace, {"data": data, "model": model})
    workspace.open_dataset(DATASET)
    loader.ask()
    return loader


@pytest.fixture
def with_checkpoint(loader: Loader, workspace: Workspace, data: RecordingClient) -> Loader:
    data.answer_all()
    workspace.open_model(CHECKPOINT)
    loader.ask()
    data.answer_all()
    return loader
