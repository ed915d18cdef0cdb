"""What every test may use: where the real data lies, and a home of its own for whatever the program writes."""

import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# As the program sets it, before anything loads OpenMP, whose threads would spin on cores that others need.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Started by nohup, or with & in a script, the tests and all that they start would ignore what ends them.
for _signal, _usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, _usual)

# A busy machine is slow and not wrong: tests wait until something comes, and only for what never comes so long.
for _waiting in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed):
    _waiting.__kwdefaults__ = {**(_waiting.__kwdefaults__ or {}), "timeout": 60_000}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Take back a limit on the size of files that a test left in force: pytest writes its report to a file, too."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield
    finally:
        after = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    if after != before:
        pytest.fail("This test leaves a limit on the size of files; hold it in a with block.")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_logfinish() -> Generator[None, None, None]:
    """Delete the windows of the test that has ended: Qt keeps them, and themes of later tests draw them anew."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Bring a test back that left the process in another folder: paths of later tests would mean something else."""
    yield
    if Path.cwd() != item.config.invocation_params.dir:
        os.chdir(item.config.invocation_params.dir)
        pytest.fail("This test leaves the process in another folder; use monkeypatch.chdir.")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real human data; skips the test where it is absent."""
    beside_the_checkout = Path(__file__).parents[2] / "shared" / "real"
    folder = Path(os.environ.get("EBERT_REAL_DATA", beside_the_checkout))
    if not (folder / "hg19_slices").is_dir():
        pytest.skip(f"no real data at {folder}; set EBERT_REAL_DATA to a folder that has it")
    return folder


@pytest.fixture(autouse=True)
def same_environment() -> Iterator[None]:
    """Bring the environment back that a command changed in this process, such as how many threads its children take."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    for name, value in before.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, sessions and jobs of the person who runs the tests stay untouched."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("EBERT_JOBS", str(home / "jobs"))


@pytest.fixture
def undressed(qapp: QApplication) -> Iterator[None]:
    """The application looks afterwards as it did before: a theme of one test changes no distances in another."""
    style, font, palette, sheet = qapp.style(), qapp.font(), qapp.palette(), qapp.styleSheet()
    name = style.objectName() if style is not None else ""
    yield
    qapp.setStyle(name)
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)
    qapp.setFont(font)
