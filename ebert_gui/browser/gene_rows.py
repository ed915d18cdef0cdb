"""Arranges genes in rows, with their names; worked out once per set of genes, zoom, height and font, then kept."""

from collections import OrderedDict
from enum import Enum, auto
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.tracks import Gene, Genes
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.surface import Surface

TOP = 6.0
NAME_PIXELS = 11
FLAT_NAME_PIXELS = 10
_ROW = 28.0
_GLYPH = 10.0
_GAP = 10.0
_FLAT_ROW = 14.0
_KEPT = 32


class Names(Enum):
    """Where the names of genes stand."""

    UNDER = auto()
    BESIDE = auto()
    NOWHERE = auto()


class Layout(NamedTuple):
    """Genes in order of their starts: which row each stands in, and its label with its width in logical pixels.

    With `Names.NOWHERE` names were given no room; those that happen to fit beside their genes may still be drawn.
    """

    genes: tuple[Gene, ...]
    rows: tuple[int, ...]
    row_height: float
    names: Names
    hidden: int
    labels: tuple[str, ...]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    widths: NDArray[np.float64]

    @property
    def glyph(self) -> float:
        """Height of a body."""
        return {Names.UNDER: _GLYPH, Names.BESIDE: 8.0}.get(self.names, max(3.0, self.row_height - 3))

    def top_of(self, number: int) -> float:
        """Logical y of a gene's body."""
        return TOP + self.rows[number] * self.row_height

    def touching(self, axis: Axis, margin: float = 2.0) -> list[int]:
        """The genes whose bodies or names come within `margin` logical pixels of what an axis shows."""
        lefts = axis.xs_of(self.starts)
        rights = np.maximum(axis.xs_of(self.ends), lefts + 1) + 4 + self.widths
        return np.flatnonzero((rights >= -margin) & (lefts <= axis.width + margin)).tolist()


class _Kept(NamedTuple):
    # The replies stay alive with the layout, so that no other reply can get the identity that the key is made of.
    replies: tuple[object, ...]
    layout: Layout


_layouts: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()


def genes_of(content: TrackContent) -> tuple[Gene, ...]:
    """The genes of all replies, each once, in order of their starts."""
    known = {}
    for held in content.replies("genes"):
        if isinstance(held.reply, Genes):
            known.update({(gene.start, gene.end, gene.strand, gene.name): gene for gene in held.reply.genes})
    return tuple(known[key] for key in sorted(known))


def lay_out(surface: Surface, content: TrackContent) -> Layout:
    """Genes in the fewest rows: names under the bodies, where they do not fit beside them, else left out."""
    replies = tuple(held.reply for held in content.replies("genes"))
    key = (*map(id, replies), surface.axis.bases_per_pixel, surface.height, surface.font.key())
    kept = _layouts.get(key)
    if kept is None:
        kept = _layouts[key] = _Kept(replies, _arranged(surface, genes_of(content)))
        while len(_layouts) > _KEPT:
            _layouts.popitem(last=False)
    _layouts.move_to_end(key)
    return kept.layout


def _arranged(surface: Surface, genes: tuple[Gene, ...]) -> Layout:
    labels = tuple(map(label, genes))
    starts = np.array([gene.start for gene in genes], dtype=np.float64)
    ends = np.array([gene.end for gene in genes], dtype=np.float64)
    for names, row_height, pixels in ((Names.UNDER, _ROW, NAME_PIXELS), (Names.BESIDE, _FLAT_ROW, FLAT_NAME_PIXELS)):
        room = max(1, int((surface.height - TOP) // row_height))
        widths = surface.text_widths(labels, pixels)
        rows = _stack(surface.axis, starts, _reach(surface.axis, starts, ends, names, widths), _GAP, room)
        if rows is not None:
            return Layout(genes, rows, row_height, names, 0, labels, starts, ends, widths)
    bare = _stack(surface.axis, starts, ends / surface.axis.bases_per_pixel, 2.0)
    assert bare is not None, "without a limit every gene finds a row"
    row_height = max(5.0, min(14.0, (surface.height - 8) / (max(bare, default=0) + 1)))
    shown = int((surface.height - 8) // row_height)
    hidden = sum(row >= shown for row in bare)
    return Layout(genes, bare, row_height, Names.NOWHERE, hidden, labels, starts, ends, widths)


def _reach(
    axis: Axis, starts: NDArray[np.float64], ends: NDArray[np.float64], names: Names, widths: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where each gene with its name ends, in pixels from the chromosome's start, so that panning moves nothing."""
    lefts, rights = starts / axis.bases_per_pixel, ends / axis.bases_per_pixel
    return np.maximum(rights, lefts + widths) if names is Names.UNDER else np.maximum(rights, lefts + 1) + 4 + widths


def _stack(
    axis: Axis, starts: NDArray[np.float64], reach: NDArray[np.float64], gap: float, room: int | None = None
) -> tuple[int, ...] | None:
    """First row free at each gene; None where more rows are needed than there is room for."""
    ends: list[float] = []
    rows = []
    for left, right in zip((starts / axis.bases_per_pixel).tolist(), reach.tolist(), strict=True):
        row = next((number for number, end in enumerate(ends) if end + gap <= left), len(ends))
        if row == len(ends):
            if row == room:
                return None
            ends.append(right)
        else:
            ends[row] = right
        rows.append(row)
    return tuple(rows)


def label(gene: Gene) -> str:
    """The name with an arrow in the direction of transcription."""
    return {"+": f"{gene.name} ▸", "-": f"◂ {gene.name}"}.get(gene.strand, gene.name)
