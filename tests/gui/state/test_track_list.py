"""The list of tracks: order, heights, and exchanging cell types."""

from ebert_gui.state.track_list import LARGEST_HEIGHT, TrackList
from ebert_gui.state.tracks import GenesTrack, SequenceTrack, SignalTrack, StatesTrack


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


def test_exchanging_cell_types_swaps_them_in_every_track() -> None:
    tracks = _list()
    tracks.add(SignalTrack(id="s", cell_type="alpha", signal="DNase"))
    tracks.exchange("cell_type", "alpha", "beta")
    assert [getattr(track, "cell_type", "") for track in tracks.tracks] == ["", "beta", "alpha", "beta"]
