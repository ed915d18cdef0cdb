"""What the window gets of pairs of places: those of the highest values, and why some are drawn at one end."""

import math
from pathlib import Path

from ebert_core.dataset.description import Dataset
from ebert_core.genome.pairs import NOWHERE, End, Pair
from ebert_core.protocol.shapes import Arcs
from ebert_core.protocol.sources import PairedPlaces, read_request
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.open_dataset import OpenedDataset
from ebert_core.sources.pairs import arcs_for_screen
from ebert_core.sources.readers import Readers

HERE = Interval("chr1", 0, 1_000)


def test_pairs_of_a_bare_file_come_as_arcs_and_those_to_elsewhere_are_told(tmp_path: Path) -> None:
    path = tmp_path / "x.bedpe"
    path.write_text(
        "chr1\t100\t200\tchr1\t800\t900\tfar\t5\t+\t-\nchr2\t5\t9\tchr1\t150\t160\ttrans\nchr1\t7\t8\t.\t-1\t-1\tu\n"
    )
    opened = OpenedDataset()
    opened.open(lambda: Dataset.from_files((path,)))
    [arcs] = Readers().read(read_request((PairedPlaces(str(path)),), HERE), opened).shapes
    assert isinstance(arcs, Arcs)
    assert arcs.names == ("far", "trans", "u")
    assert arcs.elsewhere == ("", "chr2", "?")
    assert (arcs.starts.tolist(), arcs.other_starts.tolist()) == ([100, 150, 7], [800, 5, -1])
    assert arcs.strands == ("+-", "..", "..")
    assert arcs.values[0] == 5
    assert all(math.isnan(value) for value in arcs.values[1:])
    assert [(remark.short, remark.is_told) for remark in arcs.remarks] == [
        ("trans pairs", False),
        ("unknown ends", False),
    ]


def test_of_too_many_pairs_those_of_the_highest_values_are_shown_and_the_rest_counted() -> None:
    one = End("chr1", 0, 10)
    pairs = [Pair(one, End("chr1", 50, 60), str(number), float(number)) for number in range(2_500)]
    pairs += [Pair(one, NOWHERE, "none")]
    shown = arcs_for_screen(HERE, pairs)
    assert shown.omitted == 501
    assert min(map(int, shown.names)) == 500
    assert arcs_for_screen(HERE, pairs[:2_000]).omitted == 0
