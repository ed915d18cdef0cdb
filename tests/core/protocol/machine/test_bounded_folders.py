"""What the program can do without is bounded by number and size; what was used lately is left alone."""

import os
import re
import time
from pathlib import Path

import pytest

from ebert_core.protocol.machine.bounded_folders import keep_bounded

NAME = re.compile(r"\d+\.fai")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(6):
        path = tmp_path / f"{number}.fai"
        path.write_bytes(b"x" * 100)
        used = time.time() - (6 - number) * 10 * 86_400
        os.utime(path, (used, used))
    return tmp_path


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_longest_unused_go_beyond_a_number(folder: Path) -> None:
    assert [path.name for path in keep_bounded(folder, NAME, 4, 10**9)] == ["1.fai", "0.fai"]
    assert left(folder) == ["2.fai", "3.fai", "4.fai", "5.fai"]


def test_the_longest_unused_go_beyond_a_size(folder: Path) -> None:
    keep_bounded(folder, NAME, 100, 250)
    assert left(folder) == ["4.fai", "5.fai"]


def test_nothing_else_and_nothing_used_within_a_day_goes(folder: Path, tmp_path: Path) -> None:
    os.utime(folder / "0.fai")
    (folder / "7.fai").symlink_to("/nowhere")
    (folder / "8.fai").mkdir()
    (folder / "notes").write_text("mine")
    keep_bounded(folder, NAME, 0, 0)
    assert left(folder) == ["0.fai", "7.fai", "8.fai", "notes"]
    assert keep_bounded(tmp_path / "absent", NAME, 0, 0) == []
