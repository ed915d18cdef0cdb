"""A bigWig appears complete or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pybigtools
import pyBigWig
import pytest

from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.protocol.terms.errors import InvalidRequest

LENGTHS = {"chr2": 100_000, "chr10": 1_000, "chr1": 300_030}


def test_both_readers_give_back_every_value_once_with_gaps_zooms_and_order(tmp_path: Path) -> None:
    values = np.random.default_rng(1).random(5_000).astype(np.float32)
    values[[3, 4, 4_999]] = np.nan
    with BigWigWriter(tmp_path / "x.bw", LENGTHS) as writer:
        writer.append("chr2", 75, 50, np.array([1, np.nan, 3], dtype=np.float32))
        writer.append("chr1", 0, 50, values[:2_000])
        writer.append("chr1", 100_000, 50, values[2_000:])
    with pyBigWig.open(str(tmp_path / "x.bw")) as file:
        assert list(file.chroms().items()) == list(LENGTHS.items())
        assert file.intervals("chr2") == ((75, 125, 1.0), (175, 225, 3.0))
        read = file.values("chr1", 0, 250_000, numpy=True).reshape(-1, 50)
        np.testing.assert_array_equal(read, np.repeat(values[:, None], 50, axis=1))
        assert file.header()["nLevels"] > 0
    other = pybigtools.open(str(tmp_path / "x.bw"))
    assert list(other.chroms()) == list(LENGTHS)
    np.testing.assert_array_equal(other.values("chr1", 0, 250_000, fillna=None)[::50].astype(np.float32), values)


def test_without_any_value_no_file_is_written(tmp_path: Path) -> None:
    with (
        pytest.raises(InvalidRequest, match="there is no value to put into it"),
        BigWigWriter(tmp_path / "x.bw", LENGTHS) as writer,
    ):
        writer.append("chr2", 0, 50, np.full(3, np.nan))
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "x.bw").write_text("old")

    def fail() -> None:
        with BigWigWriter(tmp_path / "x.bw", LENGTHS) as writer:
            writer.append("chr2", 0, 50, np.ones(9))
            raise KeyError("of ours")

    with pytest.raises(KeyError):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["x.bw"]
    assert (tmp_path / "x.bw").read_text() == "old"


def test_a_place_that_was_taken_meanwhile_is_a_sentence_and_leaves_no_part(tmp_path: Path) -> None:
    writer = BigWigWriter(tmp_path / "x.bw", LENGTHS)
    writer.append("chr2", 0, 50, np.ones(9))
    (tmp_path / "x.bw").mkdir()
    with pytest.raises(InvalidRequest, match=r"x\.bw cannot be written: is a directory"):
        writer.__exit__(None, None, None)
    assert [path.name for path in tmp_path.iterdir()] == ["x.bw"]


def test_values_beyond_the_chromosome_or_out_of_order_are_our_mistake(tmp_path: Path) -> None:
    def write(*places: tuple[str, int, int]) -> None:
        with BigWigWriter(tmp_path / "x.bw", {"chr1": 1_000, "chr2": 1_000}) as writer:
            for chromosome, start, count in places:
                writer.append(chromosome, start, 50, np.ones(count))

    write(("chr1", 0, 10), ("chr1", 500, 10), ("chr2", 100, 18))
    for places in (
        [("chr1", 500, 11)],
        [("chr1", 0, 10), ("chr1", 450, 2)],
        [("chr2", 0, 2), ("chr1", 0, 2)],
    ):
        with pytest.raises(AssertionError, match="values must"):
            write(*places)


def test_a_file_that_cannot_be_read_back_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = pyBigWig.open

    def damaged(path: str, *mode: str) -> object:
        if not mode:
            raise RuntimeError("Received an error during file opening!")
        return usual(path, *mode)

    monkeypatch.setattr(pyBigWig, "open", damaged)
    with (
        pytest.raises(InvalidRequest, match=r"x\.bw could not be written completely; is the disk full\?$"),
        BigWigWriter(tmp_path / "x.bw", LENGTHS) as writer,
    ):
        writer.append("chr2", 0, 50, np.ones(9))
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.protocol.terms.errors import InvalidRequest
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (9_500_000, 9_500_000))
try:
    with BigWigWriter(Path(sys.argv[1]), {"chr1": 10**9}) as writer:
        for tile in range(1_000):
            writer.append("chr1", tile * 500_000, 50, np.random.rand(10_000))
except InvalidRequest as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_a_full_disk_gives_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, tmp_path / "x.bw"], capture_output=True, text=True, check=True
    )
    assert run.stdout == f"{tmp_path / 'x.bw'} cannot be written: file too large.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidRequest, match="There is no folder"):
        BigWigWriter(tmp_path / "absent" / "x.bw", LENGTHS)
    with pytest.raises(InvalidRequest, match="is a folder; name a file"):
        BigWigWriter(tmp_path, LENGTHS)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InvalidRequest, match="may not be written to"):
        BigWigWriter(tmp_path / "x.bw", LENGTHS)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="a folder that makes no files whoever asks")
def test_a_folder_that_makes_no_files_gives_one_sentence() -> None:
    with pytest.raises(InvalidRequest, match=r"^/proc/x\.bw cannot be written: |may not be written to"):
        BigWigWriter(Path("/proc/x.bw"), LENGTHS)


def test_a_path_that_is_no_utf8_is_refused_and_ends_no_process(tmp_path: Path) -> None:
    folder = tmp_path / "lab \udcff"
    folder.mkdir()
    with pytest.raises(InvalidRequest, match=r"a bigWig needs a path of UTF-8; name another\.$"):
        BigWigWriter(folder / "x.bw", {"chr1": 100})
    assert list(folder.iterdir()) == []
