"""Keeps the session of a window: which file it is in, who may write it, and when it is written."""

import contextlib
import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
from PyQt6.QtCore import QLockFile, QObject, QTimer, pyqtSignal

from ebert_core.protocol.machine.showing import tell
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.saved_sessions import Named, SavedSessions, time_written
from ebert_gui.state.session import ReadSession, Session, copy_aside, read_session, set_aside, write_session
from ebert_gui.state.session_files import (
    bound_sessions,
    further_files,
    is_kept_of_saved,
    kept_of_saved,
    newest_sessions,
    numbered_files,
    session_file,
    session_of_nothing,
)
from ebert_gui.state.workspace import Workspace

_AUTOSAVE_MILLISECONDS = 1000


class Appearance(NamedTuple):
    """How the window looks, which the session keeps as well."""

    is_dark: bool | None = None
    layout: str = ""
    geometry: str = ""


class SessionKeeper(QObject):
    """Every dataset, and every set of bare files, has a session of its own; two windows never write to one file.

    `noted` carries a sentence that a person may want to know, `problem` one about what cannot be kept. `unsaved`
    carries why the session cannot be saved now; `saved_again` says that this no longer holds.
    """

    noted = pyqtSignal(str)
    problem = pyqtSignal(str)
    unsaved = pyqtSignal(str)
    saved_again = pyqtSignal()

    def __init__(
        self, workspace: Workspace, saved: SavedSessions, kinds: Kinds, named: str, appearance: Callable[[], Appearance]
    ) -> None:
        super().__init__()
        self._read_track = kinds.read
        self._workspace = workspace
        self._saved = saved
        self._named = Path(named) if named else None
        self._starting = self._named
        self._appearance = appearance
        self._claim: _Claim | None = None
        self._is_unsaved = False
        self._left: set[Path] = set()
        self._timer = QTimer(self)
        self._timer.setInterval(_AUTOSAVE_MILLISECONDS)
        self._timer.timeout.connect(self.save)
        for announcer in (workspace.history.changed, workspace.dataset_changed):
            announcer.connect(self.save_soon)
        saved.changed.connect(self._move_to_saved)

    def looks(self) -> Appearance:
        """How the window looked when a session was last kept; those of the named one where there is one."""
        for path in ([self._named] if self._named and self._named.exists() else []) + newest_sessions():
            found = read_session(path, self._read_track)
            if not found.problem:
                return Appearance(found.session.is_dark, found.session.layout, found.session.geometry)
        return Appearance()

    def last(self) -> Session:
        """The session to go on with: the named one, or the last that no other window shows."""
        for path in [self._named] if self._named else newest_sessions():
            found, claim = read_session(path, self._read_track), self._claim_of(path)
            claim.let_go()
            if found.problem and not claim.is_held:
                self._put_aside(path, found.problem)
            elif not found.session.is_empty and (self._named or not claim.is_held):
                self._starting = path
                return found.session
        return Session()

    def begin(self, dataset: str, files: tuple[str, ...], is_new: bool = False) -> Session:
        """The session of what is being opened, after what was on screen has been kept.

        With `is_new`, an earlier session of the same path speaks of other data and is set aside. Where a person opens
        a session from its file, what was kept of it by itself goes on where it was changed and not saved.
        """
        self._end_current()
        self._is_unsaved = False
        bound_sessions()
        named = self._saved.take(dataset, files)
        first = kept_of_saved(named.path) if named is not None else self._first_file(dataset, files)
        self._claim, source = self._claimed(first, dataset, files)
        found = read_session(source, self._read_track)
        if is_new and source.exists():
            found = ReadSession(Session(), f"There was another dataset in {dataset}; its session is kept apart.")
        if found.problem and self._claim and source == self._claim.path and not self._put_aside(source, found.problem):
            self._let_go()
        session = found.session if named is None else self._of_named(named, found.session, source)
        self._saved.begin(Path(session.saved_as) if session.saved_as else None, session)
        if source in self._left and not found.problem and source.exists():
            self._left.discard(source)
            when = time.strftime("%H:%M:%S on %d %B", time.localtime(time_written(source) / 1e9)).replace(" 0", " ")
            self.noted.emit(f"This window ended without being closed. All is as it was kept at {when}.")
        return session

    def _of_named(self, named: Named, kept: Session, source: Path) -> Session:
        """What to show of a session that was opened from its file: that file, or what was changed and not saved."""
        at = time_written(named.path)
        fresh = msgspec.structs.replace(named.session, saved_as=str(named.path), saved_at=at, is_changed=False)
        if not kept.is_changed or kept.saved_as != str(named.path):
            return fresh
        is_same = kept.is_of(named.session.dataset, named.session.files)
        if is_same and kept.saved_at == at and not named.is_reverting:
            self.noted.emit(
                f"Changes that were not saved in {named.path.name} are shown; File, Revert to saved shows the file."
            )
            return kept
        with contextlib.suppress(OSError):
            self.noted.emit(f"What was changed and not saved in {named.path.name} is kept as {copy_aside(source)}.")
        return fresh

    def save_soon(self) -> None:
        """Save in a moment, together with what changes meanwhile."""
        self._timer.start()

    def save(self) -> None:
        """Keep what is on screen for the next start."""
        self._timer.stop()
        if self._workspace.dataset is None:
            self._save_looks()
        if self._claim is None or self._workspace.dataset is None:
            return
        path = self._claim.path
        try:
            write_session(path, self._present())
        except OSError as error:
            if not self._is_unsaved:
                self._is_unsaved = True
                self.unsaved.emit(
                    f"The session cannot be saved in {path} ({error.strerror or error}). "
                    "What was saved there before is kept; it is tried again with every change."
                )
        else:
            if self._is_unsaved:
                self.saved_again.emit()
            self._is_unsaved = False

    def end(self) -> None:
        """Save for the last time and let other windows have the file."""
        self.save()
        self._let_go()
        if self._is_unsaved:
            # The window is gone; whoever started it from a shell reads this.
            tell("ebert-browser: the last changes of the session could not be saved.")

    def _save_looks(self) -> None:
        """Keep how a window looks in which nothing is open: a session with nothing in it."""
        looks = self._appearance()
        with contextlib.suppress(OSError):
            write_session(
                session_of_nothing(), Session(is_dark=looks.is_dark, layout=looks.layout, geometry=looks.geometry)
            )

    def _present(self) -> Session:
        looks = self._appearance()
        return msgspec.structs.replace(
            self._saved.present(), is_dark=looks.is_dark, layout=looks.layout, geometry=looks.geometry
        )

    def _first_file(self, dataset: str, files: tuple[str, ...]) -> Path:
        """The file that is the session's unless another window has it."""
        starting, self._starting = self._starting, None
        if starting is None:
            return session_file(dataset, files)
        session = read_session(starting, self._read_track).session
        if session.is_empty or session.is_of(dataset, files):
            return starting
        if starting == self._named:
            kept = session.dataset or ", ".join(session.files)
            self.noted.emit(f"{starting} is the session of {kept} and stays as it is; this has a session of its own.")
        return session_file(dataset, files)

    def _claimed(self, first: Path, dataset: str, files: tuple[str, ...]) -> tuple["_Claim | None", Path]:
        """A file that no other window writes, and the file to begin from; no claim where none can be kept."""
        further = further_files(first)
        ours = [path for path in further if read_session(path, self._read_track).session.is_of(dataset, files)]
        order = [first, *ours] if first == self._named else _newest_first([first, *ours])
        for path in itertools.chain(order, (path for path in numbered_files(first) if path not in further)):
            claim = self._claim_of(path)
            if claim.lock is not None:
                if path != order[0]:
                    self.noted.emit(f"Another window has this open too. This one keeps its own session, {path}.")
                return claim, path if path.exists() else order[0]
            if not claim.is_held:
                break
        self.problem.emit(f"The session cannot be kept: the folder {first.parent} cannot be written.")
        return None, order[0]

    def _claim_of(self, path: Path) -> "_Claim":
        """Try to lock a file, and remember whether the window that had it before ended without letting it go."""
        claim = _Claim.of(path)
        if claim.was_left:
            self._left.add(path)
        return claim

    def _move_to_saved(self) -> None:
        """What is kept of a session that was saved under a name is kept in a file of its own."""
        path = self._saved.path
        if path is None or self._claim is None or self._claim.path == self._named:
            self.save_soon()
            return
        kept = kept_of_saved(path)
        if self._claim.path != kept and self._claim.path not in further_files(kept):
            claim, _ = self._claimed(kept, *self._saved.subject)
            if claim is not None:
                before = self._claim.path
                self._let_go()
                self._claim = claim
                if is_kept_of_saved(before):
                    before.unlink(missing_ok=True)  # what it had that was not saved is saved now, under the new name
        self.save_soon()

    def _put_aside(self, path: Path, problem: str) -> bool:
        try:
            aside = set_aside(path)
        except OSError as error:
            self.problem.emit(f"{problem} It cannot be renamed ({error.strerror}), so this window keeps no session.")
            return False
        self.problem.emit(f"{problem} It is now {aside}, and this is a fresh start.")
        return True

    def _end_current(self) -> None:
        self._timer.stop()
        if self._claim is not None:
            self.save()
        self._let_go()

    def _let_go(self) -> None:
        if self._claim is not None:
            self._claim.let_go()
            self._claim = None


class _Claim(NamedTuple):
    """A session file and its lock; without a lock, `is_held` says whether another window has it.

    `was_left` says that the process that had it before has ended without letting it go.
    """

    path: Path
    lock: QLockFile | None
    is_held: bool
    was_left: bool = False

    @classmethod
    def of(cls, path: Path) -> "_Claim":
        """Try to lock a file for this window."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return cls(path, None, False)
        was_there = os.path.exists(f"{path}.lock")
        lock = QLockFile(f"{path}.lock")
        # A lock is stale when its process has ended, however long it has lived.
        lock.setStaleLockTime(0)
        if lock.tryLock(0):
            return cls(path, lock, False, was_left=was_there)
        return cls(path, None, lock.error() == QLockFile.LockError.LockFailedError)

    def let_go(self) -> None:
        """Let other windows have the file."""
        if self.lock is not None:
            self.lock.unlock()


def _newest_first(paths: list[Path]) -> list[Path]:
    """The files in the order in which they were written last; one that is not there yet comes at the end."""
    return sorted(paths, key=lambda path: path.stat().st_mtime_ns if path.exists() else 0, reverse=True)
