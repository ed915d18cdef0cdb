"""Opens models, chooses among them, and opens them again when their worker was lost."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from ebert_core.protocol.modelling import ModelSummary, OpenModel
from ebert_gui.loading.failures import model_sentence
from ebert_gui.loading.in_progress import InProgress
from ebert_gui.loading.loader import Client
from ebert_gui.state.session import Session
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Condition, Failure, WorkerState


class ModelOpener(QObject):
    """Brings models into a workspace.

    `problem` carries a sentence and its details, `lost` the role of a worker that ended before them, `told` a sentence
    about what changed by itself.
    """

    problem = pyqtSignal(str, str)
    lost = pyqtSignal(str, str, str)
    told = pyqtSignal(str)

    def __init__(self, workspace: Workspace, model: Client, progress: InProgress) -> None:
        super().__init__()
        self._workspace = workspace
        self._model = model
        self._progress = progress
        self._chosen = ""
        self._wanted: dict[str, None] = {}
        self._under_way: set[str] = set()
        self._was_alive = False

    @property
    def chosen(self) -> str:
        """Where the model lies that is chosen or was asked for last, even if it could not be loaded here and now."""
        return self._chosen

    @property
    def wanted(self) -> tuple[str, ...]:
        """The models that are open or were asked for, as the session keeps them."""
        return tuple(self._wanted)

    def choose(self, path: str) -> None:
        """Choose another of the open models."""
        self._chosen = path
        self._workspace.choose_model(path)

    def close(self, path: str) -> None:
        """Close an open model."""
        self._wanted.pop(path, None)
        self._workspace.close_model(path)
        chosen = self._workspace.model
        self._chosen = chosen.path if chosen is not None else ""

    def open(self, path: str, is_beginning: bool = False) -> None:
        """Load a model for the dataset that is open; at a beginning both are opened in one go."""
        dataset = self._workspace.dataset
        if dataset is None or not dataset.path:
            self.problem.emit("Open a dataset first: a checkpoint predicts on the sequence of a dataset.", "")
            return
        self._chosen = path
        self._ask(OpenModel(path, dataset.path), partial(self._on_model, is_beginning=is_beginning))

    def forget(self) -> None:
        """Another dataset is open now, so none of the models is."""
        self._chosen = ""
        self._wanted.clear()

    def restore(self, session: Session) -> None:
        """Open the models of a session, beside one that was asked for meanwhile, which stays the chosen one."""
        self._chosen = self._chosen or session.model
        kept = dict.fromkeys([*session.models, *filter(None, [session.model])])
        if session.model != self._chosen:
            kept.pop(session.model, None)
        self._open_again(tuple(path for path in kept if path not in self._wanted))

    def on_worker_state(self, state: WorkerState) -> None:
        """A model worker that came back loads the models again; one that cannot start is named in the tracks."""
        is_alive, was_alive = state.condition.is_alive, self._was_alive
        self._was_alive = is_alive
        if state.condition == Condition.FAILED:
            self._workspace.lose_model(model_sentence(state))
            if self._chosen:
                self.lost.emit("model", model_sentence(state), state.details)
        elif state.condition == Condition.RESTARTING:
            self.lost.emit("model", state.sentence, state.details)
        elif is_alive and not was_alive and not self._under_way:
            # Those that are open, and those that were lost with the worker while they were being opened.
            self._open_again(tuple(dict.fromkeys([*self._workspace.models, *self._workspace.opening])))

    def _open_again(self, paths: Iterable[str]) -> None:
        """Open models that were open before; the chosen one stays chosen, and nothing is added for the others."""
        dataset = self._workspace.dataset
        for path in paths if dataset is not None else ():
            if path == self._chosen:
                self.open(path)
            elif dataset is not None:
                self._ask(OpenModel(path, dataset.path), self._on_model_again)

    def _ask(self, request: OpenModel, on_model: Callable[[OpenModel, ModelSummary], None]) -> None:
        self._wanted[request.path] = None
        self._workspace.await_model(request.path, Path(request.path).name)
        self._under_way.add(request.path)
        self._progress.begin(f"model {request.path}")
        self._model.request(request, ModelSummary, partial(on_model, request), partial(self._on_no_model, request))

    def _on_model_again(self, request: OpenModel, summary: ModelSummary) -> None:
        if self._is_still_wanted(request):
            self._workspace.add_model(summary)
        self._end(request)

    def _on_model(self, request: OpenModel, summary: ModelSummary, is_beginning: bool) -> None:
        if self._is_still_wanted(request):
            before, shown = self._workspace.factor, len(self._workspace.setup.tracks)
            self._workspace.open_model(summary)
            now, added = self._workspace.factor, len(self._workspace.setup.tracks) - shown
            if added and not is_beginning:
                what = "1 track was" if added == 1 else f"{added} tracks were"
                self.told.emit(f"{summary.name} is open: {what} added; what was in view stays there.")
            # At a beginning nobody had chosen the factor before.
            if before and now != before and not is_beginning:
                self.told.emit(
                    f"{summary.name} does not predict {before}, so the tracks show {now} instead; Undo takes this back."
                )
        self._end(request)

    def _on_no_model(self, request: OpenModel, failure: Failure) -> None:
        if failure.is_final and self._is_still_wanted(request):
            self._workspace.fail_model(request.path, failure.message)  # those that were open before go on
        if failure.is_told:
            self.problem.emit(failure.message, failure.details)
        self._end(request)

    def _is_still_wanted(self, request: OpenModel) -> bool:
        """Whether neither another dataset was asked for while this model was loading, nor the model was closed."""
        dataset = self._workspace.dataset
        return dataset is not None and dataset.path == request.dataset and request.path in self._wanted

    def _end(self, request: OpenModel) -> None:
        self._under_way.discard(request.path)
        self._progress.end(f"model {request.path}")
