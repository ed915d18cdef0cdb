"""A large regular BED or bedGraph file gives what its lines give, and any other is left to the readers of lines."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from ebert_core.genome import annotation, bed_table, regular, signal, states
from ebert_core.genome.annotation import read_features
from ebert_core.genome.bed import read_bed
from ebert_core.genome.bed_table import read_bed_table
from ebert_core.genome.features import Features
from ebert_core.genome.lines import Skipped
from ebert_core.genome.states import Segmentation
from ebert_core.genome.step_table import read_step_table
from ebert_core.genome.wiggle import read_steps
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.counted import counted

REGULAR = {
    "three columns": "chr2\t5\t9\nchr1\t7\t9\nchr1\t0\t100\nchr2\t5\t7\n",
    "no end of line": "chr1\t7\t9\nchr1\t0\t100",
    "a name": "chr1\t7\t9\tb\nchr1\t7\t9\ta\nchr1\t0\t9\t.\n",
    "a quoted name": 'chr1\t7\t9\t"b\nchr1\t9\t9\tc"d\n',
    "a score": "chr1\t7\t9\tb\t1000\nchr1\t8\t9\ta\t.\nchr1\t9\t9\tx\t-1.5e-3\nchr1\t9\t9\tx\tNA\n",
    "a strand": "1\t7\t9\tb\t1\t+\n1\t8\t9\ta\t0.1\t*\n1\t3\t9\ta\t+2.\t-\n",
    "BED9": "chr1\t7\t9\tb\t1\t+\t7\t8\t255,0,9\nchr1\t8\t9\ta\t0\t.\t.\t.\t0\nchr1\t1\t9\ta\t0\t.\t5\t2\t.\n",
    "broadPeak": "chr1\t7\t9\t.\t1\t+\t7.5\t8\t2e1\nchr1\t8\t9\ta\t0\t.\t.\t1\t1.5\n",
    "narrowPeak": "chr1\t7\t90\t.\t1\t+\t7.5\t8\t2e1\t40\nchr1\t8\t9\ta\t0\t.\t3\t-1\t1\t-1\n",
    "headings": "browser position chr1\ntrack name=x\n# note\n\nchrom\tstart\tend\nchr1\t7\t9\n",
}
ODD = {
    "a start that is no number": "chr1\t7\t9\nchr1\tx\t100\n",
    "a fraction": "chr1\t7\t9\nchr1\t1.0\t100\n",
    "a negative start": "chr1\t7\t9\nchr1\t-1\t100\n",
    "an end before its start": "chr1\t7\t9\nchr1\t9\t8\n",
    "a short line": "chr1\t7\t9\ta\nchr1\t9\t10\n",
    "a long line": "chr1\t7\t9\nchr1\t9\t10\ta\n",
    "a name that is absent": "chr1\t7\t9\ta\nchr1\t9\t10\t\n",
    "blanks around a name": "chr1\t7\t9\ta\nchr1\t9\t10\t b\n",
    "a comment between": "chr1\t7\t9\n#chr1\t9\t10\nchr1\t9\t10\n",
    "an instruction between": "chr1\t7\t9\ntrack name=x\nchr1\t9\t10\n",
    "an instruction with tabs": "chr1\t7\t9\ntrack\t5\t6\nchr1\t9\t10\n",
    "a blank line": "chr1\t7\t9\n\nchr1\t9\t10\n",
    "blanks for tabs": "chr1 7 9\nchr1 9 10\n",
    "a score that is no number": "chr1\t7\t9\ta\t1\nchr1\t9\t10\tb\tx\n",
    "an infinite score": "chr1\t7\t9\ta\t1\nchr1\t9\t10\tb\tinf\n",
    "a colour for a score": "chr1\t7\t9\ta\t1,2,3\nchr1\t9\t10\tb\t4,5,6\n",
    "a colour above 255": "chr1\t7\t9\ta\t0\t.\t7\t9\t1,2,3\nchr1\t9\t10\tb\t0\t.\t9\t10\t1,2,256\n",
    "a colour in hexadecimal": "chr1\t7\t9\ta\t0\t.\t7\t9\t#ff0000\n",
    "BED9 and broadPeak": "chr1\t7\t9\ta\t0\t.\t7\t9\t1,2,3\nchr1\t9\t10\tb\t0\t.\t9.5\t1\t2\n",
    "a summit that is absent": "chr1\t7\t9\ta\t0\t.\t7.5\t9\t1\t.\n",
    "a place beyond any chromosome": "chr1\t7\t9\nchr1\t9\t9999999999999\n",
    "a thick part beyond any chromosome": "chr1\t7\t9\ta\t0\t.\t7\t9999999999999\t0\n",
    "a summit beyond any chromosome": "chr1\t7\t9\ta\t0\t.\t7.5\t9\t1\t9999999999999\n",
    "seven columns": "chr1\t7\t9\ta\t0\t.\t8\n",
    "bedDetail": "track type=bedDetail\nchr1\t7\t9\ta\t1\n",
    "names as attributes": "#gffTags\nchr1\t7\t9\tName=a\n",
    "ends of lines of Windows": "chr1\t7\t9\r\nchr1\t9\t10\r\n",
    "an end of line of old Macs": "chr1\t7\t9\ta\nchr1\r\t9\t10\tb\n",
    "only comments": "# nothing\n",
    "a line that is no text": "chr1\t7\t9\ta\nchr1\t9\t10\t\udcff\n",
}


def written(folder: Path, text: str, name: str = "a.bed") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


@pytest.mark.parametrize("text", REGULAR.values(), ids=REGULAR)
def test_a_regular_file_gives_what_its_lines_give(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    by_lines = Features(path, read_bed(path))
    table = read_bed_table(path, least_bytes=0)
    assert table is not None
    by_table = Features.of(path, table)
    assert list(by_table) == list(by_lines)
    assert len(by_table) == len(by_lines)
    assert list(by_table.chromosome_lengths.items()) == list(by_lines.chromosome_lengths.items())


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_an_odd_file_is_left_to_the_reader_of_lines(tmp_path: Path, text: str) -> None:
    assert read_bed_table(written(tmp_path, text), least_bytes=0) is None


def many_lines() -> str:
    random = np.random.default_rng(3)
    starts = random.integers(0, 100_000, 3000)
    ends = starts + random.integers(0, 3000, 3000)
    names = random.choice(["1", "X", "2"], 3000)
    return "".join(
        f"{name}\t{start}\t{end}\tp{number}\t{number / 7}\t{'+-.'[number % 3]}\n"
        for number, (name, start, end) in enumerate(zip(names, starts, ends, strict=True))
    )


def test_places_are_found_as_among_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.bed.gz"
    halves = many_lines().encode()
    path.write_bytes(gzip.compress(halves[:50_000]) + gzip.compress(halves[50_000:]))
    by_lines = Features(path, read_bed(path))
    table = read_bed_table(path, least_bytes=0)
    assert table is not None
    by_table = Features.of(path, table)
    for start, end in ((0, 1), (500, 600), (99_000, 100_000), (7, 90_000), (200_000, 300_000), (100, 400)):
        place = Interval("chr1", start, end)
        assert by_table.touching(place) == by_lines.touching(place)
    assert table["X"].first(3) == by_lines.on("X").first(3)
    assert by_table.on("chr9").touching(0, 10) == []


def test_a_narrow_view_makes_no_more_features_than_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = read_bed_table(written(tmp_path, many_lines()), least_bytes=0)
    assert table is not None
    made = counted(monkeypatch, bed_table, "bed_feature")
    shown = table["1"].first(5)
    assert len(made) == len(shown) == 5
    table["1"].touching(0, 100_000)
    table["1"].touching(0, 100_000)
    assert len(made) == 5 + len(table["1"].starts)


def test_large_files_are_read_as_tables_and_small_ones_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, many_lines())
    read = counted(monkeypatch, annotation, "read_bed")
    by_lines = list(read_features(path))
    assert len(read) == 1
    monkeypatch.setattr(regular, "_LEAST_BYTES", 1000)
    assert list(read_features(path)) == by_lines
    assert len(read) == 1


def test_a_large_file_with_an_odd_line_is_read_but_for_that_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regular, "_LEAST_BYTES", 1000)
    path = written(tmp_path, many_lines() + "1\tx\t9\ty\t0\t.\n")
    with pytest.raises(InvalidRequest, match="line 3001: the start 'x' is not a whole number"):
        read_features(path)
    found = read_features(path, Skipped())
    assert len(list(found)) == 3000
    assert found.remarks[0].short == "1 line left out"


STATES = {
    "names": "2\t0\t200\tB\n2\t200\t400\tA\n1\t200\t400\tA\n1\t0\t200\tC\n1\t400\t600\tB\n",
    "colours": "1\t0\t200\tB\t0\t.\t0\t200\t0\n1\t200\t400\tA\t0\t.\t0\t0\t1,2,3\n1\t400\t600\tB\t0\t.\t0\t0\t4,5,6\n",
    "an empty line among them": "1\t0\t200\tB\n1\t200\t200\tA\n1\t200\t400\tC\n",
    "overlaps": "1\t0\t200\tB\n1\t150\t400\tA\n1\t300\t350\tC\n1\t390\t500\tB\n",
}


@pytest.mark.parametrize("text", STATES.values(), ids=STATES)
def test_states_of_a_table_are_those_of_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    path = written(tmp_path, text)
    by_lines = Segmentation(path, (), Skipped())
    monkeypatch.setattr(states, "read_bed_table", lambda path: read_bed_table(path, 0))
    monkeypatch.setattr(states, "read_bed", None)
    by_table = Segmentation(path, (), Skipped())
    assert (by_table.names, by_table.colours) == (by_lines.names, by_lines.colours)
    assert [remark.full for remark in by_table.remarks] == [remark.full for remark in by_lines.remarks]
    for chromosome in ("1", "2"):
        for found, expected in zip(by_table.on(chromosome), by_lines.on(chromosome), strict=True):
            np.testing.assert_array_equal(found, expected)


def test_a_state_that_the_dataset_lacks_is_named_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "read_bed_table", lambda path: read_bed_table(path, 0))
    with pytest.raises(InvalidRequest, match="line 2: the state A is not among the dataset's"):
        Segmentation(written(tmp_path, STATES["names"]), ("B", "C"))
    with pytest.raises(InvalidRequest, match="line 1: the fourth column, the state's name, is absent"):
        Segmentation(written(tmp_path, "1\t0\t9\n1\t9\t20\n"))


SIGNALS = {
    "values": "1\t0\t5\t1.5\nX\t5\t9\t-2\n1\t9\t12\t0\n1\t5\t9\t1e-3\n",
    "instructions": "track type=bedGraph\n# note\n1\t0\t5\t1\n",
    "no length": "1\t0\t5\t1\n1\t5\t5\t2\n1\t5\t9\t3\n",
}
ODD_SIGNALS = {
    "a gap": "1\t0\t5\t1\n1\t5\t9\tNA\n",
    "no number": "1\t0\t5\t1\n1\t5\t9\tnan\n",
    "an infinite value": "1\t0\t5\t1\n1\t5\t9\tinf\n",
    "a value beyond float32": "1\t0\t5\t1\n1\t5\t9\t-1e39\n",
    "an overlap": "1\t0\t5\t1\n1\t4\t9\t2\n",
    "headings": "chrom\tstart\tend\tvalue\n1\t0\t5\t1\n",
    "wig": "variableStep chrom=1\n5\t1.5\n",
    "a line of wig": "1\t0\t5\t1\nfixedStep chrom=1 start=1\n",
    "five columns": "1\t0\t5\t1\t2\n",
    "a negative start": "1\t-5\t5\t1\n",
}


@pytest.mark.parametrize("text", SIGNALS.values(), ids=SIGNALS)
def test_a_regular_bedgraph_gives_what_its_lines_give(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text, "a.bedGraph")
    table, by_lines = read_step_table(path, least_bytes=0), read_steps(path)
    assert table is not None
    assert list(table) == list(by_lines)
    for name, steps in by_lines.items():
        for found, expected in zip(table[name], steps, strict=True):
            np.testing.assert_array_equal(found, expected)
            assert found.dtype == expected.dtype


@pytest.mark.parametrize("text", ODD_SIGNALS.values(), ids=ODD_SIGNALS)
def test_an_odd_bedgraph_is_left_to_the_reader_of_lines(tmp_path: Path, text: str) -> None:
    assert read_step_table(written(tmp_path, text, "a.bedGraph"), least_bytes=0) is None


def test_a_large_bedgraph_is_read_as_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regular, "_LEAST_BYTES", 10)
    monkeypatch.setattr(signal, "read_steps", None)
    found = signal.open_signal(written(tmp_path, SIGNALS["values"], "a.bedGraph"))
    np.testing.assert_array_equal(found.per_base(Interval("chr1", 4, 10)), [1.5, 1e-3, 1e-3, 1e-3, 1e-3, 0])


def test_a_wide_view_of_steps_searches_their_positions_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = signal.open_signal(written(tmp_path, "1\t0\t5000000\t1\n1\t5000000\t9000000\t3\n", "a.bedGraph"))
    searched = counted(monkeypatch, np, "searchsorted")
    assert found.binned(Interval("1", 0, 9_000_000), 9).mean.tolist() == [1.0] * 5 + [3.0] * 4
    assert len(searched) == 2
