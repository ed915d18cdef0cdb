"""Each region of a BED file becomes a picture with a name of its own."""

from pathlib import Path

import pytest

from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.app.places_to_draw import places_of

LENGTHS = {"chr1": 5_000}
PLACE = Interval("chr1", 1_000, 2_000)


def names(folder: Path, *named: str) -> list[str]:
    regions = [NamedRegion(PLACE, name) for name in named]
    return [each.path.name for each in places_of(regions, folder, ".svg", 0, LENGTHS)]


def test_a_picture_is_named_as_its_region_or_by_its_place(tmp_path: Path) -> None:
    assert names(tmp_path, "PHAX", "") == ["PHAX.svg", "chr1_1001-2000.svg"]


def test_regions_of_one_name_get_numbers_also_where_capitals_do_not_count(tmp_path: Path) -> None:
    assert names(tmp_path, "a", "A", "a", "a-2") == ["a.svg", "A-2.svg", "a-3.svg", "a-2-2.svg"]


@pytest.mark.parametrize(
    ("name", "file"), [("../up", "up.svg"), ("a/b c", "a_b_c.svg"), (".", "chr1_1001-2000.svg"), ("größe", "größe.svg")]
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str, file: str) -> None:
    assert names(tmp_path, name) == [file]


def test_bases_around_a_region_end_where_the_chromosome_does(tmp_path: Path) -> None:
    regions = [NamedRegion(Interval("chr1", 100, 200)), NamedRegion(Interval("chr1", 4_000, 4_900))]
    found = places_of(regions, tmp_path / "new" / "folder", ".png", 500, LENGTHS)
    assert [each.interval for each in found] == [Interval("chr1", 0, 700), Interval("chr1", 3_500, 5_000)]
    assert (tmp_path / "new" / "folder").is_dir()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidRequest, match=r"The folder .*file cannot be made"):
        places_of([NamedRegion(PLACE)], tmp_path / "file", ".png", 0, LENGTHS)
