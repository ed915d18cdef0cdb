"""Lines of a table are what the slow and obvious way would write, and lose nothing of a float32."""

import numpy as np
import pytest

from ebert_core.inference.lines import table_lines


@pytest.mark.parametrize(("start", "bins"), [(0, 3), (0, 250), (9_700, 40), (99_850, 4), (999_999_000, 30), (50, 1)])
def test_lines_are_those_of_ordinary_formatting(start: int, bins: int) -> None:
    scores = np.random.default_rng(start).random(bins).astype(np.float32)
    wanted = [f"chr7\t{start + 50 * i}\t{start + 50 * i + 200}\t{score:.8e}\n" for i, score in enumerate(scores)]
    assert table_lines("chr7", start, scores).decode() == "".join(wanted)


def test_every_float32_from_0_to_1_is_read_back_as_it_was() -> None:
    random = np.random.default_rng(3)
    bits = random.integers(0, np.float32(1).view(np.uint32), 50_000, dtype=np.uint32)
    edges = np.array(
        [0, 1, 0.1, 0.5, 9.9999999e-5, 1e-45, 1.1754944e-38, np.nextafter(np.float32(1), np.float32(0))], np.float32
    )
    scores = np.concatenate((bits.view(np.float32), edges))
    lines = table_lines("1", 0, scores).decode().splitlines()
    read = np.array([line.split("\t")[3] for line in lines], dtype=np.float64)
    np.testing.assert_array_equal(read.astype(np.float32), scores)
