"""Draws gene models: introns as lines, exons as boxes, strand arrows, and names that never collide."""

from typing import ClassVar, NamedTuple

from PyQt6.QtCore import QRectF

from ebert_core.protocol.shapes import Features
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.looks.gene_rows import FLAT_NAME_PIXELS, NAME_PIXELS, Gene, Layout, Names, Pairs, genes_of, lay_out
from ebert_gui.state.tracks import Part

_SMALLEST_NAMED_ROW = 11.0


class GenesStyle(NamedTuple):
    """What is drawn, and in which colour."""

    part: Part[Features]
    colour: str = ""


class ArrangedGenes(NamedTuple):
    """The genes in their rows, their colour, and how many there is no room for."""

    layout: Layout
    colour: str
    hidden: int


class GenesLook(Look[GenesStyle, ArrangedGenes]):
    """Packed rows of genes."""

    is_local: ClassVar[bool] = False

    def arrange(self, style: GenesStyle, content: TrackContent, room: Room) -> ArrangedGenes:
        """Which row each gene stands in, and how wide its name is."""
        replies = [held.shape for held in content.of(style.part)]
        layout = lay_out(genes_of(replies), room)
        return ArrangedGenes(layout, self.colour(style, room.palette), layout.hidden + sum(r.omitted for r in replies))

    def paint(self, surface: Surface, arranged: ArrangedGenes, scale: Scale) -> None:
        """Bodies of the genes."""
        del scale
        layout = arranged.layout
        for number in layout.touching(surface.axis):
            if layout.top_of(number) + layout.glyph <= surface.height:
                _paint_gene(surface, layout.genes[number], layout.top_of(number), layout.glyph, arranged.colour)

    def annotate(self, surface: Surface, arranged: ArrangedGenes, scale: Scale) -> None:
        """Names under the bodies, held inside the picture while any of the gene is, or beside them."""
        del scale
        layout = arranged.layout
        if layout.names is Names.UNDER:
            _name_under(surface, layout)
        elif layout.row_height >= _SMALLEST_NAMED_ROW:
            _name_beside(surface, layout)

    def caption(self, axis: Axis, arranged: ArrangedGenes) -> str:
        """How many genes there is no room for."""
        del axis
        return f"{arranged.hidden:,} not shown" if arranged.hidden else ""

    def at(self, arranged: ArrangedGenes, position: float, interval: Interval) -> Answer:
        """The genes under a position."""
        del interval
        here = (gene for gene in arranged.layout.genes if gene.start <= position < gene.end)
        return Answer(", ".join(dict.fromkeys(map(_described, here))))

    def blank(self, arranged: ArrangedGenes, axis: Axis) -> str:
        """That there are none."""
        layout = arranged.layout
        return "" if ((layout.starts < axis.end) & (layout.ends > axis.start)).any() else "No genes here"

    def colour(self, style: GenesStyle, palette: Palette) -> str:
        """The chosen colour, or that of genes."""
        return style.colour or palette.gene


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


def _paint_boxes(surface: Surface, pairs: Pairs, top: float, height: float, colour: str) -> None:
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


def _name_under(surface: Surface, layout: Layout) -> None:
    for number in layout.touching(surface.axis):
        gene, text, width = layout.genes[number], layout.labels[number], float(layout.widths[number])
        left, right = surface.axis.x_of(gene.start), surface.axis.x_of(gene.end)
        if max(right, left + width) >= 0 and left <= surface.axis.width:
            x, y = min(max(left, 4.0), max(right - width, left)), layout.top_of(number) + layout.glyph
            surface.text(QRectF(x, y, width, 14), text, surface.palette.text, NAME_PIXELS, Left)


def _name_beside(surface: Surface, layout: Layout) -> None:
    """Names at the right of the bodies, those that would run into the next gene of the row left out."""
    next_left: dict[int, float] = {}
    for number in reversed(layout.touching(surface.axis, margin=surface.axis.width)):
        gene, row, width = layout.genes[number], layout.rows[number], float(layout.widths[number])
        left, right = surface.axis.x_of(gene.start), surface.axis.x_of(gene.end)
        x = max(right, left + 1) + 4
        if x + width + 4 <= next_left.get(row, float("inf")) and x + width > 0 and x < surface.axis.width:
            y = layout.top_of(number) + layout.glyph / 2 - 7
            surface.text(QRectF(x, y, width, 14), layout.labels[number], surface.palette.text, FLAT_NAME_PIXELS, Left)
        next_left[row] = left


def _described(gene: Gene) -> str:
    """A gene that stands for several transcripts says which of them is drawn."""
    folded = f", the longest coding of {gene.transcripts} transcripts" if gene.transcripts > 1 else ""
    return f"{gene.name} ({gene.strand}{folded})"
