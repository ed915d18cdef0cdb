"""What is known of a track: the answers that are drawn, whether more will come, and why not."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from ebert_core.protocol.shapes import Shape
from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.wording import duration
from ebert_gui.browser.content import EMPTY, Held, TrackContent
from ebert_gui.loading.needs import anchor_query, drawn_live, drawn_tiles, tile_needs
from ebert_gui.loading.tiles import TileCache
from ebert_gui.loading.tiling import Query, missing_parts
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track
from ebert_gui.workers.state import Failure

Parts = dict[str, tuple[Held[Shape], ...]]


class Known(NamedTuple):
    """What loading knows: the answers, what is asked for and what has failed, and how fast the model predicts.

    `model_problem` says why nothing is predicted at all, if so.
    """

    cache: TileCache
    asked: Collection[Query]
    failed: Mapping[Query, Failure]
    model_problem: str
    bases_per_second: float


def gather(track: Track, scope: Scope, known: Known) -> TrackContent:
    """What is known of a track for a view."""
    if scope.dataset is None:
        return EMPTY
    reads = track.reads_as_drawn(scope)
    plain = track.reads(scope)
    parts = {
        # What its settings have read otherwise is drawn as it is until that comes, not cleared away.
        drawn.part: _held(drawn.source, scope, known.cache) or _held(before.source, scope, known.cache)
        for drawn, before in zip(reads, plain, strict=True)
    }
    if track.needs_model and known.model_problem:
        return TrackContent(parts, sentence=known.model_problem)
    lack = track.lack(scope)
    if lack is not None:
        return TrackContent(parts, sentence=lack.sentence, details=lack.details)
    if not reads:
        return TrackContent(parts)
    part, source = reads[0]
    match source.tiling:
        case "live":
            return _live(source, parts, part, scope, known)
        case "anchor":
            query = anchor_query(source, scope)
            failure = known.failed.get(query) if query is not None else None
            return _failed(parts, failure) if failure else TrackContent(parts, is_loading=not parts[part])
    return _tiled(track, parts, scope, known)


def _held(source: Source, scope: Scope, cache: TileCache) -> tuple[Held[Shape], ...]:
    match source.tiling:
        case "live":
            return drawn_live(source, scope, cache)
        case "anchor":
            query = anchor_query(source, scope)
            held = cache.get(query) if query is not None else None
            return () if held is None else (held,)
    return drawn_tiles(source, scope, cache)


def _tiled(track: Track, parts: Parts, scope: Scope, known: Known) -> TrackContent:
    wanted = list(tile_needs(track, scope))
    failure = next((known.failed[need.query] for need in wanted if need.query in known.failed), None)
    if failure is not None:
        return _failed(parts, failure)
    return TrackContent(parts, any(need.urgency == 0 and need.query not in known.cache for need in wanted))


def _live(source: Source, parts: Parts, part: str, scope: Scope, known: Known) -> TrackContent:
    pieces = [held.interval for held in parts[part]]
    missing = missing_parts(scope.interval, pieces, scope.chromosome_length)
    under_way = any(_asks(query, source) for query in known.asked)
    # A failure speaks of its own stretch only, and of nothing that is being asked for anew.
    here = (f for query, f in known.failed.items() if _asks(query, source) and query.interval.overlaps(scope.interval))
    failure = None if under_way else next(here, None)
    if failure is not None:
        return _failed(parts, failure)
    limit = scope.live_limit_of(source.of_model)
    if scope.span > limit and missing and not under_way:
        seconds = sum(piece.length for piece in missing) / known.bases_per_second
        return TrackContent(
            parts,
            sentence=f"Zoom in below {limit // 1000:,} kb, or",
            link=f"compute this region, about {duration(max(1.0, seconds))}",
            offer="compute",
        )
    return TrackContent(parts, is_loading=bool(missing))


def _asks(query: Query, source: Source) -> bool:
    return source in query.sources or source.draft in query.sources


def _failed(parts: Parts, failure: Failure) -> TrackContent:
    is_avoided = failure.kind == "avoided"
    return TrackContent(
        parts,
        False,
        failure.message,
        failure.details,
        is_error=True,
        link="Try again" if is_avoided else "",
        offer="again" if is_avoided else "",
        avoided=failure.file,
    )
