"""EBERT's checkpoints as a provider: the first one, behind the same door as all others."""

from pathlib import Path

import numpy as np

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.windows import source_bases
from ebert_core.inference.attention import attention_profile, attention_window, attention_within
from ebert_core.inference.factors import output_summaries
from ebert_core.inference.familiarity import familiarity_marks
from ebert_core.inference.fitting import check_fit
from ebert_core.inference.given import inputs_given
from ebert_core.inference.predict import REMEMBERED_BYTES, Predictor
from ebert_core.judging.leaks import seen_cells
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import Engine
from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.shapes import Grid, Mark, Matrix
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.edits import Edit
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.inputs import input_sentences
from ebert_core.protocol.terms.locus import Interval
from ebert_core.providers.provider import ProviderKind, Report, Values, Wanted

LIVE_LIMIT = 200_000
_WIDENED = 2 * BIN  # a view at the limit may have been widened to whole bins at both ends
_CENTRE = (BIN - POSITION) // 2


class EbertModel:
    """A checkpoint that was loaded for a dataset."""

    def __init__(self, path: Path, dataset: Dataset, engine: Engine) -> None:
        """Loads it.

        Raises:
            InvalidRequest: it is damaged, or does not fit the dataset.
        """
        loaded = load_checkpoint(path)
        check_fit(loaded.description, dataset)
        self._path = path
        self._predictor = Predictor(loaded, dataset, engine)

    @property
    def bytes(self) -> int:
        """Weights, and the logits that may be remembered."""
        weights = self._predictor.network.parameters()
        return sum(each.numel() * each.element_size() for each in weights) + REMEMBERED_BYTES

    def summary(self) -> ModelSummary:
        """The checkpoint in the words of a dialog."""
        return summarise(self._predictor, str(self._path))

    def predict(self, wanted: Wanted, report: Report) -> Values:
        """Predicted binding every 50 bp; each value is drawn in the middle of its bin of 200 bp."""
        if wanted.interval.length > LIVE_LIMIT + _WIDENED:
            raise InvalidRequest(
                f"Live prediction covers up to {LIVE_LIMIT // 1000} kb; zoom in, or compute this region."
            )
        predictor, interval = self._predictor, wanted.interval
        places = {name: row for row, name in enumerate(predictor.factors)}
        rows = [places[predictor.description.factor(name).name] for name in wanted.outputs]
        lead = _CENTRE + POSITION
        touched = Interval(interval.chromosome, max(0, interval.start - lead), interval.end)
        bins = predictor.probabilities(wanted.cell_type, touched, report, wanted.strands, wanted.edits)
        return Values(bins.interval.start + _CENTRE, POSITION, bins.values_FP[rows])

    def marks(self, output: str, cell_type: str, interval: Interval) -> tuple[Mark, ...]:
        """What training had seen of the interval, in this cell type and for this factor."""
        return familiarity_marks(self._predictor.description, output, cell_type, interval)

    def attention_profile(
        self, cell_type: str, anchor: Interval, layer: int, head: int | None, edits: tuple[Edit, ...]
    ) -> Grid:
        """What the anchor attends to, and what attends to it."""
        self._check_sequence(anchor.chromosome, anchor.start)
        return attention_profile(self._predictor, cell_type, anchor, layer, head, edits)

    def attention_map(
        self, cell_type: str, anchor: Interval, layer: int, head: int | None, edits: tuple[Edit, ...]
    ) -> Matrix:
        """All attention inside one window."""
        self._check_sequence(anchor.chromosome, (anchor.start + anchor.end) // 2)
        return attention_within(self._predictor, cell_type, anchor, layer, head, edits)

    def _check_sequence(self, chromosome: str, position: int) -> None:
        """A window of nothing but N has weights too, which say nothing and look as if they did."""
        if np.all(source_bases(self._predictor.source, attention_window(self._predictor, chromosome, position)) == N):
            raise InvalidRequest("The sequence is unknown here (N): there is nothing to attend to.")


def summarise(predictor: Predictor, path: str) -> ModelSummary:
    """A loaded checkpoint in the words of a dialog."""
    description = predictor.description
    architecture = description.architecture
    given = inputs_given(description, predictor.source) if isinstance(predictor.source, Dataset) else ()
    return ModelSummary(
        path=path,
        name=description.name,
        assembly=description.assembly,
        exports=True,
        trains=True,
        is_synthetic=description.seed is not None,
        architecture=architecture.describe(),
        parameters=predictor.network.parameter_count(),
        context=architecture.context,
        layers=architecture.layers,
        heads=architecture.heads,
        outputs=output_summaries(description),
        states=architecture.states,
        signals=architecture.signals,
        training=description.training,
        validation=description.validation,
        cell_types=(*description.cell_types, *description.validation_cell_types),
        live_limit=LIVE_LIMIT,
        device=predictor.engine.name,
        precision=predictor.engine.precision,
        limits=(*description.all_limits, *input_sentences(given, len(predictor.source.cell_types))),
        inputs=given,
        verdict=description.verdict,
        members=architecture.members,
        seen_cell_types=seen_cells(description),
        other_assemblies=tuple(description.elsewhere),
        label_rule=description.label_rule if description.factors else "",
    )


def _is_checkpoint(path: Path) -> bool:
    return (path / "description.json").exists()


EBERT = ProviderKind("EBERT checkpoint", _is_checkpoint, EbertModel)
