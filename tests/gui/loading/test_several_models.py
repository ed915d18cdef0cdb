"""Several models open at once: their tracks side by side, one chosen, and what closing or a failure costs."""

import pytest
from msgspec.structs import replace

from ebert_core.protocol.modelling import OpenModel
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.opening import Opener
from ebert_gui.state.session import Session
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState
from tests.certain import present
from tests.toy_summaries import checkpoint_summary, motif_summary

DATASET = DatasetSummary(
    "/d.toml", "d", "toy1", (Chromosome("chr1", 50_000),), True, True, (), (), (CellType("alpha", True),),
    start_locus=Interval("chr1", 0, 1000),
)  # fmt: skip
FIRST, SECOND, SCAN = checkpoint_summary(path="/one"), checkpoint_summary(path="/two"), motif_summary(path="/m.pfm")


class Models:
    """A worker that opens what it is told of when it is let."""

    def __init__(self) -> None:
        self.known = {each.path: each for each in (FIRST, SECOND, SCAN)}
        self.asked = []

    def request(self, body, _reply_type, on_reply, on_failure=None, on_progress=None, view_key: str = "") -> None:
        self.asked.append((body, on_reply, on_failure))

    def answer(self) -> None:
        for body, on_reply, on_failure in (*self.asked,):
            self.asked.pop(0)
            found = self.known.get(body.path)
            on_reply(found) if found else on_failure(Failure("invalid", f"{body.path} is damaged."))

    @property
    def paths(self):
        return [body.path for body, *_ in self.asked if isinstance(body, OpenModel)]


@pytest.fixture
def models() -> Models:
    return Models()


@pytest.fixture
def workspace() -> Workspace:
    workspace = Workspace(Kinds())
    workspace.open_dataset(DATASET)
    return workspace


@pytest.fixture
def opener(workspace: Workspace, models: Models) -> Opener:
    return Opener(workspace, models, models, Kinds())


def opened(opener: Opener, models: Models, *paths: str) -> None:
    for path in paths:
        opener.models.open(path)
    models.answer()


def rows(workspace: Workspace) -> list[str]:
    return [track.word("model") for track in workspace.setup.tracks if isinstance(track, PredictionTrack)]


def sources(workspace: Workspace) -> list[str]:
    return [
        read.source.of_model
        for track in workspace.setup.tracks
        if isinstance(track, PredictionTrack)
        for read in track.reads(workspace.scope)
    ]


def test_one_model_alone_needs_no_name_and_a_second_stands_beside_it(
    opener: Opener, workspace: Workspace, models: Models
) -> None:
    opened(opener, models, "/one")
    assert rows(workspace) == [""]
    opened(opener, models, "/two", "/m.pfm")
    assert rows(workspace) == sources(workspace) == ["/one", "/two", "/m.pfm"]
    assert (opener.models.wanted, opener.models.chosen) == (("/one", "/two", "/m.pfm"), "/m.pfm")
    assert workspace.model == SCAN


def test_undo_of_a_second_model_leaves_the_rows_of_the_first_its_own(
    opener: Opener, workspace: Workspace, models: Models
) -> None:
    opened(opener, models, "/one", "/two")
    workspace.history.undo()
    assert sources(workspace) == ["/one"]
    workspace.history.redo()
    assert sources(workspace) == ["/one", "/two"]


def test_choosing_another_model_changes_no_row_and_says_who_is_exported(
    opener: Opener, workspace: Workspace, models: Models
) -> None:
    opened(opener, models, "/one", "/two")
    before = workspace.setup
    opener.models.choose("/one")
    assert (workspace.model, opener.models.chosen) == (FIRST, "/one")
    assert workspace.setup == before


def test_a_closed_model_takes_its_rows_along_and_undo_brings_them_back_as_not_open(
    opener: Opener, workspace: Workspace, models: Models
) -> None:
    opened(opener, models, "/one", "/two")
    opener.models.close("/two")
    assert (rows(workspace), workspace.model, opener.models.wanted) == (["/one"], FIRST, ("/one",))
    workspace.history.undo()
    [gone] = [track for track in workspace.setup.tracks if track.word("model") == "/two" and track.word("factor")]
    assert present(gone.lack(workspace.scope)).sentence == "two is not open: open it again to predict here"
    opener.models.close("/one")
    assert (workspace.model, opener.models.wanted, opener.models.chosen) == (None, (), "")


def test_offers_are_per_model(opener: Opener, workspace: Workspace, models: Models) -> None:
    opened(opener, models, "/one", "/m.pfm")
    offers = {group: [offer.name for offer in offered] for group, offered in Kinds().offers(workspace.scope)}
    assert "CTCF predicted by one" in offers["alpha"]
    assert "Attention of one" in offers["alpha"]
    assert offers["m.pfm"] == ["CTCF motif", "M2 motif"]


def test_a_session_opens_all_its_models_adds_nothing_and_keeps_the_chosen_one(
    opener: Opener, workspace: Workspace, models: Models
) -> None:
    opened(opener, models, "/one", "/two")
    opener.models.choose("/one")
    kept = Session("/d.toml", model=opener.models.chosen, models=opener.models.wanted, setup=workspace.setup)
    opener.session_of = lambda *_: kept
    opener.open_dataset("/d.toml")
    models.asked.pop()[1](DATASET)
    assert models.paths == ["/one", "/two"]
    models.answer()
    assert (workspace.model, list(workspace.models)) == (FIRST, ["/one", "/two"])
    assert rows(workspace) == ["/one", "/two"]


def test_a_model_that_cannot_be_opened_costs_its_own_rows(opener: Opener, workspace: Workspace, models: Models) -> None:
    opened(opener, models, "/one", "/two")
    kept = Session("/d.toml", model="/two", models=opener.models.wanted, setup=workspace.setup)
    del models.known["/two"]
    opener.session_of = lambda *_: kept
    opener.open_dataset("/d.toml")
    models.asked.pop()[1](DATASET)
    models.answer()
    assert (workspace.model, workspace.model_problem) == (FIRST, "")
    assert sources(workspace) == ["/one"]
    lacks = [track.lack(workspace.scope) for track in workspace.setup.tracks if isinstance(track, PredictionTrack)]
    assert [lack and lack.sentence for lack in lacks] == [None, "/two is damaged."]


def test_a_worker_that_comes_back_opens_all_models_again(opener: Opener, workspace: Workspace, models: Models) -> None:
    opener.models.on_worker_state(WorkerState(Condition.READY))
    opened(opener, models, "/one", "/two")
    opener.models.choose("/one")
    opener.models.on_worker_state(WorkerState(Condition.RESTARTING, "It ended."))
    opener.models.on_worker_state(WorkerState(Condition.READY))
    assert models.paths == ["/one", "/two"]
    models.known["/two"] = replace(SECOND, name="trained on")
    models.answer()
    assert workspace.model == FIRST
    assert [model.name for model in workspace.models.values()] == ["toy", "trained on"]
