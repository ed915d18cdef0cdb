"""Puts the anchor on a site that is worth looking at, until a person chooses a place."""

import numpy as np
from numpy.typing import NDArray

from ebert_gui.browser.content import ContentSource
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.workspace import Workspace


def guess_anchor(workspace: Workspace, source: ContentSource, kinds: Kinds) -> None:
    """Anchor the site of the chosen factor that is nearest to the middle of the view; certain ones come first."""
    if not workspace.anchor_is_guessed or not workspace.view.span.chromosome:
        return
    span = workspace.view.span
    for is_certain in (True, False):
        sites = _sites(workspace, source, kinds, is_certain)
        on_screen = sites[(sites >= span.start) & (sites < span.end)]
        if on_screen.size:
            middle = (span.start + span.end) / 2
            workspace.guess_anchor(span.chromosome, int(on_screen[np.argmin(np.abs(on_screen - middle))]))
            return


def _sites(workspace: Workspace, source: ContentSource, kinds: Kinds, is_certain: bool) -> NDArray[np.int64]:
    """Sites of the chosen factor in the chosen cell type."""
    found = []
    for track in workspace.setup.tracks:
        kind = kinds.of(track)
        is_chosen = (track.word("factor"), track.word("cell_type")) == (workspace.factor, workspace.cell_type)
        if kind.sites is not None and kind.is_certain == is_certain and is_chosen:
            found.append(kind.sites(source.content(track)))
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)
