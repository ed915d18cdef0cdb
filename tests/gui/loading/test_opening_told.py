"""What the opening of something tells the window and the workers, while it lasts and when it has ended."""

from typing import Any

import pytest
from msgspec.structs import replace

from ebert_core.protocol.modelling import OpenModel
from ebert_core.protocol.offers import Demonstration, ListShipped, MakeDemonstration, Shipped
from ebert_core.protocol.tracks import (
    BareFile,
    CheckDraft,
    DatasetDraft,
    DatasetSummary,
    DraftCheck,
    FileKind,
    InspectFile,
    OpenDataset,
    OpenFiles,
)
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.loading.opening import Opener
from ebert_gui.state.session import Session
from ebert_gui.state.setup import Setup
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState
from tests.certain import present
from tests.gui.drawn import KINDS
from tests.gui.loading.recording import RecordingClient
from tests.toy_summaries import checkpoint_summary


class Told:
    """An opener, and what it told in order."""

    def __init__(self, workspace: Workspace, data: Any, model: Any) -> None:
        self.opener = Opener(workspace, data, model, KINDS)
        self.said: list[tuple[object, ...]] = []
        for name in ("problem", "lost", "told", "settled", "reopened", "opened"):
            getattr(self.opener, name).connect(lambda *what, name=name: self.said.append((name, *what)))

    def take(self) -> list[tuple[object, ...]]:
        said, self.said = self.said, []
        return said


@pytest.fixture
def told(qapp: object, workspace: Workspace, data: RecordingClient, model: RecordingClient) -> Told:
    return Told(workspace, data, model)


def answer(client: Any, *replies: object) -> None:
    """Answer the oldest requests."""
    for reply in replies:
        client.open.pop(next(iter(client.open)))[1](reply)


def opened(told: Told, data: Any, dataset: DatasetSummary) -> None:
    told.opener.open_dataset(dataset.path)
    answer(data, dataset)
    told.take()
    data.asked.clear()


def test_a_dataset_that_opens_is_named_and_then_all_is_settled(
    told: Told, data: RecordingClient, summary: DatasetSummary
) -> None:
    told.opener.open_dataset(summary.path)
    answer(data, summary)
    assert told.take() == [("opened", (summary.path,)), ("settled",)]


def test_files_that_open_are_named_and_those_that_were_open_are_not(
    told: Told, data: RecordingClient, summary: DatasetSummary
) -> None:
    opened(told, data, summary)
    files = tuple(BareFile(path, path[1:], "signal") for path in ("/a.bw", "/b.bw"))
    told.opener.open_files(("/a.bw",))
    answer(data, replace(summary, files=files[:1]))
    assert told.take() == [("opened", ("/a.bw",)), ("settled",)]
    told.opener.open_files(("/b.bw",))
    assert data.asked[-1] == OpenFiles(("/a.bw", "/b.bw"), summary.path)
    answer(data, replace(summary, files=files))
    assert told.take() == [("opened", ("/b.bw",)), ("settled",)]


def test_a_file_that_the_session_has_no_track_of_gets_one(
    told: Told, data: RecordingClient, workspace: Workspace, summary: DatasetSummary
) -> None:
    kept = SignalTrack(path="/a.bw", signal="mine")
    told.opener.session_of = lambda *_: Session(files=("/a.bw",), setup=Setup(tracks=(kept,)))
    files = tuple(BareFile(path, path[1:], "signal") for path in ("/a.bw", "/b.bw"))
    told.opener.open_files(("/a.bw", "/b.bw"))
    answer(data, replace(summary, path="", files=files))
    assert [track.path for track in workspace.setup.tracks if isinstance(track, SignalTrack)] == ["/a.bw", "/b.bw"]


def test_a_worker_that_comes_back_brings_what_has_changed_and_says_so(
    told: Told, data: RecordingClient, workspace: Workspace, summary: DatasetSummary
) -> None:
    told.opener.on_data_state(WorkerState(Condition.READY))
    opened(told, data, summary)
    told.opener.on_data_state(WorkerState(Condition.BUSY))
    assert data.asked == []
    told.opener.on_data_state(WorkerState(Condition.RESTARTING))
    assert told.take() == []
    told.opener.on_data_state(WorkerState(Condition.BUSY))
    assert data.asked == [OpenDataset(summary.path)]
    answer(data, replace(summary, name="renamed"))
    assert told.take() == [("reopened",), ("settled",)]
    assert present(workspace.dataset).name == "renamed"


def test_a_dataset_that_has_gone_when_the_worker_comes_back_is_said(
    told: Told, data: RecordingClient, summary: DatasetSummary
) -> None:
    told.opener.on_data_state(WorkerState(Condition.READY))
    opened(told, data, summary)
    told.opener.on_data_state(WorkerState(Condition.FAILED, "It ended.", "last lines"))
    told.opener.on_data_state(WorkerState(Condition.READY))
    data.fail_all(Failure("invalid", "There is no file /d/DATASET.toml.", "where"))
    assert told.take() == [
        ("lost", "data", "It ended.", "last lines"),
        ("problem", "There is no file /d/DATASET.toml.", "where"),
        ("settled",),
    ]
    assert data.open == {}


def test_bare_files_that_have_all_gone_are_said_once_and_those_of_a_dataset_leave_it_open(
    told: Told, data: RecordingClient, summary: DatasetSummary
) -> None:
    told.opener.on_data_state(WorkerState(Condition.READY))
    told.opener.open_files(("/a.bw",))
    answer(data, replace(summary, path="", files=(BareFile("/a.bw", "a", "signal"),)))
    told.take()
    told.opener.on_data_state(WorkerState(Condition.STARTING))
    told.opener.on_data_state(WorkerState(Condition.READY))
    data.fail_all(Failure("invalid", "There is no file /a.bw.", file="/a.bw"))
    assert told.take() == [("problem", "There is no file /a.bw.", ""), ("settled",)]


def test_the_last_file_beside_a_dataset_that_has_gone_leaves_the_dataset(
    told: Told, data: RecordingClient, summary: DatasetSummary
) -> None:
    told.opener.on_data_state(WorkerState(Condition.READY))
    opened(told, data, summary)
    told.opener.open_files(("/a.bw",))
    answer(data, replace(summary, files=(BareFile("/a.bw", "a", "signal"),)))
    told.opener.on_data_state(WorkerState(Condition.STARTING))
    told.opener.on_data_state(WorkerState(Condition.READY))
    told.take()
    ((_, _, failed),) = data.open.values()
    data.open.clear()
    failed(Failure("invalid", "There is no file /a.bw.", file="/a.bw"))
    assert data.asked[-1] == OpenFiles((), summary.path)
    assert told.take() == []


def test_the_demonstration_opens_with_its_checkpoint_and_is_settled_at_the_end(
    told: Told, data: RecordingClient, model: RecordingClient, summary: DatasetSummary
) -> None:
    begun: list[str] = []
    told.opener.open_demonstration(lambda: begun.append("then"))
    assert not told.opener.is_settled
    assert data.asked == [MakeDemonstration()]
    answer(data, Demonstration("/demo/D.toml", "/demo/c"))
    assert data.asked[1:] == [OpenDataset("/demo/D.toml", "/demo/c")]
    answer(data, replace(summary, path="/demo/D.toml"))
    assert begun == ["then"]
    assert model.asked == [OpenModel("/demo/c", "/demo/D.toml")]
    assert told.take() == [("opened", ("/demo/D.toml",))]
    assert not told.opener.is_settled
    answer(model, checkpoint_summary(path="/demo/c", name="demo"))
    assert told.take() == [("settled",)]
    assert told.opener.is_settled


def test_a_demonstration_whose_session_has_the_checkpoint_opens_it_once(
    told: Told, data: RecordingClient, model: RecordingClient, summary: DatasetSummary
) -> None:
    told.opener.session_of = lambda *_: Session(dataset="/demo/D.toml", model="/demo/c")
    told.opener.open_demonstration(lambda: None)
    answer(data, Demonstration("/demo/D.toml", "/demo/c"), replace(summary, path="/demo/D.toml"))
    assert model.asked == [OpenModel("/demo/c", "/demo/D.toml")]


def test_a_demonstration_that_cannot_be_written_is_said_and_the_start_goes_on(
    told: Told, data: RecordingClient
) -> None:
    begun: list[str] = []
    told.opener.open_demonstration(lambda: begun.append("then"))
    data.fail_all(Failure("invalid", "The disk is full."))
    assert begun == ["then"]
    assert told.take() == [("problem", "The disk is full.", ""), ("settled",)]


def test_what_can_be_asked_without_opening_anything(told: Told, data: RecordingClient, model: RecordingClient) -> None:
    heard: list[object] = []
    draft = DatasetDraft("/d.toml", "d", "hg19", "/d.fa")
    told.opener.questions.check_draft(draft, heard.append)
    told.opener.questions.list_shipped(heard.append)
    told.opener.questions.inspect("/a.bw", heard.append)
    assert data.asked == [CheckDraft(draft), ListShipped(), InspectFile("/a.bw")]
    answer(data, DraftCheck(), Shipped(()))
    data.fail_all(Failure("invalid", "There is no file /a.bw.", file="/a.bw"))
    assert heard == [DraftCheck(), Shipped(()), FileKind("", "There is no file /a.bw.")]
    assert told.opener.is_settled


@pytest.mark.parametrize(
    ("paths", "forgiven"),
    [(("/a.bw", "/b.bw"), ("/a.bw", "/b.bw")), (("/a.bw", "/d.toml"), None), ((), ())],
)
def test_what_a_person_opens_may_be_read_by_both_workers_again(
    told: Told, data: RecordingClient, model: RecordingClient, paths: tuple[str, ...], forgiven: tuple[str, ...] | None
) -> None:
    told.opener.forgive(paths)
    assert data.forgiven == model.forgiven == [forgiven]


def test_a_checkpoint_without_a_dataset_is_a_sentence(
    told: Told, data: RecordingClient, model: RecordingClient, workspace: Workspace, summary: DatasetSummary
) -> None:
    for bare in (False, True):
        if bare:
            workspace.open_dataset(replace(summary, path=""))
        told.opener.models.open("/c")
        assert told.take() == [
            ("problem", "Open a dataset first: a checkpoint predicts on the sequence of a dataset.", "")
        ]
    assert model.asked == []


NO_TORCH = 'PyTorch is not installed, so nothing can be predicted: pip install "ebert-browser[model]".'


@pytest.mark.parametrize(
    ("sentence", "lacks_torch", "said"),
    [
        ("It ended.", True, NO_TORCH),
        ("The torch of this ended.", False, "Nothing can be predicted: The torch of this ended."),
    ],
)
def test_a_model_worker_that_cannot_start_says_what_to_do(
    told: Told,
    data: RecordingClient,
    model: RecordingClient,
    workspace: Workspace,
    summary: DatasetSummary,
    sentence: str,
    lacks_torch: bool,
    said: str,
) -> None:
    opened(told, data, summary)
    failed = WorkerState(Condition.FAILED, sentence, "lines", lacks_torch=lacks_torch)
    told.opener.models.on_worker_state(failed)
    assert workspace.model_problem == said
    assert told.take() == []
    told.opener.models.open("/c")
    told.opener.models.on_worker_state(failed)
    assert told.take() == [("lost", "model", said, "lines")]


def test_a_model_worker_that_comes_back_loads_the_checkpoint_once(
    told: Told, data: RecordingClient, model: RecordingClient, summary: DatasetSummary
) -> None:
    told.opener.models.on_worker_state(WorkerState(Condition.READY))
    opened(told, data, summary)
    told.opener.models.on_worker_state(WorkerState(Condition.RESTARTING, "It ended.", "lines"))
    assert told.take() == [("lost", "model", "It ended.", "lines")]
    told.opener.models.on_worker_state(WorkerState(Condition.READY))
    assert model.asked == []
    told.opener.models.open("/c")
    answer(model, checkpoint_summary(path="/c"))
    told.opener.models.on_worker_state(WorkerState(Condition.BUSY))
    assert len(model.asked) == 1
    told.opener.models.on_worker_state(WorkerState(Condition.RESTARTING, "It ended."))
    told.opener.models.on_worker_state(WorkerState(Condition.READY))
    assert model.asked[1:] == [OpenModel("/c", summary.path)]


def test_a_checkpoint_that_is_lost_while_it_is_opened_is_asked_for_again(
    told: Told, data: RecordingClient, model: RecordingClient, workspace: Workspace, summary: DatasetSummary
) -> None:
    told.opener.models.on_worker_state(WorkerState(Condition.READY))
    opened(told, data, summary)
    told.opener.models.open("/models/c")
    told.opener.models.on_worker_state(WorkerState(Condition.RESTARTING, "It ended."))
    model.fail_all(Failure("lost", "It ended."))
    assert workspace.opening_model == "c"
    told.opener.models.on_worker_state(WorkerState(Condition.READY))
    assert model.asked == 2 * [OpenModel("/models/c", summary.path)]
    answer(model, checkpoint_summary(path="/models/c"))
    assert workspace.model is not None
    assert workspace.opening_model == ""


def test_a_checkpoint_asked_for_before_the_worker_is_ready_is_asked_for_once(
    told: Told, data: RecordingClient, model: RecordingClient, summary: DatasetSummary
) -> None:
    opened(told, data, summary)
    told.opener.models.open("/c")
    told.opener.models.on_worker_state(WorkerState(Condition.READY))
    assert model.asked == [OpenModel("/c", summary.path)]


def test_a_worker_that_comes_back_loads_the_checkpoint_in_view_and_not_one_that_cannot_be_loaded(
    told: Told, data: RecordingClient, model: RecordingClient, workspace: Workspace, summary: DatasetSummary
) -> None:
    opened(told, data, summary)
    told.opener.models.open("/c")
    answer(model, checkpoint_summary(path="/c"))
    told.opener.models.open("/damaged")
    model.fail_all(Failure("invalid", "It is damaged."))
    assert workspace.opening_model == ""
    told.opener.models.on_worker_state(WorkerState(Condition.RESTARTING, "It ended."))
    told.opener.models.on_worker_state(WorkerState(Condition.READY))
    assert model.asked[2:] == [OpenModel("/c", summary.path)]


def test_a_checkpoint_that_fails_after_another_was_asked_for_leaves_that_one_to_come(
    told: Told, data: RecordingClient, model: RecordingClient, workspace: Workspace, summary: DatasetSummary
) -> None:
    opened(told, data, summary)
    told.opener.models.open("/damaged")
    told.opener.models.open("/c")
    _, _, on_failure = model.open.pop(1)
    on_failure(Failure("invalid", "It is damaged."))
    assert (workspace.opening_model, workspace.model_problem) == ("c", "")
    assert told.take()[0] == ("problem", "It is damaged.", "")


@pytest.mark.parametrize(
    ("failure", "problem", "said"),
    [
        (Failure("invalid", "It is damaged.", "why"), "It is damaged.", [("problem", "It is damaged.", "why")]),
        (Failure("lost", "It ended.", "why"), "", [("problem", "It ended.", "why")]),
        (Failure("replaced", "Newer."), "", []),
    ],
)
def test_a_checkpoint_that_does_not_open_is_said_in_the_tracks_where_that_is_final(
    told: Told,
    data: RecordingClient,
    model: RecordingClient,
    workspace: Workspace,
    summary: DatasetSummary,
    failure: Failure,
    problem: str,
    said,
) -> None:
    opened(told, data, summary)
    told.opener.models.open("/c")
    model.fail_all(failure)
    assert workspace.model_problem == problem
    assert told.take() == [*said, ("settled",)]


def test_files_that_were_lost_with_the_worker_stay_wanted(
    told: Told, data: RecordingClient, summary: DatasetSummary
) -> None:
    opened(told, data, summary)
    told.opener.open_files(("/a.bw",))
    data.fail_all(Failure("lost", "It ended.", "lines"))
    assert told.opener.files == ("/a.bw",)
    assert told.take()[-1] == ("settled",)
    told.opener.open_files(("/b.bw",))
    data.fail_all(Failure("invalid", "There is no file /b.bw.", file="/b.bw"))
    assert told.opener.files == ("/a.bw",)


def test_a_file_that_ended_the_worker_is_left_out_and_its_track_stands_for_it(
    told: Told, data: RecordingClient, workspace: Workspace, summary: DatasetSummary
) -> None:
    opened(told, data, summary)
    told.opener.open_files(("/a.bw", "/b.bw"))
    failed = data.open.pop(next(iter(data.open)))[2]
    failed(Failure("avoided", "The worker ended on it.", file="/a.bw"))
    assert data.asked[-1] == OpenFiles(("/b.bw",), summary.path)
    answer(data, replace(summary, files=(BareFile("/b.bw", "b", "signal"),)))
    assert sorted(getattr(track, "path", "") for track in workspace.setup.tracks if getattr(track, "path", "")) == [
        "/a.bw",
        "/b.bw",
    ]
    assert not [each for each in told.take() if each[0] == "problem"]


def test_the_file_that_a_failure_is_about_is_left_out_whichever_its_sentence_names(
    told: Told, data: RecordingClient, summary: DatasetSummary
) -> None:
    told.opener.open_files(("/a.bw", "/a.bw.gz"))
    failed = data.open.pop(next(iter(data.open)))[2]
    failed(Failure("invalid", "It is of another assembly than /a.bw.", file="/a.bw.gz"))
    assert data.asked[-1] == OpenFiles(("/a.bw",))
