"""Draws features: bodies with thick and thin parts, introns, arrows, summits and names, in rows or as their density."""

from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF

from ebert_core.protocol.shapes import Features, Letters
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.looks.codons import Codon, codon_at, codons_of, paint_codons
from ebert_gui.looks.density import (
    Counted,
    bases_in_words,
    counted,
    density_at,
    highest_in_columns,
    is_dense,
    paint_density,
    scale_of_density,
)
from ebert_gui.looks.feature_bodies import Bodies, bodies_of, paint_bodies
from ebert_gui.looks.feature_colours import colours_of
from ebert_gui.looks.feature_rows import (
    BEFORE_NAME,
    BESIDE_NAME_PIXELS,
    NAME_PIXELS,
    Feature,
    Layout,
    Names,
    Pixels,
    features_of,
    lay_out,
)
from ebert_gui.looks.feature_settings import FeatureSettings
from ebert_gui.state.tracks import Part

# How near the cursor must come, in logical pixels.
_REACH = 3.0
_PLATE = 3.0
_NAME_HEIGHT = 14.0
_MOST_NAMED = 4


class FeaturesStyle(NamedTuple):
    """What is drawn and how, and what one feature is called.

    `searched` are the regions in which features were looked for; without any, they were looked for everywhere. Where
    `letters` come, the thick parts are drawn as codons.
    """

    part: Part[Features]
    settings: FeatureSettings = FeatureSettings()
    noun: str = "feature"
    are_genes: bool = False
    searched: tuple[Interval, ...] = ()
    letters: Part[Letters] | None = None


class ArrangedFeatures(NamedTuple):
    """The features in their rows and what is filled of them; or, where they are too many, how dense they are."""

    style: FeaturesStyle
    layout: Layout
    bodies: Bodies
    stretches: tuple[Counted, ...]
    omitted: int
    score_name: str
    bases_per_pixel: float
    colour: str
    codons: tuple[Codon, ...]
    colours: tuple[str, ...]


class FeaturesLook(Look[FeaturesStyle, ArrangedFeatures]):
    """Packed rows, one row, or density."""

    is_local: ClassVar[bool] = False

    def arrange(self, style: FeaturesStyle, content: TrackContent, room: Room) -> ArrangedFeatures:
        """Which row each feature stands in, how wide its name is, and all that is filled."""
        replies = content.of(style.part)
        stretches = counted(replies) if replies and is_dense(replies) else ()
        shapes = [] if stretches else [held.shape for held in replies]
        features, own = features_of(shapes), self.colour(style, room.palette)
        layout = lay_out(features, room, style.settings)
        is_shaded = any(shape.is_shaded for shape in shapes)
        colours = colours_of(features, style.settings, room.palette, own, is_shaded=is_shaded)
        bodies = bodies_of(
            layout,
            colours,
            room.bases_per_pixel,
            room.palette.canvas,
            are_genes=style.are_genes,
            is_plain=style.settings.mode == "dense",
        )
        omitted, score_name = sum(shape.omitted for shape in shapes), _score_name(replies)
        letters = content.of(style.letters) if style.letters is not None and style.settings.mode != "dense" else ()
        codons, zoom = codons_of(layout, letters, room.bases_per_pixel), room.bases_per_pixel
        return ArrangedFeatures(style, layout, bodies, stretches, omitted, score_name, zoom, own, codons, colours)

    def paint(self, surface: Surface, arranged: ArrangedFeatures, scale: Scale) -> None:
        """Bodies of the features, or a column for how many overlap it."""
        if arranged.stretches:
            paint_density(surface, arranged.stretches, scale, arranged.colour)
        else:
            paint_bodies(surface, arranged.bodies)
            paint_codons(surface, arranged.codons, arranged.layout, arranged.colours)

    def annotate(self, surface: Surface, arranged: ArrangedFeatures, scale: Scale) -> None:
        """Names under the bodies, held inside the picture while any of the feature is, or beside them."""
        del scale
        layout = arranged.layout
        pixels = NAME_PIXELS if layout.names is Names.UNDER else BESIDE_NAME_PIXELS
        boxes = _name_boxes(layout, surface.axis)
        for number in np.flatnonzero(
            layout.has_label & (boxes.rights > 0) & (boxes.lefts < surface.axis.width)
        ).tolist():
            box = QRectF(
                float(boxes.lefts[number]), float(boxes.tops[number]), float(layout.widths[number]), _NAME_HEIGHT
            )
            if boxes.are_on_bodies[number]:
                plate = box.adjusted(-_PLATE, 1, _PLATE, -1)
                surface.rectangle(plate.x(), plate.y(), plate.width(), plate.height(), surface.palette.canvas)
            surface.text(box, layout.labels[number], surface.palette.text, pixels, Left)

    def caption(self, axis: Axis, arranged: ArrangedFeatures) -> str:
        """What the columns of a density count, or how many features there is no room for."""
        if arranged.stretches:
            return f"{arranged.style.noun}s in {bases_in_words(arranged.stretches[-1].width)}"
        layout = arranged.layout
        in_sight = (layout.starts < axis.end) & (layout.ends >= axis.start)
        hidden = int((in_sight & ~layout.is_shown).sum()) + arranged.omitted
        return f"{hidden:,} not shown" if hidden else ""

    def range_of(self, arranged: ArrangedFeatures, axis: Axis) -> Scale | None:
        """From 0 to the highest count on screen; features themselves have no scale."""
        return scale_of_density(arranged.stretches, axis) if arranged.stretches else None

    def at(self, arranged: ArrangedFeatures, position: float, interval: Interval) -> Answer:
        """The features under a position, in whatever row."""
        if arranged.stretches:
            return Answer(density_at(arranged.stretches, position, arranged.style.noun))
        found = _distances(arranged, position) <= 0
        return self._answer(arranged, np.flatnonzero(found).tolist(), position, interval.chromosome)

    def at_point(self, arranged: ArrangedFeatures, position: float, y: float, axis: Axis) -> Answer:
        """The feature in the row under the cursor, or the one whose name is there."""
        layout = arranged.layout
        if arranged.stretches or not layout.features:
            return self.at(arranged, position, axis.interval)
        x, boxes = axis.x_of(position), _name_boxes(layout, axis)
        found = _distances(arranged, position) <= 0
        found |= layout.has_label & (boxes.lefts <= x) & (x < boxes.rights)
        found &= layout.is_shown & layout.are_at(y)
        return self._answer(arranged, np.flatnonzero(found).tolist(), position, axis.chromosome)

    def _answer(self, arranged: ArrangedFeatures, found: list[int], position: float, chromosome: str) -> Answer:
        """What is said of features; of the shortest, which the others may cover, a click asks for all."""
        if not found:
            return Answer()
        features = arranged.layout.features
        shortest = min((features[number] for number in found), key=lambda each: each.end - each.start)
        each_said = (
            f"{described(features[number], arranged.score_name)}{_codon_said(arranged, number, position)}"
            for number in found
        )
        said = list(dict.fromkeys(each_said))
        more = f" (and {len(said) - _MOST_NAMED:,} more)" if len(said) > _MOST_NAMED else ""
        words = ", ".join(said[:_MOST_NAMED]) + more
        return Answer(words, subject=Interval(chromosome, shortest.start, shortest.end))

    def blank(self, arranged: ArrangedFeatures, axis: Axis) -> str:
        """That there are none, or that nobody looked for any here."""
        layout, style = arranged.layout, arranged.style
        ends = np.maximum(layout.ends, layout.starts + 1)
        is_any = bool(((layout.starts < axis.end) & (ends > axis.start)).any())
        if arranged.stretches:
            is_any = bool((np.nan_to_num(highest_in_columns(arranged.stretches, axis)) > 0).any())
        if is_any:
            return ""
        was_searched = not style.searched or any(region.overlaps(axis.interval) for region in style.searched)
        return f"No {style.noun}s here" if was_searched else "Not labelled here"

    def colour(self, style: FeaturesStyle, palette: Palette) -> str:
        """The chosen colour, or that of genes or peaks."""
        return style.settings.colour or (palette.gene if style.are_genes else palette.peak)


def _codon_said(arranged: ArrangedFeatures, number: int, position: float) -> str:
    codon = codon_at(arranged.codons, number, position)
    return f" · {codon}" if codon else ""


def _score_name(replies: tuple[Held[Features], ...]) -> str:
    return next((held.shape.score_name for held in reversed(replies) if len(held.shape.starts)), "score")


class _NameBoxes(NamedTuple):
    lefts: Pixels
    rights: Pixels
    tops: Pixels
    are_on_bodies: NDArray[np.bool_]


def _name_boxes(layout: Layout, axis: Axis) -> _NameBoxes:
    """Where the names stand on an axis, in logical pixels.

    The name of a body that goes on beyond the right edge would stand out of sight beside its end; it is held inside, on
    the body, where that has room for it.
    """
    lefts, rights = axis.xs_of(layout.starts), axis.xs_of(layout.ends)
    if layout.names is Names.UNDER:
        lefts = np.minimum(np.maximum(lefts, 4.0), np.maximum(rights - layout.widths, lefts))
        return _NameBoxes(
            lefts, lefts + layout.widths, layout.tops + layout.glyphs, np.zeros(len(lefts), dtype=np.bool_)
        )
    beside = np.maximum(rights, lefts + 1) + BEFORE_NAME
    inside = axis.width - layout.widths - BEFORE_NAME
    are_on_bodies = (beside > inside) & (inside - 2 * BEFORE_NAME >= np.maximum(lefts, 0))
    places = np.where(are_on_bodies, inside, beside)
    middles = layout.tops + layout.glyphs / 2
    return _NameBoxes(places, places + layout.widths, middles - _NAME_HEIGHT / 2, are_on_bodies)


def _distances(arranged: ArrangedFeatures, position: float) -> Pixels:
    """How many bases a position lies beside each feature; 0 or less on it, and a little beside one that is narrow."""
    layout, zoom = arranged.layout, arranged.bases_per_pixel
    is_narrow = layout.ends - layout.starts < 2 * _REACH * zoom
    behind = np.where(position < layout.ends, 0.0, position - layout.ends + zoom / 1e6)
    distances: Pixels = np.maximum(layout.starts - position, behind) - np.where(is_narrow, _REACH * zoom, 0.0)
    return distances


def described(feature: Feature, score_name: str) -> str:
    """What is said of a feature in one line: its name, strand, what it stands for, score and summit."""
    folded = f", the longest coding of {feature.transcripts} transcripts" if feature.transcripts > 1 else ""
    strand = feature.strand if feature.strand in ("+", "-") else ""
    inside = f"{strand}{folded}".removeprefix(", ")
    name = feature.name or f"{feature.start + 1:,}-{feature.end:,}"
    said = [f"{name} ({inside})" if inside else name]
    said += [feature.identity] if feature.identity and feature.transcripts == 1 else []
    said += [f"{score_name} {feature.score:.4g}"] if feature.score is not None else []
    said += [f"summit {feature.summit + 1:,}"] if feature.summit >= 0 else []
    return " · ".join(said)
