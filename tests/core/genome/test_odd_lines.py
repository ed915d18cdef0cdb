"""A file with odd lines is drawn without them and says which they are; for training it is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from ebert_core.genome.annotation import FeatureSource, read_features, read_genes
from ebert_core.genome.bed import read_bed
from ebert_core.genome.features import merged_genes
from ebert_core.genome.lines import Skipped
from ebert_core.genome.signal import open_signal
from ebert_core.genome.states import Segmentation
from ebert_core.genome.wiggle import read_steps
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

GOOD = "chr1\t10\t20\tgood\t7\t+\n"


Found = TypeVar("Found")


def leniently(folder: Path, name: str, text: str, read: Callable[[Path, Skipped], Found]) -> Found:
    path = folder / name
    path.write_text(text)
    return read(path, Skipped())


def lenient(folder: Path, name: str, text: str) -> FeatureSource:
    return leniently(folder, name, text, read_features)


@pytest.mark.parametrize(
    ("line", "drawn", "remark"),
    [
        (
            "chr1\t-1\t5\tx\n",
            (0, 5, "x", 0.0),
            "1 line read in part, first line 2: the start -1 is",
        ),
        ("chr1\t30\t40\tx\thigh\t+\n", (30, 40, "x", 0.0), "line 2: the score 'high' is not a number"),
        ("chr1\t30\t40\tx\t1\t+\t30\ta\t0\n", (30, 40, "x", 1.0), "line 2: the thick end 'a'"),
        ("chr1\t30\t40\tx\t1\t+\t30\t40\t0\t2\t5,\t0,\n", (30, 40, "x", 1.0), "line 2: 2 blocks are announced"),
        ("chr1\t40\t30\tx\n", None, "1 line left out, first line 2: the feature ends at 30, before its start 40"),
        ("chr1\tx\t30\n", None, "line 2: the start 'x' is not a whole number"),
        ("chr1\t-9\t-1\n", None, "line 2: the start -9 is negative"),
        ("chr1\t1\t" + "9" * 20 + "\n", None, "line 2: the end " + "9" * 20 + " is larger than any chromosome"),
        ("chr1\t1\t" + "9" * 5000 + "\n", None, "line 2: the end '" + "9" * 40 + "…' is not a whole number"),
        ("chr1\t30\t40\tx\t1\t.\t2\t3\t4\tinf\n", (30, 40, "x", 2.0), "line 2: the summit 'inf' is not a whole"),
        ("chr1\t30\t40\tx\t1\t.\t2\t3\t4\t" + "9" * 20, (30, 40, "x", 2.0), "is larger than any chromosome"),
    ],
)
def test_the_rest_of_a_bed_is_drawn_and_the_odd_line_is_named(
    tmp_path: Path, line: str, drawn: tuple[int, int, str, float] | None, remark: str
) -> None:
    features = lenient(tmp_path, "x.bed", GOOD + line)
    found = {feature.name: (feature.start, feature.end, feature.name, feature.score) for feature in features}
    assert found.pop("good") == (10, 20, "good", 7.0)
    assert list(found.values()) == ([drawn] if drawn else [])
    (told,) = features.remarks
    assert remark in told.full
    with pytest.raises(InvalidRequest, match="line 2"):
        read_features(tmp_path / "x.bed")


def test_lines_are_counted_and_the_first_of_each_sort_is_named(tmp_path: Path) -> None:
    features = lenient(tmp_path, "x.bed", GOOD + "chr1\t5\n" + "chr1\t7\n" + "chr1\t-1\t5\n" + "chr1\t9\t8\n")
    assert features.remarks[0].full.startswith("3 lines left out, first line 2: a BED line has at least")
    assert features.remarks[1].full.startswith("1 line read in part, first line 4:")


def test_a_file_of_which_nothing_can_be_read_is_refused_with_its_first_reason(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="line 1: the feature ends at 100, before its start 900"):
        lenient(tmp_path, "x.bed", "chr1\t900\t100\nchr1\t8\t1\n")
    with pytest.raises(InvalidRequest, match="line 1: the end 'x' is not a whole number"):
        leniently(tmp_path, "x.bedGraph", "chr1\t9\tx\t1\nchr1\t8\t1\t1\n", open_signal)


def test_what_says_that_there_is_no_score_is_no_odd_line(tmp_path: Path) -> None:
    features = lenient(tmp_path, "x.bed", "chr1\t1\t2\ta\tNA\t+\nchr1\t2\t3\tb\tnan\nchr1\t3\t4\tc\t.\n")
    assert [feature.score for feature in features] == [0.0, 0.0, 0.0]
    assert features.remarks == ()
    assert len(list(read_features(tmp_path / "x.bed"))) == 3


def test_whole_numbers_as_r_and_pandas_write_them_are_positions(tmp_path: Path) -> None:
    text = "chr1\t1e+05\t1.5e+05\tr\nchr1\t100000.0\t150000.0\tpandas\nchr1\t1.5\t9\thalf\n"
    features = lenient(tmp_path, "x.bed", text)
    assert [(each.start, each.end, each.name) for each in features] == [
        (100_000, 150_000, "r"),
        (100_000, 150_000, "pandas"),
    ]
    assert features.remarks[0].full == "1 line left out, first line 3: the start '1.5' is not a whole number."


@pytest.mark.parametrize("summit", [".", "-1", "NA", "-inf"])
def test_a_summit_that_is_not_known_is_at_no_place(tmp_path: Path, summit: str) -> None:
    (peak,) = lenient(tmp_path, "x.bed", f"chr1\t30\t40\tx\t1\t.\t2\t3\t4\t{summit}\n")
    assert (peak.summit, peak.score) == (-1, 2.0)


def test_bedmethyl_has_no_summit_and_no_blocks(tmp_path: Path) -> None:
    narrow = "chr1\t10\t11\tm\t12\t+\t10\t11\t255,0,0\t12 83.3 10 2 0\n"
    wide = "chr1\t20\t21\tm\t9\t-\t20\t21\t255,0,0\t9\t11.10\t1\t8\t0\t0\t0\t0\t0\n"
    features = lenient(tmp_path, "x.bed", narrow + wide)
    assert [(each.start, each.colour, each.summit, each.blocks) for each in features] == [
        (10, "#ff0000", -1, ()),
        (20, "#ff0000", -1, ()),
    ]
    assert features.remarks == ()


def test_a_bed_of_any_width_is_drawn_with_what_it_says(tmp_path: Path) -> None:
    fields = ["chr1", "100", "200", "gene", "5", "+", "110", "150", "255,0,0"]
    full = ("gene", 5.0, "+", ((110, 150),), "#ff0000")
    nothing = ("", 0.0, ".", (), "")
    for width in range(3, 10):
        drawn = [
            (each.name, each.score, each.strand, each.coding, each.colour)
            for each in lenient(tmp_path, f"{width}.bed", "\t".join(fields[:width]) + "\n")
        ]
        # Name, score and strand are columns 4 to 6; both ends of what is coding are 7 and 8; the colour is the ninth.
        known = sum(width >= column for column in (4, 5, 6, 8, 9))
        assert drawn == [(*full[:known], *nothing[known:])]


@pytest.mark.parametrize(
    ("thick", "coding"),
    [((100, 100), ()), ((150, 150), ()), ((120, 180), ((120, 180),)), ((0, 900), ((100, 200),)), ((200, 300), ())],
)
def test_what_is_coding_is_what_has_a_base_in_common_with_the_feature(
    tmp_path: Path, thick: tuple[int, int], coding: tuple[tuple[int, int], ...]
) -> None:
    [feature] = lenient(tmp_path, "x.bed", f"chr1\t100\t200\tg\t0\t+\t{thick[0]}\t{thick[1]}\n")
    assert feature.coding == coding


def test_descriptions_of_beddetail_are_no_scores_and_no_remark(tmp_path: Path) -> None:
    features = lenient(tmp_path, "x.bed", "track type=bedDetail\nchr1\t1\t9\tA\tGENE_ID=B;Pool=1\n" + "track name=b\n")
    assert [(each.name, each.score) for each in features] == [("A", 0.0)]
    assert features.remarks == ()


def test_gaps_of_a_bedgraph_are_gaps_and_infinity_is_told(tmp_path: Path) -> None:
    text = "".join(
        f"chr1\t{10 * n}\t{10 * n + 10}\t{value}\n" for n, value in enumerate(("1", "-nan", ".", "inf", "2", "1e39"))
    )
    signal = leniently(tmp_path, "x.bedGraph", text, open_signal)
    values = signal.per_base(Interval("chr1", 0, 60))[::10]
    np.testing.assert_array_equal(values, [1, np.nan, np.nan, np.nan, 2, np.nan])
    assert [each.full for each in signal.remarks] == [
        "2 lines left out, first line 4: the value is infinite, or too large to be drawn."
    ]


def test_names_of_columns_are_no_odd_line(tmp_path: Path) -> None:
    text = "chrom\tstart\tend\tvalue\nchr1\t10\t20\t2\n"
    signal = leniently(tmp_path, "x.bedGraph", text, open_signal)
    assert signal.remarks == ()
    assert signal.per_base(Interval("chr1", 10, 11)).tolist() == [2.0]
    twice = leniently(tmp_path, "x.bedGraph", text + text, open_signal)
    assert twice.remarks[0].full.startswith("1 line left out, first line 3")


def test_of_two_values_on_one_base_the_later_is_drawn(tmp_path: Path) -> None:
    text = "chr1\t10\t20\t1\nchr1\t15\t25\t3\nchr1\t15\t16\t4\nchr1\t30\t40\t2\n"
    signal = leniently(tmp_path, "x.bedGraph", text, open_signal)
    steps = read_steps(tmp_path / "x.bedGraph", Skipped())["chr1"]
    assert (steps.starts[1:] >= steps.ends[:-1]).all()
    values = signal.per_base(Interval("chr1", 8, 42))
    expected = [np.nan] * 2 + [1] * 5 + [4] + [3] * 9 + [np.nan] * 5 + [2] * 10 + [np.nan] * 2
    np.testing.assert_array_equal(values, expected)
    assert signal.remarks[0].full.startswith("2 lines read in part, first line 2: two values stand on chr1:16")
    with pytest.raises(InvalidRequest, match="line 2: two values stand on chr1:16"):
        open_signal(tmp_path / "x.bedGraph")


def test_a_wig_goes_on_behind_an_odd_line(tmp_path: Path) -> None:
    text = "fixedStep chrom=chr1 start=1 step=10\n1\nx\n3\nfixedStep start=5\n4\nvariableStep chrom=chr1\n50 5\n"
    signal = leniently(tmp_path, "x.wig", text, open_signal)
    values = signal.per_base(Interval("chr1", 0, 60))
    assert [int(place) for place in np.flatnonzero(np.isfinite(values))] == [0, 20, 49]
    assert signal.remarks[0].full.startswith("3 lines left out, first line 3: the value 'x' is not a number")


def test_a_line_with_a_place_of_its_own_is_read_as_such_within_a_wig(tmp_path: Path) -> None:
    (tmp_path / "x.wig").write_text("fixedStep chrom=chr1 start=1 step=10\n1\nchr1\t50\t52\t7\n4\n")
    values = open_signal(tmp_path / "x.wig").per_base(Interval("chr1", 0, 60))
    assert {int(place): float(values[place]) for place in np.flatnonzero(np.isfinite(values))} == {
        0: 1,
        10: 4,
        50: 7,
        51: 7,
    }


def test_states_that_lie_over_others_are_cut(tmp_path: Path) -> None:
    text = "chr1\t0\t200\tA\nchr1\t100\t300\tB\nchr1\t120\t180\tC\nchr1\t300\t400\tA\n"
    path = tmp_path / "s.bed"
    path.write_text(text)
    states = Segmentation(path, (), Skipped())
    runs = states.on("chr1")
    assert list(zip(runs.starts.tolist(), runs.ends.tolist(), strict=True)) == [(0, 200), (200, 300), (300, 400)]
    assert "line 2: this state begins before 200" in states.remarks[0].full


def test_odd_lines_of_gene_files_are_left_out(tmp_path: Path) -> None:
    row = "1\tx\texon\t{}\t.\t+\t.\t{}\n".format
    gtf = row("1\t9", 'gene_id "G";') + row("9\t1", 'gene_id "H";') + row("1\t9", "x y")
    genes = leniently(tmp_path, "a.gtf", gtf, read_genes)
    assert [gene.name for gene in genes] == ["G"]
    assert genes.remarks[0].full.startswith("2 lines left out, first line 2: 9-1 is no interval")
    reversed_exon = "NM_2\tchr1\t+\t10\t60\t14\t20\t1\t40,\t30,\n"
    genes = leniently(
        tmp_path, "refGene.txt", "NM_1\tchr1\t+\t10\t60\t14\t20\t1\t10,\t60,\n" + reversed_exon, read_genes
    )
    assert "line 2: a transcript or exon ends at 30, before its start 40" in genes.remarks[0].full
    table = "NM_1\tchr1\t+\t10\t60\t14\t20\t1\t10,\t60,\nNM_2\tchr1\t+\t10\t60\t14\t20\t1\t10,\t60,70,\n"
    genes = leniently(tmp_path, "refGene.txt", table, read_genes)
    assert [gene.name for gene in genes] == ["NM_1"]
    assert "line 2: 1 exons start but 2 end" in genes.remarks[0].full


@pytest.mark.parametrize("blanks", [10, 20_000])
def test_blanks_in_attributes_take_no_time_and_end_in_a_sentence(tmp_path: Path, blanks: int) -> None:
    path = tmp_path / "a.gtf"
    path.write_text(f'chr1\tx\texon\t1\t20\t.\t+\t.\ta{" " * blanks}"\n')
    with pytest.raises(InvalidRequest, match="line 1: neither a gene_id nor a transcript_id"):
        read_genes(path)


def test_attributes_are_cut_at_semicolons_that_are_not_in_quotes(tmp_path: Path) -> None:
    text = 'chr1\tx\texon\t1\t20\t.\t+\t.\tgene_id "G;1" ; transcript_id T1; gene_name "A B"; tag "x\n'
    genes = leniently(tmp_path, "a.gtf", text, read_genes)
    assert [gene.name for gene in genes] == ["A B"]


def test_bare_names_of_augustus_make_one_gene(tmp_path: Path) -> None:
    lines = [
        ("gene", "g21"),
        ("transcript", "g21.t1"),
        ("exon", 'transcript_id "g21.t1"; gene_id "g21";'),
        ("CDS", 'transcript_id "g21.t1"; gene_id "g21";'),
    ]
    text = "".join(f"chr1\tx\t{kind}\t101\t200\t.\t-\t.\t{attributes}\n" for kind, attributes in lines)
    (gene,) = leniently(tmp_path, "a.gtf", text, read_genes)
    assert (gene.name, gene.start, gene.end, gene.coding) == ("g21", 100, 200, ((100, 200),))


def test_a_gene_whose_transcript_does_not_name_it_stands_there_once(tmp_path: Path) -> None:
    lines = (("gene", "ID=g;Name=G"), ("mRNA", "ID=t;Name=T"), ("exon", "Parent=t"))
    text = "".join(f"chr1\tx\t{kind}\t11\t90\t.\t+\t.\t{attributes}\n" for kind, attributes in lines)
    other = "chr1\tx\tgene\t11\t90\t.\t-\t.\tID=h;Name=H\n"
    assert [each.name for each in leniently(tmp_path, "a.gff3", text + other, read_genes)] == ["H", "T"]


@pytest.mark.parametrize("said", ["#gffTags", "#gffTags=on", "track name=x gffTags=on"])
def test_names_that_are_written_as_attributes_are_read(tmp_path: Path, said: str) -> None:
    path = tmp_path / "a.bed"
    lines = (
        "Name=my%20gene;Note=a%2Bb",
        "ID=x1;Name=second;color=255,0,0",
        "name=third",
        "plain",
        "ID=x;color=300,0,0",
    )
    path.write_text(said + "\n" + "".join(f"chr1\t1\t9\t{name}\n" for name in lines))
    found = [(each.name, each.colour) for each in read_bed(path)]
    assert found == [("my gene", ""), ("second", "#ff0000"), ("third", ""), ("plain", ""), ("x", "")]


def test_names_are_left_alone_where_they_are_not_said_to_be_attributes(tmp_path: Path) -> None:
    path = tmp_path / "a.bed"
    path.write_text("track gffTags=off\nchr1\t1\t9\tName=a\n")
    assert [each.name for each in read_bed(path)] == ["Name=a"]


def test_the_line_of_the_sequence_itself_is_no_gene(tmp_path: Path) -> None:
    region = "chr1\tx\tregion\t1\t9000\t.\t.\t.\tID=chr1\n"
    gene = "chr1\tx\tgene\t11\t20\t.\t+\t.\tID=g;Name=G\n"
    stretch = "chr1\t.\tbiological_region\t50\t70\t1.3\t+\t.\tlogic_name=eponine\n"
    assert [each.name for each in leniently(tmp_path, "a.gff3", region + gene + stretch, read_genes)] == ["G"]
    assert [each.name for each in leniently(tmp_path, "b.gff3", region, read_genes)] == ["chr1"]


def test_the_longest_coding_transcript_stands_for_its_gene(tmp_path: Path) -> None:
    text = ""
    for name, exons, coding in (("T0", ((1, 900),), ()), ("T1", ((5, 30), (50, 90)), ((10, 30), (50, 60)))):
        for kind, parts in (("exon", exons), ("CDS", coding)):
            for start, end in parts:
                names = f'gene_id "G"; transcript_id "{name}"; gene_name "ISO";'
                text += f"chr1\tx\t{kind}\t{start}\t{end}\t.\t+\t.\t{names}\n"
    (gene,) = leniently(tmp_path, "a.gtf", text, read_genes)
    assert (gene.blocks, gene.transcripts) == (((4, 30), (49, 90)), 2)


def test_all_transcripts_of_a_gene_together_have_all_its_exons(tmp_path: Path) -> None:
    path = tmp_path / "a.gtf"
    transcripts = (
        ("G", "T1", ((101, 200), (401, 500)), ((151, 200),)),
        ("G", "T2", ((151, 250), (601, 700)), ((151, 180), (621, 700))),
        ("G", "far", ((9_001, 9_100),), ()),
        ("H", "T3", ((181, 190),), ()),
    )
    path.write_text(
        "".join(
            f'chr1\tx\t{kind}\t{start}\t{end}\t.\t+\t.\tgene_id "{gene}"; transcript_id "{name}"; gene_name "{gene}";\n'
            for gene, name, exons, coding in transcripts
            for kind, parts in (("exon", exons), ("CDS", coding))
            for start, end in parts
        )
    )
    whole, far, other = sorted(read_genes(path, fold=merged_genes), key=lambda gene: (gene.name, gene.start))
    assert (whole.start, whole.end) == (100, 700)
    assert whole.blocks == ((100, 250), (400, 500), (600, 700))
    assert whole.coding == ((150, 200), (620, 700))
    assert [(gene.name, gene.start, gene.end) for gene in (far, other)] == [("G", 9_000, 9_100), ("H", 180, 190)]


def test_the_table_of_macs_counts_from_one(tmp_path: Path) -> None:
    headings = "chr start end length abs_summit pileup -log10(pvalue) fold_enrichment -log10(qvalue) name"
    text = "# MACS\n\n" + headings.replace(" ", "\t") + "\n"
    text += "chr1\t101\t900\t800\t500\t10\t5\t3.5\t2\tp1\nchr1\t0\t900\t800\t500\t10\t5\t3\t2\tp2\n"
    peaks = lenient(tmp_path, "x_peaks.xls", text)
    assert [(each.start, each.end, each.summit, each.score, each.name) for each in peaks] == [
        (100, 900, 499, 3.5, "p1")
    ]
    assert "line 5: 0-900 is no interval counted from 1" in peaks.remarks[0].full


def test_values_over_each_other_are_laid_as_if_one_after_the_other(tmp_path: Path) -> None:
    random = np.random.default_rng(12)
    rows = [(int(start), int(start + width)) for start, width in zip(*random.integers(0, 60, (2, 200)), strict=True)]
    path = tmp_path / "x.bedGraph"
    path.write_text("".join(f"chr1\t{start}\t{end}\t{n}\n" for n, (start, end) in enumerate(rows)))
    expected = np.full(130, np.nan)
    for number in sorted(range(len(rows)), key=lambda number: rows[number][0]):
        expected[slice(*rows[number])] = number
    values = open_signal(path, Skipped()).per_base(Interval("chr1", 0, 130))
    np.testing.assert_array_equal(values, expected)
