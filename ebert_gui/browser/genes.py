"""Paints genes: introns as lines, exons as boxes, strand arrows, and names that never collide."""

from enum import Enum, auto
from typing import NamedTuple

from PyQt6.QtCore import QRectF

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import Gene, Genes
from ebert_gui.browser.content import Setting, TrackContent
from ebert_gui.browser.signal import Scale
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.state.tracks import GenesTrack

_ROW = 28.0
_GLYPH = 10.0
_GAP = 10.0
_NAME_PIXELS = 11
_FLAT_ROW = 14.0
_FLAT_NAME_PIXELS = 10
_TOP = 6.0
_SMALLEST_NAMED_ROW = 11.0


class Names(Enum):
    """Where the names of genes stand."""

    UNDER = auto()
    BESIDE = auto()
    NOWHERE = auto()


class Layout(NamedTuple):
    """Which row each gene stands in, how high rows are, and where the names are."""

    genes: tuple[Gene, ...]
    rows: tuple[int, ...]
    row_height: float
    names: Names
    hidden: int

    @property
    def glyph(self) -> float:
        """Height of a body."""
        return {Names.UNDER: _GLYPH, Names.BESIDE: 8.0}.get(self.names, max(3.0, self.row_height - 3))


def genes_of(content: TrackContent) -> tuple[Gene, ...]:
    """The genes of all replies, each once, in order of their starts."""
    known = {}
    for held in content.replies("genes"):
        if isinstance(held.reply, Genes):
            known.update({(gene.start, gene.end, gene.strand, gene.name): gene for gene in held.reply.genes})
    return tuple(known[key] for key in sorted(known))


def lay_out(surface: Surface, content: TrackContent) -> Layout:
    """Genes in the fewest rows: names under the bodies, where they do not fit beside them, else left out."""
    genes = genes_of(content)
    for names, row_height in ((Names.UNDER, _ROW), (Names.BESIDE, _FLAT_ROW)):
        rows = _stack(surface, genes, names)
        if max(rows, default=0) < max(1, int((surface.height - _TOP) // row_height)):
            return Layout(genes, rows, row_height, names, 0)
    bare = _stack(surface, genes, Names.NOWHERE)
    wanted = max(bare, default=0) + 1
    row_height = max(5.0, min(14.0, (surface.height - 8) / wanted))
    shown = int((surface.height - 8) // row_height)
    return Layout(genes, bare, row_height, Names.NOWHERE, sum(row >= shown for row in bare))


def _stack(surface: Surface, genes: tuple[Gene, ...], names: Names) -> tuple[int, ...]:
    """First row free at each gene; measured from the chromosome's start, so that panning moves nothing."""
    scale = surface.axis.bases_per_pixel
    gap = 2.0 if names is Names.NOWHERE else _GAP
    ends: list[float] = []
    rows = []
    for gene in genes:
        left, right = gene.start / scale, gene.end / scale
        if names is Names.UNDER:
            right = max(right, left + surface.text_width(label(gene), _NAME_PIXELS))
        elif names is Names.BESIDE:
            right = max(right, left + 1) + 4 + surface.text_width(label(gene), _FLAT_NAME_PIXELS)
        row = next((number for number, end in enumerate(ends) if end + gap <= left), len(ends))
        if row == len(ends):
            ends.append(right)
        else:
            ends[row] = right
        rows.append(row)
    return tuple(rows)


def label(gene: Gene) -> str:
    """The name with an arrow in the direction of transcription."""
    return {"+": f"{gene.name} ▸", "-": f"◂ {gene.name}"}.get(gene.strand, gene.name)


def paint_genes(surface: Surface, track: GenesTrack, content: TrackContent, _scale: Scale, _setting: Setting) -> None:
    """Bodies of the genes."""
    layout = lay_out(surface, content)
    colour = track.colour or surface.palette.gene
    glyph = layout.glyph
    for gene, row in zip(layout.genes, layout.rows, strict=True):
        top = _TOP + row * layout.row_height
        if top + glyph <= surface.height:
            _paint_gene(surface, gene, top, glyph, colour)


def _paint_gene(surface: Surface, gene: Gene, top: float, glyph: float, colour: str) -> None:
    axis = surface.axis
    left, right = axis.x_of(gene.start), axis.x_of(gene.end)
    if right < -2 or left > axis.width + 2:
        return
    left, right, middle = max(left, -2.0), min(right, axis.width + 2.0), top + glyph / 2
    right = max(right, left + 1)
    surface.rectangle(left, middle - 0.5, right - left, 1, colour)
    if right - left > 24 and gene.strand in "+-" and gene.strand:
        _paint_arrows(surface, gene, middle, colour)
    boxes = gene.exons or ((gene.start, gene.end),)
    thin = glyph * 0.55 if gene.coding else glyph * 0.75
    _paint_boxes(surface, boxes, middle - thin / 2, thin, colour)
    _paint_boxes(surface, gene.coding, top, glyph, colour)


def _paint_boxes(surface: Surface, pairs: tuple[tuple[int, int], ...], top: float, height: float, colour: str) -> None:
    starts = surface.axis.xs_of([start for start, _ in pairs])
    ends = surface.axis.xs_of([end for _, end in pairs])
    surface.rectangles(starts, ends, top, height, colour)


def _paint_arrows(surface: Surface, gene: Gene, middle: float, colour: str) -> None:
    """Chevrons along introns, at multiples of 28 pixels of the chromosome so that strips meet."""
    axis, step, size = surface.axis, 28.0, 2.5
    first = max(gene.start, axis.start - 10 * axis.bases_per_pixel)
    last = min(gene.end, axis.end + 10 * axis.bases_per_pixel)
    number = int(first / axis.bases_per_pixel // step) + 1
    back = -size if gene.strand == "+" else size
    while (position := number * step * axis.bases_per_pixel) < last:
        x = axis.x_of(position)
        surface.line(x + back, middle - size, x, middle, colour)
        surface.line(x, middle, x + back, middle + size, colour)
        number += 1


def name_genes(surface: Surface, _track: GenesTrack, content: TrackContent, _scale: Scale, _setting: Setting) -> None:
    """Names under the bodies, held inside the picture while any of the gene is, or beside them."""
    layout = lay_out(surface, content)
    if layout.names is Names.UNDER:
        _name_under(surface, layout)
    elif layout.row_height >= _SMALLEST_NAMED_ROW:
        _name_beside(surface, layout)


def _name_under(surface: Surface, layout: Layout) -> None:
    for gene, row in zip(layout.genes, layout.rows, strict=True):
        left, right = surface.axis.x_of(gene.start), surface.axis.x_of(gene.end)
        text = label(gene)
        width = surface.text_width(text, _NAME_PIXELS)
        if max(right, left + width) >= 0 and left <= surface.axis.width:
            x, y = min(max(left, 4.0), max(right - width, left)), _TOP + row * layout.row_height + layout.glyph
            surface.text(QRectF(x, y, width, 14), text, surface.palette.text, _NAME_PIXELS, Left)


def _name_beside(surface: Surface, layout: Layout) -> None:
    """Names at the right of the bodies, those that would run into the next gene of the row left out."""
    next_left: dict[int, float] = {}
    for gene, row in zip(reversed(layout.genes), reversed(layout.rows), strict=True):
        left, right = surface.axis.x_of(gene.start), surface.axis.x_of(gene.end)
        text = label(gene)
        x, width = max(right, left + 1) + 4, surface.text_width(text, _FLAT_NAME_PIXELS)
        if x + width + 4 <= next_left.get(row, float("inf")) and x + width > 0 and x < surface.axis.width:
            y = _TOP + row * layout.row_height + layout.glyph / 2 - 7
            surface.text(QRectF(x, y, width, 14), text, surface.palette.text, _FLAT_NAME_PIXELS, Left)
        next_left[row] = left


def caption_genes(surface: Surface, _track: GenesTrack, content: TrackContent, _setting: Setting) -> str:
    """How many genes there is no room for."""
    omitted = sum(held.reply.omitted for held in content.replies("genes") if isinstance(held.reply, Genes))
    hidden = lay_out(surface, content).hidden + omitted
    return f"{hidden:,} not shown" if hidden else ""


def describe_genes(_track: GenesTrack, content: TrackContent, position: float, _interval: Interval) -> str:
    """The genes under a position."""
    return ", ".join(
        dict.fromkeys(f"{gene.name} ({gene.strand})" for gene in genes_of(content) if gene.start <= position < gene.end)
    )
