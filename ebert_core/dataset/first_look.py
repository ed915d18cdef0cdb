"""Where bare files are first looked at: a stretch on which they have something to show."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

import numpy as np

from ebert_core.genome.recognising import TrackFile
from ebert_core.genome.reference import Reference
from ebert_core.genome.signal import BigWigSignal, StepSignal
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.chromosome_names import KnownNames, in_natural_order, other_names
from ebert_core.protocol.terms.errors import InvalidRequest, about
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reading import reading

_WIDEST, _NARROWEST = 1_000_000, 200
_MARGIN = 0.05
# How many features are shown at once, and how many columns are looked at for the first value of a signal.
_FEATURES, _COLUMNS = 30, 2_000
_BASES_SHOWN = 120
_MOST_PIECES = 300


def first_look(tracks: Sequence[TrackFile], lengths: Mapping[str, int]) -> Interval | None:
    """The first stretch with data of the first file that has any, on its first chromosome in natural order.

    A damaged file is passed over here: its own row says so.
    """
    for track in tracks:
        with suppress(InvalidRequest), reading(str(track.path)):
            if (found := _first_stretch(track, lengths)) is not None:
                return found
    return None


def _first_stretch(track: TrackFile, lengths: Mapping[str, int]) -> Interval | None:
    names = KnownNames(lengths)
    for chromosome in in_natural_order(track.chromosome_lengths):
        name = names.find(chromosome)
        span = _first_span(track, chromosome) if name is not None else None
        if span is not None and name is not None:
            return _with_margins(name, *span, lengths[name])
    return None


def first_bases(reference: Reference) -> Interval | None:
    """The first bases that are known, on the first chromosome in natural order."""
    for chromosome in in_natural_order(reference.chromosome_lengths):
        length = reference.chromosome_lengths[chromosome]
        for start in range(0, min(length, _MOST_PIECES * _WIDEST), _WIDEST):
            piece = Interval(chromosome, start, min(length, start + _WIDEST))
            known = np.flatnonzero(reference.bases(piece) != N)
            if len(known):
                first = start + int(known[0])
                return Interval(chromosome, first, min(length, first + _BASES_SHOWN))
    return None


def _first_span(track: TrackFile, chromosome: str) -> tuple[int, int] | None:
    if isinstance(track, Segmentation):
        runs = track.on(chromosome)
        shown = min(_FEATURES, len(runs.starts))
        return (int(runs.starts[0]), int(runs.ends[shown - 1])) if shown else None
    if isinstance(track, (BigWigSignal, StepSignal)):
        return _first_values(track, chromosome)
    found = track.first(chromosome, _FEATURES)
    if not found:
        return None
    first = min(place.start for place in found)
    return first, max(place.end for place in found if place.start < first + _WIDEST)


def _first_values(signal: BigWigSignal | StepSignal, chromosome: str) -> tuple[int, int] | None:
    """From the first value that is not 0 (or the first of all) to the last within the widest view."""
    start, end = 0, signal.chromosome_lengths[chromosome]
    while True:
        edges = np.linspace(start, end, _COLUMNS + 1)
        bins = signal.binned(Interval(chromosome, start, end), _COLUMNS)
        has_value = np.isfinite(bins.maximum) & ((bins.maximum != 0) | (bins.minimum != 0))
        places = np.flatnonzero(has_value if has_value.any() else np.isfinite(bins.maximum))
        if not len(places):
            return None
        first, last = int(edges[places[0]]), int(np.ceil(edges[places[-1] + 1]))
        if end - start <= _WIDEST and 2 * (last - first) > end - start:
            return first, last
        # One column of a whole chromosome is wide: look again from the first value on.
        widest = _WIDEST if end - start <= _COLUMNS * _WIDEST else (end - start) // _COLUMNS
        start, end = first, min(last, first + widest)


def _with_margins(chromosome: str, first: int, last: int, length: int) -> Interval:
    """The span with a margin at either side, neither too narrow nor too wide, on the chromosome."""
    span = min(max(last - first, 1), _WIDEST)
    width = min(length, max(_NARROWEST, round(span * (1 + 2 * _MARGIN))))
    start = first - (width - span) // 2 if last - first <= _WIDEST else first - round(width * _MARGIN)
    start = max(0, min(start, length - width))
    return Interval(chromosome, start, start + width)


def joint_lengths(files: Iterable[TrackFile]) -> dict[str, int]:
    """Lengths as the first file knows them that does; the others are of its assembly, or say when they are read.

    A chromosome that files call by different names is one, under the name that came first.
    """
    known: dict[str, int] = {}
    reached: dict[str, int] = {}
    # Looked up, not searched for: a file may have a hundred thousand scaffolds.
    first_names: dict[str, str] = {}
    for opened in files:
        with about(str(opened.path)):
            lengths = opened.chromosome_lengths
        for chromosome, length in lengths.items():
            name = first_names.get(chromosome.lower(), chromosome)
            if name == chromosome:
                first_names.update(dict.fromkeys(map(str.lower, other_names(name)), name))
            reached[name] = max(length, reached.get(name, 1))
            if opened.knows_lengths:
                known.setdefault(name, length)
    return {**reached, **known}
