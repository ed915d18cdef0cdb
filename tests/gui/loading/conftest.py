"""A loader whose workers are recorded, and windows that save sessions of a study."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.loading.loader import Loader
from ebert_gui.state.workspace import Workspace
from tests.gui.drawn import KINDS
from tests.gui.loading.recording import CHECKPOINT, DATASET, RecordingClient
from tests.gui.loading.saving import Window


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


@pytest.fixture
def new_window(qapp: object) -> Iterator[Callable[[], Window]]:
    windows: list[Window] = []

    def make() -> Window:
        windows.append(Window())
        return windows[-1]

    yield make
    for window in windows:
        window.keeper.end()


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A folder with a dataset and a file beside it."""
    folder = tmp_path / "study"
    (folder / "tracks").mkdir(parents=True)
    for name in ("DATASET.toml", "tracks/a.bw", "tracks/b.bw"):
        (folder / name).write_text("x")
    return folder
