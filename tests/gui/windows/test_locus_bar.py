"""What is typed leads to that place, or to a choice; never to another place without a word."""

from collections.abc import Callable
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractItemView, QApplication
from pytestqt.qtbot import QtBot

from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_core.protocol.tracks import DatasetSummary, FindGenes, FoundGene, FoundGenes
from ebert_gui.loading.navigator import Navigator
from ebert_gui.state.workspace import Workspace
from ebert_gui.windows.locus_bar import LocusBar
from ebert_gui.workers.state import Condition, WorkerState
from tests.certain import present
from tests.gui.drawn import KINDS

GENES = (
    FoundGene("MYC", Interval("chr5", 3000, 4000)),
    FoundGene("MYCBPAP", Interval("chr17", 20_000, 21_000)),
    FoundGene("TWICE", Interval("chr3", 30_000, 31_000)),
    FoundGene("TWICE", Interval("chr17", 5_000, 6_000)),
)
START = Interval("chr3", 10_000, 20_000)


class Finding:
    """A data worker that knows some genes."""

    def __init__(self, genes: tuple[FoundGene, ...]) -> None:
        self.state = WorkerState(Condition.READY)
        self.genes = genes

    def request(
        self, body: FindGenes, _type: Any, on_reply: Callable[[FoundGenes], None], *_: Any, **_more: Any
    ) -> int:
        found = [gene for gene in self.genes if gene.name.lower().startswith(body.text.lower())]
        on_reply(FoundGenes(tuple(found[: body.limit])))
        return 1

    def cancel(self, number: int) -> None:
        """Everything is answered at once."""


@pytest.fixture
def workspace(dataset: DatasetSummary) -> Workspace:
    workspace = Workspace(KINDS)
    workspace.open_dataset(dataset)
    workspace.view.show(START)
    return workspace


def typed(
    qtbot: QtBot, workspace: Workspace, text: str, genes: tuple[FoundGene, ...] = GENES
) -> tuple[list[str], list[str]]:
    """What is said and what is offered after a text was typed and Enter pressed."""
    bar = LocusBar(workspace, Navigator(workspace, Finding(genes)))
    qtbot.addWidget(bar)
    said: list[str] = []
    bar.problem.connect(said.append)
    bar.locus.setText(text)
    bar.locus.returnPressed.emit()
    completer = bar.locus.completer()
    assert completer is not None
    model = completer.model()
    assert model is not None
    offered = [str(model.index(row, 0).data()) for row in range(model.rowCount())]
    return [said, offered]


@pytest.mark.parametrize("text", ["MYC", "myc", " Myc "])
def test_a_gene_of_this_very_name_is_shown(qtbot: QtBot, workspace: Workspace, text: str) -> None:
    assert typed(qtbot, workspace, text)[0] == []
    assert workspace.view.interval == Interval("chr5", 2000, 5000)


def test_a_gene_that_is_not_there_leads_nowhere_and_those_that_begin_alike_are_offered(
    qtbot: QtBot, workspace: Workspace
) -> None:
    said, offered = typed(qtbot, workspace, "MYC", GENES[1:])
    assert workspace.view.interval == START
    assert said == ["There is no chromosome, gene or transcript called MYC here. What begins so: MYCBPAP."]
    assert offered == ["MYCBPAP"]


def test_several_genes_of_one_name_are_offered_with_their_places(qtbot: QtBot, workspace: Workspace) -> None:
    said, offered = typed(qtbot, workspace, "twice")
    assert workspace.view.interval == START
    assert offered == ["TWICE at chr3:30,001-31,000", "TWICE at chr17:5,001-6,000"]
    assert said[0].startswith("2 genes are called twice; choose one: TWICE at chr3:30,001-31,000, ")


def test_one_of_several_that_is_chosen_is_shown(qtbot: QtBot, workspace: Workspace) -> None:
    bar = LocusBar(workspace, Navigator(workspace, Finding(GENES)))
    qtbot.addWidget(bar)
    bar.locus.setText("TWICE")
    bar.go()
    bar.locus.setText("TWICE at chr17:5,001-6,000")
    bar.go()
    assert workspace.view.interval == Interval("chr17", 4000, 7000)


def test_what_is_neither_place_nor_gene_is_said(qtbot: QtBot, workspace: Workspace) -> None:
    said, _ = typed(qtbot, workspace, "NOTHING")
    assert said == ["There is no chromosome, gene or transcript called NOTHING here."]
    said, _ = typed(qtbot, workspace, "chr3:x")
    assert said == ["'x' in chr3:x is no position; write chr3:1,000-2,000."]
    assert workspace.view.interval == START


def opened(
    qtbot: QtBot, workspace: Workspace, text: str, genes: tuple[FoundGene, ...]
) -> tuple[LocusBar, QAbstractItemView]:
    """The bar after a text was typed, and the list of genes below it once it is open."""
    bar = LocusBar(workspace, Navigator(workspace, Finding(genes)))
    qtbot.addWidget(bar)
    bar.show()
    bar.activateWindow()
    bar.locus.setFocus()
    qtbot.waitUntil(bar.locus.hasFocus)
    bar.locus.selectAll()
    qtbot.keyClicks(bar.locus, text)
    completer = bar.locus.completer()
    assert completer is not None
    popup = completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    return bar, popup


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


LIKE_MYC = (*GENES[1:], FoundGene("MYCL", Interval("chr17", 30_000, 31_000)))


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_enter_takes_no_name_of_several_and_keeps_the_list_open(qtbot: QtBot, workspace: Workspace) -> None:
    _bar, popup = opened(qtbot, workspace, "myc", LIKE_MYC)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    settle()
    assert workspace.view.interval == START
    assert popup.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_enter_takes_another_gene_not_even_where_it_is_the_only_one(qtbot: QtBot, workspace: Workspace) -> None:
    _bar, popup = opened(qtbot, workspace, "mycb", LIKE_MYC)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    settle()
    assert workspace.view.interval == START
    assert popup.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize(
    ("text", "genes", "keys", "place"),
    [
        ("myc", LIKE_MYC, (Qt.Key.Key_Down, Qt.Key.Key_Return), Interval("chr17", 19_000, 22_000)),
        ("mycb", LIKE_MYC, (Qt.Key.Key_Down, Qt.Key.Key_Return), Interval("chr17", 19_000, 22_000)),
        ("myc", GENES, (Qt.Key.Key_Return,), Interval("chr5", 2000, 5000)),
    ],
)
def test_enter_on_the_very_name_or_the_one_gone_to_shows_it_without_a_warning_and_closes_the_list(
    qtbot: QtBot,
    workspace: Workspace,
    text: str,
    genes: tuple[FoundGene, ...],
    keys: tuple[Qt.Key, ...],
    place: Interval,
) -> None:
    bar, popup = opened(qtbot, workspace, text, genes)
    said: list[str] = []
    bar.problem.connect(said.append)
    for key in keys:
        qtbot.keyClick(popup, key)
    settle()
    assert workspace.view.interval == place
    assert said == []
    assert not popup.isVisible()


class Slow(Finding):
    """A data worker that answers when it is told to, what was asked first first."""

    def __init__(self, genes: tuple[FoundGene, ...]) -> None:
        super().__init__(genes)
        self.waiting: list[Callable[[], object]] = []

    def request(
        self, body: FindGenes, _type: Any, on_reply: Callable[[FoundGenes], None], *_: Any, **_more: Any
    ) -> int:
        self.waiting.append(lambda: super(Slow, self).request(body, _type, on_reply))
        return 1


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_list_that_opened_after_enter_closes_when_the_gene_is_shown(qtbot: QtBot, workspace: Workspace) -> None:
    worker = Slow(GENES)
    bar = LocusBar(workspace, Navigator(workspace, worker))
    qtbot.addWidget(bar)
    bar.show()
    bar.activateWindow()
    bar.locus.setFocus()
    qtbot.waitUntil(bar.locus.hasFocus)
    bar.locus.selectAll()
    qtbot.keyClicks(bar.locus, "myc")
    qtbot.waitUntil(lambda: len(worker.waiting) == 1)
    qtbot.keyClick(bar.locus, Qt.Key.Key_Return)
    assert len(worker.waiting) == 2
    worker.waiting[0]()
    popup = present(present(bar.locus.completer()).popup())
    qtbot.waitUntil(popup.isVisible)
    worker.waiting[1]()
    assert workspace.view.interval == Interval("chr5", 2000, 5000)
    assert not popup.isVisible()
    assert not bar.locus.isModified()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_an_answer_that_comes_after_a_jump_opens_no_list_and_says_nothing(qtbot: QtBot, workspace: Workspace) -> None:
    worker = Slow(LIKE_MYC)
    bar = LocusBar(workspace, Navigator(workspace, worker))
    qtbot.addWidget(bar)
    said: list[str] = []
    bar.problem.connect(said.append)
    for text in ("twice", "chr5:1-2000"):
        bar.locus.setText(text)
        bar.go()
    assert len(worker.waiting) == 1
    worker.waiting[0]()
    settle()
    assert said == []
    assert workspace.view.interval == Interval("chr5", 0, 2000)
    completer = bar.locus.completer()
    assert completer is not None
    assert not present(completer.popup()).isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_what_led_nowhere_gives_way_to_the_place_in_view_when_the_keyboard_goes_elsewhere(
    qtbot: QtBot, workspace: Workspace
) -> None:
    bar, popup = opened(qtbot, workspace, "mycb", LIKE_MYC)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    settle()
    assert bar.locus.text() == "mycb", "a list that opened below gives up nothing"
    popup.hide()
    bar.zoom_in.setFocus(Qt.FocusReason.TabFocusReason)
    settle()
    assert bar.locus.text() == format_locus(workspace.view.interval)
