"""Variants of whole files: plain, gzipped, and read through the index of tabix on the disk and at an address."""

import gzip
import io
import struct
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from ebert_core.genome import tabix, variant_files
from ebert_core.genome.bgzf import IndexedLines
from ebert_core.genome.lines import BadLine, Skipped
from ebert_core.genome.remote import BLOCK
from ebert_core.genome.variant_files import IndexedVariants, VariantFile, Variants, open_variants
from ebert_core.protocol.terms.addresses import Place, address_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.served import serving

HEADER = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=1000000>\n##contig=<length=500000,assembly=x,ID=chr2>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tann\tbob\n"
)


def _record(chromosome: str, position: int, name: str, rest: str = "A\tG\t50\tPASS\tDP=3\tGT\t0/1\t1/1") -> str:
    return f"{chromosome}\t{position}\t{name}\t{rest}\n"


def _write(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def _names(file: VariantFile, interval: Interval) -> list[str]:
    return [text.split("\t")[0] for text in file.touching(interval).texts]


@pytest.mark.parametrize("name", ["x.vcf", "x.vcf.gz"])
def test_variants_of_a_text_are_found_by_place_whatever_their_order_and_the_name_of_the_chromosome(
    tmp_path: Path, name: str
) -> None:
    records = _record("chr1", 900, "c") + _record("chr1", 100, "a", "A\t<DEL>\t.\t.\tEND=800") + _record("chr2", 5, "d")
    file = open_variants(_write(tmp_path / name, HEADER + records + _record("chr1", 500, "b")))
    assert isinstance(file, Variants)
    assert _names(file, Interval("1", 0, 10_000)) == ["a", "b", "c"]
    assert _names(file, Interval("chr1", 499, 500)) == ["a", "b"]
    assert _names(file, Interval("chr1", 800, 899)) == []
    assert _names(file, Interval("chr3", 0, 100)) == []
    assert (file.knows_lengths, file.chromosome_lengths) == (True, {"chr1": 1_000_000, "chr2": 500_000})
    assert file.samples == ("ann", "bob")
    assert [feature.start for feature in file.first("chr1", 2)] == [99, 499]
    assert [fields[2] for fields in file.lines(Interval("chr1", 99, 800))] == ["a"]
    assert file.lines(Interval("chr1", 99, 100)) == []
    assert file.remarks == ()


def test_windows_line_ends_a_lost_header_and_spaces_change_nothing(tmp_path: Path) -> None:
    text = (
        "CHROM POS ID REF ALT QUAL FILTER INFO\r\n1 100 rs1 A G 50 PASS DP=3\r\n1\t200\trs2\tA\tG\t50\tPASS\tDP=3\r\n"
    )
    file = open_variants(_write(tmp_path / "x.vcf", text))
    assert file.touching(Interval("chr1", 0, 1_000)).texts == ["rs1\tA\tG\t50\tPASS", "rs2\tA\tG\t50\tPASS"]
    assert (file.knows_lengths, file.chromosome_lengths) == (False, {"1": 200})


def test_a_file_of_a_header_alone_has_no_variants_and_is_no_mistake(tmp_path: Path) -> None:
    file = open_variants(_write(tmp_path / "x.vcf", HEADER))
    assert _names(file, Interval("chr1", 0, 1_000)) == []
    assert file.chromosome_lengths == {"chr1": 1_000_000, "chr2": 500_000}


def test_bad_lines_cost_one_remark_and_not_the_file(tmp_path: Path) -> None:
    bad = _record("chr1", 7, "-", "A\t-\t.") + "chr1\tx\t.\tA\tG\n" + _record("chr2", 500_002, "beyond")
    path = _write(tmp_path / "x.vcf", HEADER + _record("chr1", 100, "a") + bad + _record("chr2", 500_001, "telomere"))
    file = open_variants(path, Skipped())
    [remark] = file.remarks
    assert remark.full == "3 lines left out, first line 6: the allele '-' is none of VCF."
    assert _names(file, Interval("chr1", 0, 1_000)) == ["a"]
    assert _names(file, Interval("chr2", 0, 600_000)) == ["telomere"]
    with pytest.raises(BadLine, match="line 6"):
        open_variants(path)
    with pytest.raises(InvalidRequest, match="line 1: the position 'x'"):
        open_variants(_write(tmp_path / "y.vcf", "chr1\tx\t.\tA\tG\n"), Skipped())


def _rows() -> list[tuple[str, int, int, str]]:
    random = np.random.default_rng(5)
    rows: list[tuple[str, int, int, str]] = []
    for chromosome in ("chr1", "chr2"):
        for position in sorted(random.choice(np.arange(1, 480_000), 6_000, replace=False).tolist()):
            is_long = random.random() < 0.004
            end = min(500_000, position + 60_000) if is_long else position
            noise = random.bytes(40).hex()
            what = f"A\t<DEL>\t50\tPASS\tEND={end};N={noise}" if is_long else f"A\tG\t50\tPASS\tN={noise}"
            rows.append(
                (chromosome, position, end, _record(chromosome, position, f"v{len(rows)}", f"{what}\tGT\t0/1\t1/1"))
            )
    return rows


ROWS = _rows()


def _indexed(path: Path, rows: list[tuple[str, int, int, str]] = ROWS) -> Path:
    with path.open("wb") as file:
        table = IndexedLines(file)
        table.heading(HEADER.encode())
        for chromosome, found in groupby(rows, key=lambda row: row[0]):
            lines = list(found)
            starts, ends, lengths = (
                np.array(column, dtype=np.int64)
                for column in zip(*((row[1] - 1, row[2], len(row[3])) for row in lines), strict=True)
            )
            table.write(chromosome, starts, ends, lengths, "".join(row[3] for row in lines).encode())
        table.finish()
        index = bytearray(gzip.decompress(table.index() or b""))
    index[8:28] = struct.pack("<5i", 2, 1, 2, 0, ord("#"))
    path.with_name(path.name + ".tbi").write_bytes(gzip.compress(bytes(index)))
    return path


def _expected(chromosome: str, start: int, end: int) -> list[str]:
    return [row[3].split("\t")[2] for row in ROWS if row[0] == chromosome and row[1] - 1 < end and row[2] > start]


class _Counted(io.BufferedReader):
    """An opened file of which every byte that is read is counted."""

    read_bytes = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        _Counted.read_bytes += len(found)
        return found


def test_an_indexed_file_on_the_disk_is_never_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _indexed(tmp_path / "x.vcf.gz")
    size = path.stat().st_size

    def counted(place: Place) -> io.BufferedReader:
        assert isinstance(place, Path)
        return _Counted(io.FileIO(place))

    monkeypatch.setattr(tabix, "open_bytes", counted)
    monkeypatch.setattr(variant_files, "open_bytes", counted)
    monkeypatch.setattr(_Counted, "read_bytes", 0)
    file = open_variants(path)
    assert isinstance(file, IndexedVariants)
    for start in (0, 100_000, 470_000):
        found = _names(file, Interval("2", start, start + 2_000))
        assert found == _expected("chr2", start, start + 2_000)
    assert [each.start + 1 for each in file.first("chr1", 2)] == [row[1] for row in ROWS[:2]]
    assert 0 < _Counted.read_bytes < size / 2
    assert (file.samples, file.knows_lengths) == (("ann", "bob"), True)


def test_an_indexed_file_at_an_address_is_asked_for_by_parts(tmp_path: Path) -> None:
    _indexed(tmp_path / "x.vcf.gz")
    with serving() as served:
        for name in ("x.vcf.gz", "x.vcf.gz.tbi"):
            served.files[name] = (tmp_path / name).read_bytes()
        file = open_variants(address_of(served.url("x.vcf.gz")))
        assert isinstance(file, IndexedVariants)
        place = Interval("chr2", 470_000, 471_000)
        assert _names(file, place) == _expected("chr2", place.start, place.end)
        one = file.touching(place)
        [line] = file.lines(Interval("chr2", int(one.starts[0]), int(one.ends[0])))
        assert line[-1] == "1/1"
        table = [asked for asked in served.asked if not asked.path.endswith(".tbi")]
        assert all(asked.range for asked in table)
        assert len(table) * BLOCK < len(served.files["x.vcf.gz"])


def test_more_of_an_indexed_file_than_one_answer_may_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variant_files, "MOST_PACKED", 1 << 16)
    file = open_variants(_indexed(tmp_path / "x.vcf.gz"))
    with pytest.raises(InvalidRequest, match="MB of variants here; zoom in"):
        file.touching(Interval("chr1", 0, 500_000))
    assert _names(file, Interval("chr1", 0, 1_000)) == _expected("chr1", 0, 1_000)


def test_bad_lines_of_an_indexed_file_cost_one_remark_however_often_they_are_read(tmp_path: Path) -> None:
    rows = [
        ("chr1", 100, 100, _record("chr1", 100, "a")),
        ("chr1", 200, 200, _record("chr1", 200, "b").replace("200", "2x0")),
        ("chr1", 300, 300, _record("chr1", 300, "c", "A\t-\t.\t.")),
        ("chr1", 400, 400, _record("chr1", 400, "d")),
    ]
    file = open_variants(_indexed(tmp_path / "x.vcf.gz", rows))
    for _ in range(2):
        assert _names(file, Interval("chr1", 0, 1_000)) == ["a", "d"]
    [remark] = file.remarks
    assert remark.full == "2 lines left out so far, first that of chr1:2x0: the position '2x0' is not a whole number."


def test_a_file_whose_index_is_of_another_is_a_sentence(tmp_path: Path) -> None:
    path = _indexed(tmp_path / "x.vcf.gz")
    content = path.read_bytes()
    path.write_bytes(content[:18] + bytes(len(content) - 18))
    with pytest.raises(InvalidRequest, match=r"x\.vcf\.gz"):
        open_variants(path).touching(Interval("chr1", 0, 1_000))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="There is no file"):
        open_variants(tmp_path / "absent.vcf")


def test_a_file_whose_header_names_other_chromosomes_reaches_as_far_as_its_last_variant(tmp_path: Path) -> None:
    """Where nobody knows the length of a chromosome, what stands in the first 16 kb of it is in view, too."""
    rows = [("ctg1", at, at, _record("ctg1", at, f"rs{at}")) for at in (3000, 4000)]
    file = open_variants(_indexed(tmp_path / "x.vcf.gz", rows))
    assert not file.knows_lengths
    whole = Interval("ctg1", 0, file.chromosome_lengths["ctg1"])
    assert _names(file, whole) == ["rs3000", "rs4000"]
