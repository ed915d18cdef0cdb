"""The genetic code."""

from collections import Counter
from itertools import product

from ebert_core.protocol.terms.bases import encode_bases
from ebert_core.protocol.terms.codons import START, STOP, amino_acids


def read(text: str) -> str:
    return "".join(letter or "?" for letter in amino_acids(encode_bases(text).reshape(-1, 3)))


def test_codons_stand_for_the_amino_acids_of_the_standard_code() -> None:
    # The first codons of human insulin.
    assert read("ATGGCCCTGTGGATGCGCCTCCTGCCC") == "MALWMRLLP"
    assert read("TTTCATAAAGACGGGTGGTGTCAGAATATATACTCC") == "FHKDGWCQNIYS"
    assert (read("ATG"), read("TAATAGTGA")) == (START, STOP * 3)


def test_every_codon_has_one_of_twenty_amino_acids_or_ends() -> None:
    times = Counter(read("".join("".join(bases) for bases in product("ACGT", repeat=3))))
    assert sum(times.values()) == 64
    assert len(times) == 21
    assert (times["L"], times["S"], times["R"], times["*"], times["M"], times["W"]) == (6, 6, 6, 3, 1, 1)


def test_a_codon_with_an_unknown_base_has_no_letter() -> None:
    assert read("ATGANGATG") == "M?M"
