"""Motif matrices as a provider: the scan of a file's matrices along the sequence, as a model that nothing trained."""

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.spans import reference_of
from ebert_core.genome.motifs import Matrices, holds_motifs, log_odds, motif_scores, read_motifs
from ebert_core.model.device import Engine
from ebert_core.protocol.modelling import Fact, ModelSummary, OutputSummary
from ebert_core.protocol.shapes import Mark
from ebert_core.protocol.terms.bases import N, encode_bases
from ebert_core.protocol.terms.chromosome_names import other_names
from ebert_core.protocol.terms.edits import BaseEdit, Edit
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import POSITION
from ebert_core.protocol.terms.locus import Interval
from ebert_core.providers.provider import ProviderKind, Report, Values, Wanted

LIVE_LIMIT = 1_000_000
_WIDENED = 2 * POSITION
UNIT = "bits"
STATISTIC = "best log-odds of both strands"


class MotifScan:
    """The matrices of a file, which score the sequence of a dataset in any cell type alike."""

    def __init__(self, path: Path, dataset: Dataset, engine: Engine) -> None:
        """Reads them.

        Raises:
            InvalidRequest: a matrix makes no sense, or the dataset has no sequence.
        """
        del engine
        self._path = path
        self._matrices = Matrices({name: log_odds(motif.counts_W4) for name, motif in read_motifs(path).items()})
        self._reference = reference_of(dataset)
        self._assembly = dataset.layout.assembly

    @property
    def bytes(self) -> int:
        """The matrices; a scan is not kept."""
        return sum(matrix.nbytes for matrix in self._matrices.log_odds)

    def summary(self) -> ModelSummary:
        """The matrices by name, what a score is, and that nothing was learnt."""
        widths = sorted({len(matrix) for matrix in self._matrices.log_odds})
        output = partial(
            OutputSummary, is_calibrated=False, unit=UNIT, step=POSITION, statistic=STATISTIC, quantity="motif"
        )
        return ModelSummary(
            path=str(self._path),
            name=self._path.name,
            assembly=self._assembly,
            live_limit=LIVE_LIMIT,
            device="cpu",
            precision="fp32",
            kind="motif scan",
            outputs=tuple(output(name) for name in self._matrices.names),
            limits=("A motif is not binding: most places with a high score are bound in no cell type.",),
            facts=(
                Fact("Matrices", f"{len(self._matrices.names):,}"),
                Fact("Wide", f"{widths[0]} bp" if len(widths) == 1 else f"{widths[0]} to {widths[-1]} bp"),
                Fact("Score", f"log-odds in {UNIT} against equal bases, the best of both strands in {POSITION} bp"),
                Fact("Reads", "the sequence only: the same in every cell type"),
                Fact("N", "scores as the worst base of its place; a bin of nothing else is a gap"),
            ),
            reads_cell_type=False,
            has_draft=False,
            is_learnt=False,
        )

    def predict(self, wanted: Wanted, report: Report) -> Values:
        """The best score of each matrix on both strands every 50 bp; a hit belongs where its centre lies."""
        if wanted.interval.length > LIVE_LIMIT + _WIDENED:
            raise InvalidRequest(f"Motifs are scanned over up to {LIVE_LIMIT // 1000:,} kb at once; zoom in.")
        unknown = next((name for name in wanted.outputs if name not in self._matrices.names), None)
        if unknown is not None:
            raise InvalidRequest(f"{self._path} holds no matrix {unknown}.")
        report(0.0, "scanning for motifs")
        matrices = self._matrices.selected(wanted.outputs)
        start = wanted.interval.start // POSITION * POSITION
        end = -(-wanted.interval.end // POSITION) * POSITION
        flank = matrices.widest
        codes_L = self._bases(Interval(wanted.interval.chromosome, start - flank, end + flank), wanted.edits)
        values_FP = motif_scores(codes_L, matrices, flank).T.astype(np.float32)
        inner_L = codes_L[flank : len(codes_L) - flank]
        values_FP[:, (inner_L.reshape(-1, POSITION) == N).all(axis=1)] = np.nan
        return Values(start, POSITION, values_FP)

    def marks(self, output: str, cell_type: str, interval: Interval) -> tuple[Mark, ...]:
        """None: nothing was learnt anywhere."""
        del output, cell_type, interval
        return ()

    def _bases(self, interval: Interval, edits: tuple[Edit, ...]) -> NDArray[np.uint8]:
        codes_L = self._reference.bases(interval)
        near = (edit for edit in edits if isinstance(edit, BaseEdit))
        for edit in near:
            if interval.chromosome in other_names(edit.chromosome) and interval.start <= edit.position < interval.end:
                codes_L[edit.position - interval.start] = encode_bases(edit.base)[0]
        return codes_L


MOTIFS = ProviderKind("motif scan", holds_motifs, MotifScan)
