"""An array of a store is compared with its sums block by block: what is read, before it is used, and once."""

import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ebert_core.dataset import stored_array
from ebert_core.dataset.stored_array import StoredArray, Sums
from ebert_core.protocol.terms.errors import InvalidRequest

WIDTH = 16  # bytes of a block: eight values
VALUES = np.arange(75, dtype=np.uint16)  # nine blocks, and one of three values


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_array, "BLOCK", WIDTH)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., StoredArray]]:
    """Opens the array whose bytes are in a file, with the sums of the right ones."""
    folder = os.open(tmp_path, os.O_RDONLY)
    sums = Sums()
    sums.add(VALUES.tobytes())

    def open_it(content: bytes = VALUES.tobytes(), count: int = len(VALUES)) -> StoredArray:
        (tmp_path / "x.u16").write_bytes(content)
        return StoredArray(tmp_path / "x.u16", folder, np.uint16, count, sums.of_blocks)

    yield open_it
    os.close(folder)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The first values of the blocks that were compared."""
    found: list[int] = []
    usual = zlib.crc32

    def noted(content: memoryview) -> int:
        found.append(int.from_bytes(bytes(content[:2]), "little"))
        return usual(content)

    monkeypatch.setattr(zlib, "crc32", noted)
    return found


@pytest.mark.parametrize("pieces", [1, 3, 16, 40, 150])
def test_sums_are_the_same_however_a_file_is_written(pieces: int) -> None:
    content, sums = VALUES.tobytes(), Sums()
    for start in range(0, len(content), pieces):
        sums.add(content[start : start + pieces])
    assert list(sums.of_blocks) == [zlib.crc32(content[at : at + WIDTH]) for at in range(0, len(content), WIDTH)]
    full = Sums()
    full.add(content[: 2 * WIDTH])
    assert len(full.of_blocks) == 2


def test_only_the_blocks_that_are_read_are_compared_and_each_once(
    opened: Callable[..., StoredArray], checked: list[int]
) -> None:
    array = opened()
    assert array.part(9, 16).tolist() == list(range(9, 16))
    assert checked == [8]
    assert array.part(15, 17).tolist() == [15, 16]
    assert checked == [8, 16]
    assert array.part(40, 40).tolist() == []
    windows = array.rows(np.array([3, 30, 72]), 3)
    assert windows.tolist() == [[3, 4, 5], [30, 31, 32], [72, 73, 74]]
    assert checked == [8, 16, 0, 24, 32, 72]
    array.check()
    assert sorted(checked) == list(range(0, 75, 8))
    array.check()
    assert len(checked) == 10


def test_damage_is_said_where_it_is_read_and_nowhere_else(opened: Callable[..., StoredArray]) -> None:
    content = bytearray(VALUES.tobytes())
    content[2 * 20] ^= 1  # in the block of 16 to 23
    array = opened(bytes(content))
    assert array.part(0, 16).tolist() == list(range(16))
    assert array.rows(np.array([24, 60]), 5)[1].tolist() == [60, 61, 62, 63, 64]
    for read in (lambda: array.part(15, 17), lambda: array.rows(np.array([0, 23]), 1), array.check):
        for _ in range(2):
            with pytest.raises(InvalidRequest, match=r"x\.u16 is damaged or absent; ebert prepare makes the store"):
                read()


@pytest.mark.parametrize("change", [lambda content: content[:-1], lambda content: content + b"x", lambda _: b""])
def test_a_file_of_another_size_is_damaged(
    opened: Callable[..., StoredArray], change: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(InvalidRequest, match="is damaged or absent"):
        opened(change(VALUES.tobytes()))
    with pytest.raises(InvalidRequest, match="is damaged or absent"):
        opened(VALUES[:60].tobytes(), 60)
