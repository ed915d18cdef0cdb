"""Tables of bins and of regions: each bin and each region once, in its place."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyBigWig
import pytest
from numpy.typing import NDArray

from ebert_core.inference.export import predict_to_files
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.core.toy_binding import LENGTHS, UNKNOWN, quiet


@pytest.mark.usefixtures("short_blocks")
def test_a_table_has_every_bin_of_every_region_in_the_file_s_order(
    spec_of: Callable[..., Predict], expected: dict[str, NDArray[np.float32]], tmp_path: Path
) -> None:
    regions = [
        ("chr2", 1_590, 5_210),
        ("chr1", 0, 4_000),
        ("chr2", 1_000, 2_000),
        ("1", 777, 790),
        ("chr2", 11_900, 12_130),
    ]
    (tmp_path / "r.bed").write_text("".join(f"{name}\t{start}\t{end}\n" for name, start, end in regions))
    [path] = predict_to_files(spec_of("x.tab.gz", regions=str(tmp_path / "r.bed")), quiet)
    lines = [line.split("\t") for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
    wanted = [
        (name, start, start + 200)
        for name, first, last in regions
        for start in range(-(-first // 50) * 50, last - 199, 50)
    ]
    assert [(name, int(start), int(end)) for name, start, end, _ in lines] == wanted
    values = [expected[name][start // 50] for name, start, _ in wanted]
    np.testing.assert_array_equal(np.array([line[3] for line in lines], np.float32), np.nan_to_num(values))


def test_merged_regions_and_a_line_for_every_bin_give_the_same_table(
    spec_of: Callable[..., Predict], tmp_path: Path
) -> None:
    merged = [("chr2", 600, 5_000), ("chr2", 5_050, 5_400), ("chr1", 200, 8_000)]
    bins = [(name, at, at + 200) for name, start, end in merged for at in range(start, end - 199, 50)]
    tables = []
    for kind, rows in {"merged": merged, "bins": bins}.items():
        text = "".join(f"{name}\t{start}\t{end}\n" for name, start, end in rows)
        (tmp_path / f"{kind}.bed.gz").write_bytes(gzip.compress(text.encode()))
        [path] = predict_to_files(spec_of(f"{kind}.tab.gz", regions=str(tmp_path / f"{kind}.bed.gz")), quiet)
        tables.append(gzip.decompress(path.read_bytes()))
    assert tables[0] == tables[1]
    assert tables[0].count(b"\n") == len(bins)


def test_places_that_share_tiles_are_computed_once(
    spec_of: Callable[..., Predict], tmp_path: Path, computed_tiles: list[tuple[str, int]]
) -> None:
    (tmp_path / "r.bed").write_text("".join(f"chr2\t{at}\t{at + 250}\n" for at in range(0, 6_000, 300)))
    predict_to_files(spec_of("x.tab.gz", regions=str(tmp_path / "r.bed")), quiet)
    assert sorted(tile for _, tile in computed_tiles) == list(range(16))


@pytest.mark.parametrize(
    ("region", "name", "sentence"),
    [
        ("chr2\t777\t977", "x.tab.gz", "The bin chr2:778-977 of the regions cannot be predicted"),
        ("chr2\t12000\t12200", "x.tab.gz", "the region chr2:12,001-12,200 passes the end of chr2 at 12,130"),
        ("chr2\t12000\t12200", "x.bw", "is the file one of another assembly"),
        ("chr9\t0\t200", "x.tab.gz", "no chromosome chr9"),
        ("chr2\t100\t250", "x.tab.gz", "No bin of 200 bases lies in what was asked for"),
    ],
)
def test_a_region_that_would_leave_bins_out_is_refused(
    spec_of: Callable[..., Predict], tmp_path: Path, region: str, name: str, sentence: str
) -> None:
    (tmp_path / "r.bed").write_text(f"{region}\n")
    with pytest.raises(InvalidRequest, match=sentence):
        predict_to_files(spec_of(name, regions=str(tmp_path / "r.bed")), quiet)
    assert [each.name for each in tmp_path.iterdir()] == ["r.bed"]


SHORT = (
    ("chr2", 4_000, 5_000, "wide"),
    ("chr1", 110, 130, "between two starts"),
    ("chr2", 12_000, 12_130, "at the end"),
    ("chr2", 777, 977, "off the grid"),
    ("chr2", 4_100, 4_101, "one base"),
    ("chr2", 4_100, 4_100, "between two bases"),
    ("chr2", UNKNOWN[0] + 50, UNKNOWN[1] - 50, "unknown"),
    ("1", 110, 130, ""),
)


@pytest.mark.usefixtures("short_blocks")
@pytest.mark.parametrize("ending", ["tsv", "tsv.gz"])
def test_every_region_gets_a_row_with_its_name_however_short_it_is(
    spec_of: Callable[..., Predict], expected: dict[str, NDArray[np.float32]], tmp_path: Path, ending: str
) -> None:
    (tmp_path / "r.bed").write_text(
        "".join(f"{name}\t{start}\t{end}\t{called}".rstrip("\t") + "\n" for name, start, end, called in SHORT)
    )
    [path] = predict_to_files(spec_of(f"x.{ending}", regions=str(tmp_path / "r.bed")), quiet)
    text = gzip.decompress(path.read_bytes()) if ending == "tsv.gz" else path.read_bytes()
    heading, *rows = (line.split("\t") for line in text.decode().splitlines())
    assert heading == ["#chromosome", "start", "end", "name", "maximum", "mean", "bins"]
    assert len(rows) == len(SHORT)
    for (name, start, end, called), row in zip(SHORT, rows, strict=True):
        chromosome = "chr1" if name == "1" else name
        assert row[:4] == [chromosome, str(start), str(end), called or "."]
        bins = np.arange(0, LENGTHS[chromosome] - 199, 50)
        values = expected[chromosome][: len(bins)][(bins < max(end, start + 1)) & (bins + 200 > start)]
        known = values[np.isfinite(values)]
        assert int(row[6]) == len(known)
        if called == "unknown":
            assert row[4:] == ["NA", "NA", "0"]
        else:
            assert len(known) > 0
            assert float(row[4]) == pytest.approx(known.max(), rel=1e-5)
            assert float(row[5]) == pytest.approx(known.mean(), rel=1e-5)


def test_a_locus_has_one_row_and_overlapping_regions_one_each(spec_of: Callable[..., Predict], tmp_path: Path) -> None:
    [path] = predict_to_files(spec_of("x.tsv", locus="chr2:1,001-2,000"), quiet)
    assert path.read_text().splitlines()[1].startswith("chr2\t1000\t2000\tchr2:1,001-2,000\t")
    (tmp_path / "r.bed").write_text("chr2\t0\t9000\tall\nchr2\t500\t600\ta\nchr2\t500\t600\tb\n")
    [path] = predict_to_files(spec_of("x.tsv", regions=str(tmp_path / "r.bed")), quiet)
    _, whole, one, other = (line.split("\t") for line in path.read_text().splitlines())
    assert (whole[3], one[3], other[3]) == ("all", "a", "b")
    assert one[4:] == other[4:]
    assert float(whole[4]) >= float(one[4])


def test_a_bigwig_has_the_bins_that_overlap_a_region_in_which_none_begins(
    spec_of: Callable[..., Predict], tmp_path: Path
) -> None:
    (tmp_path / "r.bed").write_text("chr2\t110\t130\nchr2\t4000\t4100\n")
    [path] = predict_to_files(spec_of("x.bw", regions=str(tmp_path / "r.bed")), quiet)
    with pyBigWig.open(str(path)) as file:
        assert [each[0] - 75 for each in file.intervals("chr2")] == [0, 50, 100, 4_000, 4_050]


def test_a_table_of_bins_says_which_regions_hold_none(spec_of: Callable[..., Predict], tmp_path: Path) -> None:
    (tmp_path / "r.bed").write_text("chr2\t0\t400\nchr2\t110\t130\nchr1\t0\t199\n")
    said: list[str] = []
    predict_to_files(spec_of("x.tab.gz", regions=str(tmp_path / "r.bed")), quiet, tell=said.append)
    assert said == [
        "2 regions hold no whole bin of 200 bases and no line of the table, such as chr2:111-130; a .tsv has a row "
        "for each."
    ]


@pytest.mark.usefixtures("short_blocks")
@pytest.mark.parametrize("ending", ["bw", "bed.gz"])
def test_unsorted_and_overlapping_regions_are_written_once_each_in_order(
    spec_of: Callable[..., Predict], tmp_path: Path, ending: str
) -> None:
    (tmp_path / "r.bed").write_text("chr2\t4000\t5000\nchr1\t100\t900\nchr2\t3000\t4500\nchr1\t500\t1000\n")
    [path] = predict_to_files(spec_of(f"x.{ending}", regions=str(tmp_path / "r.bed")), quiet)
    if ending == "bw":
        with pyBigWig.open(str(path)) as file:
            assert [each[0] for each in file.intervals("chr2")] == list(range(3_075, 5_075, 50))
            assert [each[0] for each in file.intervals("chr1")] == list(range(175, 1_075, 50))
