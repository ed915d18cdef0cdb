"""The list of tracks: order, heights, and showing another cell type."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.sequence import SequenceTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.states import StatesTrack
from ebert_gui.kinds.truth import TruthTrack
from ebert_gui.state.track_list import LARGEST_HEIGHT, TrackList
from ebert_gui.state.tracks import Track, UnknownTrack


def _list() -> TrackList:
    tracks = TrackList()
    tracks.restart(
        (GenesTrack(id="genes"), StatesTrack(id="a", cell_type="alpha"), StatesTrack(id="b", cell_type="beta"))
    )
    return tracks


def _ids(tracks: TrackList) -> list[str]:
    return [track.id for track in tracks.tracks]


def test_every_track_gets_an_id_of_its_own() -> None:
    tracks = _list()
    tracks.add(SequenceTrack(), SequenceTrack(), index=1)
    assert len(set(_ids(tracks))) == 5
    assert _ids(tracks)[0] == "genes"


def test_a_track_moves_among_the_others() -> None:
    tracks = _list()
    tracks.move("b", 0)
    assert _ids(tracks) == ["b", "genes", "a"]


def test_a_height_stays_within_bounds() -> None:
    tracks = _list()
    tracks.resize("a", 100_000)
    changed = tracks.find("a")
    assert changed is not None
    assert changed.pixels == LARGEST_HEIGHT


def test_a_track_whose_substitute_is_shown_already_stays_in_its_row() -> None:
    tracks = _list()
    tracks.add(SignalTrack(id="s", cell_type="alpha", signal="DNase"))

    def to_beta(track: Track) -> Track:
        return replace(track, cell_type="beta") if getattr(track, "cell_type", "") == "alpha" else track

    tracks.substitute(to_beta)
    assert [getattr(track, "cell_type", "") for track in tracks.tracks] == ["", "alpha", "beta", "beta"]


CHANGES: dict[str, tuple[Callable[[TrackList], None], list[str]]] = {
    "add": (lambda tracks: tracks.add(SequenceTrack(id="new"), index=1), ["genes", "new", "a", "b"]),
    "remove": (lambda tracks: tracks.remove("a"), ["genes", "b"]),
    "move": (lambda tracks: tracks.move("a", 2), ["genes", "b", "a"]),
    "reorder": (lambda tracks: tracks.reorder(["b", "genes"]), ["b", "genes", "a"]),
    "exchange all": (lambda tracks: tracks.exchange_all((SequenceTrack(id="s"),)), ["s"]),
    "remove all": (lambda tracks: tracks.remove_all(lambda track: isinstance(track, StatesTrack)), ["genes"]),
    "restart": (lambda tracks: tracks.restart((GenesTrack(id="x"),)), ["x"]),
    "put back": (lambda tracks: tracks.put_back(tracks.tracks[1:]), ["a", "b"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_list_is_announced_when_it_is_made(name: str) -> None:
    tracks, told = _list(), list[list[str]]()
    tracks.changed.connect(lambda: told.append(_ids(tracks)))
    change, wanted = CHANGES[name]
    change(tracks)
    assert told == [wanted]


def test_what_a_change_brought_in_is_named_and_what_was_there_is_not() -> None:
    tracks = _list()
    tracks.add(SequenceTrack(id="new"), index=0)
    assert tracks.added == ("new",)
    tracks.move("new", 2)
    assert tracks.added == ()
    tracks.exchange_all((SequenceTrack(id="other"),), reveals=False)
    assert tracks.added == ()


def test_a_track_gets_another_colour_or_another_content_in_its_place() -> None:
    tracks = _list()
    tracks.recolour("a", "#102030")
    assert [track.colour for track in tracks.tracks] == ["", "#102030", ""]
    tracks.replace("a", SequenceTrack(id="ignored"))
    assert [(type(track), track.id) for track in tracks.tracks][1] == (SequenceTrack, "a")
    tracks.rewrite(lambda track: replace(track, height=33))
    assert {track.pixels for track in tracks.tracks} == {33}


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
