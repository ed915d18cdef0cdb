"""What the picker of places asks the machine that the data worker runs on."""

import re
from collections.abc import Callable

from PyQt6.QtCore import QObject

from ebert_core.protocol.folders import Folder, ListFolder
from ebert_core.protocol.terms.addresses import is_address
from ebert_core.protocol.tracks import FileKind, InspectFile
from ebert_gui.loading.loader import Client
from ebert_gui.state.recent import read_recent
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.paths import beside, file_name, unused
from ebert_gui.widgets.timers import calls_once
from ebert_gui.widgets.wanted_place import Hearing, Shortcut
from ebert_gui.workers.state import Failure

# A folder that does not answer, or a worker that has ended, is asked again after so many milliseconds.
_AGAIN = 500
_MOST_SHORTCUTS = 8


class HostPlaces(QObject):
    """Is a `Host` of the picker."""

    def __init__(self, workspace: Workspace, data: Client) -> None:
        super().__init__()
        self._workspace = workspace
        self._data = data
        self._asked = 0
        self._chosen_in: list[str] = []
        self._ask: Callable[[], None] = lambda: None
        self._again = calls_once(self, _AGAIN, lambda: self._ask())

    def list_folder(self, request: ListFolder, hearing: Hearing) -> None:
        """Ask what is in a folder, in place of what was asked before. Asks again until there is an answer."""
        self.forget()

        def answered(folder: Folder) -> None:
            if folder.is_waiting:
                self._again.start()
                hearing.waits(f"{folder.path or 'The folder'} does not answer yet.")
            else:
                hearing.found(folder)

        def failed(failure: Failure) -> None:
            if failure.kind == "lost":
                self._again.start()
                hearing.waits(failure.message)
            elif failure.is_final:
                hearing.refused(failure.message)

        def ask() -> None:
            self._asked = self._data.request(request, Folder, answered, failed, view_key="folder")

        self._ask = ask
        ask()

    def forget(self) -> None:
        """Nobody waits for a folder any more."""
        self._again.stop()
        if self._asked:
            self._data.cancel(self._asked)
            self._asked = 0

    def inspect(self, path: str, on_kind: Callable[[FileKind], None]) -> None:
        """Ask what a file holds."""

        def failed(failure: Failure) -> None:
            on_kind(FileKind("", failure.message))

        self._data.request(InspectFile(path), FileKind, on_kind, failed, view_key="what")

    def find_unused(
        self, path: str, on_path: Callable[[str], None], ending: str = "", jobs: frozenset[str] = frozenset()
    ) -> None:
        """Ask for a name like this one that nothing has; nobody is told while its folder does not answer.

        What these `jobs` write counts as taken, finished or not.
        """

        def answered(folder: Folder) -> None:
            if not folder.is_waiting:
                on_path(unused(path, frozenset(entry.name for entry in folder.entries), ending, jobs))

        def failed(failure: Failure) -> None:
            if failure.kind == "invalid":  # where there is no such folder, only jobs may have the name
                on_path(unused(path, frozenset(), ending, jobs))

        # Of a name with a number, its neighbours are wanted, too.
        narrow = re.sub(r"-\d{1,2}$", "", file_name(path).removesuffix(ending))
        request = ListFolder(beside(path), narrow=narrow, shows_hidden=True)
        self._data.request(request, Folder, answered, failed, view_key="unused name")

    def look_for(self, path: str, on_found: Callable[[bool], None]) -> None:
        """Ask whether something is at a path; nobody is told while its folder does not answer."""

        def answered(folder: Folder) -> None:
            if not folder.is_waiting:
                on_found(folder.is_there or not folder.named)

        def failed(failure: Failure) -> None:
            if failure.kind == "invalid":  # not even its folder is there, or may be looked into
                on_found(False)

        request = ListFolder(path, narrow=file_name(path), shows_hidden=True)
        self._data.request(request, Folder, answered, failed, view_key="is it there")

    def shortcuts(self) -> tuple[Shortcut, ...]:
        """The person's home, the dataset's folder, and those in which something was opened or chosen last."""
        dataset = self._workspace.dataset
        own = [Shortcut(f"Dataset {dataset.name}", beside(dataset.path))] if dataset and dataset.path else []
        recent = [Shortcut(file_name(folder) or folder, folder) for folder in self._recent()]
        by_path: dict[str, Shortcut] = {}
        for each in (Shortcut("Home", "~"), *own, *recent):
            by_path.setdefault(each.path, each)
        return tuple(by_path.values())[:_MOST_SHORTCUTS]

    def addresses(self) -> tuple[str, ...]:
        """Addresses that were opened last."""
        return tuple(path for opened in read_recent() for path in opened if is_address(path))

    def start(self) -> str:
        """The folder in which something was chosen last, else that of what was opened last."""
        return next(iter(self._recent()), "")

    def remember(self, folder: str) -> None:
        """Something was chosen in this folder."""
        self._chosen_in = [folder, *(each for each in self._chosen_in if each != folder)]

    def _recent(self) -> list[str]:
        opened = (each[0] for each in read_recent() if each and not is_address(each[0]))
        return list(dict.fromkeys([*self._chosen_in, *(beside(path) or "/" for path in opened)]))
