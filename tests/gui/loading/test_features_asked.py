"""How often features are asked for: once for each stretch, and anew only where other features are wanted."""

import pytest

from ebert_core.protocol.sources import GeneModels, MeasuredPeaks
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.loading.loader import Loader
from ebert_gui.state.workspace import Workspace
from tests.gui.loading.recording import RecordingClient


@pytest.fixture
def shown(loader: Loader, data: RecordingClient, workspace: Workspace) -> Loader:
    data.answer_all()
    tracks = (GenesTrack(id="g", path="/d/x.gtf"), PeaksTrack(id="p", path="/d/x.bed"))
    workspace.history.change(workspace.setup.with_tracks(tracks))
    loader.ask()
    data.answer_all()
    return loader


def test_rows_labels_and_colours_are_chosen_without_a_read_and_other_transcripts_with_one_for_each_stretch(
    shown: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    def reads_after(**chosen: object) -> int:
        data.asked.clear()
        workspace.history.change(workspace.setup.redrawn(("g", "p"), lambda drawn: drawn.changed(**chosen)))
        shown.ask()
        data.answer_all()
        assert data.requests(MeasuredPeaks) == []
        return len(data.requests(GeneModels))

    stretches = len(data.requests(GeneModels))
    assert stretches > 0
    for chosen in ({"mode": "dense"}, {"labelled": "score"}, {"colour_by": "strand"}, {"colour": "#ff0000"}):
        assert reads_after(**chosen) == 0
    assert reads_after(is_folded=False) == stretches
    # What has come is kept.
    assert reads_after(is_folded=True) == 0


def test_a_slide_there_and_back_asks_for_each_stretch_of_features_once(
    shown: Loader, data: RecordingClient, workspace: Workspace
) -> None:
    step = workspace.view.span.length / 10
    for direction in (1, 1, 1, -1, -1, -1):
        workspace.view.pan_by(direction * step)
        shown.ask()
        data.answer_all()
    asked = [(each.source, each.interval) for each in data.requests(MeasuredPeaks)]
    assert asked
    assert len(asked) == len(set(asked))
