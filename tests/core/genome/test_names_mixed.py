"""A file that calls one chromosome by several names is read whole where it is a text, and says so where it is not."""

from pathlib import Path

import pyBigWig
import pytest

from ebert_core.genome.annotation import read_features, read_genes
from ebert_core.genome.bed_table import read_bed_table
from ebert_core.genome.features import Features
from ebert_core.genome.pair_files import Pairs
from ebert_core.genome.signal import StepSignal
from ebert_core.genome.states import Segmentation
from ebert_core.genome.step_table import read_step_table
from ebert_core.genome.variant_files import Variants
from ebert_core.genome.wiggle import read_steps
from ebert_core.protocol.sources import MeasuredSignal
from ebert_core.protocol.terms.chromosome_names import FirstNames
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.open_dataset import OpenedDataset
from ebert_core.sources.readers import Readers

NAMES = ["1", "chr1", "CHR1", "NC_000001.11"]
BED = "chr1\t5000\t5010\ta\n1\t12000\t12010\tb\nCHR1\t13000\t13010\tc\nchr2\t1\t9\td\n"
HERE = Interval("1", 0, 20_000)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_names_of_one_chromosome_are_the_first_of_them() -> None:
    first = FirstNames()
    assert [first.of(name) for name in ("chr1", *NAMES, "chr2", "MT", "chrM")] == ["chr1"] * 5 + ["chr2", "MT", "MT"]
    first = FirstNames()
    assert [first.of(name) for name in ("1", "Chr1", "chr1", "a", "A")] == ["1", "1", "1", "a", "A"]


@pytest.mark.parametrize("name", [*NAMES, "chr1"])
def test_features_of_a_text_are_found_under_all_names(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, "mixed.bed", BED)
    here = Interval(name, 0, 20_000)
    for file in (read_features(path), read_genes(path)):
        assert isinstance(file, Features)
        assert [each.name for each in file.touching(here)] == ["a", "b", "c"]
        assert list(file.chromosome_lengths.values()) == [13_010, 9]
    table = read_bed_table(path, least_bytes=1)
    assert table is not None
    assert [each.name for each in Features.of(path, table).touching(here)] == ["a", "b", "c"]


def test_values_and_states_of_a_text_are_read_under_all_names(tmp_path: Path) -> None:
    path = written(tmp_path, "mixed.bedgraph", "1\t0\t10\t3\nchr1\t20\t30\t5\n")
    table = read_step_table(path, least_bytes=1)
    assert table is not None
    for steps in (read_steps(path), table):
        values = StepSignal(path, steps).per_base(Interval("chr1", 0, 30))
        assert (values[5], values[25]) == (3, 5)
    states = Segmentation(written(tmp_path, "states.bed", "1\t0\t200\tA\nchr1\t200\t400\tB\n"))
    assert states.runs(Interval("chr1", 0, 400)).starts.tolist() == [0, 200]


def test_variants_and_pairs_of_a_text_are_read_under_all_names(tmp_path: Path) -> None:
    head = "##fileformat=VCFv4.2\n##contig=<ID=1,length=20000>\n##contig=<ID=chr1,length=20000>\n"
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    lines = "chr1\t100\t.\tA\tC\t.\t.\t.\n1\t200\t.\tA\tC\t.\t.\t.\n"
    variants = Variants(written(tmp_path, "mixed.vcf", head + columns + lines))
    assert variants.touching(HERE).starts.tolist() == [99, 199]
    assert variants.chromosome_lengths == {"chr1": 20_000}
    pairs = Pairs(written(tmp_path, "mixed.bedpe", "chr1\t500\t600\t1\t100\t200\n1\t300\t400\tchr1\t700\t800\n"))
    assert [(each.one.start, each.other.start) for each in pairs.touching(HERE)] == [(100, 500), (300, 700)]


def test_a_file_with_an_index_says_which_of_its_names_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "mixed.bw"
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader([("1", 1000), ("chr1", 1000)])
        file.addEntries(["1", "chr1"], [0, 20], ends=[10, 30], values=[1.0, 2.0])
    opened = OpenedDataset.of_files(path)
    shape = Readers().shape_of(MeasuredSignal(path=str(path)), Interval("chr1", 0, 100), 10, opened)
    (said,) = [each.full for each in getattr(shape, "remarks", ()) if each.short == "two names of one chromosome"]
    assert said == "This file calls one chromosome chr1 and 1; only what it has under chr1 is shown."
