"""A session of IGV shows every predicted file from 0 to 1, under its name, on the right genome."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ebert_core.dataset.layout import Layout
from ebert_core.genome.sessions import read_other_session
from ebert_core.inference.igv import check_session, write_session
from ebert_core.inference.targets import Target
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest


def layout(assembly: str, reference: str = "") -> Layout:
    return Layout(name="x", assembly=assembly, reference=reference)


@pytest.fixture
def spec_of(tmp_path: Path) -> Callable[..., Predict]:
    def make(output: str = "x.bw", session: str = "x.xml", **more: Any) -> Predict:
        more |= {"output": str(tmp_path / output), "igv_session": str(tmp_path / session)}
        return Predict("checkpoint", "DATASET.toml", cell_type="K562", factor=("CTCF", 'A<&"B'), **more)

    return make


def session(spec: Predict, ending: str, known: Layout) -> ElementTree.Element:
    folder = Path(spec.output).parent
    targets = [Target("CTCF", 0, folder / f"CTCF{ending}", 0.5), Target('A<&"B', 1, folder / f"a&b{ending}", 0.5)]
    return ElementTree.parse(write_session(spec, targets, known)).getroot()


@pytest.mark.parametrize("ending", [".bw", ".bedgraph", ".bg.gz"])
def test_every_file_is_a_track_from_0_to_1_under_its_name(spec_of: Callable[..., Predict], ending: str) -> None:
    root = session(spec_of(f"{{factor}}{ending}"), ending, layout("hg19"))
    assert (root.tag, root.get("genome"), root.get("locus"), root.get("version")) == ("Session", "hg19", "All", "8")
    files = [f"CTCF{ending}", f"a&b{ending}"]
    assert [each.get("path") for each in root.iter("Resource")] == files
    tracks = list(root.iter("Track"))
    assert [each.get("id") for each in tracks] == files, "IGV finds the track of a file by its path"
    assert [each.get("name") for each in tracks] == ["CTCF K562", 'A<&"B K562']
    assert len({each.get("color") for each in tracks}) == 2
    for track in tracks:
        [scale] = track.findall("DataRange")
        assert (track.get("autoScale"), track.get("visible")) == ("false", "true")
        assert track.get("clazz") == "org.broad.igv.track.DataSourceTrack", "features have no scale"
        assert (scale.get("minimum"), scale.get("maximum"), scale.get("type")) == ("0.0", "1.0", "LINEAR")


def test_this_program_reads_what_it_writes_for_igv(spec_of: Callable[..., Predict], tmp_path: Path) -> None:
    session(spec_of("{factor}.bw"), ".bw", layout("hg19"))
    read = read_other_session(tmp_path / "x.xml")
    assert read.genome == "hg19"
    assert [(Path(track.path).name, track.name, track.low, track.high) for track in read.tracks] == [
        ("CTCF.bw", "CTCF K562", 0.0, 1.0),
        ("a&b.bw", 'A<&"B K562', 0.0, 1.0),
    ]
    assert read.left_out == ()


def test_calls_are_features_without_a_scale(spec_of: Callable[..., Predict]) -> None:
    root = session(spec_of("{factor}.bed.gz"), ".bed.gz", layout("hg38"))
    assert [each.get("clazz") for each in root.iter("Track")] == ["org.broad.igv.track.FeatureTrack"] * 2
    assert not list(root.iter("DataRange"))


def test_paths_are_relative_to_the_session_and_a_genome_that_igv_does_not_know_is_the_reference(
    spec_of: Callable[..., Predict], tmp_path: Path
) -> None:
    (tmp_path / "deeper").mkdir()
    root = session(spec_of(session="deeper/x.xml"), ".bw", layout("demo1", str(tmp_path / "genome/g.fa")))
    assert root.get("genome") == "../genome/g.fa"
    assert [each.get("path") for each in root.iter("Resource")] == ["../CTCF.bw", "../a&b.bw"]


@pytest.mark.parametrize(
    ("places", "locus"),
    [
        ({"locus": "chr2:1-500"}, "chr2:1-500"),
        ({"regions": ("chr2:1-500",)}, "chr2:1-500"),
        ({"chromosomes": ("chr2",)}, "chr2"),
        ({"chromosomes": ("chr2", "chr3")}, "All"),
        ({"regions": ("/x/regions.bed",)}, "All"),
    ],
)
def test_it_opens_where_the_prediction_is_when_that_is_one_place(
    spec_of: Callable[..., Predict], places: dict[str, str | tuple[str, str] | tuple[str]], locus: str
) -> None:
    assert session(spec_of(**places), ".bw", layout("hg19")).get("locus") == locus


@pytest.mark.parametrize(
    ("output", "path", "sentence"),
    [
        ("x.tsv", "x.xml", r"IGV shows no x\.tsv; write \.bw, \.bedgraph or \.bed\.gz"),
        ("x.tab.gz", "x.xml", r"IGV shows no x\.tab\.gz"),
        ("x.bw", "x.session", r"x\.session should end in \.xml"),
        ("x.bw", "absent/x.xml", "absent/x.xml cannot be written: there is no folder"),
        ("x.bw", "folder.xml", "it is a folder"),
    ],
)
def test_what_would_fail_at_the_end_is_refused_at_the_beginning(
    spec_of: Callable[..., Predict], tmp_path: Path, output: str, path: str, sentence: str
) -> None:
    (tmp_path / "folder.xml").mkdir()
    with pytest.raises(InvalidRequest, match=sentence):
        check_session(spec_of(output, path))
    check_session(spec_of("exports/x.bw", "exports/x.xml"))
