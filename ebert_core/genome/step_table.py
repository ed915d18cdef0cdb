"""Large regular bedGraph files, read as columns."""

import numpy as np

from ebert_core.genome.bed_table import by_chromosome
from ebert_core.genome.lines import LARGEST_VALUE
from ebert_core.genome.regular import read_regular
from ebert_core.genome.wiggle import Steps
from ebert_core.protocol.terms.addresses import Place


def read_step_table(path: Place, least_bytes: int | None = None) -> dict[str, Steps] | None:
    """The values of a large regular bedGraph by chromosome, as `read_steps` gives them; None for any other file.

    Raises:
        InvalidRequest: the file cannot be read.
    """
    table = read_regular(path, (4,), is_signal=True, least_bytes=least_bytes)
    if table is None or not (table["3"].abs() <= LARGEST_VALUE).all():
        return None
    found: dict[str, Steps] = {}
    for name, part in by_chromosome(table).items():
        starts, ends, values = (part[column].to_numpy() for column in ("1", "2", "3"))
        order = np.argsort(starts, kind="stable")
        steps = Steps(starts[order], ends[order], values[order])
        if (steps.starts[1:] < steps.ends[:-1]).any():
            return None
        found[name] = steps
    return found
