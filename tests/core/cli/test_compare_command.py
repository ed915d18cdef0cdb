"""`ebert compare`: what it writes, what it prints, and what it refuses."""

from pathlib import Path

import numpy as np
import pyBigWig
import pytest

from ebert_core.cli.program import main


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    """A bedGraph with 8 on [0, 100) and 2 on [150, 200), and a bigWig with 2 on [0, 200)."""
    first, second = tmp_path / "first.bedgraph", tmp_path / "second.bw"
    first.write_text("chr1\t0\t100\t8\nchr1\t150\t200\t2\n")
    with pyBigWig.open(str(second), "w") as file:
        file.addHeader([("chr1", 400), ("chr2", 300)])
        file.addEntries(["chr1", "chr2"], [0, 0], ends=[200, 300], values=[2.0, 5.0])
    return [str(first), str(second)]


def values_in(path: Path, chromosome: str = "chr1") -> list[float]:
    """The values of every fiftieth base."""
    with pyBigWig.open(str(path)) as file:
        found: list[float] = file.values(chromosome, 0, file.chroms(chromosome))
    return found[25::50]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], [6, 6, -2, 0]),
        (["--keep-gaps"], [6, 6, np.nan, 0]),
        (["--by", "ratio", "--add", "0", "--keep-gaps"], [4, 4, np.nan, 1]),
        (["--by", "log2-ratio"], [np.log2(3), np.log2(3), np.log2(1 / 3), 0]),
        (["--smooth", "150"], [6, 10 / 3, 4 / 3, -1]),
    ],
)
def test_a_comparison_is_written_and_its_path_printed(
    paths: list[str],
    options: list[str],
    expected: list[float],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    output = tmp_path / "out.bw"
    assert main(["compare", *paths, *options, "--chromosomes", "chr1", "--output", str(output)]) == 0
    assert values_in(output)[:4] == pytest.approx(expected, rel=1e-5, nan_ok=True)
    assert capfd.readouterr().out == f"{output}\n"


def test_all_chromosomes_are_written_unless_some_are_named(paths: list[str], tmp_path: Path) -> None:
    assert main(["compare", *paths, "--output", str(tmp_path / "out.bw")]) == 0
    assert values_in(tmp_path / "out.bw", "chr2") == [-5.0] * 6


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--chromosomes", "chr9"], "There is no chromosome chr9 in these files; they have chr1, chr2."),
        (["--add", "-1"], "--add -1 makes no sense; it is 0 or more."),
        (["--smooth", "-5"], "--smooth -5 makes no sense; it is 0 or more bases."),
        (["--step", "0"], "Bins of 0 bases cannot be written; choose 1 to 10,000."),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    paths: list[str], options: list[str], why: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *paths, *options, "--output", str(tmp_path / "out.bw")]) == 2
    assert why in capfd.readouterr().err
    assert not (tmp_path / "out.bw").exists()


def test_a_file_is_not_written_over_itself(paths: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *paths, "--output", paths[1]]) == 2
    assert "is one of the files that are read; name another" in capfd.readouterr().err
