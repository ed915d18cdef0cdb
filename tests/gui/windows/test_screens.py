"""Windows, dialogs and the locus stay whole on a small screen."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtWidgets import (
    QApplication,
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QMainWindow,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
)
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.datasets.new_dataset_dialog import Answers, NewDatasetDialog
from ebert_gui.exporting.export_dialog import ExportDialog
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from ebert_gui.loading.navigator import Navigator
from ebert_gui.state.workspace import Workspace
from ebert_gui.tracks.attention_bar import AttentionBar
from ebert_gui.widgets.forms import Footer
from ebert_gui.windows.locus_bar import LocusBar, WholeBar
from ebert_gui.windows.screens import WithinScreen, fit_into_screen, place, place_of, within
from tests.certain import present
from tests.gui.drawn import KINDS
from tests.gui.silent import Silent

# What a screen of 1600 x 1000 leaves for a window at a scale of 2, in logical pixels.
SMALL = QSize(790, 450)


@pytest.mark.parametrize(
    ("wanted", "fitting"),
    [
        (QRect(10, 10, 300, 200), QRect(10, 10, 300, 200)),
        (QRect(0, 0, 5000, 5000), QRect(0, 0, 1272, 680)),
        (QRect(1200, 700, 400, 300), QRect(872, 380, 400, 300)),
        (QRect(-900, -50, 400, 300), QRect(0, 0, 400, 300)),
    ],
)
def test_a_window_lies_in_the_room_of_its_screen(wanted: QRect, fitting: QRect) -> None:
    assert within(wanted, QRect(0, 0, 1280, 720)) == fitting


def test_a_window_that_wants_more_than_the_screen_gets_the_screen(qapp: QApplication, qtbot: QtBot) -> None:
    watch = WithinScreen(qapp)
    for window in (QMainWindow(), QDialog()):
        qtbot.addWidget(window)
        window.resize(4000, 3000)
        with qtbot.waitExposed(window):
            window.show()
        room = present(window.screen()).availableGeometry()
        assert window.width() <= room.width()
        assert window.height() <= room.height()
    qapp.removeEventFilter(watch)


def test_an_application_that_ends_is_watched_no_more(qapp: QApplication, qtbot: QtBot) -> None:
    watch = WithinScreen(qapp)
    qapp.aboutToQuit.emit()
    dialog = QDialog()
    qtbot.addWidget(dialog)
    dialog.resize(500, present(dialog.screen()).availableGeometry().height())
    before = dialog.size()
    with qtbot.waitExposed(dialog):
        dialog.show()
    # Watched, it would be made lower by its title bar.
    assert dialog.size() == before
    watch.deleteLater()


def test_a_window_comes_back_where_it_stood(qtbot: QtBot) -> None:
    first, second = QMainWindow(), QMainWindow()
    for window in (first, second):
        qtbot.addWidget(window)
    first.setGeometry(60, 80, 410, 320)
    kept = place_of(first)
    assert kept.isascii()
    for text in ("", "no place at all"):
        before = second.geometry()
        place(second, text)
        assert second.geometry() == before
    place(second, kept)
    assert second.geometry() == first.geometry()


def test_a_window_that_was_left_outside_comes_back(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(300, 200)
    window.move(9000, 9000)
    fit_into_screen(window)
    assert present(window.screen()).availableGeometry().contains(window.geometry())


def finetuning(dataset: DatasetSummary, checkpoint: ModelSummary) -> QDialog:
    return FineTuneDialog(dataset, checkpoint)


def export(dataset: DatasetSummary, checkpoint: ModelSummary) -> QDialog:
    dialog = ExportDialog(dataset, checkpoint, "K562", "CTCF", Interval("chr3", 0, 1000))
    dialog.some.setChecked(True)
    return dialog


def new_dataset(_dataset: DatasetSummary, _checkpoint: ModelSummary) -> QDialog:
    return NewDatasetDialog(Answers(lambda _path, _reply: None, lambda _draft, _reply: None, lambda *_arguments: None))


@pytest.mark.parametrize("make", [finetuning, export, new_dataset])
def test_a_dialog_keeps_its_buttons_in_reach_on_a_small_screen(
    make: Callable[[DatasetSummary, ModelSummary], QDialog],
    dataset: DatasetSummary,
    checkpoint: ModelSummary,
    qtbot: QtBot,
) -> None:
    dialog = make(dataset, checkpoint)
    qtbot.addWidget(dialog)
    dialog.resize(SMALL)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.size() == SMALL
    default = next(button for button in dialog.findChildren(QPushButton) if button.isDefault())
    place = QRect(default.mapTo(dialog, QPoint(0, 0)), default.size())
    assert dialog.rect().contains(place)
    assert default.visibleRegion().boundingRect() == default.rect()


@pytest.mark.parametrize("make", [finetuning, export, new_dataset])
def test_the_tab_key_reaches_what_a_dialog_does_before_its_cancel_and_begins_at_its_top(
    make: Callable[[DatasetSummary, ModelSummary], QDialog],
    dataset: DatasetSummary,
    checkpoint: ModelSummary,
    qtbot: QtBot,
) -> None:
    dialog = make(dataset, checkpoint)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
    first, footer = dialog.focusWidget(), dialog.findChild(Footer)
    assert first is not None
    assert not footer.isAncestorOf(first)
    chain, part = [], footer.action
    while part is not dialog and len(chain) < 5:
        chain.append(part)
        part = part.nextInFocusChain()
    assert footer.buttons.button(QDialogButtonBox.StandardButton.Cancel) in chain


def test_a_long_summary_in_a_low_dialog_leaves_most_of_it_to_the_form(
    dataset: DatasetSummary, checkpoint: ModelSummary, qtbot: QtBot
) -> None:
    dialog = FineTuneDialog(dataset, checkpoint)
    qtbot.addWidget(dialog)
    dialog.resize(SMALL)
    with qtbot.waitExposed(dialog):
        dialog.show()
    footer = dialog.findChild(Footer)
    footer.say("A sentence that takes some room. " * 40, "")
    qtbot.waitUntil(lambda: 0 < footer.height() < 0.45 * dialog.height())
    assert footer.summary.isVisible()
    footer.say("A short one.", "")
    qtbot.waitUntil(lambda: footer.summary.height() < 40)


def test_the_colour_dialog_fits_a_small_screen(qtbot: QtBot) -> None:
    dialog = QColorDialog()
    dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    least = dialog.minimumSizeHint()
    assert least.width() <= SMALL.width()
    assert least.height() <= SMALL.height()


def shows_whole(bar: LocusBar) -> bool:
    """Whether both ends of the text can be seen: what is under the two edges of the line is its first and its last."""
    line, middle = bar.locus, bar.locus.height() // 2
    inner = line.width() - line.height()  # the button that clears the line is as wide as high
    return line.cursorPositionAt(QPoint(3, middle)) == 0 and line.cursorPositionAt(QPoint(inner, middle)) == len(
        line.text()
    )


@pytest.mark.parametrize("place", [Interval("chr5", 125_915_000, 125_945_000), Interval("chr1", 0, 249_250_621)])
def test_the_locus_is_whole_in_the_narrowest_window_and_the_captions_give_way(place: Interval, qtbot: QtBot) -> None:
    workspace = Workspace(KINDS)
    bar = LocusBar(workspace, Navigator(workspace, Silent()))
    window = QMainWindow()
    qtbot.addWidget(window)
    window.addToolBar(WholeBar("Locus bar", bar))
    window.resize(1280, 300)
    with qtbot.waitExposed(window):
        window.show()
    captions = [label for label in bar.findChildren(QLabel) if label.text() == "&Cell type"]
    assert [label.isVisible() for label in captions] == [True]
    workspace.view.open_genome({place.chromosome: 249_250_621})
    workspace.view.show(place)
    window.resize(10, 300)
    qtbot.waitUntil(lambda: shows_whole(bar))
    assert [label.isVisible() for label in captions] == [False]


def shown_text(box: QComboBox) -> str:
    """What a choice shows of the words that are chosen."""
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    style = box.style()
    assert style is not None
    room = style.subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
    ).width()
    return box.fontMetrics().elidedText(box.currentText(), Qt.TextElideMode.ElideRight, room)


def test_what_is_chosen_is_whole_in_the_narrowest_window(dataset: DatasetSummary, qtbot: QtBot) -> None:
    workspace = Workspace(KINDS)
    bar = LocusBar(workspace, Navigator(workspace, Silent()))
    window = QMainWindow()
    qtbot.addWidget(window)
    window.addToolBar(WholeBar("Locus bar", bar))
    workspace.open_dataset(dataset)
    workspace.choose_cell_type("GM12878")
    with qtbot.waitExposed(window):
        window.show()
    window.resize(10, 300)
    for box in (bar.cell_type, bar.compared, bar.factor):
        qtbot.waitUntil(lambda box=box: shown_text(box) == box.currentText())
        assert box.isVisible()


def test_the_attention_bar_goes_on_in_a_second_line_where_the_window_is_narrow(qtbot: QtBot) -> None:
    bar = AttentionBar()
    qtbot.addWidget(bar)
    bar.set_network(3, 2)
    assert bar.heightForWidth(300) > bar.heightForWidth(900)
    bar.resize(300, bar.heightForWidth(300))
    with qtbot.waitExposed(bar):
        bar.show()
    for box in (bar.layer, bar.head, bar.from_anchor, bar.to_anchor, bar.triangle):
        assert bar.rect().contains(QRect(box.mapTo(bar, QPoint(0, 0)), box.size()))
