"""The dock of tracks and the bar of places, as tables of what is given and what is expected."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QIcon
from PyQt6.QtWidgets import QColorDialog, QComboBox
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import OutputSummary
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, FindGenes, FoundGene, FoundGenes, PeakFiles
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.scene import Scene
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.loading.navigator import Navigator
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.state.workspace import Workspace
from ebert_gui.tracks.settings_dock import SettingsDock
from ebert_gui.tracks.track_dock import TrackDock
from ebert_gui.widgets.colour_button import ColourButton
from ebert_gui.widgets.theme import LIGHT, window_font
from ebert_gui.windows.locus_bar import LocusBar
from ebert_gui.workers.state import Condition, Failure, WorkerState
from tests.certain import of, present
from tests.gui.drawn import KINDS
from tests.toy_summaries import checkpoint_summary


@pytest.fixture
def workspace(dataset: DatasetSummary) -> Workspace:
    workspace = Workspace(KINDS)
    workspace.open_dataset(dataset)
    return workspace


class Answering:
    """A data worker that knows one gene."""

    state = WorkerState(Condition.READY)

    def request(
        self,
        body: msgspec.Struct,
        reply_type: Any,
        on_reply: Callable[[Any], None],
        on_failure: Callable[[Failure], None] | None = None,
        on_progress: Callable[[float, str], None] | None = None,
        view_key: str = "",
    ) -> int:
        text = of(FindGenes, body).text.upper()
        known = (FoundGene("ALDH7A1", Interval("chr5", 4000, 5000)),)
        on_reply(FoundGenes(tuple(gene for gene in known if gene.name.startswith(text))))
        return 1

    def cancel(self, number: int) -> None:
        pass

    def forgive(self, paths: Sequence[str] | None) -> None:
        pass


@pytest.fixture
def dock(qtbot: QtBot, workspace: Workspace) -> TrackDock:
    dock = TrackDock(workspace, KINDS)
    qtbot.addWidget(dock)
    dock.offer()
    return dock


@pytest.fixture
def bar(qtbot: QtBot, workspace: Workspace) -> LocusBar:
    bar = LocusBar(workspace, Navigator(workspace, Answering()))
    qtbot.addWidget(bar)
    return bar


def test_the_list_follows_the_tracks(dock: TrackDock, workspace: Workspace) -> None:
    assert dock.list.count() == len(workspace.setup.tracks)
    workspace.history.change(workspace.setup.without(workspace.setup.tracks[0].id))
    assert dock.list.count() == len(workspace.setup.tracks)


def test_the_selected_track_is_removed(dock: TrackDock, workspace: Workspace) -> None:
    chosen = workspace.setup.tracks[1]
    dock.choose(chosen.id)
    dock.remove.click()
    assert workspace.setup.find(chosen.id) is None


def test_delete_removes_the_chosen_track(dock: TrackDock, workspace: Workspace, qtbot: QtBot) -> None:
    with qtbot.waitActive(dock):
        dock.show()
        dock.activateWindow()
    dock.list.setFocus()
    chosen = workspace.setup.tracks[0]
    dock.choose(chosen.id)
    qtbot.keyClick(dock.list, Qt.Key.Key_Delete)
    assert workspace.setup.find(chosen.id) is None


def test_enter_adds_an_offered_track(dock: TrackDock, workspace: Workspace, qtbot: QtBot) -> None:
    dock.show()
    item = dock.offers.findItems("DNase", Qt.MatchFlag.MatchRecursive)[0]
    dock.offers.expandAll()
    dock.offers.setCurrentItem(item)
    before = len(workspace.setup.tracks)
    qtbot.keyClick(dock.offers, Qt.Key.Key_Return)
    assert len(workspace.setup.tracks) == before + 1


def test_a_double_click_adds_an_offered_track(dock: TrackDock, workspace: Workspace) -> None:
    item = dock.offers.findItems("DNase", Qt.MatchFlag.MatchRecursive)[0]
    before = len(workspace.setup.tracks)
    dock.offers.itemActivated.emit(item, 0)
    assert len(workspace.setup.tracks) == before + 1
    assert isinstance(workspace.setup.tracks[-1], SignalTrack)


def test_everything_the_dataset_has_is_offered(workspace: Workspace) -> None:
    groups = dict(KINDS.offers(workspace.scope))
    assert list(groups) == ["Genome", "GM12878", "HepG2", "K562"]
    assert any(isinstance(offer.track, GenesTrack) for offer in groups["Genome"])
    factors = [offer.track.factor for offer in groups["HepG2"] if isinstance(offer.track, PeaksTrack)]
    assert factors == ["CTCF", "FOXA1", "GABPA", "MAX"]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("chr17:1-100", Interval("chr17", 0, 100)),
        ("5:1k-2k", Interval("chr5", 999, 2000)),
        ("chr3", Interval("chr3", 0, 50_000)),
        ("aldh7a1", Interval("chr5", 3000, 6000)),
    ],
)
def test_what_is_typed_is_shown(bar: LocusBar, workspace: Workspace, typed: str, place: Interval) -> None:
    bar.locus.setText(typed)
    bar.go()
    assert workspace.view.interval == place
    assert bar.back.isEnabled()


@pytest.mark.parametrize(
    ("typed", "sentence"), [("chr17:9g", "chr17 ends at 40,000"), ("nogene", "gene or transcript called nogene")]
)
def test_what_cannot_be_found_is_a_sentence(bar: LocusBar, qtbot: QtBot, typed: str, sentence: str) -> None:
    bar.locus.setText(typed)
    with qtbot.waitSignal(bar.problem) as told:
        bar.go()
    assert sentence in told.args[0]


class _NothingYet:
    def content(self, _track: object) -> TrackContent:
        return TrackContent()


@pytest.mark.parametrize(
    ("track", "colour"),
    [
        (SignalTrack(cell_type="GM12878", signal="DNase"), LIGHT.signals[0]),
        (SignalTrack(cell_type="HepG2", signal="DNase"), LIGHT.signals[1]),
        (SignalTrack(cell_type="HepG2", signal="DNase", drawn=SignalSettings(colour="#123456")), "#123456"),
        (GenesTrack(), LIGHT.gene),
        (PeaksTrack(cell_type="HepG2", factor="CTCF"), LIGHT.peak),
        (PredictionTrack(cell_type="HepG2", factor="CTCF"), LIGHT.prediction),
    ],
)
def test_the_colour_dialog_and_the_list_show_the_colour_in_which_a_track_is_drawn(
    workspace: Workspace, qtbot: QtBot, track: GenesTrack | PeaksTrack | PredictionTrack | SignalTrack, colour: str
) -> None:
    scene = Scene(workspace, _NothingYet(), KINDS, LIGHT, window_font())
    dock = TrackDock(workspace, KINDS, colour_of=scene.colour_of)
    qtbot.addWidget(dock)
    workspace.history.change(workspace.setup.with_tracks((track,)), reveals=False)
    icon = present(dock.list.item(0)).icon()
    selected = icon.pixmap(QSize(10, 10), QIcon.Mode.Selected)
    assert selected.toImage() == icon.pixmap(10, 10).toImage(), "a selected row shows the same colour"
    chip = icon.pixmap(10, 10).toImage()
    assert chip.pixelColor(5, 5).name() == colour
    panel = SettingsDock(workspace, colour_of=scene.colour_of)
    qtbot.addWidget(panel)
    workspace.selection.select((workspace.setup.tracks[0].id,))
    button = panel.rows["colour"].widget
    assert isinstance(button, ColourButton)
    button.ask()
    dialog = button.findChild(QColorDialog)
    assert dialog.currentColor().name() == colour
    dialog.reject()


def _listed(box: QComboBox) -> list[str]:
    return [box.itemText(place) for place in range(box.count())]


def test_factors_are_listed_by_name_and_marked_where_they_are_not_predicted(
    bar: LocusBar, workspace: Workspace
) -> None:
    cells = (CellType("alpha", False, (), tuple(PeakFiles(name, False) for name in ("REST", "CTCF", "EP300"))),)
    dataset = DatasetSummary("/d", "toy", "toy1", (Chromosome("chr1", 4000),), False, False, (), (), cells)
    workspace.open_dataset(dataset)
    assert _listed(bar.factor) == ["CTCF", "EP300", "REST"]
    known = (OutputSummary("Zic3", ("alpha",)), OutputSummary("CTCF", ("alpha",)))
    workspace.open_model(checkpoint_summary(outputs=known))
    assert _listed(bar.factor) == [
        "CTCF",
        "EP300 (not predicted)",
        "REST (not predicted)",
        "Zic3 (not measured)",
    ]
    bar.factor.activated.emit(3)
    assert workspace.factor == "Zic3"
    assert bar.factor.currentText() == "Zic3 (not measured)"


def test_the_cell_type_beside_the_chosen_one_is_any_of_the_others_or_none(bar: LocusBar, workspace: Workspace) -> None:
    cells = tuple(CellType(name, True) for name in ("alpha", "beta", "gamma"))
    dataset = DatasetSummary("/d", "toy", "toy1", (Chromosome("chr1", 4000),), False, False, (), (), cells)
    workspace.open_dataset(dataset)
    assert (bar.cell_type.currentText(), bar.compared.currentText()) == ("alpha", "beta")
    assert _listed(bar.compared) == ["none", "beta", "gamma"]
    bar.compared.activated.emit(2)
    assert [track.word("cell_type") for track in workspace.setup.tracks] == ["alpha", "gamma"]
    workspace.history.undo()
    assert bar.compared.currentText() == "beta"
    workspace.history.change(workspace.setup.without(workspace.setup.tracks[1].id))
    assert bar.compared.currentText() == "none"


def test_what_can_be_added_is_listed_by_the_names_of_the_factors(workspace: Workspace) -> None:
    cells = (CellType("alpha", False, (), tuple(PeakFiles(name, False) for name in ("REST", "CTCF"))),)
    dataset = DatasetSummary("/d", "toy", "toy1", (Chromosome("chr1", 4000),), False, False, (), (), cells)
    workspace.open_dataset(dataset)
    known = (OutputSummary("Zic3", ("alpha",)), OutputSummary("CTCF", ("alpha",)))
    workspace.open_model(checkpoint_summary(outputs=known))
    (_group, offers), *_ = KINDS.offers(workspace.scope)
    names = ["CTCF peaks", "REST peaks", "CTCF predicted", "Zic3 predicted"]
    assert [offer.name for offer in offers][: len(names)] == names


def test_tracks_are_selected_in_the_list_as_in_the_gutter_and_removed_together(
    dock: TrackDock, workspace: Workspace
) -> None:
    first, second, third, *others = workspace.setup.tracks
    workspace.selection.select((first.id, third.id))
    assert [dock.list.row(item) for item in dock.list.selectedItems()] == [0, 2]
    present(dock.list.item(1)).setSelected(True)
    assert workspace.selection.ids == (first.id, second.id, third.id)
    dock.remove.click()
    assert workspace.setup.tracks == tuple(others)
    workspace.history.undo()
    assert workspace.setup.tracks == (first, second, third, *others)
