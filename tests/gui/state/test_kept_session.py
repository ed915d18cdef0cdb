"""The session file: kept, restored, and harmless when broken."""

from pathlib import Path

from ebert_core.protocol.locus import Interval
from ebert_gui.state.session import Session, read_session, write_session
from ebert_gui.state.tracks import AttentionTrack, GenesTrack, PredictionTrack, SignalTrack


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
    for broken in (b"", b"{", b'{"tracks": [{"type": "unheard of"}]}', b"\xff\xfe"):
        path.write_bytes(broken)
        found = read_session(path)
        assert found.session == Session()
        assert str(path) in found.problem


def test_a_session_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text('{"version": 99}')
    assert "newer version" in read_session(path).problem
