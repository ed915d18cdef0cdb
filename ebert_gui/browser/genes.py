"""Paints genes: introns as lines, exons as boxes, strand arrows, and names that never collide."""

from PyQt6.QtCore import QRectF

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import Gene, Genes
from ebert_gui.browser.content import Setting, TrackContent
from ebert_gui.browser.gene_rows import FLAT_NAME_PIXELS, NAME_PIXELS, Layout, Names, genes_of, lay_out
from ebert_gui.browser.signal import Scale
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.state.tracks import GenesTrack

_SMALLEST_NAMED_ROW = 11.0


def paint_genes(surface: Surface, track: GenesTrack, content: TrackContent, _scale: Scale, _setting: Setting) -> None:
    """Bodies of the genes."""
    layout = lay_out(surface, content)
    colour = track.colour or surface.palette.gene
    for number in layout.touching(surface.axis):
        if layout.top_of(number) + layout.glyph <= surface.height:
            _paint_gene(surface, layout.genes[number], layout.top_of(number), layout.glyph, colour)


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


def caption_genes(surface: Surface, _track: GenesTrack, content: TrackContent, _setting: Setting) -> str:
    """How many genes there is no room for."""
    omitted = sum(held.reply.omitted for held in content.replies("genes") if isinstance(held.reply, Genes))
    hidden = lay_out(surface, content).hidden + omitted
    return f"{hidden:,} not shown" if hidden else ""


def describe_genes(_track: GenesTrack, content: TrackContent, position: float, _interval: Interval) -> str:
    """The genes under a position."""
    return ", ".join(dict.fromkeys(_described(gene) for gene in genes_of(content) if gene.start <= position < gene.end))


def _described(gene: Gene) -> str:
    """A gene that stands for several transcripts says which of them is drawn."""
    folded = f", the longest coding of {gene.transcripts} transcripts" if gene.transcripts > 1 else ""
    return f"{gene.name} ({gene.strand}{folded})"
