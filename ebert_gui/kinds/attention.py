"""The track of attention."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

import msgspec

from ebert_core.protocol.calling import inputs_doubt
from ebert_core.protocol.shapes import Grid, Matrix
from ebert_core.protocol.sources import AttentionMap, AttentionProfile
from ebert_gui.kinds.kind import Kind, Offer
from ebert_gui.kinds.modelled import closed_model, model_name, offering_models
from ebert_gui.looks.attention import AttentionLook, AttentionStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Lack, Part, Reads, Track

PROFILE = Part("attention", Grid)
MAP = Part("attention map", Matrix)
_MAP_HEIGHT = 180


class AttentionTrack(Track, frozen=True, kw_only=True, tag="attention"):
    """Attention of one layer and head: a profile of the anchor, or with `is_map` the triangle of the window.

    `model` is where the model lies, empty for the chosen one.
    """

    cell_type: str
    layer: int = 0
    head: int | None = None
    is_map: bool = False
    shows_from: bool = True
    shows_to: bool = True
    model: str = ""

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

    @property
    def subtitle(self) -> str:
        """The cell type, and the model where it is named."""
        return " · ".join(filter(None, (self.cell_type, model_name(self.model))))

    def shown_in(self, scope: Scope) -> tuple[int, int | None]:
        """The layer and the head that are shown: the nearest that the open model has."""
        model = scope.model_of(self)
        layers, heads = (model.layers, model.heads) if model is not None and model.attends else (1, 1)
        return min(self.layer, max(0, layers - 1)), None if self.head is None else min(self.head, heads - 1)

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The attention of the anchor, once there is one."""
        dataset, model = scope.dataset, scope.model_of(self)
        if dataset is None or model is None or scope.anchor is None or not model.attends:
            return ()
        layer, head = self.shown_in(scope)
        source, part = (AttentionMap, MAP.name) if self.is_map else (AttentionProfile, PROFILE.name)
        return (Reads(part, source(model.path, dataset.path, self.cell_type, layer, head, scope.edits)),)

    def lack(self, scope: Scope) -> Lack | None:
        """That the model is not open or does not attend, or that a place has to be chosen."""
        model = scope.model_of(self)
        if model is None:
            return closed_model(self.model, scope)
        if not model.attends:
            return Lack(f"{model.name} is a {model.kind}, which does not attend.")
        return Lack("Click a place to see what it attends to") if scope.anchor is None else None


def first_attention(tracks: Iterable[Track]) -> AttentionTrack | None:
    """The first attention track among these."""
    return next((track for track in tracks if isinstance(track, AttentionTrack)), None)


def changed_attention(track: Track, **changes: object) -> Track:
    """An attention track with some of its fields changed; any other track as it is."""
    return msgspec.structs.replace(track, **changes) if isinstance(track, AttentionTrack) else track


def _style(track: AttentionTrack, scope: Scope) -> AttentionStyle:
    layer, head = track.shown_in(scope)
    model = scope.model_of(track)
    doubts = inputs_doubt(model, track.cell_type) if model is not None else ()
    return AttentionStyle(
        PROFILE, MAP, layer, head, track.is_map, track.shows_from, track.shows_to, scope.anchor, doubts
    )


def _offers(scope: Scope) -> Iterator[Offer]:
    for model, path in offering_models(scope):
        for cell in scope.dataset.cell_types if scope.dataset and model.attends else ():
            track = AttentionTrack(cell_type=cell.name, layer=model.layers - 1, model=path)
            yield Offer(cell.name, f"Attention of {model_name(path)}" if path else "Attention", track)


ATTENTION = Kind(AttentionTrack, AttentionLook(), _style, _offers)
