"""Signals that are written: by a worker of their own, which opens what is open, writes, and ends."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ebert_core.protocol import codec
from ebert_core.protocol.sources import Compared, MeasuredSignal, Smoothed, as_argument
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import BareFile, Chromosome, DatasetSummary, OpenDataset, OpenFiles
from ebert_core.protocol.writing import WriteSignal, WrittenSignal
from ebert_gui.kinds.comparison import ComparisonTrack
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.overlay import OverlayTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.loading.signal_writing import SignalFile, SignalWriter, source_to_write
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track
from ebert_gui.workers.client import WorkerClient
from ebert_gui.workers.state import Failure

SOURCE = MeasuredSignal(path="/a.bw")
FILE = SignalFile(SOURCE, "/out.bw", 25, (Interval("chr1", 0, 500),))
ANYWHERE = Scope()


class Worker(WorkerClient):
    """Keeps what it was asked, and whether it was started and stopped."""

    def __init__(self) -> None:
        super().__init__(["none"], "data")
        self.asked: list[tuple] = []
        self.is_running = False

    def start(self) -> None:
        self.is_running = True

    def stop(self) -> None:
        self.is_running = False

    def stop_and_wait(self, milliseconds: int = 0) -> None:
        self.stop()

    def request(self, body, reply_type, on_reply, on_failure=None, on_progress=None, view_key="") -> int:
        self.asked.append((body, on_reply, on_failure, on_progress))
        return len(self.asked)


@pytest.fixture
def workers() -> list[Worker]:
    return []


@pytest.fixture
def writer(qapp: object, workers: list[Worker]) -> Iterator[SignalWriter]:
    def make() -> WorkerClient:
        workers.append(Worker())
        return workers[-1]

    writer = SignalWriter(make=make)
    yield writer
    writer.stop()


def dataset(path: str = "", *files: str) -> DatasetSummary:
    bare = tuple(BareFile(each, each, "signal") for each in files)
    return DatasetSummary(path, "toy", "", (Chromosome("chr1", 1000),), False, False, (), (), (), files=bare)


@pytest.mark.parametrize(
    ("track", "source"),
    [
        (SignalTrack(path="/a.bw"), SOURCE),
        (
            SignalTrack(path="/a.bw", drawn=SignalSettings(smoothing=200, form="line")),
            Smoothed(as_argument(SOURCE), 200),
        ),
        (
            ComparisonTrack(first=SignalTrack(path="/a.bw"), second=SignalTrack(path="/a.bw")),
            Compared(as_argument(SOURCE), as_argument(SOURCE)),
        ),
        (OverlayTrack(layers=(SignalTrack(path="/a.bw"), SignalTrack(path="/b.bw"))), None),
        (GenesTrack(), None),
        (PredictionTrack(cell_type="K562", factor="CTCF"), None),
    ],
)
def test_what_is_written_of_a_track_is_the_one_signal_that_it_draws(track: Track, source: object) -> None:
    assert source_to_write(track, ANYWHERE) == source


@pytest.mark.parametrize(
    ("opened", "request_"),
    [
        (dataset("/d.toml"), OpenDataset("/d.toml")),
        (dataset("", "/a.bw", "/b.bw"), OpenFiles(("/a.bw", "/b.bw"))),
        (dataset("/d.toml", "/a.bw"), OpenFiles(("/a.bw",), "/d.toml")),
    ],
)
def test_a_worker_of_its_own_opens_what_is_open_and_writes(
    writer: SignalWriter, workers: list[Worker], qtbot: QtBot, opened: DatasetSummary, request_: object
) -> None:
    writer.write(FILE, opened)
    [worker] = workers
    assert worker.is_running
    [(body, on_open, _, _)] = worker.asked
    assert body == request_
    on_open(opened)
    body, on_written, _, on_progress = worker.asked[1]
    assert isinstance(body, WriteSignal)
    assert (bytes(body.source), body.path, body.step) == (codec.encode(SOURCE), "/out.bw", 25)
    assert body.places == (Interval("chr1", 0, 500),)
    with qtbot.waitSignal(writer.progressed) as progressed:
        on_progress(0.4, "chr1")
    assert progressed.args == ["/out.bw", 0.4]
    with qtbot.waitSignal(writer.written) as written:
        on_written(WrittenSignal("/out.bw", 500))
    assert written.args == ["/out.bw"]
    assert not worker.is_running
    assert writer.paths == ()


def test_what_goes_wrong_is_told_and_its_worker_ends(writer: SignalWriter, workers: list[Worker], qtbot: QtBot) -> None:
    writer.write(FILE, dataset("/d.toml"))
    with qtbot.waitSignal(writer.failed) as failed:
        workers[0].asked[0][2](Failure("invalid", "There is no file.", "details"))
    assert failed.args == ["/out.bw", "There is no file.", "details"]
    assert not workers[0].is_running


def test_a_file_is_written_once_at_a_time_and_can_be_called_off(writer: SignalWriter, workers: list[Worker]) -> None:
    writer.write(FILE, dataset("/d.toml"))
    writer.write(FILE, dataset("/d.toml"))
    writer.write(FILE._replace(path="/other.bw"), dataset("/d.toml"))
    assert len(workers) == 2
    writer.call_off("/out.bw")
    assert [worker.is_running for worker in workers] == [False, True]
    assert writer.paths == ("/other.bw",)
    writer.stop()
    assert not any(worker.is_running for worker in workers)
