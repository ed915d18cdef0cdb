"""Everything the window is about: the open dataset and checkpoint, the view, the tracks and what is chosen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

import msgspec

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.modelling import CheckpointSummary
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.state.announcer import Announcer
from ebert_gui.state.defaults import chosen_cell_types, chosen_factor
from ebert_gui.state.scope import Scope
from ebert_gui.state.track_list import TrackList
from ebert_gui.state.tracks import Track
from ebert_gui.state.undo import UndoSteps
from ebert_gui.state.view import ViewRange


class Choices(NamedTuple):
    """What a person chose to see, which one history of undo covers; the place has a history of its own."""

    tracks: tuple[Track, ...]
    cell_type: str = ""
    factor: str = ""
    anchor: Interval | None = None
    """None while the anchor is a guess."""


class TrackTable(Protocol):
    """Knows which tracks a dataset and a model open with."""

    def first_tracks(self, dataset: DatasetSummary, checkpoint: CheckpointSummary | None = None) -> tuple[Track, ...]:
        """The tracks that a dataset opens with."""
        ...

    def with_model_tracks(
        self, shown: tuple[Track, ...], scope: Scope, factor: str, cell_type: str
    ) -> tuple[Track, ...]:
        """The tracks on screen with those that a model opens with, unless some of a model are there already."""
        ...


class OfferedFactor(NamedTuple):
    """A factor that can be chosen: whether the dataset has peaks of it, and whether the open checkpoint predicts it."""

    name: str
    is_measured: bool
    is_predicted: bool


class Workspace:
    """The state behind one window."""

    def __init__(self, table: TrackTable) -> None:
        self._table = table
        self.view = ViewRange()
        self.tracks = TrackList(self.step)
        self.dataset: DatasetSummary | None = None
        self.openings = 0
        """How many datasets have been opened, one after the other: what was read of one says nothing of the next."""
        self.checkpoint: CheckpointSummary | None = None
        self.model_problem = ""
        self.opening_checkpoint = ""
        """The name of the checkpoint that is being opened: rows that wait for it ask nobody to open one."""
        self.cell_type = ""
        self.factor = ""
        self.anchor: Interval | None = None
        self.anchor_is_guessed = True
        self.dataset_changed = Announcer()
        self.checkpoint_changed = Announcer()
        self.choice_changed = Announcer()
        self.anchor_changed = Announcer()
        self._steps: UndoSteps[Choices] = UndoSteps()
        self._is_in_step = False

    @property
    def scope(self) -> Scope:
        """What tracks are read and drawn for now."""
        view = self.view
        return Scope(
            self.dataset,
            self.checkpoint,
            self.anchor,
            view.interval,
            view.bases_per_column,
            view.chromosome_length,
            view.span.length,
        )

    @property
    def choices(self) -> Choices:
        """What is chosen now."""
        anchor = None if self.anchor_is_guessed else self.anchor
        return Choices(self.tracks.tracks, self.cell_type, self.factor, anchor)

    @property
    def can_undo(self) -> bool:
        """Whether a change can be taken back."""
        return self._steps.can_go_back

    @property
    def can_redo(self) -> bool:
        """Whether a change that was taken back can be made again."""
        return self._steps.can_go_forward

    @contextmanager
    def step(self, gesture: str = "") -> Iterator[None]:
        """Make all changes within one step of undo, together with those of the same non-empty `gesture` before."""
        if self._is_in_step:
            yield
            return
        before, self._is_in_step = self.choices, True
        try:
            yield
        finally:
            self._is_in_step = False
            if self.choices != before:
                self._steps.remember(before, gesture)

    def undo(self) -> None:
        """Take the last step back."""
        self._show_again(self._steps.back(self.choices))

    def redo(self) -> None:
        """Make the step again that was taken back."""
        self._show_again(self._steps.forward(self.choices))

    def restore(self, choices: Choices) -> None:
        """Choose what an earlier session had chosen, as far as the dataset has it; nothing before can be undone."""
        cells = {cell.name for cell in self.dataset.cell_types} if self.dataset else set()
        on_genome = choices.anchor is not None and choices.anchor.chromosome in self.view.chromosome_lengths
        self._show_again(
            choices._replace(
                cell_type=choices.cell_type if choices.cell_type in cells else self.cell_type,
                factor=choices.factor or self.factor,
                anchor=choices.anchor if on_genome else None,
            )
        )
        self._steps.forget()

    def open_dataset(self, dataset: DatasetSummary, tracks: tuple[Track, ...] = ()) -> None:
        """Show a dataset with these tracks, or with the ones it suggests."""
        had_model = self.checkpoint is not None or bool(self.opening_checkpoint)
        self.openings += 1
        self.dataset = dataset
        self.checkpoint = None
        self.opening_checkpoint = ""
        self.anchor = None
        self.anchor_is_guessed = True
        self._choose_first()
        self.view.open_genome({each.name: each.length for each in dataset.chromosomes}, dataset.start_locus)
        self.dataset_changed.announce()
        self.tracks.restart(tracks or self._table.first_tracks(dataset))
        self._steps.forget()
        self.choice_changed.announce()
        if had_model:
            self.checkpoint_changed.announce()

    def suggest_tracks(self) -> None:
        """Show the tracks that the dataset and the checkpoint suggest instead of those on screen."""
        if self.dataset is not None:
            with self.step():
                self.tracks.exchange_all(self._table.first_tracks(self.dataset, self.checkpoint))
                if self.checkpoint is not None:
                    self._show_model(self.checkpoint)

    def refresh_dataset(self, dataset: DatasetSummary) -> None:
        """Take a new summary of the dataset that is open; view and tracks stay."""
        self.dataset = dataset
        self.view.chromosome_lengths = {each.name: each.length for each in dataset.chromosomes}
        self.dataset_changed.announce()

    def open_checkpoint(self, checkpoint: CheckpointSummary) -> None:
        """Predict with a checkpoint; its tracks are added unless some are there already, and those in view stay."""
        self.checkpoint = checkpoint
        self.model_problem = self.opening_checkpoint = ""
        if self.anchor is None:
            self._anchor_in_the_middle()
        with self.step():
            self._show_model(checkpoint)
        self.checkpoint_changed.announce()
        self.choice_changed.announce()

    def await_checkpoint(self, name: str) -> None:
        """Say that a checkpoint is being opened."""
        self.opening_checkpoint = name
        self.checkpoint_changed.announce()

    def lose_model(self, sentence: str) -> None:
        """Say why nothing can be predicted."""
        self.model_problem, self.opening_checkpoint = sentence, ""
        self.checkpoint_changed.announce()

    def choose_cell_type(self, cell_type: str) -> None:
        """Look at another cell type: tracks of the one before show it, unless its own tracks are on screen already."""
        with self.step():
            before, self.cell_type = self.cell_type, cell_type
            if before and before != cell_type:
                self._substitute_cell_type(before, cell_type)
        self.choice_changed.announce()

    @property
    def compared(self) -> str:
        """The cell type that is shown beside the chosen one; empty where there is none."""
        shown = (track.word("cell_type") for track in self.tracks.tracks)
        return next((cell for cell in shown if cell and cell != self.cell_type), "")

    def compare_with(self, cell_type: str) -> None:
        """Show another cell type beside the chosen one, in the rows of the one before; empty: show none."""
        before = self.compared
        with self.step():
            if not cell_type:
                self.tracks.remove_all(lambda track: bool(before) and track.word("cell_type") == before)
            elif before:
                self._substitute_cell_type(before, cell_type)
            else:
                self.tracks.duplicate(lambda track: self._same_of(track, cell_type))
        self.choice_changed.announce()

    def _substitute_cell_type(self, before: str, cell_type: str) -> None:
        def substituted(track: Track) -> Track:
            return track.of_cell_type(cell_type) if track.word("cell_type") == before else track

        self.tracks.substitute(substituted)

    def _same_of(self, track: Track, cell_type: str) -> Track | None:
        """A track of the chosen cell type as one of another, where the dataset or the model has it."""
        cell = self.scope.cell_type(cell_type)
        if cell is None or track.word("cell_type") != self.cell_type or not track.is_comparable:
            return None
        same = msgspec.structs.replace(track.of_cell_type(cell_type), colour="")
        return same if same.is_measured_in(cell) else None

    def choose_factor(self, factor: str) -> None:
        """Look at another factor in the same way."""
        with self.step():
            before, self.factor = self.factor, factor
            if before and before != factor:
                self._substitute_factor(before, factor)
        self.choice_changed.announce()

    def choose_predicted_factor(self) -> None:
        """Look at a factor that the checkpoint that comes with the dataset predicts, unless the chosen one is."""
        if self.dataset is not None and self.dataset.predicted and self.factor not in self.dataset.predicted:
            self.choose_factor(chosen_factor(self.dataset, None))

    def _show_again(self, choices: Choices) -> None:
        self.cell_type, self.factor = choices.cell_type, choices.factor
        was_chosen, self.anchor_is_guessed = not self.anchor_is_guessed, choices.anchor is None
        self._is_in_step = True  # whoever follows the tracks makes no step of it
        try:
            self.tracks.put_back(choices.tracks)
        finally:
            self._is_in_step = False
        if choices.anchor is not None:
            self._place_anchor(choices.anchor.chromosome, choices.anchor.start)
        elif was_chosen:
            self._anchor_in_the_middle()
        self.choice_changed.announce()

    def _show_model(self, checkpoint: CheckpointSummary) -> None:
        known = {factor.name for factor in checkpoint.factors}
        if checkpoint.factors and self.factor not in known:
            before, self.factor = self.factor, chosen_factor(self.dataset, checkpoint)
            if before:
                self._substitute_factor(before, self.factor)
        shown = self._table.with_model_tracks(self.tracks.tracks, self.scope, self.factor, self.cell_type)
        self.tracks.exchange_all(shown, reveals=False)

    def _substitute_factor(self, before: str, factor: str) -> None:
        """Show another factor wherever a track shows one, also in signals named after it (`ChIP-CTCF`)."""
        scope = self.scope
        self.tracks.substitute(lambda track: track.of_factor(before, factor, scope.cell_type(track.word("cell_type"))))

    def set_anchor(self, chromosome: str, position: int) -> None:
        """Ask attention and the lens about one base, as a person chose it."""
        with self.step():
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

    def factors(self) -> tuple[OfferedFactor, ...]:
        """Factors that can be chosen, in the order of their names."""
        predicted = {factor.name for factor in self.checkpoint.factors} if self.checkpoint else set()
        cells = self.dataset.cell_types if self.dataset else ()
        measured = {peaks.factor for cell in cells for peaks in cell.peaks}
        names = sorted(predicted | measured, key=str.casefold)
        return tuple(OfferedFactor(name, name in measured, name in predicted) for name in names)

    def _choose_first(self) -> None:
        cells = chosen_cell_types(self.dataset)
        self.cell_type = cells[0] if cells else ""
        self.factor = chosen_factor(self.dataset, None)

    def _anchor_in_the_middle(self) -> None:
        span = self.view.span
        if span.chromosome:
            self.guess_anchor(span.chromosome, int((span.start + span.end) / 2))
