"""Sets up .venv for `make`: checks Python and the system's libraries, installs PyTorch and the project.

Runs with the system's Python and needs nothing installed.
"""

import argparse
import ctypes.util
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIP = [str(ROOT / ".venv" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
# What Qt's wheels leave to the system on Linux, and the Debian package of each.
LIBRARIES = {
    "EGL": "libegl1",
    "GL": "libgl1",
    "xkbcommon": "libxkbcommon0",
    "dbus-1": "libdbus-1-3",
    "fontconfig": "libfontconfig1",
    "glib-2.0": "libglib2.0-0",
}


def main() -> int:
    """Sets everything up; 0 when done, 2 with a sentence when a person has to act."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--torch", default="torch")
    parser.add_argument("--torch-index", default="")
    parser.add_argument("--check-only", action="store_true", help="look for what is missing and install nothing")
    arguments = parser.parse_args()
    problem = missing()
    if problem:
        print(problem, file=sys.stderr)
        return 2
    if arguments.check_only:
        return 0
    print("Setting up .venv (a few minutes the first time) ...", file=sys.stderr)
    venv.create(ROOT / ".venv", with_pip=True, clear=False)
    if not install_torch(arguments.torch, arguments.torch_index):
        print(f"{arguments.torch} could not be installed; pip's message stands above.", file=sys.stderr)
        return 2
    if subprocess.call([*PIP, "--editable", f"{ROOT}[model,development]"]):
        print("The project's dependencies could not be installed; pip's message stands above.", file=sys.stderr)
        return 2
    say_what_the_window_lacks()
    return 0


def say_what_the_window_lacks() -> None:
    """Asks Qt's own plugins, now that they are here, whether a window can be shown; without one all else works."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        probe = "from ebert_core.protocol.machine.display import usable_platforms; print(usable_platforms().problem)"
        python = str(ROOT / ".venv" / "bin" / "python")
        found = subprocess.run([python, "-c", probe], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
        if found:
            print(found, file=sys.stderr)


def missing() -> str:
    """A sentence about what the system lacks, or nothing."""
    if sys.version_info < (3, 11):  # noqa: UP036 - run by whatever Python the system has
        return f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; run make with PYTHON=python3.11."
    if not sys.platform.startswith("linux"):
        return ""
    absent = [package for library, package in LIBRARIES.items() if ctypes.util.find_library(library) is None]
    if absent:
        return (
            f"The window needs system libraries that are missing; install them: sudo apt-get install {' '.join(absent)}"
        )
    return ""


def install_torch(torch: str, index: str) -> bool:
    """Installs PyTorch: a wheel that pip finds locally, else the build of the index, else the registry's."""
    version = torch.partition("==")[2]
    python = str(ROOT / ".venv" / "bin" / "python")
    probe = [python, "-c", f"import torch; assert torch.__version__.startswith({version!r})"]
    if subprocess.call(probe, stderr=subprocess.DEVNULL) == 0:
        return True
    # torch's own needs come from the usual registry, the wheel itself from the chosen index.
    wheel = [*PIP, "--no-deps", "--retries", "1", "--timeout", "20"]
    if subprocess.call([*wheel, "--no-index", torch], stderr=subprocess.DEVNULL) and subprocess.call(
        [*wheel, "--index-url", index, torch], stderr=subprocess.DEVNULL
    ):
        print(f"No build of {torch} at {index}; taking the registry's, which may be large.", file=sys.stderr)
    return subprocess.call([*PIP, torch]) == 0


if __name__ == "__main__":
    sys.exit(main())
