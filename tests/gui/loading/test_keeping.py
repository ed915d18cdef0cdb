"""Who keeps which session: no window writes over another's, and nothing is lost without a word."""

import errno
import json
import os
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import Chromosome, DatasetSummary
from ebert_gui.loading.keeping import Appearance, SessionKeeper
from ebert_gui.loading.opening import Opener
from ebert_gui.loading.saved_sessions import SavedSessions
from ebert_gui.state.pane import Pane, Span
from ebert_gui.state.session import Session, read_session, write_session
from ebert_gui.state.session_files import newest_sessions, session_file, session_of_nothing
from ebert_gui.state.setup import Setup
from ebert_gui.state.workspace import Workspace
from tests.gui.drawn import KINDS
from tests.gui.loading.recording import RecordingClient

DATASET = DatasetSummary("/d/D.toml", "d", "", (Chromosome("chr1", 50_000),), False, True, (), (), ())
NO_FILES: tuple[str, ...] = ()


class Window:
    """A window as far as keeping goes."""

    def __init__(self, data: object, named: str = "") -> None:
        self.workspace = Workspace(KINDS)
        opener = Opener(self.workspace, data, data, KINDS)
        self.saved = SavedSessions(self.workspace, opener, KINDS, data)
        self.keeper = SessionKeeper(self.workspace, self.saved, KINDS, named, lambda: Appearance(True, "docks"))
        self.noted: list[str] = []
        self.problems: list[str] = []
        self.keeper.noted.connect(self.noted.append)
        self.keeper.problem.connect(self.problems.append)
        self.keeper.unsaved.connect(self.problems.append)

    def open(self, path: str = "/d/D.toml", files: tuple[str, ...] = NO_FILES, start: int = 0) -> Session:
        session = self.keeper.begin(path, files)
        self.workspace.open_dataset(msgspec.structs.replace(DATASET, path=path), session.setup)
        if start:
            self.workspace.view.show(Interval("chr1", start, start + 100))
        return session


@pytest.fixture
def new_window(qapp: object, data: RecordingClient):
    windows: list[Window] = []

    def make(named: str = "") -> Window:
        windows.append(Window(data, named))
        return windows[-1]

    yield make
    for window in windows:
        window.keeper.end()


def _starts() -> dict[str, int]:
    """Where each session stands that is kept."""
    return {path.name: read_session(path, KINDS.read).session.setup.pane.span.start for path in newest_sessions()}


def test_each_dataset_keeps_its_own_session(new_window) -> None:
    window = new_window()
    window.open("/d/D.toml", start=100)
    window.open("/e/E.toml", start=200)
    assert window.open("/d/D.toml").setup.pane.span == Span("chr1", 100, 200)
    assert window.open("/e/E.toml").setup.pane.span == Span("chr1", 200, 300)


def test_two_windows_on_one_dataset_write_to_two_files(new_window) -> None:
    first, second = new_window(), new_window()
    first.open(start=100)
    first.keeper.save()
    assert second.open(start=200).setup.pane.span == Span("chr1", 100, 200)
    assert "Another window has this open too" in second.noted[0]
    second.keeper.save()
    first.keeper.save()
    assert sorted(_starts().values()) == [100, 200]


def test_of_two_windows_sessions_the_last_closed_comes_first_and_the_other_is_not_lost(new_window) -> None:
    first, second = new_window(), new_window()
    first.open(start=100)
    second.open(start=200)
    first.keeper.end()
    second.keeper.end()
    path = session_file("/d/D.toml", NO_FILES)
    os.utime(path, (1, 1))
    third, fourth = new_window(), new_window()
    assert third.open().setup.pane.span.start == 200
    assert fourth.open().setup.pane.span.start == 100


def test_a_plain_start_goes_on_with_the_last_session_that_no_other_window_shows(new_window) -> None:
    for number, name in enumerate(("/d/D.toml", "/e/E.toml")):
        window = new_window()
        window.open(name, start=100)
        window.keeper.end()
        os.utime(session_file(name, NO_FILES), (1000 + number, 1000 + number))
    assert new_window().keeper.last().dataset == "/e/E.toml"
    new_window().open("/e/E.toml")
    assert new_window().keeper.last().dataset == "/d/D.toml"
    new_window().open("/d/D.toml")
    assert new_window().keeper.last() == Session()


def test_bare_files_go_on_in_the_file_in_which_they_began(new_window) -> None:
    began = session_file("", ("/a.bw",))
    write_session(began, Session(files=("/a.bw", "/b.bw"), setup=Setup(panes=(Pane(span=Span("chr1", 5, 9)),))))
    window = new_window()
    assert window.keeper.last().files == ("/a.bw", "/b.bw")
    assert window.open("", ("/a.bw", "/b.bw")).setup.pane.span == Span("chr1", 5, 9)
    window.keeper.save()
    assert newest_sessions() == [began]


def test_a_named_session_of_another_dataset_stays_as_it_is(new_window, tmp_path: Path) -> None:
    named = tmp_path / "S.json"
    write_session(named, Session(dataset="/other/D.toml"))
    before = named.read_bytes()
    window = new_window(str(named))
    assert window.open().is_empty
    window.keeper.end()
    assert named.read_bytes() == before
    assert "S.json is the session of /other/D.toml and stays as it is" in window.noted[0]
    assert len(_starts()) == 1


def test_a_named_session_is_begun_gone_on_with_and_shared_by_no_two_windows(new_window, tmp_path: Path) -> None:
    named = tmp_path / "S.json"
    first = new_window(str(named))
    first.open(start=100)
    first.keeper.save()
    second = new_window(str(named))
    assert second.keeper.last().dataset == "/d/D.toml"
    second.open(start=200)
    second.keeper.save()
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["S-2.json", "S.json"]
    assert read_session(named, KINDS.read).session.setup.pane.span.start == 100


def test_a_second_window_takes_no_file_that_is_the_session_of_something_else(new_window, tmp_path: Path) -> None:
    other, broken = tmp_path / "S-2.json", tmp_path / "S-3.json"
    write_session(other, Session(dataset="/other/D.toml"))
    broken.write_text("{")
    before = other.read_bytes()
    for start in (100, 200):
        new_window(str(tmp_path / "S.json")).open(start=start)
    third = new_window(str(tmp_path / "S.json"))
    third.open(start=300)
    third.keeper.save()
    assert other.read_bytes() == before
    assert broken.read_text() == "{"
    assert read_session(tmp_path / "S-5.json", KINDS.read).session.setup.pane.span.start == 300


@pytest.mark.parametrize("content", ["{", '{"version": 99}', '{"tracks": 5}'])
def test_an_unreadable_session_is_set_aside_and_said(new_window, content: str) -> None:
    path = session_file("/d/D.toml", NO_FILES)
    path.parent.mkdir(parents=True)
    path.write_text(content)
    window = new_window()
    assert window.open(start=100).is_empty
    window.keeper.end()
    aside = next(each for each in path.parent.iterdir() if ".aside-" in each.name)
    assert aside.read_text() == content
    assert str(aside) in window.problems[0]
    assert read_session(path, KINDS.read).session.setup.pane.span.start == 100


def test_an_unreadable_last_session_is_set_aside_at_a_plain_start(new_window) -> None:
    path = session_file("/d/D.toml", NO_FILES)
    path.parent.mkdir(parents=True)
    path.write_text("{")
    window = new_window()
    assert window.keeper.last().is_empty
    assert "this is a fresh start" in window.problems[0]
    assert newest_sessions() == []


def test_a_new_dataset_in_the_place_of_another_does_not_get_its_tracks(new_window) -> None:
    window = new_window()
    window.open(start=100)
    window.keeper.end()
    assert window.keeper.begin("/d/D.toml", NO_FILES, True).is_empty
    assert [each.name for each in session_file("/d/D.toml", NO_FILES).parent.iterdir() if ".aside-" in each.name]


def test_a_full_disk_is_said_once_and_the_old_session_kept(
    new_window, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    window = new_window()
    window.open(start=100)
    window.keeper.save()

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        window.workspace.view.show(Interval("chr1", 300, 400))
        window.keeper.save()
        window.keeper.save()
        assert len(window.problems) == 1
        assert "No space left on device" in window.problems[0]
        assert list(_starts().values()) == [100]
    solved: list[int] = []
    window.keeper.saved_again.connect(lambda: solved.append(len(window.problems)))
    window.keeper.save()
    window.keeper.save()
    assert solved == [1]
    assert list(_starts().values()) == [300]
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        window.keeper.end()
        assert "could not be saved" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_said_and_the_session_still_read(new_window, tmp_path: Path) -> None:
    folder = tmp_path / "is a file"
    folder.write_text("")
    window = new_window(str(folder / "S.json"))
    window.open(start=100)
    window.keeper.end()
    assert window.problems == [f"The session cannot be kept: the folder {folder} cannot be written."]


def test_a_change_is_saved_in_a_moment(new_window, qtbot: QtBot) -> None:
    window = new_window()
    window.open(start=100)
    qtbot.waitUntil(lambda: list(_starts().values()) == [100])
    window.workspace.set_anchor("chr1", 120)
    path = newest_sessions()[0]
    qtbot.waitUntil(lambda: json.loads(path.read_text())["setup"]["anchor"] is not None)


def test_changes_of_one_moment_are_written_once(new_window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window, written = new_window(), []
    monkeypatch.setattr("ebert_gui.loading.keeping.write_session", lambda path, _session: written.append(path))
    window.open(start=100)
    for position in range(120, 126):
        window.workspace.set_anchor("chr1", position)
        qtbot.wait(1)
    assert written == []
    qtbot.waitUntil(lambda: written != [])
    assert len(written) == 1


def test_opening_bounds_how_many_sessions_are_kept_and_how_many_were_set_aside(
    new_window, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = session_file("/d/D.toml", NO_FILES).parent
    folder.mkdir(parents=True)
    for number in range(6):
        for name in (f"s{number}.json", f"s{number}.json.aside-1"):
            (folder / name).write_text("{}")
            os.utime(folder / name, (1000 + number, 1000 + number))
    monkeypatch.setattr("ebert_gui.state.session_files._MOST_SESSIONS", 4)
    monkeypatch.setattr("ebert_gui.state.session_files._MOST_ASIDE", 2)
    new_window().open("/d/D.toml")
    kept = sorted(path.name for path in folder.iterdir() if path.name.startswith("s"))
    assert kept == ["s2.json", "s3.json", "s4.json", "s4.json.aside-1", "s5.json", "s5.json.aside-1"]


def test_the_looks_of_the_window_are_those_of_the_last_session_whatever_is_opened(new_window) -> None:
    window = new_window()
    window.open()
    window.keeper.end()
    assert new_window().keeper.looks() == Appearance(True, "docks")


def test_the_looks_of_a_window_in_which_nothing_was_opened_are_kept_and_hide_no_session(new_window) -> None:
    blank = new_window()
    blank.keeper.end()
    assert new_window().keeper.looks() == Appearance(True, "docks")
    window = new_window()
    window.open()
    window.keeper.end()
    os.utime(session_of_nothing())
    assert new_window().keeper.last().dataset == "/d/D.toml"
