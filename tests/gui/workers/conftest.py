"""The toy worker of the core's tests, for the tests of its window end, and clients that are stopped at the end."""

import sys
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from ebert_gui.state.fatal_files import FatalFiles
from ebert_gui.workers.client import WorkerClient
from ebert_gui.workers.state import Condition, Patience
from tests.gui.workers.clients import QUICK, TOY_WORKER, Answers, wait_for


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def new_client(qtbot: QtBot) -> Iterator[Callable[..., WorkerClient]]:
    clients = []

    def make(
        mode: str = "",
        argv: list[str] | None = None,
        patience: Patience = QUICK,
        fatal: FatalFiles | None = None,
    ) -> WorkerClient:
        client = WorkerClient(argv or [sys.executable, str(TOY_WORKER), mode], "data", patience=patience, fatal=fatal)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.stop_and_wait()
        assert client.state.condition == Condition.STOPPED


@pytest.fixture
def client(new_client: Callable[..., WorkerClient], qtbot: QtBot) -> WorkerClient:
    client = new_client()
    client.start()
    wait_for(qtbot, client, Condition.READY)
    return client
