"""The files on which workers ended: kept for the next start, by role, until they are forgiven."""

from pathlib import Path

from ebert_core.protocol.terms.reading import FileStamp
from ebert_gui.state.fatal_files import MOST_REMEMBERED, FatalFiles, kept_fatal_files
from ebert_gui.state.session_files import settings_folder

A, B = FileStamp("/d/a.bw", 1, 10), FileStamp("/d/b.bw", 2, 20)


def test_what_is_remembered_is_there_at_the_next_start_for_its_role_only(tmp_path: Path) -> None:
    kept = tmp_path / "config" / "fatal-files.json"
    FatalFiles(kept).remember("data", A)
    assert FatalFiles(kept).of("data") == (A,)
    assert FatalFiles(kept).of("model") == ()


def test_a_changed_file_takes_the_place_of_what_was_known_of_it() -> None:
    fatal = FatalFiles()
    for stamp in (A, B, FileStamp("/d/a.bw", 9, 10)):
        fatal.remember("data", stamp)
    assert fatal.of("data") == (B, FileStamp("/d/a.bw", 9, 10))


def test_two_windows_keep_what_each_of_them_learned(tmp_path: Path) -> None:
    kept = tmp_path / "fatal-files.json"
    first, second = FatalFiles(kept), FatalFiles(kept)
    first.remember("data", A)
    second.remember("data", B)
    assert set(FatalFiles(kept).of("data")) == {A, B}


def test_forgiving_names_files_or_all_of_a_role(tmp_path: Path) -> None:
    kept = tmp_path / "fatal-files.json"
    fatal = FatalFiles(kept)
    fatal.remember("data", A)
    fatal.remember("data", B)
    fatal.remember("model", A)
    assert not fatal.forgive("data", ["/d/other.bw"])
    assert fatal.forgive("data", ["/d/a.bw"])
    assert (fatal.of("data"), fatal.of("model")) == ((B,), (A,))
    assert fatal.forgive("data", None)
    assert (FatalFiles(kept).of("data"), FatalFiles(kept).of("model")) == ((), (A,))


def test_the_memory_is_bounded_and_a_damaged_one_is_empty(tmp_path: Path) -> None:
    kept = tmp_path / "fatal-files.json"
    kept.write_text("{[")
    fatal = FatalFiles(kept)
    assert fatal.of("data") == ()
    for number in range(MOST_REMEMBERED + 5):
        fatal.remember("data", FileStamp(f"/d/{number}", 1, 1))
    assert len(FatalFiles(kept).of("data")) == MOST_REMEMBERED
    assert FatalFiles(kept).of("data")[-1].path == f"/d/{MOST_REMEMBERED + 4}"


def test_files_that_ended_a_worker_are_kept_beside_the_other_settings() -> None:
    kept_fatal_files().remember("data", A)
    assert A in kept_fatal_files().of("data")
    assert [path.name for path in settings_folder().iterdir() if path.is_file()] == ["fatal-files.json"]
