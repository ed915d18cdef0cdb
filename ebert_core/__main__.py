"""The door `ebert` and `python -m ebert_core`."""

import os
import sys

from ebert_core.cli import program
from ebert_core.protocol.machine.showing import run_with_streams


def main() -> int:
    """Run one command; the exit code."""
    return run_with_streams(program.main)


if __name__ == "__main__":
    code = main()
    if os.environ.get("WORLD_SIZE", "1") != "1":
        # The threads of gloo may outlive the interpreter, which then aborts although all is done and written.
        os._exit(code)
    sys.exit(code)
