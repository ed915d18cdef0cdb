"""Goes from feature to feature of a track, by the keyboard."""

from typing import NamedTuple

from ebert_core.protocol.shapes import Features
from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.commands.command import Command, Needs
from ebert_gui.commands.desk import Desk
from ebert_gui.state.pane import Span
from ebert_gui.state.tracks import Track


class _Stop(NamedTuple):
    """Where the last step led: the track, its feature, and the stretch that was shown then."""

    track: str
    feature: Interval
    span: Span


class FeatureSteps:
    """Knows where the last step led, so that the next one goes on from there while the view has stayed."""

    def __init__(self) -> None:
        self._stop: _Stop | None = None

    def step(self, desk: Desk, *, is_forward: bool) -> None:
        """Go to the next feature of the track that is selected, else pointed at, else the first that has any."""
        track = stepped_track(desk)
        if track is None:
            desk.tell("No track has features to go to.")
            return
        source = _source_of(desk, track)
        assert source is not None, "only tracks that read features are stepped through"
        desk.loader.find_beside(
            source,
            self._place(desk, track),
            lambda found: self._arrive(desk, track, found, is_forward=is_forward),
            desk.say,
            is_forward=is_forward,
        )

    def show_record(self, desk: Desk) -> None:
        """Show the whole record of the feature that the last step led to."""
        track = next((each for each in desk.workspace.setup.tracks if self._stop and each.id == self._stop.track), None)
        if track is None or self._stop is None or self._stop.span.chromosome != desk.workspace.view.span.chromosome:
            desk.tell("Go to a feature first, with Ctrl+Right or Ctrl+Left.")
            return
        desk.frame.show_details(track, self._stop.feature)

    def _place(self, desk: Desk, track: Track) -> Interval:
        """The feature that the last step led to, or the middle of the screen."""
        span = desk.workspace.view.span
        if self._stop is not None and (self._stop.track, self._stop.span) == (track.id, span):
            return self._stop.feature
        middle = int((span.start + span.end) / 2)
        return Interval(span.chromosome, middle, middle)

    def _arrive(self, desk: Desk, track: Track, found: Interval | None, *, is_forward: bool) -> None:
        view = desk.workspace.view
        if found is None:
            where = "after" if is_forward else "before"
            desk.tell(f"{track.title} has nothing {where} this place on {view.span.chromosome}.")
            return
        desk.navigator.show_feature(found)
        self._stop = _Stop(track.id, found, view.span)


def stepped_track(desk: Desk) -> Track | None:
    """The track whose features the keys go to."""
    pointed = desk.frame.pointed_track()
    candidates = (*desk.workspace.selection.tracks, *((pointed,) if pointed else ()), *desk.workspace.setup.tracks)
    return next((track for track in candidates if _source_of(desk, track) is not None), None)


def _source_of(desk: Desk, track: Track) -> Source | None:
    """What a track reads first, where that is features."""
    reads = track.reads(desk.workspace.scope)
    return reads[0].source if reads and reads[0].source.shape is Features else None


def _can_step(desk: Desk) -> bool:
    return desk.workspace.dataset is not None and stepped_track(desk) is not None


_CAN_STEP = Needs(_can_step, "Select or point at a track of genes, peaks or other features first.")
COMMANDS = (
    Command(
        "go.next-feature",
        "&Next feature",
        "Go to the next gene, peak or other feature of the track that is selected or pointed at",
        lambda desk: desk.kept(FeatureSteps, FeatureSteps).step(desk, is_forward=True),
        "Ctrl+Right",
        _CAN_STEP,
        of_canvas=True,
    ),
    Command(
        "go.previous-feature",
        "&Previous feature",
        "Go to the gene, peak or other feature before, of the track that is selected or pointed at",
        lambda desk: desk.kept(FeatureSteps, FeatureSteps).step(desk, is_forward=False),
        "Ctrl+Left",
        _CAN_STEP,
        of_canvas=True,
    ),
    Command(
        "go.feature-record",
        "Re&cord of the feature",
        "Show all columns of the feature that was gone to last",
        lambda desk: desk.kept(FeatureSteps, FeatureSteps).show_record(desk),
        "Ctrl+Return",
        _CAN_STEP,
        of_canvas=True,
    ),
)
