"""Folders in which the program keeps what it can do without: the longest unused goes when there is too much of it."""

import contextlib
import re
import stat
import time
from pathlib import Path

# Whatever was written or read within a day may be in use.
_SPARED_SECONDS = 86_400.0


def keep_bounded(folder: Path, name: re.Pattern[str], most_files: int, most_bytes: int) -> list[Path]:
    """Removes the longest unused files of such names in excess of either bound; the removed ones.

    Nothing that was used within a day, no link and no folder is removed; what cannot be removed stays.
    """
    found = []
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            with contextlib.suppress(OSError):
                state = path.lstat()
                if stat.S_ISREG(state.st_mode) and name.fullmatch(path.name):
                    found.append((max(state.st_mtime, state.st_atime), state.st_size, path))
    found.sort(reverse=True)
    kept_bytes, removed = 0, []
    for number, (used, size, path) in enumerate(found):
        kept_bytes += size
        if (number >= most_files or kept_bytes > most_bytes) and time.time() - used > _SPARED_SECONDS:
            with contextlib.suppress(OSError):
                path.unlink()
                removed.append(path)
    return removed
