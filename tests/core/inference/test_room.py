"""Before hours go into a prediction that the disk cannot hold, its first blocks tell how much it will need."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from ebert_core.inference.formats import format_of
from ebert_core.inference.room import Room
from ebert_core.inference.stretches import Block, Stretch

BINS = 100
BLOCK = Block("chr1", 0, BINS * 50, (Stretch("chr1", 0, BINS),))
VALUES = [np.full(BINS, 0.5, np.float32).tobytes()] * 2


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(1_000, 0, 1_000))
    return []


@pytest.mark.parametrize(
    ("name", "keeps_parts", "needed"),
    [
        # Two factors of 100 bins are 800 bytes, and ten such blocks are asked for; a bigWig has a third more.
        ("x.bw", False, "11 kB"),
        ("x.bw", True, "19 kB"),
        ("x.bed.gz", True, "8.8 kB"),
        ("x.tsv", True, "8.8 kB"),
    ],
)
def test_what_is_needed_is_that_of_all_blocks_in_parts_and_files(
    said: list[str], tmp_path: Path, name: str, keeps_parts: bool, needed: str
) -> None:
    Room(tmp_path, format_of(Path(name)), 10 * BINS, keeps_parts, said.append).look(BLOCK, VALUES, are_values=True)
    [sentence] = said
    assert sentence.startswith(f"WARNING: {tmp_path} has room for 1.0 kB, and about {needed} are needed")


def test_of_values_that_become_lines_the_lines_count(said: list[str], tmp_path: Path) -> None:
    lines = format_of(Path("x.tab.gz"))
    values = [np.random.default_rng(1).random(BINS, np.float32).tobytes()]
    written = len(lines.encode(BLOCK, np.frombuffer(values[0], np.float32)))
    assert written > 1_000
    Room(tmp_path, lines, BINS, False, said.append).look(BLOCK, values, are_values=True)
    Room(tmp_path, lines, BINS, False, said.append).look(BLOCK, values, are_values=False)
    assert len(said) == 1, "400 bytes that are the file have room"


def test_it_is_said_once_and_by_the_first_blocks(said: list[str], tmp_path: Path) -> None:
    look = Room(tmp_path, format_of(Path("x.bw")), 10 * BINS, False, said.append).look
    look(BLOCK, VALUES, are_values=True)
    look(BLOCK, VALUES, are_values=True)
    assert len(said) == 1
    late = Room(tmp_path, format_of(Path("x.bw")), BINS, False, said.append).look
    for content in ([b"1"] * 4) + [VALUES[0] * 10]:
        late(BLOCK, [content], are_values=False)
    assert len(said) == 1, "of a share that grows later, the disk itself tells"
