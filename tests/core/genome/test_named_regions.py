"""Regions with names: read as files have them, written so that they come back, and nothing left out without a word."""

import gzip
from pathlib import Path

import pytest

from ebert_core.genome import named_regions
from ebert_core.genome.named_regions import read_named_regions, write_named_regions
from ebert_core.protocol.regions import NamedRegion, NamedRegions
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.certain import present

LENGTHS = {"chr1": 1_000, "chr2": 500}


def region(chromosome: str, start: int, end: int, name: str = "") -> NamedRegion:
    return NamedRegion(Interval(chromosome, start, end), name)


@pytest.fixture
def bed(tmp_path: Path) -> Path:
    return tmp_path / "r.bed"


def test_regions_come_in_the_order_of_the_file_with_the_genomes_names_for_chromosomes(bed: Path) -> None:
    bed.write_text("track name=mine\nbrowser position chr1\n2\t10\t20\tb, second\nchr1\t5\t9\t.\n1\t0\t1\n")
    assert read_named_regions(bed, LENGTHS) == NamedRegions(
        (region("chr2", 10, 20, "b, second"), region("chr1", 5, 9), region("chr1", 0, 1))
    )


@pytest.mark.parametrize(
    "line", ["chr1\t5\t9\tp1\t100\t.\t3.5\t-1\t-1\t2\n", "chr1\t5\t9\tp1\t0\t+\t5\t9\t1,2,3\t1\t4,\t0,\n"]
)
def test_peaks_and_blocks_are_regions_too(bed: Path, line: str) -> None:
    bed.write_text(line)
    assert read_named_regions(bed, LENGTHS).regions == (region("chr1", 5, 9, "p1"),)


def test_a_packed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.bed.gz"
    path.write_bytes(gzip.compress(b"chr1\t5\t9\ta\n"))
    assert read_named_regions(path, LENGTHS).regions == (region("chr1", 5, 9, "a"),)


def test_what_is_not_of_the_genome_is_left_out_and_said(bed: Path) -> None:
    bed.write_text(
        "chrUn_7\t3\t9\tx\nchr1\t990\t1200\tend\nchr2\t500\t600\tbeyond\nchr1\t9\t5\tturned\nchr1\t7\t7\tpoint\n"
    )
    read = read_named_regions(bed, LENGTHS)
    assert read.regions == (region("chr1", 990, 1_000, "end"), region("chr1", 7, 8, "point"))
    assert len(read.remarks) == 2
    assert "line 4" in read.remarks[0]
    assert read.remarks[1] == (
        "r.bed: 2 regions were left out, at places that this genome does not have, such as chrUn_7:4."
    )


def test_without_a_genome_all_are_taken_as_they_stand(bed: Path) -> None:
    bed.write_text("chrUn_7\t3\t9\tx\n")
    assert read_named_regions(bed, {}).regions == (region("chrUn_7", 3, 9, "x"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("chrUn\t1\t2\n", "has no region of this genome: chrUn:2 is none of its places"),
        ("chr1\t9\t5\n", "the feature ends at 5, before its start 9"),
        ("# nothing\n", "r.bed"),
        ("chr1\tx\ty\n", "line 1"),
    ],
)
def test_a_file_without_regions_is_one_sentence(bed: Path, text: str, words: str) -> None:
    bed.write_text(text)
    with pytest.raises(InvalidRequest) as told:
        read_named_regions(bed, LENGTHS)
    assert words in str(told.value)


def test_more_regions_than_a_list_can_hold_are_refused(bed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named_regions, "MOST_REGIONS", 3)
    bed.write_text("chr1\t1\t2\n" * 3)
    assert len(read_named_regions(bed, LENGTHS).regions) == 3
    bed.write_text("chr1\t1\t2\n" * 4)
    with pytest.raises(InvalidRequest, match="has more than 3 regions; open it as a track"):
        read_named_regions(bed, LENGTHS)


def test_what_is_written_comes_back(bed: Path) -> None:
    regions = (region("chr2", 10, 20, "caf\udce9 \N{GREEK SMALL LETTER ALPHA}"), region("chr1", 0, 1_000))
    assert write_named_regions(bed, regions) == 2
    assert bed.read_bytes().splitlines()[1] == b"chr1\t0\t1000\t."
    assert read_named_regions(bed, LENGTHS).regions[1:] == regions[1:]
    write_named_regions(bed, [region("chr1", 1, 2, "a\tb\n c ")])
    assert present(read_named_regions(bed, LENGTHS).regions[0]).name == "a b c"
