"""Which tracks a dataset and a checkpoint open with."""

from collections import Counter
from pathlib import PurePath

from ebert_core.protocol.calling import standing
from ebert_core.protocol.modelling import CheckpointSummary
from ebert_core.protocol.tracks import BareFile, CellType, DatasetSummary
from ebert_gui.state.tracks import (
    AttentionTrack,
    GenesTrack,
    PeaksTrack,
    PredictionTrack,
    SequenceTrack,
    SignalTrack,
    StatesTrack,
    Track,
    TruthTrack,
)

_CELL_TYPES_SHOWN = 2
_SIGNALS_SHOWN = 2
_SIGNAL_ENDINGS = (".bw", ".bigwig", ".wig", ".bedgraph", ".bdg")
_PEAK_ENDINGS = (".bed", ".bb", ".bigbed", ".narrowpeak", ".broadpeak")


def is_measured(track: Track, dataset: DatasetSummary | None) -> bool:
    """Whether the dataset has what a track is to show; only of what is measured in each cell type is that asked."""
    if not isinstance(track, (StatesTrack, SignalTrack, PeaksTrack)) or track.path or dataset is None:
        return True
    cell = next((each for each in dataset.cell_types if each.name == track.cell_type), None)
    if cell is None:
        return True
    if isinstance(track, StatesTrack):
        return cell.has_states
    if isinstance(track, SignalTrack):
        return track.signal in cell.signals
    return any(peaks.factor == track.factor for peaks in cell.peaks)


def chosen_cell_types(dataset: DatasetSummary | None) -> tuple[str, ...]:
    """The two cell types to begin with: those with most measurements, in the dataset's order."""
    if dataset is None:
        return ()
    richest = sorted(dataset.cell_types, key=_measurements, reverse=True)[:_CELL_TYPES_SHOWN]
    return tuple(cell.name for cell in dataset.cell_types if cell in richest)


def chosen_factor(dataset: DatasetSummary | None, checkpoint: CheckpointSummary | None) -> str:
    """The factor to begin with: of those that are predicted, the best that is measured; else the most measured.

    Before a checkpoint is open, the dataset may know what the one that comes with it predicts.
    """
    shown = set(chosen_cell_types(dataset))
    cells = [cell for cell in dataset.cell_types if cell.name in shown] if dataset else []
    planted = dataset.truth_factors if dataset else ()
    measured = Counter(peaks.factor for cell in cells for peaks in cell.peaks)
    anywhere = Counter(peaks.factor for cell in (dataset.cell_types if dataset else ()) for peaks in cell.peaks)
    if checkpoint is not None and checkpoint.factors:
        known = {factor.name: standing(factor, checkpoint.verdict) for factor in checkpoint.factors}
        return max(known, key=lambda name: (measured[name] > 0, anywhere[name] > 0, known[name], measured[name]))
    if dataset is not None and dataset.predicted:
        return max(dataset.predicted, key=lambda name: (measured[name] > 0, anywhere[name] > 0))
    return max([*planted, *sorted(measured)], key=lambda name: (measured[name], anywhere[name]), default="")


def default_tracks(dataset: DatasetSummary, checkpoint: CheckpointSummary | None = None) -> tuple[Track, ...]:
    """Genes, states, signals and peaks of two cell types, or all bare files."""
    tracks: list[Track] = []
    names = chosen_cell_types(dataset)
    cells = [cell for cell in dataset.cell_types if cell.name in names]
    factor = chosen_factor(dataset, checkpoint)
    if dataset.has_genes:
        tracks.append(GenesTrack())
    tracks += [TruthTrack(cell_type=cell.name, factor=factor) for cell in cells if factor in dataset.truth_factors]
    tracks += [StatesTrack(cell_type=cell.name) for cell in cells if cell.has_states]
    for signal in _signals_of(cells, factor):
        tracks += [
            SignalTrack(cell_type=cell.name, signal=signal, group=signal) for cell in cells if signal in cell.signals
        ]
    tracks += [
        PeaksTrack(cell_type=cell.name, factor=factor)
        for cell in cells
        if any(peaks.factor == factor for peaks in cell.peaks)
    ]
    tracks += [track_of_file(file) for file in dataset.files]
    if dataset.has_sequence:
        tracks.append(SequenceTrack())
    return tuple(tracks)


def model_tracks(
    dataset: DatasetSummary, checkpoint: CheckpointSummary, factor: str, cell_type: str
) -> tuple[Track, ...]:
    """Predicted binding of a factor in two cell types, and attention in the first."""
    cells = tuple(dict.fromkeys([cell_type, *chosen_cell_types(dataset)]))[:_CELL_TYPES_SHOWN]
    predictions: list[Track] = []
    if any(known.name == factor for known in checkpoint.factors):
        predictions = [PredictionTrack(cell_type=name, factor=factor) for name in cells if name]
    last_layer = max(0, checkpoint.layers - 1)
    attention = [AttentionTrack(cell_type=cells[0], layer=last_layer)] if cells and cells[0] else []
    return (*predictions, *attention)


def track_of_file(file: BareFile) -> Track:
    """The track that shows a bare file."""
    match file.kind:
        case "signal":
            return SignalTrack(path=file.path, signal=file.name)
        case "genes":
            return GenesTrack(path=file.path, name=file.name)
        case "states":
            return StatesTrack(path=file.path, name=file.name)
        case _:
            return PeaksTrack(path=file.path, name=file.name)


def track_of_unreadable(path: str) -> Track | None:
    """The track in which a file that cannot be read says so; None where its name tells of no track."""
    name = PurePath(path).name
    ending = PurePath(name.removesuffix(".gz")).suffix.lower()
    if ending in _SIGNAL_ENDINGS:
        return SignalTrack(path=path, signal=name)
    return PeaksTrack(path=path, name=name) if ending in _PEAK_ENDINGS else None


def _measurements(cell: CellType) -> int:
    return 3 * cell.has_states + 2 * bool(cell.signals) + len(cell.peaks)


def _signals_of(cells: list[CellType], factor: str) -> list[str]:
    """The signals to begin with: accessibility, the factor's own, an active mark, then whatever comes first."""
    wanted = ("dnase", "atac", factor.lower(), "h3k27ac")

    def rank(signal: str) -> int:
        return next((place for place, word in enumerate(wanted) if word and word in signal.lower()), len(wanted))

    every = dict.fromkeys(signal for cell in cells for signal in cell.signals)
    return sorted(every, key=rank)[:_SIGNALS_SHOWN]
