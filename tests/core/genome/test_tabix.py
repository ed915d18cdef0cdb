"""Large tables with an index of tabix at an address: what is read of them, and how much of them is fetched."""

import gzip
import struct
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from ebert_core.genome import tabix
from ebert_core.genome.annotation import read_features
from ebert_core.genome.bgzf import IndexedLines
from ebert_core.genome.indexed_features import IndexedFeatures
from ebert_core.genome.kinds import kind_of_file
from ebert_core.genome.remote import BLOCK
from ebert_core.genome.tabix import TabixLines, indexed_lines, lines_by_index
from ebert_core.protocol.terms.addresses import Address, address_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.served import Served, serving


def _table() -> list[tuple[str, int, int, str]]:
    """Short places, and some that span many windows of the index, on three chromosomes with a desert on each."""
    random = np.random.default_rng(4)
    rows = []
    for chromosome in ("chr1", "chr2", "chr10"):
        starts = np.sort(
            np.concatenate([random.integers(0, 900_000, 4_000), random.integers(3_000_000, 3_400_000, 4_000)])
        )
        lengths = np.where(random.random(len(starts)) < 0.005, 300_000, random.integers(1, 900, len(starts)))
        names = [random.bytes(12).hex() for _ in starts]
        rows += [
            (chromosome, start, start + length, name)
            for start, length, name in zip(starts.tolist(), lengths.tolist(), names, strict=True)
        ]
    return rows


ROWS = _table()


def _write(path: Path, heading: bytes = b"") -> None:
    with path.open("wb") as file:
        table = IndexedLines(file)
        if heading:
            table.heading(heading)
        for chromosome, rows in groupby(ROWS, key=lambda row: row[0]):
            lines = [(start, end, f"{chromosome}\t{start}\t{end}\t{name}\t5\t+\n") for _, start, end, name in rows]
            starts, ends, lengths = (
                np.array(column, dtype=np.int64) for column in zip(*((s, e, len(t)) for s, e, t in lines), strict=True)
            )
            table.write(chromosome, starts, ends, lengths, "".join(text for _, _, text in lines).encode())
        table.finish()
        index = table.index()
    assert index is not None
    path.with_name(path.name + ".tbi").write_bytes(index)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(tabix, "LEAST_INDEXED", 1 << 17)
    _write(tmp_path / "a.bed.gz", b"# a comment\n")
    with serving() as found:
        for name in ("a.bed.gz", "a.bed.gz.tbi"):
            found.files[name] = (tmp_path / name).read_bytes()
        yield found


def _lines(served: Served) -> TabixLines:
    found = lines_by_index(address_of(served.url("a.bed.gz")))
    assert found is not None
    return found


def _expected(chromosome: str, start: int, end: int) -> list[tuple[str, int, int, str]]:
    return [row for row in ROWS if row[0] == chromosome and row[1] < end and row[2] > start]


def test_lines_of_any_place_are_those_of_the_whole_table(served: Served) -> None:
    lines = _lines(served)
    random = np.random.default_rng(9)
    starts = random.integers(0, 3_600_000, 60).tolist()
    places = [(start, start + int(10 ** random.uniform(0, 6))) for start in starts]
    for chromosome in ("chr1", "chr10"):
        for start, end in [*places, (0, 1), (16_384, 16_385), (1_500_000, 2_900_000), (0, 1 << 29)]:
            found = [(row[0], int(row[1]), int(row[2]), row[3]) for row in lines.touching(chromosome, start, end)]
            assert found == _expected(chromosome, start, end), (chromosome, start, end)
    assert list(lines.touching("chr3", 0, 1000)) == []


def test_all_lines_are_those_of_the_table_without_its_comments(served: Served) -> None:
    assert [(row[0], int(row[1]), int(row[2]), row[3]) for row in _lines(served).all()] == ROWS


def test_a_large_bed_with_an_index_is_read_by_parts(served: Served) -> None:
    place = address_of(served.url("a.bed.gz"))
    assert kind_of_file(place).kind == "features"
    features = read_features(place)
    assert isinstance(features, IndexedFeatures)
    found = features.touching(Interval("2", 3_100_000, 3_101_000))
    expected = sorted(_expected("chr2", 3_100_000, 3_101_000), key=lambda row: row[1:3])
    assert [(each.chromosome, each.start, each.end, each.name) for each in found] == expected
    assert found[0].score == 5.0
    # The first block, the index, and what holds the view; of the whole table no more than half.
    table = [asked for asked in served.asked if not asked.path.endswith(".tbi")]
    assert all(asked.range for asked in table)
    assert len(table) * BLOCK < len(served.files["a.bed.gz"])


def test_what_an_index_lets_be_known_of_a_table(served: Served) -> None:
    features = read_features(address_of(served.url("a.bed.gz")))
    furthest = {name: max(end for _, _, end, _ in rows) for name, rows in groupby(ROWS, key=lambda row: row[0])}
    assert list(features.chromosome_lengths) == list(furthest)
    for name, reached in features.chromosome_lengths.items():
        # To the end of the window of the index that holds the last feature: nothing is beyond it.
        assert reached - (1 << 14) < furthest[name] <= reached
    starts = [start for chromosome, start, _, _ in ROWS if chromosome == "chr10"]
    assert [feature.start for feature in features.first("chr10", 3)] == starts[:3]
    assert len(features.on("chr1").features) == 8_000
    assert sum(1 for _ in features) == len(ROWS)


def test_a_line_that_makes_no_sense_beyond_its_place_is_drawn_by_that(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "odd.bed.gz"
    text = b"chr1\t100\t200\tname\tno score\t+\n"
    with path.open("wb") as file:
        table = IndexedLines(file)
        table.write("chr1", np.array([100]), np.array([200]), np.array([len(text)]), text)
        table.finish()
        index = table.index()
    assert index is not None
    features = IndexedFeatures(TabixLines(path, index))
    assert [(each.start, each.end, each.name) for each in features] == [(100, 200, "name")]
    assert len(features.touching(Interval("chr1", 150, 151))) == 1
    # No base lies in an empty stretch.
    assert features.touching(Interval("chr1", 150, 150)) == []


def test_more_lines_than_there_is_room_for_are_a_sentence(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ebert_core.genome.indexed_features.MOST_LINES", 100)
    features = read_features(address_of(served.url("a.bed.gz")))
    with pytest.raises(InvalidRequest, match="has more than 100 features here; zoom in"):
        features.touching(Interval("chr1", 0, 900_000))


@pytest.mark.parametrize("what", ["no index", "small", "plain gzip"])
def test_any_other_table_is_read_through(served: Served, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    if what == "no index":
        del served.files["a.bed.gz.tbi"]
    elif what == "small":
        monkeypatch.setattr(tabix, "LEAST_INDEXED", 1 << 30)
    else:
        served.files["a.bed.gz"] = gzip.compress(gzip.decompress(served.files["a.bed.gz"]))
    place = address_of(served.url("a.bed.gz"))
    assert lines_by_index(place) is None
    assert len(read_features(place).on("chr1").features) == 8_000


@pytest.mark.parametrize(
    "index",
    [b"", b"no index", gzip.compress(b"TBI\1"), gzip.compress(b"CSI\1" + bytes(100))],
    ids=["empty", "words", "cut off", "of another kind"],
)
def test_an_index_that_is_none_is_a_sentence(served: Served, index: bytes) -> None:
    served.files["a.bed.gz.tbi"] = index
    with pytest.raises(InvalidRequest, match=r"The index of .*a\.bed\.gz is damaged or none of tabix"):
        lines_by_index(address_of(served.url("a.bed.gz")))


def _indexed_vcf(path: Path, *records: str, ends: tuple[int, ...]) -> bytes:
    """Writes a bgzipped VCF of chr1 and returns its index, which says how far each record reaches."""
    with path.open("wb") as file:
        table = IndexedLines(file)
        table.heading(b"##x\n")
        starts = np.array([int(record.split("\t")[1]) - 1 for record in records], dtype=np.int64)
        lengths = np.array([len(record) for record in records])
        table.write("chr1", starts, np.array(ends), lengths, "".join(records).encode())
        table.finish()
        index = bytearray(gzip.decompress(table.index() or b""))
    index[8:28] = struct.pack("<5i", 2, 1, 2, 0, ord("#"))
    return gzip.compress(bytes(index))


def test_columns_and_counting_are_as_the_index_says(tmp_path: Path) -> None:
    """The index of a VCF: places counted from 1, as long as their reference allele."""
    path = tmp_path / "a.vcf.gz"
    lines = TabixLines(path, _indexed_vcf(path, "chr1\t100\t.\tACG\tA\n", "chr1\t200\t.\tA\tC\n", ends=(102, 200)))
    assert [row[1] for row in lines.touching("chr1", 101, 102)] == ["100"]
    assert [row[1] for row in lines.touching("chr1", 102, 199)] == []
    assert [row[1] for row in lines.touching("chr1", 199, 200)] == ["200"]
    assert [row[1] for row in lines.all()] == ["100", "200"]


def test_a_table_on_the_disk_is_read_by_the_index_beside_it_and_a_variant_reaches_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf.gz"
    index = _indexed_vcf(path, "chr1\t100\t.\tA\t<DEL>\t.\t.\tSVTYPE=DEL;END=50000\n", ends=(50_000,))
    assert indexed_lines(path) is None
    path.with_name("a.vcf.gz.tbi").write_bytes(index)
    lines = indexed_lines(path)
    assert lines is not None
    assert [row[1] for row in lines.touching("chr1", 49_999, 50_001)] == ["100"]
    assert [row[1] for row in lines.touching("chr1", 50_000, 50_001)] == []
    assert lines.packed_bytes("chr1", 0, 100) >= 0
    assert lines.packed_bytes("chr2", 0, 100) == 0


def test_a_line_without_a_place_is_left_out_where_somebody_takes_note_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf.gz"
    good, bad = "chr1\t200\t.\tA\tC\n", "chr1\t100\t.\tA\tC\n"
    index = _indexed_vcf(path, bad, good, ends=(100, 200))
    with path.open("wb") as file:
        table = IndexedLines(file)
        table.heading(b"##x\n")
        text = (bad.replace("100", "1x0") + good).encode()
        table.write("chr1", np.array([99]), np.array([200]), np.array([len(text)]), text)
        table.finish()
    left_out: list[list[str]] = []
    lines = TabixLines(path, index)
    assert [row[1] for row in lines.touching("chr1", 0, 1_000, left_out.append)] == ["200"]
    assert [row[1] for row in left_out] == ["1x0"]
    with pytest.raises(InvalidRequest, match="a line of it has no place"):
        list(lines.touching("chr1", 0, 1_000))


def test_an_index_of_another_table_is_a_sentence_and_no_wrong_place(served: Served) -> None:
    lines = _lines(served)
    assert isinstance(lines.place, Address)
    other = TabixLines(lines.place, served.files["a.bed.gz.tbi"])
    index = bytearray(gzip.decompress(served.files["a.bed.gz.tbi"]))
    index[8:28] = struct.pack("<5i", 0x10000, 1, 4, 3, ord("#"))
    other = TabixLines(lines.place, gzip.compress(bytes(index)))
    with pytest.raises(InvalidRequest, match="does not fit its index: a line of it has no place"):
        list(other.touching("chr1", 0, 100_000))
