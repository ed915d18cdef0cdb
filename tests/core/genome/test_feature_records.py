"""All columns of the records that cover a stretch, from each format that has features."""

import gzip
from pathlib import Path

import pybigtools
import pytest

from ebert_core.genome.annotation import read_features, read_genes
from ebert_core.genome.feature_records import MOST_RECORDS, records_of
from ebert_core.genome.lines import Skipped
from ebert_core.protocol.terms.locus import Interval

GTF = 'chr1\tx\t{kind}\t{start}\t{end}\t.\t+\t.\tgene_id "G1"; transcript_id "T1"; gene_name "ONE"; {more}\n'


def records(path: Path, start: int, end: int, chromosome: str = "chr1", *, are_genes: bool = False) -> list[str]:
    """Each record as its columns and values in one line."""
    read = read_genes if are_genes else read_features
    found = records_of(read(path, Skipped()), Interval(chromosome, start, end))
    return [" ".join(f"{name}={value}" for name, value in each.items()) for each in found]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("chr1\t5\t9\n", (5, 9), "chrom=chr1 chromStart=5 chromEnd=9"),
        # Another name of the chromosome, an insertion without bases, a start before the chromosome.
        ("1\t5\t5\tins\n", (5, 5), "chrom=1 chromStart=5 chromEnd=5 name=ins"),
        ("chr1\t-1\t9\ta\n", (0, 9), "chrom=chr1 chromStart=-1 chromEnd=9 name=a"),
        (
            "chr1\t5\t90\tp\t7\t.\t3.5\t-1\t2.5\t40\n",
            (5, 90),
            "chrom=chr1 chromStart=5 chromEnd=90 name=p score=7 strand=. signalValue=3.5 pValue=-1 qValue=2.5 peak=40",
        ),
        (
            "chr1\t5\t90\tb\t7\t+\t5\t90\t255,0,0\t1\t85,\t0,\textra\n",
            (5, 90),
            "chrom=chr1 chromStart=5 chromEnd=90 name=b score=7 strand=+ thickStart=5 thickEnd=90 itemRgb=255,0,0"
            " blockCount=1 blockSizes=85, blockStarts=0, column 13=extra",
        ),
        (
            "#chrom\tstart\tend\tgene\tpadj\nchr1\t5\t90\tB\t0.01\n",
            (5, 90),
            "chrom=chr1 start=5 end=90 gene=B padj=0.01",
        ),
        (
            "#gffTags\nchr1\t5\t90\tName=my%20gene;Note=a%2Bb\t0\t+\n",
            (5, 90),
            "chrom=chr1 chromStart=5 chromEnd=90 name=Name=my%20gene;Note=a%2Bb score=0 strand=+ Name=my gene Note=a+b",
        ),
        (
            "track type=bedDetail\nchr1\t5\t90\tA\t0\t+\trs1\tlong text\n",
            (5, 90),
            "chrom=chr1 chromStart=5 chromEnd=90 name=A score=0 strand=+ ID=rs1 description=long text",
        ),
        (
            "chr\tstart\tend\tlength\tfold_enrichment\tname\nchr1\t6\t90\t85\t3\tp1\n",
            (5, 90),
            "chr=chr1 start=6 end=90 length=85 fold_enrichment=3 name=p1",
        ),
    ],
)
def test_every_column_of_a_line_has_the_name_that_the_file_or_the_format_gives_it(
    tmp_path: Path, text: str, place: tuple[int, int], said: str
) -> None:
    (tmp_path / "x.bed").write_text(text)
    assert records(tmp_path / "x.bed", *place) == [said]
    assert records(tmp_path / "x.bed", place[0], place[1] + 1) == []


def test_all_that_lie_on_one_place_are_said_up_to_twenty(tmp_path: Path) -> None:
    path = tmp_path / "x.bed.gz"
    path.write_bytes(gzip.compress(b"".join(b"chr1\t5\t9\tn%d\n" % number for number in range(30))))
    found = records(path, 5, 9)
    assert len(found) == MOST_RECORDS
    assert found[0] == "chrom=chr1 chromStart=5 chromEnd=9 name=n0"


def test_a_transcript_of_a_gtf_is_its_own_line_or_what_its_exons_have_in_common(tmp_path: Path) -> None:
    path = tmp_path / "x.gtf"
    exons = (
        GTF.format(kind="exon", start=101, end=200, more='exon_number "1";')
        + GTF.format(kind="exon", start=301, end=400, more='exon_number "2";')
        + 'chr1\tx\texon\t101\t150\t.\t+\t.\tgene_id "G2"; transcript_id "T2";\n'
    )
    path.write_text(exons)
    shared = "seqname=chr1 source=x feature=exon score=. strand=+ frame=. gene_id=G1 transcript_id=T1 gene_name=ONE"
    assert records(path, 100, 400, are_genes=True) == [f"{shared} lines=2"]
    own = GTF.format(kind="transcript", start=101, end=400, more='tag "basic";')
    path.write_text(exons + own + own.replace("chr1", "chr10"))
    assert records(path, 100, 400, are_genes=True) == [
        "seqname=chr1 source=x feature=transcript start=101 end=400 score=. strand=+ frame=."
        " gene_id=G1 transcript_id=T1 gene_name=ONE tag=basic"
    ]


def test_a_record_of_a_gff3_has_its_attributes_apart(tmp_path: Path) -> None:
    path = tmp_path / "x.gff3"
    path.write_text(
        "##gff-version 3\nchr1\tE\tgene\t101\t400\t.\t-\t.\tID=g1;Name=ONE\n"
        "chr1\tE\tmRNA\t101\t400\t.\t-\t.\tID=t1;Parent=g1;Note=a%2Cb\nchr1\tE\texon\t101\t400\t.\t-\t.\tParent=t1\n"
    )
    gene, transcript = records(path, 100, 400, are_genes=True)
    assert gene.endswith("strand=- frame=. ID=g1 Name=ONE")
    assert transcript.endswith("strand=- frame=. ID=t1 Parent=g1 Note=a,b")


@pytest.mark.parametrize("before", ["", "585\t"])
def test_a_line_of_a_gene_prediction_has_the_names_of_ucsc(tmp_path: Path, before: str) -> None:
    path = tmp_path / "refGene.txt"
    path.write_text(f"{before}NM_1\tchr1\t+\t100\t400\t150\t350\t2\t100,300,\t200,400,\t0\tONE\tcmpl\tcmpl\t0,1,\n")
    (found,) = records(path, 100, 400, are_genes=True)
    assert found.removeprefix("bin=585 ") == (
        "name=NM_1 chrom=chr1 strand=+ txStart=100 txEnd=400 cdsStart=150 cdsEnd=350 exonCount=2 exonStarts=100,300,"
        " exonEnds=200,400, score=0 name2=ONE cdsStartStat=cmpl cdsEndStat=cmpl exonFrames=0,1,"
    )
    assert found.startswith("bin=") is bool(before)


def test_a_record_of_a_bigbed_has_the_columns_of_bed(tmp_path: Path) -> None:
    path = tmp_path / "x.bb"
    rows = [("chr1", 5, 50, "g\t0\t+"), ("chr1", 5, 60, "h\t2\t-")]
    pybigtools.open(str(path), "w").write({"chr1": 1000}, iter(rows))
    assert records(path, 5, 60, "1") == ["chrom=chr1 chromStart=5 chromEnd=60 name=h score=2 strand=-"]


def test_a_line_too_far_down_to_be_looked_for_is_said_as_it_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.bed"
    path.write_text("chr1\t1\t2\ta\nchr1\t5\t9\tb\t3\t+\n")
    monkeypatch.setattr("ebert_core.genome.feature_records._MOST_LINES", 1)
    (found,) = records(path, 5, 9)
    assert found.startswith("chromosome=chr1 start=5 end=9 name=b")


@pytest.mark.parametrize("end", ["100000", "1e+05", "100000.0"])
def test_a_place_is_found_however_its_numbers_are_written(tmp_path: Path, end: str) -> None:
    path = tmp_path / "x.bed"
    path.write_text(f"chr1\t5\t9\ta\nchr1\t90000\t{end}\tb\n")
    assert records(path, 90_000, 100_000) == [f"chrom=chr1 chromStart=90000 chromEnd={end} name=b"]
