"""Label files made from peaks, against labels worked out base by base."""

import gzip
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import RULE_WORDS, LabelRule
from ebert_core.dream.label_writer import lines_of
from ebert_core.dream.labelling import CellNote, LabelCounts, LabelNote, write_labels
from ebert_core.dream.regions import bins_of, on_chromosomes, read_regions
from ebert_core.dream.sources import sources_of_dataset, sources_of_files
from ebert_core.protocol.terms.errors import InvalidRequest


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def to_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return to_file


def bins_in(path: Path) -> list[tuple[str, list[int]]]:
    return [(run.chromosome, bins_of(run).tolist()) for run in read_regions(path)]


def test_bins_lie_in_one_region_at_multiples_of_50(write: Callable[[str, str], Path]) -> None:
    path = write("r.bed", "chr1\t600\t900\nchr1\t1010\t1300\nchr1\t2000\t2199\nchr2\t0\t200\nchr1\t0\t200\n")
    assert bins_in(path) == [("chr1", [600, 650, 700, 1050, 1100]), ("chr2", [0]), ("chr1", [0])]


def test_regions_that_list_every_bin_give_these_bins(write: Callable[[str, str], Path]) -> None:
    path = write("r.bed", "".join(f"chr1\t{start}\t{start + 200}\n" for start in range(600, 800, 50)))
    assert bins_in(path) == [("chr1", [600, 650, 700, 750])]


def test_regions_with_names_headers_and_spaces_are_read(write: Callable[[str, str], Path]) -> None:
    assert bins_in(write("a.bed", "chr1\t0\t200\tx\t5\nchr1\t50\t250\ty\t7\n")) == [("chr1", [0, 50])]
    assert bins_in(write("b.bed", "track name=x\nchr1\t0\t200\n")) == [("chr1", [0])]
    assert bins_in(write("c.bed", "chr1\t0\t200\n#end\nchr1\t50\t250\n")) == [("chr1", [0, 50])]
    assert bins_in(write("d.bed", "chr1 0 200\n")) == [("chr1", [0])]


def test_a_region_that_makes_no_sense_is_refused_with_its_line(write: Callable[[str, str], Path]) -> None:
    with pytest.raises(InvalidRequest, match="line 2: the feature ends at 100"):
        bins_in(write("a.bed", "chr1\t0\t200\nchr1\t300\t100\n"))
    with pytest.raises(InvalidRequest, match="line 2: the end 'x' is not a whole number"):
        bins_in(write("b.bed", "chr1\t0\t200\nchr1\t300\tx\n"))
    with pytest.raises(InvalidRequest, match="no region on chr9"):
        list(on_chromosomes(read_regions(write("c.bed", "chr1\t0\t200\n")), ["chr1", "chr9"]))


def test_lines_are_those_that_python_would_write() -> None:
    starts = np.array([0, 50, 800, 850, 9_800, 9_850, 99_950, 100_000, 12_345_650, 999_999_950, 600])
    labels = np.array([[0, 1, -1, 0, 0, 1, -1, -1, 1, 0, 1], [1, 0, 0, -1, 0, 0, 1, -1, 0, 1, -1]], dtype=np.int8)
    text = b"".join(lines_of("chrX", starts, labels)).decode()
    assert text == "".join(
        f"chrX\t{start}\t{start + 200}\t{'UBA'[first]}\t{'UBA'[second]}\n"
        for start, first, second in zip(starts, *labels, strict=True)
    )


def half_of_bin(start: int, conservative: list[tuple[int, int]], relaxed: list[tuple[int, int]]) -> str:
    bases = set(range(start, start + 200))
    covered = len(bases & {base for first, last in conservative for base in range(first, last)})
    touched = covered or bases & {base for first, last in relaxed for base in range(first, last)}
    return "B" if covered >= 100 else "A" if touched else "U"


def organisers(start: int, conservative: list[tuple[int, int]], relaxed: list[tuple[int, int]]) -> str:
    halves, touches = shares(start, conservative)[0], shares(start, relaxed or conservative)[1]
    return "UBA"[min(halves, 2)] if halves == touches else "A"


def shares(start: int, peaks: list[tuple[int, int]]) -> tuple[int, int]:
    """With how many merged peaks the bin shares half of either, and a base."""
    bases = sorted({base for first, last in peaks for base in range(first, last)})
    merged = np.split(bases, np.flatnonzero(np.diff(bases) > 1) + 1)
    inside = [sum(start <= base < start + 200 for base in each) for each in merged]
    return sum(2 * i >= min(200, len(each)) for i, each in zip(inside, merged, strict=True)), int(
        np.count_nonzero(inside)
    )


@pytest.mark.parametrize(("rule", "label_of"), [("organisers", organisers), ("half-of-bin", half_of_bin)])
def test_the_label_file_follows_the_rule(
    write: Callable[[str, str], Path],
    tmp_path: Path,
    rule: LabelRule,
    label_of: Callable[[int, list[tuple[int, int]], list[tuple[int, int]]], str],
) -> None:
    rng = np.random.default_rng(11)
    peaks = {
        name: [(int(start), int(start + width)) for start, width in zip(*rng.integers(1, size, (2, 12)), strict=True)]
        for name, size in (("conservative", 4000), ("relaxed", 4000))
    }
    peaks["conservative"] = [(start, min(start + 300, end)) for start, end in peaks["conservative"]]
    peaks["relaxed"] = [(start, min(start + 150, end)) for start, end in peaks["relaxed"]]
    for name, spans in peaks.items():
        write(f"{name}.bed", "".join(f"chr1\t{start}\t{end}\n" for start, end in spans))
    # Regions out of order and overlapping; one bin of the second touches the blacklist.
    write("r.bed", "chr1\t3000\t5000\nchr1\t0\t3400\nchr2\t0\t300\n")
    write("black.bed", "chr1\t4990\t5100\n")
    sources = sources_of_files(
        {"K562": tmp_path / "conservative.bed", "HepG2": tmp_path / "relaxed.bed"},
        {"K562": tmp_path / "relaxed.bed"},
        regions=[str(tmp_path / "r.bed")],
        blacklist=str(tmp_path / "black.bed"),
    )
    counts = write_labels(tmp_path / "x.tsv.gz", sources, rule)
    header, *lines = gzip.decompress((tmp_path / "x.tsv.gz").read_bytes()).decode().splitlines()
    assert header == "chr\tstart\tstop\tK562\tHepG2"
    places = [("chr1", start) for start in [*range(3000, 4801, 50), *range(0, 3201, 50)] if start + 200 <= 4990]
    expected = [
        (name, start, label_of(start, peaks["conservative"], peaks["relaxed"]), label_of(start, peaks["relaxed"], []))
        for name, start in places
    ] + [("chr2", start, "U", "U") for start in (0, 50, 100)]
    assert lines == [f"{name}\t{start}\t{start + 200}\t{k562}\t{hepg2}" for name, start, k562, hepg2 in expected]
    assert {"B", "A", "U"} == {labels[2] for labels in expected}
    assert counts.bins == len(expected)
    assert counts.bound["K562"] == sum(labels[2] == "B" for labels in expected)
    assert counts.ambiguous["HepG2"] == sum(labels[3] == "A" for labels in expected)
    note = msgspec.json.decode((tmp_path / "x.tsv.gz.json").read_bytes(), type=LabelNote)
    assert (note.rule, note.rule_in_words, note.bins) == (rule, RULE_WORDS[rule], len(expected))
    assert note.cell_types["K562"] == CellNote("conservative.bed", "relaxed.bed", *by_cell(counts, "K562"))
    assert note.cell_types["HepG2"] == CellNote("relaxed.bed", "", *by_cell(counts, "HepG2"))


def by_cell(counts: LabelCounts, cell: str) -> tuple[int, int]:
    return counts.bound[cell], counts.ambiguous[cell]


def test_a_dataset_gives_peaks_regions_and_lengths(write: Callable[[str, str], Path], tmp_path: Path) -> None:
    write("sizes", "chr1\t1000\nchr2\t500\n")
    write("peaks.bed", "1\t300\t500\n")
    write("labelled.bed", "chr1\t0\t600\n")
    start = 'version = 1\nname = "toy"\nassembly = "toy"\nchromosome_sizes = "sizes"\n'
    peaks = 'conservative = "peaks.bed"\n'
    cells = f"[cell_types.K562.peaks.CTCF]\n{peaks}[cell_types.HepG2.peaks.MAX]\n{peaks}"
    whole = Dataset.open(write("whole.toml", start + cells))
    assert write_labels(tmp_path / "x.tsv", sources_of_dataset(whole, "CTCF")).bins == 17 + 7
    part = Dataset.open(write("part.toml", start + 'labelled_regions = "labelled.bed"\n' + cells))
    counts = write_labels(tmp_path / "x.tsv", sources_of_dataset(part, "CTCF"))
    assert counts == (9, {"K562": 5}, {"K562": 1})
    assert (tmp_path / "x.tsv").read_text().splitlines()[:4] == [
        "chr\tstart\tstop\tK562", "chr1\t0\t200\tU", "chr1\t50\t250\tU", "chr1\t100\t300\tU",
    ]  # fmt: skip
    with pytest.raises(InvalidRequest, match="CTCF was not assayed in HepG2; it was in K562"):
        sources_of_dataset(part, "CTCF", ["HepG2"])
    with pytest.raises(InvalidRequest, match="no peaks of GATA9; it has CTCF, MAX"):
        sources_of_dataset(part, "GATA9")


def test_nothing_is_left_of_a_label_file_that_could_not_be_made(
    write: Callable[[str, str], Path], tmp_path: Path
) -> None:
    write("peaks.bed", "chr7\t300\t500\n")
    write("r.bed", "chr1\t0\t600\n")
    sources = sources_of_files({"K562": tmp_path / "peaks.bed"}, {}, regions=[str(tmp_path / "r.bed")])
    with pytest.raises(InvalidRequest, match="has peaks on chr7, and none on a chromosome of the regions"):
        write_labels(tmp_path / "x.tsv.gz", sources)
    with pytest.raises(InvalidRequest, match="could not be written: No such file"):
        write_labels(tmp_path / "absent" / "x.tsv.gz", sources)
    small = sources_of_files({"K562": tmp_path / "peaks.bed"}, {}, regions=[str(write("s.bed", "chr7\t0\t90\n"))])
    with pytest.raises(InvalidRequest, match="No bin of 200 lies in the regions"):
        write_labels(tmp_path / "x.tsv.gz", small)
    assert not list(tmp_path.glob("x.*"))


@pytest.mark.real
def test_the_challenge_has_60_519_747_bins(real_data: Path) -> None:
    path = real_data / "annotation_hg19" / "dream_test_regions.blacklistfiltered.merged.bed"
    bins: dict[str, int] = {}
    for run in read_regions(path):
        bins[run.chromosome] = bins.get(run.chromosome, 0) + len(bins_of(run))
    assert sum(bins.values()) == 60_519_747
    assert bins["chr1"] + bins["chr8"] + bins["chr21"] == 8_843_011
