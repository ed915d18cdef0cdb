"""Names that look like markup, shortcuts or commands of a terminal are shown as they are in every panel and dialog."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from PyQt6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QPoint, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QMenu,
    QMessageBox,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary, OutputSummary
from ebert_core.protocol.tracks import BareFile, CellType, Chromosome, DatasetSummary, MadeSignal, PeakFiles
from ebert_core.protocol.work import Curve, Jobs, JobSummary, Metrics
from ebert_gui.browser.content import TrackContent
from ebert_gui.exporting.export_dialog import ExportDialog
from ebert_gui.exporting.picture_dialog import PictureDialog
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from ebert_gui.jobs.metrics_plot import MetricsPlot
from ebert_gui.state.recent import add_recent
from ebert_gui.widgets.messages import details_window
from ebert_gui.widgets.plain import PlainLabel, PlainText
from ebert_gui.widgets.theme import LIGHT
from ebert_gui.windows.main_window import MainWindow
from tests.gui.silent import Silent, window_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)")
_ROOT = QModelIndex()
# Markup, an entity, a shortcut, an escape sequence and a turn of the direction of text.
HOSTILE = "<b>R&D</b>&amp;<img src='file:///etc/hostname'>\x1b[2J\u202e"
SHOWN = "<b>R&D</b>&amp;<img src='file:///etc/hostname'>\\x1b[2J\\u202e"


@pytest.fixture(autouse=True)
def watcher(qapp: QApplication) -> Iterator[None]:
    plain = PlainText(qapp)
    yield
    plain.stop()
    plain.deleteLater()


@pytest.fixture
def hostile_dataset(dataset: DatasetSummary) -> DatasetSummary:
    cell = CellType(HOSTILE, True, (HOSTILE, "DNase"), (PeakFiles(HOSTILE, True), PeakFiles("CTCF", False)))
    return msgspec.structs.replace(
        dataset,
        name=HOSTILE,
        assembly=HOSTILE,
        chromosomes=(Chromosome(HOSTILE, 50_000), *dataset.chromosomes),
        cell_types=(cell, *dataset.cell_types),
        files=(BareFile(f"/d/{HOSTILE}", HOSTILE, "features"),),
        made_signals=(MadeSignal(HOSTILE, HOSTILE),),
        seed=None,
    )


@pytest.fixture
def hostile_checkpoint(checkpoint: ModelSummary) -> ModelSummary:
    return msgspec.structs.replace(
        checkpoint,
        path=f"/c/{HOSTILE}",
        name=HOSTILE,
        architecture=HOSTILE,
        outputs=(OutputSummary(HOSTILE, (HOSTILE,), 0.4, 0.5, HOSTILE), *checkpoint.outputs),
        signals=(HOSTILE, "DNase"),
        limits=(HOSTILE,),
        other_assemblies=(HOSTILE,),
        device=HOSTILE,
    )


JOB = JobSummary(
    f"/jobs/{HOSTILE}",
    HOSTILE,
    "finetune",
    HOSTILE,
    "failed",
    HOSTILE,
    1.7e9,
    0.5,
    HOSTILE,
    None,
    HOSTILE,
    HOSTILE,
    HOSTILE,
)


@pytest.fixture
def window(qtbot: QtBot, hostile_dataset: DatasetSummary, hostile_checkpoint: ModelSummary) -> MainWindow:
    window = window_of(qtbot, Silent())
    workspace = window.workspace
    window.show()
    add_recent((f"/d/{HOSTILE}.toml",))
    add_recent(("/d/R&D.bw",))
    workspace.open_dataset(hostile_dataset)
    workspace.open_model(hostile_checkpoint)
    workspace.choose_cell_type(HOSTILE)
    window.track_dock.show()
    window.model_dock.show()
    window.shown_jobs.toggle()
    window.jobs.listed.emit(Jobs((JOB, msgspec.structs.replace(JOB, directory="/jobs/2", state="running"))))
    window.jobs.metrics.emit(JOB.directory, metrics())
    window.desk.say(HOSTILE, HOSTILE)
    window.desk.say(f"{HOSTILE} again", HOSTILE)
    return window


def metrics() -> Metrics:
    import numpy as np

    return Metrics((Curve(HOSTILE, HOSTILE, np.arange(3, dtype=np.int64), np.ones(3)),))


def assert_plain(widget: QWidget, qtbot: QtBot) -> None:
    """No label guesses, no name underlines anything, nothing that hides or turns text is shown."""
    widget.show()
    widget.grab()
    found = widget.findChildren(QLabel)
    for label in found:
        ours = label.property("markup") is not None
        assert ours or label.textFormat() == Qt.TextFormat.PlainText, label.text()
        assert "\x1b" not in label.text(), label.text()
        assert "\u202e" not in label.text(), label.text()
    for button in widget.findChildren(QAbstractButton):
        assert "R&D" not in button.text(), button.text()
        assert "\x1b" not in button.text(), button.text()
    for action in widget.findChildren(QAction):
        assert "R&D" not in action.text(), action.text()


def test_the_whole_window_shows_names_as_they_are(window: MainWindow, qtbot: QtBot) -> None:
    assert_plain(window, qtbot)
    said = [label.text() for label in window.findChildren(QLabel)]
    assert any(SHOWN in text for text in said)
    assert SHOWN in window.windowTitle()
    window.canvas.hovered.emit(10.0, HOSTILE)
    assert "\x1b" not in window.under_cursor.text()


def test_lists_and_tables_show_names_as_they_are(window: MainWindow) -> None:
    views = window.findChildren(QAbstractItemView)
    texts = [text for view in views if view.model() is not None for text in texts_of(view.model())]
    assert any(SHOWN in text for text in texts)
    assert not [text for text in texts if "\x1b" in text]


def texts_of(model: QAbstractItemModel, parent: QModelIndex = _ROOT) -> list[str]:
    found = []
    for row in range(model.rowCount(parent)):
        # A model of a list keeps its count of columns to itself.
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
        for column in range(columns):
            index = model.index(row, column, parent)
            if isinstance(text := model.data(index), str):
                found.append(text)
            if column == 0 and not isinstance(model, QAbstractListModel):
                found += texts_of(model, index)
    return found


def test_menus_show_names_as_they_are(window: MainWindow, qtbot: QtBot) -> None:
    texts = []
    for menu in window.findChildren(QMenu):
        menu.aboutToShow.emit()
        texts += [action.text() for action in menu.actions()]
    assert not [text for text in texts if "R&D" in text]
    assert "R&&D.bw" in texts


def dialogs(window: MainWindow, dataset: DatasetSummary, checkpoint: ModelSummary) -> dict[str, Callable[[], Any]]:
    return {
        "fine-tune": lambda: FineTuneDialog(dataset, checkpoint, window, None, HOSTILE, lambda *_: None),
        "export": lambda: ExportDialog(
            dataset, checkpoint, HOSTILE, HOSTILE, window.workspace.view.interval, parent=window
        ),
        "picture": lambda: PictureDialog(window.canvas.scene, LIGHT, (f"/d/{HOSTILE}",), window),
        "details": lambda: details_window(HOSTILE, HOSTILE, window),
    }


@pytest.mark.parametrize("name", ["fine-tune", "export", "picture", "details"])
def test_dialogs_show_names_as_they_are(
    window: MainWindow, qtbot: QtBot, hostile_dataset: DatasetSummary, hostile_checkpoint: ModelSummary, name: str
) -> None:
    dialog = dialogs(window, hostile_dataset, hostile_checkpoint)[name]()
    qtbot.addWidget(dialog)
    assert_plain(dialog, qtbot)
    lists = [*dialog.findChildren(QAbstractItemView), *dialog.findChildren(QComboBox)]
    texts = [text for each in lists if each.model() is not None for text in texts_of(each.model())]
    assert not [text for text in texts if "\x1b" in text]


def test_an_export_asks_for_a_name_as_it_is_in_the_dataset(
    window: MainWindow, qtbot: QtBot, hostile_dataset: DatasetSummary, hostile_checkpoint: ModelSummary
) -> None:
    dialog = dialogs(window, hostile_dataset, hostile_checkpoint)["export"]()
    qtbot.addWidget(dialog)
    assert (dialog.spec().factor, dialog.spec().cell_type) == (HOSTILE, HOSTILE)


def test_the_question_about_a_job_shows_its_name_as_it_is(window: MainWindow, qtbot: QtBot) -> None:
    window.shown_jobs._remove(JOB)
    box = window.findChild(QMessageBox)
    assert_plain(box, qtbot)
    assert SHOWN in box.text()
    box.close()


def test_what_the_program_says_of_itself_keeps_its_markup(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_id["help.about"].trigger()
    box = window.findChild(QMessageBox)
    box.show()
    formats = {label.textFormat() for label in box.findChildren(QLabel) if "EBERT Browser" in label.text()}
    assert formats == {Qt.TextFormat.RichText}
    box.close()


def test_a_tooltip_is_not_read_as_markup(qtbot: QtBot) -> None:
    owner = PlainLabel("x")
    qtbot.addWidget(owner)
    owner.show()
    QToolTip.showText(QPoint(10, 10), "<b>bold</b> <img src='x'>", owner)
    tips = [each for each in QApplication.topLevelWidgets() if each.inherits("QTipLabel")]
    assert [(tip.text(), tip.textFormat()) for tip in tips] == [("<b>bold</b> <img src='x'>", Qt.TextFormat.PlainText)]
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_a_plain_label_shows_every_later_text_as_it_is(qtbot: QtBot) -> None:
    label = PlainLabel(HOSTILE)
    qtbot.addWidget(label)
    assert label.text() == SHOWN
    label.setText("a\n<i>b</i>\x07")
    assert (label.text(), label.textFormat()) == ("a\n<i>b</i>\\x07", Qt.TextFormat.PlainText)


def test_keys_of_curves_are_escaped(qtbot: QtBot) -> None:
    plot = MetricsPlot(LIGHT)
    qtbot.addWidget(plot)
    plot.show_metrics(metrics())
    keys = next(label for label in plot.findChildren(QLabel) if label.textFormat() == Qt.TextFormat.RichText)
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;" in keys.text()
    assert "<img" not in keys.text()
    assert "\x1b" not in keys.text()


def test_a_row_paints_a_name_as_it_is(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    painted = []
    from ebert_gui.browser import surface

    shown = surface.shown
    monkeypatch.setattr(surface, "shown", lambda text: painted.append(shown(text)) or painted[-1])
    content = TrackContent(sentence=f"{HOSTILE} is damaged.", is_error=True)
    monkeypatch.setattr(window.loader, "content", lambda _track: content)
    window.canvas.grab()
    assert any("\\x1b" in text for text in painted)
    assert not any("\x1b" in text for text in painted)


def test_names_of_curves_without_end_do_not_widen_the_plot(qtbot: QtBot) -> None:
    import numpy as np

    endless = "n" * 100_000
    plot = MetricsPlot(LIGHT)
    qtbot.addWidget(plot)
    plot.show_metrics(Metrics((Curve(endless, endless, np.arange(3, dtype=np.int64), np.ones(3)),)))
    assert plot.choice.currentData() == endless
    assert plot.minimumSizeHint().width() < 2000
    assert plot.shown()
