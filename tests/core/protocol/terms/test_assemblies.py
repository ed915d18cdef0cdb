"""A genome under the name of another assembly is told by the lengths of its chromosomes."""

import pytest

from ebert_core.protocol.terms.assemblies import assembly_of_lengths, doubt_about, wrong_assembly

HG19 = {"chr20": 63_025_520, "chr21": 48_129_895}
HG38 = {"chr20": 64_444_167, "chr21": 46_709_983}


@pytest.mark.parametrize(
    ("lengths", "assembly"),
    [
        (HG19, "hg19"),
        (HG38, "hg38"),
        ({"1": 248_387_328}, "hs1"),
        ({"NC_000001.10": 249_250_621}, "hg19"),
        ({"chr1": 195_471_971, "chrM": 16_299}, "mm10"),
        ({"chrX": 169_476_592}, "mm39"),
        ({"chr1": 30_000}, ""),
        ({**HG19, "chr1": 248_956_422}, ""),
    ],
)
def test_lengths_tell_an_assembly_where_all_that_are_known_are_of_one(lengths: dict[str, int], assembly: str) -> None:
    assert assembly_of_lengths(lengths) == assembly


def test_the_name_of_another_known_assembly_is_wrong() -> None:
    wrong = wrong_assembly("GRCh38", HG19)
    assert wrong.startswith("the chromosomes are those of hg19, not of GRCh38: chr20 has 63,025,520 bases.")
    assert 'Write assembly = "hg19"' in wrong
    for fits in (("hg38", HG38), ("GRCh37", HG19), ("hg38", {"chr1": 30_000}), ("banane", HG19), ("", HG19)):
        assert wrong_assembly(*fits) == ""


def test_a_name_that_nobody_knows_passes_with_a_remark_that_names_those_that_are() -> None:
    assert doubt_about("hg38", HG38) == ""
    assert "hg18, hg19, hg38, hs1, mm9, mm10 and mm39" in doubt_about("banane", {"chr1": 30_000})
    assert 'write assembly = "hg19"' in doubt_about("banane", HG19)
    assert "parts of it, or another genome" in doubt_about("hg38", {"chr1": 30_000})
