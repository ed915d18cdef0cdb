"""Arranges genes in rows, with their names; worked out once per set of genes, zoom, height and font."""

from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.shapes import Features
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.look import Room

TOP = 6.0
NAME_PIXELS = 11
FLAT_NAME_PIXELS = 10
_ROW = 28.0
_GLYPH = 10.0
_GAP = 10.0
_FLAT_ROW = 14.0

Pairs = tuple[tuple[int, int], ...]


class Gene(NamedTuple):
    """One gene: exons and coding parts as (start, end) pairs, those of one of its `transcripts`."""

    name: str
    start: int
    end: int
    strand: str = ""
    exons: Pairs = ()
    coding: Pairs = ()
    transcripts: int = 1


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


def genes_of(replies: Iterable[Features]) -> tuple[Gene, ...]:
    """The genes of all replies, each once, in order of their starts."""
    known: dict[tuple[int, int, str, str], Gene] = {}
    for reply in replies:
        known.update({(gene.start, gene.end, gene.strand, gene.name): gene for gene in _genes_in(reply)})
    return tuple(known[key] for key in sorted(known))


def _genes_in(reply: Features) -> list[Gene]:
    count = len(reply.starts)
    nothing: list[Pairs] = [()] * count
    transcripts = reply.column("transcripts") or ("1",) * count
    return [
        Gene(name, start, end, strand, exons, coding, int(number) if number.isdecimal() else 1)
        for name, start, end, strand, exons, coding, number in zip(
            reply.names or ("",) * count,
            reply.starts.tolist(),
            reply.ends.tolist(),
            reply.strands or "." * count,
            reply.parts.pairs() if reply.parts else nothing,
            reply.thick_parts.pairs() if reply.thick_parts else nothing,
            transcripts,
            strict=True,
        )
    ]


def lay_out(genes: tuple[Gene, ...], room: Room) -> Layout:
    """Genes in the fewest rows: names under the bodies, where they do not fit beside them, else left out."""
    labels = tuple(map(label, genes))
    starts = np.array([gene.start for gene in genes], dtype=np.float64)
    ends = np.array([gene.end for gene in genes], dtype=np.float64)
    zoom = room.bases_per_pixel
    for names, row_height, pixels in ((Names.UNDER, _ROW, NAME_PIXELS), (Names.BESIDE, _FLAT_ROW, FLAT_NAME_PIXELS)):
        most = max(1, int((room.height - TOP) // row_height))
        widths = room.text_widths(labels, pixels)
        rows = _stack(starts / zoom, _reach(zoom, starts, ends, names, widths), _GAP, most)
        if rows is not None:
            return Layout(genes, rows, row_height, names, 0, labels, starts, ends, widths)
    bare = _stack(starts / zoom, ends / zoom, 2.0)
    assert bare is not None, "without a limit every gene finds a row"
    row_height = max(5.0, min(14.0, (room.height - 8) / (max(bare, default=0) + 1)))
    shown = int((room.height - 8) // row_height)
    hidden = sum(row >= shown for row in bare)
    return Layout(genes, bare, row_height, Names.NOWHERE, hidden, labels, starts, ends, widths)


def _reach(
    zoom: float, starts: NDArray[np.float64], ends: NDArray[np.float64], names: Names, widths: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where each gene with its name ends, in pixels from the chromosome's start, so that panning moves nothing."""
    lefts, rights = starts / zoom, ends / zoom
    return np.maximum(rights, lefts + widths) if names is Names.UNDER else np.maximum(rights, lefts + 1) + 4 + widths


def _stack(
    lefts: NDArray[np.float64], rights: NDArray[np.float64], gap: float, most: int | None = None
) -> tuple[int, ...] | None:
    """First row free at each gene; None where more rows are needed than there is room for."""
    ends: list[float] = []
    rows = []
    for left, right in zip(lefts.tolist(), rights.tolist(), strict=True):
        row = next((number for number, end in enumerate(ends) if end + gap <= left), len(ends))
        if row == len(ends):
            if row == most:
                return None
            ends.append(right)
        else:
            ends[row] = right
        rows.append(row)
    return tuple(rows)


def label(gene: Gene) -> str:
    """The name with an arrow in the direction of transcription."""
    return {"+": f"{gene.name} ▸", "-": f"◂ {gene.name}"}.get(gene.strand, gene.name)
