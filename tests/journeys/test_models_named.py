"""Several models are named on the command line, and open side by side with real workers."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from ebert_gui.app.window_program import WindowProgram
from ebert_gui.kinds.prediction import PredictionTrack
from tests.certain import present

LONG = 60_000


def test_models_named_together_open_in_their_order_and_the_last_is_chosen(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, toy_model: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(toy_model, tmp_path / "other")
    program = open_window(dataset=str(toy_dataset), models=(str(toy_model), str(other)))
    workspace = program.workspace
    qtbot.waitUntil(lambda: len(workspace.models) == 2 and program.loader.is_idle, timeout=LONG)
    assert list(workspace.models) == [str(toy_model), str(other)]
    assert present(workspace.model).path == program.opener.models.chosen == str(other)
    predicted = [track for track in workspace.setup.tracks if isinstance(track, PredictionTrack)]
    assert {track.model for track in predicted} == {str(toy_model), str(other)}


def test_a_picture_has_the_tracks_of_every_model_that_is_named(
    toy_dataset: Path, toy_model: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(toy_model, tmp_path / "other")
    heights = []
    for models in ([toy_model], [toy_model, other]):
        target = tmp_path / f"{len(heights)}.png"
        named = [word for model in models for word in ("--checkpoint", str(model))]
        command = [sys.executable, "-m", "ebert_gui", str(toy_dataset), *named, "--picture", str(target)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        heights.append(QImage(str(target)).height())
    one, two = heights
    assert two > one
