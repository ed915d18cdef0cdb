"""The sample that stands for a genome where a signal's distribution is measured."""

from pathlib import Path

import numpy as np
import pytest

from ebert_core.dataset import quantiles
from ebert_core.dataset.quantiles import is_distribution, quantiles_of_values, sample_of, sampled_positions
from ebert_core.genome.reference import Reference
from ebert_core.protocol.terms.locus import Interval

BLOCK = 5_000


@pytest.fixture
def few_blocks(monkeypatch: pytest.MonkeyPatch) -> int:
    """A sample of ten blocks at most."""
    monkeypatch.setattr(quantiles, "_BLOCKS", 10)
    return 10


def genome(folder: Path, *letters: str) -> Reference:
    path = folder / "x.fa"
    path.write_text("".join(f">chr{number}\n{text}\n" for number, text in enumerate(letters, 1)))
    return Reference(path)


def blocks_of(reference: Reference) -> list[tuple[str, int]]:
    sample = sample_of(reference, reference.chromosome_lengths)
    assert all(each.interval.length == BLOCK for each in sample)
    return [(each.interval.chromosome, each.interval.start // BLOCK) for each in sample]


def test_of_a_large_genome_so_many_blocks_are_read_and_they_lie_all_over_it(tmp_path: Path, few_blocks: int) -> None:
    blocks = blocks_of(genome(tmp_path, "ACGT" * (200 * BLOCK // 4), "ACGT" * (100 * BLOCK // 4)))
    assert len(blocks) == len(set(blocks)) == few_blocks
    assert blocks == sorted(blocks)
    places = np.array([number + 200 * (name == "chr2") for name, number in blocks])
    # Of 300 blocks each third holds two to five of the ten.
    assert (((counts := np.bincount(places // 100, minlength=3)) >= 2) & (counts <= 5)).all()


def test_where_most_is_n_the_neighbours_of_what_holds_bases_are_read(tmp_path: Path, few_blocks: int) -> None:
    blocks = blocks_of(genome(tmp_path, "N" * (100 * BLOCK) + "ACGT" * (60 * BLOCK // 4) + "N" * (140 * BLOCK)))
    # One in twenty of those that hold bases, and ten beside them.
    assert len(blocks) == len(set(blocks)) == 60 // 20 + few_blocks
    assert all(100 <= number < 160 for _, number in blocks)


def test_of_a_small_genome_every_block_with_bases_is_read(tmp_path: Path) -> None:
    letters = "ACGT" * (3 * BLOCK // 4) + "N" * (4 * BLOCK) + "ACGT" * (2 * BLOCK // 4)
    assert blocks_of(genome(tmp_path, letters, "N" * 300 + "ACGTA" * 60)) == [
        *(("chr1", number) for number in (0, 1, 2, 7, 8)),
        ("chr2", 0),
    ]


@pytest.mark.parametrize("count", [1, 19, 20, 21, 22, 42])
def test_a_genome_of_any_number_of_blocks_is_sampled(tmp_path: Path, count: int) -> None:
    assert len(blocks_of(genome(tmp_path, "ACGTA" * (count * BLOCK // 5)))) == count


def test_positions_of_a_stretch_are_sampled_where_blocks_hold_bases(tmp_path: Path) -> None:
    reference = genome(tmp_path, "N" * 400 + "ACGT" * (BLOCK // 4))
    sample = sample_of(reference, reference.chromosome_lengths)
    sampled = sampled_positions(sample, Interval("1", 200, 5_600))
    # The last block, of which 400 bases are known, reaches beyond the chromosome.
    expected = np.zeros(5_400 // 50, dtype=np.bool_)
    expected[200 // 50 : 5_200 // 50] = True
    np.testing.assert_array_equal(sampled, expected)
    assert not sampled_positions(sample, Interval("chr2", 200, 5_600)).any()


def test_quantiles_are_those_of_the_logarithm_and_rise() -> None:
    values = np.concatenate((np.zeros(9_000), np.arange(1, 1_001))).astype(np.float16)
    found = quantiles_of_values([values[5_000:], values[:5_000]])
    assert is_distribution(found)
    assert found[0] == 0
    assert found[-1] == pytest.approx(np.log1p(1_000), abs=0.01)
    for level, quantile in zip(quantiles.LEVELS_Q.tolist(), found, strict=True):
        assert quantile == pytest.approx(float(np.log1p(np.quantile(values.astype(float), level))), abs=0.01)
    assert quantiles_of_values([]) == ()


@pytest.mark.parametrize("numbers", [(), (1.0,) * 255, (*(1.0,) * 255, float("nan")), (*(1.0,) * 255, 0.5)])
def test_what_are_no_quantiles_of_a_signal_is_told(numbers: tuple[float, ...]) -> None:
    assert not is_distribution(numbers)
    assert is_distribution((1.0,) * 256)
