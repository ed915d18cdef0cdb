"""How long a frame takes while a view of ten signal tracks slides: `python benchmarks/pan_frames.py`.

Prints the median and the slowest frames of 1600 x 1000 pixels, as blits and with every strip painted anew; on a busy
machine the processor time says more than the elapsed one.
"""

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QApplication

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, Signal
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.scene import Scene
from ebert_gui.state.tracks import SignalTrack, Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.windows.theme import LIGHT, window_font

_TRACKS = 10
_FRAMES = 400
_BINS = 1 << 15


Clock = Callable[[], float]


class Ready:
    """Every track's content, complete for the whole slide."""

    def __init__(self, tracks: tuple[Track, ...], interval: Interval) -> None:
        random = np.random.default_rng(1)
        self._contents = {}
        for number, track in enumerate(tracks):
            mean = random.gamma(1.0, 2.0, _BINS).astype(np.float32)
            signal = Signal(interval, mean * 0.6, mean * 1.5, mean)
            self._contents[track.id] = TrackContent({"signal": (Held(number, interval, signal),)})

    def content(self, track: Track) -> TrackContent:
        """What is known of a track."""
        return self._contents[track.id]


def main() -> None:
    """Measure and print."""
    app = QApplication([])
    workspace = Workspace()
    summary = DatasetSummary(
        "", "pan", "toy", (Chromosome("chr1", 10_000_000),), False, False, (), (), (CellType("cell", False),)
    )
    tracks = tuple(SignalTrack(id=str(n), signal=f"signal {n}", group="all", height=86) for n in range(_TRACKS))
    workspace.open_dataset(summary, tracks)
    workspace.view.show(Interval("chr1", 1_000_000, 1_020_000))
    scene = Scene(workspace, Ready(tracks, Interval("chr1", 900_000, 1_200_000)), LIGHT, window_font())
    scene.width, scene.height = 1600.0, 1000.0
    scene.refresh()
    image = QImage(1600, 1000, QImage.Format.Format_RGB32)
    for name, keeps in (("slide", True), ("paint anew", False)):
        for clock_name, clock in (("elapsed", time.perf_counter), ("processor", time.process_time)):
            times = _slide(workspace, scene, image, keeps, clock)
            worst = sorted(times)[-len(times) // 20]
            middle = statistics.median(times)
            print(f"{name}, {clock_name}: median {middle:.2f} ms, 95 % {worst:.2f} ms, slowest {max(times):.2f} ms")
    app.quit()


def _slide(workspace: Workspace, scene: Scene, image: QImage, keeps_strips: bool, clock: Clock) -> list[float]:
    """Milliseconds of each frame of a slide of 7 pixels a frame."""
    times = []
    for frame in range(_FRAMES):
        workspace.view.pan_by((7 if frame < _FRAMES / 2 else -7) * scene.axis().bases_per_pixel)
        if not keeps_strips:
            scene.strips.clear()
        before = clock()
        painter = QPainter(image)
        scene.paint(painter)
        painter.end()
        times.append(1000 * (clock() - before))
    return times


if __name__ == "__main__":
    main()
