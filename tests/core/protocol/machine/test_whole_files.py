"""Written files and folders take the place of old ones in one way, which loses neither."""

import ast
import os
import time
from pathlib import Path

import pytest

import ebert_core
from ebert_core.protocol.machine.whole_files import (
    new_part,
    new_part_folder,
    put_back,
    put_folder_in_place,
    put_in_place,
)

# Who may rename otherwise: a claim of which one of two may win, and a damaged state and an unreadable session that
# get out of the way.
_MAY_RENAME = {"jobs/lock.py", "training/resume.py", "state/session.py"}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A written folder, its place, which an old one has, and where the old one steps aside."""
    place = tmp_path / "store"
    place.mkdir()
    (place / "old").touch()
    part = new_part_folder(place)
    (part / "new").touch()
    return part, place, tmp_path / ".store.old"


def test_a_new_folder_takes_the_place_of_the_old_one_and_nothing_is_left_beside_it(
    folders: tuple[Path, Path, Path],
) -> None:
    part, place, aside = folders
    aside.mkdir()  # left over from a crash that is long past
    put_folder_in_place(part, place, aside)
    assert os.listdir(place) == ["new"]
    assert os.listdir(place.parent) == ["store"]


def test_where_a_new_folder_cannot_be_moved_the_old_one_has_its_name_again(folders: tuple[Path, Path, Path]) -> None:
    part, place, aside = folders
    (part / "new").unlink()
    part.rmdir()
    with pytest.raises(FileNotFoundError):
        put_folder_in_place(part, place, aside)
    assert os.listdir(place) == ["old"]
    assert not aside.exists()


def test_a_folder_that_waits_aside_comes_back_only_where_none_has_its_name(folders: tuple[Path, Path, Path]) -> None:
    _, place, aside = folders
    aside.mkdir()
    (aside / "waiting").touch()
    put_back(place, aside)
    assert os.listdir(place) == ["old"]
    os.rename(place, place.with_name("elsewhere"))
    put_back(place, aside)
    assert os.listdir(place) == ["waiting"]


def test_a_folder_that_a_process_left_half_written_a_day_ago_is_removed_and_a_new_one_is_not(tmp_path: Path) -> None:
    place = tmp_path / "store"
    old, new = new_part_folder(place), new_part_folder(place)
    (old / "half").touch()
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    third = new_part_folder(place)
    assert sorted(tmp_path.iterdir()) == sorted((new, third))


@pytest.mark.parametrize("has_old", [True, False])
def test_the_file_that_had_the_name_is_kept_under_another_one(tmp_path: Path, has_old: bool) -> None:
    path, kept = tmp_path / "state", tmp_path / "previous"
    kept.write_text("the one before")
    if has_old:
        path.write_text("old")
    part = new_part(path)
    part.write_text("new")
    put_in_place(part, path, keep_old_as=kept)
    assert path.read_text() == "new"
    assert kept.read_text() == ("old" if has_old else "the one before")


def test_no_module_renames_what_it_wrote_but_through_whole_files() -> None:
    core = Path(ebert_core.__path__[0])
    modules = (
        *core.rglob("*.py"),
        *core.with_name("ebert_gui").rglob("*.py"),
        *core.with_name("benchmarks").rglob("*.py"),
    )
    renaming = {path for path in modules for node in ast.walk(ast.parse(path.read_text())) if _renames(node)}
    assert {path.relative_to(core.parent).as_posix().partition("/")[2] for path in renaming} == {
        "protocol/machine/whole_files.py",
        *_MAY_RENAME,
    }


def _renames(call: ast.AST) -> bool:
    """Whether this is a renaming; `replace` of a path takes one argument, that of a text two."""
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return False
    of, name = getattr(call.func.value, "id", ""), call.func.attr
    if of in ("os", "shutil"):
        return name in ("rename", "renames", "replace", "move")
    return name in ("rename", "replace") and len(call.args) == 1 and not call.keywords
