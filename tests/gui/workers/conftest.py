"""The toy worker of the core's tests, for the tests of its window end."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "core" / "roles"))
