"""The running command's side of a job: it says what it does and asks whether it should stop.

The functions of `JobReporter` are handed to training, which knows nothing of jobs.
"""

import contextlib
import math
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from ebert_core.jobs.directory import EVENTS, METRICS, PID, RESULT, STOP, new_job
from ebert_core.jobs.lines import LineWriter, as_json, read_records, write_file
from ebert_core.jobs.lock import HEARTBEAT_SECONDS, take_lock
from ebert_core.jobs.reading import Damaged
from ebert_core.jobs.records import Event, EventKind, Metric, Process, Result, started_ticks, this_host
from ebert_core.protocol.machine.disks import is_full
from ebert_core.protocol.machine.showing import tell
from ebert_core.protocol.machine.threads import choose_threads
from ebert_core.protocol.specs.jobs import JobSpec
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped
from ebert_core.protocol.terms.verdict import Verdict

_LOOK_FOR_STOP_EVERY = 0.2
# Progress is written once a second at first and ever more seldom, so that a week's run leaves some thousand lines.
_PROGRESS_EVERY = 1.0
_PROGRESS_LINES = 2000
_CHECKPOINTS = "checkpoints"
_RESERVE = "reserve"
_RESERVED_BYTES = 16_384
_TRACEBACK_BYTES = 8_000
# A batch system and torchrun may each pass on one and the same wish to end.
_SAME_WISH_SECONDS = 30.0
# A Ctrl-C reaches a process under torchrun twice: from the terminal and from torchrun.
_SAME_PRESS_SECONDS = 1.0
_WITHOUT_LOCKS = (
    "The file system of this job keeps no locks, so the file lock.held tells that it runs. Other hosts cannot tell a "
    "job that was killed here from one that hangs; they say when it was last heard from."
)


def open_job(spec: JobSpec, directory: str | Path | None = None) -> "JobReporter":
    """The reporter of a job: of the directory that was made for it, or of a new one for a run from the shell."""
    if directory is None:
        return JobReporter(new_job(spec, spec.dataset), is_new=True)
    return JobReporter(Path(directory))


class JobReporter:
    """A context manager: leaving it ends the job as done, failed or stopped, whatever the reason.

    Args:
        directory: the job's.
        is_new: whether it was made for this run, by a person in a terminal who reads why it is refused. It leaves no
            trace if that happens before the job gets anywhere: a list of mistyped specs helps nobody.

    Raises:
        InvalidRequest: another process runs this job, or its directory cannot be written.
    """

    def __init__(self, directory: Path, *, is_new: bool = False) -> None:
        if not directory.is_dir():
            raise InvalidRequest(f"There is no job directory {directory}.")
        self.directory = directory
        self._is_new = is_new
        self._lock = take_lock(directory)
        self._begun = time.monotonic()
        self._next_progress = self._next_look = 0.0
        self._stop_seen = self._has_ended = self._is_closed = self._has_advanced = self._is_discarded = False
        self._asked_to_end: float | None = None
        # Any: as Python has it, a function, a number or None.
        self._usual_interrupt: Any = None
        self._heart_stops = threading.Event()
        try:
            self._prepare()
        except InvalidRequest:
            self._give_up()
            raise
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        os.register_at_fork(after_in_child=self._release_in_child)

    def _prepare(self) -> None:
        # A job that ran before may go on later, whatever keeps it from going on now.
        self._ran_before = _has_run(self.directory)
        self._events = LineWriter(self.directory / EVENTS)
        self._metrics = LineWriter(self.directory / METRICS)
        write_file(self.directory / _RESERVE, bytes(_RESERVED_BYTES))
        threads = choose_threads().number
        process = Process(os.getpid(), this_host(), time.time(), started_ticks(os.getpid()), threads)
        write_file(self.directory / PID, as_json(process))

    def _give_up(self) -> None:
        self._is_closed = True
        self._heart_stops.set()
        self._lock.release()
        if self._is_new:
            shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def checkpoints(self) -> Path:
        """The folder for what a resumed run goes on from.

        Raises:
            InvalidRequest: it cannot be made, or lies elsewhere.
        """
        folder = self.directory / _CHECKPOINTS
        if folder.is_symlink():
            raise InvalidRequest(
                f"{folder} is a link, and what is saved there could replace files of others; remove it."
            )
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise InvalidRequest(f"{folder} cannot be made: {error.strerror}.") from error
        return folder

    def event(self, text: str) -> None:
        """Something worth a line in the log; left out on a full disk."""
        self._append_if_possible(Event(_now(), "note", note=str(text)))

    def progress(self, fraction: float, note: str = "") -> None:
        """How far the job is, 0 to 1; costs next to nothing when called often. Left out on a full disk."""
        self._has_advanced = self._has_advanced or fraction > 0
        now = time.monotonic()
        if now >= self._next_progress:
            self._next_progress = now + max(_PROGRESS_EVERY, (now - self._begun) / _PROGRESS_LINES)
            self._append_if_possible(Event(_now(), "progress", fraction=min(1.0, max(0.0, fraction)), note=note))

    def metric(self, step: int, epoch: int, split: str, name: str, value: float) -> None:
        """One number of a curve; on a full disk it waits until there is room."""
        self._has_advanced = True
        number = value if math.isfinite(value) else None
        self._metrics.append_when_possible(Metric(_now(), step, epoch, split, name, number))

    def stop_requested(self) -> bool:
        """Whether the person wants the job to end at the next step; looks at the disk five times a second at most."""
        now = time.monotonic()
        if not self._stop_seen and now >= self._next_look:
            self._next_look = now + _LOOK_FOR_STOP_EVERY
            self._stop_seen = os.path.lexists(self.directory / STOP)
        return self._stop_seen or self._asked_to_end is not None

    def finish(self, output: str, figures: Mapping[str, float] | None = None, verdict: Verdict | None = None) -> None:
        """The job is done: `output` is the path of what it made, `figures` and `verdict` what to say about it."""
        numbers = {name: value if math.isfinite(value) else None for name, value in (figures or {}).items()}
        write_file(self.directory / RESULT, as_json(Result(output, numbers, verdict)))
        self._end("done", result=output)

    def forget_checkpoints(self) -> None:
        """Removes what a resumed run would have gone on from; only once the job is done, so that no kill costs it."""
        shutil.rmtree(self.directory / _CHECKPOINTS, ignore_errors=True)

    def fail(self, message: str, details: str = "") -> None:
        """The job cannot go on; `message` is a sentence for the person."""
        self._end("failed", message=message, details=details)

    def __enter__(self) -> "JobReporter":
        # Whoever reads that the job has started may ask it to end at once, so it listens before it says so.
        self._listen()
        try:
            self._events.append(Event(_now(), "started"))
        except InvalidRequest:
            self._leave_interrupts()
            self._give_up()
            raise
        if self._lock.is_claim:
            self.event(_WITHOUT_LOCKS)
        return self

    def _listen(self) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._end_soon)
            # The terminal or the connection has gone; whoever wants to outlive that says so, as nohup does.
            if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
                signal.signal(signal.SIGHUP, self._end_soon)
            self._usual_interrupt = signal.signal(signal.SIGINT, self._end_soon_or_now)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave_interrupts()
        if not self._has_ended:
            match error:
                case None if not self.stop_requested():
                    self._end("done")
                case None | KeyboardInterrupt():
                    self._end("stopped")
                case Stopped():
                    self._end("stopped")
                case InvalidRequest() if os.path.lexists(self.directory / STOP):
                    self._end("stopped")
                case InvalidRequest():
                    self._is_discarded = self._is_new and not self._has_advanced
                    self._end("failed", message=str(error), is_refused=not (self._has_advanced or self._ran_before))
                case OSError() if is_full(error):
                    place = error.filename or "where the job writes"
                    self.fail(f"The disk is full: {place} could not be written. Free some space, then resume.")
                case _:
                    text = "".join(traceback.format_exception(error))[-_TRACEBACK_BYTES:]
                    self.fail(f"{type(error).__name__}: {error}", text)
        self._events.close()
        self._metrics.close()
        self._is_closed = True
        self._heart_stops.set()
        self._lock.release()
        if self._is_discarded:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _leave_interrupts(self) -> None:
        if self._usual_interrupt is not None:
            signal.signal(signal.SIGINT, self._usual_interrupt)

    # Any: fields of Event.
    def _end(self, kind: EventKind, **more: Any) -> None:
        self._has_ended = True
        # On a full disk, this makes the room in which the reason can be written.
        (self.directory / _RESERVE).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (self.directory / STOP).unlink(missing_ok=True)
        try:
            self._events.append(Event(_now(), kind, **more))
        except InvalidRequest as error:
            tell(str(error))

    def _append_if_possible(self, event: Event) -> None:
        with contextlib.suppress(InvalidRequest):
            self._events.append(event)

    def _end_soon(self, _number: int, _frame: FrameType | None) -> None:
        """Asked to end from outside (a shutdown, a batch system), the job saves its state; asked again, it ends."""
        now = time.monotonic()
        if self._asked_to_end is None and not os.path.lexists(self.directory / STOP):
            self._asked_to_end = now
        elif self._asked_to_end is None or now > self._asked_to_end + _SAME_WISH_SECONDS:
            raise KeyboardInterrupt

    def _end_soon_or_now(self, _number: int, _frame: FrameType | None) -> None:
        """Ctrl-C: the job saves its state; pressed again, it ends where it is."""
        now = time.monotonic()
        if self._asked_to_end is None and not self.stop_requested():
            self._asked_to_end = now
            with contextlib.suppress(OSError):
                os.write(sys.stderr.fileno(), b"\nEnding at the next step; Ctrl-C again ends it at once.\n")
        elif self._asked_to_end is None or now > self._asked_to_end + _SAME_PRESS_SECONDS:
            raise KeyboardInterrupt

    def _beat(self) -> None:
        """Lets other hosts, which may not see the lock, hear that the job lives."""
        while not self._heart_stops.wait(HEARTBEAT_SECONDS):
            self._lock.beat()

    def _release_in_child(self) -> None:
        """A forked helper of the job must not keep it alive after its death."""
        if not self._is_closed:
            self._lock.leave()


def _has_run(directory: Path) -> bool:
    """Whether a job was begun before and not refused."""
    try:
        events = read_records(directory / EVENTS, Event).records
    except Damaged:
        return False
    ended = next((event for event in reversed(events) if event.kind in ("done", "failed", "stopped")), None)
    return any(event.kind == "started" for event in events) and not (ended and ended.is_refused)


def _now() -> float:
    return round(time.time(), 3)
