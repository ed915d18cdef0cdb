"""The track of attention."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

import msgspec

from ebert_core.protocol.calling import inputs_doubt
from ebert_core.protocol.shapes import Grid, Matrix
from ebert_core.protocol.sources import AttentionMap, AttentionProfile
from ebert_gui.kinds.kind import Kind, Offer
from ebert_gui.looks.attention import AttentionLook, AttentionStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Lack, Part, Reads, Track

PROFILE = Part("attention", Grid)
MAP = Part("attention map", Matrix)
_MAP_HEIGHT = 180


class AttentionTrack(Track, frozen=True, kw_only=True, tag="attention"):
    """Attention of one layer and head: a profile of the anchor, or with `is_map` the triangle of the window."""

    cell_type: str
    layer: int = 0
    head: int | None = None
    is_map: bool = False
    shows_from: bool = True
    shows_to: bool = True

    usual_height: ClassVar[int] = 84
    needs_model: ClassVar[bool] = True

    @property
    def pixels(self) -> int:
        """Height in logical pixels; the triangle needs more."""
        return self.height or (_MAP_HEIGHT if self.is_map else self.usual_height)

    @property
    def title(self) -> str:
        """What the gutter says."""
        return "Attention"

    def shown_in(self, scope: Scope) -> tuple[int, int | None]:
        """The layer and the head that are shown: the nearest that the open model has."""
        is_known = scope.checkpoint is not None and scope.checkpoint.attends
        layers, heads = (scope.checkpoint.layers, scope.checkpoint.heads) if scope.checkpoint and is_known else (1, 1)
        return min(self.layer, max(0, layers - 1)), None if self.head is None else min(self.head, heads - 1)

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The attention of the anchor, once there is one."""
        dataset, checkpoint = scope.dataset, scope.checkpoint
        if dataset is None or checkpoint is None or scope.anchor is None or not checkpoint.attends:
            return ()
        layer, head = self.shown_in(scope)
        source, part = (AttentionMap, MAP.name) if self.is_map else (AttentionProfile, PROFILE.name)
        return (Reads(part, source(checkpoint.path, dataset.path, self.cell_type, layer, head, scope.edits)),)

    def lack(self, scope: Scope) -> Lack | None:
        """That the model does not attend, or that a place has to be chosen."""
        if scope.checkpoint is not None and not scope.checkpoint.attends:
            return Lack(f"{scope.checkpoint.name} is a {scope.checkpoint.kind}, which does not attend.")
        is_waiting = scope.checkpoint is not None and scope.anchor is None
        return Lack("Click a place to see what it attends to") if is_waiting else None


def first_attention(tracks: Iterable[Track]) -> AttentionTrack | None:
    """The first attention track among these."""
    return next((track for track in tracks if isinstance(track, AttentionTrack)), None)


def changed_attention(track: Track, **changes: object) -> Track:
    """An attention track with some of its fields changed; any other track as it is."""
    return msgspec.structs.replace(track, **changes) if isinstance(track, AttentionTrack) else track


def _style(track: AttentionTrack, scope: Scope) -> AttentionStyle:
    layer, head = track.shown_in(scope)
    doubts = inputs_doubt(scope.checkpoint, track.cell_type) if scope.checkpoint else ()
    return AttentionStyle(
        PROFILE, MAP, layer, head, track.is_map, track.shows_from, track.shows_to, scope.anchor, doubts
    )


def _offers(scope: Scope) -> Iterator[Offer]:
    if scope.checkpoint is None or not scope.checkpoint.attends:
        return
    for cell in scope.dataset.cell_types if scope.dataset else ():
        last = max(0, scope.checkpoint.layers - 1)
        yield Offer(cell.name, "Attention", AttentionTrack(cell_type=cell.name, layer=last))


ATTENTION = Kind(AttentionTrack, AttentionLook(), _style, _offers)
