"""What was not read of a file stands in its row: a few words beside a sign, and all of it in the tooltip."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ebert_core.protocol.shapes import Remark, RunClass, Runs, Shape, Signal
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import (
    Chromosome,
    DatasetSummary,
)
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.canvas import Canvas
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.browser.scene import GUTTER
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.states import StatesTrack
from ebert_gui.looks.feature_rows import Feature
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import LIGHT, window_font
from tests.gui import toy_shapes
from tests.gui.drawn import KINDS, paint_label, row_over, words_at
from tests.gui.pages import Page, Written

HERE = Interval("chr1", 0, 1000)
AXIS = Axis("chr1", 0.0, 2.0, 500.0)
SKIPPED = Remark("2 lines left out", "2 lines left out, first line 7: the start 'x' is not a whole number.")
STRANGE = Remark(
    "other words",
    "No name in this file is of the genome in view: it has II, the view is on chr1.",
    False,
    "strange names",
)


def content(*remarks: Remark) -> TrackContent:
    reply = toy_shapes.peaks(HERE, remarks=remarks)
    return TrackContent({"peaks": (Held(1, HERE, reply), Held(2, HERE, reply))})


def test_lines_that_were_left_out_are_a_doubt_of_the_row_said_once() -> None:
    doubts = row_over(AXIS, PeaksTrack(path="x.bed"), content(SKIPPED)).doubts
    assert [(doubt.short, doubt.full) for doubt in doubts] == [(SKIPPED.short, SKIPPED.full)]


class Known:
    def content(self, _track: Track) -> TrackContent:
        return content(SKIPPED)


def test_the_gutter_writes_it_beside_a_sign(new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    surface = replace(new_page(1.0, (GUTTER, 90)).surface, height=84.0)
    monkeypatch.setattr(type(surface), "text", lambda _self, _box, text, *_: said.append(text))
    paint_label(surface, GUTTER, PeaksTrack(path="x.bed", name="x"), content(SKIPPED), Scale())
    assert said == ["x", "2 lines left out"]


def test_pointing_at_the_name_of_the_row_tells_all_of_it(qtbot: QtBot) -> None:
    workspace = Workspace(KINDS)
    canvas = Canvas(workspace, Known(), KINDS, LIGHT, window_font())
    qtbot.addWidget(canvas)
    chromosomes = (Chromosome("chr1", 1000),)
    dataset = DatasetSummary("", "toy", "toy1", chromosomes, False, False, (), (), ())
    workspace.open_dataset(dataset, Setup(tracks=(PeaksTrack(path="x.bed", name="x"),)))
    (row,) = canvas.scene.rows()
    assert canvas.scene.about(row) == SKIPPED.full


def test_names_that_do_not_match_are_said_in_place_of_no_peaks() -> None:
    track = PeaksTrack(path="x.bed")
    assert row_over(AXIS, track, content(SKIPPED, STRANGE)).blank(AXIS) == STRANGE.full
    assert row_over(AXIS, track, content(SKIPPED)).blank(AXIS) == "No features here"


@pytest.mark.parametrize(
    ("labelled", "track", "said"),
    [
        ((), PeaksTrack(cell_type="alpha", factor="CTCF"), "No peaks here"),
        ((Interval("chr1", 0, 5000),), PeaksTrack(cell_type="alpha", factor="CTCF"), "No peaks here"),
        ((Interval("chr1", 990, 5000),), PeaksTrack(cell_type="alpha", factor="CTCF"), "No peaks here"),
        ((Interval("chr1", 1010, 5000),), PeaksTrack(cell_type="alpha", factor="CTCF"), "Not labelled here"),
        ((Interval("chr2", 0, 5000),), PeaksTrack(cell_type="alpha", factor="CTCF"), "Not labelled here"),
        # What a dataset says of its regions says nothing of a file beside it.
        ((Interval("chr2", 0, 5000),), PeaksTrack(path="x.bed"), "No features here"),
    ],
)
def test_where_a_dataset_is_not_labelled_its_rows_say_so(
    qtbot: QtBot, written: list[Written], labelled: tuple[Interval, ...], track: PeaksTrack, said: str
) -> None:
    workspace = Workspace(KINDS)
    canvas = Canvas(workspace, Known(), KINDS, LIGHT, window_font())
    qtbot.addWidget(canvas)
    chromosomes = (Chromosome("chr1", 5000), Chromosome("chr2", 5000))
    dataset = DatasetSummary("", "toy", "toy1", chromosomes, False, False, (), (), (), labelled_regions=labelled)
    workspace.open_dataset(dataset, Setup(tracks=(track,)))
    canvas.resize(1200, 400)
    workspace.view.show(HERE)
    canvas.refresh()
    canvas.grab()
    assert [each.text for each in written if each.text.endswith(" here")] == [said]


def test_a_gene_says_that_it_stands_for_several_transcripts() -> None:
    genes = (Feature("ISO", 10, 90, "+", transcripts=4), Feature("ONE", 20, 90, "-"))
    replies = TrackContent({"genes": (Held(1, HERE, toy_shapes.genes(HERE, *genes)),)})
    assert words_at(GenesTrack(), replies, HERE, 50) == ["ISO (+, the longest coding of 4 transcripts), ONE (-)"]


def test_a_long_title_leaves_room_for_the_words_beside_the_sign(
    new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    places: dict[str, float] = {}
    surface = replace(new_page(1.0, (GUTTER, 90)).surface, height=56.0)
    monkeypatch.setattr(type(surface), "text", lambda _self, box, text, *_: places.update({text: box.bottom()}))
    track = SignalTrack(path="x", signal="a_signal_with_a_long.bedGraph")
    values = np.ones(10, np.float32)
    reply = Signal(HERE, values, values, values, remarks=(SKIPPED,))
    shown = TrackContent({"signal": (Held(1, HERE, reply),)})
    paint_label(surface, GUTTER, track, shown, Scale())
    assert places[SKIPPED.short] <= surface.height


WHOLE = Interval("chr1", 0, 5000)


def replies_at(start: int, end: int) -> dict[str, tuple[Track, Shape]]:
    """For every kind of track what a file holds that has one thing, in [start, end), and nothing beside it."""
    values = np.full(WHOLE.length, np.nan, np.float32)
    values[start:end] = 1
    starts, ends = np.array([start]), np.array([end])
    names = (RunClass("Tx", "#00aa00"),)
    return {
        "values": (SignalTrack(path="x"), Signal(WHOLE, values, values, values)),
        "peaks": (PeaksTrack(path="x"), toy_shapes.peaks(WHOLE, (start, end), summits=[start])),
        "genes": (GenesTrack(), toy_shapes.genes(WHOLE, Feature("G", start, end, "+"))),
        "states": (StatesTrack(cell_type="a"), Runs(WHOLE, starts, ends, np.zeros(1, np.uint8), names)),
    }


# The view is [1000, 2000).
@pytest.mark.parametrize("kind", ["values", "peaks", "genes", "states"])
@pytest.mark.parametrize(
    ("start", "end", "is_shown"),
    [(900, 1000, False), (990, 1010, True), (1400, 1500, True), (1990, 2010, True), (2000, 2100, False)],
)
def test_a_track_with_nothing_in_sight_says_so_in_its_own_words(
    kind: str, start: int, end: int, is_shown: bool
) -> None:
    track, reply = replies_at(start, end)[kind]
    said = "features" if kind == "peaks" else kind
    shown = TrackContent({"signal" if kind == "values" else kind: (Held(1, WHOLE, reply),)})
    axis = Axis("chr1", 1000.0, 2.0, 500.0)
    assert row_over(axis, track, shown).blank(axis) == ("" if is_shown else f"No {said} here")


def test_before_anything_has_come_and_beside_another_sentence_a_track_does_not_say_that_it_is_empty() -> None:
    assert row_over(AXIS, PeaksTrack(path="x.bed"), TrackContent()).blank(AXIS) == ""
    assert row_over(AXIS, PeaksTrack(path="x.bed"), replace(content(), sentence="It is damaged.")).blank(AXIS) == ""
    assert row_over(AXIS, AttentionTrack(cell_type="a"), content()).blank(AXIS) == ""
