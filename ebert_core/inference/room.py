"""Whether the disk has room for a prediction, judged by its first blocks."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from ebert_core.inference.formats import Format
from ebert_core.inference.stretches import Block, Tell
from ebert_core.protocol.terms.report import Warned
from ebert_core.protocol.terms.wording import file_size

# A bigWig has a third more than its values: places, index, zoom levels. Calls and rows are far smaller than the values.
_FILE_SHARE, _SMALL_SHARE = 1.35, 0.1
_LOOKS = 4


class Room:
    """Looks at the first blocks and warns once when all of them together will not fit."""

    def __init__(self, folder: Path, form: Format, bins: int, keeps_parts: bool, tell: Tell) -> None:
        self._folder = folder
        self._form = form
        self._share = _SMALL_SHARE if form.writes_calls or form.has_rows else _FILE_SHARE
        self._parts_share = float(keeps_parts)
        self._bins = bins
        self._tell = tell
        self._looks = _LOOKS

    def look(self, block: Block, content: Sequence[bytes], are_values: bool) -> None:
        """Takes the bytes of a block that was just computed; where they are values still, they are encoded later."""
        if self._looks <= 0:
            return
        self._looks -= 1
        kept = written = sum(map(len, content))
        if are_values:
            written = len(content) * len(self._form.encode(block, np.frombuffer(content[0], dtype=np.float32)))
        needed = (self._parts_share * kept + self._share * written) * self._bins / block.bins
        with suppress(OSError):
            free = shutil.disk_usage(self._folder).free
            if needed > free:
                self._looks = 0
                self._tell(
                    Warned(
                        f"{os.path.abspath(self._folder)} has room for {file_size(free)}, and about "
                        f"{file_size(needed)} are needed until the files are complete."
                    )
                )
