"""The readers of the model role: sources that ask a model, answered by whichever provider the model is of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.machine.plugins import blaming
from ebert_core.protocol.shapes import Shape, Signal
from ebert_core.protocol.sources import (
    AttentionMap,
    AttentionProfile,
    PredictedBinding,
    Read,
    Shapes,
    Source,
    SourceTable,
)
from ebert_core.protocol.terms.locus import Interval
from ebert_core.providers.open_models import OpenModels, capability_missing
from ebert_core.providers.provider import Attends, Report, Values, Wanted

# Any: each reader takes sources of its own kind and one batch, and the key of the table is that kind.
BatchReader = Callable[[Sequence[Any], Interval, int, OpenModels, Report], Sequence[Shape]]


def read_all(request: Read, models: OpenModels, report: Report) -> Shapes:
    """What the sources of a request hold, in their order; neighbours of one batch are computed together.

    Raises:
        InvalidRequest: this worker cannot read one of them, or a model cannot answer.
    """
    return Shapes(
        tuple(
            shape
            for batch in _batches(_SOURCES.sources_of(request))
            for shape in READERS[type(batch[0])](batch, request.interval, request.columns, models, report)
        )
    )


def _batches(sources: Sequence[Source]) -> Iterator[list[Source]]:
    for _, batch in groupby(sources, key=lambda source: (type(source), source.batch)):
        yield list(batch)


def read_predictions(
    batch: Sequence[PredictedBinding], interval: Interval, columns: int, models: OpenModels, report: Report
) -> list[Signal]:
    """Predicted binding for a view, reduced to what the screen can show."""
    one = batch[0]
    model = models.model(one.model, one.dataset)
    outputs = tuple(source.output for source in batch)
    with blaming(model):
        found = model.predict(Wanted(one.cell_type, interval, outputs, one.strands, one.edits), report)
        marks = [model.marks(output, one.cell_type, interval) for output in outputs]
    step, values_FP = reduce_to(found, columns)
    binned = Interval(interval.chromosome, found.start, found.start + step * values_FP.shape[1])
    return [
        Signal(
            interval, values, values, values,
            binned=binned,
            is_draft=one.strands == 1,
            marks=seen,
        )
        for seen, values in zip(marks, values_FP, strict=True)
    ]  # fmt: skip


def read_attention(
    batch: Sequence[AttentionProfile | AttentionMap],
    interval: Interval,
    _columns: int,
    models: OpenModels,
    report: Report,
) -> list[Shape]:
    """Attention of the anchor, which is the interval."""
    [source] = batch
    report(0.0, "attending")
    model = models.model(source.model, source.dataset)
    if not isinstance(model, Attends):
        raise capability_missing("attend", source.model)
    attend = model.attention_profile if isinstance(source, AttentionProfile) else model.attention_map
    with blaming(model):
        return [attend(source.cell_type, interval, source.layer, source.head, source.edits)]


READERS: Mapping[type[Source], BatchReader] = {
    PredictedBinding: read_predictions,
    AttentionProfile: read_attention,
    AttentionMap: read_attention,
}


_SOURCES = SourceTable(READERS)


def reduce_to(values: Values, columns: int) -> tuple[int, NDArray[np.float32]]:
    """Values as maxima over so many bins that at most `columns` remain, and the width of each in bases."""
    values_FP = values.values_FP
    bins = values_FP.shape[1]
    joined = max(1, -(-bins // max(1, columns)))
    padded_FP = np.pad(values_FP, ((0, 0), (0, -bins % joined)), constant_values=np.nan)
    grouped_FPX = padded_FP.reshape(len(values_FP), padded_FP.shape[1] // joined, joined)
    reduced_FP: NDArray[np.float32] = np.fmax.reduce(grouped_FPX, axis=2)
    return joined * values.step, reduced_FP
