"""Several files at once, and openings that meet: nothing that was asked for gets lost."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ebert_core.protocol.kept_places import FindPlaces, FoundPlaces
from ebert_core.protocol.modelling import OpenModel, OutputSummary
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import (
    BareFile,
    CellType,
    Chromosome,
    DatasetDraft,
    DatasetSummary,
    FileKind,
    InspectFile,
    OpenDataset,
    OpenFiles,
    PeakFiles,
)
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.loading.dropping import Dropped
from ebert_gui.loading.loader import Loader
from ebert_gui.loading.opening import Opener
from ebert_gui.loading.saved_sessions import SavedSessions
from ebert_gui.state.pane import Pane, Span
from ebert_gui.state.session import Session, write_session
from ebert_gui.state.setup import Setup
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState
from tests.certain import present
from tests.gui import drawn
from tests.toy_summaries import checkpoint_summary

NOTHING = DatasetSummary("", "", "", (Chromosome("chr1", 50_000),), False, True, (), (), ())
KINDS = {
    ".toml": "dataset",
    ".json": "session",
    ".bw": "signal",
    ".bed": "features",
    ".fa": "reference",
    "/c": "checkpoint",
}


class Host:
    """Workers of a host on which some files cannot be read. It answers one request at a time, as a worker does."""

    def __init__(self, *unreadable: str) -> None:
        self.state = WorkerState(Condition.READY)
        self.unreadable = set(unreadable)
        self.asked: list[msgspec.Struct] = []
        self._waiting: deque[tuple[Any, Callable[[Any], None], Callable[[Failure], None]]] = deque()

    def request(self, body, reply_type, on_reply, on_failure=None, on_progress=None, view_key: str = "") -> int:
        self.asked.append(body)
        self._waiting.append((body, on_reply, on_failure))
        return len(self.asked)

    def cancel(self, number: int) -> None:
        pass

    def answer(self) -> None:
        """Answer everything that is asked, and what is asked because of the answers."""
        while self._waiting:
            body, on_reply, on_failure = self._waiting.popleft()
            paths = body.paths if isinstance(body, OpenFiles) else (getattr(body, "path", ""),)
            bad = next((path for path in paths if path in self.unreadable), None)
            if bad is not None:
                on_failure(Failure("invalid", f"There is no file {bad}.", file=bad))
            else:
                on_reply(_reply(body))


def _reply(body: Any) -> object:
    match body:
        case FindPlaces(places=places):
            return FoundPlaces(tuple(place.path for place in places))
        case InspectFile(path=path):
            return FileKind(next(kind for ending, kind in KINDS.items() if path.endswith(ending)), "A file.")
        case OpenDataset(path=path, model="/c"):
            cells = (CellType("alpha", True, (), (PeakFiles("ABC", False), PeakFiles("MAX", False))),)
            return msgspec.structs.replace(NOTHING, path=path, name=path, cell_types=cells, predicted=("CTCF", "MAX"))
        case OpenDataset(path=path) | DatasetDraft(path=path):
            return msgspec.structs.replace(NOTHING, path=path, name=path)
        case OpenFiles(paths=paths, dataset=dataset):
            files = tuple(
                BareFile(path, path[1:], "signal") for path in paths if path.endswith((".bw", ".bed", ".odd"))
            )
            return msgspec.structs.replace(NOTHING, path=dataset, files=files)
        case OpenModel(path=path):
            return checkpoint_summary(
                path=path, outputs=(OutputSummary("CTCF", ("alpha",)), OutputSummary("MAX", ("alpha",)))
            )
    raise AssertionError(body)


class Window:
    """A workspace with its opener, and what was said."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.workspace = Workspace(drawn.KINDS)
        self.opener = Opener(self.workspace, host, host, drawn.KINDS)
        self.said: list[str] = []
        self.opener.problem.connect(lambda sentence, _details: self.said.append(sentence))
        self.opener.lost.connect(lambda _role, sentence, _details: self.said.append(sentence))

    def drop(self, *paths: str) -> None:
        sessions = SavedSessions(self.workspace, self.opener, drawn.KINDS, self.host)
        Dropped(self.opener, sessions, self.workspace, self.said.append).open(paths)
        self.host.answer()

    @property
    def paths(self) -> list[str]:
        """The files that have tracks, in the order of the tracks."""
        return [path for track in self.workspace.setup.tracks if (path := getattr(track, "path", ""))]


@pytest.fixture
def window(qapp: object) -> Window:
    return Window(Host("/gone.bw", "/gone.odd"))


def test_files_dropped_on_an_empty_window_all_open_in_the_order_given(window: Window) -> None:
    window.drop("/c.bw", "/a.bw", "/b.bw")
    assert window.paths == ["/c.bw", "/a.bw", "/b.bw"]
    assert not window.said


def test_files_opened_one_soon_after_the_other_all_open(window: Window) -> None:
    for path in ("/c.bw", "/a.bw", "/b.bw"):
        window.opener.open_files((path,))
    assert not window.opener.is_settled
    window.host.answer()
    assert window.opener.is_settled
    assert window.paths == ["/c.bw", "/a.bw", "/b.bw"]


def test_each_file_that_cannot_be_opened_is_one_sentence_and_the_others_open(window: Window) -> None:
    window.drop("/a.bw", "/gone.bw", "/b.bw", "/gone.odd")
    assert window.paths == ["/a.bw", "/b.bw"]
    assert window.said == ["There is no file /gone.bw.", "There is no file /gone.odd."]


def test_a_file_that_can_have_no_track_takes_no_other_with_it(window: Window) -> None:
    window.opener.open_files(("/gone.odd", "/a.bw", "/gone.bw"))
    window.host.answer()
    assert window.paths == ["/a.bw", "/gone.bw"]
    assert window.said == ["There is no file /gone.odd."]


def test_a_file_that_a_package_knows_and_none_shows_is_named(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, ".toy", "toy-scores")
    window.drop("/a.toy")
    assert window.said == ["/a.toy was not opened: nothing that is installed shows such a file. A file."]


def test_what_the_worker_remarks_on_packages_is_said_once(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    window.opener.told.connect(told.append)
    monkeypatch.setitem(globals(), "NOTHING", msgspec.structs.replace(NOTHING, remarks=("One is switched off.",)))
    window.drop("/c.bw")
    window.drop("/a.bw")
    assert told == ["One is switched off."]


def test_nothing_but_unreadable_files_is_a_sentence_for_each(window: Window) -> None:
    window.opener.open_files(("/gone.bw", "/gone.odd"))
    window.host.answer()
    assert window.workspace.dataset is None
    assert window.said == ["There is no file /gone.bw.", "There is no file /gone.odd."]


def test_a_file_that_has_gone_since_keeps_no_other_from_being_opened(window: Window) -> None:
    window.drop("/a.bw", "/b.bw")
    window.host.unreadable.add("/a.bw")
    window.drop("/c.bw")
    assert window.paths == ["/a.bw", "/b.bw", "/c.bw"]
    assert window.opener.files == ("/b.bw", "/c.bw")


def test_a_dataset_its_files_and_a_checkpoint_may_be_dropped_together(window: Window) -> None:
    window.drop("/a.bw", "/models/c", "/d.toml", "/other.toml", "/x.fa")
    dataset = window.workspace.dataset
    assert dataset is not None
    assert dataset.path == "/d.toml"
    assert window.paths == ["/a.bw"]
    assert window.workspace.model is not None
    assert window.said == [
        "/other.toml was not opened: one dataset can be open at a time.",
        "/x.fa was not opened: the dataset has its own genome. A file.",
    ]


def test_a_genome_is_opened_with_the_files_dropped_beside_it_and_stays(window: Window) -> None:
    window.drop("/x.fa", "/a.bw")
    window.drop("/b.bw")
    assert window.opener.files == ("/x.fa", "/a.bw", "/b.bw")


def test_the_same_file_three_times_is_one_track_and_one_that_was_removed_comes_back(window: Window) -> None:
    for _ in range(3):
        window.drop("/a.bw")
    assert window.paths == ["/a.bw"]
    track = next(track for track in window.workspace.setup.tracks if getattr(track, "path", ""))
    window.workspace.history.change(window.workspace.setup.without(track.id))
    window.drop("/a.bw")
    assert window.paths == ["/a.bw"]


def test_a_session_brings_its_tracks_files_and_checkpoint_once(window: Window) -> None:
    kept = (SignalTrack(id="s", path="/a.bw", signal="mine", height=99), GenesTrack(id="g"))
    files = ("/a.bw", "/removed.bw")
    session = Session("/d.toml", files, "/c", setup=Setup(tracks=kept, panes=(Pane(span=Span("chr1", 10, 90)),)))
    window.opener.session_of = lambda dataset, _files, _is_new: session if dataset == "/d.toml" else Session()
    window.opener.open_dataset("/d.toml")
    # Before the files and the checkpoint have come, they are already what the session is to keep.
    window.host._waiting[0][1](_reply(window.host._waiting.popleft()[0]))
    assert window.opener.files == session.files
    assert window.opener.models.chosen == "/c"
    window.host.answer()
    assert window.workspace.setup.tracks[:2] == kept
    assert window.paths == ["/a.bw"]
    assert window.workspace.view.interval == Interval("chr1", 10, 90)
    assert window.opener.files == session.files
    assert not window.said


def test_a_checkpoint_that_comes_after_another_dataset_is_not_taken_for_its_own(window: Window) -> None:
    window.drop("/d.toml")
    window.opener.open_dataset("/e.toml", then=None)
    window.opener.models.open("/c")
    window.host.answer()
    assert window.workspace.dataset is not None
    assert window.workspace.dataset.path == "/e.toml"
    assert window.workspace.model is None


def test_while_a_checkpoint_is_opened_nobody_is_asked_to_open_one(window: Window) -> None:
    loader = Loader(window.workspace, {"data": window.host, "model": window.host})
    row = PredictionTrack(id="p", factor="CTCF", cell_type="alpha")
    window.drop("/d.toml")
    assert loader.content(row).sentence == "Open a checkpoint to predict here"
    window.opener.models.open("/models/c")
    assert loader.content(row).sentence == "Opening c …"
    window.host.answer()
    assert window.workspace.opening_model == ""
    window.opener.models.open("/models/c")
    window.opener.open_dataset("/e.toml")
    window.host.answer()
    assert window.workspace.opening_model == ""


def test_a_checkpoint_that_cannot_be_opened_is_no_longer_being_opened(window: Window) -> None:
    window.drop("/d.toml")
    window.host.unreadable.add("/models/c")
    window.opener.models.open("/models/c")
    window.host.answer()
    assert window.workspace.opening_model == ""
    assert window.workspace.model_problem == "There is no file /models/c."


def test_a_worker_that_comes_back_is_told_of_all_files_that_are_still_there(window: Window) -> None:
    window.opener.on_data_state(WorkerState(Condition.READY))
    window.drop("/a.bw", "/b.bw", "/c.bw")
    window.host.unreadable.add("/b.bw")
    window.opener.on_data_state(WorkerState(Condition.RESTARTING))
    window.host.asked.clear()
    window.opener.on_data_state(WorkerState(Condition.READY))
    window.host.answer()
    assert window.host.asked[-1] == OpenFiles(("/a.bw", "/c.bw"))
    assert not window.said


def test_a_checkpoint_that_takes_another_factor_into_view_says_so_and_undo_takes_it_back(window: Window) -> None:
    told: list[str] = []
    window.opener.told.connect(told.append)
    cells = (CellType("alpha", True, (), (PeakFiles("EP300", False),)),)
    window.workspace.open_dataset(msgspec.structs.replace(NOTHING, path="/d.toml", cell_types=cells))
    assert window.workspace.factor == "EP300"
    window.opener.models.open("/c")
    window.host.answer()
    assert told[1:] == ["toy does not predict EP300, so the tracks show CTCF instead; Undo takes this back."]
    window.workspace.history.undo()
    assert window.workspace.factor == "EP300"
    assert [track.factor for track in window.workspace.setup.tracks if isinstance(track, PeaksTrack)] == ["EP300"]
    window.workspace.history.redo()
    window.opener.models.open("/c")
    window.host.answer()
    assert len(told) == 2


def test_a_checkpoint_that_cannot_be_loaded_is_said_and_stays_in_the_session(window: Window) -> None:
    window.drop("/d.toml")
    window.host.unreadable.add("/c")
    told: list[str] = []
    window.workspace.model_changed.connect(lambda: told.append(window.workspace.model_problem))
    window.opener.models.open("/c")
    assert not window.opener.is_settled
    window.host.answer()
    assert window.opener.is_settled
    assert window.said == ["There is no file /c."]
    assert told == ["", "There is no file /c."], "once that it is being opened, once that it cannot be"
    assert window.opener.models.chosen == "/c"


def test_a_checkpoint_that_cannot_be_loaded_leaves_the_one_before(window: Window) -> None:
    window.drop("/d.toml", "/c")
    window.host.unreadable.add("/other/c")
    window.opener.models.open("/other/c")
    window.host.answer()
    assert window.workspace.model is not None
    assert not window.workspace.model_problem


def test_whatever_fails_is_settled_and_the_next_in_line_is_opened(window: Window) -> None:
    window.host.unreadable.add("/d.toml")
    with_settled: list[bool] = []
    window.opener.settled.connect(lambda: with_settled.append(True))
    window.opener.open_dataset("/d.toml")
    window.opener.open_files(("/gone.bw",))
    window.opener.open_files(("/a.bw",))
    window.host.answer()
    assert window.opener.is_settled
    assert with_settled == [True]
    assert window.said == ["There is no file /d.toml.", "There is no file /gone.bw."]
    assert window.paths == ["/a.bw"]


def test_a_worker_that_ends_is_named(window: Window) -> None:
    window.opener.on_data_state(WorkerState(Condition.RESTARTING, "The data worker ended."))
    assert window.said == ["The data worker ended."]


def test_a_dataset_that_was_just_written_is_opened_as_a_new_one_and_a_refusal_is_heard(window: Window) -> None:
    asked: list[tuple[str, tuple[str, ...], bool]] = []
    heard: list[str] = []

    def session_of(dataset: str, files: tuple[str, ...], is_new: bool) -> Session:
        asked.append((dataset, files, is_new))
        return Session()

    window.opener.session_of = session_of
    window.host.unreadable.add("/bad.toml")
    for path in ("/new.toml", "/bad.toml"):
        draft = DatasetDraft(path, "mine", "", "/x.fa")
        window.opener.write_dataset(draft, lambda: heard.append("opened"), heard.append)
        window.host.answer()
    assert asked == [("/new.toml", (), True)]
    assert heard == ["opened", "There is no file /bad.toml."]
    assert window.workspace.dataset is not None
    assert window.workspace.dataset.path == "/new.toml"
    assert window.opener.is_settled


def test_a_checkpoint_that_is_opened_later_says_that_it_added_tracks(window: Window) -> None:
    told: list[str] = []
    window.opener.told.connect(told.append)
    cells = (CellType("alpha", True, (), (PeakFiles("CTCF", False),)),)
    for is_beginning, said in (
        (True, []),
        (False, ["toy is open: 2 tracks were added; what was in view stays there."]),
    ):
        window.workspace.open_dataset(msgspec.structs.replace(NOTHING, path="/d.toml", cell_types=cells))
        window.opener.models.open("/c", is_beginning)
        window.host.answer()
        assert told == said


@pytest.mark.parametrize("kept", ["", "ABC"])
def test_a_dataset_with_a_checkpoint_opens_with_a_factor_that_was_measured_and_is_predicted(
    window: Window, kept: str
) -> None:
    """Before the checkpoint is open; ABC was measured and is not predicted, CTCF the other way round."""
    factors: list[str] = []
    told: list[str] = []
    window.opener.told.connect(told.append)
    tracks = (PeaksTrack(cell_type="alpha", factor="ABC"),) if kept else ()
    window.opener.session_of = lambda *_: Session(
        dataset="/d.toml" if kept else "", setup=Setup(tracks=tracks, factor=kept)
    )
    window.opener.open_dataset("/d.toml", lambda: factors.append(window.workspace.factor), "/c")
    window.host.answer()
    assert factors == ["MAX"]
    assert [track.factor for track in window.workspace.setup.tracks if isinstance(track, PeaksTrack)] == ["MAX"]
    window.opener.models.open("/c", is_beginning=True)
    window.host.answer()
    assert window.workspace.factor == "MAX"
    assert not told


def test_a_checkpoint_that_is_dropped_with_its_dataset_is_named_when_that_is_opened(window: Window) -> None:
    window.drop("/d.toml", "/c")
    assert OpenDataset("/d.toml", "/c") in window.host.asked


def test_a_dropped_session_opens_in_the_place_of_all_and_what_was_dropped_with_it_stands_beside_it(
    window: Window, tmp_path: Path
) -> None:
    path = tmp_path / "s.json"
    tracks = (SignalTrack(id="s", path="/a.bw"),)
    session = Session(dataset="/d.toml", files=("/a.bw",), setup=Setup(tracks=tracks))
    write_session(path, session)
    window.opener.session_of = lambda *_opened: session
    window.drop("/e.toml", "/b.bw", str(path), "/other.json")
    assert window.said == [
        "/other.json was not opened: one session can be open at a time.",
        "/e.toml was not opened: one session can be open at a time.",
    ]
    assert present(window.workspace.dataset).path == "/d.toml"
    assert window.paths == ["/a.bw", "/b.bw"]
