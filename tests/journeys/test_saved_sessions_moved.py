"""A session that is saved, moved with its files, and opened; one whose files went elsewhere; and one after a crash."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ebert_gui.app.window_program import WindowProgram
from ebert_gui.sessions.missing_dialog import MissingFiles
from ebert_gui.state.recent import read_recent
from tests.certain import present

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 60_000
ENDED_AT_ONCE = """
import os, signal, sys
import ebert_gui.app.window_program
from PyQt6.QtCore import QTimer
from ebert_gui.__main__ import main
from ebert_gui.loading.keeping import SessionKeeper

save = SessionKeeper.save

def save_and_die(self):
    save(self)
    if self._claim is not None and self._workspace.dataset is not None:
        os.kill(os.getpid(), signal.SIGKILL)

SessionKeeper.save = save_and_die
main(sys.argv[1:])
"""


@pytest.fixture
def study(toy_dataset: Path, tmp_path: Path) -> Path:
    """A folder of one's own with a dataset, its files and one more track."""
    folder = tmp_path / "study"
    shutil.copytree(toy_dataset.parent, folder)
    shutil.copy(folder / "alpha.bw", folder / "more.bw")
    return folder / toy_dataset.name


def _settle(program: WindowProgram, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: program.opener.is_settled and program.loader.is_idle and program.workspace.dataset is not None,
        timeout=LONG,
    )


def _shown(program: WindowProgram) -> list[str]:
    """What rows say that show nothing."""
    contents = map(program.loader.content, program.workspace.setup.tracks)
    return [content.sentence for content in contents if content.is_error]


def test_a_folder_that_is_moved_with_its_session_opens_as_it_was(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, study: Path, tmp_path: Path
) -> None:
    first = open_window(dataset=str(study), files=(str(study.parent / "more.bw"),), locus="chr2:1,001-3,000")
    _settle(first, qtbot)
    before, place = first.workspace.setup.tracks, first.workspace.view.span
    assert first.saved.save(study.parent / "s.json")
    first.window.close()
    moved = study.parent.rename(tmp_path / "moved")
    second = open_window(saved_session=str(moved / "s.json"))
    _settle(second, qtbot)
    assert present(second.workspace.dataset).path == str(moved / study.name)
    assert [track.id for track in second.workspace.setup.tracks] == [track.id for track in before]
    assert second.workspace.view.span == place
    assert _shown(second) == []
    assert not second.saved.is_changed
    assert read_recent()[0] == (str(moved / "s.json"),)
    assert (str(moved / study.name),) not in read_recent()


def test_files_that_went_elsewhere_are_asked_for_once(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, study: Path, tmp_path: Path
) -> None:
    first = open_window(dataset=str(study), files=(str(study.parent / "more.bw"),))
    _settle(first, qtbot)
    assert first.saved.save(tmp_path / "s.json")
    first.window.close()
    moved = study.parent.rename(tmp_path / "elsewhere")
    second = open_window(saved_session=str(tmp_path / "s.json"))
    qtbot.waitUntil(lambda: bool(second.window.findChildren(MissingFiles)), timeout=LONG)
    assert not second.window.findChildren(MissingFiles)[0].footer.action.isEnabled()
    second.saved.look_in(str(moved))
    _settle(second, qtbot)
    assert present(second.workspace.dataset).path == str(moved / study.name)
    assert str(moved / "more.bw") in [track.word("path") for track in second.workspace.setup.tracks]
    assert _shown(second) == []


def test_a_program_that_was_killed_comes_back_as_it_was_kept_and_says_so(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, study: Path
) -> None:
    words = [sys.executable, "-c", ENDED_AT_ONCE, str(study), "--locus", "chr2:1,001-3,000"]
    ended = subprocess.run(words, env=os.environ, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL
    program = open_window()
    said: list[str] = []
    program.keeper.noted.connect(said.append)
    _settle(program, qtbot)
    assert present(program.workspace.dataset).path == str(study)
    assert len([each for each in said if each.startswith("This window ended without being closed.")]) == 1
    program.window.close()
    again = open_window()
    said.clear()
    again.keeper.noted.connect(said.append)
    _settle(again, qtbot)
    assert said == []


def test_a_session_with_a_checkpoint_is_unchanged_once_all_of_it_is_open(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, toy_model: Path, tmp_path: Path
) -> None:
    first = open_window(dataset=str(toy_dataset), models=(str(toy_model),))
    _settle(first, qtbot)
    tracks = first.workspace.setup.tracks
    assert first.saved.save(tmp_path / "s.json")
    first.window.close()
    second = open_window(saved_session=str(tmp_path / "s.json"))
    _settle(second, qtbot)
    assert present(second.workspace.model).path == str(toy_model)
    assert second.workspace.setup.tracks == tracks
    assert (second.saved.path, second.saved.is_changed) == (tmp_path / "s.json", False)
    assert not second.window.isWindowModified()
    assert second.window.windowTitle().startswith("s.json[*] · ")
