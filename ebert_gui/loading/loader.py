"""Asks for what must be on screen, judges what comes back, and tells the canvas what there is to draw.

This is the only place that decides whether a reply is late.
"""

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
import numpy as np
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from ebert_core.protocol.shapes import Shape, Signal
from ebert_core.protocol.sources import FoundBeside, Shapes, Source, beside_request, read_request
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import TrackContent
from ebert_gui.loading import needs
from ebert_gui.loading.gathering import Known, gather
from ebert_gui.loading.needs import Need
from ebert_gui.loading.tiles import TileCache
from ebert_gui.loading.tiling import Query
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Failure, WorkerState

GESTURE_MILLISECONDS = 40
_FIRST_GUESS_BASES_PER_SECOND = 60_000.0
# A shorter stretch takes as long as the tile that it lies in.
_FEWEST_BASES_MEASURED = 10_000
# After what is in sight, beside the first strand of predictions and before the margins.
_HIDDEN = 1


class Client(Protocol):
    """What loading wants of a worker."""

    @property
    def state(self) -> WorkerState:
        """Where the worker is now."""
        ...

    # Any: the type of the reply ties request and callback together, which a protocol without generics cannot say.
    def request(
        self,
        body: msgspec.Struct,
        reply_type: Any,
        on_reply: Callable[[Any], None],
        on_failure: Callable[[Failure], None] | None = None,
        on_progress: Callable[[float, str], None] | None = None,
        view_key: str = "",
    ) -> int:
        """Ask; the id cancels."""
        ...

    def cancel(self, number: int) -> None:
        """Forget a request."""
        ...

    def forgive(self, paths: Sequence[str] | None) -> None:
        """Let these files, or with None all, be read again although the worker had ended on them."""
        ...


class _Asked(NamedTuple):
    number: int
    need: Need
    since: float


class Loader(QObject):
    """Keeps the answers for one workspace.

    `arrived`: there is more to draw, False with the last of what is in sight, True where it may be drawn together with
    what comes in a moment; `idle`: nothing is awaited.
    """

    arrived = pyqtSignal(bool)
    idle = pyqtSignal()

    def __init__(self, workspace: Workspace, clients: dict[Literal["data", "model"], Client]) -> None:
        super().__init__()
        self._workspace = workspace
        self._clients = clients
        self._cache = TileCache()
        self._asked: dict[Query, _Asked] = {}
        self._failed: dict[Query, Failure] = {}
        self._regions: list[tuple[Hashable, Interval]] = []
        self._contents: dict[Track, TrackContent] = {}
        # By the model's path: how many bases of a draft, which is one strand, it predicted in a second.
        self._speeds: dict[str, float] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._last_asked = 0.0
        self._in_sight: frozenset[str] = frozenset()
        self._timer.timeout.connect(self.ask)
        workspace.view.changed.connect(self._follow_view)
        for announcer in (
            workspace.tracks_changed,
            workspace.anchor_changed,
            workspace.edits_changed,
            workspace.model_changed,
        ):
            announcer.connect(self.schedule)
        self._opening = 0
        workspace.dataset_changed.connect(self.restart)

    @property
    def is_idle(self) -> bool:
        """Whether everything on screen has come or failed."""
        return not self._asked and not self._timer.isActive()

    @property
    def bases_per_second(self) -> float | None:
        """How fast the chosen model predicted both strands here; None while nothing was measured."""
        model = self._workspace.model
        speed = self._speeds.get(model.path) if model is not None else None
        return None if speed is None else speed / 2

    def schedule(self) -> None:
        """Ask at once, or as soon as the last time is a moment ago, so that a gesture asks once in a while."""
        self._contents.clear()
        if not self._timer.isActive():
            self._timer.start(max(0, round(GESTURE_MILLISECONDS - 1000 * (time.monotonic() - self._last_asked))))

    def _follow_view(self) -> None:
        """Ask for a jump before anything is painted; a gesture asks once in a while, an opening once it has tracks."""
        self.schedule()
        if self._timer.interval() == 0 and self._opening == self._workspace.openings:
            self.ask()

    def prefer(self, track_ids: frozenset[str]) -> None:
        """Ask first for these tracks, which are in sight; others may be scrolled to."""
        self._in_sight = track_ids

    def restart(self) -> None:
        """Forget all answers where another dataset is open; files that join it change nothing in the others."""
        if self._opening != self._workspace.openings:
            self._opening = self._workspace.openings
            self._cache.clear()
        self.retry()

    def retry(self) -> None:
        """Ask again for what had failed: a worker is back, or a file was put right."""
        self._failed.clear()
        for asked in tuple(self._asked.values()):
            self._clients[asked.need.role].cancel(asked.number)
        self._asked.clear()
        self.schedule()

    def take_offer(self, track: Track) -> None:
        """Do what the track's row offers: compute a region, or read once more what a worker had ended on."""
        content = self.content(track)
        if content.offer == "again":
            for client in self._clients.values():
                client.forgive((content.avoided,) if content.avoided else None)
            self.retry()
        elif content.offer == "compute":
            self._compute_region(track)

    def _compute_region(self, track: Track) -> None:
        """Predict all that is on screen although it is above the live limit, with what comes in the same pass."""
        scope = self._workspace.scope
        batches = {source.batch for source in needs.live_sources((track,), scope)}
        self._regions += [(batch, scope.interval) for batch in batches]
        self.schedule()

    def ask(self) -> None:
        """Ask for what is missing now and abandon what is not wanted any more."""
        self._timer.stop()
        self._last_asked = time.monotonic()
        self._contents.clear()
        wanted = {need.query: need for need in self._needs()}
        for query in [query for query in self._asked if query not in wanted]:
            asked = self._asked.pop(query)
            self._clients[asked.need.role].cancel(asked.number)
        missing = [
            need
            for query, need in wanted.items()
            if query not in self._asked and query not in self._cache and query not in self._failed
        ]
        for need in sorted(missing, key=lambda need: need.urgency):
            if self._clients[need.role].state.condition.is_alive:
                self._send(need)
        self._say_when_idle()

    def read_once(
        self, source: Source, interval: Interval, on_shape: Callable[[Shape], None], on_failure: Callable[[str], None]
    ) -> None:
        """Read what is not drawn and not kept, as the details of what was clicked; a failure is a sentence."""

        def take(reply: Shapes) -> None:
            if [type(shape) for shape in reply.shapes] == [source.shape]:
                on_shape(reply.shapes[0])
            else:
                on_failure(f"The {source.role} worker's reply holds other shapes than asked for.")

        request = read_request((source,), interval)
        self._clients[source.role].request(
            request, Shapes, take, lambda failure: on_failure(failure.message), view_key="details"
        )

    def find_beside(
        self,
        source: Source,
        place: Interval,
        on_place: Callable[[Interval | None], None],
        on_failure: Callable[[str], None],
        *,
        is_forward: bool,
    ) -> None:
        """Look for the next feature of a source on a chromosome, or the one before; a failure is a sentence."""
        length = self._workspace.view.chromosome_lengths.get(place.chromosome, 0)
        self._clients[source.role].request(
            beside_request(source, place, length, is_forward=is_forward),
            FoundBeside,
            lambda found: on_place(found.place),
            lambda failure: on_failure(failure.message),
            view_key="beside",
        )

    def content(self, track: Track) -> TrackContent:
        """What is known of a track for the present view."""
        known = self._contents.get(track)
        if known is None:
            known = self._contents[track] = gather(track, self._workspace.scope, self._known())
        return known

    def _known(self) -> Known:
        speed = self.bases_per_second or _FIRST_GUESS_BASES_PER_SECOND / 2
        return Known(self._cache, self._asked.keys(), self._failed, self._model_problem(), speed)

    def _needs(self) -> Iterator[Need]:
        scope, tracks = self._workspace.scope, self._workspace.setup.tracks
        if scope.dataset is None:
            return
        for track in tracks:
            is_hidden = bool(self._in_sight) and track.id not in self._in_sight
            for tile in needs.tile_needs(track, scope):
                yield tile._replace(urgency=_HIDDEN) if is_hidden and tile.urgency == 0 else tile
            yield from needs.anchor_needs(track, scope)
        live = needs.live_sources(tracks, scope)
        for batch, region in self._regions:
            members = [source for source in live if source.batch == batch]
            yield from needs.region_needs(members, region, scope, self._cache)
        near = [source for source in live if scope.span <= scope.live_limit_of(source.of_model)]
        under_way = [query for query in self._asked if query.sources[0].tiling == "live"]
        yield from needs.live_needs(near, scope, self._cache, under_way)

    def _send(self, need: Need) -> None:
        query = need.query
        number = self._clients[need.role].request(
            read_request(query.sources, query.interval, query.columns),
            Shapes,
            lambda reply: self._on_reply(need, reply),
            lambda failure: self._on_failure(need, failure),
            view_key=need.view_key,
        )
        self._asked[query] = _Asked(number, need, time.monotonic())

    def _on_reply(self, need: Need, reply: Shapes) -> None:
        asked = self._asked.pop(need.query, None)
        if asked is None:
            return
        sources = need.query.sources
        if [type(shape) for shape in reply.shapes] != [source.shape for source in sources]:
            self._failed[need.query] = Failure(
                "bug", f"The {need.role} worker's reply holds other shapes than asked for."
            )
            self._after(need)
            return
        self._measure(asked, reply)
        for each, source, shape in zip(need.query.each, sources, reply.shapes, strict=True):
            # What is asked of an anchor speaks about the window around it.
            interval = shape.interval if source.tiling == "anchor" else need.query.interval
            self._cache.put(each, interval, shape, need.level)
        self._after(need)

    def _measure(self, asked: _Asked, reply: Shapes) -> None:
        """Note how fast a draft came; unknown bases have no value and take no time."""
        draft, query = reply.shapes[0], asked.need.query
        if not isinstance(draft, Signal) or not draft.is_draft or not draft.mean.size:
            return
        known = query.interval.length * float(np.isfinite(draft.mean).mean())
        if known >= _FEWEST_BASES_MEASURED:
            self._speeds[query.sources[0].of_model] = known / max(1e-3, time.monotonic() - asked.since)

    def _on_failure(self, need: Need, failure: Failure) -> None:
        if self._asked.pop(need.query, None) is None:
            return
        if failure.is_final:
            self._failed[need.query] = failure
        self._after(need)

    def _after(self, need: Need) -> None:
        self._contents.clear()
        if need.role == "model":
            # A prediction that has come calls for its refinement.
            self.schedule()
        is_last = need.urgency == 0 and all(asked.need.urgency for asked in self._asked.values())
        self.arrived.emit(not is_last)
        self._say_when_idle()

    def _say_when_idle(self) -> None:
        if self.is_idle:
            self.idle.emit()

    def _model_problem(self) -> str:
        """Why nothing is predicted at all, if so."""
        if self._workspace.model_problem:
            return self._workspace.model_problem
        if self._workspace.model is not None:
            return ""
        opening = self._workspace.opening_model
        return f"Opening {opening} …" if opening else "Open a checkpoint to predict here"
