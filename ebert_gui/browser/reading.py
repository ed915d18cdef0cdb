"""Reads a predicted value out: the number, what such numbers were worth on held-out bins, and when not to trust it."""

from typing import NamedTuple

import numpy as np

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import FactorSummary, Prediction
from ebert_core.protocol.reliability import calibration_warning, meaning_of, short_meaning
from ebert_gui.browser.content import Setting, TrackContent
from ebert_gui.browser.prediction import familiarity_of
from ebert_gui.state.tracks import PredictionTrack


class Reading(NamedTuple):
    """What a value means: a few words for a line, and all of it."""

    short: str = ""
    full: str = ""


def value_at(track: PredictionTrack, content: TrackContent, position: float) -> float | None:
    """The probability that stands on a position; NaN in a gap, None where nothing was predicted."""
    for held in reversed(content.replies("prediction")):
        prediction = held.reply
        if isinstance(prediction, Prediction) and track.factor in prediction.factors:
            place = int((position - prediction.start) // prediction.step)
            values = prediction.probability_FP[prediction.factors.index(track.factor)]
            if 0 <= place < values.size:
                return float(values[place])
    return None


def describe_prediction(track: PredictionTrack, content: TrackContent, position: float, _interval: Interval) -> str:
    """The probability under a position."""
    value = value_at(track, content, position)
    if value is None:
        return ""
    return f"{value:.3f}" if np.isfinite(value) else "no prediction: unknown bases"


def read_prediction(track: PredictionTrack, content: TrackContent, position: float, setting: Setting) -> Reading:
    """What the probability under a position meant on held-out bins; nothing where there is none."""
    value, known = value_at(track, content, position), _summary(track, setting)
    if value is None or not np.isfinite(value) or known is None:
        return Reading()
    is_trained = any(
        start <= position < end and kind == "training" for start, end, kind in familiarity_of(content, track.factor)
    )
    seen = " This place was seen in training, which flatters its value." * is_trained
    return Reading(
        short_meaning(known.name, known.reliability, track.cell_type, value),
        f"{track.factor} in {track.cell_type}: {value:.3f}. "
        + meaning_of(known.name, known.cell_types, known.reliability, track.cell_type, value)
        + seen,
    )


def caution_of(track: PredictionTrack, setting: Setting) -> str:
    """Why the probabilities of a track are no more than ranks; empty where nothing is known against them."""
    known = _summary(track, setting)
    return calibration_warning(known.name, known.reliability, track.cell_type) if known else ""


def _summary(track: PredictionTrack, setting: Setting) -> FactorSummary | None:
    factors = setting.checkpoint.factors if setting.checkpoint else ()
    return next((known for known in factors if known.name == track.factor), None)
