"""How soon the window is there: `python benchmarks/first_frame.py [DATASET.toml [CHECKPOINT LOCUS]]`.

Prints the time from the start of the program to the first painted frame, to tracks drawn, to a model that is ready and,
with a checkpoint, to the first predicted binding on screen; each also as a ratio to importing PyQt6, numpy and
pyqtgraph alone, and the memory of the window's process. The prediction waits for torch: its import alone is printed,
too.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, QTimer

_RUNS = 3
_IMPORTS = "import PyQt6.QtCore, PyQt6.QtGui, PyQt6.QtWidgets, numpy, pyqtgraph"
_TORCH = "import torch"


class _Stages:
    """Prints when each stage was reached first, and calls `done` when all that are wanted were."""

    def __init__(self, wanted: set[str], done: Callable[[], None]) -> None:
        self._wanted, self._done = wanted, done
        self._seen: set[str] = set()

    def note(self, stage: str) -> None:
        """A stage is reached."""
        if stage not in self._seen:
            self._seen.add(stage)
            print(stage, time.time(), flush=True)
        if self._wanted <= self._seen:
            self._done()


class _Paints(QObject):
    """Calls `painted` when a widget was painted."""

    def __init__(self, widget: QObject, painted: Callable[[], None]) -> None:
        super().__init__(widget)
        self._painted = painted
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Only looks."""
        if event is not None and event.type() == QEvent.Type.Paint:
            self._painted()
        return False


def watch(arguments: list[str]) -> None:
    """Run the window once, as `__main__` does, and print seconds since the epoch at each stage."""
    from PyQt6.QtWidgets import QApplication

    from ebert_gui.workers.client import WorkerClient, local_worker

    app = QApplication([])
    data = WorkerClient(local_worker("data"), "data")
    data.start()
    from ebert_gui.app.program import Options
    from ebert_gui.app.window_program import WindowProgram
    from ebert_gui.kinds.prediction import PredictionTrack
    from ebert_gui.workers.state import Condition, WorkerState

    dataset, checkpoint, locus = [*arguments, "", "", ""][:3]
    program = WindowProgram(Options(dataset, models=(checkpoint,) if checkpoint else (), locus=locus), app, data)
    wanted = {"frame", "model"} | ({"tracks"} if arguments else set()) | ({"prediction"} if arguments[1:] else set())
    stages = _Stages(wanted, lambda: QTimer.singleShot(0, program.window.close))

    def note_frame() -> None:
        stages.note("frame")
        predicted = (each for each in program.workspace.setup.tracks if isinstance(each, PredictionTrack))
        if any(program.loader.content(each).parts.get("prediction") for each in predicted):
            stages.note("prediction")

    def note_tracks() -> None:
        if program.loader.is_idle and program.workspace.dataset is not None:
            stages.note("tracks")

    def note_model(state: WorkerState) -> None:
        if state.condition in (Condition.READY, Condition.BUSY, Condition.FAILED):
            stages.note("model")

    if arguments:
        program.window.canvas.painted.connect(note_frame)
    else:
        _Paints(program.window.offering.page, note_frame)  # the tracks are hidden behind it
    program.loader.idle.connect(note_tracks)
    program.model.state_changed.connect(note_model)
    program.window.show()
    app.exec()
    print("memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Measure several starts and print medians."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    environment["XDG_CONFIG_HOME"] = os.devnull
    times: dict[str, list[float]] = {}
    for _ in range(_RUNS):
        for stage, imports in (("imports alone", _IMPORTS), ("import of torch alone", _TORCH)):
            before = time.time()
            subprocess.run([sys.executable, "-c", imports], check=True, env=environment)
            times.setdefault(stage, []).append(time.time() - before)
        command = [sys.executable, __file__, "--watch", *sys.argv[1:]]
        before = time.time()
        told = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout
        for line in told.splitlines():
            stage, value = line.split()
            times.setdefault(stage, []).append(float(value) - (0.0 if stage == "memory" else before))
    alone = statistics.median(times["imports alone"])
    for stage, values in times.items():
        middle = statistics.median(values)
        if stage == "memory":
            print(f"memory of the window: {middle:.0f} MB")
        else:
            print(f"{stage}: {1000 * middle:.0f} ms, {middle / alone:.2f} times the imports alone")


if __name__ == "__main__":
    if "--watch" in sys.argv:
        watch(sys.argv[2:])
    else:
        main()
