"""What a window without a genome offers, and the words beside it."""

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QPoint
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ebert_core.protocol.offers import ShippedCheckpoint
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.datasets.lately import name_of
from ebert_gui.models.shipped import fits, sentence_of
from ebert_gui.windows.start_page import Offer, StartPage

HUMAN = ShippedCheckpoint(
    "/c/human", "human", "hg19", False, ("CTCF", "MAX"), ("K562", "HepG2"), (Interval("chr3", 0, 9),)
)
SYNTHETIC = replace(HUMAN, name="demo", assembly="demo1", is_synthetic=True)


@pytest.mark.parametrize(
    ("opened", "name"),
    [
        (("/lab/liver/DATASET.toml",), "liver"),
        (("/lab/liver.toml",), "liver.toml"),
        (("/lab/a.bw", "/lab/b.bed"), "a.bw and b.bed"),
        (("/lab/a.bw", "/lab/b.bed", "/lab/c.bed", "/lab/d.bed"), "a.bw, b.bed and 2 others"),
    ],
)
def test_what_was_opened_has_a_short_name(opened: tuple[str, ...], name: str) -> None:
    assert name_of(opened) == name


def test_a_shipped_checkpoint_says_what_it_predicts_and_where_it_may_be_used() -> None:
    assert sentence_of(HUMAN) == "2 factors, learnt in 2 cell types; for datasets of hg19"
    assert sentence_of(SYNTHETIC) == "2 factors of the synthetic genome demo1, for the demonstration only"


@pytest.mark.parametrize(
    ("changes", "usable"),
    [
        ({}, "human"),
        ({"assembly": "demo1", "seed": 3}, "demo"),
        ({"assembly": "hg38"}, ""),
        ({"assembly": "demo1"}, ""),
        ({"path": ""}, ""),
    ],
)
def test_a_shipped_checkpoint_is_offered_for_its_own_genome(
    dataset: DatasetSummary, changes: dict[str, object], usable: str
) -> None:
    opened = replace(dataset, **changes)
    assert "".join(each.name for each in (HUMAN, SYNTHETIC) if fits(each, opened)) == usable
    assert not fits(HUMAN, None)


@pytest.fixture
def page(qtbot: QtBot) -> StartPage:
    page = StartPage([Offer("Open a dataset…", "A genome.", lambda: None)])
    qtbot.addWidget(page)
    page.offer_recent([Offer(f"d{number}", f"/d/{number}", lambda: None) for number in range(9)])
    page.offer_shipped([Offer("human", sentence_of(HUMAN), lambda: None)])
    return page


def left(page: StartPage, group: QLabel) -> int:
    return group.mapTo(page, QPoint(0, 0)).x()


@pytest.mark.parametrize(("width", "columns"), [(1200, 2), (500, 1)])
def test_the_columns_stand_below_each_other_where_there_is_no_room_beside(
    page: StartPage, qtbot: QtBot, width: int, columns: int
) -> None:
    page.resize(width, 700)
    with qtbot.waitExposed(page):
        page.show()
    assert len({left(page, group) for group in (page.ways, page.recent, page.shipped)}) == columns
    assert [button.text() for button in page.recent.buttons] == [f"d{number}" for number in range(6)]


def test_offers_wait_while_something_is_made(page: StartPage, qtbot: QtBot) -> None:
    with qtbot.waitExposed(page):
        page.show()
    page.say("The demonstration is being prepared.")
    shown = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert "The demonstration is being prepared." in shown
    assert not page.ways.buttons[0].isEnabled()
    page.say("")
    assert page.ways.buttons[0].isEnabled()


def test_an_empty_list_is_not_shown(page: StartPage) -> None:
    page.offer_recent([])
    assert not page.recent.isVisibleTo(page)
    assert page.shipped.isVisibleTo(page)


def test_spare_room_of_a_tall_window_stands_above_and_below_the_words_and_not_between_them(
    page: StartPage, qtbot: QtBot
) -> None:
    page.resize(1200, 1400)
    page.show()
    name, words = (each for each in page.findChildren(QLabel) if "rowser" in each.text())
    top, bottom = (each.mapTo(page, QPoint(0, 0)).y() for each in (name, words))
    assert bottom - (top + name.height()) <= 12
    assert name.height() < 60 < top < 1400 / 3
