"""Signals as bigWig: every bin the exact mean, every chromosome to its end, and never over a file that is read."""

import os
from pathlib import Path

import numpy as np
import pyBigWig
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.protocol.sources import Compared, GeneModels, MeasuredSignal, Smoothed, Source, as_argument
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.writing import WrittenSignal, write_request
from ebert_core.roles.written_signals import write_signal
from ebert_core.sources.open_dataset import OpenedDataset
from ebert_core.sources.readers import Readers

LENGTHS = {"chr1": 250_030, "chr2": 12}


class Given:
    """Two bigWigs of the same genome, opened: values of every base but for [1,000, 1,500) of the first."""

    def __init__(self, folder: Path) -> None:
        rng = np.random.default_rng(5)
        self.values, self.paths = [], []
        for number in range(2):
            values = {name: rng.gamma(2.0, 3.0, length).astype(np.float32) for name, length in LENGTHS.items()}
            if number == 0:
                values["chr1"][1000:1500] = np.nan
            path = folder / f"{number}.bw"
            with pyBigWig.open(str(path), "w") as file:
                file.addHeader(list(LENGTHS.items()))
                for name, each in values.items():
                    for start, end in ((0, 1000), (1500, len(each))) if np.isnan(each).any() else ((0, len(each)),):
                        file.addEntries(name, start, values=each[start:end].tolist(), span=1, step=1)
            self.values.append(values)
            self.paths.append(path)
        self.opened = OpenedDataset()
        self.opened.open(lambda: Dataset.from_files(tuple(self.paths)))
        self.told: list[float] = []

    @property
    def sources(self) -> tuple[MeasuredSignal, MeasuredSignal]:
        one, other = (MeasuredSignal(path=str(path)) for path in self.paths)
        return one, other

    def write(self, source: Source, path: Path, step: int = 50, *places: Interval) -> WrittenSignal:
        request = write_request(source, str(path), step, *places)
        return write_signal(request, Readers(), self.opened, lambda share, _note: self.told.append(share))


@pytest.fixture
def given(tmp_path: Path) -> Given:
    return Given(tmp_path)


def values_in(path: Path, chromosome: str) -> np.ndarray:
    with pyBigWig.open(str(path)) as file:
        assert dict(file.chroms()) == LENGTHS
        return np.array(file.values(chromosome, 0, LENGTHS[chromosome]))


def test_every_bin_is_the_mean_of_its_bases_and_the_last_one_ends_with_its_chromosome(
    given: Given, tmp_path: Path
) -> None:
    one, other = (as_argument(source) for source in given.sources)
    written = given.write(Compared(one, other, fills_gaps=False), tmp_path / "out.bw")
    for name, length in LENGTHS.items():
        found = values_in(tmp_path / "out.bw", name)
        difference = given.values[0][name].astype(np.float64) - given.values[1][name]
        for start in range(0, length, 50):
            bases = difference[start : start + 50]
            expected = np.nan if np.isnan(bases).any() else bases.mean()
            assert found[start : start + 50] == pytest.approx([expected] * len(bases), rel=1e-3, abs=1e-4, nan_ok=True)
    assert written == WrittenSignal(str(tmp_path / "out.bw"), sum(LENGTHS.values()) - 500)
    assert given.told == sorted(given.told)
    assert len(given.told) >= 4, "no more than 100,000 bases are read at once"
    assert given.told[-1] == 1


def test_a_stretch_alone_can_be_written_smoothed(given: Given, tmp_path: Path) -> None:
    source = Smoothed(as_argument(given.sources[1]), 101)
    given.write(source, tmp_path / "out.bigWig", 1, Interval("chr1", 5_000, 5_100))
    found = values_in(tmp_path / "out.bigWig", "chr1")
    assert np.flatnonzero(np.isfinite(found)).tolist() == list(range(5_000, 5_100))
    assert found[5_050] == pytest.approx(given.values[1]["chr1"][5_000:5_101].mean(), rel=1e-4)


def test_bins_of_a_stretch_are_whole_and_stand_on_multiples_of_their_width(given: Given, tmp_path: Path) -> None:
    given.write(given.sources[1], tmp_path / "out.bw", 50, Interval("chr1", 5_010, 5_120))
    found = values_in(tmp_path / "out.bw", "chr1")
    assert np.flatnonzero(np.isfinite(found)).tolist() == list(range(5_000, 5_150))
    assert found[5_149] == pytest.approx(given.values[1]["chr1"][5_100:5_150].mean(), rel=1e-4)


@pytest.mark.parametrize("is_nested", [False, True])
def test_a_file_that_is_read_is_not_written_over(given: Given, tmp_path: Path, is_nested: bool) -> None:
    source: Source = given.sources[0]
    if is_nested:
        source = Smoothed(as_argument(Compared(as_argument(given.sources[1]), as_argument(source))), 99)
    linked = tmp_path / "link.bw"
    linked.symlink_to(given.paths[0])
    before = given.paths[0].read_bytes()
    for path in (given.paths[0], linked):
        with pytest.raises(InvalidRequest, match="is one of the files that are read; name another"):
            given.write(source, path)
    assert given.paths[0].read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["0.bw", "1.bw", "link.bw"]


@pytest.mark.parametrize(
    ("path", "step", "why"),
    [
        ("out.txt", 50, "out.txt is to be a bigWig"),
        ("out.bw", 0, "Bins of 0 bases cannot be written"),
        ("out.bw", 20_000, "Bins of 20,000 bases cannot be written"),
        ("absent/out.bw", 50, "There is no folder"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(
    given: Given, tmp_path: Path, path: str, step: int, why: str
) -> None:
    with pytest.raises(InvalidRequest, match=why):
        given.write(given.sources[0], tmp_path / path, step)
    assert sorted(os.listdir(tmp_path)) == ["0.bw", "1.bw"]


def test_what_is_called_off_leaves_nothing(given: Given, tmp_path: Path) -> None:
    class Off(Exception):
        pass

    def report(share: float, _note: str) -> None:
        if share > 0.5:
            raise Off

    with pytest.raises(Off):
        write_signal(write_request(given.sources[0], str(tmp_path / "out.bw"), 50), Readers(), given.opened, report)
    assert sorted(os.listdir(tmp_path)) == ["0.bw", "1.bw"]


def test_only_signals_are_written(given: Given, tmp_path: Path) -> None:
    genes = tmp_path / "genes.bed"
    genes.write_text("chr1\t10\t90\tG\t0\t+\t10\t90\t0\t1\t80,\t0,\n")
    given.opened.open(lambda: Dataset.from_files((given.paths[0], genes)))
    with pytest.raises(InvalidRequest, match="Only signals are written as a bigWig, and genes is none"):
        given.write(GeneModels(str(genes)), tmp_path / "out.bw")
