"""What the picker of places asks the data worker, and what it hears of a folder or a worker that does not answer."""

from typing import Any

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from ebert_core.protocol.folders import Folder, ListFolder
from ebert_core.protocol.tracks import DatasetSummary, FileKind, InspectFile
from ebert_gui.loading.host_places import HostPlaces
from ebert_gui.state.recent import add_recent
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.wanted_place import Hearing, Shortcut
from ebert_gui.workers.state import Condition, Failure, WorkerState
from tests.gui.drawn import KINDS

NFS = ListFolder("/nfs")


class Worker:
    """Keeps what it is asked; the test answers."""

    def __init__(self) -> None:
        self.state = WorkerState(Condition.READY)
        self.asked: list[tuple[Any, Any, Any, str]] = []
        self.cancelled: list[int] = []

    def request(
        self, body: Any, _kind: Any, on_reply: Any, on_failure: Any = None, _on_progress: Any = None, view_key: str = ""
    ) -> int:
        self.asked.append((body, on_reply, on_failure, view_key))
        return len(self.asked)

    def cancel(self, number: int) -> None:
        self.cancelled.append(number)

    def forgive(self, _paths: object) -> None:
        """Nothing was blamed."""


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def workspace(qapp: object) -> Workspace:
    return Workspace(KINDS)


@pytest.fixture
def places(workspace: Workspace, worker: Worker) -> HostPlaces:
    return HostPlaces(workspace, worker)


@pytest.fixture
def heard() -> list[object]:
    return []


@pytest.fixture
def hearing(heard: list[object]) -> Hearing:
    return Hearing(
        heard.append, lambda sentence: heard.append(("refused", sentence)), lambda why: heard.append(("waits", why))
    )


def test_a_folder_is_asked_for_again_until_it_answers(
    places: HostPlaces, worker: Worker, hearing: Hearing, heard: list[object], qtbot: QtBot
) -> None:
    places.list_folder(NFS, hearing)
    worker.asked[0][1](Folder("/nfs", is_waiting=True))
    assert heard == [("waits", "/nfs does not answer yet.")]
    qtbot.waitUntil(lambda: len(worker.asked) == 2)
    worker.asked[1][1](Folder("/nfs", count=3))
    assert heard[1:] == [Folder("/nfs", count=3)]
    assert {(body, key) for body, _reply, _failure, key in worker.asked} == {(NFS, "folder")}


def test_a_worker_that_was_lost_is_asked_again_and_a_refusal_is_not(
    places: HostPlaces, worker: Worker, hearing: Hearing, heard: list[object], qtbot: QtBot
) -> None:
    places.list_folder(NFS, hearing)
    worker.asked[0][2](Failure("lost", "The data worker ended."))
    qtbot.waitUntil(lambda: len(worker.asked) == 2)
    worker.asked[1][2](Failure("replaced"))
    worker.asked[1][2](Failure("invalid", "There is no folder /nfs."))
    assert heard == [("waits", "The data worker ended."), ("refused", "There is no folder /nfs.")]
    assert not places._again.isActive()


def test_another_folder_or_a_closed_picker_cancels_what_was_asked(
    places: HostPlaces, worker: Worker, hearing: Hearing
) -> None:
    places.list_folder(NFS, hearing)
    places.list_folder(ListFolder("/home"), hearing)
    assert worker.cancelled == [1]
    worker.asked[1][1](Folder("/home", is_waiting=True))
    places.forget()
    assert worker.cancelled == [1, 2]
    assert not places._again.isActive()


def test_a_file_that_cannot_be_read_is_a_sentence(places: HostPlaces, worker: Worker) -> None:
    said: list[FileKind] = []
    places.inspect("/a.bw", said.append)
    body, reply, failure, _key = worker.asked[0]
    assert body == InspectFile("/a.bw")
    reply(FileKind("signal", "A bigWig."))
    failure(Failure("invalid", "No."))
    assert said == [FileKind("signal", "A bigWig."), FileKind("", "No.")]


def test_home_the_datasets_folder_and_recent_ones_are_close_each_once(
    places: HostPlaces, workspace: Workspace, dataset: DatasetSummary
) -> None:
    assert places.shortcuts() == (Shortcut("Home", "~"),)
    assert places.start() == ""
    add_recent(("https://h/a.bw",))
    add_recent(("/data/DATASET.toml",))
    add_recent(("/lab/a.bw", "/lab/b.bw"))
    workspace.open_dataset(replace(dataset, path="/data/DATASET.toml", name="slices"))
    places.remember("/mine")
    assert places.shortcuts() == (
        Shortcut("Home", "~"),
        Shortcut("Dataset slices", "/data"),
        Shortcut("mine", "/mine"),
        Shortcut("lab", "/lab"),
    )
    assert places.start() == "/mine"
    assert places.addresses() == ("https://h/a.bw",)


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        (Folder("/data", named="y.bw", is_there=True), [True]),
        (Folder("/data", named="y.bw"), [False]),
        (Folder("/data/y.bw"), [True]),
        (Folder("/data/y.bw", is_waiting=True), []),
    ],
)
def test_it_is_said_whether_something_is_at_a_path(
    places: HostPlaces, worker: Worker, heard: list[object], folder: Folder, found: list[bool]
) -> None:
    places.look_for("/data/y.bw", heard.append)
    request, answered, failed, _key = worker.asked[-1]
    assert request == ListFolder("/data/y.bw", narrow="y.bw", shows_hidden=True)
    answered(folder)
    failed(Failure("replaced"))
    assert heard == found
    failed(Failure("invalid", "There is no folder /data."))
    assert heard == [*found, False]
