"""The picture dialog proposes a picture for paper, and what is written is what its form says."""

import os
from pathlib import Path

import pytest
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.picture import save_picture, scene_of_picture
from ebert_gui.browser.scene import Scene
from ebert_gui.exporting.picture_dialog import PictureDialog, objection, propose
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.theme import DARK, LIGHT, Theme, window_font
from tests.gui.drawn import KINDS


class _NothingYet:
    def content(self, _track: object) -> TrackContent:
        return TrackContent()


@pytest.fixture
def shown(qapp: object, dataset: DatasetSummary) -> Scene:
    """A dark screen that is 300 pixels high, scrolled by 50, with 20 tracks of 53 pixels."""
    workspace = Workspace(KINDS)
    workspace.open_dataset(dataset)
    workspace.view.show(Interval("chr3", 999, 5_000))
    signals = (SignalTrack(cell_type="K562", signal="DNase", height=48) for _ in range(19))
    workspace.history.change(workspace.setup.with_tracks((GenesTrack(height=48), *signals)), reveals=False)
    scene = Scene(workspace, _NothingYet(), KINDS, DARK, window_font())
    scene.width, scene.height, scene.scroll = 800.0, 300.0, 50.0
    return scene


@pytest.fixture
def dialog(shown: Scene, qtbot: QtBot, tmp_path: Path) -> PictureDialog:
    dialog = PictureDialog(shown, DARK, (str(tmp_path),))
    qtbot.addWidget(dialog)
    return dialog


def drawn(dialog: PictureDialog, shown: Scene) -> QImage:
    scene = scene_of_picture(shown, dialog.style_wanted())
    save_picture(scene, dialog.path())
    return QImage(dialog.path())


def words(dialog: PictureDialog) -> str:
    return f"{dialog._footer.summary.text()} {dialog._footer.problem.text()}"


def test_it_proposes_all_tracks_in_light_colours_under_a_name_that_says_what_is_drawn(
    dialog: PictureDialog, shown: Scene, tmp_path: Path
) -> None:
    assert dialog.path() == str(tmp_path / "slices-chr3-1000-5000.png")
    assert "Draws chr3:1,000-5,000 with 20 tracks, 800 x 1,112 pixels." in words(dialog)
    image = drawn(dialog, shown)
    assert (image.width(), image.height()) == (800, 1112)
    assert image.pixelColor(400, 1100) == QColor(LIGHT.canvas)
    assert (shown.scroll, shown.height) == (50.0, 300.0)


@pytest.mark.parametrize(("choice", "ratio"), [(1, 2.0), (2, 300 / 96)])
def test_a_finer_picture_has_more_pixels_and_says_its_size_on_paper(
    dialog: PictureDialog, shown: Scene, choice: int, ratio: float
) -> None:
    dialog.in_view.setChecked(True)
    dialog.as_shown.setChecked(True)
    dialog.size_box.setCurrentIndex(choice)
    image = drawn(dialog, shown)
    assert (image.width(), image.height()) == (round(800 * ratio), round(300 * ratio))
    assert round(image.dotsPerMeterX() * 0.0254) == round(96 * ratio)
    assert image.pixelColor(image.width() - 3, image.height() - 2).lightness() < 60
    assert "5 tracks" in words(dialog)


@pytest.mark.parametrize(("ending", "start"), [(".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_the_format_and_the_name_follow_each_other(
    dialog: PictureDialog, shown: Scene, ending: str, start: bytes
) -> None:
    dialog.format.setCurrentIndex(dialog.format.findData(ending))
    assert dialog.path().endswith(f"5000{ending}")
    assert not dialog.size_box.isEnabled()
    assert "sharp at every size" in words(dialog)
    drawn(dialog, shown)
    assert Path(dialog.path()).read_bytes().startswith(start)
    dialog.target.setText(dialog.path().replace(ending, ".png"))
    assert dialog.format.currentData() == ".png"


def test_the_next_picture_of_a_place_has_another_name(shown: Scene, tmp_path: Path) -> None:
    first = propose(shown, (str(tmp_path),))
    Path(first).touch()
    assert propose(shown, (str(tmp_path),)) == first.replace(".png", "-2.png")


def test_a_folder_that_is_not_there_or_cannot_be_written_is_not_proposed(shown: Scene, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    proposed = Path(propose(shown, (str(tmp_path / "none"), str(closed))))
    assert proposed.parent != tmp_path / "none"
    if os.geteuid():
        assert proposed.parent != closed
    assert objection(str(proposed)) == ""


@pytest.mark.parametrize(
    ("path", "said"),
    [("x.png", "a whole path"), ("/none/x.png", "There is no folder /none"), ("{folder}/x.gif", "must end in .png")],
)
def test_a_place_that_will_not_do_is_said_before_anything_is_drawn(
    dialog: PictureDialog, tmp_path: Path, path: str, said: str
) -> None:
    dialog.target.setText(path.format(folder=tmp_path))
    assert said in words(dialog)
    save = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Save picture")
    assert not save.isEnabled()


def test_the_form_says_what_its_parts_are_and_one_choice_leaves_the_other(dialog: PictureDialog, qtbot: QtBot) -> None:
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.windowTitle() == "Save picture"
    buttons = (dialog.all_tracks, dialog.in_view, dialog.on_paper, dialog.as_shown)
    assert [button.text() for button in buttons] == [
        *("&all 20", "those in &view", "&light, for paper", "as on &screen, dark")
    ]
    assert [button.isChecked() for button in buttons] == [True, False, True, False]
    assert dialog.all_tracks.hasFocus()
    dialog.in_view.click()
    assert [button.isChecked() for button in buttons] == [False, True, True, False]
    assert "5 tracks" in words(dialog)
    dialog.as_shown.click()
    assert [button.isChecked() for button in buttons] == [False, True, False, True]
    wanted = dialog.style_wanted()
    assert (wanted.palette, wanted.has_all_tracks) == (DARK, False)
    assert [dialog.format.itemText(place) for place in range(3)] == ["PNG, pixels", "SVG, to edit", "PDF, to print"]
    assert [dialog.size_box.itemData(place) for place in range(3)] == [1.0, 2.0, 300 / 96]
    assert dialog.browse.accessibleName() == "Browse for the picture's file"
    captions = {label.text(): label.buddy() for label in dialog.findChildren(QLabel) if label.buddy() is not None}
    assert captions == {
        "Tracks": dialog.all_tracks,
        "Colours": dialog.on_paper,
        "&Format": dialog.format,
        "Si&ze": dialog.size_box,
        "Save &as": dialog.target,
    }
    assert dialog.all_tracks.accessibleName() == dialog.on_paper.accessibleName() == ""


def test_a_picture_of_one_track_says_so_and_what_is_replaced_is_said(
    shown: Scene, qtbot: QtBot, tmp_path: Path
) -> None:
    shown.workspace.history.change(shown.workspace.setup.with_tracks((GenesTrack(height=48),)), reveals=False)
    dialog = PictureDialog(shown, DARK, (str(tmp_path),))
    qtbot.addWidget(dialog)
    assert dialog.all_tracks.text() == "&all"
    assert "with 1 track, 800 x " in words(dialog)
    assert "replaces" not in words(dialog)
    (tmp_path / "there.png").touch()
    dialog.target.setText(str(tmp_path / "there.png"))
    assert words(dialog).rstrip().endswith("It replaces the file that is there.")
    dialog.target.setText(str(tmp_path / "there.xyz"))
    dialog.format.setCurrentIndex(2)
    assert dialog.path() == str(tmp_path / "there.xyz"), "a name that is no picture's is not changed"
    dialog.target.setText("")
    assert "a whole path" in words(dialog)


def test_a_track_that_ends_where_the_tracks_begin_is_not_counted(dialog: PictureDialog, shown: Scene) -> None:
    first = next(iter(shown.rows()))
    shown.scroll += first.top + first.height - shown.header_height
    in_sight = [row for row in shown.rows() if shown.header_height < row.top + row.height and row.top < shown.height]
    assert next(iter(shown.rows())) not in in_sight
    dialog.in_view.click()
    assert f"with {len(in_sight)} tracks" in words(dialog)


@pytest.mark.parametrize(("text", "signal"), [("Save picture", "accepted"), ("Cancel", "rejected")])
def test_the_buttons_do_what_they_say(dialog: PictureDialog, qtbot: QtBot, text: str, signal: str) -> None:
    with qtbot.waitExposed(dialog):
        dialog.show()
    with qtbot.waitSignal(getattr(dialog, signal)):
        next(each for each in dialog.findChildren(QPushButton) if each.text() == text).click()


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)  # whoever runs the tests
    assert objection(str(tmp_path / "x.png")) == f"You may not write into {tmp_path}."


@pytest.mark.parametrize(("theme", "offered"), [(LIGHT, False), (DARK, True)])
def test_colours_are_asked_for_only_where_they_differ(shown: Scene, qtbot: QtBot, theme: Theme, offered: bool) -> None:
    dialog = PictureDialog(shown, theme)
    qtbot.addWidget(dialog)
    assert dialog.on_paper.isVisibleTo(dialog) is offered
    assert dialog.style_wanted().palette is LIGHT


@pytest.mark.parametrize(
    ("chosen", "path"), [("{folder}/mine", "{folder}/mine.png"), ("{folder}/a.svg", "{folder}/a.svg")]
)
def test_a_chosen_file_gets_the_ending_of_the_format_unless_it_has_one(
    dialog: PictureDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, chosen: str, path: str
) -> None:
    with qtbot.waitExposed(dialog):
        dialog.show()
    # The dialog for files is the desktop's own; here it answers at once.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_words: (chosen.format(folder=tmp_path), ""))
    dialog.browse.click()
    assert dialog.path() == path.format(folder=tmp_path)
    assert dialog.format.currentData() == Path(path).suffix
    for part in (dialog.all_tracks, dialog.as_shown, dialog.format, dialog.size_box, dialog.target):
        assert not part.visibleRegion().isEmpty()
