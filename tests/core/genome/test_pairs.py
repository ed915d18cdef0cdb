"""Pairs of places as people's files hold them, in BEDPE, interact and longrange, of whatever programs."""

import gzip
import math
from pathlib import Path

import pybigtools
import pytest

from ebert_core.genome.kinds import kind_of_file
from ebert_core.genome.lines import BadLine, Skipped
from ebert_core.genome.pair_files import BigPairs, Pairs, open_pairs
from ebert_core.genome.pairs import NOWHERE, End, Pair, pair_of
from ebert_core.protocol.terms.addresses import address_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.served import serving

PATH = Path("x.bedpe")
HERE, THERE = End("chr1", 100, 200), End("chr1", 800, 900)


def _pair(line: str, named: dict[str, int] | None = None) -> Pair:
    return pair_of(PATH, 3, line.split("\t"), named, Skipped())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("chr1\t100\t200\tchr1\t800\t900", Pair(HERE, THERE)),
        ("chr1\t100\t200\tchr1\t800\t900\ta\t5\t+\t-", Pair(HERE, THERE, "a", 5.0, "", "+-")),
        ("chr1\t800\t900\tchr1\t100\t200\ta\t5\t+\t-", Pair(HERE, THERE, "a", 5.0, "", "-+")),
        ("chr1\t100\t200\tchr1\t800\t900\t.\t.\t1\t-1", Pair(HERE, THERE, "", math.nan, "", "+-")),
        ("chr1\t100\t200\tchr1\t800\t900\ta\t5\t.\t.\t255,0,10", Pair(HERE, THERE, "a", 5.0, "#ff000a")),
        ("chr1\t100\t200\tchr1\t800\t900\ta\t5\t.\t.\t300,0,10", Pair(HERE, THERE, "a", 5.0)),
        ("chr1\t100\t200\tchr2\t5\t9\tt", Pair(HERE, End("chr2", 5, 9), "t")),
        ("chr2\t5\t9\tchr1\t100\t200\tt", Pair(End("chr2", 5, 9), HERE, "t")),
        ("chr1\t100\t200\t.\t-1\t-1\tu\t1\t+\t.", Pair(HERE, NOWHERE, "u", 1.0, "", "+.")),
        (".\t-1\t-1\tchr1\t100\t200\tu\t1\t.\t-", Pair(HERE, NOWHERE, "u", 1.0, "", "-.")),
        ("chr1\t100\t200\tchr2\t-1\t-1", Pair(HERE, NOWHERE)),
        ("chr1\t100\t200\tchr1:800-900,2.5", Pair(HERE, THERE, "", 2.5)),
        (
            "chr1\t100\t900\ti\t500\t3.2\texp\t#FF0000\tchr1\t100\t200\ta\t+\tchr1\t800\t900\tb\t.",
            Pair(HERE, THERE, "i", 3.2, "#ff0000", "+."),
        ),
        ("chr1\t100\t900\t.\t0\t0\t.\t0\tchr1\t800\t900\ta\t.\tchr1\t100\t200\tb\t.", Pair(HERE, THERE, "", 0.0)),
    ],
)
def test_a_line_is_two_ends_the_first_of_which_is_known_and_comes_first(line: str, expected: Pair) -> None:
    found = _pair(line)
    assert (math.isnan(found.value), math.isnan(expected.value)) in ((True, True), (False, False))
    assert found._replace(value=0.0) == expected._replace(value=0.0)
    assert math.isnan(expected.value) or found.value == expected.value


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("chr1\t100\t200", "a pair has at least two chromosomes"),
        ("chr1\t100\t200\tchr1\tx\t900", "the start 'x' is not a whole number"),
        ("chr1\t-7\t200\tchr1\t800\t900", "the start -7 is negative"),
        ("chr1\t100\t90\tchr1\t800\t900", "an end of the pair goes from 100 to 90"),
        (".\t-1\t-1\t.\t-1\t-1", "neither end of the pair has a place"),
    ],
)
def test_a_line_that_makes_no_sense_says_why(line: str, problem: str) -> None:
    with pytest.raises(BadLine, match=f"line 3: {problem}"):
        _pair(line)


def _written(path: Path, content: str) -> Path:
    path.write_bytes(gzip.compress(content.encode()) if path.suffix == ".gz" else content.encode())
    return path


LOOPS = "chr1\t100\t200\tchr1\t800\t900\tfar\t5\nchr1\t150\t150\tchr2\t5\t9\ttrans\t4\n"


@pytest.mark.parametrize("name", ["x.bedpe", "x.bedpe.gz", "x.txt"])
def test_pairs_are_found_by_either_end_and_not_by_what_lies_between(tmp_path: Path, name: str) -> None:
    path = _written(tmp_path / name, LOOPS)
    assert kind_of_file(path).kind == "pairs"
    file = open_pairs(path)
    assert isinstance(file, Pairs)
    assert [pair.name for pair in file.touching(Interval("1", 0, 120))] == ["far"]
    assert [pair.name for pair in file.touching(Interval("chr1", 850, 860))] == ["far"]
    assert file.touching(Interval("chr1", 300, 700)) == []
    assert [pair.name for pair in file.touching(Interval("chr1", 0, 1_000))] == ["far", "trans"]
    [trans] = file.touching(Interval("chr2", 0, 100))
    assert (trans.one, trans.other) == (End("chr2", 5, 9), End("chr1", 150, 150))
    assert file.touching(Interval("chr3", 0, 100)) == []
    assert file.chromosome_lengths == {"chr1": 900, "chr2": 9}
    assert [(span.start, span.end) for span in file.first("chr1", 5)] == [(100, 900), (150, 150)]


@pytest.mark.parametrize(
    "heading",
    [
        "#chr1\tx1\tx2\tchr2\ty1\ty2\tcolor\tobserved\tscore\tname",
        "chr1\tx1\tx2\tchr2\ty1\ty2\tcolour\tobserved\tvalue\tname",
        "chrom1\tstart1\tend1\tchrom2\tstart2\tend2\tColor\tobserved\tscore\tname",
    ],
)
def test_headings_say_which_column_holds_what(tmp_path: Path, heading: str) -> None:
    path = _written(tmp_path / "x.bedpe", f"{heading}\nchr1\t100\t200\tchr1\t800\t900\t0,0,255\t17\t2.5\tloop\n")
    assert kind_of_file(path).kind == "pairs"
    [pair] = open_pairs(path).touching(Interval("chr1", 0, 1_000))
    assert (pair.name, pair.value, pair.colour) == ("loop", 2.5, "#0000ff")


def test_bad_lines_cost_one_remark_and_a_bad_score_costs_the_score(tmp_path: Path) -> None:
    bad = "chr1\tx\t200\tchr1\t800\t900\nchr1\t100\t200\tchr1\t800\t900\ta\tlow\r\n"
    path = _written(tmp_path / "x.bedpe", "track name=x\r\n" + LOOPS + bad)
    file = open_pairs(path, Skipped())
    assert [remark.full for remark in file.remarks] == [
        "1 line left out, first line 4: the start 'x' is not a whole number.",
        "1 line read in part, first line 5: the score 'low' is not a number that can be drawn.",
    ]
    assert [pair.name for pair in file.touching(Interval("chr1", 0, 1_000))] == ["far", "trans", "a"]
    with pytest.raises(BadLine, match="line 4"):
        open_pairs(path)
    with pytest.raises(InvalidRequest, match="line 1"):
        open_pairs(_written(tmp_path / "y.bedpe", "chr1\tx\t200\tchr1\t800\t900\n"), Skipped())


_SQL = """table interact
"pairs"
(
string chrom; "a"
uint chromStart; "a"
uint chromEnd; "a"
string name; "a"
uint score; "a"
double value; "a"
string exp; "a"
string color; "a"
string sourceChrom; "a"
uint sourceStart; "a"
uint sourceEnd; "a"
string sourceName; "a"
string sourceStrand; "a"
string targetChrom; "a"
uint targetStart; "a"
uint targetEnd; "a"
string targetName; "a"
string targetStrand; "a"
)
"""
# A long record comes last: the library that writes them gives a block the end of its last one.
RECORDS = [
    ("chr1", 50, 60, "trans\t500\t4\te\t#ff0000\tchr1\t50\t60\ta\t.\tchr2\t5\t9\tb\t."),
    ("chr1", 100, 900, "far\t500\t5\te\t0\tchr1\t100\t200\ta\t.\tchr1\t800\t900\tb\t."),
    ("chr2", 5, 9, "trans\t500\t4\te\t#ff0000\tchr1\t50\t60\ta\t.\tchr2\t5\t9\tb\t."),
]


def write_interact(path: Path, records: list[tuple[str, int, int, str]]) -> Path:
    pybigtools.open(str(path), "w").write({"chr1": 10_000, "chr2": 10_000}, records, autosql=_SQL)
    return path


def test_a_bigbed_of_interact_is_known_by_its_columns_and_read_by_place(tmp_path: Path) -> None:
    path = write_interact(tmp_path / "x.bb", RECORDS)
    assert kind_of_file(path).kind == "pairs"
    file = open_pairs(path)
    assert isinstance(file, BigPairs)
    assert [pair.name for pair in file.touching(Interval("1", 55, 120))] == ["trans", "far"]
    assert file.touching(Interval("chr1", 300, 700)) == []
    [trans] = file.touching(Interval("chr2", 0, 100))
    assert (trans.one, trans.other, trans.colour) == (End("chr2", 5, 9), End("chr1", 50, 60), "#ff0000")
    assert (file.knows_lengths, file.chromosome_lengths) == (True, {"chr1": 10_000, "chr2": 10_000})
    assert [(span.start, span.end) for span in file.first("chr1", 5)] == [(50, 60), (100, 900)]
    assert file.remarks == ()


def test_a_bigbed_of_other_columns_is_no_interact(tmp_path: Path) -> None:
    path = tmp_path / "x.bb"
    pybigtools.open(str(path), "w").write({"chr1": 10_000}, [("chr1", 1, 9, "a\t5\t+")])
    assert kind_of_file(path).kind == "features"


def test_pairs_at_an_address_are_read_as_those_on_the_disk(tmp_path: Path) -> None:
    with serving() as served:
        served.files["x.bedpe"] = LOOPS.encode()
        served.files["x.bb"] = write_interact(tmp_path / "x.bb", RECORDS).read_bytes()
        for name in ("x.bedpe", "x.bb"):
            place = address_of(served.url(name))
            assert kind_of_file(place).kind == "pairs"
            assert [pair.name for pair in open_pairs(place).touching(Interval("chr1", 850, 860))] == ["far"]
