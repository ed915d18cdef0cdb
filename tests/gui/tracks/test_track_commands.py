"""What the menu of a track does to it, and that it can be undone."""

import pytest
from pytestqt.qtbot import QtBot

from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, PeakFiles
from ebert_gui.browser.canvas import Canvas
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.scene import GUTTER
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.state.setup import Setup
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace
from ebert_gui.tracks.track_commands import track_commands
from ebert_gui.widgets.theme import LIGHT, window_font
from tests.gui.drawn import KINDS
from tests.gui.toy_shapes import prediction
from tests.toy_summaries import checkpoint_summary

HERE = Interval("chr1", 0, 4000)


class Low:
    """A prediction of .08 everywhere."""

    def content(self, _track: Track) -> TrackContent:
        return TrackContent({"prediction": (Held(1, HERE, prediction(HERE, 0, *[0.08] * 80)),)})


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    workspace = Workspace(KINDS)
    canvas = Canvas(workspace, Low(), KINDS, LIGHT, window_font())
    qtbot.addWidget(canvas)
    cells = (CellType("alpha", False, (), (PeakFiles("CTCF", False),)),)
    dataset = DatasetSummary("", "toy", "toy1", (Chromosome("chr1", 4000),), False, False, (), (), cells)
    workspace.open_dataset(dataset, Setup(tracks=(PredictionTrack(cell_type="alpha", factor="CTCF"),)))
    workspace.open_model(checkpoint_summary())
    workspace.view.show(Interval("chr1", 1000, 2000))
    canvas.resize(GUTTER + 1000, 300)
    return canvas


def _height_of_values(canvas: Canvas) -> int:
    """Logical pixels that the values fill in the middle of the plot."""
    canvas.refresh()
    image = canvas.grab().toImage()
    top = canvas.scene.header_height + 12
    column = [image.pixelColor(GUTTER + 505, y).name() for y in range(top, top + 54)]
    return sum(colour not in (LIGHT.canvas, LIGHT.hairline) for colour in column)


def _run(workspace: Workspace, text: str) -> None:
    choices = track_commands(workspace.history, workspace.setup.tracks[:1], lambda: None)
    act = next(choice.act for choice in choices if choice.text == text)
    assert act is not None
    act()


def test_the_range_of_a_prediction_can_be_fitted_set_back_and_undone(canvas: Canvas) -> None:
    workspace = canvas._workspace
    assert _height_of_values(canvas) < 8
    _run(workspace, "Scale: Fit to what is on screen")
    assert _height_of_values(canvas) > 35
    workspace.history.undo()
    assert _height_of_values(canvas) < 8
    workspace.history.redo()
    _run(workspace, "Scale: Fit to what is on screen")
    assert _height_of_values(canvas) < 8


def test_a_menu_offers_the_settings_with_few_values_that_all_its_tracks_have(canvas: Canvas) -> None:
    history = canvas._workspace.history
    signal, prediction = SignalTrack(id="a", signal="a"), PredictionTrack(id="b", factor="CTCF")

    def texts(*tracks: Track) -> list[str]:
        return [choice.text for choice in track_commands(history, tracks, lambda: None)]

    usual = ["", "Taller", "Less tall", "Usual height", "", "Remove"]
    assert texts(signal) == [
        "Settings…",
        "Drawn as",
        "Shows",
        "Zero: Line at zero",
        "Axis",
        "Room for",
        "Shared by",
        *usual,
    ]
    assert texts(prediction) == ["Settings…", "Scale: Fit to what is on screen", *usual]
    assert texts(signal, prediction) == ["Settings…", *usual]


def test_a_choice_in_the_menu_of_several_tracks_changes_them_all_in_one_step(canvas: Canvas) -> None:
    history = canvas._workspace.history
    alone = SignalTrack(id="b", signal="b", drawn=SignalSettings(shared="alone"))
    history.change(history.setup.with_added(SignalTrack(id="a", signal="a"), alone))
    before = history.setup
    choices = track_commands(history, before.tracks[1:], lambda: None)
    shared = next(choice for choice in choices if choice.text == "Shared by")
    assert [each.is_on for each in shared.choices] == [False, False, False], "they differ"
    act = shared.choices[1].act
    assert act is not None
    act()
    assert [track.word("id") for track in history.setup.tracks if track.drawn == SignalSettings(shared="alone")] == [
        "a",
        "b",
    ]
    history.undo()
    assert history.setup == before
