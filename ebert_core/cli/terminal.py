"""What a person in a terminal sees of a job while its directory records everything."""

import time
from types import TracebackType

from ebert_core.jobs.reporter import JobReporter
from ebert_core.protocol.showing import is_watched, tell, tell_over


class Terminal:
    """A context manager that passes reports on to the job directory, and shows events and a progress line on stderr."""

    def __init__(self, job: JobReporter) -> None:
        self._job = job
        self._is_watched = is_watched()
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
            tell_over(f"{100 * fraction:3.0f} %  {note}")

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
        tell_over("")

    def _line(self, text: str) -> None:
        self._clear()
        tell(text)
