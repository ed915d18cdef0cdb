"""Signals in one row and signals compared: what is made of selected tracks, what it reads, how it looks and is kept."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PyQt6.QtGui import QColor

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import Compared, MeasuredSignal, as_argument
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, DatasetSummary
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Scale
from ebert_gui.browser.scene import Scene
from ebert_gui.browser.surface import Surface
from ebert_gui.commands.command import Choice
from ebert_gui.kinds.comparison import ComparisonTrack
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.overlay import OverlayTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.state.scope import Scope
from ebert_gui.state.session import Session, read_session, write_session
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.tracks.track_commands import join_choices, track_commands
from ebert_gui.widgets.theme import LIGHT, window_font
from tests.gui.drawn import KINDS, Given, answer, caption, drawn_row, paint, row_over, scale_over
from tests.gui.pages import Page, Written

K562 = SignalTrack(id="k", cell_type="K562", signal="DNase")
HEPG2 = SignalTrack(id="h", cell_type="HepG2", signal="DNase", drawn=SignalSettings(colour="#00aa00"))
INPUT = SignalTrack(id="i", cell_type="K562", signal="Input")
HERE = Interval("chr1", 1000, 2000)
ANYWHERE = Scope()


def made(name: str, *tracks: Track) -> Track:
    return next(each.track for each in KINDS.made_of(tracks) if each.name == name)


def overlay(*tracks: Track, **chosen: object) -> OverlayTrack:
    found = made("Overlay in one row", *tracks)
    assert isinstance(found, OverlayTrack)
    return replace(found, drawn=found.drawn.changed(**chosen))


def comparison(*tracks: Track, **chosen: object) -> ComparisonTrack:
    found = made("Compare these two", *tracks)
    assert isinstance(found, ComparisonTrack)
    return replace(found, drawn=found.drawn.changed(**chosen))


def signal(*values: float) -> Signal:
    array = np.repeat(np.array(values, dtype=np.float32), 100 // len(values))
    return Signal(HERE, array, array, array)


def layered(*signals: Signal) -> TrackContent:
    return TrackContent({f"signal {n}": (Held(n, HERE, each),) for n, each in enumerate(signals)})


def test_what_can_be_made_of_tracks_depends_on_what_they_are() -> None:
    def names(*tracks: Track) -> list[str]:
        return [each.name for each in KINDS.made_of(tracks)]

    assert names(K562) == []
    assert names(K562, HEPG2) == ["Compare these two", "Overlay in one row"]
    assert names(K562, HEPG2, INPUT) == ["Overlay in one row"]
    assert names(K562, comparison(K562, HEPG2)) == ["Overlay in one row"]
    assert names(K562, GenesTrack()) == []
    assert names(*[K562] * 9) == []


def test_an_overlay_reads_what_its_signals_read_alone_and_a_comparison_reads_both_at_once() -> None:
    alone = [K562.reads(ANYWHERE)[0].source, HEPG2.reads(ANYWHERE)[0].source]
    assert [source for _, source in overlay(K562, HEPG2).reads(ANYWHERE)] == alone
    [(_, source)] = comparison(K562, HEPG2, by="ratio", added=0.5).reads(ANYWHERE)
    one, other = (as_argument(MeasuredSignal(cell, "DNase")) for cell in ("K562", "HepG2"))
    assert source == Compared(one, other, "ratio", 0.5)
    [(_, source)] = comparison(K562, HEPG2, is_turned=True).reads(ANYWHERE)
    assert source == Compared(other, one)


def test_what_is_made_of_files_stands_for_all_of_them() -> None:
    files = [replace(K562, path=f"/f/{name}.bw") for name in ("a", "b", "c")]
    assert overlay(*files).paths == ("/f/a.bw", "/f/b.bw", "/f/c.bw")
    assert comparison(*files[:2]).paths == ("/f/a.bw", "/f/b.bw")


@pytest.mark.parametrize(
    ("track", "title", "subtitle"),
    [
        (comparison(K562, HEPG2), "DNase", "K562 − HepG2"),
        (comparison(K562, HEPG2, is_turned=True, by="ratio"), "DNase", "HepG2 / K562"),
        (comparison(K562, INPUT, by="log ratio"), "log2 DNase / Input", "K562"),
        (overlay(K562, HEPG2), "DNase", ""),
        (overlay(K562, INPUT), "DNase + Input", "K562"),
        (overlay(INPUT, HEPG2), "Input + DNase", ""),
    ],
)
def test_the_gutter_names_what_is_joined(track: Track, title: str, subtitle: str) -> None:
    assert (track.title, track.subtitle) == (title, subtitle)


def test_an_overlay_of_one_cell_type_becomes_that_of_another_and_one_of_several_stays() -> None:
    beside = replace(K562, signal="H3K27ac")
    setup = Setup(tracks=(overlay(K562, beside), overlay(K562, HEPG2)), cell_type="K562").of_cell_type("HepG2")
    first, second = setup.tracks
    assert [track.word("cell_type") for track in first.joined] == ["HepG2", "HepG2"]
    assert second == overlay(K562, HEPG2)
    cells = [CellType("both", True, signals=("DNase", "H3K27ac")), CellType("one", True, signals=("DNase",))]
    assert [first.is_measured_in(cell) for cell in cells] == [True, False]


def test_signals_shine_through_each_other_and_the_front_one_lies_over_the_others(new_page: Callable[..., Page]) -> None:
    page = new_page()
    track = overlay(K562, HEPG2, colour="#0000ff", second="#ff0000", opacity=50)
    paint(page.surface, track, layered(signal(4.0, 0.0), signal(4.0, 4.0)), Scale(0, 5))
    both, alone = QColor(page.colour_at(20, 40)), QColor(page.colour_at(80, 40))
    assert both.blue() > 100
    assert both.red() > both.blue()
    assert alone.red() > 230
    assert both.green() < alone.green() < 160


def test_an_overlay_has_one_scale_with_room_for_all_and_shares_that_of_their_assay(
    new_page: Callable[..., Page],
) -> None:
    axis = new_page().surface.axis
    found = scale_over(axis, overlay(K562, HEPG2), layered(signal(2.0), signal(-7.0)))
    assert found is not None
    assert found[:2] == (-8, 2)
    content = layered(signal(2.0), signal(1.0))
    same, mixed = (row_over(axis, track, content) for track in (overlay(K562, HEPG2), overlay(K562, INPUT)))
    alone = row_over(axis, K562, TrackContent())
    assert same.look.group(same.style) == alone.look.group(alone.style) != ""
    assert mixed.look.group(mixed.style) == ""


def test_comparisons_of_the_same_signals_share_a_scale_and_not_that_of_the_signals() -> None:
    third = replace(K562, cell_type="GM12878")
    tracks = (K562, comparison(K562, HEPG2), comparison(third, HEPG2), comparison(K562, HEPG2, by="ratio"))
    alone, one, other, ratio = (KINDS.of(track).style(track, ANYWHERE).assay for track in tracks)
    assert (alone, one, ratio) == ("DNase", "DNase − DNase", "DNase / DNase")
    assert one == other


def test_a_row_knows_the_usual_colour_of_each_of_its_signals() -> None:
    workspace = Workspace(KINDS)
    scene = Scene(workspace, Given(TrackContent()), KINDS, LIGHT, window_font())
    usual = scene.usual_colours(overlay(K562, HEPG2, INPUT))
    assert dict(usual) == {"below": LIGHT.signals[0], "second": LIGHT.signals[1], "third": LIGHT.signals[2]}
    assert scene.usual_colours(K562)["below"] == LIGHT.signals[1]
    assert dict(scene.usual_colours(GenesTrack())) == {}


def with_width(surface: Surface, width: float) -> Surface:
    return dataclasses.replace(surface, axis=surface.axis._replace(width=width))


def test_the_legend_names_each_signal_in_its_colour(new_page: Callable[..., Page], written: list[Written]) -> None:
    page = new_page(1.0, (200, 84))
    track = overlay(K562, HEPG2)
    surface = with_width(page.surface, 200.0)
    drawn_row(surface, track, layered(signal(1.0), signal(1.0))).annotate(surface, Scale())
    assert [each.text for each in written] == ["K562", "HepG2"]
    assert written[0].right + 20 <= written[1].left, "room for a swatch of 8 pixels between them"
    swatches = [QColor(page.colour_at(each.left - 8, 9)).name() for each in written]
    assert swatches == [LIGHT.signals[0], "#00aa00"]


def test_a_legend_ends_where_there_is_no_room_and_the_tooltip_names_all(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(1.0, (200, 84))
    track = overlay(K562, HEPG2, replace(INPUT, signal="a very long name of a signal"))
    row = drawn_row(page.surface, track, layered(signal(1.0), signal(1.0), signal(1.0)))
    row.annotate(page.surface, Scale())
    assert 0 < len(written) < 3
    assert max(each.right for each in written) <= page.surface.axis.width
    about = row.about(page.surface.axis, Scale(0, 2))
    assert about == (
        "DNase K562, DNase HepG2, a very long name of a signal K562. Mean, range of 10 bp. Scale from 0 to 2."
    )


def test_the_cursor_reads_all_signals(new_page: Callable[..., Page]) -> None:
    content = layered(signal(1.0), signal(2.5))
    assert answer(overlay(K562, HEPG2), content, 1500).words == "K562 1 · HepG2 2.5"
    assert answer(overlay(K562, INPUT), content, 1500).words == "DNase 1 · Input 2.5"
    assert caption(new_page().surface, overlay(K562, HEPG2), content) == "mean, range of 10 bp"


def test_heat_of_several_signals_stands_below_each_other(new_page: Callable[..., Page]) -> None:
    page = new_page()
    track = overlay(K562, HEPG2, form="heat", colour="#0000ff", second="#ff0000")
    paint(page.surface, track, layered(signal(5.0), signal(5.0)), Scale(0, 5))
    upper, lower = QColor(page.colour_at(50, 12)), QColor(page.colour_at(50, 38))
    assert (upper.red(), upper.blue()) < (60, 256)
    assert lower.blue() < 60
    assert page.painter.transform().isIdentity(), "what is painted next stands where it should"
    label = drawn_row(page.surface, track, layered(signal(5.0), signal(-5.0))).label(page.surface, Scale(-5, 5))
    assert (label.ticks, len(label.ramp)) == ((), 24)
    bars = drawn_row(page.surface, overlay(K562, HEPG2), layered(signal(5.0), signal(-5.0)))
    label = bars.label(page.surface, Scale(-5, 5))
    assert ([tick.value for tick in label.ticks], label.ramp) == ([0], ())


@pytest.fixture
def workspace(dataset: DatasetSummary) -> Workspace:
    workspace = Workspace(KINDS)
    workspace.open_dataset(dataset, Setup(tracks=(GenesTrack(id="g"), K562, HEPG2, INPUT)))
    return workspace


def choose(choices: tuple[Choice, ...], name: str) -> None:
    act = next(choice.act for choice in choices if choice.text == name)
    assert act is not None
    act()


def test_joining_and_taking_apart_are_one_step_each(workspace: Workspace) -> None:
    history = workspace.history
    before = history.setup
    choose(join_choices(history, (K562, INPUT), KINDS), "Overlay in one row")
    assert [type(track) for track in history.setup.tracks] == [GenesTrack, OverlayTrack, SignalTrack]
    [menu_of] = [track for track in history.setup.tracks if isinstance(track, OverlayTrack)]
    assert "Take apart" in [choice.text for choice in track_commands(history, (menu_of,), lambda: None, KINDS)]
    choose(join_choices(history, (menu_of,), KINDS), "Take apart")
    assert [track.title for track in history.setup.tracks] == ["Genes", "DNase", "Input", "DNase"]
    assert history.setup.tracks[1].drawn == K562.drawn
    history.undo()
    history.undo()
    assert history.setup == before
    assert not history.can_undo


def test_a_comparison_stands_below_its_two_signals(workspace: Workspace) -> None:
    history = workspace.history
    choose(join_choices(history, (K562, HEPG2), KINDS), "Compare these two")
    assert [type(track) for track in history.setup.tracks[1:4]] == [SignalTrack, SignalTrack, ComparisonTrack]
    history.undo()
    assert len(history.setup.tracks) == 4


def test_a_session_keeps_joined_signals_and_their_settings(tmp_path: Path) -> None:
    tracks = (
        replace(overlay(K562, comparison(K562, INPUT), opacity=35, spacing="symlog"), id="o"),
        replace(comparison(K562, HEPG2, by="log ratio", added=2.0), id="c"),
    )
    write_session(tmp_path / "s.json", Session(dataset="/d", setup=Setup(tracks=tracks)))
    assert read_session(tmp_path / "s.json", KINDS.read).session.setup.tracks == tracks
