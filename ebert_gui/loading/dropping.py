"""Opens several files at once, whatever they are: each is asked what it is, then all are opened in the order given."""

from collections.abc import Callable

from ebert_core.protocol.tracks import FileKind
from ebert_gui.loading.opening import Opener
from ebert_gui.loading.saved_sessions import SavedSessions
from ebert_gui.state.workspace import Workspace

_MODELS = ("checkpoint", "motifs")
_GENOME_KINDS = ("reference", "chromosome-sizes", "bands")


class Dropped:
    """Files that were chosen or dropped together; `say` gets a sentence for each that is not opened."""

    def __init__(
        self, opener: Opener, sessions: SavedSessions, workspace: Workspace, say: Callable[[str], None]
    ) -> None:
        self._opener = opener
        self._sessions = sessions
        self._workspace = workspace
        self._say = say

    def open(self, paths: tuple[str, ...]) -> None:
        """Open whatever these are: a session or a dataset first, files beside it or alone, then models."""
        self._opener.questions.inspect_all(paths, self._open_all)

    def _open_all(self, kinds: dict[str, FileKind]) -> None:
        sessions = [path for path, kind in kinds.items() if kind.kind == "session"]
        datasets = [path for path, kind in kinds.items() if kind.kind == "dataset"]
        models = [path for path, kind in kinds.items() if kind.kind in _MODELS]
        for path in (*sessions[1:], *(datasets if sessions else datasets[1:])):
            self._say(f"{path} was not opened: one {kinds[(sessions or datasets)[0]].kind} can be open at a time.")
        if sessions:
            rest = {path: kind for path, kind in kinds.items() if kind.kind not in ("session", "dataset")}
            self._sessions.open(sessions[0], lambda: self._open_all(rest))
            return
        files = tuple(self._files(kinds, has_dataset=bool(datasets) or self._has_dataset()))

        if datasets:
            self._opener.open_dataset(
                datasets[0], lambda: self._open_models(models, is_beginning=True), "".join(models[:1])
            )
        if files:
            # In line after the dataset, so beside it.
            self._opener.open_files(files)
        if not datasets:
            self._open_models(models, is_beginning=False)

    def _open_models(self, models: list[str], is_beginning: bool) -> None:
        for path in models:
            self._opener.models.open(path, is_beginning)

    def _files(self, kinds: dict[str, FileKind], has_dataset: bool) -> list[str]:
        """What can be opened as track files; of everything else it is said why not."""
        files = []
        for path, kind in kinds.items():
            if self._opener.kinds.shows_files(kind.kind) or (kind.kind in _GENOME_KINDS and not has_dataset):
                files.append(path)
            elif kind.kind in _GENOME_KINDS:
                self._say(f"{path} was not opened: the dataset has its own genome. {kind.sentence}")
            elif kind.kind and kind.kind not in ("session", "dataset", *_MODELS):
                self._say(f"{path} was not opened: nothing that is installed shows such a file. {kind.sentence}")
            elif not kind.kind:
                self._say(kind.sentence)
        return files

    def _has_dataset(self) -> bool:
        dataset = self._workspace.dataset
        return dataset is not None and bool(dataset.path)
