"""What is left to do is told by known bases: a gap of megabases takes next to no time."""

from pathlib import Path

import pytest

from ebert_core.cli.predict import amount_of
from ebert_core.dataset.description import Dataset
from ebert_core.inference.effort import known_bins
from ebert_core.inference.export import Plan
from ebert_core.inference.stretches import Block, Stretch


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """A chromosome of 8,000 bases of which the second half is unknown."""
    (tmp_path / "g.fa").write_text(">chr1\n" + "ACGT" * 1000 + "\n" + "N" * 4000 + "\n")
    (tmp_path / "DATASET.toml").write_text('version = 1\nname = "t"\nassembly = "toy"\nreference = "g.fa"\n')
    return Dataset.open(tmp_path / "DATASET.toml")


def block(*stretches: tuple[int, int]) -> Block:
    parts = tuple(Stretch("chr1", start, (end - start) // 50) for start, end in stretches)
    return Block("chr1", parts[0].start, parts[-1].end, parts)


@pytest.mark.parametrize(
    ("stretches", "share"),
    [
        ([(0, 4000)], 1.0),
        ([(4000, 8000)], 0.01),
        ([(0, 8000)], 0.5),
        ([(0, 1000), (5000, 8000)], 0.25),
        ([(3950, 4000)], 1.0),
    ],
)
def test_the_effort_of_a_block_is_that_of_its_known_bases(
    dataset: Dataset, stretches: list[tuple[int, int]], share: float
) -> None:
    wanted = block(*stretches)
    assert known_bins(dataset, [wanted]) == [pytest.approx(share * wanted.bins)]


def test_an_amount_names_the_known_bases_and_its_rate_is_theirs() -> None:
    amount = amount_of(Plan(bins=3_600_000, known=40_000, factors=1, engine="X", processes=1))
    assert amount.words == "180.0 Mb (2.0 Mb of known bases) x 1 cell type x 1 factor"
    assert amount.size == 2_000_000
