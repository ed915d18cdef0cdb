"""The one error that people see as it is; everything else is a mistake of ours."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A path may have 4,096 characters; what a file holds in one field, as many as the file.
_LONGEST, _LONGEST_WORD = 6000, 400


class InvalidRequest(Exception):
    """Something the user can put right; the message is one sentence that says what and how.

    What it quotes of a file may have any length: words that are longer than any name are cut, and so is the whole.
    `path` is the file that it is about, empty where it is about none.
    """

    def __init__(self, message: str = "", path: str | Path = "") -> None:
        super().__init__(_of_moderate_length(message))
        self.path = str(path)

    def add(self, sentence: str) -> None:
        """Puts a further sentence behind the message; the error stays of its class, whatever that is made of."""
        self.args = (f"{self} {sentence}".rstrip(),)


class PackageFault(InvalidRequest):
    """What the code of another package raised, which its `__cause__` is; the message names the package."""


@contextmanager
def about(path: str | Path) -> Iterator[None]:
    """Within this block, an InvalidRequest that names no file of its own is about this one."""
    try:
        yield
    except InvalidRequest as error:
        error.path = error.path or str(path)
        raise


def _of_moderate_length(message: str) -> str:
    if len(message) <= _LONGEST_WORD:
        return message
    words = message[:_LONGEST].split(" ")
    cut = " ".join(word if len(word) <= _LONGEST_WORD or "/" in word else f"{word[:_LONGEST_WORD]}…" for word in words)
    return f"{cut}…" if len(message) > _LONGEST else cut


def refused_path(error: OSError) -> str:
    """The file that the system refused; empty where the error names none."""
    if error.filename is None:
        return ""
    return os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else str(error.filename)


def file_problem(error: OSError) -> str:
    """A sentence on a file that the system refused, wherever that was; empty where the error names no file."""
    path = refused_path(error)
    if not path:
        return ""
    if error.errno == errno.ENAMETOOLONG:
        return f"The name of {path} is too long for this system; shorten it."
    return f"{path} cannot be used: {(error.strerror or str(error)).lower()}."
