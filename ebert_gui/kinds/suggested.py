"""Which tracks a dataset and a model open with."""

from collections.abc import Callable

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.tracks import BareFile, CellType, DatasetSummary
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import prediction_track
from ebert_gui.kinds.sequence import SequenceTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.states import StatesTrack
from ebert_gui.kinds.truth import TruthTrack
from ebert_gui.state.defaults import CELL_TYPES_SHOWN, chosen_cell_types, chosen_factor
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track, measured_peaks, with_ids

_SIGNALS_SHOWN = 2


def first_tracks(
    dataset: DatasetSummary, model: ModelSummary | None, track_of_file: Callable[[BareFile], Track]
) -> tuple[Track, ...]:
    """Genes, states, signals and peaks of two cell types, or all bare files."""
    tracks: list[Track] = []
    names = chosen_cell_types(dataset)
    cells = [cell for cell in dataset.cell_types if cell.name in names]
    factor = chosen_factor(dataset, model)
    if dataset.has_genes:
        tracks.append(GenesTrack())
    tracks += [TruthTrack(cell_type=cell.name, factor=factor) for cell in cells if factor in dataset.truth_factors]
    tracks += [StatesTrack(cell_type=cell.name) for cell in cells if cell.has_states]
    for signal in _signals_of(cells, factor):
        tracks += [SignalTrack(cell_type=cell.name, signal=signal) for cell in cells if signal in cell.signals]
    tracks += [PeaksTrack(cell_type=cell.name, factor=factor) for cell in cells if measured_peaks(cell, factor)]
    tracks += [track_of_file(file) for file in dataset.files]
    if dataset.has_sequence:
        tracks.append(SequenceTrack())
    return tuple(tracks)


def with_model_tracks(shown: tuple[Track, ...], scope: Scope, factor: str, cell_type: str) -> tuple[Track, ...]:
    """Predicted binding of a factor above the sequence, and attention in the chosen cell type at the end.

    Binding is predicted in the chosen cell type and in the one that is shown beside it; where no track is of any, in
    the two to begin with. Of a model that reads no cell type there is one track of the factor, or of its first output.
    Nothing is added where some track of the chosen model is on screen already. Tracks name it where others are open.
    """
    dataset, model = scope.dataset, scope.model
    if dataset is None or model is None or any(_is_of(track, model.path) for track in shown):
        return shown
    named = model.path if len(scope.models) > 1 else ""
    on_screen = [cell for track in shown if (cell := track.word("cell_type"))] or chosen_cell_types(dataset)
    cells = tuple(filter(None, dict.fromkeys([cell_type, *on_screen])))[:CELL_TYPES_SHOWN]
    shown_of = cells if model.reads_cell_type else ("",)
    output = model.output(factor) or (None if model.reads_cell_type else next(iter(model.outputs), None))
    predictions = [prediction_track(output, name, named) for name in shown_of] if output is not None else []
    attends = bool(cells) and model.attends
    attention = [AttentionTrack(cell_type=cells[0], layer=model.layers - 1, model=named)] if attends else []
    above = next((place for place, track in enumerate(shown) if isinstance(track, SequenceTrack)), len(shown))
    return with_ids((*shown[:above], *predictions, *shown[above:], *attention))


def _is_of(track: Track, model: str) -> bool:
    return track.needs_model and track.word("model") in ("", model)


def _signals_of(cells: list[CellType], factor: str) -> list[str]:
    """The signals to begin with: accessibility, the factor's own, an active mark, then whatever comes first."""
    wanted = ("dnase", "atac", factor.lower(), "h3k27ac")

    def rank(signal: str) -> int:
        return next((place for place, word in enumerate(wanted) if word and word in signal.lower()), len(wanted))

    every = dict.fromkeys(signal for cell in cells for signal in cell.signals)
    return sorted(every, key=rank)[:_SIGNALS_SHOWN]
