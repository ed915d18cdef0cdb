"""The door `ebert` and `python -m ebert_core`."""

import os
import sys

from ebert_core.cli.program import main

if __name__ == "__main__":
    code = main()
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        # The threads of gloo may outlive the interpreter, which then aborts although all is done and written.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
