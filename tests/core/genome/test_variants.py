"""Lines of VCF as people's files hold them: where the variant stands, of which kind it is, and what is said of it."""

from pathlib import Path

import pytest

from ebert_core.genome.kinds import kind_of_file
from ebert_core.genome.lines import BadLine
from ebert_core.genome.variants import KINDS, described, variant_of

PATH = Path("x.vcf")


def line(position: str, reference: str, alternative: str, info: str = ".", name: str = ".") -> list[str]:
    return ["chr1", position, name, reference, alternative, "50", "PASS", info]


@pytest.mark.parametrize(
    ("position", "reference", "alternative", "info", "start", "end", "kind"),
    [
        ("100", "A", "G", ".", 99, 100, "SNV"),
        ("100", "a", "g", ".", 99, 100, "SNV"),
        ("100", "A", "AT", ".", 99, 100, "insertion"),
        ("100", "ACG", "A", ".", 99, 102, "deletion"),
        ("100", "AC", "GT", ".", 99, 101, "other"),
        ("100", "A", "G,T", ".", 99, 100, "SNV"),
        ("100", "A", "G,AT", ".", 99, 100, "other"),
        ("100", "A", "G,<NON_REF>", "END=100", 99, 100, "SNV"),
        ("100", "A", "G,*", ".", 99, 100, "other"),
        ("100", "A", "*", ".", 99, 100, "deletion"),
        ("100", "N", "<DEL>", "SVTYPE=DEL;END=500", 99, 500, "deletion"),
        ("100", "N", "<DEL>", "SVLEN=-400", 99, 500, "deletion"),
        ("100", "N", "<DEL:ME:ALU>", "SVLEN=-400;END=480", 99, 480, "deletion"),
        ("100", "N", "<INS:ME>", "SVLEN=300;END=100", 99, 100, "insertion"),
        ("100", "N", "<INS>", "SVLEN=300", 99, 100, "insertion"),
        ("100", "N", "<DUP>", "END=500", 99, 500, "other"),
        ("100", "N", "<TRA>", "CHR2=chr9;END=5000000", 99, 100, "other"),
        ("100", "N", "<DEL>", "END=20", 99, 100, "deletion"),
        ("100", "N", "<DEL>", "END=x", 99, 100, "deletion"),
        ("100", "G", "G]chr17:198982]", "SVTYPE=BND;END=7", 99, 100, "other"),
        ("100", "T", "]13:123456]T", ".", 99, 100, "other"),
        ("100", "C", "C.", ".", 99, 100, "other"),
        ("100", "A", ".", ".", 99, 100, "reference block"),
        ("100", "A", "<NON_REF>", "END=900", 99, 900, "reference block"),
        ("100", "A", "<*>", "END=900", 99, 900, "reference block"),
        ("0", "N", "<DEL>", "END=40", 0, 40, "deletion"),
        ("100", "A", "G", "END=900", 99, 100, "SNV"),
    ],
)
def test_place_and_kind_are_as_the_specification_says(
    position: str, reference: str, alternative: str, info: str, start: int, end: int, kind: str
) -> None:
    found = variant_of(PATH, 1, line(position, reference, alternative, info))
    assert (found.chromosome, found.start, found.end, KINDS[found.kind]) == ("chr1", start, end, kind)


def test_what_is_drawn_of_a_line_is_kept_and_what_says_nothing_is_empty() -> None:
    assert variant_of(PATH, 1, line("7", "A", "G", name="rs1")).text == "rs1\tA\tG\t50\tPASS"
    assert variant_of(PATH, 1, ["chr1", "7", ".", "A", "G", ".", "."]).text == "\tA\tG\t\t"
    assert variant_of(PATH, 1, ["chr1", "7", ".", "A", "G"]).text == "\tA\tG\t\t"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (["chr1", "7", ".", "A"], "line 3: a VCF line has at least CHROM, POS, ID, REF and ALT"),
        (line("x", "A", "G"), "line 3: the position 'x' is not a whole number"),
        (line("-4", "A", "G"), "line 3: the position -4 is negative"),
        (line("7", "-", "G"), "line 3: the reference allele '-' is no sequence of bases"),
        (line("7", "A", "-"), "line 3: the allele '-' is none of VCF"),
        (line("7", "A", "G,"), "line 3: the allele '' is none of VCF"),
        (line("7", "N", "<DEL>", "END=999999999999999"), ""),
        (line("7", "N", "<DEL>", "SVLEN=-999999999999"), ""),
        (line("1099511627776", "AA", "G"), "beyond any chromosome"),
    ],
)
def test_a_line_that_makes_no_sense_says_why(fields: list[str], problem: str) -> None:
    if not problem:
        assert variant_of(PATH, 3, fields).end <= 1 << 40
        return
    with pytest.raises(BadLine, match=problem):
        variant_of(PATH, 3, fields)


def test_all_that_a_line_says_is_told_by_column_key_and_sample_with_the_alleles_that_genotypes_mean() -> None:
    fields = [*line("7", "A", "G,<DEL>", "DP=30;DB", "rs1"), "GT:DP", "0/1:12", "1|2:9", "./.", "0/9:1"]
    said = dict(described(fields, ("ann", "bob", "eve")))
    assert said["ALT"] == "G,<DEL>"
    assert (said["INFO DP"], said["INFO DB"]) == ("30", "yes")
    assert said["ann"] == "0/1 (A/G), DP 12"
    assert said["bob"] == "1|2 (G|<DEL>), DP 9"
    assert said["eve"] == "./."
    assert said["sample 4"] == "0/9 (A/9), DP 1"


@pytest.mark.parametrize(
    "content",
    [
        b"##fileformat=VCFv4.2\n",
        b"\xef\xbb\xbf##fileformat=VCFv4.1\r\n#CHROM\tPOS\tID\tREF\tALT\r\n",
        b"#CHROM\tPOS\tID\tREF\tALT\nchr1\t1\t.\tA\tG\n",
        b"CHROM\tPOS\tID\tREF\tALT\nchr1\t1\t.\tA\tG\n",
        b"chr1\t100\t.\tA\tG\t50\tPASS\tDP=3\n",
        b"1\t100\trs7\tA\t<DEL>,G\t50\tPASS\tDP=3\tGT\t0/1\n",
        b"# a note\n1 100 rs7 A G 50 PASS DP=3\n",
    ],
)
def test_a_vcf_is_known_by_its_content_with_its_header_or_without(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.txt").write_bytes(content)
    assert kind_of_file(tmp_path / "x.txt").kind == "variants"


def test_features_whose_fourth_column_is_a_letter_are_no_vcf(tmp_path: Path) -> None:
    (tmp_path / "x.bed").write_bytes(b"chr1\t100\t200\tA\tG\t50\tPASS\tDP=3\n")
    assert kind_of_file(tmp_path / "x.bed").kind == "features"
