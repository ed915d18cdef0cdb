"""Each menu opens its form, and a form that is closed is gone."""

import pytest
from PyQt6.QtWidgets import QDialog, QMessageBox

from ebert_core.protocol.modelling import ModelSummary
from ebert_gui.datasets.new_dataset_dialog import NewDatasetDialog
from ebert_gui.exporting.export_dialog import ExportDialog
from ebert_gui.exporting.picture_dialog import PictureDialog
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from ebert_gui.windows.main_window import MainWindow
from tests.gui.dialogs import is_gone, only
from tests.gui.silent import entry

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")


@pytest.mark.parametrize(
    ("menu", "text", "form"),
    [
        ("File", "New dataset…", NewDatasetDialog),
        ("File", "Save picture…", PictureDialog),
        ("Model", "Fine-tune…", FineTuneDialog),
        ("Model", "Export predicted binding…", ExportDialog),
    ],
)
def test_a_menu_opens_its_form(
    window: MainWindow, checkpoint: ModelSummary, menu: str, text: str, form: type[QDialog]
) -> None:
    window.workspace.open_model(checkpoint)
    entry(window, menu, text).trigger()
    only(window, form).reject()
    assert is_gone(window, form)


def test_what_the_program_says_of_itself_is_gone_once_it_is_closed(window: MainWindow) -> None:
    entry(window, "Help", "About EBERT Browser").trigger()
    only(window, QMessageBox).close()
    assert is_gone(window, QDialog)
