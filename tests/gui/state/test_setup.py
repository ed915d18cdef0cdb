"""The set-up: every method returns a changed one and leaves the one that it was asked of."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.edits import BaseEdit
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, DatasetSummary
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.sequence import SequenceTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.states import StatesTrack
from ebert_gui.kinds.truth import TruthTrack
from ebert_gui.state.history import History
from ebert_gui.state.pane import Pane, Span
from ebert_gui.state.scope import Scope
from ebert_gui.state.setup import LARGEST_HEIGHT, SMALLEST_HEIGHT, Setup
from ebert_gui.state.tracks import Track, UnknownTrack

CELLS = tuple(CellType(name, True, ("DNase",), ()) for name in ("alpha", "beta", "gamma"))
SCOPE = Scope(DatasetSummary("/d.toml", "d", "", (), True, True, (), (), CELLS))
SETUP = Setup(
    tracks=(
        GenesTrack(id="genes"),
        StatesTrack(id="a", cell_type="alpha"),
        StatesTrack(id="b", cell_type="beta"),
        PredictionTrack(id="p", cell_type="alpha", factor="CTCF"),
    ),
    panes=(Pane("left", Span("chr1", 10.5, 90.25)), Pane("right", Span("chr2", 0.0, 50.0))),
    cell_type="alpha",
    factor="CTCF",
)

# Every method of the set-up that returns a changed one, as people's commands call it.
CHANGES: dict[str, Callable[[Setup], Setup]] = {
    "with_tracks": lambda setup: setup.with_tracks((SequenceTrack(),)),
    "with_added": lambda setup: setup.with_added(SequenceTrack(), SequenceTrack(), index=1),
    "without": lambda setup: setup.without("a"),
    "moved": lambda setup: setup.moved("b", 0),
    "reordered": lambda setup: setup.reordered(["p", "genes"]),
    "resized": lambda setup: setup.resized("a", 77),
    "redrawn": lambda setup: setup.redrawn(("a",), lambda drawn: drawn.changed(colour="#102030")),
    "exchanged": lambda setup: setup.exchanged("a", SequenceTrack(id="ignored")),
    "rewritten": lambda setup: setup.rewritten(lambda track: replace(track, height=33)),
    "of_cell_type": lambda setup: setup.of_cell_type("gamma"),
    "comparing": lambda setup: setup.comparing("gamma", SCOPE),
    "of_cell_types": lambda setup: setup.of_cell_types("beta", "gamma", SCOPE),
    "of_factor": lambda setup: setup.of_factor("MAX", SCOPE),
    "anchored_at": lambda setup: setup.anchored_at(Interval("chr1", 5, 6)),
    "naming_model": lambda setup: setup.naming_model("/m"),
    "without_model": lambda setup: setup.naming_model("/m").without_model("/m"),
    "with_regions": lambda setup: setup.with_regions((NamedRegion(Interval("chr1", 5, 9), "mine"),)),
    "with_edits": lambda setup: setup.with_edits((BaseEdit("chr1", 5, "G"),)),
}
# What moves panes has a way back of its own.
PLACES = {"with_span", "with_places_of"}


def _ids(setup: Setup) -> list[str]:
    return [track.id for track in setup.tracks]


def test_every_change_of_a_setup_is_walked_through_below() -> None:
    public = {name for name, method in vars(Setup).items() if callable(method) and not name.startswith("_")}
    assert public - {"find"} == set(CHANGES) | PLACES


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_one_step_there_and_back_and_is_told_once_each_time(name: str) -> None:
    history = History()
    history.restart(SETUP)
    told: list[Setup] = []
    history.changed.connect(lambda: told.append(history.setup))
    changed = CHANGES[name](SETUP)
    assert changed != SETUP
    history.change(changed)
    history.undo()
    assert not history.can_undo
    history.redo()
    assert not history.can_redo
    assert told == [changed, SETUP, changed]


def test_all_changes_one_after_the_other_go_back_and_forth_to_the_same_values() -> None:
    history = History()
    history.restart(SETUP)
    shown = [SETUP]
    # What removes rows comes last, so that the others have some to change.
    last = ("without", "with_tracks")
    for name in (*(name for name in CHANGES if name not in last), *last):
        history.change(CHANGES[name](history.setup))
        shown.append(history.setup)
    assert len(set(shown)) == len(CHANGES) + 1
    for _ in range(2):
        for setup in reversed(shown[:-1]):
            history.undo()
            assert history.setup == setup
        assert not history.can_undo
        for setup in shown[1:]:
            history.redo()
            assert history.setup == setup
        assert not history.can_redo


def test_every_track_gets_an_id_of_its_own() -> None:
    setup = CHANGES["with_added"](SETUP)
    assert len(set(_ids(setup))) == 6
    assert (_ids(setup)[0], _ids(setup)[3:]) == ("genes", ["a", "b", "p"])
    assert _ids(SETUP.with_added(SequenceTrack(id="end")))[-1] == "end"


def test_tracks_move_and_go_and_what_is_not_named_keeps_its_order() -> None:
    assert _ids(SETUP.moved("b", 0)) == ["b", "genes", "a", "p"]
    assert _ids(SETUP.moved("genes", 2)) == ["a", "b", "genes", "p"]
    assert SETUP.moved("none", 0) == SETUP
    assert _ids(SETUP.reordered(["p", "genes"])) == ["p", "genes", "a", "b"]
    assert _ids(SETUP.without("a")) == ["genes", "b", "p"]
    assert SETUP.without("none") == SETUP


@pytest.mark.parametrize(("asked", "given"), [(100_000, LARGEST_HEIGHT), (1, SMALLEST_HEIGHT), (77, 77)])
def test_a_height_stays_within_bounds(asked: int, given: int) -> None:
    assert [track.height for track in SETUP.resized("a", asked).tracks] == [0, given, 0, 0]


def test_a_track_gets_another_colour_or_another_content_in_its_place() -> None:
    dark = SETUP.redrawn(("a",), lambda drawn: drawn.changed(colour="#102030"))
    assert [track.colour for track in dark.tracks] == ["", "#102030", "", ""]
    exchanged = SETUP.exchanged("a", SequenceTrack(id="ignored"))
    assert [(type(track), track.id) for track in exchanged.tracks][1] == (SequenceTrack, "a")
    assert {track.pixels for track in SETUP.rewritten(lambda track: replace(track, height=33)).tracks} == {33}


def test_a_track_whose_substitute_is_shown_already_stays_in_its_row() -> None:
    setup = SETUP.with_added(SignalTrack(id="s", cell_type="alpha", signal="DNase")).of_cell_type("beta")
    assert [track.word("cell_type") for track in setup.tracks] == ["", "alpha", "beta", "beta", "beta"]
    assert (setup.cell_type, setup.compared) == ("beta", "alpha")


def test_another_cell_type_beside_takes_the_rows_of_the_one_before_or_gets_rows_of_its_own() -> None:
    assert SETUP.compared == "beta"
    assert [track.word("cell_type") for track in SETUP.comparing("gamma", SCOPE).tracks] == [
        "",
        "alpha",
        "gamma",
        "alpha",
    ]
    alone = SETUP.comparing("", SCOPE)
    assert _ids(alone) == ["genes", "a", "p"]
    assert alone.comparing("", SCOPE) == alone
    beside = alone.comparing("gamma", SCOPE)
    assert [track.word("cell_type") for track in beside.tracks] == ["", "alpha", "gamma", "alpha", "gamma"]
    assert len(set(_ids(beside))) == 5
    assert alone.comparing("not in the dataset", SCOPE) == alone


def test_a_place_is_that_of_the_pane_and_the_other_panes_stay() -> None:
    moved = SETUP.with_span(Span("chr1", 3.0, 4.0))
    assert [pane.span for pane in moved.panes] == [Span("chr1", 3.0, 4.0), SETUP.panes[1].span]
    assert [pane.id for pane in moved.panes] == ["left", "right"]


def test_a_setup_of_before_takes_the_places_of_panes_that_are_still_there() -> None:
    now = replace(SETUP, panes=(Pane("right", Span("chr3", 1.0, 2.0)), Pane("new", Span("chr4", 1.0, 2.0))))
    before = SETUP.with_places_of(now)
    assert before.panes == (SETUP.panes[0], Pane("right", Span("chr3", 1.0, 2.0)))


@pytest.mark.parametrize(
    ("track", "title", "subtitle", "pixels"),
    [
        (GenesTrack(name="refGene"), "refGene", "", 64),
        (StatesTrack(cell_type="alpha"), "States", "alpha", 24),
        (StatesTrack(name="mine.bed"), "mine.bed", "", 24),
        (SignalTrack(cell_type="alpha", signal="DNase"), "DNase", "alpha", 56),
        (PeaksTrack(cell_type="alpha", factor="CTCF"), "CTCF peaks", "alpha", 26),
        (PeaksTrack(name="mine.bed"), "mine.bed", "", 26),
        (PredictionTrack(cell_type="alpha", factor="CTCF"), "CTCF predicted", "alpha", 84),
        (TruthTrack(cell_type="alpha", factor="CTCF"), "CTCF truth", "alpha", 26),
        (AttentionTrack(cell_type="alpha"), "Attention", "alpha", 84),
        (AttentionTrack(cell_type="alpha", is_map=True), "Attention", "alpha", 180),
        (AttentionTrack(cell_type="alpha", is_map=True, height=100), "Attention", "alpha", 100),
        (UnknownTrack(kind="variants"), "variants", "", 26),
        (UnknownTrack(), "Unknown track", "", 26),
    ],
)
def test_every_kind_of_track_has_its_words_and_its_height(track: Track, title: str, subtitle: str, pixels: int) -> None:
    assert (track.title, track.subtitle, track.pixels) == (title, subtitle, pixels)
