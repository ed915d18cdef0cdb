"""What a person in a terminal sees of a job while its directory records everything."""

import contextlib
import sys
import time
from types import TracebackType

from ebert_core.jobs.reporter import JobReporter


class Terminal:
    """A context manager that passes reports on to the job directory, and shows events and a progress line on stderr."""

    def __init__(self, job: JobReporter) -> None:
        self._job = job
        self._is_watched = sys.stderr.isatty()
        self._next = 0.0

    def event(self, text: str) -> None:
        """A line for the log."""
        self._job.event(text)
        self._line(text)

    def progress(self, fraction: float, note: str = "") -> None:
        """How far the job is; rewrites one line when a person watches."""
        self._job.progress(fraction, note)
        if self._is_watched and time.monotonic() >= self._next:
            self._next = time.monotonic() + 0.2
            _write(f"\r\x1b[K{100 * fraction:3.0f} %  {note}")

    def metric(self, step: int, epoch: int, split: str, name: str, value: float) -> None:
        """One number of a curve."""
        self._job.metric(step, epoch, split, name, value)
        if split == "validation":
            self._line(f"step {step}, held out: {name} {value:.4f}")

    def stop_requested(self) -> bool:
        """Whether the job was asked to stop."""
        return self._job.stop_requested()

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()

    def _clear(self) -> None:
        """Ends the progress line, so that what follows has a line of its own."""
        if self._is_watched:
            _write("\r\x1b[K")

    def _line(self, text: str) -> None:
        self._clear()
        _write(f"{text}\n")


def _write(text: str) -> None:
    """Shows a text; a job does not end because its log lies on a full disk, or because nobody reads it any more."""
    with contextlib.suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()
