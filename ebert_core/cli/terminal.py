"""What a person sees of work that reports, while the directory of its job, where it has one, records everything."""

from types import TracebackType

from ebert_core.cli.progress import Amount, Loudness, Progress
from ebert_core.jobs.reporter import JobReporter
from ebert_core.protocol.terms.errors import InvalidRequest


class Terminal:
    """A context manager that passes reports on to a job's directory, and shows events and progress on stderr."""

    def __init__(self, job: JobReporter | None = None, loudness: Loudness = "normal") -> None:
        self._job = job
        self._shown = Progress(loudness)
        self._announced = ""

    def expect(self, amount: Amount) -> None:
        """How much work there is."""
        self._shown.expect(amount)

    def announce(self, text: str) -> None:
        """A line that is said when the work gets anywhere; a job that is refused before leaves no directory to name."""
        self._announced = text

    def event(self, text: str) -> None:
        """A line for the log."""
        if self._job:
            self._job.event(text)
        self._shown.line(text)

    def detail(self, text: str) -> None:
        """A line for the log that only those see who want to know more."""
        if self._job:
            self._job.event(text)
        self._shown.detail(text)

    def progress(self, fraction: float, note: str = "") -> None:
        """How far the work is."""
        if fraction > 0:
            self._say_announced()
        if self._job:
            self._job.progress(fraction, note)
        self._shown.show(fraction, note)

    def metric(self, step: int, epoch: int, split: str, name: str, value: float) -> None:
        """One number of a curve; only jobs have curves."""
        self._say_announced()
        if self._job:
            self._job.metric(step, epoch, split, name, value)
            if split == "validation":
                self._shown.line(f"step {step}, held out: {name} {value:.4f}")

    def stop_requested(self) -> bool:
        """Whether the job was asked to stop; without a job, only Ctrl-C ends the work."""
        return self._job is not None and self._job.stop_requested()

    def _say_announced(self) -> None:
        text, self._announced = self._announced, ""
        if text:
            self.event(text)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and not isinstance(error, InvalidRequest):
            self._say_announced()
        if error is None:
            self._shown.done()
        else:
            self._shown.clear()
