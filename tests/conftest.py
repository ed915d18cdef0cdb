"""What every test may use: where the real data lies, and a home of its own for whatever the program writes."""

import os
import signal
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Started by nohup, or with & in a script, the tests and all that they start would ignore what ends them.
for _signal, _usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, _usual)

# A busy machine is slow and not wrong: tests wait until something comes, and only for what never comes so long.
for _waiting in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed):
    _waiting.__kwdefaults__["timeout"] = 60_000


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real human data; skips the test where it is absent."""
    beside_the_checkout = Path(__file__).parents[2] / "shared" / "real"
    folder = Path(os.environ.get("EBERT_REAL_DATA", beside_the_checkout))
    if not (folder / "hg19_slices").is_dir():
        pytest.skip(f"no real data at {folder}; set EBERT_REAL_DATA to a folder that has it")
    return folder


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, sessions and jobs of the person who runs the tests stay untouched."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("EBERT_JOBS", str(home / "jobs"))
