"""The table of painters: what draws a kind of track, captions it, and names the value under the cursor."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ebert_core.protocol.calling import Doubt
from ebert_core.protocol.locus import Interval
from ebert_gui.browser import attention, genes, marks, prediction, reading, sequence, signal, verdicts
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Setting, TrackContent
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.reading import Reading
from ebert_gui.browser.signal import Scale
from ebert_gui.browser.surface import Surface
from ebert_gui.state import tracks
from ebert_gui.state.tracks import SignalTrack, Track


def _nothing(_surface: Surface, _track: Any, _content: TrackContent, _scale: Scale, _setting: Setting) -> None:
    return None


def _grey_row(surface: Surface, _track: Any, _content: TrackContent, _scale: Scale, _setting: Setting) -> None:
    surface.rectangle(0, 0, surface.axis.width, surface.height, surface.palette.hairline)


def _no_words(_track: Any, _content: TrackContent, _position: float, _interval: Interval) -> str:
    return ""


def _no_caption(_surface: Surface, _track: Any, _content: TrackContent, _setting: Setting) -> str:
    return ""


def _no_reading(_track: Any, _content: TrackContent, _position: float, _setting: Setting) -> Reading:
    return Reading()


def _no_doubts(_track: Any, _setting: Setting) -> tuple[Doubt, ...]:
    return ()


def _annotate_prediction(
    surface: Surface, track: tracks.PredictionTrack, content: TrackContent, scale: Scale, setting: Setting
) -> None:
    prediction.annotate_prediction(surface, track, content, scale, setting)
    verdicts.write_verdicts(surface, track, content, setting)


# Any: each painter takes its own kind of track, and the key of the table is that kind.
@dataclass(frozen=True)
class Painter:
    """How a kind of track is drawn.

    `paint` draws strips that are kept while the view slides; `annotate` draws over them in every frame. The strips
    of an `is_local` painter change only with replies that overlap them. `read` says what the value at a position
    means, `doubts` why values of the track are not to be taken at their word; `awaits` is said until anything comes.
    """

    paint: Callable[[Surface, Any, TrackContent, Scale, Setting], None]
    describe: Callable[[Any, TrackContent, float, Interval], str]
    annotate: Callable[[Surface, Any, TrackContent, Scale, Setting], None] = _nothing
    caption: Callable[[Surface, Any, TrackContent, Setting], str] = _no_caption
    read: Callable[[Any, TrackContent, float, Setting], Reading] = _no_reading
    doubts: Callable[[Any, Setting], tuple[Doubt, ...]] = _no_doubts
    range_of: Callable[[Any, TrackContent, Axis, Setting], Scale | None] | None = None
    has_scale: bool = False
    awaits: str = "Loading …"
    is_local: bool = True


PAINTERS: dict[type[Track], Painter] = {
    tracks.SequenceTrack: Painter(
        sequence.paint_sequence, sequence.describe_sequence, sequence.paint_lens, sequence.caption_sequence
    ),
    tracks.GenesTrack: Painter(
        genes.paint_genes, genes.describe_genes, genes.name_genes, genes.caption_genes, is_local=False
    ),
    tracks.StatesTrack: Painter(marks.paint_states, marks.describe_states, marks.name_states),
    tracks.SignalTrack: Painter(
        signal.paint_signal,
        signal.describe_signal,
        caption=signal.caption_signal,
        range_of=signal.signal_range,
        has_scale=True,
    ),
    tracks.PeaksTrack: Painter(marks.paint_peaks, marks.describe_peaks),
    tracks.TruthTrack: Painter(marks.paint_truth, marks.describe_truth, marks.explain_truth),
    tracks.PredictionTrack: Painter(
        prediction.paint_prediction,
        reading.describe_prediction,
        _annotate_prediction,
        prediction.caption_prediction,
        reading.read_prediction,
        reading.doubts_about,
        prediction.prediction_range,
        has_scale=True,
        awaits="Computing …",
    ),
    tracks.AttentionTrack: Painter(
        attention.paint_attention,
        attention.describe_attention,
        attention.annotate_attention,
        doubts=reading.doubts_about_attention,
    ),
    tracks.UnknownTrack: Painter(_grey_row, _no_words),
}


def painter_of(track: Track) -> Painter:
    """The painter of a track."""
    return PAINTERS[type(track)]


def doubts_of_row(track: Track, content: TrackContent, setting: Setting) -> tuple[Doubt, ...]:
    """Why what is drawn is not to be taken at its word: what speaks against the values, and what was not read."""
    return (*painter_of(track).doubts(track, setting), *(Doubt(each.short, each.full) for each in content.remarks))


def colour_of(track: Track, palette: Palette, setting: Setting) -> str:
    """The colour in which a track is drawn; empty where it is drawn in several and has none of its own."""
    match track:
        case SignalTrack():
            return signal.signal_colour(palette, track, setting)
        case tracks.GenesTrack():
            return track.colour or palette.gene
        case tracks.PeaksTrack():
            return track.colour or palette.peak
        case tracks.PredictionTrack():
            return track.colour or palette.prediction
        case tracks.TruthTrack():
            return track.colour or palette.text
    return track.colour


def scales_of(
    shown: tuple[Track, ...], content: Callable[[Track], TrackContent], axis: Axis, setting: Setting
) -> dict[str, Scale]:
    """The scale of each track by its id; tracks of one group share the widest, predictions of a factor, too."""
    own: dict[str, Scale] = {}
    groups: dict[str, list[str]] = {}
    for track in shown:
        painter = painter_of(track)
        found = painter.range_of(track, content(track), axis, setting) if painter.range_of else None
        if found is not None:
            own[track.id] = found
            groups.setdefault(_group_of(track), []).append(track.id)
    for members in groups.values():
        low, high = min(own[each].low for each in members), max(own[each].high for each in members)
        own.update({each: Scale(low, high) for each in members})
    return own


def _group_of(track: Track) -> str:
    match track:
        case tracks.PredictionTrack(factor=factor, fits_view=fits_view):
            return f"predicted {factor}{' fitted' * fits_view}"
        case SignalTrack(group=group, maximum=None) if group:
            return f"signal {group}"
    return f"alone {track.id}"
