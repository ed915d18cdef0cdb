"""Puts the anchor on a site that is worth looking at, until a person chooses a place."""

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.tracks import Peaks, Truth
from ebert_gui.browser.content import ContentSource
from ebert_gui.state.tracks import PeaksTrack, Track, TruthTrack
from ebert_gui.state.workspace import Workspace


def guess_anchor(workspace: Workspace, source: ContentSource) -> None:
    """Anchor the planted site or the summit of the chosen factor that is nearest to the middle of the view."""
    if not workspace.anchor_is_guessed or not workspace.view.span.chromosome:
        return
    span = workspace.view.span
    for kind in (TruthTrack, PeaksTrack):
        sites = _sites(workspace, source, kind)
        on_screen = sites[(sites >= span.start) & (sites < span.end)]
        if on_screen.size:
            middle = (span.start + span.end) / 2
            workspace.guess_anchor(span.chromosome, int(on_screen[np.argmin(np.abs(on_screen - middle))]))
            return


def _sites(workspace: Workspace, source: ContentSource, kind: type[TruthTrack | PeaksTrack]) -> NDArray[np.int64]:
    """Bound sites of the chosen factor in the chosen cell type."""
    found = [
        _middles(held.reply)
        for track in workspace.tracks.tracks
        if isinstance(track, kind) and _is_chosen(track, workspace)
        for part in ("truth", "peaks")
        for held in source.content(track).replies(part)
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _is_chosen(track: Track, workspace: Workspace) -> bool:
    names = (getattr(track, "factor", ""), getattr(track, "cell_type", ""))
    return names == (workspace.factor, workspace.cell_type)


def _middles(reply: object) -> NDArray[np.int64]:
    match reply:
        case Truth(starts=starts, ends=ends, is_bound=is_bound):
            middles: NDArray[np.int64] = ((starts + ends) // 2)[is_bound]
            return middles
        case Peaks(starts=starts, ends=ends, summits=summits):
            return np.where(summits >= 0, summits, (starts + ends) // 2)
    return np.empty(0, dtype=np.int64)
