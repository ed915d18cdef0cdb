"""How long a jump takes with many bigWigs open: `python benchmarks/jump.py [TRACKS ...]`, 10 and 50 unless named.

Writes bigWigs of 20 Mb, opens them in a window without a display, jumps between places, and prints for each jump the
time from the jump to the frame that shows every track, as a ratio to reading the same columns in this process, how
many frames and how many rows were painted until then, and how many requests were sent.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QApplication

from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.genome.signal import open_signal
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.app.program import Options
from ebert_gui.app.window_program import WindowProgram

# The platform without a display has a screen of 800 x 800, into which the window would be fitted.
_SCREEN = {"name": "wide", "x": 0, "y": 0, "width": 1920, "height": 1200, "logicalDpi": 96, "dpr": 1}
_LENGTH = 20_000_000
_SPAN = 200_000
_JUMPS = 15


def main() -> None:
    """Measure and print."""
    counts = [int(word) for word in sys.argv[1:]] or [10, 50]
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "screen.json"
        settings.write_text(json.dumps({"screens": [_SCREEN]}))
        os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={settings}")
        app = QApplication([])
        paths = [write_signal(Path(folder) / f"signal{number}.bw", number, _LENGTH) for number in range(max(counts))]
        for count in counts:
            _measure(app, paths[:count], Path(folder))


def write_signal(path: Path, seed: int, length: int) -> Path:
    """A bigWig of one chromosome with a value every 50 bases."""
    values = np.random.default_rng(seed).gamma(1.0, 2.0, length // 50).astype(np.float32)
    with BigWigWriter(path, {"chr1": length}) as writer:
        writer.append("chr1", 0, 50, values)
    return path


def _measure(app: QApplication, paths: list[Path], folder: Path) -> None:
    files = tuple(map(str, paths))
    program = WindowProgram(Options(files=files, session=str(folder / f"{len(files)}.json")), app)
    window = program.window
    window.resize(1600, 1000)
    window.show()
    wait_until_drawn(program)
    requests = 0
    send = program.data.request

    def counted(*words: object, **more: object) -> int:
        nonlocal requests
        requests += 1
        return send(*words, **more)  # type: ignore[arg-type]

    program.data.request = counted  # type: ignore[method-assign]
    elapsed, frames, asked = [], [], []
    for jump in range(_JUMPS):
        start = 400_000 + 1_150_000 * jump
        requests = 0
        before = time.perf_counter()
        program.workspace.view.show(Interval("chr1", start, start + _SPAN))
        frames.append(wait_until_drawn(program))
        elapsed.append(time.perf_counter() - before)
        asked.append(requests)
    alone = _read_alone(paths, window.canvas.scene.plot_columns)
    window.close()
    middle = statistics.median(elapsed)
    print(
        f"{len(paths)} bigWigs: {1000 * middle:.0f} ms, {middle / alone:.1f} times the reading alone "
        f"({1000 * alone:.0f} ms); {statistics.median(frames):g} frames, {statistics.median(asked):g} requests"
    )


def wait_until_drawn(program: WindowProgram) -> int:
    """Wait for the frame that shows every track in sight; how many frames came until then."""
    loop, frames = QEventLoop(), 0

    def look() -> None:
        nonlocal frames
        frames += 1
        scene = program.window.canvas.scene
        shown = [row.track for row in scene.rows() if row.top < scene.height]
        contents = [program.loader.content(track) for track in shown]
        if shown and all(content.parts and not content.is_loading for content in contents):
            loop.quit()

    connection = program.window.canvas.painted.connect(look)
    QTimer.singleShot(10_000, loop.quit)
    loop.exec()
    program.window.canvas.painted.disconnect(connection)
    return frames


def _read_alone(paths: list[Path], columns: int) -> float:
    """Seconds for reading the columns of one screen of every file."""
    signals = [open_signal(path) for path in paths]
    times = []
    for jump in range(_JUMPS):
        start = 500_000 + 1_150_000 * jump
        before = time.perf_counter()
        for signal in signals:
            signal.binned(Interval("chr1", start, start + _SPAN), columns)
        times.append(time.perf_counter() - before)
    return statistics.median(times)


if __name__ == "__main__":
    main()
