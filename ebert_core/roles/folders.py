"""Lists folders for the window, in a thread for each, so that a file system that hangs holds up no other request."""

import errno
import heapq
import os
import platform
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ebert_core.protocol.folders import MOST_ENTRIES, Entry, Folder, ListFolder
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.roles.session import Handlers, Report

# How long the worker waits for a folder before it answers other requests; the window asks again.
_WAITS_SECONDS, _LOOKS_EVERY = 0.3, 0.02
_MOST_HANGING = 16
_LOOKS_UP_EVERY = 1_000
_DIGITS = re.compile(r"(\d+)")


class Unwanted(Exception):
    """Another folder is looked at by now."""


# Lists a folder, and calls what raises Unwanted now and then.
Lister = Callable[[ListFolder, Callable[[], None]], Folder]


def handlers() -> Handlers:
    """The part of the data role's table that is about folders."""
    return {ListFolder: Folders(list_folder).answer}


class Folders:
    """Answers what is in folders. A folder that is slow is asked for again and goes on being read meanwhile."""

    def __init__(self, lister: Lister) -> None:
        self._lister = lister
        self._listings: dict[ListFolder, _Listing] = {}

    def answer(self, request: ListFolder, report: Report) -> Folder:
        """What is in a folder, or that it does not answer yet."""
        report(0.0)
        listing = self._listing_of(request)
        until = time.monotonic() + _WAITS_SECONDS
        while not listing.has_ended.wait(_LOOKS_EVERY):
            report(0.0)
            if time.monotonic() > until:
                return Folder(request.path, is_waiting=True)
        del self._listings[request]
        try:
            return listing.result()
        except Unwanted:
            # It had just been given up when it was wanted again; the next request reads it anew.
            return Folder(request.path, is_waiting=True)

    def _listing_of(self, request: ListFolder) -> "_Listing":
        for other, listing in list(self._listings.items()):
            if other != request:
                listing.is_wanted = False
            if listing.has_ended.is_set() and other != request:
                del self._listings[other]
        known = self._listings.get(request)
        if known is not None:
            # One that hangs is not begun twice, however often a person comes back to it.
            known.is_wanted = True
            return known
        if len(self._listings) >= _MOST_HANGING:
            raise InvalidRequest(
                f"{len(self._listings)} folders of {platform.node()} do not answer. Check its network file systems, or "
                "type the whole path of a file."
            )
        begun = self._listings[request] = _Listing(request, self._lister)
        return begun


class _Listing:
    """A folder that is being read in a thread of its own."""

    def __init__(self, request: ListFolder, lister: Lister) -> None:
        self.is_wanted = True
        self.has_ended = threading.Event()
        self._request, self._lister = request, lister
        self._found: Folder | BaseException = Unwanted()
        threading.Thread(target=self._run, name="folder", daemon=True).start()

    def result(self) -> Folder:
        """What was found; raises what was raised."""
        if isinstance(self._found, BaseException):
            raise self._found
        return self._found

    def _run(self) -> None:
        try:
            self._found = self._lister(self._request, self._go_on)
        except BaseException as error:  # it is raised where the request is answered
            self._found = error
        finally:
            self.has_ended.set()

    def _go_on(self) -> None:
        if not self.is_wanted:
            raise Unwanted


def list_folder(request: ListFolder, go_on: Callable[[], None]) -> Folder:
    """What is in a folder.

    Raises:
        InvalidRequest: it is not there, or may not be looked into; the sentence says which.
    """
    path = _whole(request.path)
    # Where the last character is a slash a folder is meant, also where none is there.
    is_folder = request.path.endswith(os.sep) or os.path.isdir(path)
    try:
        folder, named = (path, "") if is_folder else os.path.split(path)
        with os.scandir(folder) as entries:
            matching = _Counted(_matching(entries, request, go_on))
            chosen = heapq.nsmallest(MOST_ENTRIES, matching, _KEYS[request.order])
        return Folder(
            path=folder,
            parents=tuple(map(str, (*reversed(Path(folder).parents), folder))),
            separator=os.sep,
            entries=tuple(map(_entry, chosen)),
            count=matching.count,
            can_write=os.access(folder, os.W_OK | os.X_OK),
            named=named,
            is_there=bool(named) and os.path.lexists(path),
        )
    except OSError as error:
        raise InvalidRequest(_sentence(error, path if is_folder else os.path.dirname(path))) from error


def _whole(text: str) -> str:
    path = os.path.expanduser(text or "~")
    if "\0" in path:
        raise InvalidRequest("A path cannot hold the character NUL; type it without.")
    if not os.path.isabs(path):
        raise InvalidRequest(f"{text} is no whole path; begin it with {os.path.abspath(os.sep)} or with ~.")
    return os.path.normpath(path)


def _sentence(error: OSError, folder: str) -> str:
    if error.errno == errno.ENOENT:
        return f"There is no folder {folder}."
    if error.errno == errno.ENOTDIR:
        return f"{folder} is no folder."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"You may not look into {folder}."
    if error.errno == errno.ENAMETOOLONG:
        return f"The name of {folder} is too long for this system; shorten it."
    return f"{folder} cannot be read: {(error.strerror or str(error)).lower()}."


class _Counted:
    """Counts what passes."""

    def __init__(self, entries: Iterable["os.DirEntry[str]"]) -> None:
        self._entries = entries
        self.count = 0

    def __iter__(self) -> Iterator["os.DirEntry[str]"]:
        for entry in self._entries:
            self.count += 1
            yield entry


def _matching(
    entries: Iterable["os.DirEntry[str]"], request: ListFolder, go_on: Callable[[], None]
) -> Iterator["os.DirEntry[str]"]:
    narrow, endings = request.narrow.casefold(), tuple(map(str.casefold, request.endings))
    shows_hidden = request.shows_hidden or narrow.startswith(".")
    for number, entry in enumerate(entries):
        if number % _LOOKS_UP_EVERY == 0:
            go_on()
        name = entry.name.casefold()
        if narrow not in name or (name.startswith(".") and not shows_hidden):
            continue
        if _is_folder(entry) or (not request.only_folders and name.endswith(endings or "")):
            yield entry


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Only a link is followed, so that a folder on a disk that hangs does not hold up the one it is shown in."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _entry(entry: "os.DirEntry[str]") -> Entry:
    if _is_folder(entry):
        return Entry(entry.name, is_folder=True)
    try:
        status = entry.stat()
    except OSError:
        # A link to nothing is shown by its name.
        return Entry(entry.name, is_folder=False)
    return Entry(entry.name, False, status.st_size, status.st_mtime)


def _by_name(entry: "os.DirEntry[str]") -> tuple[bool, list[tuple[int, str]], str]:
    """Folders first, and chr2 before chr10."""
    pieces = _DIGITS.split(entry.name.casefold())
    numbered = [(int(piece[:18]), piece) if number % 2 else (0, piece) for number, piece in enumerate(pieces)]
    return not _is_folder(entry), numbered, entry.name


def _by_time(entry: "os.DirEntry[str]") -> tuple[bool, float, str]:
    found = _entry(entry)
    return not found.is_folder, -found.modified, found.name


def _by_size(entry: "os.DirEntry[str]") -> tuple[bool, int, str]:
    found = _entry(entry)
    return not found.is_folder, -found.size, found.name


_KEYS: dict[str, Callable[["os.DirEntry[str]"], tuple[object, ...]]] = {
    "name": _by_name,
    "newest": _by_time,
    "largest": _by_size,
}
