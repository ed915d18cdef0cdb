"""Submissions matched to labels by position, and what is refused."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ebert_core.dream import blocks
from ebert_core.dream.tables import Matched, cell_types_of, matched, read_labels, read_submission
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.certain import present

LABELS = """chr\tstart\tstop\tK562\tHepG2
chr1\t600\t800\tU\tB
chr1\t650\t850\tA\tU
chr1\t700\t900\tB\tU
chr8\t600\t800\tB\tA
chr8\t650\t850\tU\tU
"""
SCORES = "chr1\t600\t800\t0.1\nchr1\t650\t850\t0.2\nchr1\t700\t900\t3e-1\nchr8\t600\t800\t.4\nchr8\t650\t850\t-5\n"


@pytest.fixture
def labels_file(tmp_path: Path) -> Path:
    path = tmp_path / "CTCF.train.labels.tsv.gz"
    path.write_bytes(gzip.compress(LABELS.encode()))
    return path


@pytest.fixture
def scored(tmp_path: Path, labels_file: Path) -> Callable[..., Matched | None]:
    def run(text: bytes | str, cell_type: str = "K562", chromosomes: list[str] | tuple[()] = ()) -> Matched | None:
        submission = tmp_path / "F.CTCF.K562.tab"
        submission.write_bytes(text if isinstance(text, bytes) else text.encode())
        labels = read_labels(labels_file, cell_type, chromosomes)
        return matched(labels, submission, read_submission(submission, labels))

    return run


def test_ambiguous_bins_are_dropped_and_counted(scored: Callable[..., Matched | None]) -> None:
    found = scored(SCORES)
    assert present(found).scored.is_bound_X.tolist() == [False, True, True, False]
    assert present(found).scored.score_X.tolist() == [0.1, 0.3, 0.4, -5.0]
    assert (present(found).scored.ambiguous, present(found).is_in_order) == (1, True)


def test_another_cell_type_and_fewer_chromosomes(scored: Callable[..., Matched | None]) -> None:
    found = scored(SCORES, "HepG2", ["chr1"])
    assert present(found).scored.is_bound_X.tolist() == [True, False, False]
    assert present(found).scored.score_X.tolist() == [0.1, 0.2, 0.3]
    assert present(scored(SCORES, chromosomes=["8"])).scored.score_X.tolist() == [0.4, -5.0]


def test_gzip_of_several_members_windows_line_ends_and_a_missing_last_one_are_read(
    scored: Callable[..., Matched | None],
) -> None:
    lines = SCORES.encode().splitlines(keepends=True)
    expected = [0.1, 0.3, 0.4, -5.0]
    assert present(scored(b"".join(map(gzip.compress, lines)) + b"\0\0")).scored.score_X.tolist() == expected
    assert present(scored(SCORES.replace("\n", "\r\n"))).scored.score_X.tolist() == expected
    assert present(scored(SCORES.rstrip("\n"))).scored.score_X.tolist() == expected
    assert present(scored(SCORES + "\n\n")).scored.score_X.tolist() == expected


def test_other_rows_of_a_submission_are_not_looked_at(scored: Callable[..., Matched | None]) -> None:
    more = "chr2\t600\t800\tnan\nchr1\t0\t200\t9\n"
    found = scored(SCORES.replace("chr8\t600", more + "chr8\t600"))
    assert present(found).scored.score_X.tolist() == [0.1, 0.3, 0.4, -5.0]
    assert present(found).is_in_order
    assert present(scored(SCORES.replace("chr", ""))).scored.score_X.tolist() == [0.1, 0.3, 0.4, -5.0]


def test_rows_in_another_order_are_matched_and_told(scored: Callable[..., Matched | None]) -> None:
    found = scored("".join(reversed(SCORES.splitlines(keepends=True))))
    assert present(found).scored.score_X.tolist() == [0.1, 0.3, 0.4, -5.0]
    assert not present(found).is_in_order


@pytest.mark.parametrize("text", ["0.1234567890123456", "1e-320", "0.3", "2.2250738585072011e-308", "9007199254740993"])
def test_a_score_is_the_nearest_double(scored: Callable[..., Matched | None], text: str) -> None:
    assert present(scored(SCORES.replace(".4", text))).scored.score_X[2] == float(text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("chr1\t650\t850\t0.2\n", "", "lacks 1 of 5 labelled bins, the first is chr1 650 850"),
        ("chr8\t650", "chr8\t600\t800\t.4\nchr8\t650", "line 5: the bin chr8 600 800 comes a second time"),
        ("chr8\t650\t850", "chr8\t650\t900", "line 5: the bin ends at 900; in the labels it is chr8 650 850"),
        ("\t-5\n", "\t-5\t7\n", "line 5: a submission has the columns .* not 5"),
        ("\t0.2\n", "\n", "line 2: a submission has the columns .* not 3"),
        ("\t0.2\n", "\t\n", "line 2: the score '' is not a number"),
        ("\t0.2\n", "\tNA\n", "line 2: the score 'NA' is not a number"),
        ("\t0.2\n", "\tNaN\n", "line 2: the score NaN cannot be ranked"),
        ("\t0.2\n", "\t-inf\n", "line 2: the score -inf cannot be ranked"),
        ("\t650\t850\t0.2", "\tx650\t850\t0.2", "line 2: the start 'x650' is not a whole number"),
        ("\t650\t850\t0.2", "\t-650\t850\t0.2", "line 2: the start -650 is negative"),
        ("chr1\t600", "chr\tstart\tstop\tscore\nchr1\t600", "line 1: this is a header"),
        ("chr1\t600\t800\t0.1", "chr1 600 800 0.1", "line 1: a submission has the columns .* between tabs, not 1"),
        ("\n", "\n\n", "line 2: a submission has the columns"),
    ],
)
def test_a_submission_that_makes_no_sense_is_refused_with_its_line(
    scored: Callable[..., Matched | None], old: str, new: str, said: str
) -> None:
    with pytest.raises(InvalidRequest, match=said):
        scored(SCORES.replace(old, new, 1))


@pytest.mark.parametrize("size", [1, 40, 1 << 25])
def test_lines_are_counted_across_blocks(
    scored: Callable[..., Matched | None], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = "".join(f"chr7\t{start}\t{start + 200}\t0.5\n" for start in range(0, 5000, 50))
    monkeypatch.setattr(blocks._blocks, "__defaults__", None)
    monkeypatch.setattr(blocks.read_blocks, "__defaults__", (size,))
    monkeypatch.setattr(blocks, "_PACKED_BYTES", 64)
    assert present(scored(many + SCORES)).scored.score_X.tolist() == [0.1, 0.3, 0.4, -5.0]
    with pytest.raises(InvalidRequest, match="line 103: the score 'x' is not a number"):
        scored(many + SCORES.replace("3e-1", "x"))


def test_files_that_are_damaged_or_no_text_are_refused(scored: Callable[..., Matched | None]) -> None:
    packed = gzip.compress(SCORES.encode() * 200)
    with pytest.raises(InvalidRequest, match="damaged or cut short"):
        scored(packed[:-20])
    with pytest.raises(InvalidRequest, match="damaged or cut short"):
        scored(packed[:30] + b"\xff\xff\xff" + packed[33:])
    with pytest.raises(InvalidRequest, match="not a text file"):
        scored(SCORES + "\0")
    with pytest.raises(InvalidRequest, match="is empty"):
        scored("")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\tA\tU\n", "\tX\tU\n", "line 3: the label 'X' is none of U, A and B"),
        ("\tA\tU\n", "\tA\n", "line 3: the header has 5 columns, this line has 4"),
        ("chr8\t650", "chr1\t650", "line 6: the bin chr1 650 850 comes a second time"),
        ("chr\tstart\tstop\tK562\tHepG2\n", "", "line 1: a label file begins with the header"),
        ("K562", "K-562", "has no labels for K562; it has K-562, HepG2"),
        ("B\t", "U\t", "has no bound bin on chr1, chr8"),
    ],
)
def test_labels_that_make_no_sense_are_refused_with_their_line(
    scored: Callable[..., Matched | None], labels_file: Path, old: str, new: str, said: str
) -> None:
    labels_file.write_text(LABELS.replace(old, new))
    with pytest.raises(InvalidRequest, match=said):
        scored(SCORES)


def test_a_chromosome_without_labels_and_a_file_without_bins_are_refused(
    scored: Callable[..., Matched | None], labels_file: Path
) -> None:
    with pytest.raises(InvalidRequest, match="has no bins on chr21"):
        scored(SCORES, chromosomes=["chr1", "chr21"])
    labels_file.write_text(LABELS.partition("\n")[0] + "\n")
    with pytest.raises(InvalidRequest, match="has a header and no bins"):
        scored(SCORES)
    assert cell_types_of(labels_file) == ("K562", "HepG2")


def test_chromosomes_of_the_labels_may_come_in_pieces(scored: Callable[..., Matched | None], labels_file: Path) -> None:
    labels_file.write_text(LABELS + "chr1\t800\t1000\tB\tB\n")
    found = scored("chr1\t800\t1000\t7\n" + SCORES)
    assert present(found).scored.score_X.tolist() == [0.1, 0.3, 0.4, -5.0, 7.0]
    assert np.count_nonzero(present(found).scored.is_bound_X) == 3
