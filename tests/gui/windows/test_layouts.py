"""Every dock and bar keeps the same distances: between its parts, and from its edges."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from ebert_gui.loading.navigator import Navigator
from ebert_gui.models.model_dock import ModelDock
from ebert_gui.state.workspace import Workspace
from ebert_gui.tracks.attention_bar import AttentionBar
from ebert_gui.tracks.track_dock import TrackDock
from ebert_gui.widgets import forms
from ebert_gui.widgets.flow import FlowLayout
from ebert_gui.widgets.messages import MessageBar
from ebert_gui.widgets.verdict_panel import VerdictPanel
from ebert_gui.windows.locus_bar import LocusBar
from ebert_gui.windows.start_page import Offer, StartPage
from tests.certain import present
from tests.gui.drawn import KINDS
from tests.gui.judged import VERDICT
from tests.gui.layouts import gaps_across, gaps_down, margins_of, parts_of, place_of
from tests.gui.silent import Silent


@pytest.fixture
def show(qtbot: QtBot) -> Callable[..., QWidget]:
    def show(widget: QWidget, width: int, height: int) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    return show


@pytest.fixture
def workspace(dataset: DatasetSummary) -> Workspace:
    workspace = Workspace(KINDS)
    workspace.open_dataset(dataset)
    return workspace


def page_of(dock: ModelDock, qtbot: QtBot) -> QWidget:
    qtbot.wait(30)  # until what was put in has its place
    return present(dock.pages.currentWidget()).widget()


def test_an_empty_checkpoint_dock_begins_at_its_top_left(show: Callable[..., QWidget], qtbot: QtBot) -> None:
    dock = show(ModelDock(), 500, 700)
    dock.show_model(None)
    assert margins_of(dock.pages) == (16, 24, 16)
    assert gaps_down(dock.pages) == [12, 12]
    (button,) = [part for part in parts_of(dock) if isinstance(part, QPushButton)]
    assert place_of(button, dock.pages).left() == 16
    assert button.width() < 300


def test_what_a_checkpoint_is_stands_in_a_column_of_one_left_edge(
    show: Callable[..., QWidget], qtbot: QtBot, checkpoint: ModelSummary
) -> None:
    dock = show(ModelDock(), 600, 1100)
    dock.show_model(replace(checkpoint, is_synthetic=True, limits=("One.", "Two.")))
    page = page_of(dock, qtbot)
    assert margins_of(page) == (14, 12, 14)
    (caution,) = [
        frame for frame in page.findChildren(QFrame) if frame.property("role") == "caution" and frame.layout()
    ]
    assert [part.property("role") for part in parts_of(caution)] == ["warning", "warning"]
    # Sentences of one box stand closer, and the facts closer still: seven of what it saw, four of what it is.
    assert gaps_down(page) == [10, 10, 10, 6, *[10] * 7, *[5] * 5, 10, 10, *[5] * 3, 10, 10]
    captions = [part for part in parts_of(page) if isinstance(part, QLabel) and part.text() == "Genome"]
    (value,) = [part for part in parts_of(page) if isinstance(part, QLabel) and part.text() == "hg19"]
    name, said = place_of(captions[0], page), place_of(value, page)
    assert (name.width(), said.left() - name.right() - 1, said.top() - name.top()) == (96, 8, 0)
    assert said.right() == page.width() - 15


def test_the_rest_stands_at_the_top_where_there_is_more_room_than_needed(
    show: Callable[..., QWidget], qtbot: QtBot, checkpoint: ModelSummary
) -> None:
    dock = show(ModelDock(), 600, 1500)
    dock.show_model(checkpoint)
    page = page_of(dock, qtbot)
    assert max(gaps_down(page)) == 10
    assert max(place_of(part, page).bottom() for part in parts_of(page)) < page.height() - 300


def test_a_verdict_takes_all_the_width_it_is_given(show: Callable[..., QWidget]) -> None:
    panel = VerdictPanel()
    panel.show_verdict(VERDICT)
    show(panel, 600, 500)
    assert margins_of(panel) == (0, 0, 0)
    assert gaps_down(panel) == [6] * 5


def test_the_list_of_tracks_has_more_room_than_what_can_be_added(
    show: Callable[..., QWidget], workspace: Workspace
) -> None:
    dock = TrackDock(workspace, KINDS)
    dock.offer()
    show(dock, 300, 600)
    assert margins_of(dock.widget()) == (8, 8, 8)
    assert gaps_down(dock.widget()) == [6] * 3
    hint = next(part for part in parts_of(dock) if isinstance(part, QLabel) and part.text().startswith("Add by"))
    assert hint.property("role") == "muted"
    assert dock.list.height() > 1.2 * dock.offers.height() > 100
    dock.resize(10, 600)
    assert present(dock.widget()).width() >= 240


def test_the_bars_keep_their_distances(show: Callable[..., QWidget], workspace: Workspace) -> None:
    attention = AttentionBar()
    attention.set_network(3, 2)
    show(attention, 900, 60)
    assert margins_of(attention) == (12, 4, 12)
    assert gaps_across(attention) == [8, 12, 8, 12, 12, 12, 12]
    bar = show(LocusBar(workspace, Navigator(workspace, Silent())), 1200, 60)
    assert margins_of(bar) == (12, 8, 12)
    gaps = gaps_across(bar)
    assert gaps[:4] == [6] * 4
    assert gaps[5:] == [6, 14, 6, 14, 6]
    assert {(button.width(), button.height()) for button in (bar.back, bar.forward, bar.zoom_in, bar.zoom_out)} == {
        (30, 30)
    }
    assert bar.locus.width() > 250


def test_a_message_gives_its_sentence_the_room_and_stands_its_buttons_at_the_lower_edge(
    show: Callable[..., QWidget], qtbot: QtBot
) -> None:
    bar = show(MessageBar(), 900, 100)
    bar.error("One.")
    bar.error("Two.", "details")
    qtbot.wait(30)
    left, _top, right = margins_of(bar)
    assert (left, right) == (12, 8)
    assert gaps_across(bar) == [8] * 5
    buttons = [part for part in parts_of(bar) if isinstance(part, QPushButton)]
    assert {place_of(button, bar).bottom() for button in buttons} == {bar.height() - 1 - 6}
    sentence = next(part for part in parts_of(bar) if isinstance(part, QLabel) and part.text() == "Two.")
    assert sentence.width() > 400


def test_the_start_page_stands_in_the_middle_with_two_columns_of_offers(show: Callable[..., QWidget]) -> None:
    page = StartPage([Offer("Open a dataset…", "A genome.", lambda: None), Offer("Two", "B", lambda: None)])
    page.offer_recent([Offer("d", "/d", lambda: None)])
    page.offer_shipped([Offer("human", "x", lambda: None)])
    show(page, 1400, 800)
    places = {part.text(): place_of(part, page) for part in parts_of(page)}
    title, ways, lately = (places[text] for text in ("EBERT Browser", "Open", "Opened lately"))
    assert title.left() == ways.left()
    # The page is at most 920 wide: 26 and 32 pixels of it are its edges.
    assert title.width() == 920 - 26 - 32
    assert abs(title.left() - 26 - (1400 - 920) / 2) <= 100
    assert lately.left() - ways.right() - 1 >= 48
    assert lately.top() == ways.top()
    shipped = places["Checkpoints that come with the program"]
    assert shipped.top() - places["/d"].bottom() - 1 == 28
    assert places["Two"].top() - places["A genome."].bottom() - 1 == 2
    assert places["B"].top() - places["Two"].bottom() - 1 == 2
    assert places["Open a dataset…"].top() - ways.bottom() - 1 == 8
    assert places["B"].height() >= places["Opened lately"].height() + 8, "room below before the next offer"
    subtitle = places["A genome browser in which the model is a track."]
    assert (subtitle.top() - title.bottom() - 1, ways.top() - subtitle.bottom() - 1) == (6, 28)
    last = places["Files and checkpoint folders can also be dropped anywhere in this window."]
    above, below = title.top() - 1 - 40, page.height() - 2 - 32 - last.bottom()
    assert above > 0, "a tall window has room to spare"
    assert abs(below - 2 * above) <= 2, "a third of it is above, where the eye begins"


def test_a_form_has_one_left_edge_for_its_fields_and_help_under_them(show: Callable[..., QWidget]) -> None:
    window = QWidget()
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    form = forms.form_layout()
    name, count = QLineEdit(), forms.compact(QLineEdit(), 60)
    unit = QLabel("epochs")
    caption = forms.add_row(form, "&Name:", name, help_text="What it is called.")
    forms.add_row(form, "&Passes", count, unit)
    layout.addLayout(form)
    layout.addStretch(1)
    show(window, 700, 300)
    assert isinstance(form, QFormLayout)
    first, second = place_of(name, window), place_of(count, window)
    assert (first.left(), second.left(), first.right()) == (132 + 16, 132 + 16, 699)
    assert (count.width(), place_of(unit, window).left() - second.right() - 1) == (60, 8)
    help_label = next(part for part in parts_of(window) if isinstance(part, QLabel) and "called" in part.text())
    assert place_of(help_label, window).top() - first.bottom() - 1 == 4
    assert second.top() - place_of(help_label, window).bottom() - 1 == 10
    assert caption.buddy() is name
    assert (name.accessibleName(), name.accessibleDescription()) == ("Name", "What it is called.")
    assert help_label.property("role") == "muted"


def test_many_boxes_stand_in_as_many_columns_as_there_is_room_for(show: Callable[..., QWidget], qtbot: QtBot) -> None:
    boxes = [forms.compact(QPushButton(str(number)), 100) for number in range(5)]
    columns = show(forms.in_columns(boxes, 330), 600, 200)
    assert [place_of(box, columns).left() for box in boxes] == [0, 112, 224, 0, 112]
    assert boxes[3].y() > boxes[2].y() == boxes[0].y()
    narrow = [forms.compact(QPushButton(str(number)), 100) for number in range(3)]
    one_column = show(forms.in_columns(narrow, 50), 600, 200)
    assert {place_of(box, one_column).left() for box in narrow} == {0}


def test_a_fold_shows_its_contents_under_its_heading(show: Callable[..., QWidget], qtbot: QtBot) -> None:
    inner = QVBoxLayout()
    inner.addWidget(QLabel("inside"))
    fold = show(forms.Fold("More", inner), 300, 200)
    assert not fold.contents.isVisible()
    assert fold.heading.arrowType() is Qt.ArrowType.RightArrow
    assert fold.heading.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    qtbot.mouseClick(fold.heading, Qt.MouseButton.LeftButton)
    assert fold.contents.isVisible()
    assert fold.heading.arrowType() is Qt.ArrowType.DownArrow
    assert (fold.heading.x(), fold.heading.y()) == (0, 0)
    assert fold.contents.y() == fold.heading.height()
    fold.set_open(False)
    assert not fold.contents.isVisible()
    assert not fold.heading.isChecked()
    fold.set_open(True)
    assert fold.heading.isChecked()


def test_a_footer_says_what_will_happen_above_its_buttons_and_what_is_missing_beside_them(
    show: Callable[..., QWidget], qtbot: QtBot
) -> None:
    footer = show(forms.Footer("Start"), 600, 160)
    footer.say("It takes an hour.", "Choose a factor.")
    qtbot.wait(30)
    left, _top, right = margins_of(footer)
    assert (left, right) == (16, 16)
    start = place_of(footer.action, footer)
    problem = place_of(footer.problem, footer)
    assert footer.summary.isVisible()
    assert problem.left() == 16
    assert problem.width() > 250
    assert start.top() > place_of(footer.summary, footer).bottom()
    assert (footer.action.isEnabled(), footer.action.accessibleDescription()) == (False, "Choose a factor.")
    footer.say("It takes an hour.", "")
    assert (footer.action.isEnabled(), footer.action.accessibleDescription()) == (True, "It takes an hour.")
    assert footer.problem.text() == ""
    footer.say("", "")
    assert not footer.summary.isVisible()
    assert footer.action.isDefault()
    assert footer.problem.accessibleName() == "What is missing"


def flow(widths: list[int], gap: int = 12) -> tuple[QWidget, list[QPushButton]]:
    window, buttons = QWidget(), []
    layout = FlowLayout(window, gap)
    layout.setContentsMargins(5, 7, 9, 11)
    for width in widths:
        button = QPushButton()
        button.setFixedSize(width, 20 if width != 50 else 30)
        layout.addWidget(button)
        buttons.append(button)
    return window, buttons


def test_what_has_no_room_in_a_line_goes_on_in_the_next(show: Callable[..., QWidget]) -> None:
    window, buttons = flow([100, 50, 100, 40])
    layout = present(window.layout())
    # Two of them, a gap and the edges are 100 + 12 + 50 + 14 wide, three 288.
    assert (layout.sizeHint().width(), layout.sizeHint().height()) == (
        100 + 50 + 100 + 40 + 3 * 12 + 14,
        30 + 18,
    )
    assert (layout.minimumSize().width(), layout.minimumSize().height()) == (114, 48)
    assert [layout.heightForWidth(width) for width in (340, 339, 288, 287, 176, 175, 10)] == [
        48,
        30 + 12 + 20 + 18,
        30 + 12 + 20 + 18,
        30 + 12 + 20 + 18,
        30 + 12 + 20 + 18,
        20 + 12 + 30 + 12 + 20 + 18,
        20 + 12 + 30 + 12 + 20 + 12 + 20 + 18,
    ]
    show(window, 288, 300)
    # Those of one line stand on one middle.
    assert [(button.x(), button.y()) for button in buttons] == [(5, 12), (117, 7), (179, 12), (5, 49)]
    assert layout.count() == 4
    assert layout.itemAt(4) is None
    assert layout.itemAt(-1) is None
    buttons[0].hide()
    assert layout.heightForWidth(240) == 48
    assert present(layout.takeAt(0)).widget() is buttons[0]
    assert layout.count() == 3
    assert layout.takeAt(3) is None


def test_what_can_grow_takes_what_a_line_leaves(show: Callable[..., QWidget]) -> None:
    window, _buttons = flow([100, 60])
    line = QLineEdit()
    line.setFixedHeight(20)
    present(window.layout()).addWidget(line)
    show(window, 600, 60)
    assert line.x() == 5 + 100 + 12 + 60 + 12
    assert line.geometry().right() == 600 - 1 - 9


@pytest.mark.parametrize("what", ["checkpoint", "judged", "tracks", "locus", "attention", "fine-tuning"])
def test_every_field_and_list_has_a_name_for_a_screen_reader(
    show: Callable[..., QWidget],
    qtbot: QtBot,
    dataset: DatasetSummary,
    checkpoint: ModelSummary,
    workspace: Workspace,
    what: str,
) -> None:
    window: QWidget
    if what in ("checkpoint", "judged"):
        window = ModelDock()
        window.show_model(replace(checkpoint, verdict=VERDICT if what == "judged" else None))
    elif what == "tracks":
        window = TrackDock(workspace, KINDS)
    elif what == "locus":
        window = LocusBar(workspace, Navigator(workspace, Silent()))
    elif what == "attention":
        window = AttentionBar()
    else:
        window = FineTuneDialog(dataset, checkpoint)
    qtbot.addWidget(window)
    whole = window.findChildren((QComboBox, QAbstractSpinBox, QAbstractItemView))
    inner = {part for each in whole for part in each.findChildren(QWidget)}
    fields = window.findChildren((QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView))
    unnamed = [field for field in fields if field not in inner and not field.accessibleName()]
    assert unnamed == []
    assert len([field for field in fields if field not in inner]) >= 2


def test_tables_are_to_read_row_by_row_and_the_tab_key_leaves_them(
    show: Callable[..., QWidget], qtbot: QtBot, checkpoint: ModelSummary
) -> None:
    dock = show(ModelDock(), 700, 1200)
    dock.show_model(replace(checkpoint, verdict=VERDICT))
    page_of(dock, qtbot)
    tables = dock.findChildren(QTableWidget)
    assert len(tables) == 2
    for table in tables:
        assert present(table.verticalHeader()).isHidden()
        assert not table.showGrid()
        table.setCurrentCell(1, 0)
        assert {item.row() for item in table.selectedItems()} == {1}
        assert len(table.selectedItems()) >= 3
        assert not table.edit(table.currentIndex(), QAbstractItemView.EditTrigger.DoubleClicked, None)
        table.setFocus()
        qtbot.keyClick(table, Qt.Key.Key_Tab)
        assert not table.hasFocus()
        heights = {table.rowHeight(row) for row in range(table.rowCount())}
        assert len(heights) == 1
        # Every row is seen without scrolling, and hardly more.
        room = present(table.viewport()).height() - sum(table.rowHeight(row) for row in range(table.rowCount()))
        assert 0 <= room < 16
        headers = [table.horizontalHeaderItem(column) for column in range(table.columnCount())]
        for column in range(1, table.columnCount()):
            item = table.item(0, column)
            is_number = item is not None and any(letter.isdigit() for letter in item.text()) and column != 1
            if is_number and not table.isColumnHidden(column):
                assert present(item).textAlignment() & Qt.AlignmentFlag.AlignRight
                assert present(headers[column]).textAlignment() & Qt.AlignmentFlag.AlignRight
        assert present(table.horizontalHeader()).defaultAlignment() & Qt.AlignmentFlag.AlignLeft
        assert (
            sum(table.columnWidth(column) for column in range(table.columnCount())) == present(table.viewport()).width()
        )
