"""How predictions and attention are asked for and refined, and what stands where there are none."""

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import (
    AttentionProfile,
    PredictedBinding,
    Shapes,
)
from ebert_core.protocol.terms.edits import BaseEdit
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.loading.loader import Loader
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Failure
from tests.certain import present
from tests.gui.asked import is_of
from tests.gui.loading.recording import RecordingClient, content_of
from tests.toy_summaries import checkpoint_summary


def test_predictions_come_on_one_strand_first_and_are_refined(with_checkpoint: Loader, model: RecordingClient) -> None:
    model.answer_all()
    with_checkpoint.ask()
    model.answer_all()
    with_checkpoint.ask()
    first, second = model.requests(PredictedBinding)
    assert (first.source.strands, second.source.strands) == (1, 2)
    assert second.interval.covers(first.interval)
    assert with_checkpoint.is_idle


def test_a_refined_prediction_covers_a_pan_inside_its_margin(
    with_checkpoint: Loader, model: RecordingClient, workspace: Workspace
) -> None:
    for _ in range(3):
        model.answer_all()
        with_checkpoint.ask()
    before = len(model.requests(PredictedBinding))
    workspace.view.pan_by(5_000)
    with_checkpoint.ask()
    assert len(model.requests(PredictedBinding)) == before


@pytest.mark.parametrize("width", [120_000, 150_000, 199_990, 200_000])
def test_no_prediction_of_a_live_view_is_wider_than_the_model_answers(
    with_checkpoint: Loader, model: RecordingClient, workspace: Workspace, width: int
) -> None:
    workspace.view.show(Interval("chr1", 1_000_077, 1_000_077 + width))
    with_checkpoint.ask()
    model.answer_all()
    with_checkpoint.ask()
    asked = [request.interval.length for request in model.requests(PredictedBinding) if request.source.strands == 2]
    limit = present(workspace.model).live_limit
    assert asked
    assert max(asked) <= limit + 400


def test_a_long_slide_waits_for_the_prediction_under_way(
    with_checkpoint: Loader, model: RecordingClient, workspace: Workspace
) -> None:
    for _ in range(5):
        workspace.view.pan_by(500)
        with_checkpoint.ask()
    assert len(model.requests(PredictedBinding)) == 1


def test_a_jump_abandons_the_prediction_of_the_old_place(
    with_checkpoint: Loader, model: RecordingClient, workspace: Workspace
) -> None:
    workspace.view.show(Interval("chr1", 3_000_000, 3_020_000))
    with_checkpoint.ask()
    open_now = [body for body, _, _ in model.open.values() if is_of(body, PredictedBinding)]
    assert [request.interval.start for request in open_now] == [3_000_000]


def test_above_the_live_limit_nothing_is_predicted_until_somebody_asks(
    with_checkpoint: Loader, model: RecordingClient, workspace: Workspace
) -> None:
    model.answer_all()
    workspace.view.show(Interval("chr1", 1_000_000, 2_000_000))
    with_checkpoint.ask()
    assert not any(is_of(body, PredictedBinding) for body, _, _ in model.open.values())
    content = content_of(with_checkpoint, workspace, PredictionTrack)
    assert content.sentence.startswith("Zoom in below 200 kb")
    assert content.link.startswith("compute this region, about ")
    with_checkpoint.take_offer(next(t for t in workspace.setup.tracks if isinstance(t, PredictionTrack)))
    with_checkpoint.ask()
    pieces = [body.interval for body, _, _ in model.open.values() if is_of(body, PredictedBinding)]
    assert sum(piece.length for piece in pieces) == 1_000_000
    assert all(piece.length <= 200_000 for piece in pieces)
    model.answer_all()
    assert not content_of(with_checkpoint, workspace, PredictionTrack).sentence


def test_a_prediction_that_ended_the_model_worker_is_offered_again(
    with_checkpoint: Loader, data: RecordingClient, model: RecordingClient, workspace: Workspace
) -> None:
    model.fail_all(Failure("avoided", "The model worker ended while it computed with /c.", file="/c"))
    content = content_of(with_checkpoint, workspace, PredictionTrack)
    assert (content.link, content.avoided) == ("Try again", "/c")
    with_checkpoint.take_offer(next(t for t in workspace.setup.tracks if isinstance(t, PredictionTrack)))
    with_checkpoint.ask()
    assert model.forgiven == [("/c",)]
    assert any(is_of(body, PredictedBinding) for body, _, _ in model.open.values())


def test_the_offer_of_a_wide_view_computes_it(
    with_checkpoint: Loader, model: RecordingClient, workspace: Workspace
) -> None:
    workspace.view.show(Interval("chr1", 0, 1_000_000))
    with_checkpoint.ask()
    with_checkpoint.take_offer(next(t for t in workspace.setup.tracks if isinstance(t, PredictionTrack)))
    with_checkpoint.ask()
    assert sum(body.interval.length for body, _, _ in model.open.values() if is_of(body, PredictedBinding)) == 1_000_000
    assert model.forgiven == []


def test_a_region_is_computed_without_another_gesture(
    with_checkpoint: Loader, model: RecordingClient, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.view.show(Interval("chr1", 0, 1_000_000))
    with_checkpoint.ask()
    with_checkpoint.take_offer(next(t for t in workspace.setup.tracks if isinstance(t, PredictionTrack)))
    qtbot.waitUntil(lambda: any(is_of(body, PredictedBinding) for body, _, _ in model.open.values()))


def test_a_region_is_computed_on_both_strands_since_nothing_refines_it_there(
    with_checkpoint: Loader, model: RecordingClient, workspace: Workspace
) -> None:
    workspace.view.show(Interval("chr1", 0, 1_000_000))
    with_checkpoint.ask()
    with_checkpoint.take_offer(next(t for t in workspace.setup.tracks if isinstance(t, PredictionTrack)))
    with_checkpoint.ask()
    region = [body for body, _, _ in model.open.values() if is_of(body, PredictedBinding)]
    assert sum(request.interval.length for request in region) == 1_000_000
    assert {request.source.strands for request in region} == {2}


def test_attention_follows_the_anchor_not_the_view(
    with_checkpoint: Loader, model: RecordingClient, workspace: Workspace
) -> None:
    model.answer_all()
    workspace.view.pan_by(3_000)
    with_checkpoint.ask()
    assert len(model.requests(AttentionProfile)) == 1
    workspace.set_anchor("chr1", 1_005_000)
    with_checkpoint.ask()
    assert model.requests(AttentionProfile)[-1].interval == Interval("chr1", 1_005_000, 1_005_001)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [(PredictionTrack, "PyTorch is not installed."), (AttentionTrack, "PyTorch is not installed.")],
)
def test_without_a_model_its_tracks_say_why(
    loader: Loader, workspace: Workspace, kind: type[PredictionTrack] | type[AttentionTrack], sentence: str
) -> None:
    workspace.history.change(
        workspace.setup.with_added(PredictionTrack(cell_type="alpha", factor="CTCF"), AttentionTrack(cell_type="alpha"))
    )
    workspace.lose_model(sentence)
    assert content_of(loader, workspace, kind).sentence == sentence


def test_an_undone_cell_type_is_what_the_model_is_asked_for(
    with_checkpoint: Loader, workspace: Workspace, model: RecordingClient
) -> None:
    model.answer_all()

    def asked() -> tuple[str, tuple[str, ...]]:
        model.asked.clear()
        # What has come is kept; another place must be asked for.
        workspace.view.pan_by(100_000)
        with_checkpoint.ask()
        model.answer_all()
        request = model.requests(PredictedBinding)[0]
        return request.source.cell_type, tuple(source.output for source in request.sources)

    before = asked()
    workspace.choose_cell_type("beta")
    assert asked() != before
    workspace.history.undo()
    assert asked() == before


def test_an_edit_and_its_undo_are_asked_about_by_themselves(with_checkpoint: Loader, workspace: Workspace) -> None:
    for change in (
        lambda: workspace.history.change(workspace.setup.with_edits((BaseEdit("chr1", 1_000_100, "G"),))),
        workspace.history.undo,
    ):
        with_checkpoint.ask()
        assert not with_checkpoint._timer.isActive()
        change()
        assert with_checkpoint._timer.isActive()


def test_the_speed_is_that_of_a_long_stretch_of_known_bases_by_the_open_checkpoint(
    loader: Loader, data: RecordingClient, model: RecordingClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(10_000))
    monkeypatch.setattr("ebert_gui.loading.loader.time.monotonic", lambda: float(next(clock)))

    def predict(start: int, end: int, share_of_gaps: float) -> float | None:
        def with_gaps(reply: Shapes) -> Shapes:
            values = np.full(100, 0.5, dtype=np.float32)
            values[: round(100 * share_of_gaps)] = np.nan
            changed = {"minimum": values, "maximum": values, "mean": values}
            return Shapes(tuple(replace(s, **changed) if isinstance(s, Signal) else s for s in reply.shapes))

        workspace.view.show(Interval("chr1", start, end))
        loader.ask()
        data.answer_all()
        model.answer_all(with_gaps)
        return loader.bases_per_second

    workspace.open_model(checkpoint_summary())
    assert predict(0, 2_000, 0.0) is None
    assert predict(1_000_000, 1_100_000, 1.0) is None
    whole = predict(2_000_000, 2_100_000, 0.0)
    assert whole is not None
    half = predict(3_000_000, 3_100_000, 0.5)
    assert half is not None
    assert half < whole
    workspace.open_model(checkpoint_summary(path="/another"))
    assert loader.bases_per_second is None
