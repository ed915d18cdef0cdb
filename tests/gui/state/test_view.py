"""The view: moving, zooming, its history and its ends."""

import pytest

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.state.history import History
from ebert_gui.state.pane import Span
from ebert_gui.state.setup import Setup
from ebert_gui.state.view import SMALLEST_SPAN, ViewRange


@pytest.fixture
def view() -> ViewRange:
    return _opened(History(), {"chr1": 10_000, "chr2": 500}, Interval("chr1", 1000, 2000))


def _opened(history: History, lengths: dict[str, int], start: Interval) -> ViewRange:
    view = ViewRange(history)
    history.restart(Setup(panes=(view.open_genome(lengths, start),)))
    return view


def test_a_pan_stops_at_the_ends_of_the_chromosome(view: ViewRange) -> None:
    view.pan_by(-5000)
    assert view.span == Span("chr1", 0, 1000)
    view.pan_by(1e9)
    assert view.span == Span("chr1", 9000, 10_000)


def test_zooming_keeps_the_position_where_it_is_on_screen(view: ViewRange) -> None:
    view.zoom_about(1250, 2)
    assert view.span == Span("chr1", 1125, 1625)


def test_zooming_in_ends_at_the_smallest_span(view: ViewRange) -> None:
    view.zoom(1e6)
    assert view.span.length == SMALLEST_SPAN


def test_zooming_out_ends_at_the_whole_chromosome(view: ViewRange) -> None:
    view.zoom(1e-6)
    assert view.span == Span("chr1", 0, 10_000)


def test_slow_drags_of_less_than_a_base_add_up(view: ViewRange) -> None:
    for _ in range(10):
        view.pan_by(0.25)
    assert view.span.start == 1002.5


def test_back_returns_to_where_a_person_had_slid_before_the_jump(view: ViewRange) -> None:
    view.pan_by(100)
    view.show(Interval("chr2", 0, 200))
    view.go_back()
    assert view.interval == Interval("chr1", 1100, 2100)
    view.go_forward()
    assert view.interval == Interval("chr2", 0, 200)
    assert not view.can_go_forward


def test_a_jump_forgets_what_lay_ahead(view: ViewRange) -> None:
    view.show(Interval("chr2", 0, 200))
    view.go_back()
    view.show(Interval("chr1", 0, 50))
    assert not view.can_go_forward


def test_a_change_is_announced_once_and_no_change_is_not(view: ViewRange) -> None:
    told: list[Span] = []
    view.changed.connect(lambda: told.append(view.span))
    view.show(Interval("chr1", 0, 100))
    view.pan_by(-10)
    assert told == [Span("chr1", 0, 100)]


def test_zooming_without_a_cursor_keeps_the_middle(view: ViewRange) -> None:
    view.zoom(4)
    assert view.span == Span("chr1", 1375, 1625)


def test_a_place_is_centred_without_a_change_of_zoom(view: ViewRange) -> None:
    view.centre_on(5000)
    assert view.span == Span("chr1", 4500, 5500)


def test_another_genome_has_no_places_to_return_to(view: ViewRange) -> None:
    view.show(Interval("chr2", 0, 200))
    view.show(Interval("chr1", 0, 300))
    view.go_back()
    pane = view.open_genome({"chrX": 900})
    assert not view.can_go_back
    assert not view.can_go_forward
    assert pane.span == Span("chrX", 0, 900)


def test_every_place_on_the_way_forward_can_be_left_again(view: ViewRange) -> None:
    view.show(Interval("chr2", 0, 200))
    view.show(Interval("chr1", 0, 50))
    view.go_back()
    view.go_back()
    view.go_forward()
    view.go_forward()
    assert view.interval == Interval("chr1", 0, 50)
    view.go_back()
    assert view.interval == Interval("chr2", 0, 200)
    view.go_back()
    assert view.interval == Interval("chr1", 1000, 2000)


def test_a_wider_drawing_asks_for_finer_values_and_is_announced_once(view: ViewRange) -> None:
    told: list[float] = []
    view.changed.connect(lambda: told.append(view.bases_per_column))
    for columns in (500, 500, 0, -3):
        view.set_columns(columns)
    assert told == [2.0]
    assert view.bases_per_column == 2.0
