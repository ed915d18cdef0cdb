"""Which shade a predicted value has, what a place without one looks like, and what is called bound."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtGui import QColor

from ebert_core.protocol.modelling import OutputSummary
from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, PeakFiles
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.looks.prediction_arranged import Columns, columns_of, meeting_replies
from ebert_gui.state.scope import Scope
from ebert_gui.widgets.theme import DARK, LIGHT, Theme
from tests.certain import present
from tests.gui import toy_shapes
from tests.gui.drawn import caption, content_of, judged, paint, scale_over, texts_over
from tests.gui.pages import Page
from tests.toy_summaries import checkpoint_summary

HERE = Interval("chr1", 0, 4000)
DATASET = DatasetSummary(
    "/d",
    "toy",
    "toy1",
    (Chromosome("chr1", 4000),),
    True,
    True,
    (),
    (),
    (CellType("alpha", True, (), (PeakFiles("CTCF", False),)),),
)
PREDICTED = PredictionTrack(cell_type="alpha", factor="CTCF")
POOR = OutputSummary("CTCF", ("alpha",), 0.009)
SCOPE = Scope(DATASET, checkpoint_summary())
USUAL = Scale()
SEEN = (toy_shapes.mark(1000, 1500, "training"), toy_shapes.mark(1500, 2000, "unseen locus"))


def _prediction(start: int, *values: float, strands: int = 2) -> Signal:
    return toy_shapes.prediction(HERE, start, *values, is_draft=strands == 1, marks=SEEN)


def columns(axis: Axis, *replies: Held[Signal]) -> Columns:
    return columns_of(replies, meeting_replies(replies), axis)


def test_a_predicted_value_stands_on_its_fifty_bases(new_page: Callable[..., Page]) -> None:
    page = new_page()
    paint(page.surface, PREDICTED, content_of("prediction", HERE, _prediction(1275, 0.0, 1.0, 0.0)), USUAL, SCOPE)
    # The strong shade of a called bin; a pixel is ten bases, so bin [1325, 1375) begins and ends inside one.
    called = [x for x in range(100) if QColor(page.colour_at(x, 30)).green() < 100]
    assert (called[0], called[-1]) == (32, 37)


def test_a_gap_in_a_prediction_is_hatched_and_not_zero(new_page: Callable[..., Page]) -> None:
    page = new_page(1.0, (100, 84))
    surface = replace(page.surface, height=84.0)
    content = content_of("prediction", HERE, _prediction(1075, *[0.0] * 4, *[np.nan] * 8, *[0.0] * 4))
    paint(surface, PREDICTED, content, USUAL, SCOPE)
    hatched = sum(not page.is_blank(x, y) for x in range(30, 60) for y in range(17, 60))
    plain = sum(not page.is_blank(x, y) for x in range(10, 25) for y in range(17, 60))
    assert hatched > 20
    assert plain == 0


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_what_was_not_computed_looks_neither_like_zero_nor_like_a_gap(
    new_page: Callable[..., Page], theme: Theme
) -> None:
    here = Interval("chr1", 1300, 1700)
    half = content_of("prediction", here, toy_shapes.prediction(here, 1300, *[0.0] * 4, *[np.nan] * 4))
    page = new_page(1.0, (100, 84))
    surface = replace(page.surface, height=84.0, palette=theme)
    surface.rectangle(0, 0, 100, 84, theme.canvas)
    paint(surface, PREDICTED, half, USUAL, SCOPE)

    def pattern(left: int) -> tuple[bool, ...]:
        return tuple(page.colour_at(x, y) != theme.canvas for x in range(left, left + 16) for y in range(20, 60))

    computed, gap, unknown = pattern(32), pattern(52), pattern(8)
    assert not any(computed)
    assert any(gap)
    assert any(unknown)
    assert gap != unknown
    assert pattern(80) != computed


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (TrackContent(is_loading=True), "computing …"),
        (TrackContent(), "not computed"),
        (TrackContent(is_error=True, sentence="No."), "failed"),
    ],
)
def test_a_stretch_without_values_says_why_it_has_none(
    new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch, state: TrackContent, words: str
) -> None:
    here = Interval("chr1", 1000, 6000)
    half = toy_shapes.prediction(here, 1000, *[0.0] * 100)
    content = replace(state, parts={"prediction": (Held(0, here, half),)})
    page = new_page(1.0, (1000, 84))
    surface = replace(page.surface, axis=page.surface.axis._replace(width=1000.0), height=84.0)
    assert words in texts_over(monkeypatch, surface, PREDICTED, content, SCOPE)


def called_columns(page: Page) -> list[int]:
    """Columns in the strong shade of a called bin."""
    return [x for x in range(100) if any(QColor(page.colour_at(x, y)).green() < 100 for y in range(13, 31))]


def test_a_model_that_says_one_in_a_hundred_everywhere_calls_nothing_bound(
    new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = new_page(1.0, (1000, 84))
    scope = Scope(DATASET, checkpoint_summary(outputs=(POOR,)))
    content = TrackContent(
        {
            "prediction": (Held(0, HERE, _prediction(1000, *[0.01] * 60)),),
            "peaks": (Held(1, HERE, toy_shapes.peaks(HERE, (1600, 1700))),),
        }
    )
    surface = replace(page.surface, height=84.0)
    scale = scale_over(surface.axis, PREDICTED, content, scope)
    paint(surface, PREDICTED, content, present(scale), scope)
    assert called_columns(page) == []
    assert all(page.is_blank(x, y) for x in range(100) for y in range(14, 60)), "a hundredth of the height and no more"
    assert judged(surface.axis, PREDICTED, content, scope) == ()
    wide = replace(surface, axis=surface.axis._replace(width=1000.0))
    assert "no calls: its threshold, 0.009, is too low to mean bound" in texts_over(
        monkeypatch, wide, PREDICTED, content, scope
    )


def test_a_threshold_that_means_it_is_named_beside_its_line(
    new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = new_page(1.0, (1000, 84))
    surface = replace(page.surface, axis=page.surface.axis._replace(width=1000.0), height=84.0)
    content = content_of("prediction", HERE, _prediction(1000, *[0.5] * 60))
    assert "called bound from 0.4" in texts_over(monkeypatch, surface, PREDICTED, content, SCOPE)
    dashes = [y for y in range(12, 66) if any(not page.is_blank(x, y) for x in range(0, 1000, 7))]
    assert dashes
    assert all(40 <= y <= 50 for y in dashes)


@pytest.mark.parametrize(("strands", "columns"), [(2, 4), (1, 0)])
def test_a_draft_of_one_strand_is_drawn_fainter_and_calls_nothing(
    new_page: Callable[..., Page], strands: int, columns: int
) -> None:
    page = new_page()
    paint(
        page.surface,
        PREDICTED,
        content_of("prediction", HERE, _prediction(1275, 0.0, 1.0, 0.0, strands=strands)),
        USUAL,
        SCOPE,
    )
    assert len(called_columns(page)) == pytest.approx(columns, abs=2)
    shade = QColor(page.colour_at(34, 30))
    assert shade.name() != LIGHT.canvas
    assert (shade.green() > 180) is (strands == 1)


def test_a_final_value_stands_over_the_draft_and_over_nothing_else(new_page: Callable[..., Page]) -> None:
    axis = new_page().surface.axis
    near = Interval("chr1", 1500, 2000)
    draft, final = _prediction(1000, *[0.2] * 60, strands=1), _prediction(1500, *[0.6] * 10)
    found = columns(axis, Held(0, HERE, draft), Held(1, near, final))
    assert not found.is_final[:50].any()
    assert found.is_final[50:].all()
    assert found.probability[49] == pytest.approx(0.2)
    assert found.probability[50] == pytest.approx(0.6)


def test_a_column_in_which_two_replies_meet_is_known_of_both_and_where_one_is_missing_of_none(
    new_page: Callable[..., Page],
) -> None:
    axis = new_page().surface.axis._replace(bases_per_pixel=30.0)
    meeting, after = 2000, _prediction(2000, *[0.6] * 50)
    left = Held(0, Interval("chr1", 1000, meeting), _prediction(1000, *[0.2] * 20))
    right = Held(1, Interval("chr1", meeting, 4000), after)
    found = columns(axis, left, right)
    assert found.is_known.all()
    assert found.is_final.all()
    # The column of [1990, 2020) has bins of both.
    assert found.probability[32:35].tolist() == pytest.approx([0.2, 0.6, 0.6])
    draft = Held(0, left.interval, _prediction(1000, *[0.2] * 20, strands=1))
    assert columns(axis, draft, right).is_final[32:35].tolist() == [False, False, True]
    apart = Held(1, Interval("chr1", meeting + 10, 4000), after)
    assert columns(axis, left, apart).is_known[32:35].tolist() == [True, False, True]


@pytest.mark.parametrize(("strands", "said"), [(1, "first strand only"), (2, "50-bp steps")])
def test_the_caption_says_that_a_strand_is_missing(new_page: Callable[..., Page], strands: int, said: str) -> None:
    surface = new_page().surface
    content = content_of("prediction", HERE, _prediction(1000, *[0.2] * 60, strands=strands))
    assert caption(surface, PREDICTED, content, SCOPE) == said


def test_the_ribbon_tells_training_from_unseen_places(new_page: Callable[..., Page]) -> None:
    page = new_page()
    paint(page.surface, PREDICTED, content_of("prediction", HERE, _prediction(1075, 0.1)), USUAL, SCOPE)
    assert page.colour_at(20, 48) == LIGHT.familiarity["training"]
    assert page.colour_at(80, 48) == LIGHT.familiarity["unseen locus"]


@pytest.mark.parametrize(("height", "has_words"), [(30.0, False), (55.0, False), (84.0, True)])
def test_a_low_track_keeps_its_room_for_the_values(
    new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch, height: float, has_words: bool
) -> None:
    page = new_page(1.0, (1000, 90))
    surface = replace(page.surface, axis=page.surface.axis._replace(width=1000.0), height=height)
    content = content_of("prediction", HERE, _prediction(1000, *[1.0] * 60))
    paint(surface, PREDICTED, content, USUAL, SCOPE)
    values = [y for y in range(int(height)) if QColor(page.colour_at(20, y)).green() < 100]
    assert len(values) >= 9
    assert ("called bound from 0.4" in texts_over(monkeypatch, surface, PREDICTED, content, SCOPE)) is has_words
