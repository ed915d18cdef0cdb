"""Where sessions are kept: one file for each dataset, and for each set of bare files that is opened together."""

import hashlib
import os
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from ebert_core.protocol.machine.bounded_folders import keep_bounded

_LONGEST_NAME = 60
_OF_SAVED = "saved-"
_MOST_SESSIONS, _MOST_ASIDE, _MOST_BYTES = 1_000, 100, 500_000_000


def settings_folder() -> Path:
    """The folder of what the window keeps."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "ebert-browser"


def session_file(dataset: str, files: tuple[str, ...]) -> Path:
    """The session file of a dataset, or of bare files; its name can be read by people and is no other's."""
    named = [dataset] if dataset else sorted(files)
    # A DATASET.toml is named after its folder: most are called the same.
    words = f"{Path(dataset).parent.name} {Path(dataset).stem}" if dataset else Path(named[0]).name
    places = "\n".join(os.path.realpath(path) for path in named)
    digest = hashlib.sha256(places.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    name = re.sub(r"[^A-Za-z0-9.+-]+", "-", words).strip("-.")[:_LONGEST_NAME]
    return settings_folder() / "sessions" / f"{name}-{digest}.json"


def kept_of_saved(path: Path) -> Path:
    """Where what is shown of a session that a person saved is kept by itself: its own file changes when it is saved."""
    digest = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:12]
    name = re.sub(r"[^A-Za-z0-9.+-]+", "-", path.stem).strip("-.")[:_LONGEST_NAME]
    return settings_folder() / "sessions" / f"{_OF_SAVED}{name}-{digest}.json"


def is_kept_of_saved(path: Path) -> bool:
    """Whether a file is one of these."""
    return path.name.startswith(_OF_SAVED) and path.parent == settings_folder() / "sessions"


def session_of_nothing() -> Path:
    """The file of windows in which nothing is open; it tells how they look."""
    return settings_folder() / "sessions" / "nothing.json"


def numbered_files(first: Path) -> Iterator[Path]:
    """Names for the sessions of further windows beside S.json: S-2.json, S-3.json and so on."""
    for number in count(2):
        yield first.with_name(f"{first.stem}-{number}{first.suffix}")


def further_files(first: Path) -> list[Path]:
    """The files that are there under such names; those beside a named session may be of something else."""
    name = re.compile(re.escape(first.stem) + r"-\d+" + re.escape(first.suffix))
    try:
        return sorted(path for path in first.parent.iterdir() if name.fullmatch(path.name))
    except OSError:
        return []


def bound_sessions() -> None:
    """Keeps the sessions of the 1,000 datasets that were open last, and the 100 last ones that were set aside."""
    folder = settings_folder() / "sessions"
    keep_bounded(folder, re.compile(r".+\.json"), _MOST_SESSIONS, _MOST_BYTES)
    keep_bounded(folder, re.compile(r".+\.json\.aside-.+"), _MOST_ASIDE, _MOST_BYTES)


def newest_sessions() -> list[Path]:
    """The session files of all datasets, the last written first."""
    folder = settings_folder() / "sessions"
    try:
        found = [(entry.stat().st_mtime_ns, Path(entry.path)) for entry in os.scandir(folder)]
    except OSError:
        return []
    return [path for _, path in sorted(found, reverse=True) if path.suffix == ".json"]
