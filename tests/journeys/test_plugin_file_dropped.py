"""Another package brings a file format: a file of it is dropped, drawn, kept, missed without the package, and back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from ebert_gui.app.window_program import WindowProgram
from ebert_gui.datasets.opening import kinds_of_files
from ebert_gui.state.tracks import UnknownTrack
from tests.certain import present

PLUGIN = Path(__file__).parents[1] / "toy_plugin"
SCORES = "#toy scores\n0.5\tchr1\t1000\t1400\n3\tchr1\t2000\t2200\n"


def drop(program: WindowProgram, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    place, nothing = QPointF(9, 9), Qt.KeyboardModifier.NoModifier
    program.window.dropEvent(QDropEvent(place, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, nothing))


def settled(program: WindowProgram) -> bool:
    return program.workspace.dataset is not None and program.opener.is_settled and program.loader.is_idle


def test_a_file_of_a_plug_in_is_dropped_drawn_kept_missed_and_back(
    open_window: Callable[..., WindowProgram],
    qtbot: QtBot,
    toy_dataset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, scores = str(tmp_path / "session.json"), tmp_path / "mine.toy"
    scores.write_text(SCORES)
    monkeypatch.syspath_prepend(str(PLUGIN))
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))  # for the workers

    def opened() -> WindowProgram:
        program = open_window(dataset=str(toy_dataset), session=session)
        qtbot.waitUntil(lambda: settled(program), timeout=60_000)
        return program

    def shows_scores(program: WindowProgram) -> bool:
        shown = [track for track in program.workspace.setup.tracks if track.title == "mine.toy"]
        return len(shown) == 1 and "scores" in program.loader.content(shown[0]).parts

    first = opened()
    qtbot.waitUntil(lambda: bool(first.kinds.formats), timeout=60_000)
    dialog = kinds_of_files(first.kinds.formats)
    assert next(kind.endings for kind in dialog if kind.name == "Toy scores") == (".toy", ".toy.gz")
    assert ".toy" in dialog[0].endings
    drop(first, scores)
    qtbot.waitUntil(lambda: shows_scores(first), timeout=60_000)
    first.window.close()

    second = opened()
    qtbot.waitUntil(lambda: shows_scores(second), timeout=60_000)
    second.window.close()

    monkeypatch.setenv("EBERT_PLUGINS", "off")
    third = opened()
    (kept,) = [each for each in third.workspace.setup.tracks if isinstance(each, UnknownTrack)]
    assert kept.title == "mine.toy"
    lack = present(kept.lack(third.workspace.scope))
    assert lack.sentence == "Nothing installed here shows this kind of track; it is kept"
    assert "shows tracks of the kind 'toy-scores'. The package that brought it is not installed here" in lack.details
    # The file is kept, and nobody guesses what else it might be.
    assert third.opener.files == (str(scores),)
    assert present(third.workspace.dataset).files == ()
    third.window.close()

    monkeypatch.delenv("EBERT_PLUGINS")
    fourth = opened()
    qtbot.waitUntil(lambda: shows_scores(fourth), timeout=60_000)
