"""Which device a wish means, in one process and in one of several."""

import pytest
import torch

from ebert_core.model.device import device_of


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.mark.parametrize("wish", ["auto", "cuda", "cpu", "cuda:1"])
def test_alone_a_wish_stays_as_it_is(monkeypatch: pytest.MonkeyPatch, two_gpus: None, wish: str) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert device_of(wish) == wish


@pytest.mark.parametrize(
    ("wish", "devices"),
    [
        ("auto", ["cuda:0", "cuda:1", "cuda:0"]),
        ("cuda", ["cuda:0", "cuda:1", "cuda:0"]),
        ("cpu", ["cpu"] * 3),
        ("cuda:1", ["cuda:1"] * 3),
    ],
)
def test_each_of_several_has_a_gpu_and_shares_it_only_where_there_are_fewer(
    monkeypatch: pytest.MonkeyPatch, two_gpus: None, wish: str, devices: list[str]
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "3")
    found = []
    for number in range(3):
        monkeypatch.setenv("RANK", str(number))
        monkeypatch.setenv("LOCAL_RANK", str(number))
        found.append(device_of(wish))
    assert found == devices


def test_without_a_gpu_each_of_several_keeps_the_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setenv("WORLD_SIZE", "3")
    monkeypatch.setenv("RANK", "1")
    assert device_of("auto") == "auto"
