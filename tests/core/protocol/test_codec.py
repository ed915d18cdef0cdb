"""Messages as bytes: arrays that agree with what is announced, names that are no UTF-8, and what is no message."""

import msgspec
import numpy as np
import pytest

from ebert_core.protocol.codec import Decoder, Undecodable, encode
from ebert_core.protocol.locus import Interval
from ebert_core.protocol.messages import Ask, Chunk, FromWorker, Progress, ToWorker
from ebert_core.protocol.modelling import AttentionMap, AttentionProfile, Prediction
from ebert_core.protocol.tracks import OpenFiles, Peaks, Sequence, Signal, StateName, States, Truth
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
def test_an_array_that_is_not_what_it_should_be_is_no_message(codes, problem):
    data = msgspec.msgpack.encode({"interval": {"chromosome": "chr1", "start": 0, "end": 4}, "codes": codes})
    with pytest.raises(Undecodable, match=problem):
        Decoder(Sequence).decode(data)


def test_truth_values_are_zero_or_one():
    data = msgspec.msgpack.encode(
        {
            "interval": {"chromosome": "chr1", "start": 0, "end": 4},
            "starts": array("int64", [1], bytes(8)),
            "ends": array("int64", [1], bytes(8)),
            "is_bound": array("bool", [1], b"\x02"),
        }
    )
    with pytest.raises(Undecodable, match="truth values"):
        Decoder(Truth).decode(data)


@pytest.mark.parametrize(
    "message",
    [
        lambda: Signal(PLACE, FLOATS, FLOATS[:3], FLOATS),
        lambda: States(PLACE, ONES, ONES[:1], BYTES, (StateName("quiet", ""),)),
        lambda: States(PLACE, ONES, ONES, BYTES + np.uint8(1), (StateName("quiet", ""),)),
        lambda: Peaks(PLACE, ONES, ONES, ONES, FLOATS[:2]),
        lambda: Peaks(PLACE, ONES, ONES, ONES, FLOATS, ("one name",)),
        lambda: Truth(PLACE, ONES, ONES, np.zeros(1, dtype=np.bool_)),
        lambda: Prediction(PLACE, ("CTCF", "MAX"), 0, 50, np.zeros((1, 9), dtype=np.float32), 2),
        lambda: Prediction(PLACE, ("CTCF",), 0, 0, np.zeros((1, 9), dtype=np.float32), 2),
        lambda: Prediction(PLACE, ("CTCF",), 0, 50, FLOATS, 2),
        lambda: AttentionProfile(PLACE, 0, 10, 0, None, FLOATS, FLOATS[:1]),
        lambda: AttentionProfile(PLACE, 0, 0, 0, None, FLOATS, FLOATS),
        lambda: AttentionMap(PLACE, 10, 0, None, np.zeros((2, 3), dtype=np.float32)),
        lambda: Curve("validation", "auprc", ONES, np.zeros(1)),
    ],
)
def test_arrays_that_do_not_go_together_make_no_message(message):
    with pytest.raises(ValueError, match=r"different shapes|names|number|factors|is 0|square"):
        message()


@pytest.mark.parametrize("fraction", [float("nan"), float("inf"), -0.1, 1.5])
def test_a_progress_that_is_no_share_is_no_message(fraction):
    with pytest.raises(Undecodable, match="fraction"):
        Decoder(FromWorker).decode(encode(Progress(1, fraction)))


def test_nesting_without_end_is_no_message():
    ask = b"\x83\xa4type\xa3ask\xa2id\x01\xa4body" + NESTED
    with pytest.raises(Undecodable, match="recursion"):
        Decoder(ToWorker).decode(ask)
    with pytest.raises(Undecodable):
        Decoder(FromWorker).decode(NESTED)
    with pytest.raises(Undecodable):
        Decoder(OpenFiles).decode(b"\x82\xa4type\xaaopen-files\xa5paths" + NESTED)


def test_names_that_are_no_utf_8_travel_inside_requests_and_replies():
    paths = ("/data/caf\udce9.bw", "/data/\udc80\udcff", "/data/café 日本.bw")
    body = encode(OpenFiles(paths))
    assert Decoder(OpenFiles).decode(body) == OpenFiles(paths)
    ask = Decoder(ToWorker).decode(encode(Ask(1, msgspec.Raw(body), "files \udce9")))
    assert ask.view_key == "files \udce9"
    assert Decoder(OpenFiles).decode(memoryview(ask.body)) == OpenFiles(paths)
    peaks = Peaks(PLACE, ONES, ONES, ONES, FLOATS, ("a", "\udce9", "c", "d"))
    assert Decoder(Peaks).decode(encode(peaks)).names == peaks.names


def test_a_half_of_a_character_that_is_no_byte_of_a_name_is_written_out():
    assert Decoder(OpenFiles).decode(encode(OpenFiles(("x\ud800y",)))) == OpenFiles(("x\\ud800y",))


def test_bytes_of_a_chunk_are_not_taken_for_names():
    chunk = Chunk(1, "\U0010ff80".encode(), True)
    assert Decoder(FromWorker).decode(encode(chunk)) == chunk
