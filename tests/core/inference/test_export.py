"""Predictions in files: every bin once, where it belongs, or no file at all."""

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pybigtools
import pyBigWig
import pytest
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import current_store, prepare
from ebert_core.genome.reference import Reference
from ebert_core.inference.calls import CalledRuns, Run
from ebert_core.inference.export import predict_to_files
from ebert_core.inference.stretches import Stretch
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.certain import present
from tests.core.toy_binding import LENGTHS, UNKNOWN, quiet, write_toy_binding


@pytest.mark.usefixtures("short_blocks")
def test_a_bigwig_holds_every_bin_once_on_its_central_bases(
    spec_of: Callable[..., Predict], expected: dict[str, NDArray[np.float32]], tmp_path: Path
) -> None:
    [path] = predict_to_files(spec_of("x.bw"), quiet)
    with pyBigWig.open(str(path)) as file:
        assert list(file.chroms().items()) == list(LENGTHS.items())
        assert file.header()["nLevels"] > 0
        for name, values in expected.items():
            found = file.intervals(name)
            known = np.flatnonzero(np.isfinite(values))
            assert [each[0] for each in found] == (known * 50 + 75).tolist()
            assert {each[1] - each[0] for each in found} == {50}
            np.testing.assert_array_equal(np.array([each[2] for each in found], np.float32), values[known])
    other = pybigtools.open(str(path))
    assert list(other.chroms()) == list(LENGTHS)
    for name, values in expected.items():
        known = np.flatnonzero(np.isfinite(values))
        read = np.array([(start, value) for start, _, value in other.records(name)])
        np.testing.assert_array_equal(read[:, 0], known * 50 + 75)
        np.testing.assert_array_equal(read[:, 1].astype(np.float32), values[known])
    assert [each.name for each in tmp_path.iterdir()] == ["x.bw"]


@pytest.mark.usefixtures("short_blocks")
def test_chromosomes_are_written_in_the_order_of_the_reference(spec_of: Callable[..., Predict]) -> None:
    [path] = predict_to_files(spec_of("x.bw", chromosomes=("chr2", "1")), quiet)
    with pyBigWig.open(str(path)) as file:
        assert file.intervals("chr1")
        assert file.intervals("chr2")


def test_a_bin_with_unknown_bases_is_0_in_a_table_and_a_gap_in_a_bigwig(
    spec_of: Callable[..., Predict], tmp_path: Path
) -> None:
    (tmp_path / "r.bed").write_text(f"chr2\t{UNKNOWN[0] + 50}\t{UNKNOWN[1] - 50}\n")
    [path] = predict_to_files(spec_of("x.tab.gz", regions=str(tmp_path / "r.bed")), quiet)
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert len(lines) == 7
    assert {line.split("\t")[3] for line in lines} == {"0.00000000e+00"}
    with pytest.raises(InvalidRequest, match="every bin that was asked for holds an N of the reference"):
        predict_to_files(spec_of("x.bw", locus=f"chr2:{UNKNOWN[0]}-{UNKNOWN[1]}"), quiet)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["r.bed", "x.tab.gz"]


def test_files_and_a_store_give_the_same_file_and_a_stale_store_is_not_read(
    spec_of: Callable[..., Predict], tmp_path: Path
) -> None:
    folder = tmp_path / "dataset"
    folder.mkdir()
    spec = spec_of("x.tab.gz", dataset=str(write_toy_binding(folder)), chromosomes=("chr2",))
    from_files = predict_to_files(spec, quiet)[0].read_bytes()
    prepare(Dataset.open(Path(spec.dataset)), folder / "DATASET.store")
    with pytest.MonkeyPatch.context() as without_files:
        without_files.setattr(Reference, "bases", None)
        assert predict_to_files(spec, quiet)[0].read_bytes() == from_files
    os.utime(folder / "alpha.bed", ns=(1, 1))
    assert current_store(Dataset.open(Path(spec.dataset))) is None
    assert predict_to_files(spec, quiet)[0].read_bytes() == from_files


def test_progress_grows_to_the_end_by_what_is_computed(spec_of: Callable[..., Predict]) -> None:
    told: list[tuple[float, str]] = []
    predict_to_files(spec_of("x.bw"), lambda fraction, note: told.append((fraction, note)))
    fractions = [fraction for fraction, _note in told]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] < 0.2
    assert len(set(fractions)) > 2
    assert 0.6 < fractions[-1] <= 1


def test_called_bins_are_joined_into_runs() -> None:
    runs_at_half = CalledRuns(0.5)

    def runs_of(start: int, values: list[float]) -> list[Run]:
        return list(runs_at_half.of(Stretch("chr1", start, len(values)), np.array(values, dtype=np.float32)))

    runs = [*runs_of(0, [0.1, 0.6, 0.9]), *runs_of(150, [0.7, np.nan] + [0.0] * 6 + [0.5]), *runs_at_half.last()]
    assert [(run.start, run.end, round(run.best, 1)) for run in runs] == [(50, 350, 0.9), (550, 750, 0.5)]


def test_no_file_of_calls_is_written_for_a_factor_of_which_none_is_made(
    spec_of: Callable[..., Predict], toy_checkpoint: Path, tmp_path: Path
) -> None:
    weak = tmp_path / "weak"
    shutil.copytree(toy_checkpoint, weak)
    description = msgspec.json.decode((weak / "description.json").read_bytes())
    for factor in description["factors"]:
        factor["threshold"] = 0.009
    (weak / "description.json").write_bytes(msgspec.json.encode(description))
    reason = r"No bin is called bound of FOS \(its threshold, 0.009, is too low to mean bound\).*as .bw or .tab.gz"
    with pytest.raises(InvalidRequest, match=reason):
        predict_to_files(spec_of("x.bed.gz", checkpoint=str(weak), chromosomes=("chr2",)), quiet)
    [path] = predict_to_files(spec_of("x.tab.gz", checkpoint=str(weak), chromosomes=("chr2",)), quiet)
    assert [each.name for each in tmp_path.iterdir() if each != weak] == [path.name]


def test_calls_are_runs_at_the_threshold_of_the_factor(
    spec_of: Callable[..., Predict], toy_checkpoint: Path, expected: dict[str, NDArray[np.float32]]
) -> None:
    [path] = predict_to_files(spec_of("x.bed.gz", chromosomes=("chr2",)), quiet)
    threshold = present(load_checkpoint(toy_checkpoint).description.factor("FOS").threshold)
    lines = [line.split() for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
    covered = np.zeros(LENGTHS["chr2"], bool)
    for line in lines:
        covered[int(line[1]) : int(line[2])] = True
    called = np.flatnonzero(np.nan_to_num(expected["chr2"]) >= threshold)
    assert len(lines) > 2
    assert all(covered[start : start + 200].all() for start in called * 50)
    assert covered.sum() == len({base for start in called * 50 for base in range(start, start + 200)})
    assert {line[3] for line in lines} == {"FOS"}
    assert {line[0] for line in lines} == {"chr2"}


def tabix(path: Path, place: str) -> list[str]:
    """What `tabix` finds; it says what is wrong with a file or its index on stderr."""
    if shutil.which("tabix") is None:
        pytest.skip("tabix is not installed")
    ended = subprocess.run(["tabix", path, place], capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    return ended.stdout.splitlines()


@pytest.mark.usefixtures("short_blocks")
@pytest.mark.parametrize("ending", ["bedgraph", "bg", "bedgraph.gz", "BG.GZ"])
def test_a_bedgraph_holds_what_a_bigwig_holds(spec_of: Callable[..., Predict], tmp_path: Path, ending: str) -> None:
    [path] = predict_to_files(spec_of(f"x.{ending}"), quiet)
    [other] = predict_to_files(spec_of("x.bw"), quiet)
    is_packed = ending.lower().endswith("gz")
    text = gzip.decompress(path.read_bytes()) if is_packed else path.read_bytes()
    lines = text.decode().splitlines()
    if not is_packed:
        heading = lines.pop(0)
        assert heading.startswith('track type=bedGraph name="FOS alpha" ')
        assert " viewLimits=0:1 autoScale=off " in heading
    found = [(name, int(start), int(end), np.float32(value)) for name, start, end, value in map(str.split, lines)]
    with pyBigWig.open(str(other)) as file:
        assert found == [(name, *row[:2], np.float32(row[2])) for name in LENGTHS for row in file.intervals(name)]
    beside = {each.name for each in tmp_path.iterdir()} - {"x.bw"}
    assert beside == ({path.name, f"{path.name}.tbi"} if is_packed else {path.name})
    if is_packed:
        assert tabix(path, "chr2:2001-3000") == [
            line for line in lines if line.startswith("chr2") and 1_950 < int(line.split()[1]) < 3_000
        ]


def test_calls_can_be_fetched_by_place_and_a_stale_index_never_stays(
    spec_of: Callable[..., Predict], tmp_path: Path
) -> None:
    (tmp_path / "x.bed.gz.tbi").write_bytes(b"of other lines")
    [path] = predict_to_files(spec_of("x.bed.gz"), quiet)
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    for line in lines[:: len(lines) // 5]:
        name, start, end, *_ = line.split("\t")
        assert line in tabix(path, f"{name}:{int(start) + 1}-{end}")
    assert tabix(path, "chr2:1-12000") == [line for line in lines if line.startswith("chr2")]


def test_a_bedgraph_of_unknown_bases_is_not_written(spec_of: Callable[..., Predict], tmp_path: Path) -> None:
    for name in ("x.bedgraph", "x.bedgraph.gz"):
        with pytest.raises(InvalidRequest, match="every bin that was asked for holds an N of the reference"):
            predict_to_files(spec_of(name, locus=f"chr2:{UNKNOWN[0]}-{UNKNOWN[1]}"), quiet)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["bw", "tab.gz", "bed.gz"])
@pytest.mark.usefixtures("short_blocks")
def test_a_failure_in_the_middle_leaves_the_file_as_it_was_and_what_was_computed(
    spec_of: Callable[..., Predict], tmp_path: Path, ending: str
) -> None:

    def stop(fraction: float, note: str) -> None:
        if fraction > 0.5:
            raise InvalidRequest("Stopped; nothing was written.")

    (tmp_path / f"x.{ending}").write_text("old")
    with pytest.raises(InvalidRequest, match="Stopped"):
        predict_to_files(spec_of(f"x.{ending}"), stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f".x.{ending}.parts", f"x.{ending}"]
    assert (tmp_path / f"x.{ending}").read_text() == "old"


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from ebert_core.inference.files import Contents
from ebert_core.inference.formats import encode_lines, table_file
from ebert_core.inference.stretches import Block, Stretch
from ebert_core.protocol.terms.errors import InvalidRequest
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
block = Block("chr1", 0, 100_000, (Stretch("chr1", 0, 2_000),))
try:
    with table_file(Path(sys.argv[1]), Contents({"chr1": 100_000}, 0.5)) as append:
        append(block, encode_lines(block, np.random.rand(2_000).astype(np.float32)))
except InvalidRequest as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
@pytest.mark.parametrize("limit", [100, 15_000])
def test_a_full_disk_gives_one_sentence_and_leaves_nothing(tmp_path: Path, limit: int) -> None:
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / "x.tab.gz"), str(limit)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout == f"{tmp_path / 'x.tab.gz'} could not be written: File too large.\n"
    assert ended.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "name", "sentence"),
    [
        ({}, "x.txt", r"x\.txt should end in \.bw, \.bedgraph, \.tab\.gz, \.bed\.gz or \.tsv"),
        ({"factor": "GATA9"}, "x.bw", r"does not predict GATA9\. It predicts FOS"),
        ({"cell_type": "gamma"}, "x.bw", "has no cell type gamma; it has alpha, beta"),
        ({"chromosomes": ("chr9",)}, "x.bw", "no chromosome chr9; it has chr1, chr2"),
        ({"locus": "nowhere"}, "x.bw", "'nowhere' is no region: .*toml has no chromosome nowhere; it has chr1, chr2"),
        ({"locus": "chr1", "chromosomes": ("chr1",)}, "x.bw", "not several of them"),
        ({"regions": "/no/such.bed"}, "x.bw", "/no/such.bed"),
        ({"checkpoint": "/no/such"}, "x.bw", "There is no checkpoint at /no/such"),
        ({"device": "cuda:99"}, "x.bw", "CUDA"),
        ({"device": "quantum"}, "x.bw", "'quantum' is no device"),
        ({"device": "meta"}, "x.bw", "'meta' is no device"),
        ({}, "absent/deeper/x.bw", "There is no folder"),
        ({}, "absent/deeper/x.tab.gz", "could not be written: No such file"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_written(
    spec_of: Callable[..., Predict], tmp_path: Path, changes: dict[str, str | tuple[str]], name: str, sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        predict_to_files(spec_of(name, **changes), quiet)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x.bw", "x.tab.gz", "x.bed.gz"])
def test_the_folder_of_the_file_is_made_where_only_that_one_is_absent(
    spec_of: Callable[..., Predict], tmp_path: Path, name: str
) -> None:
    predict_to_files(spec_of(f"exports/{name}", locus="chr1:1-2000"), quiet)
    made = {path.name for path in (tmp_path / "exports").iterdir()}
    assert made == ({name, f"{name}.tbi"} if name.endswith(".bed.gz") else {name})


def test_a_file_in_the_place_of_the_folder_is_a_sentence(spec_of: Callable[..., Predict], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidRequest, match="file cannot be made: file exists; name another place"):
        predict_to_files(spec_of("file/x.tab.gz"), quiet)


def test_a_folder_that_may_not_be_written_to_is_named(
    spec_of: Callable[..., Predict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InvalidRequest, match="may not be written to"):
        predict_to_files(spec_of("x.bw"), quiet)
