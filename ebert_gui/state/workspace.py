"""Everything the window is about: the open dataset and checkpoint, the view, the tracks and what is chosen."""

from collections.abc import Mapping

import msgspec

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import CheckpointSummary
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.state.announcer import Announcer
from ebert_gui.state.defaults import chosen_cell_types, chosen_factor, default_tracks, model_tracks
from ebert_gui.state.track_list import TrackList
from ebert_gui.state.tracks import AttentionTrack, PredictionTrack, SequenceTrack, SignalTrack, Track
from ebert_gui.state.view import ViewRange


class Workspace:
    """The state behind one window."""

    def __init__(self) -> None:
        self.view = ViewRange()
        self.tracks = TrackList()
        self.dataset: DatasetSummary | None = None
        self.checkpoint: CheckpointSummary | None = None
        self.model_problem = ""
        self.cell_type = ""
        self.factor = ""
        self.anchor: Interval | None = None
        self.anchor_is_guessed = True
        self.dataset_changed = Announcer()
        self.checkpoint_changed = Announcer()
        self.choice_changed = Announcer()
        self.anchor_changed = Announcer()

    def open_dataset(self, dataset: DatasetSummary, tracks: tuple[Track, ...] = ()) -> None:
        """Show a dataset with these tracks, or with the ones it suggests."""
        self.dataset = dataset
        self.checkpoint = None
        self.anchor = None
        self.anchor_is_guessed = True
        self._choose_first()
        self.view.open_genome({each.name: each.length for each in dataset.chromosomes}, dataset.start_locus)
        self.dataset_changed.announce()
        self.tracks.restart(tracks or default_tracks(dataset))
        self.choice_changed.announce()

    def refresh_dataset(self, dataset: DatasetSummary) -> None:
        """Take a new summary of the dataset that is open; view and tracks stay."""
        self.dataset = dataset
        self.view.chromosome_lengths = {each.name: each.length for each in dataset.chromosomes}
        self.dataset_changed.announce()

    def open_checkpoint(self, checkpoint: CheckpointSummary) -> None:
        """Predict with a checkpoint; its tracks are added unless some are there already."""
        self.checkpoint = checkpoint
        self.model_problem = ""
        if self.anchor is None:
            self._anchor_in_the_middle()
        known = {factor.name for factor in checkpoint.factors}
        if checkpoint.factors and self.factor not in known:
            before, self.factor = self.factor, chosen_factor(self.dataset, checkpoint)
            self._exchange_factor(before, self.factor)
        shown = any(isinstance(track, PredictionTrack | AttentionTrack) for track in self.tracks.tracks)
        if not shown and self.dataset is not None:
            self._add_model_tracks(model_tracks(self.dataset, checkpoint, self.factor, self.cell_type))
        self.checkpoint_changed.announce()
        self.choice_changed.announce()

    def lose_model(self, sentence: str) -> None:
        """Say why nothing can be predicted."""
        self.model_problem = sentence
        self.checkpoint_changed.announce()

    def choose_cell_type(self, cell_type: str) -> None:
        """Look at another cell type: tracks of the chosen one show it, and its own take the old one's place."""
        before, self.cell_type = self.cell_type, cell_type
        if before and before != cell_type:
            self.tracks.exchange("cell_type", before, cell_type)
        self.choice_changed.announce()

    def choose_factor(self, factor: str) -> None:
        """Look at another factor in the same way."""
        before, self.factor = self.factor, factor
        if before and before != factor:
            self._exchange_factor(before, factor)
        self.choice_changed.announce()

    def _exchange_factor(self, before: str, factor: str) -> None:
        """Swap two factors wherever a track shows them, also in signals named after them (`ChIP-CTCF`)."""
        swapped = {before: factor, factor: before}
        cells = self.dataset.cell_types if self.dataset else ()
        signals = {cell.name: cell.signals for cell in cells}

        def exchanged(track: Track) -> Track:
            if isinstance(track, SignalTrack) and not track.path:
                named = measured_instead(track.signal, swapped)
                if named in signals.get(track.cell_type, ()):
                    group = measured_instead(track.group, swapped)
                    return msgspec.structs.replace(track, signal=named, group=group)
                return track
            value = getattr(track, "factor", "")
            return msgspec.structs.replace(track, factor=swapped[value]) if value in swapped else track

        self.tracks.rewrite(exchanged)

    def show_place(self, place: Interval) -> None:
        """Jump to a gene, with some room at both sides."""
        length = self.view.chromosome_lengths.get(place.chromosome, place.end)
        margin = max(1000, place.length // 5)
        start, end = max(0, place.start - margin), min(length, place.end + margin)
        self.view.show(Interval(place.chromosome, start, end))

    def set_anchor(self, chromosome: str, position: int) -> None:
        """Ask attention and the lens about one base, as a person chose it."""
        self.anchor_is_guessed = False
        self._place_anchor(chromosome, position)

    def guess_anchor(self, chromosome: str, position: int) -> None:
        """Put the anchor somewhere telling, until a person chooses."""
        if self.anchor_is_guessed:
            self._place_anchor(chromosome, position)

    def _place_anchor(self, chromosome: str, position: int) -> None:
        anchor = Interval(chromosome, position, position + 1)
        if anchor != self.anchor:
            self.anchor = anchor
            self.anchor_changed.announce()

    def factors(self) -> tuple[str, ...]:
        """Factors that can be chosen: the checkpoint's, then the measured ones."""
        predicted = [factor.name for factor in self.checkpoint.factors] if self.checkpoint else []
        cells = self.dataset.cell_types if self.dataset else ()
        measured = sorted({peaks.factor for cell in cells for peaks in cell.peaks})
        return tuple(dict.fromkeys([*predicted, *measured]))

    def _add_model_tracks(self, tracks: tuple[Track, ...]) -> None:
        """Predictions go above the sequence, attention to the end."""
        shown = self.tracks.tracks
        above = next((place for place, track in enumerate(shown) if isinstance(track, SequenceTrack)), len(shown))
        self.tracks.add(*(track for track in tracks if isinstance(track, PredictionTrack)), index=above)
        self.tracks.add(*(track for track in tracks if not isinstance(track, PredictionTrack)))

    def _choose_first(self) -> None:
        cells = chosen_cell_types(self.dataset)
        self.cell_type = cells[0] if cells else ""
        self.factor = chosen_factor(self.dataset, None)

    def _anchor_in_the_middle(self) -> None:
        span = self.view.span
        if span.chromosome:
            self.guess_anchor(span.chromosome, int((span.start + span.end) / 2))


def measured_instead(signal: str, swapped: Mapping[str, str]) -> str:
    """The signal of the other factor, where one of the two stands as a word at an end of the signal's name."""
    for factor, other in swapped.items():
        for place in (f"-{factor}", f"_{factor}", f" {factor}"):
            if signal.endswith(place):
                return signal.removesuffix(factor) + other
        for place in (f"{factor}-", f"{factor}_", f"{factor} "):
            if signal.startswith(place):
                return other + signal.removeprefix(factor)
    return swapped.get(signal, signal)
