"""Numbers, lists and times are said the same way everywhere."""

import pytest

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.widgets import paths, wording


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["CTCF"], "CTCF"),
        (["CTCF", "MAX"], "CTCF and MAX"),
        (["A", "B", "C", "D"], "A, B, C and D"),
        (["A", "B", "C", "D", "E"], "A, B, C and 2 others"),
    ],
)
def test_lists_read_as_in_a_sentence(names: list[str], said: str) -> None:
    assert wording.listed(names) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "under 1 s"),
        (40.4, "40 s"),
        (95, "2 min"),
        (3600, "60 min"),
        (12_000, "3 h 20 min"),
        (7200, "2 h"),
        (100_000, "28 h"),
        (400_000, "5 days"),
    ],
)
def test_times_are_rounded_to_what_can_be_known(seconds: float, said: str) -> None:
    assert wording.duration(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"), [(200, "200 bp"), (20_000, "20 kb"), (2_000_000, "2.0 Mb"), (3_101_000_000, "3.1 Gb")]
)
def test_lengths_have_the_unit_that_people_use(count: int, said: str) -> None:
    assert wording.bases(count) == said


def test_regions_are_named_in_genome_order() -> None:
    regions = [
        Interval("chrX", 0, 10),
        Interval("chr10", 0, 10),
        Interval("chr2", 99, 200),
        Interval("chr3", 0, 1000),
        Interval("chr3", 2000, 3000),
    ]
    assert wording.regions(regions) == "chr2:100-200, chr3 (2 parts, 2 kb), chr10 (10 bp), chrX (10 bp)"


@pytest.mark.parametrize(
    ("path", "whole"), [("/a/b", True), ("C:\\a", True), ("a/b", False), ("", False), ("~/a", False)]
)
def test_whole_paths_are_known_on_every_system(path: str, whole: bool) -> None:
    assert paths.is_absolute(path) is whole


def test_neighbours_of_a_path_are_written_in_its_own_way() -> None:
    assert paths.beside("/a/D.toml", "exports", "x.bw") == "/a/exports/x.bw"
    assert paths.beside("C:\\a\\D.toml", "exports", "x.bw") == "C:\\a\\exports\\x.bw"


def test_a_slug_needs_no_quoting() -> None:
    assert paths.slug("HeLa S3 (α) / CTCF") == "HeLa-S3-CTCF"
    assert paths.slug("//") == "unnamed"
