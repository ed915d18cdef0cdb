"""What the window asks the data role about folders, so that a person can choose places of the worker's machine."""

from typing import Literal

import msgspec

# So many entries of a folder travel and are shown; a person types to narrow the rest.
MOST_ENTRIES = 2_000

Order = Literal["name", "newest", "largest"]


class ListFolder(msgspec.Struct, frozen=True, tag="list-folder"):
    """What is in a folder? Reply: Folder.

    Where `path` is none, the folder around it is listed; `~` and an empty path are the person's home. Of the entries
    come those whose names hold `narrow`, and of the files those that end in one of `endings`, in any case; all without.
    """

    path: str
    narrow: str = ""
    endings: tuple[str, ...] = ()
    only_folders: bool = False
    shows_hidden: bool = False
    order: Order = "name"


class Entry(msgspec.Struct, frozen=True):
    """A name in a folder; size in bytes and time of change in seconds since 1970 are those of files."""

    name: str
    is_folder: bool
    size: int = 0
    modified: float = 0.0


class Folder(msgspec.Struct, frozen=True):
    """A folder as it is listed: at most `MOST_ENTRIES` of the `count` that match, folders first.

    `parents` leads from the root to `path`. `named` is the rest of a path that led to no folder, `is_there` whether
    something has that name. `is_waiting` says that the folder does not answer yet: all else is empty; ask again.
    """

    path: str
    parents: tuple[str, ...] = ()
    separator: str = "/"
    entries: tuple[Entry, ...] = ()
    count: int = 0
    can_write: bool = False
    named: str = ""
    is_there: bool = False
    is_waiting: bool = False

    def path_of(self, name: str) -> str:
        """The whole path of a name in this folder."""
        return f"{self.path.removesuffix(self.separator)}{self.separator}{name}"
