"""What a person is asked to choose, who answers what lies where, and what a typed text means."""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

from PyQt6.QtCore import QUrl

from ebert_core.protocol.folders import Folder, ListFolder
from ebert_core.protocol.tracks import FileKind
from ebert_gui.widgets.paths import is_absolute

_AFTER_THE_LAST_SEPARATOR = {"/": re.compile(r"[^/]*$"), "\\": re.compile(r"[^/\\]*$")}


class Kind(NamedTuple):
    """Files of one kind: what they are called, and how their names end; any where no ending is given."""

    name: str
    endings: tuple[str, ...] = ()


ALL = Kind("All files")
DATASETS = Kind("Datasets", (".toml",))
SPECS = Kind("Specs", (".toml",))

Mode = Literal["file", "files", "folder", "save"]


def _as_typed(path: str) -> str:
    return path


class Wanted(NamedTuple):
    """What a person is to choose: one file that is there, several, a folder, or a name to save under.

    `action` stands on the button, `start` is the path of a folder or file to begin at. Files may be of one of `kinds`.
    `complete` gives the path to save under the ending that it lacks; `saves_folder` where a folder will be made there.
    """

    title: str
    mode: Mode = "file"
    action: str = "Open"
    start: str = ""
    kinds: tuple[Kind, ...] = (ALL,)
    takes_addresses: bool = False
    saves_folder: bool = False
    complete: Callable[[str], str] = _as_typed


class Shortcut(NamedTuple):
    """A folder that is one click away."""

    name: str
    path: str


class Hearing(NamedTuple):
    """Who hears what is in a folder: what was found, why it cannot be listed, or now and then why it is awaited."""

    found: Callable[[Folder], None]
    refused: Callable[[str], None]
    waits: Callable[[str], None]


class Host(Protocol):
    """The machine whose files are chosen from, asked through its data worker."""

    def list_folder(self, request: ListFolder, hearing: Hearing) -> None:
        """Ask what is in a folder, in place of what was asked before. Asks again until there is an answer."""
        ...

    def forget(self) -> None:
        """Nobody waits for a folder any more."""
        ...

    def inspect(self, path: str, on_kind: Callable[[FileKind], None]) -> None:
        """Ask what a file holds."""
        ...

    def shortcuts(self) -> tuple[Shortcut, ...]:
        """The person's home, the dataset's folder, and those in which something was opened or chosen last."""
        ...

    def addresses(self) -> tuple[str, ...]:
        """Addresses that were opened last."""
        ...

    def start(self) -> str:
        """Where a person who says nothing else begins to look."""
        ...

    def remember(self, folder: str) -> None:
        """Something was chosen in this folder."""
        ...


class Typed(NamedTuple):
    """A typed text: the folder that it names, and the beginning of a name in there."""

    folder: str
    name: str

    @property
    def path(self) -> str:
        """All of it."""
        return f"{self.folder}{self.name}"


def typed(text: str, here: Folder) -> Typed:
    """What a text means in a folder: a whole path, one from that folder on, or a copied `file:` address."""
    text = text.strip()
    if text.startswith("file:"):
        text = QUrl(text).toLocalFile()
    if not is_absolute(text) and not text.startswith("~"):
        text = here.path_of(text)
    found = _AFTER_THE_LAST_SEPARATOR[here.separator].search(text)
    assert found is not None
    return Typed(text[: found.start()], found.group())


def completions(text: str, here: Folder, asked: str) -> list[str]:
    """What a typed text may become, where the folder that it names is listed; it was asked for as `asked`."""
    where = typed(text, here)
    if not {where.folder, where.folder.rstrip(here.separator)} & {here.path, asked}:
        return []
    kept = text.removesuffix(where.name)
    return [
        f"{kept}{entry.name}{here.separator if entry.is_folder else ''}"
        for entry in here.entries
        if entry.name.casefold().startswith(where.name.casefold())
    ]


def common_beginning(texts: list[str]) -> str:
    """The longest beginning that all texts share, as the first of them is written."""
    if not texts:
        return ""
    first, length = texts[0], min(map(len, texts))
    for number in range(length):
        if len({text[number].casefold() for text in texts}) > 1:
            return first[:number]
    return first[:length]
