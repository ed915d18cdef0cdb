"""Sessions of IGV: what they name and how it is drawn there, and that a hostile one is one sentence."""

import json
from pathlib import Path

import pytest

from ebert_core.genome.igv_terms import colour_of_igv
from ebert_core.genome.kinds import kind_of_file
from ebert_core.genome.sessions import read_other_session
from ebert_core.protocol.other_sessions import LeftOut, OtherTrack
from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

XML = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<Session genome="hg19" locus="chr2:1,001-3,000" nextAutoscaleGroup="2" version="8">
    <Resources>
        <Resource name="reads" path="tumour.bam" type="bam"/>
        <Resource path="../tracks/a%20b.bw" type="bw"/>
        <Resource path="http://server/x.bigWig" type="bigwig"/>
        <Resource path="genes.gtf"/>
        <Resource path="s3://bucket/y.bw"/>
        <Resource path="off.bed"/>
    </Resources>
    <Panel height="490" name="DataPanel" width="1349">
        <Track attributeKey="genes" clazz="org.broad.igv.track.FeatureTrack"
               id="genes.gtf" name="My genes" visible="true"/>
        <Track autoScale="false" altColor="178,0,0" clazz="org.broad.igv.track.DataSourceTrack"
               color="0,0,178" height="60" id="../tracks/a%20b.bw" name="H3K27ac &amp; more" renderer="LINE_PLOT"
               visible="true" windowFunction="mean">
            <DataRange baseline="0.0" drawBaseline="true" flipAxis="false" maximum="25.5" minimum="0.0" type="LOG"/>
        </Track>
        <Track autoScale="true" autoscaleGroup="1" id="http://server/x.bigWig" name="x">
            <DataRange maximum="9" minimum="0" type="LINEAR"/>
        </Track>
        <Track id="off.bed" name="Off" visible="false"/>
    </Panel>
    <Panel name="reads">
        <Track id="tumour.bam_coverage" name="reads Coverage"/>
        <Track id="tumour.bam" name="reads" visible="true"/>
    </Panel>
    <Panel height="100" name="FeaturePanel" width="1349">
        <Track clazz="org.broad.igv.track.SequenceTrack"
               id="Reference sequence" name="Reference sequence" visible="true"/>
        <Track clazz="org.broad.igv.track.FeatureTrack" id="hg19_genes" name="RefSeq Genes" visible="true"/>
    </Panel>
    <Regions><Region chromosome="chr1" description="mine" end="20" start="10"/></Regions>
</Session>
"""


@pytest.fixture
def xml(tmp_path: Path) -> Path:
    path = tmp_path / "sessions" / "s.xml"
    path.parent.mkdir()
    path.write_text(XML)
    return path


def test_a_session_in_xml_is_read_in_the_order_of_its_tracks(xml: Path) -> None:
    assert kind_of_file(xml).kind == "session"
    read = read_other_session(xml)
    assert read.regions == (NamedRegion(Interval("chr1", 10, 20), "mine"),)
    assert (read.what, read.genome, read.locus, read.genome_files) == (
        "a session of IGV",
        "hg19",
        "chr2:1,001-3,000",
        (),
    )
    here = xml.parent
    assert read.tracks == (
        OtherTrack(f"{here}/genes.gtf", "My genes"),
        OtherTrack(
            f"{here.parent}/tracks/a%20b.bw",
            "H3K27ac & more",
            60,
            "#0000b2",
            "#b20000",
            "line",
            is_log=True,
            low=0.0,
            high=25.5,
        ),
        OtherTrack("http://server/x.bigWig", "x", group="1"),
        OtherTrack(f"{here}/tumour.bam", "reads"),
    )
    assert read.left_out == (
        LeftOut("Off", "it is hidden in the session"),
        LeftOut("y.bw", "s3://bucket/y.bw is no file of this machine and no address of http."),
        LeftOut("RefSeq Genes", "it belongs to IGV's genome, not to a file of the session"),
    )


def test_a_genome_that_is_a_file_is_one_to_open(xml: Path) -> None:
    xml.write_text('<Session genome="../ref/my.fa" locus="All"><Resources/></Session>')
    read = read_other_session(xml)
    assert (read.genome, read.genome_files) == ("", (f"{xml.parent.parent}/ref/my.fa",))


def test_a_session_in_json_is_read_with_tracks_that_are_laid_over_each_other(tmp_path: Path) -> None:
    session = {
        "version": "2.15.0",
        "reference": {
            "id": "hg38",
            "fastaURL": "https://server/hg38.fa",
            "cytobandURL": "https://server/bands.txt",
            "tracks": [{"name": "Genes", "url": "//server/refGene.txt.gz"}],
        },
        "locus": ["chr1:1-100", "chr2:1-100"],
        "roi": [
            {"name": "mine", "features": [{"chr": "chr1", "start": 5, "end": 9}, {"chr": 1, "start": "x"}]},
            {"name": "file", "url": "r.bed"},
        ],
        "tracks": [
            {"type": "sequence"},
            {"type": "wig", "url": "a.bw", "name": "a", "color": "rgb(255, 0, 17)", "min": 0, "max": 10, "height": 9},
            {
                "type": "merged",
                "tracks": [
                    {"url": "b.bw", "graphType": "points", "autoscale": True, "max": 3, "color": "red"},
                    {"url": "c.bw", "logScale": True, "autoscaleGroup": "7", "min": 1},
                ],
            },
            {"type": "annotation", "name": "inline", "features": [{"chr": "chr1"}]},
            {"url": "data:application/gzip;base64,AAAA", "name": "inside"},
            {"url": 17},
            "no track",
        ],
    }
    path = tmp_path / "s.json"
    path.write_text(json.dumps(session))
    assert kind_of_file(path).kind == "session"
    read = read_other_session(path)
    assert (read.genome, read.locus) == ("hg38", "chr1:1-100")
    assert read.genome_files == ("https://server/hg38.fa", "https://server/bands.txt")
    assert read.tracks == (
        OtherTrack(f"{tmp_path}/a.bw", "a", 16, "#ff0011", low=0.0, high=10.0),
        OtherTrack(f"{tmp_path}/b.bw", "b.bw", colour="red", form="points", overlay="overlay 2"),
        OtherTrack(f"{tmp_path}/c.bw", "c.bw", is_log=True, group="7", overlay="overlay 2"),
        OtherTrack("https://server/refGene.txt.gz", "Genes"),
    )
    assert [(each.name, each.reason.split(" ")[0]) for each in read.left_out] == [
        ("inline", "it"),
        ("inside", "data:application/gzip;base64,AAAA"),
        ("a track", "it"),
        ("file", "import"),
    ]
    assert read.regions == (NamedRegion(Interval("chr1", 5, 9), "mine"),)


def test_what_igv_makes_of_tracks_and_what_a_server_has_for_others_is_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "s.xml"
    path.write_text(
        """<Session genome="hg19"><Resources><Resource path="a.bw"/><Resource path="~/b.bw"/>
        <Resource path="http://server/reads.BAM"/><Resource path="http://server/x.seg.gz"/></Resources>
        <Panel><Track id="88f1" name="Overlay" clazz="org.igv.track.MergedTracks">
        <Track id="a.bw" name="A" color="1,2,3"/><DataRange minimum="0" maximum="5"/></Track>
        <Track id="3" name="Sum" clazz="org.broad.igv.track.CombinedDataTrack"/></Panel></Session>"""
    )
    read = read_other_session(path)
    assert read.tracks == (
        OtherTrack(f"{tmp_path}/a.bw", "A", colour="#010203", low=0.0, high=5.0, overlay="88f1"),
        OtherTrack(str(Path.home() / "b.bw"), "b.bw"),
    )
    assert [(each.name, each.reason.split(";")[0]) for each in read.left_out] == [
        ("reads.BAM", "files that end in .bam are not shown"),
        ("x.seg.gz", "files that end in .seg are not shown"),
        ("Sum", "IGV computes it from other tracks"),
    ]


@pytest.mark.parametrize(
    ("written", "colour"),
    [
        ("1,2,300", "#0102ff"),
        ("rgba(1, 2, 3, 0.5)", "#010203"),
        ("#A0b1C2", "#A0b1C2"),
        ("red", "red"),
        ("", ""),
        ("1,2", ""),
        ("url(x)", ""),
    ],
)
def test_colours(written: str, colour: str) -> None:
    assert colour_of_igv(written) == colour


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("s.xml", f'<!DOCTYPE s [<!ENTITY l0 "ha">{_LAUGHS}]><Session>&l9;</Session>', "declares a document type"),
        ("s.xml", '<!DOCTYPE s SYSTEM "file:///etc/passwd"><Session/>', "declares a document type"),
        ("s.xml", "<Session><Resources>&undefined;</Resources></Session>", "undefined entity in line 1"),
        ("s.xml", "<Session>\n<Resources>", "no element found in line 2"),
        ("s.xml", '<?xml version="1.0" encoding="no-such"?><Session/>', "cannot be read as XML"),
        ("s.xml", "<html><Session/></html>", "it begins with <html>"),
        ("s.xml", f"<Session>{'<a>' * 200_000}", "cannot be read as XML"),
        ("s.xml", "<Session>" + "".join(f'<Resource path="{n}"/>' for n in range(2_001)), "more than 2,000"),
        ("s.json", '{"tracks": ' + "[" * 100_000, "cannot be read as JSON"),
        ("s.json", json.dumps({"locus": 1, "tracks": [{"url": "a"}] * 2_001}), "more than 2,000"),
        ("s.json", '{"tracks": 1}', "neither a session of this program nor one of IGV"),
        ("s.json", "[1]", "cannot be read as JSON"),
    ],
)
def test_a_hostile_or_damaged_session_is_one_sentence(tmp_path: Path, name: str, content: str, words: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InvalidRequest) as told:
        read_other_session(path)
    assert words in str(told.value)
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize("name", ["s.xml", "s.json"])
def test_a_session_without_end_is_refused_by_its_size(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(b"<Session>" if name.endswith("xml") else b'{"a": ')
        file.truncate(2**30)
    with pytest.raises(InvalidRequest, match="larger than 16 MiB"):
        read_other_session(path)


@pytest.mark.parametrize("values", [{"tracks": [None, 1, {"url": None}]}, {"tracks": [{"url": "a", "min": "x"}]}])
def test_values_of_other_types_in_json_are_no_mistake(tmp_path: Path, values: dict[str, object]) -> None:
    path = tmp_path / "s.json"
    odd = {"genome": 7, "locus": {}, "reference": [], "roi": "x", **values}
    path.write_text(json.dumps(odd))
    assert read_other_session(path).genome == ""
