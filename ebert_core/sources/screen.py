"""Cuts what a file holds down to what a screen can show: a few thousand items, fairly chosen over the interval."""

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from ebert_core.genome.annotation import FeatureSource
from ebert_core.genome.features import Feature
from ebert_core.genome.states import Runs as StateRuns
from ebert_core.protocol.shapes import Column, Features, Parts, RunClass, Runs
from ebert_core.protocol.terms.locus import Interval

# What is sent of one stretch; each takes some 100 bytes on the wire, and a few pixels of a row.
MOST_FEATURES = 4_000
_MOST_PARTS = 40_000
_LONGEST_NAME = 80
# From so many columns to a feature on, on the average of a chromosome, features can no longer be told apart. The
# average decides for all stretches of one width alike, so that a view is not half features and half density.
_LEAST_COLUMNS = 2
# A feature with fewer columns than these shows no parts.
_LEAST_COLUMNS_FOR_PARTS = 4

Pairs = tuple[tuple[int, int], ...]


def features_for_screen(interval: Interval, columns: int, file: FeatureSource) -> Features:
    """The features that share a base with an interval, or how dense they are where they are too many to be seen."""
    if file.crowding(interval.chromosome) * interval.length * _LEAST_COLUMNS > columns:
        return _density(interval, columns, file)
    found = file.touching(interval)
    if len(found) > MOST_FEATURES:
        return _density(interval, columns, file)
    return replace(as_shape(interval, columns, found), is_shaded=file.is_shaded)


def _density(interval: Interval, columns: int, file: FeatureSource) -> Features:
    """How many features overlap each column; one without bases counts in the column in which it lies."""
    starts, ends = file.extents(interval)
    edges = interval.start + np.arange(columns + 1) * (interval.length / columns)
    begun = np.searchsorted(np.sort(starts), edges[1:], side="left")
    over = np.searchsorted(np.sort(np.maximum(ends, starts + 1)), edges[:-1], side="right")
    nothing = _positions(())
    return Features(interval, nothing, nothing, density=(begun - over).astype(np.int64), omitted=len(starts))


def as_shape(interval: Interval, columns: int, found: Sequence[Feature]) -> Features:
    """Features with what is known of them, with parts where they are wider than a few columns."""
    parts, thick = _visible_parts(interval, columns, found)
    scores = np.array([each.score for each in found], np.float32)
    strands = "".join(each.strand for each in found)
    summits = _positions([each.summit for each in found])
    return Features(
        interval,
        _positions([each.start for each in found]),
        _positions([each.end for each in found]),
        names=_if_any(tuple(_short(each.name) for each in found)),
        scores=scores if scores.any() else None,
        strands=strands if strands.strip(".") else "",
        summits=summits if (summits >= 0).any() else None,
        colours=_if_any(tuple(each.colour for each in found)),
        parts=parts,
        thick_parts=thick,
        columns=tuple(_more_columns(found)),
        score_name=found[0].score_name if found else "score",
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _if_any(texts: tuple[str, ...]) -> tuple[str, ...]:
    return texts if any(texts) else ()


def _more_columns(found: Sequence[Feature]) -> Iterator[Column]:
    if any(each.transcripts > 1 for each in found):
        yield Column("transcripts", tuple(str(each.transcripts) for each in found))
    if any(each.identities for each in found):
        yield Column("identity", tuple(_short(each.identities[0]) if each.identities else "" for each in found))


def _visible_parts(interval: Interval, columns: int, found: Sequence[Feature]) -> tuple[Parts | None, Parts | None]:
    """Parts of the features in which they can be told apart: of the longest, as many as there is room for."""
    least = _LEAST_COLUMNS_FOR_PARTS * interval.length / columns
    counts = np.array([len(each.blocks) + len(each.coding) for each in found], np.int64)
    lengths = np.array([each.end - each.start for each in found], np.int64)
    longest = np.argsort(-lengths, kind="stable")
    shown = np.zeros(len(found), bool)
    shown[longest] = np.cumsum(counts[longest]) <= _MOST_PARTS
    shown &= lengths >= least
    if not any(each.blocks or each.coding for each in found):
        return None, None
    both = list(zip(found, shown.tolist(), strict=True))
    return _parts([each.blocks if is_wide else () for each, is_wide in both]), _parts(
        [each.coding if is_wide else () for each, is_wide in both]
    )


def _positions(numbers: Sequence[int]) -> NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)


def _parts(of_each: Sequence[Pairs]) -> Parts:
    every = [pair for pairs in of_each for pair in pairs]
    return Parts(
        _positions([len(pairs) for pairs in of_each]),
        _positions([start for start, _ in every]),
        _positions([end for _, end in every]),
    )


def states_for_screen(interval: Interval, runs: StateRuns, classes: tuple[RunClass, ...], columns: int) -> Runs:
    """The runs of an interval, cut at its ends; more runs than columns become columns of their commonest state."""
    starts = np.maximum(runs.starts, interval.start)
    ends = np.minimum(runs.ends, interval.end)
    if len(starts) <= columns:
        return Runs(interval, starts, ends, runs.ids, classes)
    edges = np.linspace(interval.start, interval.end, columns + 1).astype(np.int64)
    commonest = _commonest_ids(starts, ends, runs.ids, edges, len(classes))
    is_first = np.append(True, commonest[1:] != commonest[:-1])
    first = np.flatnonzero(is_first)
    last = np.append(first[1:], columns)
    is_state = commonest[first] < len(classes)
    return Runs(
        interval,
        edges[first[is_state]],
        edges[last[is_state]],
        commonest[first[is_state]].astype(np.uint8),
        classes,
        is_reduced=True,
    )


def _commonest_ids(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ids: NDArray[np.uint8],
    edges: NDArray[np.int64],
    missing: int,
) -> NDArray[np.int64]:
    """The id that covers most of each column, `missing` where most of it has no state."""
    cuts = np.unique(np.concatenate([starts, ends, edges]))
    left, lengths = cuts[:-1], np.diff(cuts)
    run = np.searchsorted(starts, left, side="right") - 1
    is_inside = (run >= 0) & (left < ends[run])
    piece_ids = np.where(is_inside, ids[run], missing)
    column = np.searchsorted(edges, left, side="right") - 1
    covered = np.zeros((len(edges) - 1, missing + 1), np.int64)
    np.add.at(covered, (column, piece_ids), lengths)
    commonest: NDArray[np.int64] = covered.argmax(axis=1)
    return commonest
