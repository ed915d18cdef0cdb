"""The session file: kept, restored, and never the reason that something is lost."""

import errno
import json
import os
from pathlib import Path

import pytest

from ebert_core.protocol.locus import Interval
from ebert_gui.state.session import Session, read_session, set_aside, write_session
from ebert_gui.state.session_files import newest_sessions, session_file
from ebert_gui.state.tracks import AttentionTrack, GenesTrack, PredictionTrack, SignalTrack, UnknownTrack


def test_a_session_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    session = Session(
        dataset="/data/DATASET.toml",
        locus=Interval("chr1", 10, 20),
        tracks=(
            GenesTrack(id="g"),
            SignalTrack(id="s", signal="DNase", maximum=3.5),
            PredictionTrack(id="p", cell_type="alpha", factor="CTCF", colour="#123456"),
            AttentionTrack(id="a", cell_type="alpha", head=2, is_map=True),
        ),
        is_dark=True,
    )
    write_session(tmp_path / "deep" / "session.json", session)
    assert read_session(tmp_path / "deep" / "session.json") == (session, "")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["session.json"]


def test_no_file_is_a_fresh_start_without_a_word(tmp_path: Path) -> None:
    assert read_session(tmp_path / "none.json") == (Session(), "")


def test_a_corrupt_file_is_a_fresh_start_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    for broken in (b"", b"{", b'{"tracks": 5}', b'{"dataset": 7}', b"\xff\xfe"):
        path.write_bytes(broken)
        found = read_session(path)
        assert found.session == Session()
        assert str(path) in found.problem


def test_a_session_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text('{"version": 99}')
    assert "newer version" in read_session(path).problem


def test_a_track_that_cannot_be_read_is_kept_and_written_back_as_it_came(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    tracks = [
        {"type": "genes", "id": "g", "height": 0, "colour": "", "path": "", "name": "Genes"},
        {"type": "variants", "id": "v", "vcf": "/d/x.vcf", "shown": {"deep": [1, None]}},
        {"type": "signal", "id": "s", "height": "tall"},
        17,
    ]
    path.write_text(json.dumps({"dataset": "/d/D.toml", "tracks": tracks}))
    found = read_session(path)
    assert not found.problem
    genes, variants, tall, number = found.session.tracks
    assert genes == GenesTrack(id="g")
    assert isinstance(variants, UnknownTrack)
    assert (variants.id, variants.title) == ("v", "variants")
    assert isinstance(tall, UnknownTrack)
    assert "height" in tall.problem
    assert isinstance(number, UnknownTrack)
    write_session(path, found.session)
    assert json.loads(path.read_text())["tracks"] == tracks


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
    assert read_session(path).session.dataset == "/d/old.toml"
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
