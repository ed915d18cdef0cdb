"""A disk without room is found out before a library writes, which costs few bytes where room must be written for."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ebert_core.genome import disk_room
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.genome.disk_room import DiskRoom, allocate
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.counted import counted

MEGA = 1 << 20


@pytest.fixture
def cannot_allocate(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ext3, NFS before 4.2 and many FUSE systems."""
    monkeypatch.setattr(disk_room, "allocate", lambda *_: False)


def write_tiles(path: Path, tiles: int) -> DiskRoom:
    random = np.random.default_rng(1)
    with BigWigWriter(path, {"chr1": 10**9}) as writer:
        for tile in range(tiles):
            writer.append("chr1", tile * 500_000, 50, random.random(10_000))
        return writer._room


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for room")
def test_room_is_given_without_writing_where_the_file_system_can(tmp_path: Path) -> None:
    with tempfile.TemporaryFile(dir=tmp_path) as file:
        if not allocate(file.fileno(), 3 * MEGA):
            pytest.skip(f"{tmp_path} lies on a file system without fallocate")
        assert os.fstat(file.fileno()).st_size == 3 * MEGA
    assert write_tiles(tmp_path / "x.bw", 20).bytes_written == 0


def test_elsewhere_every_byte_is_written_about_once(tmp_path: Path, cannot_allocate: None) -> None:
    room = write_tiles(tmp_path / "x.bw", 150)
    size = (tmp_path / "x.bw").stat().st_size
    # Eight bytes for each of 1.5 million values, half of the file for its end, and what is held from the beginning;
    # room asked for at each of 150 tiles anew would be 150 times as much.
    assert 0 < room.bytes_written < 12_000_000 + size // 2 + 2 * 8 * MEGA
    assert [path.name for path in tmp_path.iterdir()] == ["x.bw"]


def test_room_is_asked_for_the_end_of_the_file_too_which_grows_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counted(monkeypatch, DiskRoom, "ask")
    write_tiles(tmp_path / "x.bw", 60)
    asked = [sizes for _room, *sizes in calls]
    written, more, later = asked[-1]
    assert written > MEGA
    assert more == 0
    assert later > written // 2
    assert (tmp_path / "x.bw").stat().st_size <= written + later
    # Before each write there is room for all of it, and nothing but its end comes after the last.
    sizes = [size for size, _, _ in asked]
    assert all(after <= size + now + more for (size, now, more), after in zip(asked, sizes[1:], strict=False))


def test_what_was_asked_for_is_there_afterwards_and_the_rest_is_held(tmp_path: Path, cannot_allocate: None) -> None:
    room = DiskRoom(tmp_path)
    room.ask(0, 20 * MEGA, 3 * MEGA)
    assert (room._length(), room.bytes_written) == (3 * MEGA, 23 * MEGA)
    room.ask(0, MEGA, 3 * MEGA)
    room.ask(0, 7 * MEGA, 3 * MEGA)
    assert room.bytes_written == 31 * MEGA, "eight are written at a time, and used up before any more are"
    room.ask(0, 1, 4 * MEGA)
    assert (room._length(), room.bytes_written) == (4 * MEGA, 40 * MEGA)
    room.give_back()
    assert room._length() == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fails_at", [1, 2])
def test_a_disk_that_fills_on_the_way_is_a_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cannot_allocate: None, fails_at: int
) -> None:
    waits = 0

    def fsync(_descriptor: int) -> None:
        nonlocal waits
        waits += 1
        if waits == fails_at:
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(
        InvalidRequest, match=r"x\.bw cannot be written: disk quota exceeded; at least .* needed there\.$"
    ):
        write_tiles(tmp_path / "x.bw", 150)
    assert waits == fails_at
    assert list(tmp_path.iterdir()) == []


def test_a_disk_with_less_room_than_that_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 5 * MEGA}))
    room = DiskRoom(tmp_path)
    room.ask(0, 2 * MEGA, 3 * MEGA)
    with pytest.raises(OSError, match="No space left"):
        room.ask(0, 2 * MEGA, 3 * MEGA + 1)
    assert room.bytes_written == 0


@pytest.fixture
def small_ext3(tmp_path: Path) -> Iterator[Path]:
    """A file system without fallocate that has 24 MB."""
    image, place = tmp_path / "image", tmp_path / "mounted"
    image.write_bytes(bytes(32 * MEGA))
    place.mkdir()
    for command in (["mkfs.ext3", "-q", str(image)], ["mount", "-o", "loop", str(image), str(place)]):
        try:
            ended = subprocess.run(command, capture_output=True, check=False)
        except OSError as error:
            pytest.skip(f"{command[0]} cannot be run: {error}")
        if ended.returncode:
            pytest.skip(f"{command[0]} is not allowed here: {ended.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_on_ext3_a_file_is_written_or_the_disk_is_said_to_be_full(small_ext3: Path) -> None:
    room = write_tiles(small_ext3 / "x.bw", 100)
    assert 0 < room.bytes_written < 25 * MEGA
    with pytest.raises(
        InvalidRequest, match=r"y\.bw cannot be written: no space left on device; at least .* needed there\.$"
    ):
        write_tiles(small_ext3 / "y.bw", 1500)
    assert sorted(path.name for path in small_ext3.iterdir()) == ["lost+found", "x.bw"]


@pytest.mark.parametrize("holds", [False, True])
def test_a_file_of_a_kilobyte_is_written_where_there_is_half_a_megabyte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holds: bool
) -> None:
    if holds:
        monkeypatch.setattr(disk_room, "allocate", lambda *_: False)
    asked = counted(monkeypatch, DiskRoom, "ask")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": MEGA // 2}))
    with BigWigWriter(tmp_path / "x.bw", {"chr1": 10**9}) as writer:
        writer.append("chr1", 0, 50, np.linspace(0, 1, 200))
        room = writer._room
    assert (tmp_path / "x.bw").stat().st_size < 4_000
    assert max(now + later for _room, _size, now, later in asked) < MEGA // 2
    assert room.bytes_written < MEGA
    with (
        pytest.raises(InvalidRequest, match=r"no space left on device; at least 1\.2 MB more are needed there"),
        BigWigWriter(tmp_path / "y.bw", {"chr1": 10**9}) as writer,
    ):
        writer.append("chr1", 0, 50, np.linspace(0, 1, 50_000))


@pytest.mark.parametrize("every", [1, 2, 20])
@pytest.mark.parametrize("count", [1, 200, 30_000])
def test_no_file_outgrows_what_was_asked_for_however_many_gaps_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int, count: int
) -> None:
    asked = counted(monkeypatch, DiskRoom, "ask")
    values = np.full(count * every, np.nan)
    values[::every] = np.random.default_rng(1).random(count)
    with BigWigWriter(tmp_path / "x.bw", {"chr1": 10**9}) as writer:
        writer.append("chr1", 0, 50, values)
    _room, size, now, later = asked[-1]
    assert (tmp_path / "x.bw").stat().st_size <= size + now + later
