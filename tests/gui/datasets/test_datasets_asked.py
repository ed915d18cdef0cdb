"""Which datasets are asked for, and what of a new one is kept."""

from typing import Any

import pytest

from ebert_core.protocol.tracks import InspectFile, OpenDataset
from ebert_gui.datasets.new_dataset_dialog import NewDatasetDialog
from ebert_gui.datasets.opening import ask_for_dataset_of
from ebert_gui.state.recent import add_recent
from ebert_gui.windows.main_window import MainWindow
from tests.gui.dialogs import asked, only
from tests.gui.silent import Silent

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")


def test_a_dataset_of_the_assembly_is_opened_with_its_checkpoint(
    window: MainWindow, data: Silent, files: dict[str, Any]
) -> None:
    ask_for_dataset_of(window.desk, "hg19", "/c/small")
    assert asked(data, OpenDataset) == []
    add_recent(("/d/old/DATASET.toml",))
    files["answer"] = "/e/DATASET.toml"
    ask_for_dataset_of(window.desk, "hg19", "/c/small")
    assert asked(data, OpenDataset) == [OpenDataset("/e/DATASET.toml", "/c/small")]
    assert [(wanted.title, beginning) for wanted, beginning in files["asked"]] == [
        ("Open a dataset of hg19", "~"),
        ("Open a dataset of hg19", "/d/old"),
    ]


def test_a_dataset_that_was_begun_is_kept_with_its_window_and_gone_on_with(window: MainWindow, data: Silent) -> None:
    window.actions_by_id["dataset.new"].trigger()
    form = only(window, NewDatasetDialog)
    form.add_files(["/lab/hg19.fa"])
    assert asked(data, InspectFile) == [InspectFile("/lab/hg19.fa")]
    form.reject()
    assert window.messages.shown is not None
    assert "What you filled in is kept" in window.messages.shown.sentence
    window.actions_by_id["dataset.new"].trigger()
    assert only(window, NewDatasetDialog) is form
    assert form.table.paths() == ["/lab/hg19.fa"]
    window.messages.dismiss_all()
    form.start_over()
    form.reject()
    assert window.messages.shown is None
    assert window.findChildren(NewDatasetDialog) == []
    window.actions_by_id["dataset.new"].trigger()
    assert only(window, NewDatasetDialog).table.paths() == []
