"""What must be asked for the view that is on screen, most urgent first, and which replies are drawn meanwhile."""

from collections.abc import Hashable, Iterator
from typing import Literal, NamedTuple

import msgspec

from ebert_core.protocol import modelling
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import CheckpointSummary, PredictView
from ebert_gui.browser.content import Held
from ebert_gui.loading.streams import (
    Stream,
    request_for,
    stream_level,
    streams_of,
    tiles_under,
    visible_interval,
    with_margin,
)
from ebert_gui.loading.tiles import TileCache
from ebert_gui.state.tracks import AttentionTrack, PredictionTrack, Track
from ebert_gui.state.workspace import Workspace

# Wide enough for every bin of the largest live view with its margins; columns are reduced where they are drawn.
PREDICTION_COLUMNS = 20_000
_BIN_GRID = 200
_LEVELS_STRETCHED = 4


class Need(NamedTuple):
    """A request whose reply is wanted; smaller `urgency` goes first."""

    stream: Hashable
    request: msgspec.Struct
    reply_type: type[msgspec.Struct]
    role: Literal["data", "model"]
    interval: Interval
    level: int
    urgency: int
    view_key: str = ""


def tile_needs(track: Track, workspace: Workspace) -> Iterator[Need]:
    """The tiles of a track that are on screen, then those of the margin."""
    for stream in streams_of(track, workspace):
        visible = visible_interval(stream, workspace)
        if visible is None:
            continue
        level = stream_level(stream, workspace)
        for tile in tiles_under(with_margin(visible), level, workspace.view.chromosome_length):
            urgency = 0 if tile.interval.overlaps(visible) else 2
            request = request_for(stream, tile)
            yield Need(stream.template, request, stream.reply_type, "data", tile.interval, level, urgency)


def drawn_tiles(stream: Stream, workspace: Workspace, cache: TileCache) -> tuple[Held[object], ...]:
    """The tiles to draw: those of the level on screen, over stretched neighbours where some are still missing."""
    visible = visible_interval(stream, workspace)
    if visible is None:
        return ()
    level, wide = stream_level(stream, workspace), with_margin(visible)
    cache.touch(stream.template, visible)
    near = [
        held
        for held in cache.stream(stream.template)
        if abs(held.level - level) <= _LEVELS_STRETCHED and held.interval.overlaps(wide)
    ]
    right = sorted((held for held in near if held.level == level), key=lambda held: held.interval.start)
    if is_covered(visible, [held.interval for held in right], workspace.view.chromosome_length):
        return tuple(right)
    others = sorted((held for held in near if held.level != level), key=lambda held: -held.level)
    return (*others, *right)


def is_covered(interval: Interval, pieces: list[Interval], chromosome_length: int) -> bool:
    """Whether pieces in order leave no base of an interval out."""
    return not missing_parts(interval, pieces, chromosome_length)


def missing_parts(interval: Interval, pieces: list[Interval], chromosome_length: int) -> list[Interval]:
    """The parts of an interval on its chromosome that no piece covers."""
    reached, end, missing = max(0, interval.start), min(interval.end, chromosome_length), []
    for piece in sorted(pieces):
        if piece.chromosome == interval.chromosome and piece.end > reached:
            if piece.start > reached and reached < end:
                missing.append(Interval(interval.chromosome, reached, min(piece.start, end)))
            reached = piece.end
    if reached < end:
        missing.append(Interval(interval.chromosome, reached, end))
    return missing


class PredictionStream(NamedTuple):
    """Predictions that come together: one cell type, all its factors on screen."""

    checkpoint: str
    dataset: str
    cell_type: str
    factors: tuple[str, ...]


def prediction_streams(workspace: Workspace) -> tuple[PredictionStream, ...]:
    """One stream per cell type that has prediction tracks which the checkpoint can serve."""
    checkpoint, dataset = workspace.checkpoint, workspace.dataset
    if checkpoint is None or dataset is None:
        return ()
    known = {factor.name for factor in checkpoint.factors}
    factors: dict[str, set[str]] = {}
    for track in workspace.tracks.tracks:
        if isinstance(track, PredictionTrack) and track.factor in known:
            factors.setdefault(track.cell_type, set()).add(track.factor)
    return tuple(
        PredictionStream(checkpoint.path, dataset.path, cell, tuple(sorted(chosen))) for cell, chosen in factors.items()
    )


def predict(stream: PredictionStream, interval: Interval, strands: int) -> PredictView:
    """The request for a stretch of a prediction stream."""
    return PredictView(
        stream.checkpoint,
        stream.dataset,
        stream.cell_type,
        stream.factors,
        interval,
        columns=PREDICTION_COLUMNS,
        strands=strands,
    )


def prediction_need(stream: PredictionStream, request: PredictView, urgency: int) -> Need:
    """A prediction as something to ask for; newer ones of the stream replace older ones."""
    key = f"predict {stream.cell_type}"
    return Need(stream, request, modelling.Prediction, "model", request.interval, 0, urgency, key)


def next_prediction(
    stream: PredictionStream, workspace: Workspace, cache: TileCache, asked: list[PredictView]
) -> Need | None:
    """The next step for what is on screen: one strand where nothing is, then both strands with a margin.

    A request under way that brings at least half of what is missing is waited for, so that a long slide is not an
    endless row of abandoned requests.
    """
    length = workspace.view.chromosome_length
    visible = _on_grid(workspace.view.interval, length)
    limit = workspace.checkpoint.live_limit if workspace.checkpoint else 0
    steps = ((1, visible), (2, _on_grid(_with_live_margin(visible, limit), length)))
    for strands, wanted in steps:
        done = [held.interval for held in cache.stream(stream) if _strands(held) >= strands]
        # A margin that has been eaten into by half is filled up again; before that nothing is asked.
        missing = missing_parts(visible if strands == 2 else wanted, done, length)
        if not missing:
            continue
        hull = Interval(wanted.chromosome, missing[0].start, missing[-1].end) if strands == 1 else wanted
        for request in asked:
            shared = min(request.interval.end, hull.end) - max(request.interval.start, hull.start)
            same_place = request.interval.chromosome == hull.chromosome
            if request.strands == strands and same_place and 2 * shared >= hull.length:
                return prediction_need(stream, request, strands)
        return prediction_need(stream, predict(stream, hull, strands), strands)
    return None


def _with_live_margin(visible: Interval, limit: int) -> Interval:
    """The interval with as much of its margin as the model predicts at once."""
    wide = with_margin(visible)
    room = max(0, limit - visible.length) // 2 // _BIN_GRID * _BIN_GRID
    return Interval(visible.chromosome, max(wide.start, visible.start - room), min(wide.end, visible.end + room))


def region_pieces(stream: PredictionStream, region: Interval, checkpoint: CheckpointSummary) -> Iterator[Need]:
    """A region above the live limit, in pieces of that limit; no draft comes first, since nothing refines it there."""
    width = max(_BIN_GRID, checkpoint.live_limit // _BIN_GRID * _BIN_GRID)
    for start in range(region.start // width * width, region.end, width):
        piece = Interval(region.chromosome, max(start, region.start), min(start + width, region.end))
        yield prediction_need(stream, predict(stream, piece, 2), 3)._replace(view_key="")


def drawn_predictions(track: PredictionTrack, workspace: Workspace, cache: TileCache) -> tuple[Held[object], ...]:
    """The predictions to draw: one strand below, both strands above, the newest on top."""
    found: list[Held[object]] = []
    wide = with_margin(workspace.view.interval)
    for stream in prediction_streams(workspace):
        if stream.cell_type == track.cell_type:
            cache.touch(stream, workspace.view.interval)
            found += [held for held in cache.stream(stream) if held.interval.overlaps(wide)]
    found.sort(key=lambda held: (_strands(held), held.serial))
    best = [held for held in found if _strands(held) == 2]
    length = workspace.view.chromosome_length
    if is_covered(workspace.view.interval, [held.interval for held in best], length):
        return tuple(best)
    return tuple(found)


def attention_need(track: AttentionTrack, workspace: Workspace) -> Need | None:
    """The profile of the anchor, or the triangle of the window about it."""
    checkpoint, dataset, anchor = workspace.checkpoint, workspace.dataset, workspace.anchor
    if checkpoint is None or dataset is None or anchor is None:
        return None
    layer = min(track.layer, max(0, checkpoint.layers - 1))
    head = None if track.head is None else min(track.head, checkpoint.heads - 1)
    if track.is_map:
        within = modelling.AttendWithin(checkpoint.path, dataset.path, track.cell_type, anchor, layer, head)
        return Need(within, within, modelling.AttentionMap, "model", anchor, 0, 4, f"attend {track.id}")
    profile = modelling.AttendFrom(
        checkpoint.path, dataset.path, track.cell_type, anchor.start, anchor.chromosome, layer, head
    )
    return Need(profile, profile, modelling.AttentionProfile, "model", anchor, 0, 1, f"attend {track.id}")


def _strands(held: Held[object]) -> int:
    return held.reply.strands if isinstance(held.reply, modelling.Prediction) else 0


def _on_grid(interval: Interval, chromosome_length: int) -> Interval:
    start = max(0, interval.start // _BIN_GRID * _BIN_GRID)
    end = min(-(-interval.end // _BIN_GRID) * _BIN_GRID, chromosome_length)
    return Interval(interval.chromosome, start, end)
