"""A person's day in one hour: `python tools/soak.py [--minutes 60] [--seed 1] [--to build/soak]`.

Opens the real window on the demonstration with the model, without a display, and browses without a rest: jumps, zooms,
slides, other cell types and factors, undo and redo, colours, forms that are opened and closed. Two jobs run all the
time, a fine-tuning and an export. Now and then a worker or a job is killed; a killed job is resumed. Once a minute the
browsing stops, and every track in sight must come without a complaint.

Writes what every process of the program holds to `soak.tsv`, draws it to `soak.png`, prints a table, and ends with 1
if a track did not come, a job could not be resumed, a process outlived the window, or what it holds went on growing.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PyQt6.QtCore import QEventLoop, Qt, QTimer, qInstallMessageHandler
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QApplication, QDialog

from ebert_core.demonstration.generate import DATASET
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.resources import resource
from ebert_core.protocol.specs import FineTune, Predict
from ebert_core.protocol.work import Jobs, JobSummary
from ebert_gui.app import Options, WindowProgram
from ebert_gui.browser.content import TrackContent
from ebert_gui.state.tracks import PredictionTrack, Track

_SAMPLE_SECONDS = 5.0
_CHECK_SECONDS = 60.0
_PATIENCE_MILLISECONDS = 60_000
_PREDICTED_AT_ONCE = 20_000
_ALIVE = ("starting", "running")
_CAN_BE_RESUMED = ("failed", "stopped", "lost")
# A factor that was not measured in the cell type that was chosen.
_NOT_MEASURED = " peaks for "
# Fine-tune, export, save a picture.
_FORMS = ("Ctrl+T", "Ctrl+E", "Ctrl+Shift+S")
# The platform without a display says so of every form.
_NO_MATTER = ("This plugin does not support propagateSizeHints()",)
# The window may hold this many times what it held in the second quarter of the run, and this many descriptors more.
_GROWTH_ALLOWED = 1.10
_DESCRIPTORS_ALLOWED = 3


class Held(NamedTuple):
    """What one process of the program holds: its role, resident memory in MB, open descriptors and threads."""

    role: str
    megabytes: float
    descriptors: int
    threads: int


class Sample(NamedTuple):
    """What all processes hold, `seconds` after the beginning; jobs are counted and not measured."""

    seconds: float
    held: dict[str, Held]
    processes: int


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
        program.jobs.problem.connect(lambda sentence, _details: self.complaints.append(f"job: {sentence}"))

    def run(self, seconds: float) -> None:
        """Browse for so long, once the dataset is open."""
        if not _wait_until(lambda: self._program.workspace.dataset is not None, _PATIENCE_MILLISECONDS):
            raise TimeoutError("the demonstration did not open")
        due = {self._sample: 0.0, self._check: _CHECK_SECONDS, self._kill: self._kill_seconds, self._keep_jobs: 10.0}
        pauses = {
            self._sample: _SAMPLE_SECONDS,
            self._check: _CHECK_SECONDS,
            self._kill: self._kill_seconds,
            self._keep_jobs: 10.0,
        }
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
            self._program.window.pan(self._random.uniform(-0.2, 0.2))
            _wait(16)

    def _change_cell_type(self) -> None:
        dataset = self._program.workspace.dataset
        if dataset is not None:
            self._program.workspace.choose_cell_type(self._random.choice(dataset.cell_types).name)

    def _change_factor(self) -> None:
        checkpoint = self._program.workspace.checkpoint
        if checkpoint is not None:
            self._program.workspace.choose_factor(self._random.choice(checkpoint.factors).name)

    def _step_back(self) -> None:
        for step in (self._program.workspace.undo, self._program.workspace.redo):
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
        alive = [job for job in self._jobs if job.state in _ALIVE]
        victim = self._random.choice(("data", "model", "job" if alive else "data"))
        if victim == "job":
            process = json.loads((Path(self._random.choice(alive).directory) / "pid").read_text())["pid"]
        else:
            process = getattr(self._program, victim).process_id
        self.counts[f"{victim} killed"] += 1
        if process:
            os.kill(process, signal.SIGKILL)

    def _keep_jobs(self) -> None:
        """Resume what was killed, and see to it that a fine-tuning and an export run."""
        for job in self._jobs:
            if job.state in _CAN_BE_RESUMED:
                self._program.jobs.resume(job.directory)
                self.counts["job resumed"] += 1
        running = {job.verb for job in self._jobs if job.state not in (*_CAN_BE_RESUMED, "done")}
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

    def _check(self) -> None:
        """Stop at a place that the model predicts at once, and look whether every track in sight comes."""
        program = self._program
        program.jobs.look()
        self._show(_PREDICTED_AT_ONCE)
        scene = program.window.canvas.scene
        contents: dict[str, tuple[Track, TrackContent]] = {}

        def all_there() -> bool:
            tracks = [row.track for row in scene.rows() if row.top < scene.height]
            contents.clear()
            contents.update({track.id: (track, program.loader.content(track)) for track in tracks})
            return program.loader.is_idle and not any(found.is_loading for _track, found in contents.values())

        if not _wait_until(all_there, _PATIENCE_MILLISECONDS):
            late = [track.id for track, found in contents.values() if found.is_loading]
            self.complaints.append(f"after {self._elapsed():.0f} s still loading: {late}")
        wrong = [
            f"{track.id}: {found.sentence}"
            for track, found in contents.values()
            if found.is_error and _NOT_MEASURED not in found.sentence
        ]
        self.complaints.extend(f"after {self._elapsed():.0f} s {words}" for words in wrong)
        predicted = [found for track, found in contents.values() if isinstance(track, PredictionTrack)]
        if not any(not found.is_empty for found in predicted):
            said = [found.sentence for found in predicted]
            self.complaints.append(
                f"after {self._elapsed():.0f} s no binding was predicted in {len(said)} tracks: {said}"
            )
        self.counts["checks"] += 1

    def _sample(self) -> None:
        program = self._program
        processes = {"window": os.getpid(), "data": program.data.process_id, "model": program.model.process_id}
        held = {role: found for role, number in processes.items() if number and (found := _held(role, number))}
        self.samples.append(Sample(self._elapsed(), held, len(_descendants(os.getpid()))))

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
    program = WindowProgram(Options(dataset=dataset, checkpoint=checkpoint, session=session), app)
    program.window.resize(1600, 1000)
    program.window.show()
    soak = Soak(program, asked.seed, asked.to.resolve() / "jobs", asked.kill_seconds)
    with _no_forms_that_block():
        soak.run(60 * asked.minutes)
    workers = [number for role in ("data", "model") if (number := getattr(program, role).process_id)]
    _end(program, soak)
    complaints = [*soak.complaints, *_outlived(workers), *_growth(soak.samples)]
    _report(soak, complaints, asked.to)
    return 1 if complaints else 0


def _print_unless_idle(_kind: object, _context: object, words: str | None) -> None:
    if words not in _NO_MATTER:
        print(words, file=sys.stderr)


def _prepare(folder: Path) -> str:
    """The demonstration in a folder of its own; nothing of the person's is read or changed."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
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
        if job.state in _ALIVE:
            program.jobs.stop(job.directory)
    _wait_until(lambda: not any(job.state in _ALIVE for job in soak._jobs), _PATIENCE_MILLISECONDS)
    program.window.close()
    _wait(500)


def _outlived(workers: list[int]) -> list[str]:
    return [f"process {number} outlived the window" for number in workers if Path(f"/proc/{number}").exists()]


def _growth(samples: list[Sample]) -> list[str]:
    """What the window held in the last quarter beside the second; nothing to say of a run under ten minutes."""
    if samples[-1].seconds < 600:
        return []
    quarter = samples[-1].seconds / 4
    found = {}
    for name in ("megabytes", "descriptors", "threads"):
        then, now = (
            float(np.median([getattr(each.held["window"], name) for each in samples if low <= each.seconds <= high]))
            for low, high in ((quarter, 2 * quarter), (3 * quarter, 4 * quarter))
        )
        found[name] = (then, now)
    words = [
        f"the window's {name} grew from {found[name][0]:.0f} to {found[name][1]:.0f}"
        for name in ("descriptors", "threads")
        if found[name][1] > found[name][0] + _DESCRIPTORS_ALLOWED
    ]
    if found["megabytes"][1] > _GROWTH_ALLOWED * found["megabytes"][0]:
        words.append("the window's memory grew from {:.0f} to {:.0f} MB".format(*found["megabytes"]))
    return words


def _report(soak: Soak, complaints: list[str], folder: Path) -> None:
    header = "seconds\tprocesses\trole\tmegabytes\tdescriptors\tthreads"
    rows = [
        f"{each.seconds:.1f}\t{each.processes}\t{role}\t{held.megabytes:.1f}\t{held.descriptors}\t{held.threads}"
        for each in soak.samples
        for role, held in each.held.items()
    ]
    (folder / "soak.tsv").write_text("\n".join([header, *rows]) + "\n")
    _draw(soak.samples, folder / "soak.png")
    print(", ".join(f"{count} {name}" for name, count in sorted(soak.counts.items())))
    last = soak.samples[-1].seconds
    print(f"{'minute':>6}  {'window MB':>9}  {'data MB':>8}  {'model MB':>8}  {'descriptors':>11}  {'processes':>9}")
    for minute in (2, 5, 10, 15, 30, 45, 60, 90, 120):
        near = [each for each in soak.samples if abs(each.seconds - 60 * minute) <= 30]
        if 60 * minute > last + 30 or not near:
            continue
        memory = {role: _median_of(near, role) for role in ("window", "data", "model")}
        descriptors = np.median([each.held["window"].descriptors for each in near])
        processes = np.median([each.processes for each in near])
        figures = "  ".join(f"{memory[role]:8.0f}" for role in memory)
        print(f"{minute:6}  {figures:>29}  {descriptors:11.0f}  {processes:9.0f}")
    print("\n".join(complaints) or "Every track came after every kill, and nothing grew.")


def _median_of(samples: list[Sample], role: str) -> float:
    found = [each.held[role].megabytes for each in samples if role in each.held]
    return float(np.median(found)) if found else float("nan")


def _draw(samples: list[Sample], path: Path) -> None:
    import pyqtgraph
    import pyqtgraph.exporters

    pyqtgraph.setConfigOptions(background="w", foreground="k", antialias=True)
    plot = pyqtgraph.PlotWidget()
    plot.resize(1000, 500)
    plot.setLabels(left="resident memory (MB)", bottom="minutes")
    plot.addLegend(offset=(-20, 20))
    for role, colour in (("window", "#1f5fa8"), ("data", "#2a8c5a"), ("model", "#b5482a")):
        found = [(each.seconds / 60, each.held[role].megabytes) for each in samples if role in each.held]
        if found:
            minutes, megabytes = zip(*found, strict=True)
            plot.plot(minutes, megabytes, pen=pyqtgraph.mkPen(colour, width=2), name=role)
    plot.setYRange(0, max(held.megabytes for each in samples for held in each.held.values()))
    pyqtgraph.exporters.ImageExporter(plot.plotItem).export(str(path))


def _held(role: str, process: int) -> Held | None:
    """What a process holds; None once it has ended."""
    folder = Path("/proc") / str(process)
    try:
        lines = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        descriptors = len(list((folder / "fd").iterdir()))
        return Held(role, int(lines["VmRSS"].split()[0]) / 1024, descriptors, int(lines["Threads"]))
    except (OSError, KeyError):
        return None


def _descendants(process: int) -> list[int]:
    """Every process that this one started, and theirs."""
    try:
        words = (Path("/proc") / str(process) / "task" / str(process) / "children").read_text().split()
    except OSError:
        return []
    children = [int(word) for word in words]
    return children + [number for child in children for number in _descendants(child)]


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
