"""Opening addresses: the form, what is dropped, and what of an address the window keeps."""

import msgspec
import pytest
from PyQt6.QtCore import QMimeData, QUrl
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from ebert_core.protocol import codec
from ebert_core.protocol.terms.addresses import with_secrets, without_secrets
from ebert_core.protocol.tracks import OpenFiles
from ebert_gui.datasets.address_dialog import AddressDialog
from ebert_gui.windows.main_window import _dropped


def _copied(text) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    data = QMimeData()
    data.setText(text)
    clipboard.setMimeData(data)


@pytest.fixture
def dialog(qtbot: QtBot):
    _copied("")
    dialog = AddressDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "Type an address."),
        ("server/a.bw", "'server/a.bw' does not begin with http:// or https://."),
        ("https://", "An address is written as https://server/folder/file.bw; this one has no server."),
        ("https://h/a.bw ftp://h/b.bw", "'ftp://h/b.bw' does not begin with http:// or https://."),
        ("https://h/a.bw", ""),
    ],
)
def test_what_can_be_opened_enables_the_button_and_else_it_is_said_why(dialog, typed: str, problem: str) -> None:
    dialog.field.setText(typed)
    footer = dialog._footer
    assert footer.problem.text() == problem
    assert footer.action.isEnabled() == (not problem)


def test_enter_opens_all_addresses_in_their_order_and_each_once(dialog) -> None:
    dialog.field.setText("https://h/b.bw  https://ann:pw@h/a.bw https://h/b.bw")
    dialog._footer.action.click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.addresses() == ("https://h/b.bw", "https://h/a.bw")


@pytest.mark.parametrize(("copied", "shown"), [(" https://h/a.bw\n", "https://h/a.bw"), ("chr1:1-9", "")])
def test_an_address_that_was_copied_stands_there(qtbot: QtBot, copied: str, shown: str) -> None:
    _copied(copied)
    dialog = AddressDialog()
    qtbot.addWidget(dialog)
    assert dialog.field.text() == shown


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("file:///data/a.bw", "/data/a.bw"),
        ("https://ann:pw@h/my%20a.bw", "https://h/my%20a.bw"),
        ("ftp://h/a.bw", ""),
    ],
)
def test_files_and_addresses_may_be_dropped(url: str, place: str) -> None:
    assert _dropped(QUrl(url)) == place


def test_a_worker_is_told_what_the_window_does_not_keep() -> None:
    kept = without_secrets("https://ann:pw@drop.host/a.bw?token=t")
    sent = codec.encode(codec.with_strings(OpenFiles((kept, "/data/b.bw")), with_secrets))
    assert "pw" not in kept
    assert msgspec.msgpack.decode(sent)["paths"] == ["https://ann:pw@drop.host/a.bw?token=t", "/data/b.bw"]
