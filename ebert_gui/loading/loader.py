"""Asks for what must be on screen, judges what comes back, and tells the canvas what there is to draw.

This is the only place that decides whether a reply is late.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
import numpy as np
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import AttentionMap, AttentionProfile, Prediction, PredictView
from ebert_gui.browser.content import EMPTY, Held, TrackContent
from ebert_gui.loading import needs
from ebert_gui.loading.needs import Need, PredictionStream
from ebert_gui.loading.streams import streams_of
from ebert_gui.loading.tiles import TileCache
from ebert_gui.state.tracks import AttentionTrack, PredictionTrack, Track, UnknownTrack
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState

GESTURE_MILLISECONDS = 40
_FIRST_GUESS_BASES_PER_SECOND = 60_000.0
# A shorter stretch takes as long as the tile that it lies in.
_FEWEST_BASES_MEASURED = 10_000
# After what is in sight, beside the first strand of predictions and before the margins.
_HIDDEN = 1
_ALIVE = (Condition.READY, Condition.BUSY)


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
    """Keeps the replies for one workspace.

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
        self._asked: dict[msgspec.Struct, _Asked] = {}
        self._failed: dict[msgspec.Struct, Failure] = {}
        self._regions: list[tuple[PredictionStream, Interval]] = []
        self._contents: dict[Track, TrackContent] = {}
        # By the checkpoint's path: how many bases of one strand it predicted in a second.
        self._speeds: dict[str, float] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._last_asked = 0.0
        self._in_sight: frozenset[str] = frozenset()
        self._timer.timeout.connect(self.ask)
        workspace.view.changed.connect(self._follow_view)
        for announcer in (
            workspace.tracks.changed,
            workspace.anchor_changed,
            workspace.checkpoint_changed,
        ):
            announcer.connect(self.schedule)
        self._opening = 0
        workspace.dataset_changed.connect(self.restart)

    @property
    def is_idle(self) -> bool:
        """Whether everything on screen has come or failed."""
        return not self._asked and not self._timer.isActive()

    def schedule(self) -> None:
        """Ask at once, or as soon as the last time is a moment ago, so that a gesture asks once in a while."""
        self._contents.clear()
        if not self._timer.isActive():
            self._timer.start(max(0, round(GESTURE_MILLISECONDS - 1000 * (time.monotonic() - self._last_asked))))

    @property
    def bases_per_second(self) -> float | None:
        """How fast the open checkpoint predicted both strands here; None while nothing was measured."""
        checkpoint = self._workspace.checkpoint
        speed = self._speeds.get(checkpoint.path) if checkpoint is not None else None
        return None if speed is None else speed / 2

    def _follow_view(self) -> None:
        """Ask for a jump before anything is painted; a gesture asks once in a while, an opening once it has tracks."""
        self.schedule()
        if self._timer.interval() == 0 and self._opening == self._workspace.openings:
            self.ask()

    def prefer(self, track_ids: frozenset[str]) -> None:
        """Ask first for these tracks, which are in sight; others may be scrolled to."""
        self._in_sight = track_ids

    def restart(self) -> None:
        """Forget all replies where another dataset is open; files that join it change nothing in the others."""
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

    def compute_region(self, track: PredictionTrack) -> None:
        """Predict all that is on screen although it is above the live limit."""
        for stream in needs.prediction_streams(self._workspace):
            if stream.cell_type == track.cell_type:
                self._regions.append((stream, self._workspace.view.interval))
        self.schedule()

    def take_offer(self, track: Track) -> None:
        """Do what the track's row offers: compute a region, or read once more what a worker had ended on."""
        avoided = self.content(track).avoided
        if avoided is not None:
            for client in self._clients.values():
                client.forgive((avoided,) if avoided else None)
            self.retry()
        elif isinstance(track, PredictionTrack):
            self.compute_region(track)

    def ask(self) -> None:
        """Ask for what is missing now and abandon what is not wanted any more."""
        self._timer.stop()
        self._last_asked = time.monotonic()
        self._contents.clear()
        wanted = {need.request: need for need in self._needs()}
        for request in [request for request in self._asked if request not in wanted]:
            asked = self._asked.pop(request)
            self._clients[asked.need.role].cancel(asked.number)
        missing = [
            need
            for need in wanted.values()
            if need.request not in self._asked and need.request not in self._cache and need.request not in self._failed
        ]
        for need in sorted(missing, key=lambda need: need.urgency):
            if self._clients[need.role].state.condition in _ALIVE:
                self._send(need)
        self._say_when_idle()

    def content(self, track: Track) -> TrackContent:
        """What is known of a track for the present view."""
        known = self._contents.get(track)
        if known is None:
            known = self._contents[track] = self._gather(track)
        return known

    def _needs(self) -> Iterator[Need]:
        workspace = self._workspace
        if workspace.dataset is None:
            return
        for track in workspace.tracks.tracks:
            is_hidden = bool(self._in_sight) and track.id not in self._in_sight
            for tile in needs.tile_needs(track, workspace):
                yield tile._replace(urgency=_HIDDEN) if is_hidden and tile.urgency == 0 else tile
            if isinstance(track, AttentionTrack):
                need = needs.attention_need(track, workspace)
                if need is not None:
                    yield need
        yield from self._prediction_needs()

    def _prediction_needs(self) -> Iterator[Need]:
        checkpoint = self._workspace.checkpoint
        if checkpoint is None:
            return
        streams = needs.prediction_streams(self._workspace)
        for stream, region in self._regions:
            if stream in streams:
                yield from needs.region_pieces(stream, region, checkpoint)
        if self._workspace.view.span.length <= checkpoint.live_limit:
            for stream in streams:
                under_way = [
                    asked.need.request
                    for asked in self._asked.values()
                    if asked.need.stream == stream and isinstance(asked.need.request, PredictView)
                ]
                need = needs.next_prediction(stream, self._workspace, self._cache, under_way)
                if need is not None:
                    yield need

    def _send(self, need: Need) -> None:
        client = self._clients[need.role]
        number = client.request(
            need.request,
            need.reply_type,
            lambda reply: self._on_reply(need, reply),
            lambda failure: self._on_failure(need, failure),
            view_key=need.view_key,
        )
        self._asked[need.request] = _Asked(number, need, time.monotonic())

    def _on_reply(self, need: Need, reply: object) -> None:
        asked = self._asked.pop(need.request, None)
        if asked is None:
            return
        if isinstance(need.request, PredictView) and isinstance(reply, Prediction) and reply.strands == 1:
            known = need.interval.length * share_known(reply)
            if known >= _FEWEST_BASES_MEASURED:
                self._speeds[need.request.checkpoint] = known / max(1e-3, time.monotonic() - asked.since)
        interval = reply.window if isinstance(reply, AttentionProfile | AttentionMap) else need.interval
        self._cache.put(need.stream, need.request, interval, reply, need.level)
        self._after(need)

    def _on_failure(self, need: Need, failure: Failure) -> None:
        if self._asked.pop(need.request, None) is None:
            return
        if failure.is_final:
            self._failed[need.request] = failure
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

    def _gather(self, track: Track) -> TrackContent:
        if self._workspace.dataset is None:
            return EMPTY
        parts = {
            stream.part: needs.drawn_tiles(stream, self._workspace, self._cache)
            for stream in streams_of(track, self._workspace)
        }
        wanted = list(needs.tile_needs(track, self._workspace))
        match track:
            case PredictionTrack():
                return self._gather_prediction(track, parts)
            case AttentionTrack():
                return self._gather_attention(track)
            case UnknownTrack(problem=problem):
                return TrackContent(sentence="This version cannot show this track; it is kept", details=problem)
        failure = next((self._failed[need.request] for need in wanted if need.request in self._failed), None)
        loading = any(need.urgency == 0 and need.request not in self._cache for need in wanted)
        if failure is not None:
            return _failed_content(parts, failure)
        return TrackContent(parts, loading)

    def _gather_prediction(self, track: PredictionTrack, parts: dict[str, tuple[Held[object], ...]]) -> TrackContent:
        problem = self._model_problem()
        checkpoint = self._workspace.checkpoint
        if checkpoint is None or problem:
            return TrackContent(parts, sentence=problem)
        if all(factor.name != track.factor for factor in checkpoint.factors):
            return TrackContent(parts, sentence=f"This checkpoint does not predict {track.factor}.")
        parts["prediction"] = needs.drawn_predictions(track, self._workspace, self._cache)
        view = self._workspace.view
        pieces = [held.interval for held in parts["prediction"]]
        missing = needs.missing_parts(view.interval, pieces, view.chromosome_length)
        under_way = any(_is_prediction_of(request, track) for request in self._asked)
        # A failure speaks of its own stretch only, and of nothing that is being asked for anew.
        failed = (f for r, f in self._failed.items() if _is_prediction_of(r, track, view.interval))
        failure = None if under_way else next(failed, None)
        if failure is not None:
            return _failed_content(parts, failure)
        if view.span.length > checkpoint.live_limit and missing and not under_way:
            speed = self.bases_per_second or _FIRST_GUESS_BASES_PER_SECOND / 2
            seconds = sum(part.length for part in missing) / speed
            sentence = f"Zoom in below {checkpoint.live_limit // 1000:,} kb, or"
            return TrackContent(
                parts, sentence=sentence, link=f"compute this region, about {max(1, round(seconds)):,} s"
            )
        return TrackContent(parts, is_loading=bool(missing))

    def _gather_attention(self, track: AttentionTrack) -> TrackContent:
        need = needs.attention_need(track, self._workspace)
        if need is None:
            anchor_missing = self._workspace.checkpoint is not None and self._workspace.anchor is None
            click = "Click a place to see what it attends to"
            return TrackContent(sentence=click if anchor_missing else self._model_problem())
        failure = self._failed.get(need.request)
        if failure is not None:
            return _failed_content({}, failure)
        held = tuple(self._cache.stream(need.stream))
        return TrackContent({"attention": held}, is_loading=not held)

    def _model_problem(self) -> str:
        """Why nothing is predicted at all, if so."""
        if self._workspace.model_problem:
            return self._workspace.model_problem
        if self._workspace.checkpoint is not None:
            return ""
        opening = self._workspace.opening_checkpoint
        return f"Opening {opening} …" if opening else "Open a checkpoint to predict here"


def _failed_content(parts: dict[str, tuple[Held[object], ...]], failure: Failure) -> TrackContent:
    is_avoided = failure.kind == "avoided"
    return TrackContent(
        parts,
        False,
        failure.message,
        failure.details,
        is_error=True,
        link="Try again" if is_avoided else "",
        avoided=failure.file if is_avoided else None,
    )


def _is_prediction_of(request: msgspec.Struct, track: PredictionTrack, place: Interval | None = None) -> bool:
    if not isinstance(request, PredictView) or request.cell_type != track.cell_type:
        return False
    return track.factor in request.factors and (place is None or request.interval.overlaps(place))


def share_known(prediction: Prediction) -> float:
    """The share of a prediction that has a value: unknown bases have none, and take no time."""
    values = prediction.probability_FP
    return float(np.isfinite(values).mean()) if values.size else 0.0
