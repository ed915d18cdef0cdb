"""Which request a worker ended on, and which are not sent again because of it."""

from collections.abc import Sequence
from typing import NamedTuple

from ebert_core.protocol.messages import Role
from ebert_core.protocol.terms.reading import FileStamp, avoided_sentence
from ebert_gui.state.fatal_files import FatalFiles
from ebert_gui.workers.state import Failure


class Culprit(NamedTuple):
    """The request that was being answered when a worker ended, and the file that was being read for it."""

    number: int
    body: bytes
    file: FileStamp | None


class Suspects:
    """What the present worker has begun, and what earlier ones ended on.

    A file is avoided at once when a worker crashed on it; a worker that was killed may have been killed for another
    reason, such as the memory that other programs took, so there it takes a second time. A request that reads no file
    has `most_deaths` of its own.
    """

    def __init__(self, role: Role, fatal: FatalFiles, most_deaths: int) -> None:
        self._role: Role = role
        self._fatal = fatal
        self._most_deaths = most_deaths
        self._begun: Culprit | None = None
        self._beats_without_a_word = 0
        self._deaths: dict[bytes, int] = {}
        self._killed_on: FileStamp | None = None

    @property
    def avoided(self) -> tuple[FileStamp, ...]:
        """The files that a worker must not read."""
        return self._fatal.of(self._role)

    def begun(self, number: int, body: bytes, file: FileStamp | None) -> None:
        """The worker says what it is at; the body is empty where the request was cancelled before."""
        before = self._begun
        known = before.body if before is not None and before.number == number else body
        self._beats_without_a_word = 0
        self._begun = Culprit(number, known, file)

    def moved(self) -> None:
        """The worker says that it gets on."""
        self._beats_without_a_word = 0

    def beat(self) -> int:
        """A beat is over: for how many the worker has said nothing of the file that it reads; 0 without a file."""
        if self._begun is None or self._begun.file is None:
            return 0
        self._beats_without_a_word += 1
        return self._beats_without_a_word

    def answered(self, number: int) -> None:
        """The worker has outlived this request."""
        if self._begun is not None and self._begun.number == number:
            if self._begun.file == self._killed_on:
                self._killed_on = None
            self._begun = None

    def ended(self, was_asked: bool, was_killed: bool) -> Culprit | None:
        """The worker has ended: what it was at, where that is to blame.

        It is not where the worker was asked to end, nor where it was killed for the first time on a file.
        """
        culprit, self._begun = self._begun, None
        if culprit is None or was_asked:
            return None
        if was_killed and culprit.file is not None and culprit.file != self._killed_on:
            self._killed_on = culprit.file
            return None
        return culprit

    def blame(self, culprit: Culprit, ending: str, details: str) -> Failure | None:
        """Remember what a worker ended on; the failure of it, None where it may be asked again."""
        if culprit.file is not None:
            self._fatal.remember(self._role, culprit.file)
            sentence = avoided_sentence(self._role, culprit.file.path)
            return Failure("avoided", sentence, "\n".join(filter(None, (ending, details))), culprit.file.path)
        self._deaths[culprit.body] = self._deaths.get(culprit.body, 0) + 1
        return self.refusal(culprit.body)

    def refusal(self, body: bytes) -> Failure | None:
        """Why a request is not sent any more."""
        deaths = self._deaths.get(body, 0)
        if not body or deaths < self._most_deaths:
            return None
        return Failure("avoided", f"The {self._role} worker ended {deaths} times at this, so it is not asked again.")

    def forgive(self, paths: Sequence[str] | None) -> bool:
        """Let these files, or all, be read again, and every request be sent again; whether that changed anything."""
        had_deaths = bool(self._deaths)
        self._deaths.clear()
        return self._fatal.forgive(self._role, paths) or had_deaths
