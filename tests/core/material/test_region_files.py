"""BED files where a training names regions."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.material.split import read_regions, read_split
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval


@pytest.fixture
def bed(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        (tmp_path / "r.bed").write_text(text)
        return str(tmp_path / "r.bed")

    return write


def test_a_file_stands_among_loci_and_what_overlaps_in_it_is_one_region(
    toy_binding: Path, bed: Callable[[str], str]
) -> None:
    dataset = Dataset.open(toy_binding)
    file = bed("chr2\t3000\t4000\n2\t0\t500\nCHR2\t3500\t5000\n")
    assert read_regions(dataset, ["chr1:1-900", file]) == [
        Interval("chr1", 0, 900),
        Interval("chr2", 0, 500),
        Interval("chr2", 3000, 5000),
    ]


def test_what_is_named_twice_or_held_out_and_trained_on_is_refused(
    toy_binding: Path, bed: Callable[[str], str]
) -> None:
    dataset = Dataset.open(toy_binding)
    file = bed("chr2\t3000\t4000\n")
    with pytest.raises(InvalidRequest, match="training names chr2:3,501-3,600 more than once"):
        read_split(dataset, [file, "chr2:3,501-3,600"], ["chr1"])
    with pytest.raises(InvalidRequest, match="Training and validation overlap on chr2"):
        read_split(dataset, ["chr2:2,001-9,000"], [file])
    assert read_split(dataset, ["chr2:4,001-9,000"], [file]).validation == (Interval("chr2", 3000, 4000),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("chr9\t0\t10\n", "DATASET.toml has no chromosome chr9; it has chr1, chr2"),
        ("chr2\t0\t20000\n", "r.bed: the region chr2:1-20,000 passes the end of chr2 at 12,130"),
    ],
)
def test_a_region_beyond_the_genome_is_named(
    toy_binding: Path, bed: Callable[[str], str], text: str, sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        read_regions(Dataset.open(toy_binding), [bed(text)])


def test_ten_thousand_regions_are_read_without_comparing_each_with_all_others(
    toy_binding: Path, bed: Callable[[str], str]
) -> None:
    dataset = Dataset.open(toy_binding)
    many = bed("".join(f"chr1\t{start}\t{start + 1}\n" for start in range(0, 20_000, 2)))
    assert len(read_split(dataset, [many], ["chr2"]).training) == 10_000
