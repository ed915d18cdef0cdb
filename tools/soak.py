"""A person's day in one hour: `python tools/soak.py [--minutes 60] [--seed 1] [--to build/soak]`.

Opens the real window on the demonstration with the model, without a display, and browses without a rest: jumps, zooms,
slides, other cell types and factors, undo and redo, colours, forms that are opened and closed. Two jobs run all the
time, a fine-tuning and an export. Now and then a worker or a job is killed; a killed job is resumed. Once a minute the
browsing stops, and every track in sight must come without a complaint.

Writes what every process of the program holds to `soak.tsv`, draws it to `soak.png`, prints a table, and ends with 1
if a track did not come, a job could not be resumed, a process outlived the window, or what it holds went on growing.
"""

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PyQt6.QtCore import QEventLoop, Qt, QTimer, qInstallMessageHandler
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QApplication, QDialog
from soak_report import Sample, descendants, growth_of, held_by, write_report

from ebert_core.demonstration.generate import DATASET
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.specs.jobs import FineTune, Predict
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.work import LIVE, Jobs, JobSummary
from ebert_gui.app.program import Options
from ebert_gui.app.window_program import WindowProgram
from ebert_gui.browser.content import TrackContent
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.state.tracks import Track

_SAMPLE_SECONDS = 5.0
_CHECK_SECONDS = 60.0
_PATIENCE_MILLISECONDS = 60_000
_PREDICTED_AT_ONCE = 20_000
# A factor that was not measured in the cell type that was chosen.
_NOT_MEASURED = re.compile(r" has no \S+ (peaks|signal) for ")
_WAS_KILLED = "ended from outside or crashed"
# Fine-tune, export, save a picture.
_FORMS = ("Ctrl+T", "Ctrl+E", "Ctrl+Shift+S")
# The platform without a display says so of every form.
_NO_MATTER = ("This plugin does not support propagateSizeHints()",)


class Soak:
    """The window, the person before it, and the one who kills workers."""

    def __init__(self, program: WindowProgram, seed: int, folder: Path, kill_seconds: float) -> None:
        self._program = program
        self._random = random.Random(seed)
        self._folder = folder
        self._kill_seconds = kill_seconds
        self._jobs: tuple[JobSummary, ...] = ()
        self._started = time.monotonic()
        self.counts: Counter[str] = Counter()
        self.complaints: list[str] = []
        self.samples: list[Sample] = []
        program.window.canvas.painted.connect(lambda: self.counts.update(["frames painted"]))
        program.jobs.listed.connect(self._on_jobs)
        program.jobs.problem.connect(self._on_job_problem)

    def run(self, seconds: float) -> None:
        """Browse for so long, once the dataset is open."""
        if not _wait_until(lambda: self._program.workspace.dataset is not None, _PATIENCE_MILLISECONDS):
            raise TimeoutError("the demonstration did not open")
        pauses = {
            self._sample: _SAMPLE_SECONDS,
            self._check: _CHECK_SECONDS,
            self._kill: self._kill_seconds,
            self._keep_jobs: 10.0,
        }
        due = {**pauses, self._sample: 0.0}
        while (elapsed := time.monotonic() - self._started) < seconds:
            for work, at in due.items():
                if elapsed >= at:
                    work()
                    due[work] = elapsed + pauses[work]
            self._act()
            _wait(self._random.choice((20, 50, 100, 250, 500, 1500)))
        self._check()
        self._sample()

    def _act(self) -> None:
        acts = (self._jump, self._jump, self._zoom, self._zoom, self._slide, self._slide)
        rarer = (self._change_cell_type, self._change_factor, self._step_back, self._toggle_theme, self._open_form)
        act = self._random.choice(acts if self._random.random() < 0.8 else rarer)
        self.counts[act.__name__.strip("_").replace("_", " ")] += 1
        act()

    def _jump(self) -> None:
        self._show(int(10 ** self._random.uniform(2, 6)))

    def _show(self, bases: int) -> None:
        view = self._program.workspace.view
        chromosome = self._random.choice(list(view.chromosome_lengths))
        whole = view.chromosome_lengths[chromosome]
        length = min(whole, bases)
        start = self._random.randrange(whole - length + 1)
        view.show(Interval(chromosome, start, start + length))

    def _zoom(self) -> None:
        self._program.workspace.view.zoom(self._random.choice((0.5, 0.8, 1.25, 2.0)))

    def _slide(self) -> None:
        for _ in range(self._random.randrange(1, 10)):
            view = self._program.workspace.view
            view.pan_by(self._random.uniform(-0.2, 0.2) * view.span.length)
            _wait(16)

    def _change_cell_type(self) -> None:
        dataset = self._program.workspace.dataset
        if dataset is not None:
            self._program.workspace.choose_cell_type(self._random.choice(dataset.cell_types).name)

    def _change_factor(self) -> None:
        checkpoint = self._program.workspace.model
        if checkpoint is not None:
            self._program.workspace.choose_factor(self._random.choice(checkpoint.outputs).name)

    def _step_back(self) -> None:
        for step in (self._program.workspace.history.undo, self._program.workspace.history.redo):
            step()
            _wait(50)

    def _toggle_theme(self) -> None:
        self._program.window.toggle_theme()

    def _open_form(self) -> None:
        window = self._program.window
        shortcut = QKeySequence(self._random.choice(_FORMS))
        action = next(action for action in window.findChildren(QAction) if action.shortcut() == shortcut)
        if action.isEnabled():
            action.trigger()
        _wait(500)
        for form in window.findChildren(QDialog):
            form.close()

    def _kill(self) -> None:
        alive = [job for job in self._jobs if job.state in LIVE]
        victim = self._random.choice(("data", "model", "job" if alive else "data"))
        if victim == "job":
            noted = Path(self._random.choice(alive).directory) / "pid"
            # A job that is only just starting has not noted its process yet.
            process = json.loads(noted.read_text())["pid"] if noted.exists() else 0
        else:
            process = getattr(self._program, victim).process_id
        with contextlib.suppress(ProcessLookupError):
            if process:
                os.kill(process, signal.SIGKILL)
                self.counts[f"{victim} killed"] += 1

    def _keep_jobs(self) -> None:
        """Resume what was killed, and see to it that a fine-tuning and an export run."""
        for job in self._jobs:
            if job.is_resumable:
                self._program.jobs.resume(job.directory)
                self.counts["job resumed"] += 1
        running = {job.verb for job in self._jobs if job.state in LIVE}
        dataset = self._program.workspace.dataset
        if dataset is None or (not self._jobs and self.counts["job started"] > 2):
            return
        output = str(self._folder / f"made-{self.counts['job started']}")
        if "finetune" not in running:
            self._start(FineTune(dataset.path, output, ("chr1",), ("chr2",), preset="tiny", epochs=2))
        elif "predict" not in running:
            checkpoint = str(resource("checkpoints/demonstration"))
            cell_type = dataset.cell_types[0].name
            self._start(Predict(checkpoint, dataset.path, cell_type, (), f"{output}-{{factor}}.bw"))

    def _start(self, spec: FineTune | Predict) -> None:
        self._program.jobs.start(spec)
        self.counts["job started"] += 1

    def _on_jobs(self, jobs: Jobs) -> None:
        self._jobs = jobs.jobs
        for job in jobs.jobs:
            if job.state == "failed" and job.message:
                self.complaints.append(f"{job.id}: {job.message}")

    def _on_job_problem(self, sentence: str, _details: str) -> None:
        # What was asked of a worker that is killed is not asked again: a job must not start twice.
        if _WAS_KILLED in sentence:
            self.counts["request about jobs lost"] += 1
        else:
            self.complaints.append(f"job: {sentence}")

    def _check(self) -> None:
        """Stop at a place that the model predicts at once, and look whether every track in sight comes."""
        program = self._program
        program.jobs.look()
        self._show(_PREDICTED_AT_ONCE)
        contents = self._wait_for_tracks()
        avoided = [track for track, found in contents if found.avoided is not None]
        for track in avoided:
            # It was killed twice while it read this file; a person knows that the file is not to blame.
            program.loader.take_offer(track)
        if avoided:
            self.counts["file tried again"] += len(avoided)
            contents = self._wait_for_tracks()
        late = [track.id for track, found in contents if found.is_loading]
        wrong = [
            f"{track.id}: {found.sentence}"
            for track, found in contents
            if found.is_error and not _NOT_MEASURED.search(found.sentence)
        ]
        self.complaints += [f"after {self._elapsed():.0f} s {each} was still loading" for each in late]
        self.complaints += [f"after {self._elapsed():.0f} s {words}" for words in wrong]
        predicted = [found for track, found in contents if isinstance(track, PredictionTrack)]
        if not any(not found.is_empty for found in predicted):
            said = [found.sentence for found in predicted] or "there is no such track in sight"
            state = f"model {program.model.state.condition}, {program.workspace.model_problem or 'no problem'}"
            self.complaints.append(f"after {self._elapsed():.0f} s no binding was predicted: {said} ({state})")
        self.counts["checks"] += 1

    def _wait_for_tracks(self) -> list[tuple[Track, TrackContent]]:
        """What is known of every track in sight once nothing is loading any more, or patience ends."""
        loader, scene = self._program.loader, self._program.window.canvas.scene

        def found() -> list[tuple[Track, TrackContent]]:
            tracks = [row.track for row in scene.rows() if row.top < scene.height]
            return [(track, loader.content(track)) for track in tracks]

        _wait_until(
            lambda: loader.is_idle and not any(content.is_loading for _track, content in found()),
            _PATIENCE_MILLISECONDS,
        )
        return found()

    def _sample(self) -> None:
        program = self._program
        processes = {"window": os.getpid(), "data": program.data.process_id, "model": program.model.process_id}
        held = {role: found for role, number in processes.items() if number and (found := held_by(role, number))}
        self.samples.append(Sample(self._elapsed(), held, len(descendants(os.getpid()))))

    def _elapsed(self) -> float:
        return time.monotonic() - self._started


def main() -> int:
    """Browse, print and draw; 0 where nothing was lost and nothing grew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kill-seconds", type=float, default=150.0, help="a worker or job is killed so often")
    parser.add_argument("--to", type=Path, default=Path("build/soak"))
    asked = parser.parse_args()
    shutil.rmtree(asked.to, ignore_errors=True)
    asked.to.mkdir(parents=True)
    dataset = _prepare(asked.to.resolve())
    qInstallMessageHandler(
        lambda _kind, _context, words: None if words in _NO_MATTER else print(words, file=sys.stderr)
    )
    app = QApplication([])
    checkpoint = str(resource("checkpoints/demonstration"))
    session = str(asked.to / "session.json")
    program = WindowProgram(Options(dataset=dataset, models=(checkpoint,), session=session), app)
    program.window.resize(1600, 1500)
    program.window.show()
    soak = Soak(program, asked.seed, asked.to.resolve() / "jobs", asked.kill_seconds)
    with _no_forms_that_block():
        soak.run(60 * asked.minutes)
    workers = [number for role in ("data", "model") if (number := getattr(program, role).process_id)]
    _end(program, soak)
    qInstallMessageHandler(None)
    complaints = [*soak.complaints, *_outlived(workers), *growth_of(soak.samples)]
    print(", ".join(f"{count} {name}" for name, count in sorted(soak.counts.items())))
    write_report(soak.samples, asked.to)
    print("\n".join(complaints) or "Every track came after every kill, and nothing grew.")
    return 1 if complaints else 0


def _prepare(folder: Path) -> str:
    """The demonstration in a folder of its own; nothing of the person's is read or changed."""
    # The platform without a display has a screen of 800 x 800, into which the window would be fitted.
    screen = {"name": "wide", "x": 0, "y": 0, "width": 1920, "height": 1600, "logicalDpi": 96, "dpr": 1}
    (folder / "screen.json").write_text(json.dumps({"screens": [screen]}))
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={folder / 'screen.json'}"
    for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "EBERT_JOBS"):
        os.environ[variable] = str(folder / variable.lower())
    (folder / "jobs").mkdir()
    command = [sys.executable, "-m", "ebert_core", "demo", "--directory", str(folder / "demo"), "--generate-only"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return str(folder / "demo" / DATASET)


@contextmanager
def _no_forms_that_block() -> Iterator[None]:
    """Close any form that waits for an answer, as Escape does."""
    timer = QTimer()
    timer.setInterval(2000)

    def close() -> None:
        if (form := QApplication.activeModalWidget()) is not None:
            form.close()

    timer.timeout.connect(close)
    timer.start()
    yield
    timer.stop()


def _end(program: WindowProgram, soak: Soak) -> None:
    """Stop the jobs and close the window."""
    for job in soak._jobs:
        if job.state in LIVE:
            program.jobs.stop(job.directory)
    _wait_until(lambda: not any(job.state in LIVE for job in soak._jobs), _PATIENCE_MILLISECONDS)
    program.window.close()
    _wait(500)


def _outlived(workers: list[int]) -> list[str]:
    return [f"process {number} outlived the window" for number in workers if Path(f"/proc/{number}").exists()]


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, Qt.TimerType.PreciseTimer, loop.quit)
    loop.exec()


def _wait_until(is_so: Callable[[], bool], milliseconds: int) -> bool:
    ends = time.monotonic() + milliseconds / 1000
    while not (found := is_so()) and time.monotonic() < ends:
        _wait(100)
    return found


if __name__ == "__main__":
    sys.exit(main())
