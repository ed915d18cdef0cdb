"""Remakes the pictures of README.md and docs/ from the running program: `make pictures`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from signal_session import write_signal_session

from ebert_core.demonstration.generate import DATASET
from ebert_core.protocol.machine.resources import resource

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
DEMONSTRATION = ROOT / "build" / "demonstration"


def main() -> int:
    """Draws every picture; 0 when all were drawn."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    made = subprocess.call(
        [sys.executable, "-m", "ebert_core", "demo", "--directory", str(DEMONSTRATION), "--generate-only"]
    )
    dataset = str(DEMONSTRATION / DATASET)
    bigwigs = sorted(str(path) for path in (DEMONSTRATION / "signals").glob("*alpha*.bw"))
    checkpoint = ["--checkpoint", str(resource("checkpoints/demonstration"))]
    session = DEMONSTRATION / "signals.session.json"
    write_signal_session(session, dataset)
    pictures = {
        "demonstration.png": [dataset, *checkpoint, "--theme", "light", "--size", "1600x1000"],
        "demonstration-dark.png": [dataset, *checkpoint, "--theme", "dark", "--size", "1600x1000"],
        "bases.png": [dataset, *checkpoint, "--locus", "chr2:1,945,001-1,945,120", "--theme", "light"],
        "signals.png": [
            *(dataset, "--session", str(session), "--locus", "chr2:1,930,001-1,960,000"),
            *("--size", "1280x450", "--theme", "light"),
        ],
        "files.png": [*bigwigs[:2], "--locus", "chr2:1,900,001-2,000,000", "--theme", "light"],
    }
    for name, arguments in pictures.items():
        made |= subprocess.call([sys.executable, "-m", "ebert_gui", *arguments, "--picture", str(PICTURES / name)])
        print(PICTURES / name)
    return made or _draw_window(dataset)


def _draw_window(dataset: str) -> int:
    """The picture of docs/window.md, of a window with no earlier session; 0 when it was drawn."""
    picture = PICTURES / "window.png"
    with tempfile.TemporaryDirectory() as settings:
        own = {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": settings}
        made = subprocess.call(
            [sys.executable, str(ROOT / "tools" / "window_picture.py"), dataset, str(picture)], env=os.environ | own
        )
    print(picture)
    return made


if __name__ == "__main__":
    sys.exit(main())
