"""What training draws from: a dataset, its store, the regions, and the labels of windows."""

# B = windows in a batch, N = bins of a window starting every 50 bp, F = factors.

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.channels import Channels
from ebert_core.dataset.derived import Selection, references_of, select_signals
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.digests import dataset_digests
from ebert_core.dataset.prepare import prepared
from ebert_core.dataset.store import Store
from ebert_core.dataset.windows import windows
from ebert_core.inference.batches import Inputs, join
from ebert_core.material.distributed import first_alone
from ebert_core.material.labels_store import LabelStore
from ebert_core.material.places import parts_with
from ebert_core.material.sampling import Example, drawn_share, stretches
from ebert_core.material.split import check_cell_types, chosen_factors, read_split
from ebert_core.model.config import Architecture
from ebert_core.model.description import InputFile, Matrix
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import Report, TellProgress


class Material:
    """A dataset opened for training and validation on given regions and cell types."""

    def __init__(
        self,
        dataset: Dataset,
        store: Store,
        training: tuple[Interval, ...],
        validation: tuple[Interval, ...],
        cell_types: tuple[str, ...],
    ) -> None:
        self.store = store
        self.dataset = dataset
        self._labels = LabelStore(dataset)
        self.training = training
        self.validation = validation
        self.cell_types = cell_types
        self.state_names = dataset.state_names
        self.state_bin_width = dataset.layout.bin_width

    def digests(
        self,
        factors: Sequence[str] | None,
        others: Sequence[str] = (),
        report: TellProgress = lambda _fraction, _note: None,
    ) -> dict[str, InputFile]:
        """Name and digest of all that a run on these factors reads, by key of the dataset; all factors when None.

        `others` are further cell types that it reads, as far as the dataset has them.
        """
        cells = dict.fromkeys((*self.cell_types, *(cell for cell in others if cell in self.dataset.cell_types)))
        with first_alone():
            return dataset_digests(self.dataset, list(cells), factors, report)

    def with_label_share(self, share: float, seed: int) -> "Material":
        """The same with labels on a share of the training regions only, in blocks of 20 kb drawn by the seed."""
        if share >= 1:
            return self
        chosen = drawn_share(self.training_stretches(BIN), share, seed)
        return Material(self.dataset, self.store, chosen, self.validation, self.cell_types)

    def training_stretches(self, length: int) -> tuple[Interval, ...]:
        """Where training windows of a length fit."""
        return stretches(self.training, self.store.segments, length)

    def validation_stretches(self, length: int) -> tuple[Interval, ...]:
        """Where validation windows of a length fit."""
        return stretches(self.validation, self.store.segments, length)

    def labelled(self, regions: Sequence[Interval]) -> tuple[Interval, ...]:
        """The parts of regions that hold labels: known sequence, in the labelled regions where some are named."""
        return parts_with(regions, self.store.segments, self.dataset.labelled_regions)

    def factors(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """The wanted factors, or all that were assayed in a cell type of this run."""
        return chosen_factors(self.dataset, self.cell_types, wanted)

    def signals(self, wanted: Sequence[str], cell_types: Sequence[str], factors: Sequence[str]) -> Selection:
        """The wanted signals that the cell types to train in give, and what had to be left out."""
        return select_signals(self.dataset, wanted, cell_types, factors)

    def motif_names(self, factors: Sequence[str]) -> tuple[str, ...]:
        """The factors among these whose matrices the dataset lists."""
        listed = self.dataset.matrices.names
        return tuple(factor for factor in factors if factor in listed)

    def matrices(self, names: Sequence[str]) -> tuple[Matrix, ...]:
        """Log-odds matrices as a checkpoint keeps them."""
        selected = self.dataset.matrices.selected(tuple(names))
        return tuple(tuple((r[0], r[1], r[2], r[3]) for r in matrix.tolist()) for matrix in selected.log_odds)

    def channels(self, architecture: Architecture, training_cells: tuple[str, ...] = ()) -> Channels:
        """The inputs of a network that learns in the given cell types, from this dataset."""
        motifs = self.dataset.matrices.selected(architecture.motifs) if architecture.motifs else None
        references = references_of(self.store.quantiles, architecture.signals, training_cells)
        return Channels(architecture.states, architecture.signals, motifs, training_cells, references)

    def inputs(self, examples: Sequence[Example], channels: Channels) -> Inputs:
        """Windows of examples in their order, read cell type by cell type."""
        cells = [example.cell_type for example in examples]
        order = sorted(range(len(examples)), key=cells.__getitem__)
        parts = []
        for cell in dict.fromkeys(cells[index] for index in order):
            intervals = [examples[index].interval for index in order if cells[index] == cell]
            parts.append(Inputs.of(windows(self.store, cell, intervals, channels)))
        return join(parts).rows(np.argsort(order))

    def labels(self, examples: Sequence[Example], factors: Sequence[str]) -> NDArray[np.int8]:
        """Labels (B, N, F): 1 bound, 0 unbound, -1 ambiguous, unlabelled or never assayed."""
        return self._labels.labels(examples, factors)


def open_material(
    path: str, training: Sequence[str], validation: Sequence[str], cell_types: Sequence[str], report: Report
) -> Material:
    """Opens a dataset, prepares its store unless it is up to date, and reads the regions.

    Raises:
        InvalidRequest: a region, cell type or file is wrong, or training and validation overlap.
    """
    dataset = Dataset.open(Path(path))
    check_cell_types(dataset, cell_types)
    split = read_split(dataset, training, validation)
    store = prepared(dataset, lambda _, note: report.progress(0.0, note))
    cells = tuple(dict.fromkeys(cell_types)) or tuple(dataset.cell_types)
    material = Material(dataset, store, split.training, split.validation, cells)
    if split.validation:
        material.validation_stretches(BIN)  # where nothing can be measured, nothing is trained
    return material
