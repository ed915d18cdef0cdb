"""The folder in which a store is made, before it takes its place: made by one at a time, left behind by none."""

import fcntl
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ebert_core.protocol.machine.whole_files import put_folder_in_place
from ebert_core.protocol.terms.errors import InvalidRequest

_PAUSE_SECONDS = 0.2
_STORED = re.compile(
    r"index\.json|bases\.u8|bound\.bits|distance\.f16|states\.\d+\.u8|signal\.\d+\.\d+\.f16|(shared|motif)\.\d+\.f16"
)


@contextmanager
def making(directory: Path, wait: Callable[[], None]) -> Iterator[Path]:
    """An empty folder beside a store's place, locked as long as this lasts and gone afterwards unless it was moved.

    One that a killed process left is emptied and used. Folder and files are for all whom the umask lets in. Where a
    file system knows no locks, everyone has a folder of their own, and whoever is last wins.

    Args:
        directory: where the store will lie.
        wait: called every now and then while another process makes it; may raise.

    Raises:
        InvalidRequest: the place holds other things than a store, or cannot be written.
    """
    try:
        _refuse_other_things(directory)
        directory.parent.mkdir(parents=True, exist_ok=True)
        part, lock = _locked_folder(directory, wait)
        try:
            _empty(part)
            yield part
        finally:
            # Moved away, it has the store's name now.
            if _is_still_at(part, lock):
                shutil.rmtree(part, ignore_errors=True)
            os.close(lock)
    except OSError as error:
        problem = f"The store {directory} cannot be written: {error.strerror}; name another directory."
        raise InvalidRequest(problem) from None


def put_in_place(part: Path, directory: Path) -> None:
    """Gives a finished store its name, in place of the one that has it.

    Raises:
        OSError: it cannot be moved.
    """
    put_folder_in_place(part, directory, part.with_name(f"{part.name}.old"))


def _refuse_other_things(directory: Path) -> None:
    """What a store consists of may be replaced, be it whole or not."""
    others = (
        [entry.name for entry in os.scandir(directory) if not _STORED.fullmatch(entry.name)]
        if directory.is_dir()
        else []
    )
    if others or (directory.exists() and not directory.is_dir()):
        raise InvalidRequest(f"{directory} is there already and is no store; name another directory.")


def _locked_folder(directory: Path, wait: Callable[[], None]) -> tuple[Path, int]:
    part = directory.with_name(f".{directory.name}.part")
    while True:
        with suppress(FileExistsError):
            part.mkdir()
        try:
            lock = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue  # whoever made it has just moved it to its place
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            wait()
            time.sleep(_PAUSE_SECONDS)
        except OSError:
            os.close(lock)
            with suppress(OSError):
                part.rmdir()
            own = directory.with_name(f"{part.name}.{os.getpid()}")
            own.mkdir(exist_ok=True)
            return own, os.open(own, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        else:
            if _is_still_at(part, lock):
                return part, lock
            os.close(lock)


def _is_still_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path, follow_symlinks=False), os.fstat(descriptor))
    except OSError:
        return False


def _empty(folder: Path) -> None:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)
