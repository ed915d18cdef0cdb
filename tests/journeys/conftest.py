"""The toy genome of the core's tests and a checkpoint trained on it, for windows with real workers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication

from ebert_gui.app.program import Options
from ebert_gui.app.window_program import WindowProgram
from tests.core.toy_binding import SMALLEST, SilentReport, finetune_spec, write_toy_binding


@pytest.fixture(scope="session")
def toy_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_binding(tmp_path_factory.mktemp("journey"))


@pytest.fixture(scope="session")
def toy_model(toy_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint after one epoch: it predicts something, which is all that a window needs."""
    import torch

    from ebert_core.model.config import PRESETS
    from ebert_core.training.finetune import finetune

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("checkpoint")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "tiny", SMALLEST)
        return finetune(finetune_spec(toy_dataset, folder / "fos", epochs=1), SilentReport(), folder)


@pytest.fixture
def open_window(qapp: QApplication, qtbot: object, undressed: None) -> Iterator[Callable[..., WindowProgram]]:
    """Opens windows with real workers and closes them all at the end."""
    programs: list[WindowProgram] = []

    def open_one(**options: object) -> WindowProgram:
        program = WindowProgram(Options(**options), qapp)
        programs.append(program)
        program.window.show()
        return program

    yield open_one
    for program in programs:
        program.window.close()
        program.window.deleteLater()
    qapp.processEvents()
