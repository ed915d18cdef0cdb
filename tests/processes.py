"""What tests ask of processes that they started."""

import time
from pathlib import Path


def comes_within(path: Path, seconds: float) -> bool:
    """Whether a process has written a file by then."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not path.exists():
        time.sleep(0.02)
    return path.exists()


def is_gone_within(process: int, seconds: float) -> bool:
    """Whether a process has ended by then; one that nobody has waited for has ended too."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
