"""How a long run tells what it does: through an object it is given, so that it knows neither jobs nor terminals."""

from collections.abc import Callable
from typing import Protocol

from ebert_core.protocol.terms.errors import InvalidRequest

# Up to this share of a run's progress, the time that it took tells how long the rest takes. A fine-tuning's verdict,
# whose baselines take as long as they take, has the part above it.
FORESEEABLE = 0.98

# Takes how far work is, 0 to 1, and a few words: the report of work that has no curves and no log.
TellProgress = Callable[[float, str], None]


_MARK = "WARNING: "


class Warned(str):
    """A sentence that a person must not miss, as it is said: it is shown where nothing else is."""

    def __new__(cls, sentence: str) -> "Warned":
        """Takes the sentence without the word before it."""
        return super().__new__(cls, f"{_MARK}{sentence}")

    @property
    def sentence(self) -> str:
        """The sentence without the word before it, for a file that keeps it."""
        return self.removeprefix(_MARK)


def sentence_of(text: str) -> str:
    """What was said, without the word before a warning."""
    return text.sentence if isinstance(text, Warned) else text


class Report(Protocol):
    """Whoever listens: a job directory, a terminal, a test."""

    def progress(self, fraction: float, note: str) -> None:
        """How far the run is, 0 to 1, and a few words."""

    def metric(self, step: int, epoch: int, split: str, name: str, value: float) -> None:
        """One number of a curve."""

    def event(self, text: str) -> None:
        """Something worth a line in the log; a warning is a `Warned`."""

    def stop_requested(self) -> bool:
        """Whether the person wants the run to end at the next step."""


class Kept:
    """A report that passes all on, and keeps the sentences for a file, each once and without the word of a warning."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._told: dict[str, None] = {}

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was said so far."""
        return tuple(self._told)

    def progress(self, fraction: float, note: str) -> None:
        """Passes it on."""
        self._report.progress(fraction, note)

    def metric(self, step: int, epoch: int, split: str, name: str, value: float) -> None:
        """Passes it on."""
        self._report.metric(step, epoch, split, name, value)

    def event(self, text: str) -> None:
        """Keeps the sentence and passes it on."""
        self._told[sentence_of(text)] = None
        self._report.event(text)

    def stop_requested(self) -> bool:
        """Asks."""
        return self._report.stop_requested()


class Unheard:
    """A report for work too short to tell anybody of."""

    def progress(self, fraction: float, note: str) -> None:
        """Told to nobody."""

    def metric(self, step: int, epoch: int, split: str, name: str, value: float) -> None:
        """Told to nobody."""

    def event(self, text: str) -> None:
        """Told to nobody."""

    def stop_requested(self) -> bool:
        """Nobody asks."""
        return False


class Stopped(InvalidRequest):
    """The person ended the run; what it had reached is kept and can be resumed."""
