"""Where a prediction and the measured peaks disagree, and where nothing can be said of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from msgspec.structs import replace as changed
from PyQt6.QtGui import QColor

from ebert_core.protocol.modelling import OutputSummary
from ebert_core.protocol.shapes import Features, Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.state.scope import Scope
from ebert_gui.widgets.theme import LIGHT
from tests.gui import toy_shapes
from tests.gui.drawn import draw, judged, paint, texts_over
from tests.gui.pages import Page, Written
from tests.toy_summaries import TWO_CELL_TYPES, checkpoint_summary

HERE = Interval("chr1", 0, 20_000)
TRACK = PredictionTrack(cell_type="alpha", factor="CTCF")
SCOPE = Scope(TWO_CELL_TYPES, checkpoint_summary())


def prediction(start: int, *values: float, strands: int = 2) -> Signal:
    return toy_shapes.prediction(HERE, start, *values, is_draft=strands == 1)


def peaks(*pairs: tuple[int, int]) -> Features:
    return toy_shapes.peaks(HERE, *pairs)


def compared(predicted: Signal, *peak_sets: Held[Features], **more: tuple[Held[Features], ...]) -> TrackContent:
    """A prediction beside the peaks that have come."""
    return TrackContent({"prediction": (Held(0, HERE, predicted),), "peaks": peak_sets, **more})


SITE = [0.9 if n == 4 else 0.0 for n in range(60)]
ONE_PEAK = Held(1, HERE, peaks((1600, 1700)))


def called_columns(page: Page) -> list[int]:
    """Columns in the strong shade of a called bin."""
    return [x for x in range(100) if any(QColor(page.colour_at(x, y)).green() < 100 for y in range(13, 31))]


def disagreements(
    page: Page, calls: list[tuple[int, int]], measured: tuple[tuple[int, int], ...]
) -> list[tuple[int, int, str]]:
    values = [0.0] * 300
    for first, last in calls:
        values[first:last] = [0.9] * (last - first)
    content = compared(prediction(1000, *values), Held(1, HERE, peaks(*measured)))
    return [(each.start, each.end, each.word) for each in judged(page.surface.axis, TRACK, content, SCOPE)]


@pytest.mark.parametrize(("strands", "words"), [(2, ["no peak", "miss"]), (1, [])])
def test_what_disagrees_is_written_over_the_track_once_it_is_final(
    new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch, strands: int, words: list[str]
) -> None:
    surface = new_page().surface
    surface = replace(surface, axis=surface.axis._replace(width=1000.0, bases_per_pixel=2.0), height=84.0)
    content = compared(prediction(1000, *SITE, strands=strands), ONE_PEAK)
    said = texts_over(monkeypatch, surface, TRACK, content, SCOPE)
    assert [text for text in said if text in ("no peak", "miss")] == words


def test_a_value_at_the_threshold_is_called(new_page: Callable[..., Page]) -> None:
    page = new_page()
    scope = Scope(TWO_CELL_TYPES, checkpoint_summary(outputs=(OutputSummary("CTCF", ("alpha",), 0.5),)))
    content = compared(prediction(1000, *[0.5 if n == 4 else 0.0 for n in range(60)]), ONE_PEAK)
    paint(page.surface, TRACK, content, Scale(), scope)
    assert len(called_columns(page)) >= 4
    named = [verdict.word for verdict in judged(page.surface.axis, TRACK, content, scope)]
    assert named == ["no peak", "miss"]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (compared(prediction(1000, *SITE), ONE_PEAK), [(1200, "no peak"), (1600, "miss")]),
        # A draft may still become another value; peaks that have not come may lie there.
        (compared(prediction(1000, *SITE, strands=1), ONE_PEAK), []),
        (compared(prediction(1000, *SITE)), []),
        (compared(prediction(1000, *SITE), ONE_PEAK, relaxed=()), []),
        (
            compared(prediction(1000, *SITE), ONE_PEAK, relaxed=(Held(2, HERE, peaks((1200, 1250))),)),
            [(1600, "miss")],
        ),
        # What reaches the edge of the view may go on beyond it, with its peak.
        (compared(prediction(1000, 0.9, *[0.0] * 60), ONE_PEAK), [(1600, "miss")]),
        (compared(prediction(1000, *[0.0] * 60), Held(1, HERE, peaks((1950, 1990)))), []),
        # A bin without a value under a peak leaves it open.
        (compared(prediction(1000, *[np.nan if n == 13 else 0.0 for n in range(60)]), ONE_PEAK), []),
    ],
)
def test_calls_and_peaks_are_judged_where_both_are_complete(
    new_page: Callable[..., Page], content: TrackContent, named: list[tuple[int, str]]
) -> None:
    axis = new_page().surface.axis
    assert [(verdict.start, verdict.word) for verdict in judged(axis, TRACK, content, SCOPE)] == named


def test_without_a_measurement_nothing_is_called_false(new_page: Callable[..., Page]) -> None:
    axis = new_page().surface.axis
    other = PredictionTrack(cell_type="never assayed", factor="CTCF")
    content = TrackContent(
        {"prediction": (Held(0, HERE, prediction(1000, *[0.9] * 20)),), "peaks": (Held(1, HERE, peaks()),)}
    )
    assert judged(axis, other, content, SCOPE) == ()


@pytest.mark.parametrize(
    ("peak", "expected"),
    [
        # A call on [1500, 1600): a peak within 100 bases belongs to it, and no further.
        ((1300, 1401), []),
        ((1300, 1400), [(1300, 1400, "miss"), (1500, 1600, "no peak")]),
        ((1699, 1750), []),
        ((1700, 1750), [(1500, 1600, "no peak"), (1700, 1750, "miss")]),
    ],
)
def test_a_call_and_a_peak_within_a_hundred_bases_speak_of_one_site(
    new_page: Callable[..., Page], peak: tuple[int, int], expected: list[tuple[int, int, str]]
) -> None:
    assert disagreements(new_page(), [(10, 12)], (peak,)) == expected


def test_words_of_disagreement_stand_over_their_place_inside_the_plot_and_never_over_each_other(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (1000, 84))
    values = [0.0] * 300
    for place in (1, 40, 42, 100, 198):
        values[place] = 0.9
    content = compared(prediction(1000, *values), Held(1, HERE, peaks()))
    draw(page, TRACK, content, 84.0, SCOPE, width=1000.0)
    found = [each for each in written if each.text == "no peak"]
    width = found[0].right - found[0].left
    # Of the two that stand 10 pixels apart the first is named, and those at the edges are held inside.
    assert [each.left for each in found] == [
        2,
        pytest.approx(202.5 - width / 2, abs=1),
        pytest.approx(502.5 - width / 2, abs=1),
        pytest.approx(1000 - width - 2, abs=1),
    ]
    assert {(each.top, each.bottom) for each in found} == {(13, 26)}
    box = [x for x in range(1000) if page.colour_at(x, 14) == LIGHT.warning_background]
    assert box[0] == 0
    assert {found[1].left - 1, found[1].right + 1} <= set(box)
    assert not {found[1].left - 5, found[1].right + 5} & set(box)
    written.clear()
    draw(page, TRACK, content, 84.0, SCOPE, width=1000.0, bases_per_pixel=60.5)
    assert [each for each in written if each.text == "no peak"] == []


def replace_dataset(**changes: object) -> DatasetSummary:
    return changed(TWO_CELL_TYPES, **changes)


def test_only_labelled_places_are_judged(new_page: Callable[..., Page]) -> None:
    content = compared(prediction(1000, *[0.9 if n in (4, 14) else 0.0 for n in range(60)]), Held(1, HERE, peaks()))
    labelled = replace_dataset(labelled_regions=(Interval("chr1", 1150, 1300), Interval("chr2", 0, 9000)))
    found = judged(new_page().surface.axis, TRACK, content, Scope(labelled, checkpoint_summary()))
    assert [each.start for each in found] == [1200]
