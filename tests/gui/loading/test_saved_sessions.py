"""Sessions in files of a person: what is in them changes when they are saved, and what was not saved is not lost."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.state.session import Session, read_session, write_session
from ebert_gui.state.session_files import newest_sessions, settings_folder
from ebert_gui.state.setup import Setup
from tests.certain import present
from tests.gui.drawn import KINDS
from tests.gui.loading.saving import Window


def in_file(path: Path) -> Session:
    read = read_session(path, KINDS.read)
    assert not read.problem
    return read.session


def ids(session: Session) -> list[str]:
    return [track.id for track in session.setup.tracks]


def saved_in(window: Window, study: Path, name: str = "s.json") -> Path:
    window.opener.open_dataset(str(study / "DATASET.toml"))
    window.workspace.history.change(Setup(tracks=(GenesTrack(id="genes"),)))
    assert window.saved.save(study / name)
    return study / name


def test_a_saved_session_changes_only_when_it_is_saved(new_window: Callable[[], Window], study: Path) -> None:
    window = new_window()
    path = saved_in(window, study)
    assert (window.saved.path, window.saved.is_changed) == (path, False)
    window.add("more")
    window.keeper.save()
    assert window.saved.is_changed
    assert ids(in_file(path)) == ["genes"]
    window.workspace.history.undo()
    assert not window.saved.is_changed
    window.workspace.history.redo()
    assert window.saved.save()
    assert not window.saved.is_changed
    assert ids(in_file(path)) == ["genes", "more"]


def test_moving_about_is_no_change(new_window: Callable[[], Window], study: Path) -> None:
    window = new_window()
    saved_in(window, study)
    window.workspace.view.pan_by(500.0)
    assert not window.saved.is_changed


def test_a_file_holds_paths_from_its_folder_on_and_nothing_of_this_window(
    new_window: Callable[[], Window], study: Path
) -> None:
    window = new_window()
    window.opener.open_dataset(str(study / "DATASET.toml"))
    window.opener.open_files((str(study / "tracks" / "a.bw"),))
    window.saved.save(study / "sessions" / "s.json")
    held = in_file(study / "sessions" / "s.json")
    assert dict(held.beside) == {
        str(study / "DATASET.toml"): "../DATASET.toml",
        str(study / "tracks" / "a.bw"): "../tracks/a.bw",
    }
    assert (held.saved_as, held.saved_at, held.layout, held.geometry, held.is_dark) == ("", 0, "", "", None)


def test_what_was_not_saved_is_kept_by_itself_and_comes_back(new_window: Callable[[], Window], study: Path) -> None:
    first = new_window()
    path = saved_in(first, study)
    first.add("more")
    first.keeper.end()
    second = new_window()
    second.saved.open(str(path))
    assert second.tracks == ["genes", "more"]
    assert second.saved.is_changed
    assert second.said == ["Changes that were not saved in s.json are shown; File, Revert to saved shows the file."]
    second.saved.revert()
    assert second.tracks == ["genes"]
    assert not second.saved.is_changed
    (aside,) = [each for each in (settings_folder() / "sessions").iterdir() if ".aside-" in each.name]
    assert ids(in_file(aside)) == ["genes", "more"]
    assert aside.name in second.said[-1]


def test_the_next_start_goes_on_with_the_saved_session(new_window: Callable[[], Window], study: Path) -> None:
    first = new_window()
    path = saved_in(first, study)
    first.add("more")
    first.keeper.end()
    second = new_window()
    session = second.keeper.last()
    second.opener.open_dataset(session.dataset)
    assert (second.saved.path, second.saved.is_changed, second.tracks) == (path, True, ["genes", "more"])
    assert second.said == []
    second.workspace.history.change(second.workspace.setup.without("more"))
    assert not second.saved.is_changed, "this is what the file has"


def test_a_file_that_was_changed_elsewhere_wins_and_what_was_not_saved_is_kept_aside(
    new_window: Callable[[], Window], study: Path
) -> None:
    first = new_window()
    path = saved_in(first, study)
    first.add("mine")
    first.keeper.end()
    theirs = replace(in_file(path), setup=Setup(tracks=(GenesTrack(id="theirs"),)))
    write_session(path, theirs)
    os.utime(path, ns=(1, 1))
    second = new_window()
    second.saved.open(str(path))
    assert second.tracks == ["theirs"]
    (aside,) = [each for each in (settings_folder() / "sessions").iterdir() if ".aside-" in each.name]
    assert ids(in_file(aside)) == ["genes", "mine"]


def test_saving_over_what_another_program_wrote_keeps_that_beside_it(
    new_window: Callable[[], Window], study: Path
) -> None:
    window = new_window()
    path = saved_in(window, study)
    write_session(path, replace(in_file(path), setup=Setup(tracks=(GenesTrack(id="theirs"),))))
    os.utime(path, ns=(1, 1))
    window.add("mine")
    assert window.saved.save()
    assert ids(in_file(path)) == ["genes", "mine"]
    (aside,) = [each for each in study.iterdir() if ".aside-" in each.name]
    assert ids(in_file(aside)) == ["theirs"]
    assert window.said == [f"{path} had been changed elsewhere; what it held is kept as {aside}."]


def test_saving_under_another_name_leaves_the_first_file_and_follows_the_second(
    new_window: Callable[[], Window], study: Path
) -> None:
    window = new_window()
    first = saved_in(window, study)
    window.add("more")
    window.keeper.save()
    assert window.saved.save(study / "t.json")
    assert (ids(in_file(first)), ids(in_file(study / "t.json"))) == (["genes"], ["genes", "more"])
    window.add("last")
    window.keeper.end()
    kept = [in_file(each) for each in newest_sessions()]
    assert [each.saved_as for each in kept if each.is_changed] == [str(study / "t.json")]
    assert str(first) not in [each.saved_as for each in kept]


def test_a_session_that_cannot_be_written_is_said_and_stays_unsaved(
    new_window: Callable[[], Window], study: Path
) -> None:
    window = new_window()
    path = saved_in(window, study)
    window.add("more")
    (study / "file").write_text("x")
    assert not window.saved.save(study / "file" / "s.json")
    assert window.said == [f"The session was not saved in {study}/file/s.json: File exists."]
    assert (window.saved.path, window.saved.is_changed) == (path, True)


def test_what_a_person_does_while_a_session_still_opens_is_a_change(
    new_window: Callable[[], Window], study: Path
) -> None:
    path = saved_in(new_window(), study)
    window = new_window()
    window.saved.open(str(path), lambda: window.add("early"))
    assert window.opener.is_settled
    assert window.tracks == ["genes", "early"]
    assert window.saved.is_changed


def test_a_folder_that_was_moved_opens_and_is_not_changed_by_that(
    new_window: Callable[[], Window], study: Path, tmp_path: Path
) -> None:
    first = new_window()
    first.opener.open_dataset(str(study / "DATASET.toml"))
    first.opener.open_files((str(study / "tracks" / "a.bw"),))
    first.saved.save(study / "s.json")
    moved = study.rename(tmp_path / "moved")
    second = new_window()
    second.saved.open(str(moved / "s.json"))
    assert present(second.workspace.dataset).path == str(moved / "DATASET.toml")
    assert second.paths == [str(moved / "tracks" / "a.bw")]
    assert (second.saved.path, second.saved.is_changed) == (moved / "s.json", False)


def test_files_that_are_gone_are_asked_for_once_and_all_found_by_one_folder(
    new_window: Callable[[], Window], study: Path, tmp_path: Path
) -> None:
    first = new_window()
    first.opener.open_files(tuple(str(study / "tracks" / name) for name in ("a.bw", "b.bw")))
    first.saved.save(tmp_path / "s.json")
    moved = (study / "tracks").rename(tmp_path / "elsewhere")
    second = new_window()
    asked: list[tuple[str, ...]] = []
    second.saved.missing.connect(lambda: asked.append(present(second.saved.searched).missing))
    second.saved.open(str(tmp_path / "s.json"))
    assert asked == [(str(study / "tracks" / "a.bw"), str(study / "tracks" / "b.bw"))]
    assert second.workspace.dataset is None
    second.saved.look_in(str(moved))
    assert len(asked) == 1
    assert second.paths == [str(moved / "a.bw"), str(moved / "b.bw")]


def test_a_session_opens_without_what_is_missing_and_keeps_its_track(
    new_window: Callable[[], Window], study: Path, tmp_path: Path
) -> None:
    first = new_window()
    first.opener.open_dataset(str(study / "DATASET.toml"))
    first.opener.open_files((str(study / "tracks" / "a.bw"),))
    path = tmp_path / "s.json"
    first.saved.save(path)
    (study / "tracks" / "a.bw").unlink()
    second = new_window()
    second.saved.open(str(path))
    assert not present(second.saved.searched).is_without_dataset
    second.saved.go_on()
    assert second.paths == [str(study / "tracks" / "a.bw")]
    assert second.saved.searched is None


def test_a_session_of_files_is_shown_in_the_place_of_what_was_open(
    new_window: Callable[[], Window], study: Path
) -> None:
    first = new_window()
    first.opener.open_files((str(study / "tracks" / "a.bw"),))
    first.saved.save(study / "s.json")
    second = new_window()
    second.opener.open_files((str(study / "tracks" / "b.bw"),))
    second.saved.open(str(study / "s.json"))
    assert second.paths == [str(study / "tracks" / "a.bw")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no session in"),
        ("{}", "is JSON, but neither a session of this program nor one of IGV"),
        ("no json", "cannot be read as JSON"),
        ('{"version": 99, "setup": {}}', "is from a newer version"),
        ('{"version": 2, "setup": 7}', "could not be read (Expected `object`, got `int` - at `$.setup`)"),
    ],
)
def test_what_is_no_session_is_said_and_changes_nothing(
    new_window: Callable[[], Window], study: Path, content: str | None, words: str
) -> None:
    window = new_window()
    path = saved_in(window, study)
    other = study / "other.json"
    if content is not None:
        other.write_text(content)
    window.saved.open(str(other))
    assert len(window.said) == 1
    assert words in window.said[0]
    assert (window.saved.path, window.tracks) == (path, ["genes"])


def test_a_track_of_a_file_says_where_it_went(new_window: Callable[[], Window], study: Path, tmp_path: Path) -> None:
    path, old = tmp_path / "s.json", str(study / "gone" / "a.bw")
    track = SignalTrack(id="s", path=old)
    write_session(path, Session(files=(old,), setup=Setup(tracks=(track,))))
    window = new_window()
    window.saved.open(str(path))
    window.saved.look_in(str(study / "tracks"))
    assert window.workspace.setup.tracks == (replace(track, path=str(study / "tracks" / "a.bw")),)


def test_a_window_that_saved_its_session_under_a_name_leaves_that_of_the_dataset_to_others(
    new_window: Callable[[], Window], study: Path
) -> None:
    saved_in(new_window(), study)
    second = new_window()
    second.opener.open_dataset(str(study / "DATASET.toml"))
    assert second.said == [], "no other window has it"
    assert second.saved.path is None
