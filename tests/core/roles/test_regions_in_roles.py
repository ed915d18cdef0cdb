"""The data role reads and writes regions of what is open."""

from pathlib import Path

import pytest

from ebert_core.protocol.regions import NamedRegion, NamedRegions, ReadRegions, WriteRegions, WrittenRegions
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import OpenFiles
from tests.core.roles.asking import data_role


def test_regions_are_written_and_read_with_the_chromosomes_of_what_is_open(tmp_path: Path) -> None:
    ask = data_role()
    sizes, bed = tmp_path / "toy.chrom.sizes", tmp_path / "r.bed"
    sizes.write_text("1\t1000\n2\t900\n")
    with pytest.raises(InvalidRequest, match="No dataset is open"):
        ask(ReadRegions(str(bed)))
    ask(OpenFiles((str(sizes),)))
    regions = (NamedRegion(Interval("chr2", 5, 9), "a"),)
    assert ask(WriteRegions(str(bed), regions)) == WrittenRegions(str(bed), 1)
    assert ask(ReadRegions(str(bed))) == NamedRegions((NamedRegion(Interval("2", 5, 9), "a"),))
