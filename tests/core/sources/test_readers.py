"""What the readers of the data role make of a request, and when a dataset is opened anew."""

import os
from pathlib import Path

import msgspec
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.protocol.shapes import Features
from ebert_core.protocol.sources import (
    FindBeside,
    GeneModels,
    MeasuredPeaks,
    MeasuredSignal,
    Source,
    as_argument,
    read_request,
)
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.open_dataset import OpenedDataset
from ebert_core.sources.readers import Readers

GENES = "chr1\t100\t400\tA\t5\t+\nchr1\t100\t400\tB\t7\t-\nchr1\t600\t900\tC\t9\t+\n"


@pytest.fixture
def genes(tmp_path: Path) -> Path:
    path = tmp_path / "genes.bed"
    path.write_text(GENES)
    return path


@pytest.mark.parametrize("kind", [GeneModels, MeasuredPeaks])
def test_all_that_a_file_says_of_the_features_of_one_place_comes_on_request(genes: Path, kind: type[Source]) -> None:
    opened = OpenedDataset.of_files(genes)
    place = Interval("chr1", 100, 400)
    [said] = Readers().read(read_request((kind(path=str(genes), says_all=True),), place), opened).shapes
    assert isinstance(said, Features)
    assert (said.names, said.starts.tolist(), said.ends.tolist()) == (("A", "B"), [100, 100], [400, 400])
    assert said.column("strand") == ("+", "-")


def test_the_next_feature_of_a_source_is_found_and_a_signal_has_none(genes: Path) -> None:
    opened = OpenedDataset.of_files(genes)

    def beside(source: Source, place: Interval, is_forward: bool) -> Interval | None:
        request = FindBeside(msgspec.Raw(as_argument(source)), place, 10_000, is_forward)
        return Readers().beside(request, opened).place

    source = GeneModels(path=str(genes))
    assert beside(source, Interval("chr1", 100, 400), True) == Interval("chr1", 600, 900)
    assert beside(source, Interval("chr1", 600, 900), False) == Interval("chr1", 100, 400)
    assert beside(source, Interval("chr1", 600, 900), True) is None
    with pytest.raises(InvalidRequest, match="has no features to go to"):
        beside(MeasuredSignal(path=str(genes)), Interval("chr1", 0, 1), True)


def test_a_dataset_is_opened_anew_when_a_file_changed_and_once_only(genes: Path) -> None:
    opened, times = OpenedDataset(), 0

    def open_it() -> Dataset:
        nonlocal times
        times += 1
        return Dataset.from_files([genes])

    def change(seconds: int) -> None:
        os.utime(genes, (seconds, seconds))

    opened.open(open_it)
    opened.current(str(genes))
    opened.current(str(genes))
    assert times == 1
    change(1_000)
    opened.current(str(genes))
    opened.current(str(genes))
    assert times == 2
    change(2_000)
    opened.open(open_it)
    opened.current(str(genes))
    assert times == 3, "what was just opened is not opened again"
