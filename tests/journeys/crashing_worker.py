"""The real data worker, whose bigWig library crashes: as a damaged file can make it, and no `except` can catch.

A file that ends with OPENING is deadly when it is opened, one that ends with READING when values are read from it.
"""

import os
import resource
import signal
from pathlib import Path

from ebert_core.roles.streams import take_streams

streams = take_streams()

from ebert_core.genome import signal as signals  # noqa: E402 - the pipes come first
from ebert_core.roles.data import handlers  # noqa: E402
from ebert_core.roles.session import serve  # noqa: E402

_read = signals.BigWigSignal.binned
_open = signals.BigWigSignal.__init__


def _crash_on(path: Path, word: bytes) -> None:
    if path.is_file() and path.read_bytes().endswith(word):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.kill(os.getpid(), signal.SIGSEGV)


def _crashing_open(self, path, *others, **named) -> None:
    _crash_on(Path(path), b"OPENING")
    _open(self, path, *others, **named)


def _crashing_read(self, *others, **named):
    _crash_on(Path(self.path), b"READING")
    return _read(self, *others, **named)


signals.BigWigSignal.__init__ = _crashing_open
signals.BigWigSignal.binned = _crashing_read
serve("data", handlers(), streams=streams)
