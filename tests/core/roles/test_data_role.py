"""The data role: tracks of a small dataset as the window gets them, by calls and through the real worker."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pyBigWig
import pytest

from ebert_core.protocol import codec
from ebert_core.protocol.frames import FrameReader, frame
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.messages import Ask, Begun, Chunk, FromWorker, Hello, Progress
from ebert_core.protocol.sources import (
    ChromatinStates,
    GeneModels,
    MeasuredPeaks,
    MeasuredSignal,
    PlantedSites,
    ReferenceSequence,
)
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reading import Avoided, told_to
from ebert_core.protocol.tracks import (
    DatasetDraft,
    DatasetSummary,
    FindGenes,
    InspectFile,
    OpenDataset,
    OpenFiles,
)
from ebert_core.protocol.work import Jobs, ListJobs, StopJob
from tests.certain import present
from tests.core.roles.asking import data_role, of

FILES = {
    "genome.fa": ">chr1\n" + "ACGTN" * 400 + "\n>chr2\n" + "T" * 1000 + "\n",
    "genes.bed": "\n".join(
        [
            "chr1\t100\t700\tMAX\t0\t+\t150\t600\t0\t2\t100,200\t0,400",
            "chr1\t800\t900\tMAXD1\t0\t-",
            "chr2\t10\t90\tMAX\t0\t+",
            "chr1\t1000\t1100\tCTCF\t0\t-",
        ]
    ),
    "states.bed": "chr1\t0\t400\tquiet\nchr1\t400\t600\tactive\nchr1\t600\t1000\tquiet\n",
    "signal.bedGraph": "chr1\t0\t100\t1\nchr1\t100\t200\t3\n",
    "strict.narrowPeak": "chr1\t150\t250\tp1\t100\t.\t9.5\t-1\t-1\t40\n",
    "relaxed.narrowPeak": "chr1\t100\t300\tp1\t10\t.\t1\t-1\t-1\t-1\nchr1\t700\t800\tp2\t10\t.\t1\t-1\t-1\t-1\n",
    "truth.tsv": "chr1\t160\t180\tCTCF\talpha\nchr1\t500\t520\tCTCF\t.\n",
    "DATASET.toml": """
version = 1
name = "toy"
assembly = "toy1"
reference = "genome.fa"
genes = "genes.bed"
states.names = ["quiet", "active"]
states.colours = ["#ffffff", "#ff0000"]
synthetic = { seed = 5, truth = "truth.tsv" }
[cell_types.alpha]
states = "states.bed"
signals.DNase = "signal.bedGraph"
peaks.CTCF = { conservative = "strict.narrowPeak", relaxed = "relaxed.narrowPeak" }
[cell_types.beta]
""",
}
HUNDREDS = Interval("chr1", 0, 1000)


class Role:
    """The data role, asked in this process."""

    def __init__(self) -> None:
        self.ask = data_role()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def role(folder: Path) -> Role:
    role = Role()
    role.ask(OpenDataset(str(folder / "DATASET.toml")))
    return role


def test_an_opened_dataset_is_summarised(role: Role, folder: Path) -> None:
    summary = role.ask(OpenDataset(str(folder / "DATASET.toml")))
    assert [chromosome.length for chromosome in summary.chromosomes] == [2000, 1000]
    assert [cell.name for cell in summary.cell_types] == ["alpha", "beta"]
    assert (summary.seed, summary.truth_factors) == (5, ("CTCF",))


def test_a_dataset_says_what_the_checkpoint_that_comes_with_it_predicts(role: Role, folder: Path) -> None:
    dataset = str(folder / "DATASET.toml")
    shipped = resource("checkpoints/human_slices")
    # Not in its own order, in which MAX is second: REST is predicted better.
    assert role.ask(OpenDataset(dataset, str(shipped))).predicted[:2] == ("CTCF", "REST")
    assert role.ask(OpenDataset(dataset, str(folder / "none"))).predicted == ()
    assert role.ask(OpenDataset(dataset)).predicted == ()


def test_without_a_dataset_there_is_nothing_to_read() -> None:
    with pytest.raises(InvalidRequest, match="No dataset is open"):
        Role().ask(of(ReferenceSequence(), HUNDREDS))


def test_a_dataset_that_cannot_be_opened_leaves_the_open_one(role: Role, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        role.ask(OpenDataset(str(tmp_path / "none.toml")))
    assert role.ask(of(ReferenceSequence(), HUNDREDS)).codes[:5].tolist() == [0, 1, 2, 3, 4]


def test_the_sequence_is_n_outside_and_refused_when_nobody_could_read_it(role: Role) -> None:
    assert role.ask(of(ReferenceSequence(), Interval("chr1", 1998, 2002))).codes.tolist() == [3, 4, 4, 4]
    with pytest.raises(InvalidRequest, match="up to 100 kb"):
        role.ask(of(ReferenceSequence(), Interval("chr1", 0, 100_001)))


def test_genes_come_with_exons_and_coding_parts(role: Role) -> None:
    genes = role.ask(of(GeneModels(), Interval("chr1", 0, 950)))
    assert (genes.names, genes.strands) == (("MAX", "MAXD1"), "+-")
    assert genes.parts.pairs()[0] == ((100, 200), (500, 700))
    assert genes.thick_parts.pairs()[0] == ((150, 200), (500, 600))
    assert genes.omitted == 0


def test_states_are_cut_at_the_ends_of_the_interval(role: Role) -> None:
    states = role.ask(of(ChromatinStates("alpha"), Interval("chr1", 100, 500)))
    assert (states.starts.tolist(), states.ends.tolist(), states.ids.tolist()) == ([100, 400], [400, 500], [0, 1])
    assert [name.colour for name in states.classes] == ["#ffffff", "#ff0000"]
    assert not states.is_reduced


def test_too_many_states_become_columns_of_their_commonest(role: Role) -> None:
    states = role.ask(of(ChromatinStates("alpha"), Interval("chr1", 0, 2000), 2))
    assert states.is_reduced
    assert (states.starts.tolist(), states.ends.tolist(), states.ids.tolist()) == ([0], [1000], [0])


def test_a_bare_segmentation_has_names_of_its_own(role: Role, folder: Path) -> None:
    (folder / "other.bed").write_text("chr1\t0\t500\tE1\nchr1\t500\t900\tE2\n")
    states = role.ask(of(ChromatinStates(path=str(folder / "other.bed")), HUNDREDS))
    assert [name.name for name in states.classes] == ["E1", "E2"]
    assert states.classes[0].colour != states.classes[1].colour


def test_a_binary_mark_is_told_to_be_one(role: Role, folder: Path) -> None:
    (folder / "mark.bedGraph").write_text("chr1\t0\t100\t0\nchr1\t100\t300\t1\n")
    assert role.ask(of(MeasuredSignal(path=str(folder / "mark.bedGraph")), HUNDREDS, 2)).block_bases == 100
    assert role.ask(of(MeasuredSignal("alpha", "DNase"), HUNDREDS, 2)).block_bases is None


def test_signals_are_binned_with_gaps_where_nothing_was_measured(role: Role) -> None:
    signal = role.ask(of(MeasuredSignal("alpha", "DNase"), Interval("chr1", 0, 400), 4))
    np.testing.assert_array_equal(signal.mean, [1, 3, np.nan, np.nan])
    assert signal.mean.dtype == np.float32
    with pytest.raises(InvalidRequest, match="0 columns"):
        role.ask(of(MeasuredSignal("alpha", "DNase"), HUNDREDS, 0))


def test_peaks_have_summits_where_the_file_has_them(role: Role) -> None:
    strict = role.ask(of(MeasuredPeaks("alpha", "CTCF"), HUNDREDS))
    assert (strict.starts.tolist(), strict.ends.tolist(), strict.summits.tolist()) == ([150], [250], [190])
    relaxed = role.ask(of(MeasuredPeaks("alpha", "CTCF", is_relaxed=True), HUNDREDS))
    assert relaxed.summits is None
    assert relaxed.starts.tolist() == [100, 700]


def test_too_many_peaks_come_as_the_number_that_overlaps_each_column(role: Role, folder: Path) -> None:
    lines = (f"chr1\t{start // 6}\t{start // 6 + 1}\tp\t{start % 6}\t.\t0\t0\t0\t0" for start in range(12_000))
    (folder / "many.narrowPeak").write_text("\n".join(lines))
    peaks = role.ask(of(MeasuredPeaks(path=str(folder / "many.narrowPeak")), Interval("chr1", 0, 2000), 4))
    assert peaks.density.tolist() == [3000] * 4
    assert (len(peaks.starts), peaks.omitted) == (0, 12_000)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (of(ChromatinStates("beta"), HUNDREDS), "toy has no chromatin states for beta."),
        (of(ChromatinStates("delta"), HUNDREDS), "DATASET.toml has no cell type delta; it has alpha, beta"),
        (of(MeasuredSignal("beta", "DNase"), HUNDREDS, 10), "toy has no DNase signal for beta."),
        (of(MeasuredPeaks("beta", "CTCF"), HUNDREDS), "toy has no CTCF peaks for beta."),
        (of(MeasuredPeaks(path="/no/such.bed"), HUNDREDS), "/no/such.bed"),
        (InspectFile("/no/such.bed"), "/no/such.bed"),
        (StopJob("/no/such"), "/no/such is no job directory"),
    ],
)
def test_what_is_not_there_is_named(role: Role, request_: msgspec.Struct, sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        role.ask(request_)


def test_planted_sites_tell_where_they_are_bound(role: Role) -> None:
    truth = role.ask(of(PlantedSites("alpha", "CTCF"), HUNDREDS))
    assert (truth.starts.tolist(), truth.scores.tolist()) == ([160, 500], [1, 0])


def test_a_file_that_changed_is_read_again(role: Role, folder: Path) -> None:
    path = folder / "strict.narrowPeak"
    assert role.ask(of(MeasuredPeaks("alpha", "CTCF"), HUNDREDS)).starts.tolist() == [150]
    path.write_text(path.read_text().replace("\t150\t", "\t100\t"))
    os.utime(path, ns=(1, 1))
    assert role.ask(of(MeasuredPeaks("alpha", "CTCF"), HUNDREDS)).starts.tolist() == [100]


def test_bare_files_join_the_open_dataset_and_only_those_that_are_asked_for(role: Role, folder: Path) -> None:
    (folder / "bare.bedGraph").write_text(FILES["signal.bedGraph"])
    dataset, signal, peaks = (str(folder / name) for name in ("DATASET.toml", "bare.bedGraph", "relaxed.narrowPeak"))
    summary = role.ask(OpenFiles((signal, peaks), dataset))
    assert [file.kind for file in summary.files] == ["signal", "peaks"]
    assert summary.path == dataset
    # One that has gone meanwhile keeps no other from being opened.
    (folder / "bare.bedGraph").unlink()
    assert [file.kind for file in role.ask(OpenFiles((peaks,), dataset)).files] == ["peaks"]


def test_of_files_of_two_assemblies_the_first_decides_and_the_other_says_so(folder: Path) -> None:
    role = Role()
    for name, length in (("first.bw", 1000), ("other.bw", 1200)):
        with pyBigWig.open(str(folder / name), "w") as file:
            file.addHeader([("chr1", length)])
            file.addEntries("chr1", 0, values=[1.0, 2.0], span=50, step=50)
    for first, other in (("first.bw", "other.bw"), ("other.bw", "first.bw")):
        summary = role.ask(OpenFiles((str(folder / first), str(folder / other))))
        assert [file.name for file in summary.files] == [first, other]
        assert role.ask(of(MeasuredSignal(path=str(folder / first)), Interval("chr1", 0, 50), 1)).mean.tolist() == [1]
        with pytest.raises(InvalidRequest, match=f"{other} belongs to another assembly"):
            role.ask(of(MeasuredSignal(path=str(folder / other)), Interval("chr1", 0, 50), 1))


def test_bare_files_alone_make_a_dataset(folder: Path) -> None:
    role = Role()
    summary = role.ask(OpenFiles((str(folder / "signal.bedGraph"), str(folder / "genes.bed"))))
    assert summary.path == ""
    assert role.ask(
        of(MeasuredSignal(path=str(folder / "signal.bedGraph")), Interval("chr1", 0, 200), 2)
    ).mean.tolist() == [
        1,
        3,
    ]
    assert role.ask(ListJobs("")) == Jobs(())


def test_a_dataset_put_together_by_hand_is_written_and_opened(folder: Path) -> None:
    path = str(folder / "new.toml")
    role = Role()
    draft = DatasetDraft(
        path, "mine", "toy1", str(folder / "genome.fa"), states=(("alpha", str(folder / "states.bed")),)
    )
    assert role.ask(draft).path == path
    assert role.ask(of(ChromatinStates("alpha"), HUNDREDS)).ids.tolist() != []


def test_the_real_worker_reads_and_never_loads_torch(folder: Path) -> None:
    command = [sys.executable, "-m", "ebert_core", "worker", "data"]
    begun = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        reader: FrameReader[FromWorker] = FrameReader(FromWorker, expects_preamble=True)
        assert isinstance(next_message(worker, reader), Hello)
        assert time.monotonic() - begun < 10
        present(worker.stdin).write(frame(Ask(1, msgspec.Raw(codec.encode(OpenDataset(str(folder / "DATASET.toml")))))))
        present(worker.stdin).flush()
        chunk = next_message(worker, reader)
        assert isinstance(chunk, Chunk)
        assert codec.Decoder(DatasetSummary).decode(chunk.data).name == "toy"
        libraries = Path(f"/proc/{worker.pid}/maps")
        assert "torch" not in (libraries.read_text() if libraries.exists() else "")
        present(worker.stdin).close()
        assert worker.wait(timeout=5) == 0


def next_message(worker: subprocess.Popen[bytes], reader: FrameReader[FromWorker]) -> FromWorker:
    """The next message that is no progress."""
    while True:
        for message in reader.feed(os.read(present(worker.stdout).fileno(), 1 << 16)):
            if not isinstance(message, Progress | Begun):
                return message


def test_a_worker_in_a_terminal_says_who_should_start_it() -> None:
    import pty

    terminal, inside = pty.openpty()
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "ebert_core", "worker", "data"], stdin=inside, stdout=inside, stderr=subprocess.PIPE
        )
    finally:
        os.close(terminal)
        os.close(inside)
    assert ended.returncode == 2
    assert b"start ebert-browser" in ended.stderr


@pytest.mark.parametrize(
    ("request_of", "file"),
    [
        (lambda _: of(ReferenceSequence(), HUNDREDS), "genome.fa"),
        (lambda _: of(GeneModels(), HUNDREDS), "genes.bed"),
        (lambda folder: of(GeneModels(str(folder / "genes.bed")), HUNDREDS), "genes.bed"),
        (lambda _: of(ChromatinStates("alpha"), HUNDREDS), "states.bed"),
        (lambda folder: of(ChromatinStates(path=str(folder / "states.bed")), HUNDREDS), "states.bed"),
        (lambda _: of(MeasuredSignal("alpha", "DNase"), HUNDREDS, 10), "signal.bedGraph"),
        (lambda folder: of(MeasuredSignal(path=str(folder / "signal.bedGraph")), HUNDREDS, 10), "signal.bedGraph"),
        (lambda _: of(MeasuredPeaks("alpha", "CTCF"), HUNDREDS), "strict.narrowPeak"),
        (lambda _: of(MeasuredPeaks("alpha", "CTCF", is_relaxed=True), HUNDREDS), "relaxed.narrowPeak"),
        (lambda _: of(PlantedSites("alpha", "CTCF"), HUNDREDS), "truth.tsv"),
        (lambda folder: InspectFile(str(folder / "genes.bed")), "genes.bed"),
    ],
)
def test_the_file_that_is_read_is_said_before_it_is_read(
    role: Role, folder: Path, request_of: Callable[[Path], msgspec.Struct], file: str
) -> None:
    request = request_of(folder)
    role.ask(request)  # also when it is open already
    told: list[str] = []
    with told_to(told.append):
        role.ask(request)
    assert told[-1] == str(folder / file)


def test_a_search_for_genes_says_that_it_reads_them(role: Role, folder: Path) -> None:
    told: list[str] = []
    with told_to(told.append):
        role.ask(FindGenes("MAX"))
    assert str(folder / "genes.bed") in told


def test_each_file_that_is_opened_is_said_and_the_next_begins_where_it_ended(role: Role, folder: Path) -> None:
    told: list[str] = []
    paths = (str(folder / "signal.bedGraph"), str(folder / "strict.narrowPeak"))
    with told_to(told.append):
        role.ask(OpenFiles(paths))
    assert [path for path in dict.fromkeys(told) if path] == list(paths)
    assert told[-1] == ""


def test_a_dataset_whose_genes_are_avoided_opens_and_its_other_tracks_are_read(role: Role, folder: Path) -> None:
    avoided = str(folder / "genes.bed")

    def avoid(path: str) -> None:
        if path == avoided:
            raise Avoided("data", path)

    with told_to(avoid):
        role.ask(OpenDataset(str(folder / "DATASET.toml")))
        assert len(role.ask(of(MeasuredPeaks("alpha", "CTCF"), HUNDREDS)).starts) == 1
        with pytest.raises(Avoided, match=re.escape(f"The data worker ended while it read {avoided}.")):
            role.ask(of(GeneModels(), HUNDREDS))


def test_a_folder_and_files_whose_names_are_no_utf_8_are_opened_and_read(tmp_path: Path, folder: Path) -> None:
    strange = tmp_path / os.fsdecode(b"caf\xe9")
    strange.mkdir()
    bigwig = strange / os.fsdecode(b"\xff.bw")
    writer = pyBigWig.open(str(tmp_path / "plain.bw"), "w")
    writer.addHeader([("chr1", 2000)])
    writer.addEntries("chr1", [100], values=[2.0], span=50)
    writer.close()
    os.rename(tmp_path / "plain.bw", bigwig)
    for name in FILES:
        os.rename(folder / name, strange / name)
    role = Role()
    summary = role.ask(OpenDataset(str(strange / "DATASET.toml")))
    assert summary.path == str(strange / "DATASET.toml")
    files = (str(bigwig), str(strange / "strict.narrowPeak"))
    assert {file.path for file in role.ask(OpenFiles(files, summary.path)).files} == set(files)
    assert np.nanmax(role.ask(of(MeasuredSignal(path=str(bigwig)), HUNDREDS, 10)).maximum) == 2.0
    assert len(role.ask(of(ReferenceSequence(), HUNDREDS)).codes) == 1000
    assert len(role.ask(of(GeneModels(), HUNDREDS)).starts) == 2
    assert len(role.ask(of(ChromatinStates("alpha"), HUNDREDS)).starts) == 3
    assert len(role.ask(of(MeasuredPeaks(path=files[1]), HUNDREDS)).starts) == 1
