"""The set-up: all that a person chose to see, as one frozen value. Every method returns a changed set-up."""

from collections.abc import Callable, Collection, Iterable
from typing import Annotated, Self

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.edits import Edit
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.state.pane import Pane, Span
from ebert_gui.state.scope import Scope
from ebert_gui.state.settings import Settings
from ebert_gui.state.tracks import Track, with_ids

SMALLEST_HEIGHT = 16
LARGEST_HEIGHT = 600


class BesideTracks(msgspec.Struct, frozen=True):
    """What a set-up holds beside its tracks; `anchor` is None until a person chooses one.

    `regions` are those of interest, in a person's own order.
    """

    panes: Annotated[tuple[Pane, ...], Meta(min_length=1)] = (Pane(),)
    cell_type: str = ""
    factor: str = ""
    edits: tuple[Edit, ...] = ()
    anchor: Interval | None = None
    regions: tuple[NamedRegion, ...] = ()


class Setup(BesideTracks, frozen=True):
    """What is on screen: the tracks from top to bottom, the panes from left to right, and what is chosen."""

    tracks: tuple[Track, ...] = ()

    @property
    def pane(self) -> Pane:
        """The pane that a person works in."""
        return self.panes[0]

    @property
    def compared(self) -> str:
        """The cell type that is shown beside the chosen one; empty where there is none."""
        shown = (track.word("cell_type") for track in self.tracks)
        return next((cell for cell in shown if cell and cell != self.cell_type), "")

    def find(self, track_id: str) -> Track | None:
        """The track of this id."""
        return next((track for track in self.tracks if track.id == track_id), None)

    def with_tracks(self, tracks: Iterable[Track]) -> Self:
        """These tracks instead; those without an id get one."""
        return replace(self, tracks=with_ids(tracks))

    def with_added(self, *tracks: Track, index: int | None = None) -> Self:
        """These tracks too, at `index` or at the end."""
        place = len(self.tracks) if index is None else index
        return self.with_tracks((*self.tracks[:place], *tracks, *self.tracks[place:]))

    def without(self, track_id: str) -> Self:
        """One track less."""
        return replace(self, tracks=tuple(track for track in self.tracks if track.id != track_id))

    def moved(self, track_id: str, index: int) -> Self:
        """A track at this place among the others."""
        others = [track for track in self.tracks if track.id != track_id]
        track = self.find(track_id)
        return self if track is None else replace(self, tracks=(*others[:index], track, *others[index:]))

    def reordered(self, track_ids: Iterable[str]) -> Self:
        """The tracks in this order; those not named keep their order at the end."""
        order = {track_id: place for place, track_id in enumerate(track_ids)}
        return replace(self, tracks=tuple(sorted(self.tracks, key=lambda track: order.get(track.id, len(order)))))

    def resized(self, track_id: str, height: int) -> Self:
        """A track of another height in logical pixels."""
        bounded = min(max(height, SMALLEST_HEIGHT), LARGEST_HEIGHT)
        return self._with_changed(track_id, lambda track: replace(track, height=bounded))

    def redrawn(self, track_ids: Collection[str], change: Callable[[Settings], Settings]) -> Self:
        """These tracks with their settings as `change` makes them."""
        return self.rewritten(
            lambda track: replace(track, drawn=change(track.drawn)) if track.id in track_ids else track
        )

    def exchanged(self, track_id: str, new: Track) -> Self:
        """Another track in the place of one, under the same id."""
        return self._with_changed(track_id, lambda track: replace(new, id=track.id))

    def rewritten(self, change: Callable[[Track], Track]) -> Self:
        """Every track as `change` makes it."""
        return replace(self, tracks=tuple(map(change, self.tracks)))

    def naming_model(self, path: str) -> Self:
        """Tracks of whichever model is chosen name this one."""
        return self.rewritten(
            lambda track: (
                replace(track, model=path) if "model" in track.__struct_fields__ and not track.word("model") else track
            )
        )

    def without_model(self, path: str) -> Self:
        """No track of the model that lies there."""
        return replace(self, tracks=tuple(track for track in self.tracks if track.word("model") != path))

    def of_cell_type(self, cell_type: str) -> Self:
        """Another cell type chosen: tracks of the one before show it, unless its own tracks are on screen already."""
        chosen = replace(self, cell_type=cell_type)
        return chosen._showing_instead(self.cell_type, cell_type) if self.cell_type else chosen

    def of_cell_types(self, cell_type: str, beside: str, scope: Scope) -> Self:
        """One cell type in all tracks that are of any, and another beside it; empty: none."""

        def shown(track: Track) -> Track:
            return track.of_cell_type(cell_type) if track.word("cell_type") else track

        found: dict[object, Track] = {}
        for track in map(shown, self.tracks):
            found.setdefault(track.subject if track.word("cell_type") else track.id, track)
        chosen = replace(self, cell_type=cell_type, tracks=tuple(found.values()))
        return chosen.comparing(beside, scope) if beside else chosen

    def comparing(self, cell_type: str, scope: Scope) -> Self:
        """Another cell type beside the chosen one, in the rows of the one before; empty: none.

        Where there was none, every row that can be compared gets one under it, as far as `scope` has such a track.
        """
        before = self.compared
        if before and cell_type:
            return self._showing_instead(before, cell_type)
        if not cell_type:
            shown = (track for track in self.tracks if not before or track.word("cell_type") != before)
            return replace(self, tracks=tuple(shown))
        beside: list[Track] = []
        for track in self.tracks:
            copy = self._compared_copy(track, cell_type, scope)
            beside += [track] if copy is None else [track, copy]
        return self.with_tracks(beside)

    def of_factor(self, factor: str, scope: Scope) -> Self:
        """Another factor chosen, and shown wherever a track shows the one before, also in signals named after it."""
        before, chosen = self.factor, replace(self, factor=factor)
        if not before or before == factor:
            return chosen
        return chosen._substituted(
            lambda track: track.of_factor(before, factor, scope.cell_type(track.word("cell_type")))
        )

    def anchored_at(self, anchor: Interval | None) -> Self:
        """The anchor that a person chose; None: none."""
        return replace(self, anchor=anchor)

    def with_edits(self, edits: tuple[Edit, ...]) -> Self:
        """What the model is asked about: the genome with these edits."""
        return replace(self, edits=edits)

    def with_regions(self, regions: Iterable[NamedRegion]) -> Self:
        """These regions of interest instead."""
        return replace(self, regions=tuple(regions))

    def with_span(self, span: Span) -> Self:
        """The pane that a person works in, at another place."""
        return replace(self, panes=(replace(self.pane, span=span), *self.panes[1:]))

    def with_places_of(self, shown: "Setup") -> Self:
        """This set-up where every pane shows the place that it has in `shown`."""
        spans = {pane.id: pane.span for pane in shown.panes}
        return replace(self, panes=tuple(replace(pane, span=spans.get(pane.id, pane.span)) for pane in self.panes))

    def _with_changed(self, track_id: str, change: Callable[[Track], Track]) -> Self:
        return self.rewritten(lambda track: change(track) if track.id == track_id else track)

    def _showing_instead(self, before: str, cell_type: str) -> Self:
        return self._substituted(
            lambda track: track.of_cell_type(cell_type) if track.word("cell_type") == before else track
        )

    def _substituted(self, change: Callable[[Track], Track]) -> Self:
        """Every track as `change` makes it, in its place.

        A track whose substitute is on screen already stays as it is: nothing is shown twice, and no rows change places.
        """
        shown = {track.subject for track in self.tracks}

        def substituted(track: Track) -> Track:
            new = change(track)
            return track if new.subject in shown else new

        return self.rewritten(substituted)

    def _compared_copy(self, track: Track, cell_type: str, scope: Scope) -> Track | None:
        """A track of the chosen cell type as one of another, where the dataset or the model has it."""
        cell = scope.cell_type(cell_type)
        if cell is None or track.word("cell_type") != self.cell_type or not track.is_comparable:
            return None
        other = track.of_cell_type(cell_type)
        copy = replace(other, drawn=other.drawn.changed(colour=""), id="")
        return copy if copy.is_measured_in(cell) else None
