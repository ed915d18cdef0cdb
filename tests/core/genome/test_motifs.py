"""Matrices of every spelling, and scores one can count by hand."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ebert_core.genome.motifs import (
    Matrices,
    find_motif,
    log_odds,
    motif_place,
    motif_scores,
    motifs_by_factor,
    read_motifs,
)
from ebert_core.protocol.terms.bases import encode_bases
from ebert_core.protocol.terms.errors import InvalidRequest

COUNTS = np.array([[9, 0, 0, 1], [0, 10, 0, 0], [0, 0, 8, 2]])
HOCOMOCO = ">one\n9 0 0 1\n0 10 0 0\n0 0 8 2\n"
JASPAR = ">one MA1\nA [ 9 0 0 ]\nC [ 0 10 0 ]\nG [ 0 0 8 ]\nT [ 1 0 2 ]\n"
MEME = (
    "MEME version 4\n\nALPHABET= ACGT\n\nMOTIF one\nletter-probability matrix: alength= 4 w= 3 nsites= 10\n"
    "0.9 0 0 0.1\n0 1 0 0\n0 0 0.8 0.2\n\nURL x\n"
)


TRANSFAC = "AC MA1\nXX\nID one\nXX\nPO\tA\tC\tG\tT\n01\t9\t0\t0\t1\n02 0 10 0 0 C\n03 0 0 8 2\nXX\nCC 5\n//\n"


@pytest.mark.parametrize("text", [HOCOMOCO, JASPAR, MEME, TRANSFAC, "# comment\n" + HOCOMOCO.replace(" ", "\t")])
def test_all_spellings_give_one_matrix(tmp_path: Path, text: str) -> None:
    (tmp_path / "m").write_text(text)
    np.testing.assert_allclose(read_motifs(tmp_path / "m")["one"].counts_W4, COUNTS)


def test_matrices_of_one_id_in_transfac_are_told_apart_by_their_accessions(tmp_path: Path) -> None:
    (tmp_path / "m").write_text(TRANSFAC + TRANSFAC.replace("MA1", "MA2"))
    assert list(read_motifs(tmp_path / "m")) == ["one", "MA2 one"]


def motifs_named(folder: Path, *heads: str, is_meme: bool = False) -> Path:
    text = (
        MEME.split("MOTIF")[0] + "".join(MEME[MEME.index("MOTIF") :].replace("MOTIF one", f"MOTIF {h}") for h in heads)
        if is_meme
        else "".join(HOCOMOCO.replace(">one", f">{head}") for head in heads)
    )
    (folder / "m").write_text(text)
    return folder / "m"


@pytest.mark.parametrize("is_meme", [False, True])
def test_the_factor_of_a_motif_is_what_its_name_says(tmp_path: Path, is_meme: bool) -> None:
    heads = (
        "CTCF_HUMAN.H11MO.0.A",
        "CTCF_HUMAN.H11MO.1.A",
        "NANOG.H13CORE.0.P.B",
        "MA0060.1 NFYA",
        "MA0099.3 MA0099.3.FOS::JUN",
        "MA0004.1_MA0004.1.Arnt",
        "MA0001.1",
        "MYC_MOUSE.H11MO.0.A",
    )
    assert motifs_by_factor(motifs_named(tmp_path, *heads, is_meme=is_meme)) == {
        "CTCF": "CTCF_HUMAN.H11MO.0.A",
        "NANOG": "NANOG.H13CORE.0.P.B",
        "NFYA": "MA0060.1",
        "FOS::JUN": "MA0099.3",
        "Arnt": "MA0004.1_MA0004.1.Arnt",
        "MYC": "MYC_MOUSE.H11MO.0.A",
    }


def brute_force(codes: NDArray[np.uint8], matrix: NDArray[np.float32]) -> NDArray[np.float64]:
    length, width = len(codes), len(matrix)
    best = np.full(length, -np.inf)
    for start in range(-width, length):
        for strand in (matrix, matrix[::-1, ::-1]):
            places = [codes[start + i] if 0 <= start + i < length else 4 for i in range(width)]
            score = sum(row.min() if code == 4 else row[code] for row, code in zip(strand, places, strict=True))
            centre = start + width // 2
            if 0 <= centre < length:
                best[centre] = max(best[centre], score)
    found: NDArray[np.float64] = best.reshape(-1, 50).max(axis=1)
    return found


def random_matrices() -> Matrices:
    random = np.random.default_rng(4)
    return Matrices({f"m{width}": random.normal(0, 2, (width, 4)) for width in (1, 6, 11, 20)})


def test_scores_are_the_best_of_both_strands_at_each_centre() -> None:
    matrices = random_matrices()
    codes = np.random.default_rng(5).integers(0, 5, 300).astype(np.uint8)
    expected = np.stack([brute_force(codes, matrix) for matrix in matrices.log_odds], axis=1)
    np.testing.assert_array_equal(motif_scores(codes, matrices), expected.astype(np.float16))


def test_scores_do_not_depend_on_where_a_sequence_is_cut() -> None:
    matrices = random_matrices()
    codes = np.random.default_rng(6).integers(0, 5, 900_000).astype(np.uint8)
    whole = motif_scores(codes, matrices)
    for start, end in [(100, 350), (399_900, 400_600), (777_000, 790_000)]:
        flanked = motif_scores(codes[start - 20 : end + 20], matrices, flank=20)
        np.testing.assert_array_equal(flanked, whole[start // 50 : end // 50])


def test_a_hit_scores_alike_on_either_strand_and_n_scores_worst() -> None:
    matrices = Matrices({"m": log_odds(COUNTS.astype(float))})
    forward, reverse = encode_bases("N" * 24 + "ACG" + "N" * 23), encode_bases("N" * 24 + "CGT" + "N" * 23)
    assert motif_scores(forward, matrices) == motif_scores(reverse, matrices)
    nothing = motif_scores(encode_bases("N" * 50), matrices)
    assert nothing == matrices.worst
    assert nothing < motif_scores(encode_bases("N" * 24 + "A" + "N" * 25), matrices)


def test_no_matrices_give_no_columns() -> None:
    assert motif_scores(encode_bases("A" * 100), Matrices({})).shape == (2, 0)


def test_a_motif_of_several_must_be_named(tmp_path: Path) -> None:
    (tmp_path / "m").write_text(HOCOMOCO + HOCOMOCO.replace("one", "two"))
    assert find_motif(tmp_path / "m", "two").name == "two"
    with pytest.raises(InvalidRequest, match="holds several motifs; name one as file#motif: it holds one, two"):
        find_motif(tmp_path / "m")
    with pytest.raises(InvalidRequest, match="does not hold the motif three"):
        find_motif(tmp_path / "m", "three")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hello\n", "line 1: a motif file begins with a line such as '>NAME'"),
        (">a\n1 2 3\n", "the matrix a is not made of rows of four numbers"),
        (">a\n1 2 3 x\n", "line 2: '1 2 3 x' is no row"),
        (">a\n1 2 3 -4\n", "the matrix a holds numbers that are no counts"),
        (">a\n", "the matrix a is not made of rows"),
        ("# nothing\n", "holds no motif matrix"),
    ],
)
def test_a_file_that_holds_no_motif_gives_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "m").write_text(text)
    with pytest.raises(InvalidRequest, match=sentence):
        read_motifs(tmp_path / "m")


@pytest.mark.parametrize("row", ["A [" + " " * 20_000 + "x", "A" + " 1" * 20_000 + " x", "A " + "[" * 20_000])
def test_a_long_line_that_is_no_row_is_refused_in_one_pass(tmp_path: Path, row: str) -> None:
    # A regular expression that gives blanks back took minutes.
    (tmp_path / "m.txt").write_text(f">FOS\n{row}\n")
    with pytest.raises(InvalidRequest, match=r"line 2: .* is no row of a motif matrix"):
        read_motifs(tmp_path / "m.txt")


@pytest.mark.parametrize("sites", ["1.2.3", "0", ".", "9" * 400])
def test_a_number_of_sites_that_makes_no_sense_leaves_the_probabilities_alone(tmp_path: Path, sites: str) -> None:
    text = f"MEME version 4\n\nMOTIF M\nletter-probability matrix: alength= 4 w= 1 nsites= {sites}\n 0.5 0.5 0 0\n"
    (tmp_path / "m.meme").write_text(text)
    assert np.isfinite(log_odds(read_motifs(tmp_path / "m.meme")["M"].counts_W4)).all()


def test_log_odds_are_against_equal_bases_with_a_quarter_of_a_count_more_for_each() -> None:
    odds = log_odds(np.array([[3.0, 0, 0, 0], [1, 1, 1, 1]]))
    np.testing.assert_allclose(odds, [[np.log2(3.25), -2, -2, -2], [0, 0, 0, 0]], rtol=1e-6)


def test_a_file_whose_own_name_holds_a_hash_is_itself(tmp_path: Path) -> None:
    for name in ("m", "m#one"):
        (tmp_path / name).touch()
    assert [motif_place(f"{tmp_path}/{text}") for text in ("m", "m#one", "m#one#x", "m#two")] == [
        (tmp_path / "m", ""),
        (tmp_path / "m#one", ""),
        (tmp_path / "m#one", "x"),
        (tmp_path / "m", "two"),
    ]
