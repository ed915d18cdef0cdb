"""Training in several processes under `torchrun`: each takes a share of every batch, and gradients are summed.

Run alone, all of this costs nothing and changes nothing: there is one process, and its share is the whole batch.
The processes never differ in what they do next: all draw the same batches and the same random numbers, and what one of
them alone knows (that a person wants the run to stop, a score it measured) is agreed upon.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, distributed, nn

from ebert_core.protocol.machine.launched import launched
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Report

# While the first process measures or stores, the others wait. A process that dies is noticed at once all the same,
# since its connections close and torchrun ends the others.
_PATIENCE = timedelta(hours=12)
# Gradients travel in pieces of this many numbers, so that no second copy of all of them is needed.
_PIECE = 16 * 2**20


def rank() -> int:
    """The number of this process; 0 writes the files."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def processes() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def is_first() -> bool:
    """Whether this is the process that writes files and speaks."""
    return rank() == 0


@contextmanager
def joined(device: str = "auto") -> Iterator[None]:
    """Joins the processes that `torchrun` started; alone, does nothing.

    Raises:
        InvalidRequest: one of them ended, or asked for a GPU that is not there.
    """
    process = launched()
    if process is None:
        yield
        return
    on_gpu = torch.cuda.is_available() and device not in ("cpu", "mps")
    if on_gpu:
        if device not in ("auto", "cuda"):
            raise InvalidRequest(f"Several processes cannot share {device}; write device = 'auto' under torchrun.")
        if process.local_rank >= torch.cuda.device_count():
            raise InvalidRequest(
                f"{torch.cuda.device_count()} GPUs are here for more processes; lower --nproc-per-node."
            )
        torch.cuda.set_device(process.local_rank)
    with _others_alive():
        distributed.init_process_group("cpu:gloo,cuda:nccl" if on_gpu else "gloo", timeout=_PATIENCE)
    yield
    # Not after an error: taking leave would wait for others who still compute; a process that ends tells them at once.
    distributed.destroy_process_group()


class LostProcess(InvalidRequest):
    """Another process of the run ended; that one knows why."""


class Share(NamedTuple):
    """The rows of a batch that this process computes, and the mean over those of all processes."""

    rows: slice
    weight: float
    is_whole: bool = True

    def mean(self, values_X: Tensor, weight_X: Tensor | None = None) -> Tensor:
        """What this process adds to the (weighted) mean of all processes' values; 0 where there is none.

        The sum of what they add is the mean, and the sum of the gradients is the mean's gradient.

        Args:
            values_X: numbers of this share's rows, any shape.
            weight_X: what each of them counts, 1 when None.
        """
        if weight_X is None:
            total, count = values_X.sum(), torch.tensor(float(values_X.numel()), device=values_X.device)
        else:
            total, count = (values_X * weight_X).sum(), weight_X.detach().float().sum()
        if not self.is_whole:
            total, count = total * self.weight, summed(count * self.weight)
        return total / count.clamp(min=torch.finfo(torch.float32).tiny)


ALONE = Share(slice(None), 1.0)


def share_of(count: int) -> Share:
    """This process's share of a batch of `count` windows.

    A process for which none is left computes the first window and counts it for nothing, so that all keep step.
    """
    if processes() == 1:
        return Share(slice(0, count), 1.0)
    first, last = rank() * count // processes(), (rank() + 1) * count // processes()
    return Share(slice(first, last), 1.0, False) if last > first else Share(slice(0, 1), 0.0, False)


def summed(value: Tensor) -> Tensor:
    """The sum of a tensor over all processes."""
    if processes() > 1:
        with _others_alive():
            distributed.all_reduce(value)
    return value


def first_of_all(value: Tensor) -> Tensor:
    """The first process's tensor, in all of them."""
    return summed(value if is_first() else torch.zeros_like(value))


def agreed(value: float) -> float:
    """The first process's number, in all of them."""
    if processes() == 1:
        return value
    box = torch.tensor(value, dtype=torch.float64)
    with _others_alive():
        distributed.broadcast(box, 0)
    return float(box)


def agreed_text(text: str) -> str:
    """The first process's text, in all of them."""
    if processes() == 1:
        return text
    data = text.encode()
    box = torch.zeros(int(agreed(len(data))), dtype=torch.uint8)
    if is_first():
        box[:] = torch.frombuffer(bytearray(data), dtype=torch.uint8) if data else box
    with _others_alive():
        distributed.broadcast(box, 0)
    return bytes(box.tolist()).decode()


@contextmanager
def first_alone() -> Iterator[None]:
    """The first process does what is inside alone; then the others do it, finding what it left on disk."""
    if not is_first():
        agreed(0)
    yield
    if is_first():
        agreed(0)


def measured_once(measure: Callable[[], float]) -> float:
    """A number that the first process measures while the others wait for it."""
    return agreed(measure() if is_first() else 0.0)


class SharedReport:
    """What training reports to in one of several processes: the first passes it on, the others keep silent.

    A wish to stop is known to all after the next step, and to all after the same one.
    """

    current: ClassVar["SharedReport | None"] = None

    def __init__(self, report: Report | None) -> None:
        self._report = report
        self.is_stopping = self.is_alone = False
        SharedReport.current = self

    def progress(self, fraction: float, note: str) -> None:
        """How far the run is."""
        if self._report:
            self._report.progress(fraction, note)

    def metric(self, step: int, epoch: int, split: str, name: str, value: float) -> None:
        """One number of a curve."""
        if self._report:
            self._report.metric(step, epoch, split, name, value)

    def event(self, text: str) -> None:
        """Something worth a line in the log."""
        if self._report:
            self._report.event(text)

    def stop_requested(self) -> bool:
        """Whether all processes have agreed to end before the next step, or this one alone is to end."""
        return self.asks_to_stop() if self.is_alone else self.is_stopping

    def asks_to_stop(self) -> bool:
        """Whether this process was asked to."""
        return self._report is not None and self._report.stop_requested()


def goes_on_alone() -> bool:
    """Whether this process does what follows the last step; it then decides alone when to stop."""
    if SharedReport.current is not None:
        SharedReport.current.is_alone = is_first()
    return is_first()


def check_in_step(step: int) -> None:
    """Refuses to go on from different states.

    Raises:
        InvalidRequest: this process found another state on its disk than the first one.
    """
    if (first := int(agreed(step))) != step:
        raise InvalidRequest(
            f"Process {rank()} would go on after step {step}, process 0 after step {first}: "
            "the job's folder must lie on a disk that all machines share."
        )


def sum_gradients(parameters: Sequence[nn.Parameter], loss: Tensor) -> Tensor:
    """Sums the gradients of all processes in place and returns the sum of their losses.

    A parameter that no process used keeps no gradient, so that the optimizer leaves it alone. On the way, they agree on
    whether the run shall stop.
    """
    if processes() == 1:
        return loss
    report = SharedReport.current
    is_used = [float(each.grad is not None) for each in parameters]
    flags = torch.tensor([float(report is not None and report.asks_to_stop()), *is_used], device=loss.device)
    sums = summed(torch.cat((loss.detach().float().reshape(1), flags)))
    stop, *flags_of_parameters = sums[1:].tolist()
    if report and stop:
        report.is_stopping = True
    used = [each for each, flag in zip(parameters, flags_of_parameters, strict=True) if flag]
    for piece in _pieces(used):
        flat = torch.cat([_gradient(each).reshape(-1) for each in piece])
        summed(flat)
        offset = 0
        for each in piece:
            each.grad = flat[offset : offset + each.numel()].reshape(each.shape).clone()
            offset += each.numel()
    return sums[0]


def _gradient(parameter: nn.Parameter) -> Tensor:
    return parameter.grad if parameter.grad is not None else torch.zeros_like(parameter)


def _pieces(parameters: Sequence[nn.Parameter]) -> Iterator[list[nn.Parameter]]:
    piece: list[nn.Parameter] = []
    for parameter in parameters:
        if piece and sum(each.numel() for each in piece) + parameter.numel() > _PIECE:
            yield piece
            piece = []
        piece.append(parameter)
    if piece:
        yield piece


@contextmanager
def _others_alive() -> Iterator[None]:
    """Turns what the library says of a lost process into a sentence."""
    try:
        yield
    except distributed.DistError as error:
        raise _lost(error) from error
    except RuntimeError as error:
        # gloo has no type of its own for this.
        if not any(word in str(error) for word in ("gloo", "onnection", "Timed out", "timed out")):
            raise
        raise _lost(error) from error


def _lost(error: Exception) -> "LostProcess":
    first_line = str(error).strip().split("\n")[0][:200]
    return LostProcess(
        f"Another process of this run ended, or cannot be reached ({first_line}). "
        "The last saved state is kept; resume to go on."
    )
