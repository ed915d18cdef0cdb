"""What one of two processes computes and says, with the other one's numbers given: no second process is started."""

from collections import deque
from collections.abc import Iterator
from typing import Literal

import pytest
import torch
from torch import Tensor, nn

from ebert_core.material import distributed
from ebert_core.material.distributed import (
    LostProcess,
    Share,
    SharedReport,
    agreed,
    agreed_text,
    check_in_step,
    first_alone,
    first_of_all,
    goes_on_alone,
    is_first,
    joined,
    measured_once,
    processes,
    rank,
    share_of,
    sum_gradients,
    summed,
)
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.certain import present
from tests.core.toy_binding import SilentReport


class Group:
    """This process and another: what the other one adds or says, one after the other, and what this one said."""

    def __init__(self) -> None:
        self.rank = 0
        self.others: deque[Tensor] = deque()
        self.said: list[float] = []
        self.sums: list[int] = []

    def all_reduce(self, value: Tensor) -> None:
        self.sums.append(value.numel())
        value.add_(self.others.popleft())

    def broadcast(self, box: Tensor, source: int) -> None:
        assert source == 0
        if self.rank == 0:
            self.said += box.tolist() if box.ndim else [float(box)]
        else:
            box.copy_(self.others.popleft())


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Iterator[Group]:
    found = Group()
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.distributed, "get_rank", lambda: found.rank)
    monkeypatch.setattr(torch.distributed, "get_world_size", lambda: 2)
    monkeypatch.setattr(torch.distributed, "all_reduce", found.all_reduce)
    monkeypatch.setattr(torch.distributed, "broadcast", found.broadcast)
    yield found
    SharedReport.current = None


def test_each_of_two_takes_its_share_and_one_for_whom_none_is_left_counts_for_nothing(group: Group) -> None:
    assert (rank(), processes(), is_first(), share_of(5)) == (0, 2, True, Share(slice(0, 2), 1.0, False))
    assert share_of(1) == Share(slice(0, 1), 0.0, False)
    group.rank = 1
    assert (rank(), is_first(), share_of(5)) == (1, False, Share(slice(2, 5), 1.0, False))
    assert share_of(1) == Share(slice(0, 1), 1.0, False)


def test_the_mean_of_a_share_is_over_what_all_processes_count(group: Group) -> None:
    group.others.append(torch.tensor(3.0))
    assert share_of(5).mean(torch.tensor([1.0, 4.0])) == 5 / (2 + 3)
    group.others.append(torch.tensor(1.5))
    assert share_of(5).mean(torch.tensor([1.0, 4.0]), torch.tensor([2.0, 0.5])) == 4 / (2.5 + 1.5)
    group.others.append(torch.tensor(2.0))
    assert share_of(1).mean(torch.tensor([7.0])) == 0, "the first window counts for nothing here"


def test_what_the_first_knows_all_know(group: Group) -> None:
    group.others.append(torch.zeros(2))
    assert first_of_all(torch.tensor([1.0, 2.0])).tolist() == [1, 2]
    assert (agreed(3.0), agreed_text("é"), agreed_text("")) == (3.0, "é", "")
    assert group.said == [3.0, 2.0, *"é".encode(), 0.0]
    group.rank = 1
    group.others.extend([torch.tensor([5.0, 6.0]), torch.tensor(4.0)])
    assert first_of_all(torch.tensor([1.0, 2.0])).tolist() == [5, 6]
    assert agreed(3.0) == 4.0
    group.others.extend([torch.tensor(2.0), torch.tensor([104, 105])])
    assert agreed_text("another") == "hi"


def test_the_first_does_something_alone_and_the_other_waits_for_it(group: Group) -> None:
    with first_alone():
        assert group.said == []
    assert group.said == [0]
    group.rank = 1
    group.others.append(torch.tensor(0.0))
    with first_alone():
        assert not group.others, "it has heard of the first that it is done"


def test_only_the_first_measures(group: Group) -> None:
    assert measured_once(lambda: 0.25) == 0.25
    group.rank = 1
    group.others.append(torch.tensor(0.75))
    assert measured_once(pytest.fail) == 0.75


def test_gradients_are_summed_in_pieces_and_those_that_nobody_has_stay_none(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "_PIECE", 4)
    here, there, nowhere, large = (nn.Parameter(torch.zeros(size)) for size in (2, 3, 2, 9))
    here.grad, large.grad = torch.tensor([1.0, 2.0]), torch.ones(9)
    # The loss, whether to stop, which parameters the other one used; then its gradients, piece by piece.
    group.others.append(torch.tensor([0.5, 0.0, 1.0, 1.0, 0.0, 0.0]))
    group.others.extend([torch.tensor([10.0, 20.0]), torch.tensor([1.0, 2.0, 3.0]), torch.zeros(9)])
    loss = sum_gradients([here, there, nowhere, large], torch.tensor(0.25))
    assert float(loss) == 0.75
    assert (here.grad.tolist(), present(there.grad).tolist(), nowhere.grad) == ([11, 22], [1, 2, 3], None)
    assert large.grad.tolist() == [1.0] * 9
    assert group.sums == [6, 2, 3, 9]


def test_small_gradients_travel_together(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "_PIECE", 5)
    both = [nn.Parameter(torch.zeros(2, 1)), nn.Parameter(torch.zeros(3))]
    for each in both:
        each.grad = torch.ones_like(each)
    group.others.extend([torch.zeros(4), torch.arange(5.0)])
    sum_gradients(both, torch.tensor(0.0))
    assert group.sums == [4, 5]
    assert [present(each.grad).tolist() for each in both] == [[[1.0], [2.0]], [3.0, 4.0, 5.0]]


@pytest.mark.parametrize(("here", "there"), [(True, False), (False, True), (False, False)])
def test_a_wish_to_stop_of_one_is_agreed_upon_in_the_step(group: Group, here: bool, there: bool) -> None:
    report = SharedReport(SilentReport(stop_after=1 if here else 0))
    group.others.append(torch.tensor([0.0, float(there), 0.0]))
    assert not report.stop_requested()
    sum_gradients([nn.Parameter(torch.zeros(1))], torch.tensor(1.0))
    assert report.stop_requested() is (here or there)


def test_the_first_passes_reports_on_and_the_others_keep_silent() -> None:
    heard = SilentReport()
    for report in (SharedReport(None), SharedReport(heard)):
        report.progress(0.5, "epoch 1")
        report.metric(3, 1, "training", "loss", 0.25)
        report.event("Trained.")
    assert (heard.notes, heard.events) == (["epoch 1"], ["Trained."])
    assert heard.metrics == [(3, "training", "loss", 0.25)]
    assert not SharedReport(None).asks_to_stop()
    SharedReport.current = None


def test_after_the_last_step_the_first_decides_alone(group: Group) -> None:
    report = SharedReport(SilentReport(stop_after=1))
    assert not report.stop_requested()
    assert goes_on_alone()
    assert report.stop_requested()
    group.rank = 1
    other = SharedReport(SilentReport(stop_after=1))
    assert not goes_on_alone()
    assert not other.stop_requested()
    SharedReport.current = None
    assert not goes_on_alone()


def test_processes_that_found_different_states_do_not_go_on(group: Group) -> None:
    check_in_step(7)
    group.rank = 1
    group.others.extend([torch.tensor(7.0), torch.tensor(6.0)])
    check_in_step(7)
    with pytest.raises(InvalidRequest, match="Process 1 would go on after step 7, process 0 after step 6"):
        check_in_step(7)


@pytest.mark.parametrize(
    ("error", "is_lost"),
    [
        (RuntimeError("[gloo/pair.cc] closed by peer\nmore"), True),
        (RuntimeError("Connection reset"), True),
        (RuntimeError("Timed out"), True),
        (RuntimeError("timed out after 1 s"), True),
        (torch.distributed.DistBackendError("ncc" * 200), True),
        (RuntimeError("size mismatch"), False),
    ],
)
def test_what_the_library_says_of_a_lost_process_becomes_a_sentence(
    group: Group, monkeypatch: pytest.MonkeyPatch, error: RuntimeError, is_lost: bool
) -> None:
    def fail(_value: Tensor) -> None:
        raise error

    monkeypatch.setattr(torch.distributed, "all_reduce", fail)
    with pytest.raises(LostProcess if is_lost else RuntimeError) as raised:
        summed(torch.zeros(1))
    if is_lost:
        first_line = str(error).split("\n")[0][:200]
        assert str(raised.value) == (
            f"Another process of this run ended, or cannot be reached ({first_line}). "
            "The last saved state is kept; resume to go on."
        )
    else:
        assert raised.value is error


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is done to the group of a process that torchrun started as the second of two, on a machine with a GPU."""
    done: list[object] = []
    for name, value in (("WORLD_SIZE", "2"), ("RANK", "1"), ("LOCAL_RANK", "1")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        torch.distributed, "init_process_group", lambda kind, timeout: done.append((kind, timeout.days))
    )
    monkeypatch.setattr(torch.distributed, "destroy_process_group", lambda: done.append("left"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", done.append)
    return done


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ("cpu", [("gloo", 0), "left"]),
        ("mps", [("gloo", 0), "left"]),
        ("auto", [1, ("cpu:gloo,cuda:nccl", 0), "left"]),
        ("cuda", [1, ("cpu:gloo,cuda:nccl", 0), "left"]),
    ],
)
def test_a_process_joins_the_others_on_its_device_and_takes_leave(
    started: list[object], device: Literal["auto", "cpu", "cuda", "mps"], expected: list[object]
) -> None:
    with joined(device):
        assert started == expected[:-1]
    assert started == expected


def test_after_an_error_nobody_waits_to_take_leave(started: list[object]) -> None:
    with pytest.raises(ValueError, match="ours"), joined("cpu"):
        raise ValueError("ours")
    assert started == [("gloo", 0)]


def test_a_device_that_processes_cannot_share_and_one_that_is_not_there_are_refused(
    started: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        pytest.raises(InvalidRequest, match="Several processes cannot share cuda:1; write device = 'auto'"),
        joined("cuda:1"),
    ):
        pass
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(InvalidRequest, match="1 GPUs are here for more processes; lower --nproc-per-node"), joined():
        pass
    assert started == []


def test_alone_nobody_is_joined(started: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE")
    with joined("cuda:1"):
        pass
    assert started == []
