"""The model role: loads checkpoints, predicts and attends for the view. The only role with torch."""

from pathlib import Path

import numpy as np

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.windows import source_bases
from ebert_core.inference.attention import attend_from, attend_within, attention_window
from ebert_core.inference.familiarity import familiarity_spans
from ebert_core.inference.fitting import check_fit
from ebert_core.inference.given import inputs_given
from ebert_core.inference.predict import Predictor
from ebert_core.judging.leaks import seen_cells
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.description import Description
from ebert_core.model.device import Engine, choose_engine
from ebert_core.protocol.bases import N
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.grid import BIN, POSITION
from ebert_core.protocol.inputs import input_sentences
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import (
    AttendFrom,
    AttendWithin,
    AttentionMap,
    AttentionProfile,
    CheckpointSummary,
    OpenCheckpoint,
    Prediction,
    PredictView,
)
from ebert_core.protocol.reading import reading, reads
from ebert_core.roles.anew import reading_anew
from ebert_core.roles.factors import factor_summaries
from ebert_core.roles.session import Handlers, HelloDetails, Report

LIVE_LIMIT = 200_000
_WIDENED = 2 * BIN  # a view at the limit may have been widened to whole bins at both ends
_REMEMBERED_CHECKPOINTS = 3
_CENTRE = (BIN - POSITION) // 2


def handlers() -> tuple[Handlers, HelloDetails]:
    """The table of the model role, and what it says of itself."""
    engine = choose_engine()
    answers = ModelAnswers(engine)
    table: Handlers = {
        OpenCheckpoint: answers.open_checkpoint,
        PredictView: answers.predict_view,
        AttendFrom: answers.attend_from,
        AttendWithin: answers.attend_within,
    }
    return reading_anew(table, answers.forget), HelloDetails(engine.describe(), engine.precision)


class ModelAnswers:
    """Loaded checkpoints and datasets, and what they answer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._predictors: dict[tuple[str, int, str, int], Predictor] = {}

    def forget(self) -> None:
        """Closes all checkpoints and datasets; they are opened again when they are asked for."""
        self._predictors.clear()

    def open_checkpoint(self, request: OpenCheckpoint, report: Report) -> CheckpointSummary:
        """Loads a checkpoint for a dataset and says what it is."""
        report(0.0, "loading the checkpoint")
        return summarise(self._predictor(request.path, request.dataset), request.path)

    def predict_view(self, request: PredictView, report: Report) -> Prediction:
        """Predicted binding for a view, reduced to what the screen can show."""
        if request.interval.length > LIVE_LIMIT + _WIDENED:
            raise InvalidRequest(
                f"Live prediction covers up to {LIVE_LIMIT // 1000} kb; zoom in, or compute this region."
            )
        predictor = self._predictor(request.checkpoint, request.dataset)
        places = {name: row for row, name in enumerate(predictor.factors)}
        rows = [places[predictor.description.factor(name).name] for name in request.factors]
        lead = _CENTRE + POSITION
        touched = Interval(request.interval.chromosome, max(0, request.interval.start - lead), request.interval.end)
        bins = predictor.probabilities(request.cell_type, touched, report, request.strands, request.edits)
        step, values_FP = reduce_to(bins.values_FP[rows], request.columns)
        return Prediction(
            interval=request.interval,
            factors=request.factors,
            start=bins.interval.start + _CENTRE,
            step=step,
            probability_FP=values_FP,
            strands=request.strands,
            familiarity=familiarity_spans(predictor.description, request.factors, request.cell_type, request.interval),
        )

    def attend_from(self, request: AttendFrom, report: Report) -> AttentionProfile:
        """What one position attends to."""
        report(0.0, "attending")
        predictor = self._predictor(request.checkpoint, request.dataset)
        _check_sequence(predictor, attention_window(predictor, request.chromosome, request.position))
        return attend_from(
            predictor,
            request.cell_type,
            request.chromosome,
            request.position,
            request.layer,
            request.head,
            request.edits,
        )

    def attend_within(self, request: AttendWithin, report: Report) -> AttentionMap:
        """All attention inside one window."""
        report(0.0, "attending")
        predictor = self._predictor(request.checkpoint, request.dataset)
        middle = (request.interval.start + request.interval.end) // 2
        _check_sequence(predictor, attention_window(predictor, request.interval.chromosome, middle))
        return attend_within(predictor, request.cell_type, request.interval, request.layer, request.head, request.edits)

    def _predictor(self, checkpoint: str, dataset: str) -> Predictor:
        """The predictor of a checkpoint on a dataset; a file that changed on disk is read again."""
        key = (checkpoint, _changed(Path(checkpoint) / "description.json"), dataset, _changed(Path(dataset)))
        reads(checkpoint)
        if key not in self._predictors:
            with reading(dataset):
                opened = Dataset.open(Path(dataset))
            loaded = load_checkpoint(Path(checkpoint))
            check_fit(loaded.description, opened)
            while len(self._predictors) >= _REMEMBERED_CHECKPOINTS:
                del self._predictors[next(iter(self._predictors))]
            self._predictors[key] = Predictor(loaded, opened, self._engine)
        return self._predictors[key]


def _check_sequence(predictor: Predictor, window: Interval) -> None:
    """A window of nothing but N has weights too, which say nothing and look as if they did."""
    if np.all(source_bases(predictor.source, window) == N):
        raise InvalidRequest("The sequence is unknown here (N): there is nothing to attend to.")


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


def reduce_to(values_FP: np.ndarray, columns: int) -> tuple[int, np.ndarray]:
    """Values as maxima over so many bins that at most `columns` remain, and the width of each in bases."""
    bins = values_FP.shape[1]
    joined = max(1, -(-bins // max(1, columns)))
    padded_FP = np.pad(values_FP, ((0, 0), (0, -bins % joined)), constant_values=np.nan)
    grouped_FPX = padded_FP.reshape(len(values_FP), padded_FP.shape[1] // joined, joined)
    reduced_FP = np.fmax.reduce(grouped_FPX, axis=2)
    return joined * POSITION, reduced_FP


def summarise(predictor: Predictor, path: str) -> CheckpointSummary:
    """A loaded checkpoint in the words of a dialog."""
    description: Description = predictor.description
    architecture = description.architecture
    given = inputs_given(description, predictor.source) if isinstance(predictor.source, Dataset) else ()
    return CheckpointSummary(
        path=path,
        name=description.name,
        assembly=description.assembly,
        is_synthetic=description.seed is not None,
        architecture=architecture.describe(),
        parameters=predictor.network.parameter_count(),
        context=architecture.context,
        layers=architecture.layers,
        heads=architecture.heads,
        factors=factor_summaries(description),
        states=architecture.states,
        signals=architecture.signals,
        training=description.training,
        validation=description.validation,
        cell_types=(*description.cell_types, *description.validation_cell_types),
        live_limit=LIVE_LIMIT,
        device=predictor.engine.name,
        precision=predictor.engine.precision,
        limits=(*description.limits, *input_sentences(given, len(predictor.source.cell_types))),
        inputs=given,
        verdict=description.verdict,
        members=architecture.members,
        seen_cell_types=seen_cells(description),
        other_assemblies=tuple(description.elsewhere),
        label_rule=description.label_rule if description.factors else "",
    )
