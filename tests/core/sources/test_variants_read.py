"""What the window gets of variants: those that a screen can show, and all that a file says of one that was clicked."""

from pathlib import Path

import numpy as np

from ebert_core.dataset.description import Dataset
from ebert_core.genome.variant_files import VariantRows
from ebert_core.protocol.shapes import Features
from ebert_core.protocol.sources import VariantCalls, read_request
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.open_dataset import OpenedDataset
from ebert_core.sources.readers import Readers
from ebert_core.sources.variants import variants_for_screen

VCF = (
    "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tann\n"
    "chr1\t100\trs1\tA\tG\t50\tPASS\tDP=3\tGT\t0/1\n"
    "chr1\t100\t.\tA\tT\t.\t.\t.\tGT\t0/0\n"
    f"chr1\t900\t.\tA\t{'ACGT' * 20}\t.\tlow\tDP=3\tGT\t1/1\n"
)


def _read(opened: OpenedDataset, source: VariantCalls, start: int, end: int) -> Features:
    [shape] = Readers().read(read_request((source,), Interval("chr1", start, end)), opened).shapes
    assert isinstance(shape, Features)
    return shape


def _opened(tmp_path: Path, *paths: Path) -> OpenedDataset:
    opened = OpenedDataset()
    opened.open(lambda: Dataset.from_files(paths))
    return opened


def test_variants_of_a_bare_file_come_with_their_alleles_and_all_else_on_request_only(tmp_path: Path) -> None:
    path = tmp_path / "x.vcf"
    path.write_text(VCF)
    opened = _opened(tmp_path, path)
    shown = _read(opened, VariantCalls(str(path)), 0, 1_000)
    assert (shown.starts.tolist(), shown.names) == ([99, 99, 899], ("rs1", "", ""))
    assert (shown.column("ref"), shown.column("filter")) == (("A", "A", "A"), ("PASS", "", "low"))
    assert shown.column("alt") == ("G", "T", "ACGTACGTACGT… (80 bases)")
    assert shown.column("kind") == ("SNV", "SNV", "insertion")
    assert {column.name for column in shown.columns} == {"ref", "alt", "qual", "filter", "kind"}
    said = _read(opened, VariantCalls(str(path), says_all=True), 99, 100)
    assert (said.starts.tolist(), said.names) == ([99, 99], ("rs1", ""))
    assert said.column("ann") == ("0/1 (A/G)", "0/0 (A/A)")
    assert said.column("INFO DP") == ("3", "")
    [long] = _read(opened, VariantCalls(str(path), says_all=True), 899, 900).column("ALT")
    assert long == "ACGT" * 20


def test_a_position_beyond_the_chromosome_of_a_dataset_is_a_remark_and_not_a_refusal(tmp_path: Path) -> None:
    path, sizes = tmp_path / "x.vcf", tmp_path / "x.chrom.sizes"
    path.write_text("1\t100\t.\tA\tG\t.\t.\t.\n1\t99000\t.\tA\tG\t.\t.\t.\n")
    sizes.write_text("chr1\t5000\n")
    shown = _read(_opened(tmp_path, sizes, path), VariantCalls(str(path)), 0, 5_000)
    assert shown.starts.tolist() == [99]
    [remark] = shown.remarks
    assert remark.full == "The file reaches 1:99,000; chr1 of the genome in view has 5,000 bases."


def test_of_too_many_variants_the_first_of_each_kind_in_each_column_are_shown_and_the_rest_counted() -> None:
    starts = np.arange(10_000, dtype=np.int64)
    kinds = np.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 2] * 1_000, dtype=np.uint8)
    rows = VariantRows(starts, starts + 1, kinds, ["\tA\tG\t\t"] * 10_000)
    shown = variants_for_screen(Interval("chr1", 0, 10_000), rows)
    assert shown.starts[:6].tolist() == [0, 2, 9, 10, 12, 19]
    assert shown.omitted == 7_000
    # Those that begin before the view all stand in its first column.
    reaching = VariantRows(starts, starts + 20_000, kinds, rows.texts)
    there = variants_for_screen(Interval("chr1", 5_000, 15_000), reaching)
    assert there.starts[:4].tolist() == [0, 2, 9, 5_010]
    first = VariantRows(starts[:4_000], starts[:4_000] + 1, kinds[:4_000], ["\tA\tG\t\t"] * 4_000)
    assert variants_for_screen(Interval("chr1", 0, 4_000), first).omitted == 0
