"""One chromosome has many names, and an order among the others."""

import pytest

from ebert_core.protocol.terms.chromosome_names import (
    assembly_called,
    assembly_of_names,
    in_natural_order,
    name_in,
    other_names,
)


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("chr1", "1"),
        ("1", "chr1"),
        ("chr1", "Chr1"),
        ("CHR1", "chr1"),
        ("CHRX", "X"),
        ("chrM", "MT"),
        ("MT", "chrM"),
        ("M", "NC_012920.1"),
        ("chr1", "NC_000001.10"),
        ("1", "NC_000001.11"),
        ("NC_000001.11", "chr1"),
        ("NC_000023.11", "X"),
        ("NC_000024.10", "chrY"),
        ("NC_000023.10", "NC_000023.11"),
        ("chr19", "NC_000085.6"),
        ("NC_000086.7", "chrX"),
        ("chr6|alt", "chr6|alt"),
    ],
)
def test_a_chromosome_is_found_under_any_of_its_names(asked: str, there: str) -> None:
    assert name_in({there: 1, "chr21": 2}, asked) == there


def test_other_chromosomes_are_not_taken_for_it() -> None:
    assert name_in({"chr10": 5, "NC_000010.11": 5}, "chr1") is None
    assert name_in({"chr1": 5}, "NC_000001.99") is None
    assert other_names("chr1")[0] == "chr1"


def test_accession_numbers_and_the_grc_tell_the_assembly() -> None:
    assert assembly_of_names(["chr1", "NC_000008.11"]) == "hg38"
    assert assembly_of_names(["NC_000008.10"]) == "hg19"
    assert assembly_of_names(["NC_000067.6"]) == "mm10"
    assert assembly_of_names(["chr1", "NC_012920.1"]) == ""
    assert [assembly_called(name) for name in ("GRCh37", "grch38.p14", "hg19", "toy")] == [
        "hg19",
        "hg38",
        "hg19",
        "toy",
    ]


@pytest.mark.parametrize(
    "order",
    [
        ["1", "2", "10", "22", "X", "Y", "MT", "GL000192.1", "KI270706.1"],
        ["chr1", "chr2", "chr10", "chrX", "chrY", "chrM", "chr1_random", "chrUn_1"],
        ["NC_000001.11", "NC_000002.12", "NC_000023.11", "NC_012920.1"],
        ["I", "II", "IV", "IX", "X", "XI", "XVI", "MT"],
        ["chr2L", "chr2R", "chr3L", "chr4", "chrX"],
    ],
)
def test_chromosomes_stand_in_the_order_that_people_know(order: list[str]) -> None:
    assert in_natural_order(sorted(order)) == order
    assert in_natural_order(reversed(order)) == order


def test_a_name_of_thousands_of_digits_has_a_place_in_the_order() -> None:
    long = "9" * 5_000
    assert in_natural_order([long, "2", "1"]) == ["1", "2", long]
