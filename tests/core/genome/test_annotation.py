"""Features and genes out of every text format, and the sentences for lines that make no sense."""

import gzip
from functools import partial
from pathlib import Path

import pybigtools
import pytest

from ebert_core.genome import annotation
from ebert_core.genome.annotation import read_features, read_genes
from ebert_core.genome.bed_table import read_bed_table
from ebert_core.genome.features import Feature
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

GTF = """\
#!genome-build toy
1\tx\tgene\t11\t60\t.\t+\t.\tgene_id "G1"; gene_name "ABC";
1\tx\ttranscript\t11\t60\t.\t+\t.\tgene_id "G1"; transcript_id "T1"; gene_name "ABC";
1\tx\texon\t11\t20\t.\t+\t.\tgene_id "G1"; transcript_id "T1"; gene_name "ABC";
1\tx\texon\t41\t60\t.\t+\t.\tgene_id "G1"; transcript_id "T1"; gene_name "ABC";
1\tx\tCDS\t15\t20\t.\t+\t0\tgene_id "G1"; transcript_id "T1"; gene_name "ABC";
1\tx\texon\t11\t30\t.\t+\t.\tgene_id "G1"; transcript_id "T2"; gene_name "ABC";
1\tx\tgene\t101\t120\t.\t-\t.\tgene_id "G2";
"""
GFF3 = """\
##gff-version 3
1\tx\tgene\t11\t60\t.\t+\t.\tID=g1;Name=ABC%20D
1\tx\tmRNA\t11\t60\t.\t+\t.\tID=t1;Parent=g1;Name=t
1\tx\texon\t11\t20\t.\t+\t.\tParent=t1
1\tx\texon\t41\t60\t.\t+\t.\tParent=t1
1\tx\tCDS\t15\t20\t.\t+\t0\tParent=t1
##FASTA
>1
ACGT
"""
REFGENE = "585\tNM_1\tchr1\t+\t10\t60\t14\t20\t2\t10,40,\t20,60,\t0\tABC\tcmpl\tcmpl\t0,0,\n"


def written(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("chr1\t5\t9", Feature("chr1", 5, 9)),
        ("chr1 5 9 name", Feature("chr1", 5, 9, "name")),
        ("chr1\t\t5\t9", Feature("chr1", 5, 9)),
        ("chr1\t5\t9\t.\t3\t-", Feature("chr1", 5, 9, "", 3.0, "-")),
        ("chr1\t5\t9\tTssA\t255,0,10", Feature("chr1", 5, 9, "TssA", colour="#ff000a")),
        ("chr1\t5\t9\tx\t0\t.\t5\t9\t'1,2,3'", Feature("chr1", 5, 9, "x", coding=((5, 9),), colour="#010203")),
        (
            "chr1\t5\t50\tg\t0\t+\t10\t45\t0\t2\t10,20,\t0,25,",
            Feature("chr1", 5, 50, "g", 0.0, "+", -1, ((5, 15), (30, 50)), ((10, 15), (30, 45))),
        ),
        ("chr1\t5\t50\t.\t900\t.\t7.5\t-1\t4\t20", Feature("chr1", 5, 50, "", 7.5, ".", 25, score_name="signal value")),
        ("chr1\t5\t50\t.\t900\t.\t7.5\t-1\t4\t-1", Feature("chr1", 5, 50, "", 7.5, score_name="signal value")),
        ("chr1\t5\t50\tp\t900\t.\t7.5\t3.2\t4.1", Feature("chr1", 5, 50, "p", 7.5, score_name="signal value")),
        (
            "chr1\t5\t50\t.\t9\t.\t7.5\t-1\t4\t20\t2.41\t3.6\t5\t50\t1.2\t9",
            Feature("chr1", 5, 50, "", 7.5, ".", 25, score_name="signal value"),
        ),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_bed_line_of_any_width_is_read(tmp_path: Path, line: str, expected: Feature, end: str) -> None:
    text = f'browser position chr1:1-2\ntrack name="x"\n# comment\n\n{line}{end}'
    assert list(read_features(written(tmp_path, "x.bed", text))) == [expected]


def test_a_heading_is_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, "x.bed.gz", "chrom\tstart\tend\tname\nchr1\t1\t2\ta\n")
    assert [feature.name for feature in read_features(path)] == ["a"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("chr1\t5", "line 1: a BED line has at least a chromosome, a start and an end"),
        ("chr1\tx\t9", "line 1: the start 'x' is not a whole number"),
        ("chr1\t-5\t9", "line 1: the start -5 is negative"),
        ("chr1\t9\t5", "line 1: the feature ends at 5, before its start 9"),
        ("chr1\t5\t9\tn\tx", "line 1: the score 'x' is not a number"),
        ("chr1\t5\t9\tn\t0\t.\t5\t9\t300,0,0", "has a part above 255"),
        ("chr1\t5\t50\tg\t0\t+\t10\t45\t0\t2\t10,\t0,25,", "2 blocks are announced, 1 sizes and 2 starts follow"),
        ("chr1\t5\t50\tg\t0\t+\t10\t45\t0\t1\t99,\t0,", "a block ends at 104, behind the feature's end 50"),
        ('1\tx\texon\t20\t10\t.\t+\t.\tgene_id "a"', "20-10 is no interval counted from 1"),
    ],
)
def test_a_line_that_makes_no_sense_is_named(tmp_path: Path, line: str, sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=rf"x\.bed, .*{sentence}|x\.bed.*{sentence}"):
        list(read_features(written(tmp_path, "x.bed", line)))


@pytest.mark.parametrize(("name", "text"), [("a.gtf", GTF), ("a.gtf.gz", GTF)])
def test_a_gene_is_its_longest_coding_transcript_and_says_how_many_it_has(tmp_path: Path, name: str, text: str) -> None:
    genes = list(read_genes(written(tmp_path, name, text)))
    assert genes == [
        Feature(
            "1", 10, 60, "ABC", 0.0, "+", -1, ((10, 20), (40, 60)), ((14, 20),), transcripts=2, identities=("T1", "T2")
        ),
        Feature("1", 100, 120, "G2", 0.0, "-"),
    ]


def test_gff3_transcripts_bear_the_names_of_their_genes(tmp_path: Path) -> None:
    genes = list(read_genes(written(tmp_path, "a.gff3", GFF3)))
    assert genes == [Feature("1", 10, 60, "ABC D", 0.0, "+", -1, ((10, 20), (40, 60)), ((14, 20),), identities=("t",))]


@pytest.mark.parametrize("text", [REFGENE, REFGENE.removeprefix("585\t")])
def test_refgene_is_read_with_and_without_its_bin(tmp_path: Path, text: str) -> None:
    genes = list(read_genes(written(tmp_path, "refGene.txt", text)))
    assert genes == [
        Feature("chr1", 10, 60, "ABC", 0.0, "+", -1, ((10, 20), (40, 60)), ((14, 20),), identities=("NM_1",))
    ]


@pytest.mark.parametrize("least_bytes", [0, None])
def test_a_track_line_colours_what_has_no_colour_and_asks_for_shades(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least_bytes: int | None
) -> None:
    monkeypatch.setattr(annotation, "read_bed_table", partial(read_bed_table, least_bytes=least_bytes))
    text = (
        "track name='a b' color=255,0,16 useScore=1\nchr1\t5\t9\ta\t0\t+\t5\t9\t0\nchr1\t7\t9\tb\t0\t+\t7\t9\t1,2,3\n"
    )
    features = read_features(written(tmp_path, "x.bed", text))
    assert features.is_shaded
    assert [feature.colour for feature in features] == ["#ff0010", "#010203"]
    plain = read_features(written(tmp_path, "y.bed", "track name=useScore=1\nchr1\t5\t9\n"))
    assert (plain.is_shaded, [feature.colour for feature in plain]) == (False, [""])


def test_each_track_line_of_a_file_colours_its_own_lines(tmp_path: Path) -> None:
    text = "track color=255,0,16\nchr1\t5\t9\ta\ntrack name=other\nchr1\t7\t9\tb\n"
    assert [feature.colour for feature in read_features(written(tmp_path, "x.bed", text))] == ["#ff0010", ""]


def test_features_are_found_by_interval_under_either_name(tmp_path: Path) -> None:
    path = written(tmp_path, "x.bed", "chr1\t50\t60\tc\nchr1\t0\t100\ta\nchr1\t20\t30\tb\nchr1\t60\t60\td\n")
    features = read_features(path)
    assert [each.name for each in features.touching(Interval("1", 30, 51))] == ["a", "c"]
    assert [each.name for each in features.touching(Interval("chr1", 99, 500))] == ["a"]
    assert features.touching(Interval("chr1", 100, 500)) == []
    assert features.touching(Interval("chr7", 0, 500)) == []


def test_a_bigbed_gives_what_its_bed_gives(tmp_path: Path) -> None:
    path = tmp_path / "x.bb"
    rows = [("chr1", 5, 50, "g\t0\t+"), ("chr1", 70, 80, "h\t2\t-")]
    pybigtools.open(str(path), "w").write({"chr1": 1000}, iter(rows))
    features = read_features(path)
    assert features.chromosome_lengths == {"chr1": 1000}
    assert features.touching(Interval("1", 60, 2_000)) == [Feature("chr1", 70, 80, "h", 2.0, "-")]
    assert len(list(features)) == 2
    extents = features.extents(Interval("1", 49, 71))
    assert (extents.starts.tolist(), extents.ends.tolist()) == ([5, 70], [50, 80])
    assert features.crowding("1") == 2 / 1000


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"BAM\1....", "IGV's job"),
        (b"CRAM....", "IGV's job"),
        (b"##fileformat=VCFv4.2\n", "is a VCF of variants, which is a track of its own: open it as a file"),
        (b"chr1\t1\t2\n\0\0\0", "is not a text file"),
        (gzip.compress(b"chr1\t1\t2\n" * 9_000)[:-20], "damaged or cut short"),
        (b"\xeb\xf2\x89\x87" + b"\0" * 30, "is cut short"),
    ],
)
def test_a_wrong_file_gives_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], content: bytes, sentence: str
) -> None:
    path = tmp_path / "x.bb"
    path.write_bytes(content)
    with pytest.raises(InvalidRequest, match=sentence):
        list(read_features(path))


def test_an_absent_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="There is no file"):
        read_features(tmp_path / "absent.bed")
    with pytest.raises(InvalidRequest, match="is a folder"):
        read_features(tmp_path)
