"""On which device and in which precision a network runs, and how that is said to the person who waits for it."""

import ctypes
import os
import platform
from pathlib import Path
from typing import NamedTuple

import torch

from ebert_core.protocol.machine.launched import launched
from ebert_core.protocol.specs.jobs import Precision
from ebert_core.protocol.terms.errors import InvalidRequest

# Options of glibc's `mallopt`.
_TRIM_THRESHOLD, _MMAP_MAX = -1, -4


class Engine(NamedTuple):
    """A device and the type its matrix products use."""

    device: torch.device
    dtype: torch.dtype

    @property
    def precision(self) -> str:
        """`bf16` or `fp32`."""
        return "bf16" if self.dtype == torch.bfloat16 else "fp32"

    def autocast(self) -> torch.autocast:
        """The context in which training computes: matrix products in the engine's precision, weights in fp32."""
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    @property
    def processor(self) -> str:
        """The model of the processor or GPU."""
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else _processor_name()

    @property
    def name(self) -> str:
        """The device in a few words."""
        if self.device.type == "cuda":
            return self.processor
        threads = torch.get_num_threads()
        return f"{threads} thread{'s' if threads > 1 else ''} of {self.processor}"

    def describe(self) -> str:
        """Device and precision in a few words."""
        return f"{self.name}, {self.precision}"


def choose_engine(device: str = "auto", precision: Precision = "auto") -> Engine:
    """The engine for a wish: CUDA when present, bf16 where the hardware makes it fast, else fp32.

    Raises:
        InvalidRequest: the device does not exist here.
    """
    name = device if device != "auto" else ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(name)
        if chosen.type not in ("cpu", "cuda", "mps"):
            raise RuntimeError
    except RuntimeError as error:
        raise InvalidRequest(f"'{device}' is no device; write auto, cpu or cuda:0.") from error
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise InvalidRequest("This PyTorch sees no CUDA device; write device = 'cpu' or install a CUDA build.")
    if chosen.type == "cuda" and (chosen.index or 0) >= torch.cuda.device_count():
        raise InvalidRequest(f"There is no {device}; this machine has {torch.cuda.device_count()} CUDA devices.")
    if precision == "auto":
        precision = "bf16" if has_fast_bf16(chosen) else "fp32"
    return Engine(chosen, torch.bfloat16 if precision == "bf16" else torch.float32)


def device_of(wish: str) -> str:
    """The device that a wish means in this process: each of several on one machine has a GPU of its own.

    Where they are more than the GPUs, some share one.
    """
    process = launched()
    if process is None or wish not in ("auto", "cuda") or not torch.cuda.is_available():
        return wish
    return f"cuda:{process.local_rank % torch.cuda.device_count()}"


def idle_gpu_warning(engine: Engine) -> str:
    """One sentence when the machine has an NVIDIA GPU that this run leaves idle, else nothing."""
    has_driver = Path("/proc/driver/nvidia/version").exists() or os.environ.get("NVIDIA_VISIBLE_DEVICES", "") not in (
        "",
        "void",
        "none",
    )
    if engine.device.type == "cuda" or not (
        torch.cuda.is_available() or (has_driver and Path("/dev/nvidia0").exists())
    ):
        return ""
    return "A GPU of this machine sits idle while the processor works; install a CUDA build of PyTorch or ask for cuda."


def keep_freed_memory() -> None:
    """Lets a training or export on the processor use again what its last step freed, instead of giving it back.

    Otherwise every large array of every step is asked for anew and filled with zeros by the system, page by page. Only
    glibc can be told so; elsewhere nothing happens. The process keeps the memory of its largest step to its end.
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_MAX, 0)
        libc.mallopt(_TRIM_THRESHOLD, 2**31 - 1)


def has_fast_bf16(device: torch.device) -> bool:
    """Whether matrix products in bf16 are faster than in fp32 on this device."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return device.type == "cpu" and bool({"amx_bf16", "avx512_bf16"} & _processor_flags())


def _processor_flags() -> set[str]:
    return set(_processor_line("flags").split())


def _processor_name() -> str:
    return _processor_line("model name") or platform.machine()


def _processor_line(key: str) -> str:
    information = Path("/proc/cpuinfo")
    if not information.exists():
        return ""
    lines = (line.partition(":") for line in information.read_text(encoding="utf-8").splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == key), "")
