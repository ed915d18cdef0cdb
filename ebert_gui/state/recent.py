"""What was opened last: datasets, and bare files as they were opened together."""

import contextlib
from pathlib import Path

import msgspec

from ebert_core.protocol import codec
from ebert_core.protocol.machine.documents import read_json
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_gui.state.session_files import settings_folder

MOST_RECENT = 10

Opened = tuple[str, ...]


def recent_file() -> Path:
    """Where the list is kept; all windows share it."""
    return settings_folder() / "recent.json"


def read_recent() -> tuple[Opened, ...]:
    """What was opened, the last first; nothing where there is no list that can be read."""
    try:
        read = read_json(recent_file(), tuple[Opened, ...])[:MOST_RECENT]
        return tuple(tuple(map(codec.from_travel, paths)) for paths in read)
    except (OSError, msgspec.MsgspecError, InvalidRequest):
        return ()


def add_recent(opened: Opened) -> None:
    """Put what was opened first in the list. A list that cannot be written is a convenience lost, no work."""
    others = (each for each in read_recent() if each != opened)
    _write((opened, *others)[:MOST_RECENT])


def clear_recent() -> None:
    """Forget all of it."""
    _write(())


def _write(recent: tuple[Opened, ...]) -> None:
    travelling = [list(map(codec.to_travel, paths)) for paths in recent]
    with contextlib.suppress(OSError):
        recent_file().parent.mkdir(parents=True, exist_ok=True)
        write_whole(recent_file(), msgspec.json.encode(travelling))
