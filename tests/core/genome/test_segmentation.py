"""States become sorted runs that lie apart, or a sentence."""

from pathlib import Path

import numpy as np
import pybigtools
import pytest

from ebert_core.genome.states import Segmentation
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

BED = """\
track name="s" itemRgb=On
chr1\t400\t800\t10_TssA\t0\t.\t400\t800\t255,0,0
chr1\t0\t400\tQuies
chr2\t0\t200\tQuies
"""


@pytest.fixture(params=["bed", "bigbed"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    found = tmp_path / f"s.{request.param}"
    if request.param == "bed":
        found.write_text(BED)
    else:
        rows = [
            ("chr1", 0, 400, "Quies"),
            ("chr1", 400, 800, "10_TssA\t0\t.\t400\t800\t255,0,0"),
            ("chr2", 0, 200, "Quies"),
        ]
        pybigtools.open(str(found), "w").write({"chr1": 1000, "chr2": 300}, iter(rows))
    return found


def test_unsorted_input_is_sorted_and_names_and_colours_are_kept(path: Path) -> None:
    states = Segmentation(path)
    assert sorted(states.names) == ["10_TssA", "Quies"]
    assert states.colours == {"10_TssA": "#ff0000"}
    runs = states.runs(Interval("chr1", 399, 401))
    assert runs.starts.tolist() == [0, 400]
    assert [states.names[index] for index in runs.ids] == ["Quies", "10_TssA"]


def test_ids_follow_the_given_names(path: Path) -> None:
    states = Segmentation(path, ["Het", "10_TssA", "Quies"])
    ids = states.ids_at("1", np.array([-5, 0, 399, 400, 799, 800]))
    assert ids.tolist() == [-1, 2, 2, 1, 1, -1]
    assert states.ids_at("chr7", np.array([5])).tolist() == [-1]


def test_a_state_outside_the_alphabet_is_refused_with_the_nearest(path: Path) -> None:
    with pytest.raises(InvalidRequest, match="state 10_TssA is not among the dataset's 2; did you mean 10_TssB"):
        Segmentation(path, ["Quies", "10_TssB"]).on("chr1")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("chr1\t300\t500\ta\nchr1\t0\t301\tb\n", r"line 1: this state begins before 301"),
        ("chr1\t0\t200\n", "line 1: the fourth column, the state's name, is absent"),
        ("# nothing\n", "holds no states"),
        ("".join(f"chr1\t{i}\t{i + 1}\tn{i}\n" for i in range(300)), "line 254: more than 253 names"),
    ],
)
def test_a_file_that_is_no_segmentation_gives_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "s.bed"
    path.write_text(text)
    with pytest.raises(InvalidRequest, match=sentence):
        Segmentation(path)


def test_a_chromosome_of_states_without_a_base_is_none(tmp_path: Path) -> None:
    (tmp_path / "s.bed").write_text("chr1\t5\t5\tE1\nchr2\t0\t200\tE2\n")
    assert Segmentation(tmp_path / "s.bed").chromosome_lengths == {"chr2": 200}


@pytest.mark.parametrize(
    ("text", "width"),
    [
        # The last run of a chromosome ends where the chromosome does.
        ("chr1\t0\t400\ta\nchr1\t400\t1000\tb\nchr1\t1000\t1013\ta\n", 200),
        ("chr1\t0\t400\ta\nchr1\t400\t450\tb\nchr2\t0\t200\ta\n", 400),
        ("chr1\t150\t400\ta\nchr1\t400\t450\tb\n", 50),
    ],
)
def test_the_width_of_bins_is_what_all_boundaries_are_multiples_of(tmp_path: Path, text: str, width: int) -> None:
    (tmp_path / "s.bed").write_text(text)
    assert Segmentation(tmp_path / "s.bed").bin_width == width
