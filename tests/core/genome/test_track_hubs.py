"""UCSC track hubs: what they show, inherit and hide, in files and at addresses; a broken one is one sentence."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ebert_core.genome import track_hubs
from ebert_core.genome.kinds import kind_of_file
from ebert_core.genome.sessions import read_other_session
from ebert_core.protocol.other_sessions import LeftOut, OtherTrack
from ebert_core.protocol.terms.addresses import place_of
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.served import serving

HUB = {
    "hub.txt": "# mine\nhub mine\nshortLabel Mine\ngenomesFile genomes.txt\nemail a@b\n",
    "genomes.txt": "genome hg19\ntrackDb hg19/trackDb.txt\n\ngenome toy1\ntrackDb toy/tracks.txt\n"
    "twoBitPath toy/toy.2bit\ndefaultPos chr1:1-100\n",
    "hg19/trackDb.txt": "track only\nbigDataUrl only.bw\nshortLabel Only\ntype bigWig\nvisibility full\n",
    "toy/tracks.txt": """
track group
superTrack on show
shortLabel Group
color 1,2,3

    track signals
    parent group
    compositeTrack on
    visibility dense
    type bigWig 0 10
    viewLimits 0:30
    maxHeightPixels 100:40:11

        track a
        parent signals on
        shortLabel A
        bigDataUrl ../data/a.bw
        color 4,5,6
        altColor 7,8,9

        track b
        parent signals off
        shortLabel B
        bigDataUrl b.bw

        track c
        parent signals
        shortLabel C
        autoScale on
        graphTypeDefault points
        bigDataUrl \\
            c.bw

track reads
type bam
shortLabel Reads
visibility full
bigDataUrl r.bam

track hidden
type bigBed 9
bigDataUrl h.bb

track peaks
type bigBed 9
visibility pack
bigDataUrl p.bb
""",
}


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    return written(tmp_path, HUB) / "hub.txt"


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_hub_shows_its_tracks_of_the_wanted_genome_with_what_they_inherit(hub: Path) -> None:
    assert kind_of_file(hub).kind == "session"
    read = read_other_session(hub, "TOY1")
    folder = hub.parent
    assert (read.what, read.genome, read.locus) == ("a UCSC track hub", "toy1", "chr1:1-100")
    assert read.genome_files == (f"{folder}/toy/toy.2bit",)
    assert read.tracks == (
        OtherTrack(f"{folder}/data/a.bw", "A", 40, "#040506", "#070809", low=0.0, high=30.0),
        OtherTrack(f"{folder}/toy/c.bw", "C", 40, "#010203", form="points"),
        OtherTrack(f"{folder}/toy/p.bb", "peaks"),
    )
    assert read.left_out == (
        LeftOut("its tracks of hg19", "one genome can be shown at a time"),
        LeftOut("2 tracks", "the hub hides them"),
        LeftOut("Reads", "tracks of the type bam are not shown"),
    )


def test_without_the_wanted_genome_the_first_is_shown(hub: Path) -> None:
    assert [read_other_session(hub, genome).genome for genome in ("", "mm10")] == ["hg19", "hg19"]


def test_a_hub_may_be_one_file(tmp_path: Path) -> None:
    text = "hub x\nuseOneFile on\n\ngenome hg38\n\ntrack t\nbigDataUrl /d/t.bw\ntype bigWig\n"
    read = read_other_session(written(tmp_path, {"x.hub.txt": text}) / "x.hub.txt")
    assert (read.genome, [track.path for track in read.tracks]) == ("hg38", ["/d/t.bw"]), (
        "one that shows none shows all"
    )


def test_a_hub_on_a_server_names_files_of_that_server_and_no_others() -> None:
    files = {name: text.encode() for name, text in HUB.items()}
    files["toy/tracks.txt"] = (
        b"track a\nvisibility full\nbigDataUrl a.bw\n\ntrack b\nvisibility full\nbigDataUrl file:///etc/passwd\n\n"
        b"track c\nvisibility full\nbigDataUrl /root/c.bw\n\ntrack d\nvisibility full\nbigDataUrl http://other/d.bw\n"
    )
    with serving() as served:
        served.files.update(files)
        place = place_of(served.url("hub.txt"))
        assert kind_of_file(place).kind == "session"
        read = read_other_session(place, "toy1")
        assert [track.path for track in read.tracks] == [
            *(served.url("toy/a.bw"), served.url("root/c.bw"), "http://other/d.bw"),
        ]
        assert read.left_out[-1].name == "b"


def test_signals_that_a_hub_lays_over_each_other_are_of_one_row(tmp_path: Path) -> None:
    text = (
        "hub x\nuseOneFile on\ngenome g\ntrack both\ncontainer multiWig\naggregate transparentOverlay\n"
        "visibility full\ntype bigWig\ntrack a\nparent both\nbigDataUrl /a.bw\ntrack b\nparent both\nbigDataUrl /b.bw\n"
    )
    read = read_other_session(written(tmp_path, {"hub.txt": text}) / "hub.txt")
    assert [(track.path, track.overlay) for track in read.tracks] == [("/a.bw", "both"), ("/b.bw", "both")]


def test_more_tracks_than_a_window_can_hold_are_not_all_shown(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(track_hubs, "MOST_SHOWN", 2)
    read = read_other_session(hub, "toy1")
    assert [track.name for track in read.tracks] == ["A", "C"]
    assert LeftOut("2 tracks", "the first 2 are shown") in read.left_out


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"hub.txt": "hub x\n"}, "There is no file"),
        ({"hub.txt": "hub x\n", "genomes.txt": "trackDb x\n"}, "names no genome"),
        (
            {"hub.txt": "hub x\n", "genomes.txt": "genome g\ntrackDb t\n", "t": "track a\n"},
            "names no track",
        ),
        (
            {
                "hub.txt": "hub x\n",
                "genomes.txt": "genome g\ntrackDb t\n",
                "t": "track a\nparent b\nbigDataUrl x.bw\n\ntrack b\nparent a\n",
            },
            "is its own parent",
        ),
        ({"hub.txt": "hub x\nuseOneFile on\n\ngenome g\n\n" + "track a\n" * 200_001}, "larger than the settings"),
    ],
)
def test_a_broken_hub_is_one_sentence(tmp_path: Path, files: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidRequest) as told:
        read_other_session(written(tmp_path, files) / "hub.txt")
    assert words in str(told.value)
