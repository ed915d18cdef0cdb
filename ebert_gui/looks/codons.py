"""Draws the codons of genes with their amino acids, where bases are wide enough to be told apart."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF

from ebert_core.protocol.shapes import Letters
from ebert_core.protocol.terms.bases import N, T, decode_bases
from ebert_core.protocol.terms.codons import START, STOP, UNKNOWN, amino_acids
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import Held
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.surface import Centre, Surface
from ebert_gui.looks.feature_rows import Feature, Layout
from ebert_gui.looks.letters import LARGEST_BASES_PER_PIXEL, bases_of
from ebert_gui.looks.mixed import mixed
from ebert_gui.looks.runs import ink_on

_CODON = 3
_LEAST_FOR_LETTER, _LETTER_PIXELS = 9.0, 9
# How much of the canvas is in every other codon.
_PALER = 0.28
# Mitochondria have codes of their own, which differ between species.
_OTHER_CODES = ("chrM", "M", "MT", "chrMT", "NC_012920.1")


class Codon(NamedTuple):
    """A codon, or the part of one on this side of an intron: [start, end), its letter, and its number from 1."""

    feature: int
    start: int
    end: int
    letter: str
    bases: str
    number: int


def codons_of(layout: Layout, letters: Sequence[Held[Letters]], bases_per_pixel: float) -> tuple[Codon, ...]:
    """The codons of the features that are shown, where their bases have come; none where bases cannot be told apart.

    Reading begins with the first coding base. Coding parts of a length that is no multiple of three are not read.
    """
    if bases_per_pixel > LARGEST_BASES_PER_PIXEL or not letters or letters[0].interval.chromosome in _OTHER_CODES:
        return ()
    here = Interval(
        letters[0].interval.chromosome,
        min(held.interval.start for held in letters),
        max(held.interval.end for held in letters),
    )
    known = bases_of(letters, here)
    return tuple(
        codon
        for number in np.flatnonzero(layout.is_shown).tolist()
        for codon in _codons(number, layout.features[number], known, here)
    )


def _codons(feature: int, each: Feature, known: NDArray[np.uint8], here: Interval) -> list[Codon]:
    """The codons of one feature of which any base lies in the stretch whose bases are known."""
    if each.strand not in ("+", "-") or each.end <= here.start or each.start >= here.end:
        return []
    places = np.concatenate([np.arange(start, end) for start, end in each.thick] or [np.zeros(0, np.int64)])
    if places.size == 0 or places.size % _CODON:
        return []
    places_N3 = (places if each.strand == "+" else places[::-1]).reshape(-1, _CODON)
    is_inside = (places_N3 >= here.start) & (places_N3 < here.end)
    numbers = np.flatnonzero(is_inside.any(axis=1))
    places_N3, is_inside = places_N3[numbers], is_inside[numbers]
    codes_N3 = np.where(is_inside, known[np.clip(places_N3 - here.start, 0, len(known) - 1)], 255).astype(np.uint8)
    if each.strand == "-":
        codes_N3 = np.where(codes_N3 < N, T - codes_N3, codes_N3)
    found = []
    for number, letter, at, codes in zip(numbers.tolist(), amino_acids(codes_N3), places_N3, codes_N3, strict=True):
        bases = decode_bases(codes) if letter != UNKNOWN else ""
        found += [Codon(feature, start, end, letter, bases, number + 1) for start, end in _pieces(np.sort(at))]
    return found


def _pieces(places: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of neighbouring bases."""
    cuts = np.flatnonzero(np.diff(places) > 1) + 1
    return [(int(run[0]), int(run[-1]) + 1) for run in np.split(places, cuts)]


def paint_codons(surface: Surface, codons: Sequence[Codon], layout: Layout, colours: Sequence[str]) -> None:
    """Boxes over the coding parts, every other one paler, with letters in the longest part of each codon."""
    axis = surface.axis
    for codon in codons:
        if codon.letter == UNKNOWN or codon.end <= axis.start or codon.start >= axis.end:
            continue
        left, right = axis.x_of(codon.start), axis.x_of(codon.end)
        top, glyph = float(layout.tops[codon.feature]), float(layout.glyphs[codon.feature])
        colour = _colour(codon, colours[codon.feature], surface.palette)
        surface.rectangles(np.array([left]), np.array([right]), top, glyph, colour)
        if right - left >= _LEAST_FOR_LETTER and codon.end - codon.start > 1:
            box = QRectF(left, top, right - left, glyph)
            surface.text(box, codon.letter, ink_on(colour), _LETTER_PIXELS, Centre, is_bold=True)


def _colour(codon: Codon, own: str, palette: Palette) -> str:
    if codon.letter == STOP:
        return palette.error
    if codon.letter == START:
        return palette.signals[2]
    return mixed(own, palette.canvas, _PALER) if codon.number % 2 == 0 else own


def codon_at(codons: Sequence[Codon], feature: int, position: float) -> str:
    """What is said of the codon of a feature under a position; empty where none is known."""
    codon = next(
        (each for each in codons if each.feature == feature and each.start <= position < each.end and each.letter), None
    )
    return f"codon {codon.number:,} {codon.bases} {codon.letter}" if codon is not None else ""
