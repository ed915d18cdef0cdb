"""However regions lie in a file, every place goes through the network once; a table has them in the file's order."""

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ebert_core.inference import order
from ebert_core.inference.export import predict_to_files
from ebert_core.inference.order import goes_along, in_order_of
from ebert_core.inference.parts import Parts
from ebert_core.inference.stretches import Block, Stretch, along_genome
from ebert_core.protocol.specs.jobs import Predict
from tests.core.toy_binding import LENGTHS, quiet


@pytest.fixture
def table_of(
    toy_binding: Path, toy_checkpoint: Path, tmp_path: Path
) -> Callable[[str, list[tuple[str, int, int]]], list[str]]:
    def make(name: str, regions: list[tuple[str, int, int]]) -> list[str]:
        (tmp_path / f"{name}.bed").write_text(
            "".join(f"{chromosome}\t{start}\t{end}\n" for chromosome, start, end in regions)
        )
        output = str(tmp_path / f"{name}.tab.gz")
        asked = (str(toy_checkpoint), str(toy_binding), "alpha", "FOS", output)
        spec = Predict(*asked, regions=(str(tmp_path / f"{name}.bed"),), precision="fp32", sidecar=False)
        [path] = predict_to_files(spec, quiet)
        return gzip.decompress(path.read_bytes()).decode().splitlines()

    return make


@pytest.mark.usefixtures("short_blocks")
def test_shuffled_bins_take_no_more_windows_than_sorted_ones(
    table_of: Callable[[str, list[tuple[str, int, int]]], list[str]],
    computed_tiles: list[tuple[str, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bins = [(name, at, at + 200) for name in LENGTHS for at in range(0, LENGTHS[name] - 199, 100)]
    expected = table_of("sorted", bins)
    needed = len(computed_tiles)
    kept: list[int] = []
    write = Parts.write

    def noted(self: Parts, number: int, block: list[bytes]) -> None:
        kept.append(number)
        write(self, number, block)

    monkeypatch.setattr(Parts, "write", noted)
    shuffled = random.Random(3).sample(bins, len(bins))
    del computed_tiles[:]
    found = table_of("shuffled", shuffled)
    assert len(computed_tiles) == needed
    assert len(kept) <= 27
    assert sorted(found) == sorted(expected)
    assert [line.split("\t")[:3] for line in found] == [[name, str(start), str(end)] for name, start, end in shuffled]


def test_bins_side_by_side_take_as_many_windows_as_the_region_that_they_fill(
    table_of: Callable[[str, list[tuple[str, int, int]]], list[str]], computed_tiles: list[tuple[str, int]]
) -> None:
    whole = table_of("whole", [("chr1", 0, 12_000)])
    needed = len(computed_tiles)
    del computed_tiles[:]
    assert table_of("bins", [("chr1", at, at + 200) for at in range(0, 11_801, 50)]) == whole
    assert len(computed_tiles) == needed


def test_a_region_that_is_asked_for_twice_is_computed_once_and_listed_twice(
    table_of: Callable[[str, list[tuple[str, int, int]]], list[str]], computed_tiles: list[tuple[str, int]]
) -> None:
    once = table_of("once", [("chr1", 0, 12_000)])
    needed = len(computed_tiles)
    del computed_tiles[:]
    assert table_of("twice", [("chr1", 0, 12_000), ("chr1", 0, 12_000)]) == [*once, *once]
    assert len(computed_tiles) == needed


def test_lines_are_encoded_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "_CHUNK_BINS", 5)
    wanted = [Stretch("chr1", start, 2) for start in (400, 0, 200, 100, 300, 0, 400)]
    along = [Stretch("chr1", 0, 10)]
    content = np.arange(10, dtype=np.float32).tobytes()
    sizes: list[int] = []

    def encode(block: Block, value_X: np.ndarray) -> bytes:
        sizes.append(block.bins)
        return value_X.tobytes()

    found = list(in_order_of(wanted, [(Block("chr1", 0, 1_000, tuple(along)), [content])], encode))
    assert sizes == [4, 4, 4, 2]
    values = np.frombuffer(b"".join(bytes_ for _, [bytes_] in found), dtype=np.float32)
    assert values.tolist() == [8, 9, 0, 1, 4, 5, 2, 3, 6, 7, 0, 1, 8, 9]


def test_what_goes_along_the_genome_is_told_from_what_jumps() -> None:
    lengths = {"b": 1_000, "a": 1_000}
    first, second, other = Stretch("b", 0, 2), Stretch("b", 100, 3), Stretch("a", 0, 4)
    assert goes_along([first, second, other], lengths)
    assert not goes_along([second, first], lengths)
    assert not goes_along([other, first], lengths)
    assert not goes_along([first, Stretch("b", 50, 3)], lengths)
    assert along_genome([other, Stretch("b", 50, 3), first], lengths) == [Stretch("b", 0, 4), other]
