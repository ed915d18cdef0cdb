"""What loading a checkpoint costs."""

import subprocess
import sys

from ebert_core.protocol.machine.resources import resource

LOAD = """
import sys
from pathlib import Path
from ebert_core.model.checkpoint import load_checkpoint
load_checkpoint(Path(sys.argv[1]))
print("torch._dynamo" in sys.modules)
"""


def test_a_checkpoint_is_loaded_without_the_compiler_which_takes_a_second() -> None:
    command = [sys.executable, "-c", LOAD, str(resource("checkpoints/human_slices"))]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "False"
