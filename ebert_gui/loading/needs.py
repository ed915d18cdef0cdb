"""What must be asked for the view that is on screen, most urgent first, and which answers are drawn meanwhile."""

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from ebert_core.protocol.messages import Role
from ebert_core.protocol.shapes import Matrix, Shape
from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import Held
from ebert_gui.loading.tiles import TileCache
from ebert_gui.loading.tiling import (
    Query,
    is_covered,
    level_of,
    missing_parts,
    query_of,
    tiles_under,
    visible_interval,
    with_margin,
)
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track

# Wide enough for every bin of the largest live view with its margins; columns are reduced where they are drawn.
LIVE_COLUMNS = 20_000
_LEVELS_STRETCHED = 4
_ANCHORED, _MARGIN, _REGION, _ANCHORED_MATRIX = 1, 2, 3, 4


class Need(NamedTuple):
    """Something whose answer is wanted; smaller `urgency` goes first."""

    query: Query
    level: int
    urgency: int
    view_key: str = ""

    @property
    def role(self) -> Role:
        """Which worker answers."""
        return self.query.sources[0].role


def tile_needs(track: Track, scope: Scope) -> Iterator[Need]:
    """The tiles of a track that are on screen, then those of the margin."""
    for _, source in track.reads_as_drawn(scope):
        visible = visible_interval(source, scope) if source.tiling in ("tiles", "letters") else None
        if visible is None:
            continue
        level = level_of(source, scope)
        for tile in tiles_under(with_margin(visible), level, scope.chromosome_length):
            urgency = 0 if tile.interval.overlaps(visible) else _MARGIN
            yield Need(query_of(source, tile), level, urgency)


def drawn_tiles(source: Source, scope: Scope, cache: TileCache) -> tuple[Held[Shape], ...]:
    """The tiles to draw: those of the level on screen, over stretched neighbours where some are still missing."""
    visible = visible_interval(source, scope)
    if visible is None:
        return ()
    level, wide = level_of(source, scope), with_margin(visible)
    cache.touch(source, visible)
    near = [
        held
        for held in cache.of_source(source)
        if abs(held.level - level) <= _LEVELS_STRETCHED and held.interval.overlaps(wide)
    ]
    right = sorted((held for held in near if held.level == level), key=lambda held: held.interval.start)
    if is_covered(visible, [held.interval for held in right], scope.chromosome_length):
        return tuple(right)
    others = sorted((held for held in near if held.level != level), key=lambda held: -held.level)
    return (*others, *right)


def live_sources(tracks: Sequence[Track], scope: Scope) -> tuple[Source, ...]:
    """The sources on screen that a model answers live, each once."""
    found = (source for track in tracks for _, source in track.reads_as_drawn(scope) if source.tiling == "live")
    return tuple(dict.fromkeys(found))


def live_needs(sources: Sequence[Source], scope: Scope, cache: TileCache, asked: Sequence[Query]) -> Iterator[Need]:
    """The next step of every live source; those of one batch that want the same are asked for together."""
    together: dict[tuple[Hashable, Interval, int], list[Source]] = {}
    waited_for: dict[Query, int] = {}
    for source in sources:
        step = _next_step(source, scope, cache, asked)
        if isinstance(step, _Step):
            together.setdefault((step.source.batch, step.interval, step.urgency), []).append(step.source)
        elif step is not None:
            waited_for[step] = 1 if step.sources[0].draft is None else 2
    for query, urgency in waited_for.items():
        yield _live_need(query, urgency)
    for (_, interval, urgency), members in together.items():
        yield _live_need(Query(tuple(sorted(members, key=str)), interval, LIVE_COLUMNS), urgency)


class _Step(NamedTuple):
    source: Source
    interval: Interval
    urgency: int


def _live_need(query: Query, urgency: int) -> Need:
    # Newer requests of the same sources replace older ones, drafts and final ones alike.
    finals = hash(tuple(source.draft or source for source in query.sources))
    return Need(query, 0, urgency, f"live {finals}")


def _next_step(source: Source, scope: Scope, cache: TileCache, asked: Sequence[Query]) -> _Step | Query | None:
    """What comes next of what is on screen: a draft where nothing is, then the final values with a margin.

    A request under way that brings at least half of what is missing is waited for, so that a long slide is not an
    endless row of abandoned requests.
    """
    length = scope.chromosome_length
    visible = _on_grid(scope.interval, length)
    limit = scope.live_limit_of(source.of_model)
    wide = _on_grid(_with_live_margin(visible, limit), length)
    final = [held.interval for held in cache.of_source(source)]
    drafts = [held.interval for held in cache.of_source(source.draft)] if source.draft else []
    steps = [(source.draft, visible, [*final, *drafts], 1)] if source.draft else []
    for wanted_source, wanted, done, urgency in [*steps, (source, wide, final, 2)]:
        # A margin that has been eaten into by half is filled up again; before that nothing is asked.
        missing = missing_parts(visible if urgency == 2 else wanted, done, length)
        if not missing:
            continue
        hull = Interval(wanted.chromosome, missing[0].start, missing[-1].end) if urgency == 1 else wanted
        for query in asked:
            shared = min(query.interval.end, hull.end) - max(query.interval.start, hull.start)
            same_place = query.interval.chromosome == hull.chromosome
            if wanted_source in query.sources and same_place and 2 * shared >= hull.length:
                return query
        return _Step(wanted_source, hull, urgency)
    return None


def _with_live_margin(visible: Interval, limit: int) -> Interval:
    """The interval with as much of its margin as the model predicts at once."""
    wide = with_margin(visible)
    room = max(0, limit - visible.length) // 2 // BIN * BIN
    return Interval(visible.chromosome, max(wide.start, visible.start - room), min(wide.end, visible.end + room))


def region_needs(sources: Sequence[Source], region: Interval, scope: Scope, cache: TileCache) -> Iterator[Need]:
    """A region above the live limit, in pieces of that limit; no draft comes first, since nothing refines it there."""
    limit = min((scope.live_limit_of(source.of_model) for source in sources), default=0)
    width = max(BIN, limit // BIN * BIN)
    for start in range(region.start // width * width, region.end, width):
        piece = Interval(region.chromosome, max(start, region.start), min(start + width, region.end))
        members = [source for source in sources if Query((source,), piece, LIVE_COLUMNS) not in cache]
        if members:
            yield Need(Query(tuple(sorted(members, key=str)), piece, LIVE_COLUMNS), 0, _REGION)


def drawn_live(source: Source, scope: Scope, cache: TileCache) -> tuple[Held[Shape], ...]:
    """What to draw of a live source: drafts below, final values above, the newest on top."""
    wide = with_margin(scope.interval)
    kept: list[tuple[Held[Shape], ...]] = []
    for each in (source.draft, source):
        found: list[Held[Shape]] = []
        if each is not None:
            cache.touch(each, scope.interval)
            found = [held for held in cache.of_source(each) if held.interval.overlaps(wide)]
        kept.append(tuple(sorted(found, key=lambda held: held.serial)))
    drafts, final = kept
    if is_covered(scope.interval, [held.interval for held in final], scope.chromosome_length):
        return final
    return (*drafts, *final)


def anchor_query(source: Source, scope: Scope) -> Query | None:
    """What is asked of a source that speaks of the anchor; None where there is no anchor."""
    return None if scope.anchor is None else Query((source,), scope.anchor)


def anchor_needs(track: Track, scope: Scope) -> Iterator[Need]:
    """What a track needs of the anchor."""
    for _, source in track.reads_as_drawn(scope):
        query = anchor_query(source, scope) if source.tiling == "anchor" else None
        if query is not None:
            urgency = _ANCHORED_MATRIX if source.shape is Matrix else _ANCHORED
            yield Need(query, 0, urgency, f"anchor {track.id}")


def _on_grid(interval: Interval, chromosome_length: int) -> Interval:
    start = max(0, interval.start // BIN * BIN)
    end = min(-(-interval.end // BIN) * BIN, chromosome_length)
    return Interval(interval.chromosome, start, end)
