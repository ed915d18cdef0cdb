"""What the environment says of a process among several: read in one place, refused where it is half said."""

import pytest

from ebert_core.protocol.machine.launched import Launched, launched
from ebert_core.protocol.terms.errors import InvalidRequest


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORLD_SIZE", "RANK", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)


def say(monkeypatch: pytest.MonkeyPatch, words: dict[str, str]) -> None:
    for name, value in words.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("words", [{}, {"WORLD_SIZE": ""}, {"WORLD_SIZE": "1"}, {"WORLD_SIZE": "1", "RANK": "7"}])
def test_a_process_alone_is_one_of_none(monkeypatch: pytest.MonkeyPatch, words: dict[str, str]) -> None:
    say(monkeypatch, words)
    assert launched() is None


def test_a_process_knows_its_numbers_and_where_the_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, {"WORLD_SIZE": "6", "RANK": "4"})
    assert launched() == Launched(4, 6, 0, "127.0.0.1", 29500)
    say(monkeypatch, {"LOCAL_RANK": "1", "MASTER_ADDR": "gpu-box", "MASTER_PORT": "4000"})
    assert launched() == Launched(4, 6, 1, "gpu-box", 4000)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"WORLD_SIZE": "-2"}, "WORLD_SIZE is '-2', not a whole number"),
        ({"WORLD_SIZE": "2"}, "WORLD_SIZE is 2 but RANK is not set"),
        ({"WORLD_SIZE": "2", "RANK": "two"}, "RANK is 'two', not a whole number"),
        ({"WORLD_SIZE": "2", "RANK": "2"}, "RANK is 2 but WORLD_SIZE is 2"),
        ({"WORLD_SIZE": "2", "RANK": "1", "LOCAL_RANK": "1.0"}, "LOCAL_RANK is '1.0', not a whole number"),
        ({"WORLD_SIZE": "2", "RANK": "1", "MASTER_PORT": "http"}, "MASTER_PORT is 'http', not a whole number"),
    ],
)
def test_what_is_wrong_or_half_said_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, words: dict[str, str], sentence: str
) -> None:
    say(monkeypatch, words)
    with pytest.raises(InvalidRequest, match=sentence):
        launched()
