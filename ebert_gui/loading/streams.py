"""What each kind of track reads, cut into tiles on a fixed grid at power-of-two bases per bin."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from ebert_core.protocol import tracks as wire
from ebert_core.protocol.locus import Interval
from ebert_gui.browser.sequence import LARGEST_BASES_PER_PIXEL, lens_interval
from ebert_gui.state import tracks
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace

TILE_COLUMNS = 2048
_FEATURE_LEVEL = 5
_SEQUENCE_LEVEL = 1
_NOWHERE = Interval("", 0, 0)
# A pan of half a screen in either direction loads nothing.
MARGIN = 0.5

Template = wire.ReadSequence | wire.ReadGenes | wire.ReadStates | wire.ReadSignal | wire.ReadPeaks | wire.ReadTruth


class Stream(NamedTuple):
    """One thing that a track reads: a request without its interval, and the finest level at which it is read."""

    part: str
    template: Template
    reply_type: type[msgspec.Struct]
    finest: int = 0


class Tile(NamedTuple):
    """A stretch of a stream at one level."""

    interval: Interval
    level: int


def streams_of(track: Track, workspace: Workspace) -> tuple[Stream, ...]:
    """What a track reads from the data role."""
    match track:
        case tracks.SequenceTrack():
            return (Stream("sequence", wire.ReadSequence(_NOWHERE), wire.Sequence, _SEQUENCE_LEVEL),)
        case tracks.GenesTrack(path=path):
            return (Stream("genes", wire.ReadGenes(_NOWHERE, path), wire.Genes, _FEATURE_LEVEL),)
        case tracks.StatesTrack(cell_type=cell, path=path):
            return (Stream("states", wire.ReadStates(_NOWHERE, cell, path), wire.States, _FEATURE_LEVEL),)
        case tracks.SignalTrack(cell_type=cell, signal=signal, path=path):
            named = "" if path else signal
            return (Stream("signal", wire.ReadSignal(_NOWHERE, 0, cell, named, path), wire.Signal),)
        case tracks.PeaksTrack(cell_type=cell, factor=factor, path=path):
            template = wire.ReadPeaks(_NOWHERE, cell, factor, path=path)
            return (Stream("peaks", template, wire.Peaks, _FEATURE_LEVEL),)
        case tracks.TruthTrack(cell_type=cell, factor=factor):
            return (Stream("truth", wire.ReadTruth(_NOWHERE, factor, cell), wire.Truth, _FEATURE_LEVEL),)
        case tracks.PredictionTrack(cell_type=cell, factor=factor):
            return _measured(workspace, cell, factor)
        case tracks.AttentionTrack() | tracks.UnknownTrack():
            return ()


def _measured(workspace: Workspace, cell_type: str, factor: str) -> tuple[Stream, ...]:
    """The peaks that are drawn over a prediction, where there are any."""
    cells = workspace.dataset.cell_types if workspace.dataset else ()
    for cell in cells:
        for peaks in cell.peaks:
            if cell.name == cell_type and peaks.factor == factor:
                strict = Stream("peaks", wire.ReadPeaks(_NOWHERE, cell_type, factor), wire.Peaks, _FEATURE_LEVEL)
                loose = wire.ReadPeaks(_NOWHERE, cell_type, factor, is_relaxed=True)
                return (strict, Stream("relaxed", loose, wire.Peaks, _FEATURE_LEVEL))[: 1 + peaks.has_relaxed]
    return ()


def level_of(bases_per_column: float, finest: int) -> int:
    """The level whose bins are no wider than a column, or the finest there is."""
    return max(finest, math.floor(math.log2(max(1.0, bases_per_column))))


def visible_interval(stream: Stream, workspace: Workspace) -> Interval | None:
    """The bases that a stream must cover now; None when it shows nothing at this zoom."""
    view = workspace.view
    if not view.span.chromosome:
        return None
    if not isinstance(stream.template, wire.ReadSequence):
        return view.interval
    # Columns are device pixels; the painter judges by logical ones, which are never more.
    if view.bases_per_column <= LARGEST_BASES_PER_PIXEL:
        return view.interval
    anchor = workspace.anchor
    return lens_interval(anchor) if anchor is not None and anchor.overlaps(view.interval) else None


def stream_level(stream: Stream, workspace: Workspace) -> int:
    """The level at which a stream is read for the present view."""
    if isinstance(stream.template, wire.ReadSequence):
        return _SEQUENCE_LEVEL
    return level_of(workspace.view.bases_per_column, stream.finest)


def tiles_under(interval: Interval, level: int, chromosome_length: int) -> Iterator[Tile]:
    """The tiles of a level that an interval touches; the last one ends with the chromosome."""
    width = TILE_COLUMNS << level
    first = max(0, interval.start) // width
    last = math.ceil(min(interval.end, chromosome_length) / width)
    for number in range(first, last):
        end = min((number + 1) * width, chromosome_length)
        yield Tile(Interval(interval.chromosome, number * width, end), level)


def with_margin(interval: Interval) -> Interval:
    """The interval with a margin at both sides."""
    margin = round(interval.length * MARGIN)
    return Interval(interval.chromosome, interval.start - margin, interval.end + margin)


def request_for(stream: Stream, tile: Tile) -> Template:
    """The request that reads a tile."""
    columns = max(1, math.ceil(tile.interval.length / (1 << tile.level)))
    if isinstance(stream.template, wire.ReadSignal | wire.ReadStates):
        return msgspec.structs.replace(stream.template, interval=tile.interval, columns=columns)
    return msgspec.structs.replace(stream.template, interval=tile.interval)
