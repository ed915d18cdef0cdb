"""The model role in its real process: checkpoints opened, views predicted, attention asked for."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import pytest

from ebert_core.protocol import codec
from ebert_core.protocol.frames import FrameReader, frame
from ebert_core.protocol.messages import Ask, Begun, Chunk, Credit, Failed, FromWorker, Hello, Progress
from ebert_core.protocol.modelling import ModelSummary, OpenModel
from ebert_core.protocol.shapes import Grid, Matrix, Signal
from ebert_core.protocol.sources import (
    FROM_ANCHOR,
    AttentionMap,
    AttentionProfile,
    PredictedBinding,
    Shapes,
    Source,
    read_request,
)
from ebert_core.protocol.terms.edits import StateEdit
from ebert_core.protocol.terms.locus import Interval
from ebert_core.providers.provider import Values
from ebert_core.providers.readers import reduce_to
from tests import certain
from tests.core.roles.asking import of
from tests.core.toy_binding import LENGTHS, TOML, UNKNOWN, write_toy_binding

VIEW = Interval("chr2", 8_000, 11_000)

Reply = TypeVar("Reply", bound=msgspec.Struct)


class Worker:
    """The window's end of the pipes."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "ebert_core", "worker", "model"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._reader: FrameReader[FromWorker] = FrameReader(FromWorker, expects_preamble=True)
        self._received: list[FromWorker] = []
        self._ids = count(1)
        self.hello = self._next()

    def _next(self) -> FromWorker:
        while True:
            while self._received:
                message = self._received.pop(0)
                if not isinstance(message, Progress | Begun):
                    return message
            data = os.read(certain.present(self.process.stdout).fileno(), 1 << 20)
            assert data, "the worker has gone"
            self._received += self._reader.feed(data)

    def ask(self, request: msgspec.Struct, kind: type[Reply]) -> Reply:
        answer = self._answer(request)
        assert isinstance(answer, bytes), answer
        decoder: codec.Decoder[Reply] = codec.Decoder(kind)
        return decoder.decode(answer)

    def read(self, source: Source, interval: Interval, columns: int = 2000) -> Any:
        [shape] = self.ask(of(source, interval, columns), Shapes).shapes
        return shape

    def refusal(self, request: msgspec.Struct) -> str:
        answer = self._answer(request)
        assert isinstance(answer, Failed)
        assert (answer.kind, answer.details) == ("invalid", "")
        return answer.message

    def _answer(self, request: msgspec.Struct) -> bytes | Failed:
        os.write(
            certain.present(self.process.stdin).fileno(),
            frame(Ask(next(self._ids), msgspec.Raw(codec.encode(request)))),
        )
        pieces = []
        while True:
            message = self._next()
            if isinstance(message, Failed):
                return message
            assert isinstance(message, Chunk)
            pieces.append(message.data)
            os.write(certain.present(self.process.stdin).fileno(), frame(Credit(len(message.data))))
            if message.is_last:
                return b"".join(pieces)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    certain.present(worker.process.stdin).close()
    assert worker.process.wait(timeout=20) == 0
    certain.present(worker.process.stdout).close()


@pytest.fixture
def predicted(toy_checkpoint: Path, toy_binding: Path) -> PredictedBinding:
    return PredictedBinding(str(toy_checkpoint), str(toy_binding), "alpha", "FOS")


def test_it_says_on_what_it_computes(worker: Worker) -> None:
    assert isinstance(worker.hello, Hello)
    assert (worker.hello.role, worker.hello.precision in ("bf16", "fp32")) == ("model", True)
    assert worker.hello.device


def test_an_opened_checkpoint_is_summarised(worker: Worker, toy_checkpoint: Path, toy_binding: Path) -> None:
    summary = worker.ask(OpenModel(str(toy_checkpoint), str(toy_binding)), ModelSummary)
    assert (summary.name, summary.assembly, summary.is_synthetic) == ("fos", "toy1", False)
    assert [factor.name for factor in summary.outputs] == ["FOS"]
    assert certain.present(summary.outputs[0].auprc) > 0.9
    assert (summary.layers, summary.heads, summary.context) == (1, 2, 800)
    assert summary.training == (Interval("chr1", 0, LENGTHS["chr1"]),)
    assert summary.live_limit == 200_000
    assert summary.limits


def test_a_factor_that_was_not_calibrated_is_told_to_be_so(
    worker: Worker, toy_checkpoint: Path, toy_binding: Path, tmp_path: Path
) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(toy_checkpoint, raw)
    description = msgspec.json.decode((raw / "description.json").read_bytes())
    description["factors"][0]["calibration"]["fitted_on"] = ""
    (raw / "description.json").write_bytes(msgspec.json.encode(description))
    told = [
        worker.ask(OpenModel(str(path), str(toy_binding)), ModelSummary).outputs[0].is_calibrated
        for path in (toy_checkpoint, raw)
    ]
    assert told == [True, False]


def test_a_view_is_predicted_and_its_gaps_travel_as_gaps(worker: Worker, predicted: PredictedBinding) -> None:
    found = worker.read(predicted, VIEW)
    assert isinstance(found, Signal)
    assert (found.bin_width, found.interval, found.is_draft) == (50, VIEW, False)
    assert found.bins.start <= VIEW.start
    starts = found.bins.start + np.arange(len(found.maximum)) * 50
    assert starts[-1] + 50 >= VIEW.end
    # What is drawn on [p, p + 50) is the bin that begins 75 bases before.
    is_gap = (starts - 75 + 200 > UNKNOWN[0]) & (starts - 75 < UNKNOWN[1])
    np.testing.assert_array_equal(np.isnan(found.maximum), is_gap)
    assert {(mark.kind, mark.words) for mark in found.marks} == {("validation", "held out (chose the epoch)")}


def test_factors_of_one_cell_type_come_together_and_a_draft_says_so(
    worker: Worker, predicted: PredictedBinding
) -> None:
    draft = msgspec.structs.replace(predicted, strands=1)
    shapes = worker.ask(read_request([predicted, predicted, draft], VIEW), Shapes).shapes
    both = [certain.of(Signal, shape) for shape in shapes]
    assert [shape.is_draft for shape in both] == [False, False, True]
    np.testing.assert_array_equal(both[0].maximum, both[1].maximum)
    assert not np.array_equal(both[0].maximum, both[2].maximum)


def test_more_bins_than_the_screen_shows_come_as_maxima(worker: Worker, predicted: PredictedBinding) -> None:
    fine, coarse = worker.read(predicted, VIEW), worker.read(predicted, VIEW, 16)
    assert len(coarse.maximum) <= 16
    assert coarse.bin_width % 50 == 0
    assert np.nanmax(coarse.maximum) == np.nanmax(fine.maximum)


def test_a_painted_state_changes_what_is_predicted(worker: Worker, predicted: PredictedBinding) -> None:
    place = Interval("chr2", 3_000, 4_800)
    closed, opened = (
        worker.read(msgspec.structs.replace(predicted, edits=(StateEdit("chr2", 2_000, 6_000, state),)), place)
        for state in ("closed", "open")
    )
    assert closed.maximum.max() < 0.3
    assert opened.maximum.max() > 0.4


def test_attention_is_answered_as_profile_and_as_map(worker: Worker, toy_checkpoint: Path, toy_binding: Path) -> None:
    asked = AttentionProfile(str(toy_checkpoint), str(toy_binding), "alpha", layer=0)
    anchor = Interval("chr2", 3_300, 3_301)
    profile = worker.read(asked, anchor)
    whole = worker.read(
        AttentionMap(str(toy_checkpoint), str(toy_binding), "alpha", layer=0), Interval("chr2", 3_200, 3_400)
    )
    assert (type(profile), type(whole)) == (Grid, Matrix)
    assert profile.interval == whole.interval
    token = (3_300 - whole.interval.start) // 10
    np.testing.assert_array_equal(whole.values_TT[token], profile.row(FROM_ANCHOR))
    assert "layers 1 to 1" in worker.refusal(of(msgspec.structs.replace(asked, layer=4), anchor))
    beyond = Interval("chr2", LENGTHS["chr2"] + 5_000, LENGTHS["chr2"] + 5_001)
    assert "nothing to attend to" in worker.refusal(of(asked, beyond))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"interval": Interval("chr1", 0, 200_401)}, "Live prediction covers up to 200 kb; zoom in, or compute"),
        ({"interval": Interval("chr9", 0, 1_000)}, "no chromosome chr9"),
        ({"interval": Interval("chr2", 90_000, 91_000)}, "there is nothing at"),
        ({"output": "GATA9"}, "The checkpoint fos does not predict GATA9. It predicts FOS."),
        ({"cell_type": "gamma"}, "no cell type gamma"),
        ({"model": "/no/such"}, "There is no checkpoint at /no/such."),
        ({"dataset": "/no/such.toml"}, "There is no file /no/such.toml."),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_sentence(
    worker: Worker, predicted: PredictedBinding, changes: dict[str, Any], sentence: str
) -> None:
    interval = changes.pop("interval", VIEW)
    assert sentence in worker.refusal(of(msgspec.structs.replace(predicted, **changes), interval))


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ('assembly = "toy1"', 'assembly = "hg19"', "was trained on toy1, the dataset is hg19"),
        (
            'names = ["closed", "open"]',
            'names = ["closed", "open", "poised"]',
            "this dataset's segmentation has poised",
        ),
    ],
)
def test_another_assembly_or_alphabet_of_states_is_refused(
    worker: Worker, toy_checkpoint: Path, tmp_path: Path, wrong: str, right: str, sentence: str
) -> None:
    path = write_toy_binding(tmp_path)
    path.write_text(TOML.replace(wrong, right))
    assert sentence in worker.refusal(OpenModel(str(toy_checkpoint), str(path)))


def test_a_dataset_that_changed_is_read_again(worker: Worker, toy_checkpoint: Path, tmp_path: Path) -> None:
    path = write_toy_binding(tmp_path)
    request = OpenModel(str(toy_checkpoint), str(path))
    worker.ask(request, ModelSummary)
    path.write_text(TOML.replace('"toy1"', '"toy2"'))
    os.utime(path, ns=(1, 1))
    assert "the dataset is toy2" in worker.refusal(request)


def test_a_folder_that_is_no_checkpoint_is_refused(worker: Worker, toy_binding: Path, tmp_path: Path) -> None:
    assert "is no EBERT checkpoint" in worker.refusal(OpenModel(str(Path(tmp_path)), str(toy_binding)))


@pytest.mark.parametrize(
    ("bins", "columns", "step"), [(10, 10, 50), (10, 3, 200), (7, 100, 50), (9, 1, 450), (5, 0, 250)]
)
def test_maxima_pass_over_gaps_and_all_gaps_stay_one(bins: int, columns: int, step: int) -> None:
    values = np.arange(2 * bins, dtype=np.float32).reshape(2, bins)
    values[1] = np.nan
    values[0, 0] = np.nan
    width, reduced = reduce_to(Values(0, 50, values), columns)
    assert width == step
    assert np.isnan(reduced[1]).all()
    assert reduced[0, -1] == bins - 1


def test_no_factors_asked_for_is_no_values() -> None:
    assert reduce_to(Values(0, 50, np.zeros((0, 9), np.float32)), 3)[1].shape == (0, 3)
