"""The bins of a request are those that a look at every single bin finds, and blocks of them lose none."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.layout import Layout
from ebert_core.inference import stretches
from ebert_core.inference.grid import TileGrid
from ebert_core.inference.stretches import (
    Stretch,
    blocks_of,
    by_stretch,
    genome_bins,
    listed_bins,
    regions_of,
    touching_bins,
)
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest

LENGTHS = {"chr2": 3_010, "chr1": 1_260, "chrM": 150}
Place = tuple[str, int, int]


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    (tmp_path / "x.sizes").write_text("".join(f"{name}\t{length}\n" for name, length in LENGTHS.items()))
    return Dataset(Layout(name="x", chromosome_sizes=str(tmp_path / "x.sizes")), tmp_path / "D.toml")


@pytest.fixture
def asked(tmp_path: Path) -> Predict:
    """A request for the regions of a file."""
    return Predict("", str(tmp_path / "D.toml"), "K562", "CTCF", "x.bw", regions=(str(tmp_path / "r.bed"),))


def write_regions(asked: Predict, places: list[Place]) -> None:
    lines = (f"{name}\t{start}\t{end}\tr{number}\n" for number, (name, start, end) in enumerate(places))
    Path(asked.regions[0]).write_text("".join(lines))


def some_places(seed: int, count: int) -> list[Place]:
    random = np.random.default_rng(seed)
    names = random.choice(list(LENGTHS), count)
    found = []
    for name in names.tolist():
        start = int(random.integers(0, LENGTHS[name]))
        found.append((name, start, min(LENGTHS[name], start + int(random.choice([1, 50, 170, 230, 700])))))
    return found


def every_bin(name: str) -> list[int]:
    return list(range(0, LENGTHS[name] - 199, 50))


def bins_of(found: list[Stretch]) -> list[tuple[str, int]]:
    return [(each.chromosome, each.start + 50 * number) for each in found for number in range(each.bins)]


def overlapping(place: Place) -> set[tuple[str, int]]:
    name, start, end = place
    return {(name, at) for at in every_bin(name) if at < end and at + 200 > start}


def beginning(place: Place) -> set[tuple[str, int]]:
    name, start, end = place
    return {(name, at) for at in every_bin(name) if start <= at < end}


def in_order(bins: set[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(name, at) for name in LENGTHS for at in every_bin(name) if (name, at) in bins]


@pytest.mark.parametrize("seed", range(8))
def test_bins_of_regions_are_those_that_begin_in_them_or_else_overlap_them(
    asked: Predict, dataset: Dataset, seed: int
) -> None:
    places = some_places(seed, 5)
    write_regions(asked, places)
    wanted = set().union(*(beginning(place) or overlapping(place) for place in places))
    found = genome_bins(asked, dataset, print)
    assert bins_of(found) == in_order(wanted)
    # What follows on is one stretch.
    assert not {(each.chromosome, each.end) for each in found} & {(each.chromosome, each.start) for each in found}
    touched = set().union(*map(overlapping, places))
    assert bins_of(touching_bins(asked, dataset, print)) == in_order(touched)


@pytest.mark.parametrize("seed", range(4))
def test_a_table_lists_the_bins_that_lie_wholly_in_each_region_in_the_order_of_the_file(
    asked: Predict, dataset: Dataset, seed: int
) -> None:
    places = [place for place in some_places(seed, 30) if place[2] - place[1] != 200]
    write_regions(asked, places)
    by_region = [
        [(name, at) for at in every_bin(name) if at >= start and at + 200 <= end] for name, start, end in places
    ]
    said: list[str] = []
    assert bins_of(listed_bins(asked, dataset, said.append)) == [each for bins in by_region for each in bins]
    without = [place for place, bins in zip(places, by_region, strict=True) if not bins]
    [sentence] = said
    assert sentence.startswith(
        f"{len(without)} regions hold no whole bin of 200 bases and no line of the table, such as "
    )
    name, start, end = without[0]
    assert f"{name}:{start + 1:,}-{end:,}" in sentence


def test_one_region_without_a_bin_is_one_and_where_all_are_without_nothing_is_said(
    asked: Predict, dataset: Dataset
) -> None:
    said: list[str] = []
    write_regions(asked, [("chr2", 0, 400), ("chr1", 20, 60)])
    listed_bins(asked, dataset, said.append)
    assert said[0].startswith("1 region holds no whole bin of 200 bases")
    write_regions(asked, [("chr1", 20, 60)])
    assert listed_bins(asked, dataset, said.append) == []
    assert len(said) == 1


def test_a_bin_between_those_of_predictions_is_refused(asked: Predict, dataset: Dataset) -> None:
    write_regions(asked, [("chr2", 0, 200), ("chr2", 130, 330)])
    with pytest.raises(InvalidRequest, match=r"The bin chr2:131-330 of the regions cannot be predicted"):
        listed_bins(asked, dataset, print)
    write_regions(asked, [("chr2", 0, 200), ("chr2", 150, 350)])
    assert bins_of(listed_bins(asked, dataset, print)) == [("chr2", 0), ("chr2", 150)]


def test_chromosomes_or_all_of_them_are_in_the_genomes_order(asked: Predict, dataset: Dataset) -> None:
    whole = msgspec.structs.replace(asked, regions=())
    assert [(each.chromosome, each.start, each.bins) for each in genome_bins(whole, dataset, print)] == [
        ("chr2", 0, (3_010 - 200) // 50 + 1),
        ("chr1", 0, (1_260 - 200) // 50 + 1),
    ]
    some = msgspec.structs.replace(whole, chromosomes=("1", "chr2"))
    assert [each.chromosome for each in genome_bins(some, dataset, print)] == ["chr2", "chr1"]
    with pytest.raises(InvalidRequest, match="Give regions, a locus or chromosomes, not several of them"):
        genome_bins(msgspec.structs.replace(some, locus="chr1:1-300"), dataset, print)


def test_regions_have_the_names_of_their_file_and_loci_their_own(asked: Predict, dataset: Dataset) -> None:
    write_regions(asked, [("1", 0, 300)])
    both = msgspec.structs.replace(asked, regions=(*asked.regions, "chr2:101-500"))
    assert [tuple(each) for each in regions_of(both, dataset)] == [
        ("chr1", 0, 300, "r0"),
        ("chr2", 100, 500, "chr2:101-500"),
    ]


@pytest.mark.parametrize("blocks", [1_600, 100_000])
def test_blocks_hold_every_bin_once_and_are_cut_at_whole_batches(
    asked: Predict, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, blocks: int
) -> None:
    monkeypatch.setattr(stretches, "_BLOCK_BASES", blocks)
    monkeypatch.setattr(stretches, "_FEWEST_BATCHES", 1)
    write_regions(asked, some_places(5, 9))
    found = genome_bins(asked, dataset, print)
    cut = list(blocks_of(found, TileGrid(core=200, halo=100), 2))
    assert bins_of([each for block in cut for each in block.stretches]) == bins_of(found)
    width = max(400, blocks // 400 * 400)
    assert len({(block.chromosome, block.start) for block in cut}) == len(cut)
    for block in cut:
        assert (block.start % width, block.end) == (0, block.start + width)
        assert all(block.start <= each.start < each.end <= block.end for each in block.stretches)
        assert block.bins == sum(each.bins for each in block.stretches)
        values = np.arange(block.bins, dtype=np.float32)
        parts = list(by_stretch(block, values))
        assert [stretch for stretch, _ in parts] == list(block.stretches)
        assert np.concatenate([part for _, part in parts]).tolist() == values.tolist()
        assert [len(part) for _, part in parts] == [stretch.bins for stretch in block.stretches]
