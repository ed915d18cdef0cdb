"""The table of regions: gone to, named and removed by keys, each as a step that can be undone."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.regions.regions_dock import RegionsDock
from ebert_gui.state.setup import Setup
from ebert_gui.windows.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")
REGIONS = tuple(NamedRegion(Interval("chr3", start, start + 1_000), name) for start, name in ((5_000, "a"), (0, "")))


@pytest.fixture
def dock(window: MainWindow) -> RegionsDock:
    history = window.workspace.history
    history.change(history.setup.with_regions(REGIONS))
    window.actions_by_id["regions.dock"].trigger()
    return window.regions_dock


def cells(dock: RegionsDock) -> list[list[str]]:
    model = dock.model
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def names(window: MainWindow) -> list[str]:
    return [region.name for region in window.workspace.setup.regions]


def test_the_table_lists_what_is_of_interest(dock: RegionsDock, window: MainWindow) -> None:
    assert cells(dock) == [["a", "chr3:5,001-6,000"], ["", "chr3:1-1,000"]]
    assert dock.table.hasFocus()
    tip = dock.model.data(dock.model.index(0, 1), Qt.ItemDataRole.ToolTipRole)
    assert tip == "a\nchr3:5,001-6,000, 1,000 bp"
    headings = [dock.model.headerData(column, Qt.Orientation.Horizontal) for column in range(2)]
    assert headings == ["Name", "Place"]
    assert dock.model.headerData(0, Qt.Orientation.Vertical) is None
    assert dock.model.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) is None
    assert (dock.table.accessibleName(), dock.objectName()) == ("Regions of interest", "regions-dock")
    assert dock.go.toolTip()
    window.workspace.history.undo()
    assert cells(dock) == []
    assert dock.empty.isVisible()
    assert not dock.go.isEnabled()


def test_the_regions_of_a_session_that_is_opened_are_listed(
    dock: RegionsDock, window: MainWindow, dataset: DatasetSummary
) -> None:
    window.workspace.open_dataset(dataset)
    assert cells(dock) == []
    window.workspace.open_dataset(dataset, Setup(regions=REGIONS))
    assert [row[0] for row in cells(dock)] == ["a", ""]


def test_enter_and_the_button_go_to_a_region(dock: RegionsDock, window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(dock.table, Qt.Key.Key_Down)
    qtbot.keyClick(dock.table, Qt.Key.Key_Return)
    assert window.workspace.view.interval == Interval("chr3", 0, 1_200)
    qtbot.keyClick(dock.table, Qt.Key.Key_Up)
    dock.go.click()
    assert window.workspace.view.interval == Interval("chr3", 4_800, 6_200)


def test_a_region_is_named_by_f2_and_that_can_be_undone(dock: RegionsDock, window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(dock.table, Qt.Key.Key_Down)
    qtbot.keyClick(dock.table, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, " my  enhancer ")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(window) == ["a", "my enhancer"])
    assert dock.table.currentIndex().row() == 1
    window.workspace.history.undo()
    assert names(window) == ["a", ""]


def test_delete_removes_the_chosen_ones(dock: RegionsDock, window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(dock.table, Qt.Key.Key_Delete)
    assert names(window) == [""]
    window.workspace.history.undo()
    dock.table.selectAll()
    dock.remove.click()
    assert names(window) == []


def test_a_region_of_another_genome_is_listed_and_not_gone_to(dock: RegionsDock, window: MainWindow) -> None:
    history, before = window.workspace.history, window.workspace.view.interval
    history.change(history.setup.with_regions((NamedRegion(Interval("chrZ", 1, 2), "z"),)))
    dock.go.click()
    assert cells(dock)[0][0] == "z"
    assert window.workspace.view.interval == before
