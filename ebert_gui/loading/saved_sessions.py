"""Sessions that a person saves in files of their own: opened, followed, saved; what is missing is asked for.

What is on screen is kept by `keeping` with every change. The file that a person saved changes only when it is saved.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from PyQt6.QtCore import QObject, pyqtSignal

from ebert_core.protocol.kept_places import FindPlaces, FoundPlaces, KeptPlace
from ebert_core.protocol.other_sessions import OtherSession, ReadOtherSession
from ebert_core.protocol.terms.addresses import is_address
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.loader import Client
from ebert_gui.loading.opening import Opener
from ebert_gui.loading.other_sessions import OtherSessions
from ebert_gui.state.portable import kept_places, moved, portable, shows_the_same
from ebert_gui.state.session import Session, copy_aside, is_own_session, read_session, write_session
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Failure


class Named(NamedTuple):
    """A session that is being opened from its file; with `is_reverting`, what was kept of it by itself is unwanted.

    What `other` holds was written by another browser: its file is read and never written.
    """

    path: Path
    session: Session
    is_reverting: bool = False
    other: OtherSession | None = None
    address: str = ""

    @property
    def name(self) -> str:
        """Where it is read: a path, or an address."""
        return self.address or str(self.path)


class Searched(NamedTuple):
    """A session whose files are looked for: the places that it names, where each was found, and what comes after."""

    named: Named
    places: tuple[KeptPlace, ...]
    found: tuple[str, ...]
    then: Callable[[], None]

    @property
    def missing(self) -> tuple[str, ...]:
        """The paths that were not found."""
        return tuple(place.path for place, path in zip(self.places, self.found, strict=True) if not path)

    @property
    def is_without_dataset(self) -> bool:
        """Whether what is missing is the dataset, without which nothing can be shown."""
        return self.named.session.dataset in self.missing


class SavedSessions(QObject):
    """The session file of a window, if a person has named one.

    `changed` says that its name, or whether it is changed, is another. `missing` says that files of the session that
    is being opened are not there: `searched` names them until `complete` says that it is opened with what was found.
    `opened` carries the file whose session is shown from now on. `reported` says what was shown of a session of another
    browser, and in details what was not, and `place_wanted` where that stood.
    """

    changed = pyqtSignal()
    missing = pyqtSignal()
    complete = pyqtSignal()
    opened = pyqtSignal(str)
    noted = pyqtSignal(str)
    problem = pyqtSignal(str)

    def __init__(self, workspace: Workspace, opener: Opener, kinds: Kinds, data: Client) -> None:
        super().__init__()
        self._workspace, self._opener, self._data = workspace, opener, data
        self._read_track = kinds.read
        self._others = OtherSessions(workspace, opener)
        self.reported, self.place_wanted = self._others.reported, self._others.place_wanted
        self.path: Path | None = None
        self.searched: Searched | None = None
        self._named: Named | None = None
        self._saved: Session | None = None
        self._saved_at = 0
        self._is_beginning, self._begun = False, Session()
        self._told: tuple[Path | None, bool] = (None, False)
        workspace.history.changed.connect(self._follow)
        workspace.model_changed.connect(self._follow)
        opener.settled.connect(self._settle)

    @property
    def is_changed(self) -> bool:
        """Whether what is on screen is something else than the file has; places do not count, as for undo."""
        if self.path is None or self._is_beginning:
            return False
        return self._saved is None or not shows_the_same(self._bare(), self._saved)

    @property
    def subject(self) -> tuple[str, tuple[str, ...]]:
        """What is open: a dataset, and bare files."""
        bare = self._bare()
        return bare.dataset, bare.files

    def present(self) -> Session:
        """What is on screen, with the file that it is saved in."""
        if self.path is None:
            return self._bare()
        return replace(self._bare(), saved_as=str(self.path), saved_at=self._saved_at, is_changed=self.is_changed)

    def open(self, path: str, then: Callable[[], None] = lambda: None, *, is_reverting: bool = False) -> None:
        """Open the session in a file; where files that it names are not there, `missing` asks what to do."""
        file = Path(path)
        read = read_session(file, self._read_track)
        self.searched = None
        if not read.problem and not read.session.is_empty:
            self._search(Named(file, read.session, is_reverting), then)
            return
        if not is_address(path) and not file.exists():
            self.problem.emit(f"There is no session in {path}.")
            return

        def answered(other: OtherSession) -> None:
            files = self._others.files(other)
            self._search(Named(file, Session(files=files), other=other, address=address), then)

        def failed(failure: Failure) -> None:
            self.problem.emit(read.problem if is_own_session(file) else failure.message)

        address = path if is_address(path) else ""
        request = ReadOtherSession(path, self._others.genome)
        self._data.request(request, OtherSession, answered, failed, view_key="session")

    def revert(self) -> None:
        """Show again what is in the file."""
        if self.path is not None:
            self.open(str(self.path), is_reverting=True)

    def look_in(self, folder: str) -> None:
        """Look for what is missing in a folder too."""
        if self.searched is not None:
            self._search(self.searched.named, self.searched.then, folder)

    def go_on(self) -> None:
        """Open the session with what was found of it."""
        searched, self.searched = self.searched, None
        if searched is None:
            return
        self.complete.emit()
        places = {place.path: path for place, path in zip(searched.places, searched.found, strict=True) if path}
        if searched.named.other is not None:
            self.opened.emit(searched.named.name)
            self._others.open(searched.named.path.name, searched.named.other, places, searched.then)
            return
        session = moved(searched.named.session, places)
        self._named = searched.named._replace(session=session)
        if session.dataset:
            self._opener.open_dataset(session.dataset, searched.then, session.model)
        else:
            self._opener.open_files(session.files, searched.then, alone=True, tracks=session.setup.tracks)

    def give_up(self) -> None:
        """Do not open the session."""
        self.searched = None

    def take(self, dataset: str, files: tuple[str, ...]) -> Named | None:
        """The session that this is opened for, where a person asked for it; it is handed over once."""
        named, self._named = self._named, None
        if named is None or not named.session.is_of(dataset, files):
            return None
        self.opened.emit(str(named.path))
        return named

    def begin(self, path: Path | None, kept: Session) -> None:
        """Follow the file at `path` while `kept` is shown, which says whether it is what is in the file."""
        self.path, self._saved = path, None
        self._is_beginning, self._begun = path is not None and not kept.is_changed, kept
        self._saved_at = kept.saved_at
        if path is not None and kept.is_changed:
            read = read_session(path, self._read_track)
            self._saved = None if read.problem or read.session.is_empty else read.session
        self._follow()

    def save(self, path: Path | None = None) -> bool:
        """Save what is on screen, under another name if one is given; whether it is saved.

        What another program wrote there meanwhile is kept under a name beside it.
        """
        target = path or self.path
        if target is None:
            return False
        present = self._bare()
        try:
            if target == self.path and self._saved_at and time_written(target) not in (0, self._saved_at):
                self.noted.emit(f"{target} had been changed elsewhere; what it held is kept as {copy_aside(target)}.")
            write_session(target, portable(present, target))
        except OSError as error:
            self.problem.emit(f"The session was not saved in {target}: {error.strerror or error}.")
            return False
        self.path, self._saved, self._is_beginning = target, present, False
        self._saved_at = time_written(target)
        self.opened.emit(str(target))
        self._follow()
        return True

    def _search(self, named: Named, then: Callable[[], None], folder: str = "") -> None:
        known = self.searched
        places = kept_places(named.session)
        request = FindPlaces(places, str(named.path.parent), folder)

        def answered(reply: FoundPlaces) -> None:
            before = known.found if known is not None else ("",) * len(places)
            found = tuple(now or earlier for now, earlier in zip(reply.paths, before, strict=True))
            self.searched = Searched(named, places, found, then)
            if self.searched.missing:
                self.missing.emit()
            else:
                self.go_on()

        def failed(failure: Failure) -> None:
            self.problem.emit(failure.message)

        self._data.request(request, FoundPlaces, answered, failed, view_key="session")

    def _bare(self) -> Session:
        dataset = self._workspace.dataset
        return Session(
            dataset=dataset.path if dataset is not None else "",
            files=self._opener.files,
            model=self._opener.models.chosen,
            models=self._opener.models.wanted,
            setup=self._workspace.setup,
        )

    def _settle(self) -> None:
        """What opening itself has chosen is no change of a person's."""
        if self._is_beginning:
            has_changed = self._workspace.history.can_undo
            self._is_beginning, self._saved = False, self._begun if has_changed else self._bare()
        self._named = None
        self._follow()

    def _follow(self) -> None:
        told = (self.path, self.is_changed)
        if told != self._told:
            self._told = told
            self.changed.emit()


def time_written(path: Path) -> int:
    """When a file was written, in nanoseconds since 1970; 0 where there is none."""
    with contextlib.suppress(OSError):
        return os.stat(path).st_mtime_ns
    return 0
