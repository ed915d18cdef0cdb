"""Files that appear complete or not at all, in folders where others may write, too.

What is being written has a name that nobody can have taken before: it is created exclusively, and no link is followed.
A link that lies where the file is to be is replaced; what it points to stays as it is.
"""

import contextlib
import os
import platform
import re
import secrets
import shutil
import stat
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

# Bytes of the name that is wanted; the longest that file systems take is 255.
_KEPT_OF_NAME = 200
_TRIES = 100
# What was not changed for so long is left over from a process that was killed.
_LEFT_OVER_SECONDS = 86_400.0


def sync(path: Path) -> None:
    """Waits until a file's content, or the names in a folder, have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_names(folder: Path) -> None:
    """Waits until the names in a folder have reached the disk, where the system can tell."""
    # Windows opens no folders, and some network file systems cannot sync one; the rename itself is done by then.
    with contextlib.suppress(OSError):
        sync(folder)


def put_in_place(part: Path, path: Path, *, keep_old_as: Path | None = None) -> None:
    """Gives a written file its name: after a crash at any moment, the old content is there or the new one.

    With `keep_old_as`, the file that had the name is kept under that one; after a crash it may lie there already.
    """
    sync(part)
    if keep_old_as is not None and path.exists():
        os.replace(path, keep_old_as)
    os.replace(part, path)
    sync_names(path.parent)


def put_folder_in_place(part: Path, folder: Path, aside: Path) -> None:
    """Gives a written folder its name. One that has the name is removed, or is there again when this fails.

    A folder cannot be replaced in one step: the old one waits at `aside`, from where `put_back` fetches it after a
    crash. Whoever puts a folder there at the same moment is followed: the last one stays.

    Raises:
        OSError: a folder cannot be moved.
    """
    while True:
        shutil.rmtree(aside, ignore_errors=True)
        if folder.exists():
            os.replace(folder, aside)
        try:
            os.replace(part, folder)
            break
        except OSError:
            if not folder.exists():
                with contextlib.suppress(OSError):
                    put_back(folder, aside)
                raise
    sync_names(folder.parent)
    shutil.rmtree(aside, ignore_errors=True)


def put_back(folder: Path, aside: Path) -> None:
    """Gives a folder its name again that waited aside when the machine stopped; where one has the name, nothing.

    Raises:
        OSError: it cannot be moved.
    """
    if not folder.exists() and aside.exists():
        os.replace(aside, folder)


def new_part(path: Path, *, ending: str = "", is_ours_alone: bool = False) -> Path:
    """A new, empty file beside `path` in which its content is written before it takes its place.

    Its name ends in `.part`, and then in `ending` for a library that tells formats by names.

    It may be read by whom the umask allows. Such files that killed processes have left are removed, those of other
    hosts after a day, or at once with `is_ours_alone`, where no other process can be writing this file now.

    Raises:
        OSError: the folder cannot be written.
    """
    _remove_left_over(path, 0.0 if is_ours_alone else _LEFT_OVER_SECONDS)
    for _ in range(_TRIES):
        part = _named_beside(path, ending)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666))
            return part
    raise FileExistsError(f"{path.parent} has no free name for {path.name}")


def new_part_folder(folder: Path) -> Path:
    """A new, empty folder beside `folder`, in which its files are written before it takes its place.

    Raises:
        OSError: none can be made.
    """
    _remove_left_over(folder, _LEFT_OVER_SECONDS)
    for _ in range(_TRIES):
        part = _named_beside(folder)
        with contextlib.suppress(FileExistsError):
            part.mkdir()
            return part
    raise FileExistsError(f"{folder.parent} has no free name for {folder.name}")


def write_whole(path: Path, content: bytes, *, is_ours_alone: bool = False) -> None:
    """Writes a file beside the target and puts it in its place; when that fails, the target is as it was.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    with whole_file(path, is_ours_alone=is_ours_alone) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path, *, is_ours_alone: bool = False) -> Iterator[IO[bytes]]:
    """A file to write to that appears under its name at the end, complete; not at all when something is raised.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    part = new_part(path, is_ours_alone=is_ours_alone)
    try:
        with part.open("r+b") as file:
            yield file
        # A disk that is full may say so only when it is synced; the old file is still there then.
        put_in_place(part, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def new_file(path: Path) -> int:
    """A descriptor of a new file under this very name; a file or link of this name goes, what it points to stays.

    Raises:
        OSError: it cannot be made, or a folder has the name.
    """
    path.unlink(missing_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)


def _named_beside(path: Path, ending: str = "") -> Path:
    return path.with_name(f"{_stem(path)}.{_processes()}{os.getpid():06x}{secrets.token_hex(3)}.part{ending}")


def _stem(path: Path) -> str:
    return f".{os.fsencode(path.name)[:_KEPT_OF_NAME].decode('utf-8', 'ignore')}"


@cache
def _processes() -> str:
    """What tells the processes that this one can see from those of other hosts and containers."""
    try:
        space = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        space = 0
    return f"{zlib.crc32(f'{platform.node()} {space}'.encode()):08x}"


def _is_of_the_dead(match: re.Match[str]) -> bool:
    """Whether the process is seen to have ended that made a part; one of another host is not seen."""
    if match["processes"] != _processes():
        return False
    try:
        os.kill(int(match["process"], 16), 0)  # sends nothing
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _remove_left_over(path: Path, seconds: float) -> None:
    stem = re.escape(_stem(path))
    named = re.compile(rf"{stem}\.(?P<processes>[0-9a-f]{{8}})(?P<process>[0-9a-f]{{6}})[0-9a-f]{{6}}\.part(\.\w+)?")
    with contextlib.suppress(OSError):
        for match in filter(None, map(named.fullmatch, os.listdir(path.parent))):
            found = path.parent / match[0]
            with contextlib.suppress(OSError):
                state = found.lstat()
                if time.time() - state.st_mtime < seconds and not _is_of_the_dead(match):
                    continue
                if stat.S_ISDIR(state.st_mode):
                    shutil.rmtree(found)
                else:
                    found.unlink()
