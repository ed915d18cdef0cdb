"""Regions of interest: their names, which comes next, and that they are kept and undone like tracks."""

from pathlib import Path

import pytest

from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.state.history import History
from ebert_gui.state.portable import shows_the_same
from ebert_gui.state.regions import around, region_beside, unused_name
from ebert_gui.state.session import Session, read_session, write_session
from ebert_gui.state.setup import Setup
from tests.gui.drawn import KINDS

LENGTHS = {"chr2": 1_000, "chr1": 1_000}


def region(chromosome: str, start: int, end: int, name: str = "") -> NamedRegion:
    return NamedRegion(Interval(chromosome, start, end), name)


A, B, C = region("chr2", 100, 200, "a"), region("chr2", 300, 301, "b"), region("chr1", 5, 9, "c")
REGIONS = (C, B, region("chrUn", 1, 2), A)


@pytest.mark.parametrize(
    ("chromosome", "start", "end", "after", "before"),
    [
        ("chr2", 0, 10, A, C),
        ("chr2", 80, 220, B, C),
        ("chr2", 250, 351, C, A),
        ("chr1", 0, 59, A, B),
        ("chr1", 500, 600, A, C),
        ("chrUn", 0, 10, A, C),
    ],
)
def test_regions_come_in_the_order_of_the_genome_and_round_again(
    chromosome: str, start: int, end: int, after: NamedRegion, before: NamedRegion
) -> None:
    here = Interval(chromosome, start, end)
    assert region_beside(REGIONS, here, LENGTHS, is_forward=True) == after
    assert region_beside(REGIONS, here, LENGTHS, is_forward=False) == before


def test_where_no_region_is_of_the_genome_there_is_none_to_go_to() -> None:
    assert region_beside((region("chrUn", 1, 2),), Interval("chr2", 0, 9), LENGTHS, is_forward=True) is None


def test_a_region_is_looked_at_with_room_at_its_sides_but_not_beyond_the_chromosome() -> None:
    assert around(Interval("chr1", 500, 1_500), 10_000) == Interval("chr1", 300, 1_700)
    assert around(Interval("chr1", 10, 11), 30) == Interval("chr1", 0, 30)


def test_new_regions_have_names_of_their_own() -> None:
    assert unused_name(()) == "Region 1"
    assert unused_name((region("c", 1, 2, "Region 1"), region("c", 1, 2, "Region 3"))) == "Region 2"


def test_regions_are_undone_kept_and_count_as_a_change(tmp_path: Path) -> None:
    history = History()
    history.change(history.setup.with_regions(REGIONS))
    session = Session(dataset="/d.toml", setup=history.setup)
    write_session(tmp_path / "s.json", session)
    assert read_session(tmp_path / "s.json", KINDS.read).session == session
    assert not shows_the_same(session, Session(dataset="/d.toml", setup=Setup()))
    history.undo()
    assert history.setup.regions == ()
