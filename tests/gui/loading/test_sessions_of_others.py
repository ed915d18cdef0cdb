"""Sessions that another browser wrote are shown as far as they can be, and never written over."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ebert_gui.kinds.signal import SignalTrack
from tests.certain import present
from tests.gui.loading.saving import Window

IGV = """<Session genome="{genome}" locus="chr1:1,001-3,000">
<Resources><Resource path="tracks/a.bw"/><Resource path="r.bam"/><Resource path="gone.bw"/></Resources>
<Panel><Track id="tracks/a.bw" name="H3K27ac" color="0,0,178" altColor="178,0,0" height="77" renderer="POINTS">
<DataRange minimum="1" maximum="9" type="LOG"/></Track></Panel></Session>"""


@pytest.fixture
def igv(study: Path) -> Path:
    path = study / "s.xml"
    path.write_text(IGV.format(genome="hg19"))
    (study / "r.bam").write_text("x")
    return path


def test_a_session_of_igv_is_shown_as_far_as_it_can_be_and_the_rest_is_one_message(
    new_window: Callable[[], Window], study: Path, igv: Path
) -> None:
    window = new_window()
    places: list[str] = []
    window.saved.place_wanted.connect(places.append)
    window.saved.open(str(igv))
    window.saved.go_on()
    (track,) = [each for each in window.workspace.setup.tracks if isinstance(each, SignalTrack)]
    assert (track.path, track.title, track.height, track.colour) == (
        str(study / "tracks/a.bw"),
        "H3K27ac",
        77,
        "#0000b2",
    )
    drawn = track.drawn
    assert (drawn.below, drawn.form, drawn.spacing, drawn.low, drawn.high) == ("#b20000", "points", "log", 1.0, 9.0)
    assert places == ["chr1:1,001-3,000"]
    assert window.reports == [
        (
            "s.xml is a session of IGV: 1 track of it can be shown. Not shown: gone.bw, r.bam, the genome hg19.",
            f"gone.bw: {study}/gone.bw is not there\nr.bam: {study}/r.bam is not read.\n"
            "the genome hg19: open a dataset of it first, or add its sequence and genes to these files",
        )
    ]


def test_of_many_things_that_are_not_shown_the_first_are_named_and_all_are_in_the_details(
    new_window: Callable[[], Window], study: Path
) -> None:
    resources = "".join(f'<Resource path="{number}.bam"/>' for number in range(9))
    (study / "s.xml").write_text(f"<Session><Resources>{resources}</Resources></Session>")
    window = new_window()
    window.saved.open(str(study / "s.xml"))
    window.saved.go_on()
    ((sentence, details),) = window.reports
    assert sentence.endswith(
        "0 tracks of it can be shown. Not shown: 0.bam, 1.bam, 2.bam, 3.bam, 4.bam, 5.bam and 3 more."
    )
    assert len(details.splitlines()) == 9


def test_a_session_of_igv_is_never_written_over(new_window: Callable[[], Window], igv: Path) -> None:
    window = new_window()
    before = igv.read_bytes()
    window.saved.open(str(igv))
    window.saved.go_on()
    assert window.saved.path is None
    assert not window.saved.save()
    window.keeper.save()
    assert igv.read_bytes() == before


def test_files_of_a_session_of_igv_that_were_moved_are_looked_for_as_those_of_any(
    new_window: Callable[[], Window], study: Path, igv: Path, tmp_path: Path
) -> None:
    (study / "tracks").rename(tmp_path / "elsewhere")
    window = new_window()
    window.saved.open(str(igv))
    assert len(present(window.saved.searched).missing) == 2
    window.saved.look_in(str(tmp_path / "elsewhere"))
    window.saved.go_on()
    assert window.paths == [str(tmp_path / "elsewhere" / "a.bw")]
    assert "H3K27ac" in [track.title for track in window.workspace.setup.tracks]


def test_a_session_of_igv_joins_a_dataset_of_its_genome_and_replaces_another(
    new_window: Callable[[], Window], study: Path, igv: Path
) -> None:
    window = new_window()
    dataset = str(study / "DATASET.toml")
    window.opener.open_dataset(dataset)
    igv.write_text(IGV.format(genome="TOY1"))
    window.saved.open(str(igv))
    window.saved.go_on()
    assert present(window.workspace.dataset).path == dataset
    assert window.paths == [str(study / "tracks" / "a.bw")]
    assert "H3K27ac" in [track.title for track in window.workspace.setup.tracks]
    igv.write_text(IGV.format(genome="hg38"))
    window.saved.open(str(igv))
    window.saved.go_on()
    assert present(window.workspace.dataset).path == ""


def test_a_track_hub_joins_the_dataset_of_its_genome(new_window: Callable[[], Window], study: Path) -> None:
    text = (
        "hub x\nuseOneFile on\ngenome hg38\ngenome toy1\ntrack a\nshortLabel A\nbigDataUrl tracks/a.bw\ntype bigWig\n"
    )
    (study / "hub.txt").write_text(text)
    window = new_window()
    window.opener.open_dataset(str(study / "DATASET.toml"))
    window.saved.open(str(study / "hub.txt"))
    assert present(window.workspace.dataset).path == str(study / "DATASET.toml")
    assert [track.title for track in window.workspace.setup.tracks if track.word("path")] == ["A"]
    assert window.reports == [
        (
            "hub.txt is a UCSC track hub: 1 track of it can be shown. Not shown: its tracks of hg38.",
            "its tracks of hg38: one genome can be shown at a time",
        )
    ]


def test_signals_of_one_row_in_igv_are_one_row_here(new_window: Callable[[], Window], study: Path) -> None:
    (study / "s.xml").write_text(
        """<Session><Resources><Resource path="tracks/a.bw"/><Resource path="tracks/b.bw"/></Resources><Panel>
        <Track id="o" clazz="org.igv.track.MergedTracks"><Track id="tracks/a.bw" name="A" color="1,2,3"/>
        <Track id="tracks/b.bw" name="B" color="4,5,6"/></Track></Panel></Session>"""
    )
    window = new_window()
    window.saved.open(str(study / "s.xml"))
    (row,) = [track for track in window.workspace.setup.tracks if track.joined]
    assert [(layer.title, layer.word("path"), layer.colour) for layer in row.joined] == [
        ("A", str(study / "tracks/a.bw"), "#010203"),
        ("B", str(study / "tracks/b.bw"), "#040506"),
    ]
    assert window.paths == []
