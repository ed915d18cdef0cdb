"""One gene model is the same thing in every format that has gene models."""

from collections.abc import Callable
from pathlib import Path

import pybigtools
import pytest

from ebert_core.genome.annotation import read_genes
from ebert_core.genome.bigfiles import BigBedFeatures
from ebert_core.genome.features import Feature, connected
from ebert_core.protocol.terms.locus import Interval

EXONS = ((100, 200), (300, 400), (500, 600))
CODING = ((150, 200), (300, 400), (500, 550))
SIZES, OFFSETS = "100,100,100,", "0,200,400,"
BIG_GENE_PRED = """table bigGenePred
"genes"
(
string chrom; "chromosome"
uint chromStart; "start"
uint chromEnd; "end"
string name; "transcript"
uint score; "score"
char[1] strand; "strand"
uint thickStart; "start of the coding part"
uint thickEnd; "end of the coding part"
uint reserved; "colour"
int blockCount; "exons"
int[blockCount] blockSizes; "their lengths"
int[blockCount] chromStarts; "their starts"
string name2; "another name"
string cdsStartStat; "status"
string cdsEndStat; "status"
int[blockCount] exonFrames; "frames"
string type; "type"
string geneName; "gene"
string geneName2; "another name"
string geneType; "type"
)
"""


def _text(path: Path, *lines: str) -> None:
    path.write_text("".join(f"{line}\n" for line in lines))


def _bed12(path: Path) -> None:
    _text(path, f"chr1\t100\t600\tONE\t0\t+\t150\t550\t0\t3\t{SIZES}\t{OFFSETS}")


def _gtf(path: Path) -> None:
    # The stop codon is no part of CDS in GTF.
    parts = [("exon", *each) for each in EXONS] + [("CDS", *each) for each in (*CODING[:2], (500, 547))]
    said = 'gene_id "G1"; transcript_id "T1"; gene_name "ONE";'
    rows = [("transcript", 100, 600), *parts, ("stop_codon", 547, 550)]
    _text(path, *(f"chr1\tx\t{kind}\t{start + 1}\t{end}\t.\t+\t.\t{said}" for kind, start, end in rows))


def _gff3(path: Path) -> None:
    parts = [("exon", *each) for each in EXONS] + [("CDS", *each) for each in CODING]
    rows = [
        ("gene", 100, 600, "ID=g1;Name=ONE"),
        ("mRNA", 100, 600, "ID=t1;Parent=g1"),
        *((kind, start, end, "Parent=t1") for kind, start, end in parts),
    ]
    lines = (f"chr1\tx\t{kind}\t{start + 1}\t{end}\t.\t+\t.\t{said}" for kind, start, end, said in rows)
    _text(path, "##gff-version 3", *lines)


def _gene_pred(path: Path, before: str = "") -> None:
    starts, ends = ("".join(f"{exon[side]}," for exon in EXONS) for side in (0, 1))
    _text(path, f"{before}T1\tchr1\t+\t100\t600\t150\t550\t3\t{starts}\t{ends}\t0\tONE\tcmpl\tcmpl\t0,1,2,")


def _ref_gene(path: Path) -> None:
    _gene_pred(path, "585\t")


def _big_gene_pred(path: Path) -> None:
    rest = f"T1\t0\t+\t150\t550\t0\t3\t{SIZES}\t{OFFSETS}\tx\tcmpl\tcmpl\t0,1,2,\tcoding\tONE\tx\tcoding"
    pybigtools.open(str(path), "w").write({"chr1": 9_000}, iter([("chr1", 100, 600, rest)]), autosql=BIG_GENE_PRED)


def _big_bed12(path: Path) -> None:
    rest = f"ONE\t0\t+\t150\t550\t0\t3\t{SIZES}\t{OFFSETS}"
    pybigtools.open(str(path), "w").write({"chr1": 9_000}, iter([("chr1", 100, 600, rest)]))


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("x.bed", _bed12),
        ("x.gtf", _gtf),
        ("x.gff3", _gff3),
        ("genePred.txt", _gene_pred),
        ("refGene.txt", _ref_gene),
        ("bigGenePred.bb", _big_gene_pred),
        ("x.bb", _big_bed12),
    ],
)
def test_a_gene_has_the_same_exons_and_coding_parts_in_every_format(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    path = tmp_path / name
    write(path)
    (gene,) = read_genes(path).touching(Interval("chr1", 0, 9_000))
    assert (gene.name, gene.start, gene.end, gene.strand) == ("ONE", 100, 600, "+")
    assert (gene.blocks, gene.coding, gene.transcripts) == (EXONS, CODING, 1)


def test_records_of_a_bigbed_without_names_are_genes_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "x.bb"
    rows = [("chr1", start, start + 300, ".\t0\t+") for start in (100, 200, 350)]
    pybigtools.open(str(path), "w").write({"chr1": 9_000}, iter(rows))
    found = read_genes(path).touching(Interval("chr1", 0, 250))
    assert [(gene.start, gene.transcripts) for gene in found] == [(100, 1), (200, 1)]


@pytest.mark.parametrize("here", [(0, 9_000), (100, 150), (800, 900), (690, 710)])
def test_a_gene_of_a_bigbed_is_folded_alike_whatever_part_of_it_is_asked_for(
    tmp_path: Path, here: tuple[int, int]
) -> None:
    path = tmp_path / "x.bb"
    # The longest coding transcript ends before the last one begins; one in the middle overlaps both.
    places = ((100, 600, 150, 550), (500, 800, 700, 790), (700, 900, 850, 890))
    rows = [("chr1", start, end, f"ONE\t0\t+\t{first}\t{last}") for start, end, first, last in places]
    pybigtools.open(str(path), "w").write({"chr1": 9_000}, iter(rows))

    def at(*place: int) -> list[Feature]:
        return read_genes(path).touching(Interval("chr1", *place))

    whole = at(0, 9_000)
    assert [(gene.start, gene.end, gene.transcripts) for gene in whole] == [(100, 600, 3)]
    assert at(*here) == [gene for gene in whole if gene.start < here[1] and gene.end > here[0]]


def test_transcripts_that_join_each_other_far_beyond_the_stretch_are_read_in_a_few_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.bb"
    rows = [("chr1", start, start + 150, "ONE\t0\t+") for start in range(100, 200_000, 100)]
    apart = [("chr1", 300_000, 300_100, "ONE\t0\t+")]
    pybigtools.open(str(path), "w").write({"chr1": 400_000}, iter([*rows, *apart]))
    read: list[int] = []
    transcripts = BigBedFeatures._transcripts

    def counted(self: BigBedFeatures, name: str, start: int, end: int, most: int | None = None) -> list[Feature]:
        read.append(end - start)
        return transcripts(self, name, start, end, most)

    monkeypatch.setattr(BigBedFeatures, "_transcripts", counted)
    (gene,) = read_genes(path).touching(Interval("chr1", 100, 200))
    assert gene.transcripts == len(rows)
    assert len(read) < 15
    assert sum(read) < 6 * 200_000


def test_features_are_joined_by_bases_that_they_share_and_not_where_they_meet() -> None:
    features = [
        Feature("chr1", start, end) for start, end in ((0, 10), (10, 20), (15, 30), (29, 35), (35, 40), (12, 12))
    ]

    def around(start: int, end: int) -> list[tuple[int, int]]:
        return [(each.start, each.end) for each in connected(features, start, end)]

    assert around(16, 17) == [(10, 20), (12, 12), (15, 30), (29, 35)]
    assert around(9, 10) == [(0, 10)]
    assert around(36, 90) == [(35, 40)]
    assert around(40, 90) == []
