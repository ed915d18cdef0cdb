"""What a window offers to open before anything is open, what its menus list, and what a press of each asks for."""

from typing import Any

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QCoreApplication, QEvent, Qt
from PyQt6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from ebert_core.protocol.offers import Demonstration, ListShipped, MakeDemonstration, Shipped
from ebert_core.protocol.tracks import DatasetSummary, InspectFile, OpenDataset, OpenFiles
from ebert_gui.models.shipped import sentence_of
from ebert_gui.state.recent import add_recent, read_recent
from ebert_gui.windows.main_window import MainWindow
from tests.gui.silent import Silent, entry, window_of
from tests.gui.windows.test_start_page import HUMAN, SYNTHETIC

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")
MAKING = "The demonstration is being prepared; the first time this takes a few seconds."


@pytest.fixture
def worker() -> Silent:
    return Silent()


@pytest.fixture
def empty(qtbot: QtBot, worker: Silent) -> MainWindow:
    """A window in which nothing is open."""
    window = window_of(qtbot, worker)
    window.choose_page()
    with qtbot.waitExposed(window):
        window.show()
    return window


def asked(worker: Silent, kind: type) -> list[Any]:
    return [body for body in worker.asked if isinstance(body, kind)]


def read(window: MainWindow) -> list[str]:
    """The words on the start page that are seen, in their order."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    parts = window.offering.page.findChildren((QLabel, QPushButton))
    seen = [part for part in parts if part.isVisible() and part.text()]
    places = {id(part): part.mapTo(window, part.rect().topLeft()) for part in seen}
    return [part.text() for part in sorted(seen, key=lambda part: (places[id(part)].x() > 600, places[id(part)].y()))]


def press(window: MainWindow, qtbot: QtBot, text: str) -> None:
    button = next(each for each in window.offering.page.findChildren(QPushButton) if each.text() == text)
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def opened(window: MainWindow, command: str) -> QMenu:
    """The list of a command, as it is filled when it opens."""
    menu = window.actions_by_id[command].menu()
    assert menu is not None
    menu.aboutToShow.emit()
    return menu


def test_an_empty_window_offers_what_can_be_opened_and_what_comes_with_it(
    empty: MainWindow, worker: Silent, qtbot: QtBot
) -> None:
    ways = [
        *("EBERT Browser", "A genome browser in which the model is a track.", "Open"),
        *("Open a dataset…", "A genome with its cell types: a DATASET.toml."),
        *("Open track files…", "bigWig, BED, GTF, FASTA and others, as they are."),
        *("New dataset…", "Put one together from your own files."),
        *("See the demonstration", "A small synthetic genome whose truth is known, with a model trained on it."),
        "Files and checkpoint folders can also be dropped anywhere in this window.",
    ]
    assert read(empty) == ways
    assert asked(worker, ListShipped) == [ListShipped()]
    worker.answer(ListShipped, Shipped((SYNTHETIC, HUMAN)))
    shipped = ["demo", sentence_of(SYNTHETIC), "human", sentence_of(HUMAN)]
    qtbot.waitUntil(lambda: read(empty) == [*ways, "Checkpoints that come with the program", *shipped])
    add_recent(("/lab/liver/DATASET.toml",))
    add_recent(("/lab/a.bw", "/lab/b.bw", "/lab/c.bw"))
    empty.offering.refresh()
    lately = ["a.bw, b.bw and c.bw", "/lab/a.bw and 2 others", "liver", "/lab/liver/DATASET.toml"]
    right = ["Opened lately", *lately, "Checkpoints that come with the program", *shipped]
    qtbot.waitUntil(lambda: read(empty)[len(ways) :] == right)
    assert asked(worker, ListShipped) == [ListShipped()], "they do not change while the window is open"


def test_the_tracks_take_the_place_of_the_offers_with_the_keyboard(
    empty: MainWindow, qtbot: QtBot, dataset: DatasetSummary
) -> None:
    assert empty.offering.page.isVisible()
    assert not empty.canvas.isVisible()
    with qtbot.waitActive(empty):
        empty.activateWindow()
    empty.offering.page.ways.buttons[0].setFocus()
    empty.workspace.open_dataset(dataset)
    assert empty.canvas.isVisible()
    assert empty.canvas.hasFocus()
    assert not empty.offering.page.isVisible()
    empty.edit_locus()
    empty.choose_page()
    assert empty.locus_bar.locus.hasFocus(), "a page that is shown already takes no keyboard"


def test_offers_that_are_seen_stay_as_they_are(empty: MainWindow) -> None:
    before = empty.offering.page.recent.buttons
    add_recent(("/lab/liver/DATASET.toml",))
    empty.choose_page()
    assert empty.offering.page.recent.buttons is before


def test_every_offer_does_what_it_says(empty: MainWindow, worker: Silent, qtbot: QtBot, files: dict[str, Any]) -> None:
    worker.answer(ListShipped, Shipped((SYNTHETIC, HUMAN)))
    add_recent(("/lab/liver/DATASET.toml",))
    empty.offering.refresh()
    files["answer"] = "/e/DATASET.toml"
    press(empty, qtbot, "Open a dataset…")
    assert asked(worker, InspectFile) == [InspectFile("/e/DATASET.toml")]
    press(empty, qtbot, "human")
    assert asked(worker, OpenDataset) == [OpenDataset("/e/DATASET.toml", "/c/human")]
    assert [wanted.title for wanted, _beginning in files["asked"]] == ["Open dataset", "Open a dataset of hg19"]
    press(empty, qtbot, "demo")
    assert asked(worker, MakeDemonstration) == [MakeDemonstration()]


def test_the_demonstration_is_waited_for_in_words_and_the_offers_come_back(
    empty: MainWindow, worker: Silent, qtbot: QtBot, dataset: DatasetSummary
) -> None:
    press(empty, qtbot, "See the demonstration")
    assert MAKING in read(empty)
    assert not empty.offering.page.ways.buttons[0].isEnabled()
    assert empty.messages.shown is None
    worker.answer(MakeDemonstration, Demonstration("/demo/DATASET.toml", "/demo/checkpoint"))
    worker.answer(OpenDataset, dataset)
    assert MAKING not in read(empty)
    assert empty.offering.page.ways.buttons[0].isEnabled()
    entry(empty, "File", "Open the demonstration").trigger()
    assert empty.messages.shown is not None
    assert empty.messages.shown.sentence == MAKING
    worker.answer(MakeDemonstration, Demonstration("/demo/DATASET.toml", "/demo/checkpoint"))
    worker.answer(OpenDataset, dataset)
    assert empty.messages.shown is None


def test_what_was_open_before_is_opened_as_it_was_although_a_worker_ended_on_it(
    empty: MainWindow, worker: Silent, qtbot: QtBot
) -> None:
    add_recent(("/lab/liver/DATASET.toml",))
    empty.offering.refresh()
    press(empty, qtbot, "liver")
    assert asked(worker, OpenDataset) == [OpenDataset("/lab/liver/DATASET.toml")]
    assert worker.forgiven == [None, None], "all that a dataset may name"


def test_files_that_were_open_before_are_opened_together(empty: MainWindow, worker: Silent, qtbot: QtBot) -> None:
    add_recent(("/lab/a.bw", "/lab/b.bw"))
    empty.offering.refresh()
    press(empty, qtbot, "a.bw and b.bw")
    assert asked(worker, OpenFiles) == [OpenFiles(("/lab/a.bw", "/lab/b.bw"), "")]
    assert worker.forgiven == [("/lab/a.bw", "/lab/b.bw")] * 2


def test_what_was_opened_lately_can_be_forgotten(window: MainWindow) -> None:
    add_recent(("/lab/liver/DATASET.toml",))
    menu = opened(window, "recent.open")
    liver, line, forget = menu.actions()
    assert (liver.text(), liver.toolTip(), liver.isEnabled()) == ("liver", "/lab/liver/DATASET.toml", True)
    assert line.isSeparator()
    assert (forget.text(), forget.isEnabled()) == ("Forget these", True)
    forget.trigger()
    assert read_recent() == ()


def test_a_menu_lists_the_shipped_checkpoints_and_opens_what_fits(
    qtbot: QtBot, worker: Silent, dataset: DatasetSummary
) -> None:
    window = window_of(qtbot, worker)
    window.workspace.open_dataset(dataset)
    menu = opened(window, "checkpoint.shipped")
    assert [(each.text(), each.isEnabled()) for each in menu.actions()] == [("Looking …", False)]
    limited = replace(HUMAN, path="/c/l", name="liver & co", limits=("One.", "Two."))
    worker.answer(ListShipped, Shipped((SYNTHETIC, limited)))
    first, second = menu.actions()
    assert (first.text(), first.isEnabled()) == (f"demo: {sentence_of(SYNTHETIC)}", False)
    assert (second.text(), second.isEnabled()) == (f"liver && co: {sentence_of(limited)}", True)
    assert second.toolTip() == "One. Two."
    second.trigger()
    assert worker.asked[-1].path == "/c/l"
    assert len(opened(window, "checkpoint.shipped").actions()) == 2
    assert asked(worker, ListShipped) == [ListShipped()]
