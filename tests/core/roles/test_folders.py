"""Folders are listed for the window: bounded, in order, with a sentence where they cannot be, and holding up nobody."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ebert_core.protocol.folders import MOST_ENTRIES, Folder, ListFolder
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.roles import folders as folders_module
from ebert_core.roles.data import handlers
from ebert_core.roles.folders import Folders, list_folder
from ebert_core.roles.session import Cancelled
from tests.certain import of
from tests.core.roles.asking import quiet


def ask(path: object, **more: Any) -> Folder:
    request = ListFolder(str(path), **more)
    while (reply := of(Folder, handlers()[ListFolder](request, quiet))).is_waiting:
        pass
    return reply


def names(folder: Folder) -> list[str]:
    return [entry.name for entry in folder.entries]


@pytest.fixture
def laboratory(tmp_path: Path) -> Path:
    for name in ("chr10", "chr2", "Beta"):
        (tmp_path / name).mkdir()
    for name, size, time in (("b.bw", 3, 300), ("A.BW", 2, 100), (".hidden.bw", 1, 50), ("notes.txt", 9, 200)):
        (tmp_path / name).write_bytes(b"x" * size)
        os.utime(tmp_path / name, (time, time))
    return tmp_path


def test_folders_come_first_and_numbers_count(laboratory: Path) -> None:
    found = ask(laboratory)
    assert names(found) == ["Beta", "chr2", "chr10", "A.BW", "b.bw", "notes.txt"]
    assert [entry.is_folder for entry in found.entries] == [True] * 3 + [False] * 3
    assert [(entry.size, entry.modified) for entry in found.entries[3:]] == [(2, 100), (3, 300), (9, 200)]
    assert (found.path, found.parents[0], found.parents[-1]) == (str(laboratory), "/", str(laboratory))
    assert found.parents[-2] == str(laboratory.parent)
    assert found.count == 6
    assert found.can_write


def test_the_largest_and_the_newest_come_first_where_that_is_wanted(laboratory: Path) -> None:
    assert names(ask(laboratory, order="largest"))[3:] == ["notes.txt", "b.bw", "A.BW"]
    assert names(ask(laboratory, order="newest"))[3:] == ["b.bw", "notes.txt", "A.BW"]


def test_what_is_listed_can_be_narrowed_to_a_name_a_kind_and_folders(laboratory: Path) -> None:
    assert names(ask(laboratory, narrow="B")) == ["Beta", "A.BW", "b.bw"]
    assert names(ask(laboratory, endings=(".bw",)))[3:] == ["A.BW", "b.bw"]
    assert names(ask(laboratory, only_folders=True)) == ["Beta", "chr2", "chr10"]
    assert ".hidden.bw" in names(ask(laboratory, shows_hidden=True))
    assert names(ask(laboratory, narrow=".h")) == [".hidden.bw"], "whoever types the dot wants it"


def test_of_many_entries_the_first_come_and_all_are_counted(tmp_path: Path) -> None:
    for number in range(MOST_ENTRIES + 500):
        (tmp_path / f"{number}.bed").touch()
    found = ask(tmp_path)
    assert (len(found.entries), found.count) == (MOST_ENTRIES, MOST_ENTRIES + 500)
    assert names(found)[-1] == f"{MOST_ENTRIES - 1}.bed"
    assert names(ask(tmp_path, narrow=f"{MOST_ENTRIES + 499}")) == [f"{MOST_ENTRIES + 499}.bed"]


def test_a_path_of_a_file_lists_the_folder_around_it(laboratory: Path) -> None:
    found = ask(laboratory / "b.bw")
    assert (found.path, found.named, found.is_there) == (str(laboratory), "b.bw", True)
    found = ask(laboratory / "new.bw")
    assert (found.path, found.named, found.is_there) == (str(laboratory), "new.bw", False)
    assert found.path_of("new.bw") == str(laboratory / "new.bw")
    assert Folder("/").path_of("x") == "/x"


def test_home_is_where_the_person_is_at_home(laboratory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(laboratory))
    assert {ask("").path, ask("~").path, ask("~/chr2/..").path} == {str(laboratory)}


def test_names_that_are_no_utf8_links_to_nothing_and_pipes_are_listed(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.bw")).touch()
    (tmp_path / "lost").symlink_to(tmp_path / "nothing")
    (tmp_path / "there").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    found = ask(tmp_path)
    assert set(names(found)) == {os.fsdecode(b"caf\xe9.bw"), "lost", "there", "pipe"}
    assert [entry.name for entry in found.entries if entry.is_folder] == ["there"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("{}/none/", "There is no folder {}/none."),
        ("{}/none/x.bw", "There is no folder {}/none."),
        ("{}/file/", "{}/file is no folder."),
        ("{}/file/x.bw", "{}/file is no folder."),
        ("{}/" + "n" * 300 + "/", "too long for this system"),
        ("sub/x.bw", "sub/x.bw is no whole path; begin it with / or with ~."),
        ("/a\0b", "cannot hold the character NUL"),
    ],
)
def test_a_folder_that_cannot_be_listed_is_one_sentence(tmp_path: Path, path: str, sentence: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidRequest) as raised:
        ask(path.replace("{}", str(tmp_path)))
    assert sentence.replace("{}", str(tmp_path)) in str(raised.value)


@pytest.mark.parametrize(
    ("number", "sentence"), [(errno.EACCES, "You may not look into {}."), (errno.EIO, "{} cannot be read: ")]
)
def test_a_folder_that_the_system_refuses_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
) -> None:
    def refuse(path: str) -> None:
        raise OSError(number, os.strerror(number), path)

    # Root, who may run this, is refused nothing.
    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InvalidRequest) as raised:
        ask(tmp_path)
    assert str(raised.value).startswith(sentence.format(tmp_path))


class Hanging:
    """Lists folders, and one called `/nfs` only when its disk answers again."""

    def __init__(self) -> None:
        self.answers_again = threading.Event()
        self.asked: list[str] = []
        self.finished: list[str] = []

    def __call__(self, request: ListFolder, go_on: Callable[[], None]) -> Folder:
        self.asked.append(request.path)
        if request.path.startswith("/nfs"):
            self.answers_again.wait()
        go_on()
        self.finished.append(request.path)
        return Folder(request.path)


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    monkeypatch.setattr(folders_module, "_WAITS_SECONDS", 0.05)
    lister = Hanging()
    yield lister
    lister.answers_again.set()


def test_a_folder_that_hangs_costs_only_its_own_request(hanging: Hanging) -> None:
    folders = Folders(hanging)
    assert folders.answer(ListFolder("/nfs"), quiet).is_waiting
    assert not folders.answer(ListFolder("/home"), quiet).is_waiting
    assert hanging.asked == ["/nfs", "/home"]


def test_a_folder_that_hangs_is_asked_once_and_answers_when_it_can(hanging: Hanging) -> None:
    folders = Folders(hanging)
    assert folders.answer(ListFolder("/nfs"), quiet).is_waiting
    assert folders.answer(ListFolder("/nfs"), quiet).is_waiting
    hanging.answers_again.set()
    assert folders.answer(ListFolder("/nfs"), quiet) == Folder("/nfs")
    assert hanging.asked == ["/nfs"]


def test_a_folder_that_hangs_is_not_begun_again_by_coming_back_to_it(hanging: Hanging) -> None:
    folders = Folders(hanging)
    for _ in range(3):
        assert not folders.answer(ListFolder("/home"), quiet).is_waiting
        assert folders.answer(ListFolder("/nfs"), quiet).is_waiting
    hanging.answers_again.set()
    assert folders.answer(ListFolder("/nfs"), quiet) == Folder("/nfs")
    assert hanging.asked.count("/nfs") == 1


def test_a_folder_that_was_left_is_not_read_to_its_end_but_is_when_a_person_comes_back(hanging: Hanging) -> None:
    folders = Folders(hanging)
    assert folders.answer(ListFolder("/nfs"), quiet).is_waiting
    folders.answer(ListFolder("/home"), quiet)
    (left,) = [thread for thread in threading.enumerate() if thread.name == "folder"]
    hanging.answers_again.set()
    left.join()
    assert hanging.finished == ["/home"]
    assert folders.answer(ListFolder("/nfs"), quiet).is_waiting
    assert folders.answer(ListFolder("/nfs"), quiet) == Folder("/nfs")


def test_whoever_waits_for_a_folder_can_cancel(hanging: Hanging) -> None:
    reports = iter([None, None, Cancelled("cancelled")])

    def report(fraction: float, note: str = "") -> None:
        verdict = next(reports)
        if verdict is not None:
            raise verdict

    with pytest.raises(Cancelled):
        Folders(hanging).answer(ListFolder("/nfs"), report)


def test_so_many_folders_may_hang_and_no_more(hanging: Hanging) -> None:
    folders = Folders(hanging)
    for number in range(16):
        assert folders.answer(ListFolder(f"/nfs{number}"), quiet).is_waiting
    with pytest.raises(InvalidRequest, match=r"16 folders of .* do not answer"):
        folders.answer(ListFolder("/nfs16"), quiet)
    assert len(hanging.asked) == 16


def test_a_folder_that_nobody_waits_for_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    def go_on() -> None:
        raise folders_module.Unwanted

    with pytest.raises(folders_module.Unwanted):
        list_folder(ListFolder(str(tmp_path)), go_on)
