"""What a row of predicted binding is drawn from: the values, the peaks, what training saw, and the words for it."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.calling import Calls, calls_of_factor
from ebert_core.protocol.modelling import ModelSummary, OutputSummary
from ebert_core.protocol.shapes import Features, Mark, Signal
from ebert_core.protocol.specs.fields import field
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Room
from ebert_gui.looks.bars import Marks, summits_of
from ebert_gui.looks.columns import column_bins, reduce_columns
from ebert_gui.state.settings import Settings
from ebert_gui.state.tracks import Part

SMALL = 10
DISAGREEMENTS = ("no peak", "miss")


class PredictionSettings(Settings, frozen=True, kw_only=True):
    """How predictions are drawn; probabilities stand on a scale from 0 to 1 unless `fits_view`."""

    fits_view: Annotated[
        bool,
        field(
            "whether the scale of probabilities ends above the highest value on screen, in place of at 1",
            title="Scale",
            tick="Fit to what is on screen",
            group="Scale",
        ),
    ] = False


class PredictionStyle(NamedTuple):
    """What is drawn: the values of a factor in a cell type, with its strict and its relaxed peaks.

    `labelled` are the regions in which peaks were called; without any, they were called everywhere.
    """

    values: Part[Signal]
    peaks: Part[Features]
    relaxed: Part[Features]
    factor: str
    cell_type: str
    settings: PredictionSettings = PredictionSettings()
    model: ModelSummary | None = None
    is_assayed: bool = False
    labelled: tuple[Interval, ...] = ()

    @property
    def known(self) -> OutputSummary | None:
        """What the open model says of the factor."""
        return self.model.output(self.factor) if self.model else None

    @property
    def is_score(self) -> bool:
        """Whether the values are scores of another kind than probabilities."""
        return self.known is not None and not self.known.is_probability

    @property
    def calls(self) -> Calls:
        """From which probability the open model calls a bin bound, or why it calls none."""
        return calls_of_factor(self.known) if self.known else Calls(None)


class Columns(NamedTuple):
    """The largest probability in each column, NaN without one.

    `is_known`: a reply speaks of the column; `is_final`: it is the mean of both strands, and no draft of one.
    """

    probability: NDArray[np.float64]
    is_known: NDArray[np.bool_]
    is_final: NDArray[np.bool_]


class PeakSet(NamedTuple):
    """Peaks each once, and the stretches of which they have come."""

    marks: Marks
    come: tuple[Interval, ...]


class ArrangedPrediction(NamedTuple):
    """All of it.

    `meeting` are the places of replies between which there is no gap, from left to right. `strict` and `relaxed` are
    None where the dataset has no such peaks. `widths` are those of all words that may be written.
    """

    style: PredictionStyle
    replies: tuple[Held[Signal], ...]
    meeting: tuple[tuple[int, int], ...]
    strict: PeakSet | None
    relaxed: PeakSet | None
    calls: Calls
    marks: tuple[Mark, ...]
    state_words: str
    is_loading: bool
    is_empty: bool
    sentence_width: float
    widths: dict[str, float]

    def columns(self, axis: Axis) -> Columns:
        """What is predicted in each column."""
        return columns_of(self.replies, self.meeting, axis)


def arrange_prediction(style: PredictionStyle, content: TrackContent, room: Room) -> ArrangedPrediction:
    """What has come, sorted, each peak once, and the widths of all words that may be written."""
    replies, calls = content.of(style.values), style.calls
    marks = merged_marks(mark for held in replies for mark in held.shape.marks)
    state_words = "computing …" if content.is_loading else "failed" if content.is_error else "not computed"
    small = (*_said_of(style, calls), *dict.fromkeys(mark.words for mark in marks), *DISAGREEMENTS)
    widths = dict(zip(small, room.text_widths(small, SMALL).tolist(), strict=True))
    large = (state_words, content.sentence + content.link)
    widths[state_words], said = room.text_widths(large).tolist()
    return ArrangedPrediction(
        style,
        replies,
        meeting_replies(replies),
        _peak_set(content, style.peaks),
        _peak_set(content, style.relaxed),
        calls,
        marks,
        state_words,
        content.is_loading,
        content.is_empty,
        said + 40 if content.sentence else 0.0,
        widths,
    )


def _said_of(style: PredictionStyle, calls: Calls) -> tuple[str, ...]:
    """What is written of calls; nothing of scores, which nobody calls."""
    return () if style.is_score else (called_words(calls),)


def called_words(calls: Calls) -> str:
    """From where bins are called bound, or why none is."""
    return f"no calls: {calls.reason}" if calls.threshold is None else f"called bound from {calls.threshold:.2g}"


def _peak_set(content: TrackContent, part: Part[Features]) -> PeakSet | None:
    if part.name not in content.parts:
        return None
    replies = content.of(part)
    return PeakSet(summits_of(replies), tuple(held.interval for held in replies))


def merged_marks(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Marks in order, neighbours of one kind put together."""
    merged: list[Mark] = []
    for mark in sorted(set(marks), key=lambda mark: (mark.start, mark.end, mark.kind)):
        before = merged[-1] if merged else None
        if before is not None and before.kind == mark.kind and mark.start <= before.end:
            merged[-1] = Mark(before.start, max(mark.end, before.end), mark.kind, mark.words)
        else:
            merged.append(mark)
    return tuple(merged)


def meeting_replies(replies: Sequence[Held[Signal]]) -> tuple[tuple[int, int], ...]:
    """The places of neighbouring replies between which there is no gap, from left to right."""
    order = sorted(range(len(replies)), key=lambda place: replies[place].interval)
    return tuple((a, b) for a, b in pairwise(order) if replies[a].interval.end >= replies[b].interval.start)


def columns_of(replies: Sequence[Held[Signal]], meeting: Iterable[tuple[int, int]], axis: Axis) -> Columns:
    """What is predicted in each column; later replies stand over earlier ones."""
    known, final = np.zeros(axis.columns, dtype=np.bool_), np.zeros(axis.columns, dtype=np.bool_)
    result = Columns(np.full(axis.columns, np.nan), known, final)
    answers: list[_Answer] = []
    for held in replies:
        values = held.shape.maximum
        bins = column_bins(axis, held.shape.bins.start, held.shape.bin_width, values.size)
        answer = _Answer(held.interval, reduce_columns(np.fmax, values, *bins), not held.shape.is_draft)
        answered = _columns_within(axis, held.interval.start, held.interval.end)
        result.probability[answered] = answer.probability[answered]
        result.is_known[answered] = True
        result.is_final[answered] = answer.is_final
        answers.append(answer)
    for before, after in meeting:
        _join(result, answers[before], answers[after], axis)
    return result


class _Answer(NamedTuple):
    """What one reply says of every column, NaN where it has no bin."""

    interval: Interval
    probability: NDArray[np.float64]
    is_final: bool


def _columns_within(axis: Axis, start: float, end: float) -> NDArray[np.bool_]:
    """The columns that lie between two positions, to a base."""
    edges = axis.column_edges()
    return (edges[:-1] >= start - 1) & (edges[1:] <= end + 1)


def _join(result: Columns, before: _Answer, after: _Answer, axis: Axis) -> None:
    """Take a column in which two replies meet, and which neither covers alone, from both."""
    both = _columns_within(axis, before.interval.start, max(before.interval.end, after.interval.end))
    shared = both & ~result.is_known
    result.probability[shared] = np.fmax(before.probability, after.probability)[shared]
    result.is_known[shared] = True
    result.is_final[shared] = before.is_final and after.is_final
