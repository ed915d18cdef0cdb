"""How long a frame takes while a view slides: `python benchmarks/pan_frames.py`.

Prints the median and the slowest frames of 1600 x 1000 pixels, of ten signal tracks as blits and with every strip
painted anew, the same tracks with the window's own loader, which asks for tiles and judges what has come in every
frame, and of one track of 100, 500 and 1,500 genes; on a busy machine the processor time says more than the elapsed
one.
"""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QApplication

from ebert_core.genome.features import Feature
from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import Read, Shapes
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import (
    CellType,
    Chromosome,
    DatasetSummary,
)
from ebert_core.sources.screen import as_shape
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.scene import Scene
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.loader import Loader
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import LIGHT, window_font
from ebert_gui.workers.state import Condition, Failure, WorkerState

_TRACKS = 10
_FRAMES = 400
_BINS = 1 << 15


Clock = Callable[[], float]


class Ready:
    """Every track's content, complete for the whole slide."""

    def __init__(self, contents: dict[str, TrackContent]) -> None:
        self._contents = contents

    def content(self, track: Track) -> TrackContent:
        """What is known of a track."""
        return self._contents[track.id]


class AtOnce:
    """A worker that answers whatever is read with a signal, as soon as it is told to."""

    state = WorkerState(Condition.READY)

    def __init__(self) -> None:
        self._asked: list[Callable[[], None]] = []

    def request(
        self,
        body: Any,  # a request of any kind, as a worker's client takes it
        reply_type: object,
        on_reply: Callable[[Any], None],
        on_failure: Callable[[Failure], None] | None = None,
        on_progress: Callable[[float, str], None] | None = None,
        view_key: str = "",
    ) -> int:
        """Note what is asked."""
        del reply_type, on_failure, on_progress, view_key
        assert isinstance(body, Read)
        values = np.ones(body.columns, dtype=np.float32)
        shape = Signal(body.interval, values, values, values)
        self._asked.append(lambda: on_reply(Shapes((shape,) * len(body.sources))))
        return len(self._asked)

    def cancel(self, number: int) -> None:
        """Answer it all the same: the loader passes over it."""
        del number

    def forgive(self, paths: Sequence[str] | None) -> None:
        """Nothing is avoided."""
        del paths

    def answer(self) -> None:
        """Answer what was asked."""
        asked, self._asked = self._asked, []
        for answer in asked:
            answer()


def signals(interval: Interval) -> dict[str, TrackContent]:
    """Ten signals, each over the whole interval."""
    random = np.random.default_rng(1)
    contents = {}
    for number in range(_TRACKS):
        mean = random.gamma(1.0, 2.0, _BINS).astype(np.float32)
        signal = Signal(interval, mean * 0.6, mean * 1.5, mean)
        contents[str(number)] = TrackContent({"signal": (Held(number, interval, signal),)})
    return contents


def genes(interval: Interval, count: int) -> dict[str, TrackContent]:
    """Genes of ten exons all over the interval."""
    random = np.random.default_rng(2)
    found = []
    for number, start in enumerate(np.sort(random.integers(interval.start, interval.end, count)).tolist()):
        end = start + int(random.gamma(1.5, 12_000)) + 500
        edges = np.linspace(start, end, 21).astype(int).tolist()
        exons = tuple(zip(edges[::2], edges[1::2], strict=False))
        strand, name = "+-"[number % 2], f"GENE{number}"
        found.append(Feature(interval.chromosome, start, end, name, strand=strand, blocks=exons, coding=exons[1:-1]))
    return {"genes": TrackContent({"genes": (Held(0, interval, as_shape(interval, 2_000, found)),)})}


def main() -> None:
    """Measure and print."""
    app = QApplication([])
    workspace = Workspace(Kinds())
    summary = DatasetSummary(
        "", "pan", "toy", (Chromosome("chr1", 100_000_000),), False, False, (), (), (CellType("cell", False),)
    )
    wide = Interval("chr1", 900_000, 1_200_000)
    contents = signals(wide)
    alike = SignalSettings(shared="group", group="all")
    tracks = tuple(SignalTrack(id=name, signal=f"signal {name}", drawn=alike, height=86) for name in contents)
    workspace.open_dataset(summary, Setup(tracks=tracks))
    workspace.view.show(Interval("chr1", 1_000_000, 1_020_000))
    scene = _scene(workspace, contents)
    for name, keeps in (("slide", True), ("paint anew", False)):
        _measure(name, workspace, scene, keeps)
    _measure_loader(workspace)
    for count in (100, 500, 1_500):
        shown = Interval("chr1", 20_000_000, 40_000_000)
        workspace.open_dataset(summary, Setup(tracks=(GenesTrack(id="genes", height=200),)))
        workspace.view.show(shown)
        _measure(f"{count:,} genes", workspace, _scene(workspace, genes(shown, count)), True)
    app.quit()


def _scene(workspace: Workspace, contents: dict[str, TrackContent]) -> Scene:
    scene = Scene(workspace, Ready(contents), Kinds(), LIGHT, window_font())
    scene.width, scene.height = 1600.0, 1000.0
    workspace.view.set_columns(scene.plot_columns)
    scene.refresh()
    return scene


def _measure_loader(workspace: Workspace) -> None:
    """A slide over tiles that a loader asks for: what is on screen has come, the margins come on the way."""
    worker = AtOnce()
    loader = Loader(workspace, {"data": worker, "model": worker})
    scene = Scene(workspace, loader, Kinds(), LIGHT, window_font())
    scene.width, scene.height = 1600.0, 1000.0
    loader.ask()
    worker.answer()
    scene.refresh()

    def load() -> None:
        loader.ask()
        worker.answer()

    _measure("slide with the loader", workspace, scene, True, load)


def _measure(
    name: str, workspace: Workspace, scene: Scene, keeps_strips: bool, load: Callable[[], None] = lambda: None
) -> None:
    image = QImage(1600, 1000, QImage.Format.Format_RGB32)
    for clock_name, clock in (("elapsed", time.perf_counter), ("processor", time.process_time)):
        times = _slide(workspace, scene, image, keeps_strips, clock, load)
        worst, middle = sorted(times)[-len(times) // 20], statistics.median(times)
        print(f"{name}, {clock_name}: median {middle:.2f} ms, 95 % {worst:.2f} ms, slowest {max(times):.2f} ms")


def _slide(
    workspace: Workspace, scene: Scene, image: QImage, keeps_strips: bool, clock: Clock, load: Callable[[], None]
) -> list[float]:
    """Milliseconds of each frame of a slide of 7 pixels a frame."""
    times = []
    for frame in range(_FRAMES):
        workspace.view.pan_by((7 if frame < _FRAMES / 2 else -7) * scene.axis().bases_per_pixel)
        if not keeps_strips:
            scene.strips.clear()
        before = clock()
        load()
        painter = QPainter(image)
        scene.paint(painter)
        painter.end()
        times.append(1000 * (clock() - before))
    return times


if __name__ == "__main__":
    main()
