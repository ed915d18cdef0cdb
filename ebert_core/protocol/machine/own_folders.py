"""Folders of the person who runs the program, for what cannot lie beside a dataset that others keep."""

import hashlib
import os
import re
from pathlib import Path

_LONGEST_NAME = 40


def data_home() -> Path:
    """Where the person's own data of this program lie: `$XDG_DATA_HOME/ebert-browser`, else in `~/.local/share`."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "ebert-browser"


def cache_home() -> Path:
    """Where lies what can be made again: `$XDG_CACHE_HOME/ebert-browser`, else in `~/.cache`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ebert-browser"


def name_for(dataset: Path) -> str:
    """A name of a dataset's own among others: its folder's, made fit for a file, and eight letters of its path."""
    absolute = dataset.absolute()
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", absolute.parent.name).strip("-.")[:_LONGEST_NAME] or "dataset"
    return f"{readable}-{hashlib.sha256(os.fsencode(absolute)).hexdigest()[:8]}"


def may_write(path: Path) -> bool:
    """Whether a file or folder can be made at a path: in the nearest folder above it that is there."""
    here = path
    while not here.exists() and here != here.parent:
        here = here.parent
    return os.access(here, os.W_OK | (os.X_OK if here.is_dir() else 0))
