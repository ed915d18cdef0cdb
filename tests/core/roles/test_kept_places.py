"""Where the files of a session are found again, and that one file is never taken for another."""

import shutil
from pathlib import Path

import pytest

from ebert_core.protocol.kept_places import FindPlaces, FoundPlaces, KeptPlace
from ebert_core.protocol.machine.resources import shipped_checkpoints
from tests.core.roles.asking import data_role


def found(*paths: str | tuple[str, str], folder: Path | str = "", beside: Path | str = "") -> tuple[str, ...]:
    places = tuple(KeptPlace(path) if isinstance(path, str) else KeptPlace(*path) for path in paths)
    reply = data_role()(FindPlaces(places, str(beside), str(folder)))
    assert isinstance(reply, FoundPlaces)
    return reply.paths


def made(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    return str(path)


def test_what_is_where_it_was_is_found_there_and_an_address_is_not_looked_for(tmp_path: Path) -> None:
    here = made(tmp_path / "a.bw")
    assert found(here, str(tmp_path / "no.bw"), "https://server/x.bw", here) == (here, "", "https://server/x.bw", here)


def test_a_session_that_was_moved_with_its_files_finds_them_beside_it(tmp_path: Path) -> None:
    old = made(tmp_path / "old" / "tracks" / "a.bw")
    shutil.move(tmp_path / "old", tmp_path / "new")
    assert found((old, "tracks/a.bw"), beside=tmp_path / "new") == (str(tmp_path / "new" / "tracks" / "a.bw"),)


def test_without_the_folder_of_the_session_nothing_beside_it_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path / "a.bw")
    monkeypatch.chdir(tmp_path)
    assert found(("/gone/a.bw", "a.bw")) == ("",)


def test_a_session_that_was_copied_with_its_files_means_the_copies(tmp_path: Path) -> None:
    old = made(tmp_path / "old" / "a.bw")
    copy = made(tmp_path / "new" / "a.bw")
    assert found((old, "a.bw"), beside=tmp_path / "new") == (copy,)
    assert found((old, "a.bw"), beside=tmp_path / "old") == (old,)


def test_files_are_found_in_a_folder_under_the_ends_of_their_paths(tmp_path: Path) -> None:
    new = [made(tmp_path / "new" / cell / "dnase.bw") for cell in ("K562", "GM12878")]
    assert found("/gone/K562/dnase.bw", "/gone/GM12878/dnase.bw", "/gone/c.bw", folder=tmp_path / "new") == (*new, "")


def test_a_file_of_the_same_name_in_another_folder_is_not_taken_for_it(tmp_path: Path) -> None:
    only = made(tmp_path / "new" / "K562" / "dnase.bw")
    assert found("/gone/GM12878/dnase.bw", "/gone/K562/dnase.bw", folder=tmp_path / "new" / "K562") == ("", only)
    assert found("/gone/a/dnase.bw", "/gone/b/dnase.bw", folder=tmp_path / "new" / "K562") == ("", "")


def test_what_is_there_keeps_its_path_although_another_ends_like_it(tmp_path: Path) -> None:
    there = made(tmp_path / "a.bw")
    assert found("/gone/a.bw", there, folder=tmp_path) == ("", there)


def test_one_that_is_found_shows_where_those_beside_it_went(tmp_path: Path) -> None:
    new = [made(tmp_path / "study" / name) for name in ("K562/dnase.bw", "GM12878/dnase.bw", "genes.gtf")]
    gone = ("/gone/study/K562/dnase.bw", "/gone/study/GM12878/dnase.bw", "/gone/study/genes.gtf", "/gone/study/no.bed")
    assert found(*gone, folder=tmp_path / "study" / "K562") == (*new, "")


def test_paths_of_another_system_are_found_too(tmp_path: Path) -> None:
    new = made(tmp_path / "tracks" / "a.bw")
    assert found(r"C:\study\tracks\a.bw", folder=tmp_path) == (new,)


def test_a_shipped_checkpoint_is_found_where_this_program_has_it() -> None:
    name, here = next(iter(shipped_checkpoints().items()))
    assert found(f"/elsewhere/share/checkpoints/{name}", f"/data/{name}") == (str(here), "")


@pytest.mark.parametrize("path", ["", "/", ".", "a.bw"])
def test_odd_paths_of_a_foreign_session_are_no_mistake(path: str, tmp_path: Path) -> None:
    assert len(found((path, "../../.."), folder=tmp_path, beside=tmp_path)) == 1
