"""Reads a predicted value out: the number, what such numbers were worth on held-out bins, and when not to trust it."""

from typing import NamedTuple

import numpy as np

from ebert_core.protocol.calling import Doubt, calls_of_factor, doubts_of, inputs_doubt
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import FactorSummary, Prediction
from ebert_core.protocol.reliability import meaning_of, short_meaning
from ebert_gui.browser.content import Setting, TrackContent
from ebert_gui.browser.prediction import familiarity_of
from ebert_gui.state.tracks import AttentionTrack, PredictionTrack


class Reading(NamedTuple):
    """What a value means: a few words for a line, and all of it."""

    short: str = ""
    full: str = ""


class Value(NamedTuple):
    """A predicted probability, NaN in a gap, and whether it is the mean of both strands."""

    probability: float
    is_final: bool


def value_at(track: PredictionTrack, content: TrackContent, position: float) -> Value | None:
    """What stands on a position; None where nothing was predicted."""
    for held in reversed(content.replies("prediction")):
        prediction = held.reply
        if isinstance(prediction, Prediction) and track.factor in prediction.factors:
            place = int((position - prediction.start) // prediction.step)
            values = prediction.probability_FP[prediction.factors.index(track.factor)]
            is_final = prediction.strands == 2
            if 0 <= place < values.size:
                return Value(float(values[place]), is_final)
            if held.interval.start <= position < held.interval.end:
                return Value(float("nan"), is_final)
    return None


def describe_prediction(track: PredictionTrack, content: TrackContent, position: float, _interval: Interval) -> str:
    """The probability under a position, or why there is none."""
    value = value_at(track, content, position)
    if value is None:
        return "computing" if content.is_loading else "" if content.is_empty else "not computed"
    if not np.isfinite(value.probability):
        return "no prediction: unknown bases or the chromosome's end"
    return f"{value.probability:.3f}" if value.is_final else f"{value.probability:.3f} by the first strand only"


def read_prediction(track: PredictionTrack, content: TrackContent, position: float, setting: Setting) -> Reading:
    """What the probability under a position meant on held-out bins; nothing where there is none.

    A draft by one strand is not judged: the mean of both may be another value.
    """
    value, known = value_at(track, content, position), _summary(track, setting)
    if value is None or not np.isfinite(value.probability) or known is None:
        return Reading()
    named = f"{track.factor} in {track.cell_type}: {value.probability:.3f}"
    if not value.is_final:
        return Reading("", f"{named} by the first strand only; the value is the mean of both.")
    is_trained = any(
        start <= position < end and kind == "training" for start, end, kind in familiarity_of(content, track.factor)
    )
    seen = " This place was seen in training, which flatters its value." * is_trained
    return Reading(
        short_meaning(known.name, known.reliability, track.cell_type, value.probability),
        f"{named}{_called(known, value.probability)}. "
        + meaning_of(known.name, known.cell_types, known.reliability, track.cell_type, value.probability)
        + seen,
    )


def _called(known: FactorSummary, probability: float) -> str:
    """Whether a value is called bound, or why none is, as it follows the value."""
    calls = calls_of_factor(known)
    if calls.threshold is None:
        return f" (no bin is called bound: {calls.reason})"
    if probability >= calls.threshold:
        return f" (called bound from {calls.threshold:.2g})"
    return f" (not called bound; that begins at {calls.threshold:.2g})"


def doubts_about(track: PredictionTrack, setting: Setting) -> tuple[Doubt, ...]:
    """Why the values of a track are not to be taken at their word, and why nothing in it is called bound."""
    known = _summary(track, setting)
    if known is None or setting.checkpoint is None:
        return ()
    found = inputs_doubt(setting.checkpoint, track.cell_type)
    found += doubts_of(known, setting.checkpoint.verdict, track.cell_type)
    calls = calls_of_factor(known)
    if calls.threshold is None:
        found += (Doubt("no calls", f"No bin of {known.name} is called bound: {calls.reason}."),)
    return found


def doubts_about_attention(track: AttentionTrack, setting: Setting) -> tuple[Doubt, ...]:
    """What the network could not read of the cell type that it attends in."""
    return inputs_doubt(setting.checkpoint, track.cell_type) if setting.checkpoint else ()


def _summary(track: PredictionTrack, setting: Setting) -> FactorSummary | None:
    factors = setting.checkpoint.factors if setting.checkpoint else ()
    return next((known for known in factors if known.name == track.factor), None)
