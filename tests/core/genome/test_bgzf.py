"""Packed lines and their index are what `bgzip` and `tabix` make: their readers find every line, and no other."""

import gzip
import io
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from Bio import bgzf as bgzf_reader

from ebert_core.genome.bgzf import IndexedLines


def lines_at(places: list[tuple[str, int, int]]) -> list[str]:
    return [f"{name}\t{start}\t{end}\tf\t{number}\n" for number, (name, start, end) in enumerate(places)]


def written(path: Path, places: list[tuple[str, int, int]], at_once: int) -> list[str]:
    """Writes lines of places, so many at once, with their index; returns the lines."""
    lines = lines_at(places)
    with path.open("wb") as file:
        table = IndexedLines(file)
        for name in dict.fromkeys(name for name, _, _ in places):
            rows = [row for row, place in enumerate(places) if place[0] == name]
            for first in range(0, len(rows), at_once):
                some = rows[first : first + at_once]
                texts = [lines[row].encode() for row in some]
                numbers = (
                    np.array([places[row][1] for row in some]),
                    np.array([places[row][2] for row in some]),
                    np.array([len(text) for text in texts]),
                )
                table.write(name, *numbers, b"".join(texts))
        table.finish()
    index = table.index()
    if index is not None:
        path.with_name(f"{path.name}.tbi").write_bytes(index)
    return lines


def many_places(seed: int, count: int, longest: int) -> list[tuple[str, int, int]]:
    chance = random.Random(seed)
    drawn = [(f"chr{chance.choice('125')}", chance.randrange(100_000_000)) for _ in range(count)]
    return [(name, start, start + chance.randint(1, longest)) for name, start in sorted(drawn)]


def test_every_reader_of_gzip_and_of_bgzf_reads_the_lines(tmp_path: Path) -> None:
    places = many_places(1, 20_000, 900)
    lines = written(tmp_path / "x.bed.gz", places, 700)
    assert gzip.decompress((tmp_path / "x.bed.gz").read_bytes()).decode() == "".join(lines)
    with (tmp_path / "x.bed.gz").open("rb") as file:
        blocks = list(bgzf_reader.BgzfBlocks(file))
    assert len(blocks) > 5
    assert [length for *_, length in blocks][-1] == 0, "the empty block that says nothing is missing"


@pytest.mark.parametrize(("longest", "at_once"), [(1, 1000), (900, 1), (3_000_000, 64)])
def test_tabix_finds_the_lines_of_any_place(tmp_path: Path, longest: int, at_once: int) -> None:
    if shutil.which("tabix") is None:
        pytest.skip("tabix is not installed")
    places = many_places(2, 3_000, longest)
    lines = written(tmp_path / "x.bed.gz", places, at_once)
    chance = random.Random(3)
    asked = [(f"chr{chance.choice('125')}", chance.randrange(100_000_000)) for _ in range(30)]
    for name, start in [*asked, *(place[:2] for place in places[::300])]:
        end = start + chance.choice((1, 1_000, 5_000_000))
        expected = [
            line
            for line, place in zip(lines, places, strict=True)
            if place[0] == name and place[1] < end and place[2] > start
        ]
        command = ["tabix", str(tmp_path / "x.bed.gz"), f"{name}:{start + 1}-{end}"]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        assert (ended.stdout, ended.stderr) == ("".join(expected), "")


def test_our_index_is_no_worse_than_that_of_tabix(tmp_path: Path) -> None:
    if shutil.which("tabix") is None:
        pytest.skip("tabix is not installed")
    written(tmp_path / "x.bed.gz", many_places(4, 5_000, 500), 100)
    ours = gzip.decompress((tmp_path / "x.bed.gz.tbi").read_bytes())
    subprocess.run(["tabix", "-f", "-p", "bed", tmp_path / "x.bed.gz"], check=True)
    theirs = gzip.decompress((tmp_path / "x.bed.gz.tbi").read_bytes())
    assert ours[:50] == theirs[:50], "the same header and names"


def test_lines_that_fill_blocks_to_the_last_byte_are_found(tmp_path: Path) -> None:
    line = b"chr1\t%07d\t%07d\t" + b"x" * (0xFF00 // 4 - 22) + b"\n"
    texts = [line % (number * 20_000, number * 20_000 + 50) for number in range(8)]
    assert {len(text) for text in texts} == {0xFF00 // 4}
    file = io.BytesIO()
    table = IndexedLines(file)
    starts = np.arange(8) * 20_000
    table.write("chr1", starts, starts + 50, np.full(8, len(texts[0])), b"".join(texts))
    table.finish()
    (tmp_path / "x.gz").write_bytes(file.getvalue())
    assert gzip.decompress(file.getvalue()) == b"".join(texts)
    assert table.index() is not None


def test_beyond_what_an_index_can_say_there_is_none(tmp_path: Path) -> None:
    written(tmp_path / "x.bed.gz", [("chr1", 5, 9), ("chr1", 600_000_000, 600_000_200)], 5)
    assert [each.name for each in tmp_path.iterdir()] == ["x.bed.gz"]
