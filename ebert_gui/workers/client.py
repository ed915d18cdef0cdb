"""The window's end of a worker: asks, hears, and starts it again when it dies, without ever waiting for it."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from ebert_core.protocol import codec
from ebert_core.protocol.machine.showing import tell
from ebert_core.protocol.messages import (
    PROTOCOL_VERSION,
    Ask,
    Avoid,
    Begun,
    Cancel,
    Chunk,
    Credit,
    Failed,
    FromWorker,
    Hello,
    Ping,
    Pong,
    Progress,
    Role,
)
from ebert_core.protocol.terms.addresses import with_secrets
from ebert_gui.state.fatal_files import FatalFiles
from ebert_gui.workers.endings import Ending, ending_sentence, lacks_torch, was_asked_to_end, was_killed_from_outside
from ebert_gui.workers.pending import OnFailure, OnProgress, Pending, decoder_of
from ebert_gui.workers.process import WorkerProcess
from ebert_gui.workers.state import Condition, Failure, Patience, WorkerState
from ebert_gui.workers.suspects import Culprit, Suspects

Reply = TypeVar("Reply", bound=msgspec.Struct)

_DEFAULT_PATIENCE = Patience()
# A later start may take this many times what the last one took, and never less than the least allowance.
_START_MARGIN = 10
_LEAST_START = 10_000
_BACKOFF = 4
_LONGEST_BACKOFF = 4
# Far more than a screen shows: the largest reply that a window takes.
LARGEST_REPLY = 256_000_000


def local_worker(role: Role) -> list[str]:
    """The command that starts a worker on this machine."""
    return [sys.executable, "-m", "ebert_core", "worker", role]


class WorkerClient(QObject):
    """One worker, local or behind ssh: only the command that starts it differs.

    `state_changed` also tells every turn between busy and ready. `unheard_failure` carries failures of kind `invalid`
    and `bug` whose request gave no `on_failure`, `unheard_progress` how far a request is that gave no `on_progress`.

    A request that a worker ended on is not sent again: `fatal` remembers the file that was read for it. Ends that no
    request is to blame for are counted, and after some in a row without an answer the worker is given up.
    """

    state_changed = pyqtSignal(object)
    unheard_failure = pyqtSignal(object)
    unheard_progress = pyqtSignal(float, str)

    def __init__(
        self,
        argv: Sequence[str],
        role: Role,
        parent: QObject | None = None,
        patience: Patience = _DEFAULT_PATIENCE,
        fatal: FatalFiles | None = None,
    ) -> None:
        super().__init__(parent)
        self._argv = list(argv)
        self._role = role
        self._patience = patience
        self._process: WorkerProcess | None = None
        self._state = WorkerState(Condition.STOPPED)
        self._pending: dict[int, Pending] = {}
        self._unsent: list[int] = []
        self._cancelled_at: dict[int, float] = {}
        self._last_id = 0
        self._suspects = Suspects(role, fatal or FatalFiles(), patience.restarts + 1)
        # Ends in a row that no request was to blame for, and those of them since something was answered last.
        self._ends = self._fruitless = 0
        self._allowance = patience.start
        self._started_at = self._ready_at = 0.0
        self._is_stopping = False
        # What we found wrong with the worker before we ended it; `_is_hopeless` when another start would not help.
        self._complaint = ""
        self._told: set[str] = set()
        self._is_hopeless = self._lacks_torch = False
        self._silent_beats = 0
        self._deadline = self._timer(self._on_deadline, single_shot=True)
        self._pause = self._timer(self._launch, single_shot=True)
        self._heart = self._timer(self._beat, single_shot=False)

    @property
    def state(self) -> WorkerState:
        """Where the worker is now."""
        return self._state

    @property
    def process_id(self) -> int:
        """The process on this machine (of ssh, when the worker is remote); 0 when none runs."""
        return 0 if self._process is None else self._process.number

    def start(self) -> None:
        """Starts the worker; after a failure, begins to count restarts anew."""
        if self._process is None and not self._pause.isActive():
            self._ends = self._fruitless = 0
            self._set_state(Condition.STARTING)
            self._launch()

    def stop(self) -> None:
        """Ends the worker; `state_changed` says when it has ended. Outstanding requests are lost."""
        self._pause.stop()
        self._is_stopping = True
        if self._process is None:
            self._after_the_end("", "")
        else:
            self._process.end()

    def stop_and_wait(self, milliseconds: int = 2000) -> None:
        """Ends the worker and waits for that, killing it when it takes too long: only for the program's own end."""
        self.stop()
        if self._process is not None:
            self._process.wait_for_end(milliseconds)

    def request(
        self,
        body: msgspec.Struct,
        reply_type: type[Reply],
        on_reply: Callable[[Reply], None],
        on_failure: OnFailure | None = None,
        on_progress: OnProgress | None = None,
        view_key: str = "",
    ) -> int:
        """Asks, and returns the id with which the question can be cancelled.

        Exactly one of `on_reply` and `on_failure` is called, later, unless the request is cancelled here first. Of
        requests with the same non-empty `view_key` only the newest is sure to be answered; others fail as `replaced`.
        Before the worker is ready, requests wait.
        """
        self._last_id += 1
        ask = Ask(self._last_id, msgspec.Raw(codec.encode(codec.with_strings(body, with_secrets))), view_key)
        self._pending[ask.id] = Pending(ask, decoder_of(reply_type), on_reply, on_failure, on_progress)
        refusal = self._suspects.refusal(bytes(ask.body))
        if refusal is not None:
            self._fail_soon(ask.id, refusal)
        elif self._process is not None and self._state.condition.is_alive:
            self._process.send(ask)
            self._show_busy()
        elif self._state.condition == Condition.FAILED:
            self._fail_soon(ask.id, Failure("lost", self._state.sentence, self._state.details))
        else:
            self._unsent.append(ask.id)
        return ask.id

    def cancel(self, number: int) -> None:
        """Forgets a request: none of its callbacks is called any more. A worker that cannot stop it is ended."""
        if self._pending.pop(number, None) is None:
            return
        if number in self._unsent:
            self._unsent.remove(number)
        elif self._process is not None:
            self._process.send(Cancel(number))
            self._cancelled_at[number] = time.monotonic()
        self._show_busy()

    def forgive(self, paths: Sequence[str] | None) -> None:
        """Let these files, or with None all, be read again although a worker ended on them, as a person wishes."""
        if self._suspects.forgive(paths) and self._process is not None:
            self._process.send(Avoid(self._suspects.avoided))

    def _launch(self) -> None:
        self._complaint = ""
        self._is_hopeless = self._is_stopping = False
        self._silent_beats = 0
        self._started_at = time.monotonic()
        self._process = WorkerProcess(self._argv, self._patience.end, self)
        self._process.received.connect(self._on_received)
        self._process.broken.connect(self._on_broken)
        self._process.ended.connect(self._on_ended)
        self._deadline.start(self._allowance)
        self._process.start()

    def _on_received(self, message: FromWorker) -> None:
        self._silent_beats = 0
        if self._is_stopping or self._complaint:
            return
        match message:
            case Hello():
                self._on_hello(message)
            case Begun():
                pending = self._pending.get(message.id)
                self._suspects.begun(message.id, b"" if pending is None else bytes(pending.ask.body), message.file)
            case Chunk():
                self._on_chunk(message)
            case Failed():
                self._note_answer(message.id)
                if message.kind == "bug" and message.details not in self._told:
                    self._told.add(message.details)
                    tell(message.details.rstrip())
                self._fail(message.id, Failure(message.kind, message.message, message.details, message.file))
            case Progress():
                self._suspects.moved()
                pending = self._pending.get(message.id)
                if pending is not None:
                    (pending.on_progress or self.unheard_progress.emit)(message.fraction, message.note)
            case Pong():
                pass

    def _on_hello(self, hello: Hello) -> None:
        assert self._process is not None
        self._deadline.stop()
        if self._ready_at:
            self._give_up(f"The {self._role} worker said twice who it is and was ended.")
            return
        if hello.protocol_version != PROTOCOL_VERSION or hello.role != self._role:
            self._is_hopeless = True
            self._give_up(
                f"The {hello.role} worker on {hello.host} is EBERT Browser {hello.package_version} with protocol "
                f"{hello.protocol_version}; this window needs a {self._role} worker with protocol {PROTOCOL_VERSION}. "
                "Install the same version on both machines."
            )
            return
        self._ready_at = time.monotonic()
        took = round(1000 * (self._ready_at - self._started_at))
        self._allowance = max(_LEAST_START, _START_MARGIN * took)
        self._heart.start(self._patience.beat)
        if avoided := self._suspects.avoided:
            self._process.send(Avoid(avoided))
        for number in self._unsent:
            self._process.send(self._pending[number].ask)
        self._unsent.clear()
        self._set_state(Condition.BUSY if self._pending else Condition.READY, hello=hello)

    def _on_chunk(self, chunk: Chunk) -> None:
        if self._process is not None:
            self._process.send(Credit(len(chunk.data)))
        if chunk.is_last:
            self._note_answer(chunk.id)
        pending = self._pending.get(chunk.id)
        if pending is None:
            return
        pending.add(chunk.data)
        if pending.size > LARGEST_REPLY:
            self._give_up(f"The {self._role} worker's reply is over {LARGEST_REPLY // 1_000_000} MB and was not taken.")
            return
        if not chunk.is_last:
            return
        try:
            reply = pending.reply()
        except codec.Undecodable as error:
            self._fail(chunk.id, Failure("bug", f"The {self._role} worker's reply cannot be read: {error}"))
            return
        del self._pending[chunk.id]
        self._show_busy()
        pending.on_reply(reply)

    def _note_answer(self, number: int) -> None:
        """The worker has outlived a request, so it is worth starting again."""
        self._cancelled_at.pop(number, None)
        self._suspects.answered(number)
        self._fruitless = 0

    def _fail_soon(self, number: int, failure: Failure) -> None:
        QTimer.singleShot(0, lambda: self._fail(number, failure))

    def _fail(self, number: int, failure: Failure) -> None:
        pending = self._pending.pop(number, None)
        if pending is None:
            return
        self._show_busy()
        if pending.on_failure is not None:
            pending.on_failure(failure)
        elif failure.kind in ("invalid", "bug"):
            self.unheard_failure.emit(failure)

    def _beat(self) -> None:
        """Asks the worker for a sign of life, and counts how long none has come.

        Beats are counted, not seconds: a window that was itself busy, or a machine that slept, has not been silence.
        """
        if self._process is None:
            return
        longest_wait = time.monotonic() - self._patience.cancel / 1000
        stuck_beats = self._suspects.beat()
        if any(at < longest_wait for at in self._cancelled_at.values()):
            self._give_up(f"The {self._role} worker could not stop a cancelled request and was ended.")
        elif self._silent_beats >= self._patience.silent_beats:
            seconds = self._silent_beats * self._patience.beat / 1000
            self._give_up(f"The {self._role} worker has been silent for {seconds:.0f} s and was ended.")
        elif self._role == "data" and stuck_beats >= self._patience.stuck_beats:
            seconds = stuck_beats * self._patience.beat / 1000
            self._give_up(f"The data worker did not get on for {seconds:.0f} s and was ended.")
        else:
            self._silent_beats += 1
            self._process.send(Ping(self._silent_beats))

    def _on_deadline(self) -> None:
        seconds = self._allowance / 1000
        self._allowance *= 2
        self._give_up(f"The {self._role} worker was not ready after {seconds:.0f} s.")

    def _on_broken(self, sentence: str) -> None:
        assert self._process is not None
        self._is_hopeless = not self._process.has_answered
        self._give_up(f"{self._process.program} did not answer as a worker. {sentence}")

    def _give_up(self, complaint: str) -> None:
        """Ends the present process because of what is wrong with it."""
        assert self._process is not None
        self._complaint = self._complaint or complaint
        self._deadline.stop()
        self._heart.stop()
        self._process.end_by_force()

    def _on_ended(self, ending: Ending, code: int) -> None:
        assert self._process is not None
        process, self._process = self._process, None
        self._deadline.stop()
        self._heart.stop()
        sentence = self._complaint or ending_sentence(self._role, process.program, ending, code)
        was_killed = not self._complaint and was_killed_from_outside(ending, code)
        # One that ended by itself before it said hello would do so again; one that we or
        # others ended may just be slow.
        is_stillborn = not process.has_answered and not self._complaint and not was_killed
        self._is_hopeless = self._is_hopeless or is_stillborn
        self._lacks_torch = is_stillborn and lacks_torch(ending, code)
        process.deleteLater()
        was_asked = not self._complaint and was_asked_to_end(ending, code)
        self._after_the_end(sentence, process.last_lines, self._suspects.ended(was_asked, was_killed))

    def _after_the_end(self, sentence: str, details: str, culprit: Culprit | None = None) -> None:
        if culprit is not None or (self._ready_at and self._seconds_ready() > self._patience.stable / 1000):
            self._ends = self._fruitless = 0
        self._ready_at = 0.0
        self._cancelled_at.clear()
        refusal = None
        if culprit is not None and not self._is_stopping:
            refusal = self._suspects.blame(culprit, sentence, details)
            if culprit.file is not None:
                sentence = f"{sentence.removesuffix('.')} while it read {culprit.file.path}."
        if self._is_stopping:
            sentence, details = f"The {self._role} worker was stopped.", ""
            self._set_state(Condition.STOPPED)
        elif self._is_hopeless:
            self._set_state(Condition.FAILED, sentence, details)
        elif self._fruitless >= self._patience.restarts:
            often = f"{sentence} It ended {self._fruitless + 1} times in a row and is not started again."
            self._set_state(Condition.FAILED, often, details)
        else:
            self._pause.start(self._patience.first_pause * _BACKOFF ** min(self._ends, _LONGEST_BACKOFF))
            if culprit is None:
                self._ends += 1
                self._fruitless += 1
            self._set_state(Condition.RESTARTING, f"{sentence} It is being started again.", details)
        if culprit is not None and refusal is not None:
            self._fail(culprit.number, refusal)
        self._lose_requests(Failure("lost", sentence, details))

    def _seconds_ready(self) -> float:
        return time.monotonic() - self._ready_at

    def _lose_requests(self, failure: Failure) -> None:
        """Fails what the ended worker was asked; what was never sent waits for the next, if there will be one."""
        waits = self._state.condition in (Condition.RESTARTING, Condition.STARTING)
        kept = set(self._unsent) if waits else set()
        self._unsent = [number for number in self._unsent if number in kept]
        for number in [number for number in self._pending if number not in kept]:
            self._fail(number, failure)

    def _show_busy(self) -> None:
        condition = Condition.BUSY if self._pending else Condition.READY
        if self._state.condition.is_alive and self._state.condition != condition:
            self._set_state(condition, hello=self._state.hello)

    def _set_state(
        self, condition: Condition, sentence: str = "", details: str = "", hello: Hello | None = None
    ) -> None:
        has_failed = condition is Condition.FAILED
        self._state = WorkerState(condition, sentence, details, hello, has_failed and self._lacks_torch)
        self.state_changed.emit(self._state)

    def _timer(self, slot: Callable[[], None], single_shot: bool) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(single_shot)
        timer.timeout.connect(slot)
        return timer
