"""The door `ebert` and `python -m ebert_core`."""

import sys

from ebert_core.cli.program import main

if __name__ == "__main__":
    sys.exit(main())
