"""A damaged bigWig is said to be damaged, whatever its reader does about it."""

from pathlib import Path

import numpy as np
import pytest

from ebert_core.genome.bigfiles import damage_of
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.genome.signal import open_signal
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval


class _Panic(BaseException):
    """As what pybigtools raises when its Rust side panics."""


def test_a_panic_is_a_sentence_and_a_person_who_stops_the_program_is_not():
    with (
        pytest.raises(InvalidRequest, match=r"^x\.bw is damaged or cut short: left == right failed\.$"),
        damage_of(Path("x.bw")),
    ):
        raise _Panic("left == right\n failed.")
    with pytest.raises(KeyboardInterrupt), damage_of(Path("x.bw")):
        raise KeyboardInterrupt


def test_whatever_byte_is_wrong_the_file_is_drawn_or_refused_in_a_sentence(tmp_path):
    path = tmp_path / "x.bw"
    with BigWigWriter(path, {"chr1": 2_000_000}) as writer:
        writer.append("chr1", 0, 50, np.arange(20_000, dtype=np.float32) % 7)
    whole = path.read_bytes()
    random = np.random.default_rng(4)
    sentences = []
    for place in random.integers(64, len(whole), 150).tolist():
        path.write_bytes(whole[:place] + bytes([int(random.integers(256))]) + whole[place + 1 :])
        try:
            open_signal(path).binned(Interval("chr1", 0, 2_000_000), 100)
        except InvalidRequest as error:
            sentences.append(str(error))
    assert sentences
    assert all(sentence.startswith(f"{path} is") for sentence in sentences)
