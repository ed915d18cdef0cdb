"""A worker that says hello as it should, and after that what its seed tells.

`python lying_worker.py SEED COUNT any` or `readable`, where every frame is a message of some kind.
"""

import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from ebert_core.protocol.frames import PREAMBLE, frame
from ebert_core.protocol.messages import PROTOCOL_VERSION, FromWorker, Hello
from tests.fuzz.channel_examples import FROM_WORKER
from tests.fuzz.wrong_messages import is_readable, mutant, one_of


def main(seed: str, count: int, kind: str) -> None:
    dice = random.Random(seed)
    parts = [PREAMBLE, frame(Hello(PROTOCOL_VERSION, "0.1", "data", os.getpid(), "here"))]
    wrong = [mutant(one_of(FROM_WORKER, dice), dice) for _ in range(count)]
    parts += [each for each in wrong if kind == "any" or is_readable(each, FromWorker)]
    sys.stdout.buffer.write(b"".join(parts[:2]))
    sys.stdout.buffer.flush()
    sys.stdin.buffer.read(1)  # the first request
    sys.stdout.buffer.write(b"".join(parts[2:]))
    sys.stdout.buffer.flush()
    while sys.stdin.buffer.read(1 << 16):
        pass


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
