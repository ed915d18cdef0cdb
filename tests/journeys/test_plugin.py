"""Another package brings a source and a kind of track: offered, drawn, kept, and a grey row when it is gone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ebert_gui.app.window_program import WindowProgram
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.tracks import UnknownTrack

PLUGIN = Path(__file__).parents[1] / "toy_plugin"


def test_a_kind_of_track_of_another_package_is_offered_drawn_kept_and_missed(
    open_window: Callable[..., WindowProgram],
    qtbot: QtBot,
    toy_dataset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = str(tmp_path / "session.json")
    monkeypatch.syspath_prepend(str(PLUGIN))
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))  # for the workers
    first = open_window(dataset=str(toy_dataset), session=session)
    qtbot.waitUntil(lambda: first.workspace.dataset is not None and first.loader.is_idle)
    offers = dict(first.kinds.offers(first.workspace.scope))["Genome"]
    track = next(offer.track for offer in offers if offer.name == "GC share")
    first.workspace.history.change(first.workspace.setup.with_added(track))
    qtbot.waitUntil(lambda: first.loader.is_idle)
    (shown,) = [each for each in first.workspace.setup.tracks if each.title == "GC share"]
    content = first.loader.content(shown)
    assert not content.sentence
    assert content.parts["gc"]
    row = next(row for row in first.window.canvas.scene.rows() if row.track == shown)
    assert 0 < float(first.window.canvas.scene.at(row, 600).words.split()[0]) < 1
    first.window.close()
    monkeypatch.setenv("EBERT_PLUGINS", "off")
    second = open_window(dataset=str(toy_dataset), session=session)
    qtbot.waitUntil(lambda: second.workspace.dataset is not None and second.loader.is_idle)
    (kept,) = [each for each in second.workspace.setup.tracks if isinstance(each, UnknownTrack)]
    assert kept.kind == "toy-gc"
    assert Kinds.with_plugins().problems == ()
