"""Which session is asked for, where one is saved, and what is asked when its files are gone."""

from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication

from ebert_core.protocol.kept_places import FindPlaces, FoundPlaces
from ebert_core.protocol.tracks import OpenDataset
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.saved_sessions import Named, Searched
from ebert_gui.sessions.missing_dialog import MissingFiles
from ebert_gui.state.recent import add_recent
from ebert_gui.state.session import Session, read_session, write_session
from ebert_gui.windows.main_window import MainWindow
from tests.certain import present
from tests.gui.dialogs import asked, is_gone, only
from tests.gui.silent import Silent

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")
SESSION = Session(dataset="/gone/DATASET.toml", files=("/gone/a.bw", "/here/b.bw"))


def trigger(window: MainWindow, command: str) -> None:
    window.actions_by_id[command].trigger()


@pytest.fixture
def searched(window: MainWindow, tmp_path: Path) -> Searched:
    """A session of which one file was found, one was found elsewhere, and the dataset is missing."""
    path = tmp_path / "s.json"
    write_session(path, SESSION)
    sessions = window.desk.sessions
    sessions.open(str(path))
    (request,) = asked(window.desk.sessions._data, FindPlaces)
    found = ("", "/moved/a.bw", "/here/b.bw")
    sessions.searched = Searched(Named(path, SESSION), request.places, found, lambda: None)
    sessions.missing.emit()
    return sessions.searched


def test_a_session_is_saved_where_a_person_says_and_then_there_again(
    window: MainWindow, files: dict[str, Any], tmp_path: Path
) -> None:
    trigger(window, "session.save")
    ((wanted, beginning),) = files["asked"]
    assert (wanted.title, wanted.mode, wanted.action) == ("Save session", "save", "Save")
    assert beginning == "/data/data-session.json"
    files["answer"] = wanted.complete(str(tmp_path / "s"))
    trigger(window, "session.save-as")
    saved = tmp_path / "s.json"
    assert present(window.messages.shown).sentence == f"The session is saved in {saved}"
    window.workspace.history.change(window.workspace.setup.with_tracks(()))
    trigger(window, "session.save")
    assert len(files["asked"]) == 2
    assert read_session(saved, Kinds().read).session.setup.tracks == ()
    trigger(window, "session.save-as")
    assert files["asked"][-1][1] == str(saved)


def test_reverting_is_for_a_saved_session_that_was_changed(window: MainWindow, data: Silent, tmp_path: Path) -> None:
    def can_revert() -> bool:
        menu = window.menus["File"]
        menu.aboutToShow.emit()
        return window.actions_by_id["session.revert"].isEnabled()

    assert not can_revert()
    assert window.desk.sessions.save(tmp_path / "s.json")
    assert not can_revert()
    window.workspace.history.change(window.workspace.setup.with_tracks(()))
    assert can_revert()
    trigger(window, "session.revert")
    assert [request.session_folder for request in asked(data, FindPlaces)] == [str(tmp_path)]


@pytest.mark.parametrize("way", ["asked for", "opened lately"])
def test_a_session_that_is_opened_is_looked_into(
    window: MainWindow, data: Silent, files: dict[str, Any], tmp_path: Path, way: str
) -> None:
    path = str(tmp_path / "s.json")
    write_session(Path(path), SESSION)
    if way == "asked for":
        files["answer"] = path
        trigger(window, "session.open")
        assert files["asked"][0][0].kinds[0].endings == (".json",)
    else:
        add_recent((path,))
        menu = present(window.actions_by_id["recent.open"].menu())
        menu.aboutToShow.emit()
        menu.actions()[0].trigger()
    (request,) = asked(data, FindPlaces)
    assert [place.path for place in request.places] == [SESSION.dataset, *SESSION.files]


def test_what_is_missing_is_listed_and_without_its_dataset_a_session_cannot_be_opened(
    window: MainWindow, searched: Searched
) -> None:
    form = only(window, MissingFiles)
    assert form.list.isVisible()
    assert form.heading.text() == "1 file of s.json is not where the session says."
    rows = [form.list.topLevelItem(row) for row in range(form.list.topLevelItemCount())]
    assert [(row.text(0), row.text(1)) for row in rows] == [
        ("/gone/DATASET.toml", "not found"),
        ("/gone/a.bw", "/moved/a.bw"),
    ]
    assert form.footer.problem.text() == "The dataset is missing, and nothing can be shown without it."
    assert not form.footer.action.isEnabled()
    assert form.footer.summary.text() == "1 other was found elsewhere."


def test_a_folder_is_looked_into_and_the_session_opens_when_all_is_found(
    window: MainWindow, data: Silent, files: dict[str, Any], searched: Searched
) -> None:
    form = only(window, MissingFiles)
    files["answer"] = "/n"
    form.look.click()
    data.answer(FindPlaces, FoundPlaces(("", "/moved/a.bw", "/here/b.bw")))
    assert (files["asked"][-1][0].title, files["asked"][-1][0].mode) == ("Look for the missing files", "folder")
    assert asked(data, FindPlaces)[-1].folder == "/n"
    assert only(window, MissingFiles) is form, "one form asks for all"
    form.look.click()
    data.answer(FindPlaces, FoundPlaces(("/n/DATASET.toml", "", "/here/b.bw")))
    assert asked(data, OpenDataset) == [OpenDataset("/n/DATASET.toml")]
    assert is_gone(window, MissingFiles)


def test_a_session_that_is_given_up_opens_nothing(window: MainWindow, data: Silent, searched: Searched) -> None:
    form = only(window, MissingFiles)
    form.reject()
    assert window.desk.sessions.searched is None
    assert asked(data, OpenDataset) == []
    assert is_gone(window, MissingFiles)


def test_the_form_is_worked_by_keys_alone(window: MainWindow, searched: Searched) -> None:
    form = only(window, MissingFiles)
    app = QApplication.instance()
    assert app is not None
    app.sendPostedEvents(None, QEvent.Type.Polish)
    assert form.look.hasFocus()
    assert "&" in form.look.text()
    assert form.list.accessibleName()
