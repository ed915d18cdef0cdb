"""Everything the window is about: the open dataset and model, and the history of the set-up."""

from typing import NamedTuple, Protocol

from msgspec.structs import replace

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.state.announcer import Announcer
from ebert_gui.state.defaults import chosen_cell_types, chosen_factor
from ebert_gui.state.history import History
from ebert_gui.state.scope import Scope
from ebert_gui.state.selection import Selection
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.view import ViewRange


class TrackTable(Protocol):
    """Knows which tracks a dataset and a model open with."""

    def first_tracks(self, dataset: DatasetSummary, model: ModelSummary | None = None) -> tuple[Track, ...]:
        """The tracks that a dataset opens with."""
        ...

    def with_model_tracks(
        self, shown: tuple[Track, ...], scope: Scope, factor: str, cell_type: str
    ) -> tuple[Track, ...]:
        """The tracks on screen with those that a model opens with, unless some of a model are there already."""
        ...


class OfferedFactor(NamedTuple):
    """A factor that can be chosen: whether the dataset has peaks of it, and whether the open model predicts it."""

    name: str
    is_measured: bool
    is_predicted: bool


class Workspace:
    """The state behind one window."""

    def __init__(self, table: TrackTable) -> None:
        self._table = table
        self.history = History()
        self.history.follow(lambda setup: setup.anchor).connect(self._follow_anchor)
        self.view = ViewRange(self.history)
        self.selection = Selection(self.history)
        self.tracks_changed = self.history.follow(lambda setup: setup.tracks)
        self.choice_changed = self.history.follow(lambda setup: (setup.cell_type, setup.factor, setup.compared))
        self.edits_changed = self.history.follow(lambda setup: setup.edits)
        self.regions_changed = self.history.follow(lambda setup: setup.regions)
        self.anchor_changed = Announcer()
        self.dataset_changed = Announcer()
        self.model_changed = Announcer()
        self.dataset: DatasetSummary | None = None
        self.openings = 0
        """How many datasets have been opened, one after the other: what was read of one says nothing of the next."""
        self.model: ModelSummary | None = None
        """The chosen model: what is exported, fine-tuned and offered as factors."""
        self.models: dict[str, ModelSummary] = {}
        """All open models by where they lie, in the order in which they were opened."""
        self.model_problem = ""
        self._model_problems: dict[str, str] = {}
        self._opening: dict[str, str] = {}
        self.anchor: Interval | None = None
        """The base that attention and the lens are asked about: as a person chose it, or guessed."""

    @property
    def setup(self) -> Setup:
        """What is on screen and chosen now."""
        return self.history.setup

    @property
    def cell_type(self) -> str:
        """The chosen cell type."""
        return self.setup.cell_type

    @property
    def factor(self) -> str:
        """The chosen factor."""
        return self.setup.factor

    @property
    def anchor_is_guessed(self) -> bool:
        """Whether no person has chosen an anchor."""
        return self.setup.anchor is None

    @property
    def opening_model(self) -> str:
        """The name of the model that is being opened: rows that wait for it ask nobody to open one."""
        return next(reversed(self._opening.values()), "")

    @property
    def opening(self) -> tuple[str, ...]:
        """Where the models lie that are being opened."""
        return tuple(self._opening)

    @property
    def scope(self) -> Scope:
        """What tracks are read and drawn for now."""
        view = self.view
        return Scope(
            self.dataset,
            self.model,
            self.anchor,
            view.interval,
            view.bases_per_column,
            view.chromosome_length,
            view.span.length,
            self.setup.edits,
            tuple(self.models.values()),
            tuple(self._model_problems.items()),
        )

    def open_dataset(self, dataset: DatasetSummary, kept: Setup | None = None) -> None:
        """Show a dataset as it was kept, as far as it has that, or as it suggests, at the place where it starts."""
        had_model = bool(self.models or self._opening)
        self.openings += 1
        self.dataset = dataset
        self.model = None
        for held in (self.models, self._model_problems, self._opening):
            held.clear()
        pane = self.view.open_genome({each.name: each.length for each in dataset.chromosomes}, dataset.start_locus)
        setup = self._as_kept(dataset, kept or Setup())
        self.anchor = setup.anchor
        self.history.restart(replace(setup, panes=(pane,)))
        follow_setup = (self.tracks_changed, self.choice_changed, self.regions_changed)
        for announcer in (self.view.changed, self.dataset_changed, *follow_setup):
            announcer.announce()
        if had_model:
            self.model_changed.announce()

    def suggest_tracks(self) -> None:
        """Show the tracks that the dataset and the model suggest instead of those on screen."""
        if self.dataset is not None:
            suggested = self.setup.with_tracks(self._table.first_tracks(self.dataset, self.model))
            self.history.change(self._with_model(suggested))

    def refresh_dataset(self, dataset: DatasetSummary) -> None:
        """Take a new summary of the dataset that is open; view and tracks stay."""
        self.dataset = dataset
        self.view.chromosome_lengths = {each.name: each.length for each in dataset.chromosomes}
        self.dataset_changed.announce()

    def open_model(self, model: ModelSummary) -> None:
        """Choose a model that was opened; its tracks are added unless some are there already, and those in view stay.

        Tracks of the one chosen before name it from now on.
        """
        self._keep_names(model.path)
        self._hold(model)
        self.model = model
        if self.anchor is None:
            self._anchor_in_the_middle()
        self.history.change(self._with_model(self.setup), reveals=False)
        self.model_changed.announce()
        # What can be chosen is not what it was.
        self.choice_changed.announce()

    def add_model(self, model: ModelSummary) -> None:
        """Hold a model that was open before beside the chosen one; where none is or comes, it is chosen."""
        self._hold(model)
        if self.model is not None and self.model.path == model.path:
            self.model = model
        self._choose_if_none()
        self.model_changed.announce()

    def choose_model(self, path: str) -> None:
        """Choose another open model; no track changes."""
        if path in self.models:
            self._keep_names(path)
            self.model = self.models[path]
            self.model_changed.announce()
            self.choice_changed.announce()

    def close_model(self, path: str) -> None:
        """Close a model: its tracks go, which undo takes back, and another open one is chosen."""
        if self.model is not None and self.model.path == path:
            self.history.amend(lambda setup: setup.naming_model(path))
            self.model = None
        self.models.pop(path, None)
        self._choose_if_none()
        self.history.change(self.setup.without_model(path))
        self.model_changed.announce()
        self.choice_changed.announce()

    def await_model(self, path: str, name: str) -> None:
        """Say that a model is being opened."""
        self._model_problems.pop(path, None)
        self._opening[path] = name
        self.model_changed.announce()

    def fail_model(self, path: str, sentence: str) -> None:
        """Say why a model cannot be opened: in its own rows, and in all where there is no other."""
        self._opening.pop(path, None)
        self._model_problems[path] = sentence
        self._choose_if_none()
        if not self.models and not self._opening:
            self.model_problem = sentence
        self.model_changed.announce()

    def lose_model(self, sentence: str) -> None:
        """Say why nothing can be predicted."""
        self.model_problem = sentence
        self._opening.clear()
        self.model_changed.announce()

    def choose_cell_type(self, cell_type: str) -> None:
        """Look at another cell type: tracks of the one before show it, unless its own tracks are on screen already."""
        self._choose(self.setup.of_cell_type(cell_type))

    def look_at(self, cell_type: str, beside: str) -> None:
        """Show one cell type in all tracks that are of any, and another one beside it; empty: none."""
        self._choose(self.setup.of_cell_types(cell_type, beside, self.scope))

    def compare_with(self, cell_type: str) -> None:
        """Show another cell type beside the chosen one, in the rows of the one before; empty: show none."""
        self._choose(self.setup.comparing(cell_type, self.scope))

    def choose_factor(self, factor: str) -> None:
        """Look at another factor in the same way."""
        self._choose(self.setup.of_factor(factor, self.scope))

    def choose_predicted_factor(self) -> None:
        """Look at a factor that the model that comes with the dataset predicts, unless the chosen one is."""
        if self.dataset is not None and self.dataset.predicted and self.factor not in self.dataset.predicted:
            self.choose_factor(chosen_factor(self.dataset, None))

    def set_anchor(self, chromosome: str, position: int) -> None:
        """Ask attention and the lens about one base, as a person chose it."""
        self.history.change(self.setup.anchored_at(Interval(chromosome, position, position + 1)))

    def guess_anchor(self, chromosome: str, position: int) -> None:
        """Put the anchor somewhere telling, until a person chooses."""
        if self.anchor_is_guessed:
            self._place_anchor(Interval(chromosome, position, position + 1))

    def factors(self) -> tuple[OfferedFactor, ...]:
        """Factors that can be chosen, in the order of their names."""
        outputs = self.model.outputs if self.model else ()
        predicted = {output.name for output in outputs if output.is_probability}
        cells = self.dataset.cell_types if self.dataset else ()
        measured = {peaks.factor for cell in cells for peaks in cell.peaks}
        names = sorted(predicted | measured, key=str.casefold)
        return tuple(OfferedFactor(name, name in measured, name in predicted) for name in names)

    def _hold(self, model: ModelSummary) -> None:
        self.models[model.path] = model
        self.model_problem = ""
        for held in (self._opening, self._model_problems):
            held.pop(model.path, None)

    def _keep_names(self, path: str) -> None:
        """Tracks of the chosen model name it when another is chosen, also in what undo and redo show."""
        before = self.model
        if before is not None and before.path != path:
            self.history.amend(lambda setup: setup.naming_model(before.path))

    def _choose_if_none(self) -> None:
        """Choose an open model where none is and none comes; tracks of one that could not be opened keep its name."""
        if self.model is None and self.models and not self._opening:
            failed = next(iter(self._model_problems), "")
            if failed:
                self.history.amend(lambda setup: setup.naming_model(failed))
            self.model = next(reversed(self.models.values()))

    def _choose(self, setup: Setup) -> None:
        if setup != self.setup:
            self.history.change(setup)
        else:
            # A list in which something was chosen that is not to be had shows again what is chosen.
            self.choice_changed.announce()

    def _as_kept(self, dataset: DatasetSummary, kept: Setup) -> Setup:
        """What was kept, and where the dataset has not got it what it suggests."""
        cells, suggested = {cell.name for cell in dataset.cell_types}, chosen_cell_types(dataset)
        on_genome = kept.anchor is not None and kept.anchor.chromosome in self.view.chromosome_lengths
        return replace(
            kept.with_tracks(kept.tracks or self._table.first_tracks(dataset)),
            cell_type=kept.cell_type if kept.cell_type in cells else next(iter(suggested), ""),
            factor=kept.factor or chosen_factor(dataset, None),
            anchor=kept.anchor if on_genome else None,
        )

    def _with_model(self, setup: Setup) -> Setup:
        """The set-up with the tracks of the open model, and with a factor that it predicts."""
        model = self.model
        if model is None:
            return setup
        if model.predicts_binding and model.output(setup.factor) is None:
            setup = setup.of_factor(chosen_factor(self.dataset, model), self.scope)
        shown = self._table.with_model_tracks(setup.tracks, self.scope, setup.factor, setup.cell_type)
        return setup.with_tracks(shown)

    def _follow_anchor(self) -> None:
        if self.setup.anchor is None:
            self._anchor_in_the_middle()
        else:
            self._place_anchor(self.setup.anchor)

    def _place_anchor(self, anchor: Interval) -> None:
        if anchor != self.anchor:
            self.anchor = anchor
            self.anchor_changed.announce()

    def _anchor_in_the_middle(self) -> None:
        span = self.view.span
        if span.chromosome:
            self.guess_anchor(span.chromosome, int((span.start + span.end) / 2))
