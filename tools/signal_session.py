"""Writes the session of the picture in docs/tracks.md: signals of the demonstration, drawn in the ways there are."""

from pathlib import Path

from msgspec.structs import replace

from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.session import Session, write_session
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track


def write_signal_session(path: Path, dataset: str) -> None:
    """A session of a dataset with the cell types alpha, beta and gamma, each of which has DNase."""
    alpha, beta, gamma = (SignalTrack(cell_type=name, signal="DNase") for name in ("alpha", "beta", "gamma"))
    chip = replace(alpha, signal="ChIP-DEMO-A")
    tracks = (
        alpha,
        _drawn(beta, form="line", smoothing=500),
        _drawn(gamma, form="points", statistic="maximum", spacing="log", shared="alone"),
        _drawn(chip, form="heat", height=30),
        _drawn(_made("Overlay in one row", alpha, beta, gamma), opacity=50),
        _drawn(_made("Compare these two", alpha, beta), by="log ratio"),
    )
    write_session(path, Session(dataset=dataset, setup=Setup().with_tracks(tracks)))


def _made(name: str, *tracks: Track) -> Track:
    return next(made.track for made in Kinds().made_of(tracks) if made.name == name)


def _drawn(track: Track, height: int = 0, **chosen: object) -> Track:
    return replace(track, height=height, drawn=track.drawn.changed(**chosen))
