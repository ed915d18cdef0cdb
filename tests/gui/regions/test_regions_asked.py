"""Regions that are marked, gone through, imported and exported by commands."""

from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ebert_core.protocol.regions import NamedRegion, NamedRegions, ReadRegions, WriteRegions, WrittenRegions
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.windows.main_window import MainWindow
from ebert_gui.workers.state import Failure
from tests.certain import present
from tests.gui.dialogs import asked
from tests.gui.silent import Silent

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")
A, B = (NamedRegion(Interval("chr3", start, start + 1_000), name) for start, name in ((30_000, "a"), (40_000, "b")))


class Answers:
    """Answers the data worker's next request of a kind."""

    def __init__(self, data: Silent, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reply: Any = None
        hear = data.request

        def request(body: Any, kind: Any, on_reply: Any, on_failure: Any = None, *more: Any, **words: Any) -> int:
            number = hear(body, kind, on_reply)
            if isinstance(self.reply, Failure):
                on_failure(self.reply)
            elif isinstance(self.reply, kind):
                on_reply(self.reply)
            return number

        monkeypatch.setattr(data, "request", request)


@pytest.fixture
def answers(data: Silent, monkeypatch: pytest.MonkeyPatch) -> Answers:
    return Answers(data, monkeypatch)


def trigger(window: MainWindow, command: str) -> None:
    window.actions_by_id[command].trigger()


def test_the_place_on_screen_is_marked_and_named_in_the_dock(window: MainWindow, qtbot: QtBot) -> None:
    trigger(window, "regions.add")
    (region,) = window.workspace.setup.regions
    assert region == NamedRegion(Interval("chr3", 10_000, 20_000), "Region 1")
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.selectedText() == "Region 1"
    qtbot.keyClicks(editor, "mine")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [each.name for each in window.workspace.setup.regions] == ["mine"])
    window.workspace.history.undo()
    window.workspace.history.undo()
    assert window.workspace.setup.regions == ()


def test_regions_are_gone_through_by_keys(window: MainWindow) -> None:
    history = window.workspace.history
    history.change(history.setup.with_regions((B, A)))
    seen = []
    for command in ("regions.next", "regions.next", "regions.next", "regions.previous"):
        trigger(window, command)
        seen.append(window.workspace.view.interval.start)
    assert seen == [29_800, 39_800, 29_800, 39_800]
    history.change(history.setup.with_regions((NamedRegion(Interval("chrZ", 1, 2)),)))
    trigger(window, "regions.next")
    assert present(window.messages.shown).sentence == "No region lies on a chromosome of what is open."


def test_regions_of_a_file_are_added_once(
    window: MainWindow, data: Silent, answers: Answers, files: dict[str, Any]
) -> None:
    history = window.workspace.history
    history.change(history.setup.with_regions((A,)))
    files["answer"] = "/lab/r.bed"
    answers.reply = NamedRegions((B, A, B), ("r.bed: 1 region was left out.",))
    trigger(window, "regions.import")
    assert asked(data, ReadRegions) == [ReadRegions("/lab/r.bed")]
    assert window.workspace.setup.regions == (A, B)
    said = "1 region was added. 2 were there already. r.bed: 1 region was left out."
    assert present(window.messages.shown).sentence == said
    history.undo()
    assert window.workspace.setup.regions == (A,)


def test_why_a_file_has_no_regions_is_said(
    window: MainWindow, data: Silent, answers: Answers, files: dict[str, Any]
) -> None:
    files["answer"] = "/lab/r.bed"
    answers.reply = Failure("invalid", "/lab/r.bed has no regions.")
    trigger(window, "regions.import")
    assert present(window.messages.shown).sentence == "/lab/r.bed has no regions."
    assert window.workspace.setup.regions == ()


def test_regions_are_exported_as_bed(window: MainWindow, data: Silent, answers: Answers, files: dict[str, Any]) -> None:
    trigger(window, "regions.export")
    assert files["asked"] == [], "there is nothing to export"
    history = window.workspace.history
    history.change(history.setup.with_regions((A, B)))
    trigger(window, "regions.export")
    wanted = files["asked"][0][0]
    assert [wanted.complete(path) for path in ("/x", "/x.bed", "/x.BED")] == ["/x.bed", "/x.bed", "/x.BED"]
    files["answer"] = "/lab/x.bed"
    answers.reply = WrittenRegions("/lab/x.bed", 2)
    trigger(window, "regions.export")
    assert asked(data, WriteRegions) == [WriteRegions("/lab/x.bed", (A, B))]
    assert present(window.messages.shown).sentence == "2 regions are in /lab/x.bed"
