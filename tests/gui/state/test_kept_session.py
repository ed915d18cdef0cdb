"""The session file: kept, restored, and never the reason that something is lost."""

import errno
import json
import os
from pathlib import Path
from random import Random
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest
from msgspec.structs import replace

from ebert_core.protocol.terms.edits import BaseEdit, StateEdit
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.table import BUILT_IN
from ebert_gui.looks.feature_settings import GeneSettings
from ebert_gui.looks.prediction_arranged import PredictionSettings
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.state.pane import Pane, Span
from ebert_gui.state.recent import add_recent, read_recent, recent_file
from ebert_gui.state.session import Session, read_session, set_aside, write_session
from ebert_gui.state.session_files import (
    further_files,
    newest_sessions,
    numbered_files,
    session_file,
    session_of_nothing,
)
from ebert_gui.state.settings import Settings
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track, UnknownTrack
from tests.gui.drawn import KINDS


def test_a_session_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    session = Session(
        dataset="/data/DATASET.toml",
        setup=Setup(
            tracks=(
                GenesTrack(id="g"),
                SignalTrack(id="s", signal="DNase", drawn=SignalSettings(high=3.5)),
                PredictionTrack(id="p", cell_type="alpha", factor="CTCF", drawn=PredictionSettings(colour="#123456")),
                AttentionTrack(id="a", cell_type="alpha", head=2, is_map=True),
            ),
            panes=(Pane(span=Span("chr1", 10.25, 20)),),
        ),
        is_dark=True,
    )
    write_session(tmp_path / "deep" / "session.json", session)
    assert read_session(tmp_path / "deep" / "session.json", KINDS.read) == (session, "")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["session.json"]


def test_names_that_are_no_utf_8_are_kept(tmp_path: Path) -> None:
    path = os.fsdecode(b"/data/caf\xe9.bw")
    session = Session(files=(path,), setup=Setup(tracks=(SignalTrack(id="s", path=path),)))
    write_session(tmp_path / "session.json", session)
    assert read_session(tmp_path / "session.json", KINDS.read) == (session, "")
    add_recent((path,))
    assert read_recent() == ((path,),)


@pytest.mark.parametrize("place", ["whole", "unknown field", "track", "track of version 1"])
def test_brackets_without_end_are_a_fresh_start(tmp_path: Path, place: str) -> None:
    nested, kept = "[" * 200_000 + "]" * 200_000, tmp_path / "session.json"
    track = f'{{"type": "genes", "id": "g", "more": {nested}}}'
    written = {
        "whole": nested,
        "unknown field": f'{{"version": 2, "more": {nested}}}',
        "track": f'{{"version": 2, "dataset": "/d.toml", "setup": {{"tracks": [{track}]}}}}',
        "track of version 1": f'{{"version": 1, "dataset": "/d.toml", "tracks": [{track}]}}',
    }
    kept.write_text(written[place])
    assert "could not be read" in read_session(kept, KINDS.read).problem
    recent_file().parent.mkdir(parents=True, exist_ok=True)
    recent_file().write_text(nested)
    assert read_recent() == ()


FIRST = """{
  "version": 1, "dataset": "/d/D.toml", "files": ["/d/x.bed"], "checkpoint": "/d/c",
  "locus": {"chromosome": "chr2", "start": 1000, "end": 2000}, "cell_type": "alpha", "factor": "CTCF",
  "anchor": {"chromosome": "chr2", "start": 1500, "end": 1501}, "is_dark": true, "layout": "docks", "geometry": "here",
  "tracks": [
    {"type": "genes", "id": "g", "height": 0, "colour": "", "path": "", "name": "Genes"},
    {"type": "variants", "id": "v", "vcf": "/d/x.vcf"}
  ]
}"""


def test_a_session_of_the_first_version_opens_as_it_was_and_is_written_as_today(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text(FIRST)
    session, problem = read_session(path, KINDS.read)
    assert not problem
    assert (session.dataset, session.files, session.model) == ("/d/D.toml", ("/d/x.bed",), "/d/c")
    assert (session.is_dark, session.layout, session.geometry) == (True, "docks", "here")
    setup = session.setup
    assert setup.panes == (Pane(span=Span("chr2", 1000, 2000)),)
    assert (setup.cell_type, setup.factor, setup.anchor) == ("alpha", "CTCF", Interval("chr2", 1500, 1501))
    assert [track.title for track in setup.tracks] == ["Genes", "variants"]
    write_session(path, session)
    assert json.loads(path.read_text())["version"] == 2
    assert read_session(path, KINDS.read) == (session, "")
    path.write_text('{"dataset": "/d/D.toml", "locus": null}')
    assert read_session(path, KINDS.read) == (Session(dataset="/d/D.toml"), "")


SECOND = """{"version": 2, "dataset": "/d/D.toml", "setup": {"tracks": [
  {"type": "signal", "id": "a", "height": 0, "colour": "#123456", "cell_type": "alpha", "signal": "DNase", "path": "",
   "group": "DNase", "maximum": 3.5},
  {"type": "signal", "id": "b", "height": 90, "colour": "", "cell_type": "", "signal": "x", "path": "/x.bw",
   "group": "", "maximum": null},
  {"type": "signal", "id": "c", "height": 0, "colour": "", "cell_type": "", "signal": "y", "path": "", "group": "mine"},
  {"type": "prediction", "id": "d", "height": 0, "colour": "#654321", "cell_type": "alpha", "factor": "CTCF",
   "fits_view": true, "quantity": "predicted", "model": ""},
  {"type": "genes", "id": "e", "height": 0, "colour": "#abcdef", "path": "", "name": "Genes"}
]}}"""


def test_settings_that_stood_among_the_other_fields_of_a_track_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text(SECOND)
    session, problem = read_session(path, KINDS.read)
    assert not problem
    assert session.setup.tracks == (
        SignalTrack(
            id="a", cell_type="alpha", signal="DNase", drawn=SignalSettings(colour="#123456", high=3.5, group="")
        ),
        SignalTrack(id="b", height=90, signal="x", path="/x.bw"),
        SignalTrack(id="c", signal="y", drawn=SignalSettings(shared="group", group="mine")),
        PredictionTrack(
            id="d", cell_type="alpha", factor="CTCF", drawn=PredictionSettings(colour="#654321", fits_view=True)
        ),
        GenesTrack(id="e", drawn=GeneSettings(colour="#abcdef")),
    )
    write_session(path, session)
    assert read_session(path, KINDS.read) == (session, "")


_WORDS = ("", "alpha", "CTCF", "caf\udce9 \U0001f9ec", '"{\\', "\u2028")


def _value(kind: Any, random: Random) -> Any:
    """A value of a field of this type."""
    if get_origin(kind) is Annotated:
        value = _value(get_args(kind)[0], random)
        bounds = [
            (rule.ge or 0, rule.le)
            for rule in get_args(kind)[1:]
            if isinstance(rule, msgspec.Meta) and rule.le is not None
        ]
        return bounds[0][0] + value % (bounds[0][1] - bounds[0][0] + 1) if bounds and isinstance(value, int) else value
    if get_origin(kind) is Literal:
        return random.choice(get_args(kind))
    if get_origin(kind) in (Union, UnionType):
        return _value(random.choice(get_args(kind)), random)
    if get_origin(kind) is tuple:
        return tuple(_value(get_args(kind)[0], random) for _ in range(random.randrange(4)))
    if isinstance(kind, type) and issubclass(kind, Settings | Track):
        return kind(**{field.name: _value(field.type, random) for field in msgspec.structs.fields(kind)})
    numbers = {int: random.randrange(10**9), float: random.random() * 10.0 ** random.randrange(-9, 10)}
    values: dict[Any, Any] = {str: random.choice(_WORDS), bool: random.random() < 0.5, type(None): None, **numbers}
    return values[kind]


def _setup(random: Random) -> Setup:
    """Any set-up: tracks of every kind, each of their fields left alone or set."""
    tracks: list[Track] = []
    for number in range(random.randrange(12)):
        kind = random.choice(BUILT_IN).track
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        given = {name for name, field in fields.items() if field.required or random.random() < 0.5} - {"id"}
        values = {name: _value(fields[name].type, random) for name in sorted(given)}
        tracks.append(kind(id=f"t{number}", **values))
    tracks += [UnknownTrack(id="u", kind="new", written='{"type":"new","id":"u"}')] if random.random() < 0.3 else []
    edits = (BaseEdit("chr1", random.randrange(10**9), "T"), StateEdit("chr2", 5, random.randrange(10**9), "Tss"))
    places = [Span(random.choice(_WORDS), random.random() * 1e9, random.random() * 1e9) for _ in range(3)]
    return Setup(
        tracks=tuple(tracks),
        panes=tuple(Pane(f"p{number}", span) for number, span in enumerate(places[: random.randrange(1, 4)])),
        cell_type=random.choice(_WORDS),
        factor=random.choice(_WORDS),
        edits=edits[: random.randrange(3)],
        anchor=random.choice((None, Interval("chr1", 5, random.randrange(10**9)))),
    )


def _without_reasons(setup: Setup) -> Setup:
    """The set-up without the sentences on why a track cannot be read, which no file holds."""
    plain = UnknownTrack().sentence
    return setup.rewritten(
        lambda track: replace(track, sentence=plain, problem="") if isinstance(track, UnknownTrack) else track
    )


@pytest.mark.parametrize("seed", range(100))
def test_any_setup_comes_back_from_its_file_as_it_was(tmp_path: Path, seed: int) -> None:
    session = Session(dataset="/d/D.toml", setup=_setup(Random(seed)))
    write_session(tmp_path / "session.json", session)
    found = read_session(tmp_path / "session.json", KINDS.read)
    assert not found.problem
    assert replace(found.session, setup=_without_reasons(found.session.setup)) == session


def test_no_file_is_a_fresh_start_without_a_word(tmp_path: Path) -> None:
    assert read_session(tmp_path / "none.json", KINDS.read) == (Session(), "")


def test_a_corrupt_file_is_a_fresh_start_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    setups = (b'{"tracks": 5}', b'{"panes": []}', b'{"panes": [{"span": ["chr1", 1e999, 5]}]}', b'{"edits": [5]}')
    written = [b'{"version": 2, "setup": ' + setup + b"}" for setup in setups]
    for broken in (b"", b"{", b'{"tracks": 5}', b'{"dataset": 7}', b'{"version": "2"}', b"\xff\xfe", *written):
        path.write_bytes(broken)
        found = read_session(path, KINDS.read)
        assert found.session == Session()
        assert str(path) in found.problem


def test_a_session_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    # Whatever it holds: no field of today's says anything about it.
    path.write_text('{"version": 99, "setup": 5, "dataset": {"path": "/d.toml"}}')
    assert "newer version" in read_session(path, KINDS.read).problem


def test_a_track_that_cannot_be_read_is_kept_and_written_back_as_it_came(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    drawn = {"colour": "", "mode": "packed", "labelled": "name", "colour_by": "file", "is_folded": True}
    tracks = [
        {"type": "genes", "id": "g", "height": 0, "drawn": drawn, "path": "", "name": "Genes"},
        {"type": "variants", "id": "v", "vcf": "/d/x.vcf", "shown": {"deep": [1, None]}},
        {"type": "signal", "id": "s", "height": "tall"},
        17,
    ]
    path.write_text(json.dumps({"version": 2, "dataset": "/d/D.toml", "setup": {"tracks": tracks}}))
    found = read_session(path, KINDS.read)
    assert not found.problem
    genes, variants, tall, number = found.session.setup.tracks
    assert genes == GenesTrack(id="g")
    assert isinstance(variants, UnknownTrack)
    assert (variants.id, variants.title) == ("v", "variants")
    assert isinstance(tall, UnknownTrack)
    assert "height" in tall.problem
    assert isinstance(number, UnknownTrack)
    write_session(path, found.session)
    assert json.loads(path.read_text())["setup"]["tracks"] == tracks


def test_a_file_that_is_set_aside_has_a_name_that_nothing_overwrites(tmp_path: Path) -> None:
    places = set()
    for content in ("first", "second"):
        path = tmp_path / "session.json"
        path.write_text(content)
        places.add(set_aside(path))
        assert not path.exists()
    assert {place.read_text() for place in places} == {"first", "second"}
    assert all(place.suffix != ".json" for place in places)


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "session.json"
    write_session(path, Session(dataset="/d/old.toml"))

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_session(path, Session(dataset="/d/new.toml"))
    assert read_session(path, KINDS.read).session.dataset == "/d/old.toml"
    assert list(tmp_path.iterdir()) == [path]


def test_every_dataset_and_every_set_of_files_has_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    files = [
        session_file(str(tmp_path / "a" / "DATASET.toml"), ()),
        session_file(str(tmp_path / "b" / "DATASET.toml"), ()),
        session_file("", (str(tmp_path / "x.bw"),)),
        session_file("", (str(tmp_path / "x.bw"), str(tmp_path / "y.bw"))),
    ]
    assert len(set(files)) == 4
    assert session_file(str(tmp_path / "link" / "a" / "DATASET.toml"), ()) == files[0]
    assert session_file("", (str(tmp_path / "y.bw"), str(tmp_path / "x.bw"))) == files[3]


def test_the_newest_session_comes_first_and_what_was_set_aside_is_none() -> None:
    first, second = session_file("/d/a/D.toml", ()), session_file("/d/b/D.toml", ())
    assert newest_sessions() == []
    for number, path in enumerate((second, first)):
        write_session(path, Session(dataset="/d"))
        os.utime(path, (1000 + number, 1000 + number))
    assert newest_sessions() == [first, second]
    set_aside(first)
    assert newest_sessions() == [second]


@pytest.mark.parametrize(
    ("session", "is_of_dataset", "is_of_files", "is_empty"),
    [
        (Session(), False, False, True),
        (Session(dataset="/d/D.toml"), True, False, False),
        (Session(dataset="/other/D.toml"), False, False, False),
        (Session(files=("/x.bw", "/y.bw")), False, True, False),
        (Session(files=("/y.bw",)), False, False, False),
        (Session(dataset="/d/D.toml", files=("/x.bw",)), True, False, False),
    ],
)
def test_a_session_belongs_to_its_dataset_or_to_any_of_its_files(
    session: Session, is_of_dataset: bool, is_of_files: bool, is_empty: bool
) -> None:
    assert session.is_of("/d/D.toml", ()) is is_of_dataset
    assert session.is_of("", ("/x.bw", "/z.bw")) is is_of_files
    assert session.is_of("", ()) is False
    assert session.is_empty is is_empty


def test_sessions_lie_in_the_folder_of_settings_and_their_names_can_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert session_file("/data/human slices/DATASET.toml", ()).name.startswith("human-slices-DATASET-")
    assert session_file("", ("/data/b.bw", "/data/a.bw")).name.startswith("a.bw-")
    nothing = session_of_nothing()
    assert nothing.parent == session_file("/d/D.toml", ()).parent
    assert nothing.name == "nothing.json"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert session_of_nothing() == tmp_path / ".config" / "ebert-browser" / "sessions" / "nothing.json"


def test_sessions_of_further_windows_are_found_beside_the_first(tmp_path: Path) -> None:
    first = tmp_path / "work.json"
    assert further_files(tmp_path / "none" / "work.json") == []
    for name in ("work.json", "work-2.json", "work-10.json", "work-x.json", "homework-3.json", "work-2.json.aside"):
        (tmp_path / name).write_text("{}")
    assert [path.name for path in further_files(first)] == ["work-10.json", "work-2.json"]
    assert [path.name for path, _ in zip(numbered_files(first), range(2), strict=False)] == [
        "work-2.json",
        "work-3.json",
    ]


def test_the_first_file_set_aside_in_a_second_bears_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.strftime", lambda _words: "20260101T000000")
    names = []
    for _ in range(2):
        (tmp_path / "s.json").write_text("{}")
        names.append(set_aside(tmp_path / "s.json").name)
    assert names == ["s.json.aside-20260101T000000", "s.json.aside-20260101T000000-2"]
