"""The list of tracks: order, heights, and showing another cell type."""

from msgspec.structs import replace

from ebert_gui.state.track_list import LARGEST_HEIGHT, TrackList
from ebert_gui.state.tracks import GenesTrack, SequenceTrack, SignalTrack, StatesTrack, Track


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
