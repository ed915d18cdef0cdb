"""Whatever a file is or unpacks to, reading it takes bounded memory, and stops when nobody waits for it any more."""

import gzip
import os
import socket
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.genome import lines, regular
from ebert_core.genome.annotation import read_features, read_genes
from ebert_core.genome.chromosomes import read_bands, read_chromosome_sizes
from ebert_core.genome.kinds import kind_of_file
from ebert_core.genome.lines import Skipped
from ebert_core.genome.motifs import read_motifs
from ebert_core.genome.reference import Reference
from ebert_core.genome.signal import open_signal
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.specs.on_disk import read_spec
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.hearing import heard_by
from ebert_gui.state.session import read_session
from tests.counted import counted

READERS: tuple[Callable[[Path], object], ...] = (
    kind_of_file,
    read_features,
    read_genes,
    open_signal,
    Segmentation,
    Reference,
    read_motifs,
    read_chromosome_sizes,
    read_bands,
    Dataset.open,
    read_spec,
)
Reader = Callable[..., object]
TEXTS: tuple[Reader, ...] = (read_features, read_genes, open_signal, Segmentation)


def read_leniently(read: Reader, path: Path) -> None:
    if read is Segmentation:
        read(path, (), Skipped())
    else:
        read(path, Skipped())


class NobodyWaits(BaseException):
    """As `Cancelled` of a session."""


def packed(path: Path, piece: bytes, times: int) -> Path:
    """A gzip file that unpacks to a piece so many times; one member is repeated, so that writing it takes no time."""
    path.write_bytes(gzip.compress(piece, mtime=0) * times)
    return path


@pytest.fixture
def peak() -> Iterator[Callable[[], int]]:
    """The most memory that was taken since the test began, in bytes."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@pytest.fixture(params=["pipe", "device", "socket"])
def irregular(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "description.json"
    if request.param == "pipe":
        os.mkfifo(path)
        yield path
    elif request.param == "device":
        path.symlink_to("/dev/zero")
        yield path
    else:
        with socket.socket(socket.AF_UNIX) as waiting:
            # A path of a socket may have 107 characters.
            monkeypatch.chdir(tmp_path)
            waiting.bind("description.json")
            yield path


@pytest.mark.parametrize("read", READERS)
def test_what_is_no_regular_file_is_refused_before_it_is_opened(
    irregular: Path,
    read: Reader | type[Reference],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidRequest, match=r"description\.json is a (pipe, not|device, not|socket, not) a regular"):
        read(irregular)


@pytest.mark.parametrize("read", READERS)
def test_a_folder_is_no_file(tmp_path: Path, read: Reader | type[Reference]) -> None:
    with pytest.raises(InvalidRequest, match=str(tmp_path)):
        read(tmp_path)


def test_a_session_that_is_a_pipe_is_a_sentence(irregular: Path) -> None:
    assert "not a regular file" in read_session(irregular, lambda _: pytest.fail("a track was read")).problem


def test_an_index_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "x.fa").write_text(">a\nACGT\n")
    os.mkfifo(tmp_path / "x.fa.fai")
    assert Reference(tmp_path / "x.fa").chromosome_lengths == {"a": 4}


@pytest.mark.parametrize("read", [*TEXTS, read_motifs, read_bands, read_chromosome_sizes])
def test_a_line_of_gigabytes_is_refused_and_never_held(tmp_path: Path, read: Reader, peak: Callable[[], int]) -> None:
    # 3 GB of one line in 3 MB.
    path = packed(tmp_path / "x.bed.gz", b"A" * (1 << 20), 3_000)
    with pytest.raises(InvalidRequest, match=r"x\.bed\.gz, line 1: it is longer than 1,000,000 characters"):
        read(path)
    assert peak() < 64_000_000


@pytest.mark.parametrize(
    ("read", "line"), [(read_features, b"x\n"), (read_genes, b"\n"), (open_signal, b"#\n"), (Segmentation, b" \n")]
)
def test_a_gigabyte_of_lines_without_anything_is_left_when_nobody_waits(
    tmp_path: Path, read: Reader, line: bytes, peak: Callable[[], int]
) -> None:
    path = packed(tmp_path / "x.bed.gz", line.rjust(512) * (1 << 11), 1_000)
    told = []

    def waiting(fraction: float, note: str = "") -> None:
        told.append((fraction, note))
        if len(told) == 5:
            raise NobodyWaits

    with pytest.raises(NobodyWaits), heard_by(waiting):
        read_leniently(read, path)
    # Nothing is read after the wish, and a megabyte at most between two chances to hear it.
    assert len(told) == 5
    assert all(note == "reading x.bed.gz" and 0 <= fraction <= 1 for fraction, note in told)
    assert peak() < 64_000_000


@pytest.mark.parametrize("read", TEXTS)
def test_lines_that_make_no_sense_are_counted_not_kept(
    tmp_path: Path,
    read: Reader,
    peak: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "MOST_LINES", 20_000)
    path = packed(tmp_path / "x.bed.gz", b"chr1\tx\n" * 10_000, 10)
    with pytest.raises(InvalidRequest, match=r"x\.bed\.gz has more than 20,000 lines"):
        read_leniently(read, path)
    assert peak() < 10_000_000


def test_of_lines_that_are_left_out_the_first_is_said_and_how_many_they_are(tmp_path: Path) -> None:
    path = tmp_path / "x.bed"
    path.write_text("chr1\t1\t2\n" + "chr1\tx\n" * 2_000)
    assert [remark.full for remark in read_features(path, Skipped()).remarks] == [
        "2,000 lines left out, first line 2: a BED line has at least a chromosome, a start and an end."
    ]


def test_a_regular_file_that_unpacks_to_gigabytes_is_read_as_columns_and_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regular, "_MOST_BYTES", 50_000_000)
    path = packed(tmp_path / "x.bedGraph.gz", b"chr1\t1\t2\t1\n" * 100_000, 400)
    pieces = counted(monkeypatch, regular, "_parsed")
    with pytest.raises(InvalidRequest, match=r"x\.bedGraph\.gz takes more than 0 GiB of memory; make a bigBed"):
        open_signal(path)
    # 440 MB were to come.
    assert sum(len(piece) for piece, *_ in pieces) < 150_000_000
    assert max(len(piece) for piece, *_ in pieces) < 70_000_000


def test_an_index_is_built_of_a_chromosome_on_one_line_without_keeping_it(
    tmp_path: Path, peak: Callable[[], int]
) -> None:
    path = tmp_path / "x.fa"
    with open(path, "wb") as file:
        file.write(b">chr1 on one line\n")
        for _ in range(100):
            file.write(b"ACGT" * 250_000)
        file.write(b"\n>chr2\nAC\n")
    told = []
    with heard_by(lambda fraction, note="": told.append(note)):
        reference = Reference(path)
    assert reference.chromosome_lengths == {"chr1": 100_000_000, "chr2": 2}
    assert len(told) > 90
    assert peak() < 16_000_000
