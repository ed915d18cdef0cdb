"""Messages as bytes: arrays that agree with what is announced, names that are no UTF-8, and what is no message."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from msgspec.msgpack import Ext
from numpy.typing import NDArray

from ebert_core.protocol.codec import Decoder, Undecodable, encode
from ebert_core.protocol.messages import Ask, Chunk, FromWorker, Progress, ToWorker
from ebert_core.protocol.shapes import Column, Features, Grid, Letters, Matrix, Parts, RunClass, Runs, Signal
from ebert_core.protocol.sources import (
    GeneModels,
    MeasuredSignal,
    PredictedBinding,
    Read,
    SourceTable,
    read_request,
)
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import OpenFiles
from ebert_core.protocol.work import Curve

PLACE = Interval("chr1", 0, 4)
ONES, FLOATS = np.ones(4, dtype=np.int64), np.ones(4, dtype=np.float32)
BYTES = np.zeros(4, dtype=np.uint8)
NESTED = b"\x91" * 200_000 + b"\xc0"


def array(dtype: str, shape: list[int], data: bytes) -> msgspec.msgpack.Ext:
    return msgspec.msgpack.Ext(1, msgspec.msgpack.encode([dtype, shape, data]))


@pytest.mark.parametrize(
    ("codes", "problem"),
    [
        (array("uint8", [4], b"abc"), "4 bytes is announced and 3 came"),
        (array("uint8", [-1], b"abcd"), r"shape \(-1,\)"),
        (array("uint8", [2**62, 4], b""), "is announced and 0 came"),
        (array("uint8", [1] * 9, b"a"), "does not travel"),
        (array("object", [4], b"abcd"), "object do not travel"),
        (array("float32", [4], b"a" * 16), "expected an array of uint8, got one of float32"),
        (array("uint8", [2, 2], b"abcd"), "different shapes: codes 2x2"),
        (array("uint8", [3], b"abc"), "3 bases came for 4"),
        (msgspec.msgpack.Ext(7, b"abc"), "unknown extension 7"),
        ([1, 2, 3, 4], "expected"),
    ],
)
def test_an_array_that_is_not_what_it_should_be_is_no_message(codes: list[int] | Ext, problem: str) -> None:
    data = msgspec.msgpack.encode(
        {"type": "letters", "interval": {"chromosome": "chr1", "start": 0, "end": 4}, "codes": codes}
    )
    with pytest.raises(Undecodable, match=problem):
        Decoder(Letters).decode(data)


def test_truth_values_are_zero_or_one() -> None:
    class Truths(msgspec.Struct):
        values: NDArray[np.bool_]

    data = msgspec.msgpack.encode({"values": array("bool", [1], b"\x02")})
    with pytest.raises(Undecodable, match="truth values"):
        Decoder(Truths).decode(data)


@pytest.mark.parametrize(
    "message",
    [
        lambda: Signal(PLACE, FLOATS, FLOATS[:3], FLOATS),
        lambda: Signal(PLACE, FLOATS, FLOATS, FLOATS, binned=Interval("chr1", 4, 4)),
        lambda: Runs(PLACE, ONES, ONES[:1], BYTES, (RunClass("quiet", ""),)),
        lambda: Runs(PLACE, ONES, ONES, BYTES + np.uint8(1), (RunClass("quiet", ""),)),
        lambda: Features(PLACE, ONES, ONES[:1]),
        lambda: Features(PLACE, ONES, ONES, scores=FLOATS[:2]),
        lambda: Features(PLACE, ONES, ONES, summits=ONES[:2]),
        lambda: Features(PLACE, ONES, ONES, names=("one name",)),
        lambda: Features(PLACE, ONES, ONES, strands="+-"),
        lambda: Features(PLACE, ONES, ONES, colours=("#ff0000",)),
        lambda: Features(PLACE, ONES, ONES, columns=(Column("gene", ("one",)),)),
        lambda: Features(PLACE, ONES, ONES, parts=Parts(ONES[:1], ONES[:1], ONES[:1])),
        lambda: Parts(ONES, ONES[:3], ONES[:3]),
        lambda: Parts(-ONES, ONES, ONES),
        lambda: Grid(PLACE, ("a", "b"), np.zeros((1, 9), dtype=np.float32)),
        lambda: Grid(PLACE, ("a",), FLOATS),
        lambda: Matrix(PLACE, np.zeros((2, 3), dtype=np.float32)),
        lambda: Curve("validation", "auprc", ONES, np.zeros(1)),
    ],
)
def test_arrays_that_do_not_go_together_make_no_message(message: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"different shapes|came for|has the class 1|divide 0 bases|square"):
        message()


@pytest.mark.parametrize("fraction", [float("nan"), float("inf"), -0.1, 1.5])
def test_a_progress_that_is_no_share_is_no_message(fraction: float) -> None:
    with pytest.raises(Undecodable, match="fraction"):
        Decoder(FromWorker).decode(encode(Progress(1, fraction)))


def test_nesting_without_end_is_no_message() -> None:
    ask = b"\x83\xa4type\xa3ask\xa2id\x01\xa4body" + NESTED
    with pytest.raises(Undecodable, match="recursion"):
        Decoder(ToWorker).decode(ask)
    with pytest.raises(Undecodable):
        Decoder(FromWorker).decode(NESTED)
    with pytest.raises(Undecodable):
        Decoder(OpenFiles).decode(b"\x82\xa4type\xaaopen-files\xa5paths" + NESTED)


def test_names_that_are_no_utf_8_travel_inside_requests_and_replies() -> None:
    paths = ("/data/caf\udce9.bw", "/data/\udc80\udcff", "/data/café 日本.bw")
    body = encode(OpenFiles(paths))
    assert Decoder(OpenFiles).decode(body) == OpenFiles(paths)
    ask: Ask = Decoder(ToWorker).decode(encode(Ask(1, msgspec.Raw(body), "files \udce9")))
    assert ask.view_key == "files \udce9"
    assert Decoder(OpenFiles).decode(memoryview(ask.body)) == OpenFiles(paths)
    peaks = Features(PLACE, ONES, ONES, names=("a", "\udce9", "c", "d"))
    assert Decoder(Features).decode(encode(peaks)).names == peaks.names


def test_a_half_of_a_character_that_is_no_byte_of_a_name_is_written_out() -> None:
    assert Decoder(OpenFiles).decode(encode(OpenFiles(("x\ud800y",)))) == OpenFiles(("x\\ud800y",))


def test_bytes_of_a_chunk_are_not_taken_for_names() -> None:
    chunk = Chunk(1, "\U0010ff80".encode(), True)
    assert Decoder(FromWorker).decode(encode(chunk)) == chunk


def test_sources_travel_as_their_raw_arguments_and_come_back() -> None:
    sources = (MeasuredSignal(path="/data/caf\udce9.bw"), PredictedBinding("/m", "/d", "alpha", "CTCF", strands=1))
    request: Read = Decoder(Read).decode(encode(read_request(sources, PLACE, 7)))
    assert (request.interval, request.columns) == (PLACE, 7)
    assert SourceTable([MeasuredSignal, PredictedBinding]).sources_of(request) == sources


def test_a_source_that_a_worker_does_not_know_is_refused_in_one_sentence() -> None:
    with pytest.raises(InvalidRequest, match="This worker cannot read what is asked for: Invalid value 'prediction'"):
        SourceTable([MeasuredSignal, GeneModels]).sources_of(
            read_request([PredictedBinding("/m", "/d", "alpha", "CTCF")], PLACE)
        )


def test_the_parts_of_each_feature_are_found_again() -> None:
    parts = Parts(np.array([2, 0, 1]), np.array([1, 5, 8]), np.array([2, 6, 9]))
    assert parts.pairs() == [((1, 2), (5, 6)), (), ((8, 9),)]
    nothing = np.empty(0, dtype=np.int64)
    assert Parts(nothing, nothing, nothing).pairs() == []
