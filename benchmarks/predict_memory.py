"""Peak memory of `ebert predict` on chromosomes of different lengths: it must not grow with the genome.

Run: python benchmarks/predict_memory.py [MEGABASES…] [--smallest], one chromosome each (default: 250, the length of the
longest human one). Random bases, states, a signal, and the demonstration's network (`tiny`: other presets take more by
their weights and one batch, whatever the length). All its factors are written as bigWig. With --smallest, a network of
one layer and random weights with the same inputs and outputs stands in: what grows with the genome is the same, sooner.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np

from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.model.checkpoint import load_checkpoint, save_checkpoint
from ebert_core.model.description import Description, read_description
from ebert_core.model.network import Ebert
from ebert_core.protocol.machine.resources import resource

_CHECKPOINT = resource("checkpoints/demonstration")
_LINE = 60
_AT_ONCE = 6_000_000
_STATE_BASES = 1_000
_LIMIT_MEGABYTES = 2_000


def main() -> None:
    """Prints a line for each length, and complains of more than 2 GB."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("megabases", type=float, nargs="*", default=[250.0])
    parser.add_argument("--smallest", action="store_true", help="a network of one layer instead of the demonstration's")
    given = parser.parse_args()
    description = read_description(_CHECKPOINT)
    peaks = []
    for megabases in given.megabases:
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = write_smallest(Path(folder) / "smallest") if given.smallest else _CHECKPOINT
            dataset = write_dataset(Path(folder), int(megabases * 1e6), description)
            seconds, megabytes = predicted(checkpoint, dataset, Path(folder))
        tokens = megabases * 1e6 / description.architecture.core * description.architecture.tokens
        print(
            f"{megabases:6.0f} Mb: peak {megabytes:5.0f} MB, {seconds:7.1f} s with start, "
            f"{tokens / seconds:,.0f} tokens/s on one strand",
            flush=True,
        )
        peaks.append(megabytes)
    if max(peaks) > _LIMIT_MEGABYTES:
        sys.exit(f"More than {_LIMIT_MEGABYTES} MB.")


def write_smallest(path: Path) -> Path:
    """A checkpoint with the inputs and outputs of the demonstration's and next to no network between them."""
    found = load_checkpoint(_CHECKPOINT).description
    smallest = msgspec.structs.replace(found.architecture, layers=1, hidden=16, heads=1)
    save_checkpoint(path, Ebert(smallest), msgspec.structs.replace(found, name=path.name, architecture=smallest))
    return path


def write_dataset(folder: Path, length: int, description: Description) -> Path:
    """A chromosome of random bases with states and a signal, in the checkpoint's own alphabet."""
    random = np.random.default_rng(1)
    length = length // _LINE * _LINE
    with open(folder / "random.fa", "wb") as file:
        file.write(b">chr1\n")
        for start in range(0, length, _AT_ONCE):
            letters = np.frombuffer(b"ACGT", np.uint8)[random.integers(0, 4, min(_AT_ONCE, length - start))]
            rows = np.full((len(letters) // _LINE, _LINE + 1), ord("\n"), dtype=np.uint8)
            rows[:, :_LINE] = letters.reshape(-1, _LINE)
            file.write(rows.tobytes())
    names = description.architecture.states
    with open(folder / "states.bed", "w", encoding="utf-8") as file:
        for start in range(0, length, _STATE_BASES):
            name = names[int(random.integers(len(names)))]
            file.write(f"chr1\t{start}\t{min(length, start + _STATE_BASES)}\t{name}\n")
    with BigWigWriter(folder / "DNase.bw", {"chr1": length}) as writer:
        for start in range(0, length, _AT_ONCE):
            writer.append("chr1", start, 50, random.gamma(1, 1, min(_AT_ONCE, length - start) // 50))
    (folder / "DATASET.toml").write_text(
        f'version = 1\nname = "random bases"\nassembly = "{description.assembly}"\nreference = "random.fa"\n'
        f"[states]\nnames = {list(names)}\n[synthetic]\nseed = 1\n"
        '[cell_types.random]\nstates = "states.bed"\nsignals.DNase = "DNase.bw"\n'
    )
    return folder / "DATASET.toml"


def predicted(checkpoint: Path, dataset: Path, folder: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of the command on a chromosome, in a process of its own."""
    output = folder / "{factor}.bw"
    command = [sys.executable, "-m", "ebert_core", "predict", str(checkpoint), str(dataset), "--cell-type", "random"]
    command += ["--strands", "1", "--output", str(output)]
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env={**os.environ, "EBERT_JOBS": str(folder / "jobs")}
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit("The prediction failed; its message stands above.")
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
