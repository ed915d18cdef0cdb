"""A folder with tracks, and pickers of places in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from ebert_gui.widgets.place_picker import PlacePicker
from ebert_gui.widgets.wanted_place import Wanted
from tests.gui.widgets.picking import Answering


@pytest.fixture
def laboratory(tmp_path: Path) -> Path:
    for name in ("peaks", "signals"):
        (tmp_path / name).mkdir()
    for name in ("a.bw", "b.bed", "notes.txt", ".hidden.bw", "signals/deep.bw"):
        (tmp_path / name).write_bytes(b"12345")
    return tmp_path


@pytest.fixture
def host(laboratory: Path) -> Answering:
    return Answering(laboratory)


@pytest.fixture
def show(qtbot: QtBot, host: Answering) -> Callable[..., PlacePicker]:
    def show_one(**wanted: Any) -> PlacePicker:
        picker = PlacePicker(host, Wanted("Choose", **wanted))
        qtbot.addWidget(picker)
        with qtbot.waitExposed(picker):
            picker.show()
        return picker

    return show_one
