"""Reads a predicted value out: the number, what such numbers were worth on held-out bins, and when not to trust it."""

from typing import NamedTuple

import numpy as np

from ebert_core.protocol.calling import Calls, Doubt, calls_of_factor, doubts_of, inputs_doubt
from ebert_core.protocol.terms.reliability import meaning_of, short_meaning
from ebert_gui.browser.look import Answer
from ebert_gui.looks.prediction_arranged import ArrangedPrediction, PredictionStyle


class Value(NamedTuple):
    """A predicted probability, NaN in a gap, and whether the other strand changes nothing of it any more."""

    probability: float
    is_final: bool


def value_at(arranged: ArrangedPrediction, position: float) -> Value | None:
    """What stands on a position; None where nothing was predicted."""
    for held in reversed(arranged.replies):
        signal = held.shape
        place = int((position - signal.bins.start) // signal.bin_width)
        if 0 <= place < signal.maximum.size:
            return Value(float(signal.maximum[place]), not signal.is_draft)
        if held.interval.start <= position < held.interval.end:
            return Value(float("nan"), is_final=True)
    return None


def answer_at(arranged: ArrangedPrediction, position: float) -> Answer:
    """The probability under a position, or why there is none, and what it meant on held-out bins.

    A draft by one strand is not judged: the mean of both may be another value.
    """
    value = value_at(arranged, position)
    if value is None:
        return Answer("computing" if arranged.is_loading else "" if arranged.is_empty else "not computed")
    if not np.isfinite(value.probability):
        return Answer("no prediction: unknown bases or the chromosome's end")
    style, known = arranged.style, arranged.style.known
    words = f"{value.probability:.3f}" if value.is_final else f"{value.probability:.3f} by the first strand only"
    if known is None:
        return Answer(words)
    if not known.is_probability:
        score = f"{value.probability:.1f} {known.unit}"
        return Answer(score, known.statistic, f"{known.name} {known.quantity}: {score}, {known.statistic}.")
    named = f"{style.factor} in {style.cell_type}: {value.probability:.3f}"
    if not value.is_final:
        return Answer(words, "", f"{named} by the first strand only; the value is the mean of both.")
    is_trained = any(mark.start <= position < mark.end and mark.kind == "training" for mark in arranged.marks)
    seen = " This place was seen in training, which flatters its value." * is_trained
    meaning = short = _unmeasured(style)
    if not meaning:
        meaning = meaning_of(known.name, known.cell_types, known.reliability, style.cell_type, value.probability)
        short = short_meaning(known.name, known.reliability, style.cell_type, value.probability)
    return Answer(words, short, f"{named}{_called(style.calls, value.probability)}. {meaning}{seen}")


def _unmeasured(style: PredictionStyle) -> str:
    """That inputs are absent here, so that figures do not hold that were measured with them; empty where none is."""
    absent = style.model.inputs_of(style.cell_type).absent if style.model is not None else ()
    reliability = style.known.reliability if style.known is not None else None
    measured = [cell.name for cell in reliability.cell_types] if reliability is not None else []
    if not absent:
        return ""
    inputs = f"{len(absent)} inputs of the model are" if len(absent) > 1 else f"The model's input {absent[0]} is"
    if style.cell_type in measured:  # perhaps by a dataset that has them; no checkpoint says with which it was measured
        return f"{inputs} absent in {style.cell_type}: what was measured there with all inputs may not hold."
    return f"{inputs} absent in {style.cell_type}: what such a value is worth was not measured."


def _called(calls: Calls, probability: float) -> str:
    """Whether a value is called bound, or why none is, as it follows the value."""
    if calls.threshold is None:
        return f" (no bin is called bound: {calls.reason})"
    if probability >= calls.threshold:
        return f" (called bound from {calls.threshold:.2g})"
    return f" (not called bound; that begins at {calls.threshold:.2g})"


def doubts_about(style: PredictionStyle) -> tuple[Doubt, ...]:
    """Why the values of a track are not to be taken at their word, and why nothing in it is called bound."""
    known = style.known
    if known is None or style.model is None or style.is_score:
        return ()
    found = inputs_doubt(style.model, style.cell_type)
    found += doubts_of(known, style.model.verdict, style.cell_type)
    calls = calls_of_factor(known)
    if calls.threshold is None:
        found += (Doubt("no calls", f"No bin of {known.name} is called bound: {calls.reason}."),)
    return found
