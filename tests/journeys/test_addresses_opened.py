"""Files at addresses in a real window with real workers: drawn, kept in the session without secrets, and restored."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ebert_core.protocol.terms import addresses
from ebert_core.protocol.terms.addresses import without_secrets
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_gui.app.window_program import WindowProgram
from ebert_gui.datasets.opening import open_all
from ebert_gui.state.session_files import newest_sessions
from tests.certain import present
from tests.served import serving

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 60_000


def _settle(program, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: program.opener.is_settled and program.loader.is_idle and program.workspace.dataset is not None,
        timeout=LONG,
    )


def _all_that_was_written() -> str:
    folders = [Path(os.environ[name]) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return "".join(path.read_bytes().decode("latin-1") for path in files)


def test_an_address_is_drawn_kept_without_its_secrets_and_restored(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, toy_dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(alpha_bw=(toy_dataset.parent / "alpha.bw").read_bytes()) as served:
        served.needs_login = True
        whole = served.url("alpha.bw?token=t0ken").replace("//", "//ann:s3cret@")
        shown = served.url("alpha.bw")
        program = open_window(files=(without_secrets(whole),))
        _settle(program, qtbot)
        assert [file.path for file in present(program.workspace.dataset).files] == [shown]
        assert all(asked.authorization and asked.path.endswith("token=t0ken") for asked in served.asked)
        program.window.close()
        assert shown in newest_sessions()[0].read_text()
        written = _all_that_was_written()
        assert "s3cret" not in written
        assert "t0ken" not in written

        # Another day: nothing is remembered, so the server sends us away, until the address is opened with its login.
        monkeypatch.setattr(addresses, "_logins", {})
        monkeypatch.setattr(addresses, "_parameters", {})
        program = open_window()
        qtbot.waitUntil(lambda: program.opener.is_settled, timeout=LONG)
        assert program.workspace.dataset is None or not program.workspace.dataset.files
        open_all(program.window.desk, (without_secrets(whole),))
        _settle(program, qtbot)
        assert [file.path for file in present(program.workspace.dataset).files] == [shown]


def test_no_sound_address_is_refused_on_the_command_line() -> None:
    from ebert_gui.__main__ import _parser, _problem

    assert _problem(_parser().parse_args(["https://:80/a.bw"])).startswith("An address is written as")
    assert _problem(_parser().parse_args(["https://h/a.toml", "https://h/b.toml"])) == ""
    with pytest.raises(InvalidRequest):
        addresses.place_of("https://:80/a.bw")
