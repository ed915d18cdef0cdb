"""A file that cannot be read says why in its own track, and the tracks beside it are drawn."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.app.window_program import WindowProgram
from ebert_gui.browser.content import TrackContent
from tests.certain import present

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 60_000

# A bigWig of 40 bytes has its magic number and half a header.
DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "header.bw": lambda whole: whole[:40],
    "magic.bw": lambda whole: whole[:4],
    "half.bw": lambda whole: whole[: len(whole) // 2],
    "empty.bw": lambda _whole: b"",
    "text.bw": lambda _whole: b"dear colleague, here are our tracks\n",
    "bigbed.bw": lambda whole: b"\xeb\xf2\x89\x87" + whole[4:],
}


def _settle(program: WindowProgram, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: program.opener.is_settled and program.loader.is_idle and program.workspace.dataset is not None,
        timeout=LONG,
    )


def _contents(program: WindowProgram) -> dict[str, TrackContent]:
    return {track.title: program.loader.content(track) for track in program.workspace.setup.tracks}


def test_every_kind_of_damage_is_said_in_its_own_track(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, tmp_path: Path
) -> None:
    whole = (toy_dataset.parent / "alpha.bw").read_bytes()
    good = tmp_path / "good.bw"
    good.write_bytes(whole)
    for name, damaged in DAMAGE.items():
        (tmp_path / name).write_bytes(damaged(whole))
    program = open_window(files=(str(good), *(str(tmp_path / name) for name in DAMAGE), str(tmp_path / "gone.bw")))
    _settle(program, qtbot)
    program.workspace.view.show(Interval("chr2", 0, 12_000))
    program.loader.ask()
    _settle(program, qtbot)
    contents = _contents(program)
    assert contents["good.bw"].parts["signal"]
    assert not contents["good.bw"].sentence
    for name in (*DAMAGE, "gone.bw"):
        assert contents[name].is_error, name
        assert name in contents[name].sentence
        assert contents[name].sentence.endswith(".")


def test_a_file_deleted_while_it_is_open_says_so_when_more_of_it_is_wanted(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, tmp_path: Path
) -> None:
    whole = (toy_dataset.parent / "alpha.bw").read_bytes()
    for name in ("kept.bw", "deleted.bw"):
        (tmp_path / name).write_bytes(whole)
    program = open_window(files=(str(tmp_path / "kept.bw"), str(tmp_path / "deleted.bw")))
    _settle(program, qtbot)
    (tmp_path / "deleted.bw").unlink()
    program.workspace.view.show(Interval("chr2", 0, 2000))
    program.loader.ask()
    _settle(program, qtbot)
    contents = _contents(program)
    assert not contents["kept.bw"].sentence
    assert "deleted.bw" in contents["deleted.bw"].sentence
    assert contents["deleted.bw"].is_error


def test_a_damaged_file_beside_a_dataset_gets_a_track_that_says_so(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.bw"
    empty.touch()
    program = open_window(dataset=str(toy_dataset), files=(str(empty),))
    _settle(program, qtbot)
    qtbot.waitUntil(lambda: "empty.bw" in _contents(program), timeout=LONG)
    _settle(program, qtbot)
    assert _contents(program)["empty.bw"].sentence == f"{empty} is empty."
    assert program.window.messages.shown is None


def test_one_unreadable_file_alone_is_a_message(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.bw"
    empty.touch()
    program = open_window(files=(str(empty),))
    qtbot.waitUntil(lambda: program.window.messages.shown is not None, timeout=LONG)
    assert present(program.window.messages.shown).sentence == f"{empty} is empty."


def test_files_of_any_name_are_opened_drawn_and_come_back(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, tmp_path: Path
) -> None:
    whole = (toy_dataset.parent / "alpha.bw").read_bytes()
    names = ("<b>R&D.bw", "two\nlines.bw", "esc\x1b[31m\x07.bw", "gpj.\u202ewb.bw", os.fsdecode(b"caf\xe9.bw"))
    for name in names:
        (tmp_path / name).write_bytes(whole)
    program = open_window(dataset=str(toy_dataset), files=tuple(str(tmp_path / name) for name in names))
    qtbot.waitUntil(lambda: set(names) <= set(_contents(program)), timeout=LONG)
    _settle(program, qtbot)
    for name in names:
        assert _contents(program)[name].parts["signal"], name
        assert not _contents(program)[name].sentence
    program.window.grab()
    program.window.close()
    second = open_window()
    qtbot.waitUntil(lambda: set(names) <= set(_contents(second)), timeout=LONG)
    _settle(second, qtbot)
    assert all(_contents(second)[name].parts["signal"] for name in names)
