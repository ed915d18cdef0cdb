"""Small shapes for tests of what is drawn."""

from collections.abc import Sequence

import numpy as np

from ebert_core.protocol.modelling import FAMILIARITY_WORDS, Familiarity
from ebert_core.protocol.shapes import Column, Features, Grid, Mark, Matrix, Parts, Remark, Signal
from ebert_core.protocol.sources import FROM_ANCHOR, TO_ANCHOR
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.looks.feature_rows import Feature, Pairs


def peaks(
    interval: Interval,
    *pairs: tuple[int, int],
    summits: Sequence[int] | None = None,
    remarks: tuple[Remark, ...] = (),
) -> Features:
    """Peaks with a score of 1 each; without `summits` nothing is known of them."""
    starts, ends = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    known = np.full(len(pairs), -1) if summits is None else np.array(summits)
    scores = np.ones(len(pairs), dtype=np.float32)
    return Features(interval, starts, ends, summits=known.astype(np.int64), scores=scores, remarks=remarks)


def sites(interval: Interval, *places: tuple[int, int, bool]) -> Features:
    """Planted sites, and whether each is bound."""
    starts, ends = (np.array([place[side] for place in places], dtype=np.int64) for side in (0, 1))
    return Features(interval, starts, ends, scores=np.array([bound for _, _, bound in places], dtype=np.float32))


def genes(interval: Interval, *given: Feature, omitted: int = 0, **more: object) -> Features:
    """Feature models as they travel."""
    return Features(
        interval,
        np.array([gene.start for gene in given], dtype=np.int64),
        np.array([gene.end for gene in given], dtype=np.int64),
        names=tuple(gene.name for gene in given),
        strands="".join(gene.strand or "." for gene in given),
        parts=_parts([gene.parts for gene in given]),
        thick_parts=_parts([gene.thick for gene in given]),
        columns=(
            Column("transcripts", tuple(str(gene.transcripts) for gene in given)),
            Column("identity", tuple(gene.identity for gene in given)),
        ),
        omitted=omitted,
    )


def _parts(of_each: list[Pairs]) -> Parts:
    every = [pair for pairs in of_each for pair in pairs]
    counts = np.array([len(pairs) for pairs in of_each], dtype=np.int64)
    starts, ends = (np.array([pair[side] for pair in every], dtype=np.int64) for side in (0, 1))
    return Parts(counts, starts, ends)


def prediction(
    interval: Interval, start: int, *values: float, step: int = 50, is_draft: bool = False, marks: tuple[Mark, ...] = ()
) -> Signal:
    """Predicted values every `step` bases from `start`."""
    found = np.array(values, dtype=np.float32)
    binned = Interval(interval.chromosome, start, start + step * len(values))
    return Signal(interval, found, found, found, binned=binned, is_draft=is_draft, marks=marks)


def mark(start: int, end: int, kind: Familiarity) -> Mark:
    """What training saw of [start, end)."""
    return Mark(start, end, kind, FAMILIARITY_WORDS[kind])


def profile(window: Interval, from_anchor: Sequence[float], to_anchor: Sequence[float]) -> Grid:
    """Attention of the anchor."""
    return Grid(window, (FROM_ANCHOR, TO_ANCHOR), np.array([from_anchor, to_anchor], dtype=np.float32))


def attention_map(window: Interval, weights: Sequence[Sequence[float]]) -> Matrix:
    """Attention between all parts of a window."""
    return Matrix(window, np.array(weights, dtype=np.float32))
