"""A toy genome with one rule: the factor FOS binds its motif where the state is open, in two cell types."""

from pathlib import Path

import msgspec
import numpy as np

from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.model.config import Architecture
from ebert_core.protocol.specs.jobs import FineTune, Pretrain

LENGTHS = {"chr1": 30_000, "chr2": 12_130}
UNKNOWN = (9_000, 9_600)  # on chr2
MOTIF = "TGACTCAGCA"
BLOCK = 600
SMALLEST = Architecture(
    layers=1, hidden=32, heads=2, context=800, halo=200, token_width=10, embedding_width=20, dropout=0.05
)

TOML = """\
version = 1
name = "toy"
assembly = "toy1"
reference = "toy.fa"

[states]
names = ["closed", "open"]

[motifs]
FOS = "motifs.pfm"

[cell_types.alpha]
states = "alpha.bed"
signals.DNase = "alpha.bw"
peaks.FOS.conservative = "alpha.narrowPeak"

[cell_types.beta]
states = "beta.bed"
peaks.FOS.conservative = "beta.narrowPeak"
"""


class SilentReport:
    """Keeps what training says; asks it to stop after some step."""

    def __init__(self, stop_after: int = 0) -> None:
        self.metrics: list[tuple[int, str, str, float]] = []
        self.events: list[str] = []
        self.notes: list[str] = []
        self._calls = 0
        self._stop_after = stop_after

    def progress(self, fraction: float, note: str) -> None:
        assert 0 <= fraction <= 1
        assert note
        self.notes.append(note)

    def metric(self, step: int, epoch: int, split: str, name: str, value: float) -> None:
        self.metrics.append((step, split, name, value))

    def event(self, text: str) -> None:
        self.events.append(text)

    def stop_requested(self) -> bool:
        self._calls += 1
        return self._calls == self._stop_after

    def values(self, split: str, name: str) -> list[float]:
        return [value for _, where, what, value in self.metrics if (where, what) == (split, name)]


def quiet(_fraction: float, _note: str = "") -> None:
    pass


def write_toy_binding(folder: Path, synthetic: bool = False) -> Path:
    """Writes the files of the dataset and returns its description."""
    random = np.random.default_rng(11)
    lines: dict[str, list[str]] = {name: [] for name in ("alpha.bed", "beta.bed", "alpha.peaks", "beta.peaks", "fa")}
    for chromosome, length in LENGTHS.items():
        letters = np.array(list("ACGTacgt"))[random.integers(0, 8, length)]
        for start in range(0, length, BLOCK):
            site = start + 300 + int(random.integers(-60, 60))
            end = min(start + BLOCK, length)
            if site + len(MOTIF) < end:
                letters[site : site + len(MOTIF)] = list(MOTIF)
            for cell in ("alpha", "beta"):
                is_open = random.random() < 0.5
                lines[f"{cell}.bed"].append(f"{chromosome}\t{start}\t{end}\t{'open' if is_open else 'closed'}")
                if is_open and site + len(MOTIF) < end:
                    peak = f"{chromosome}\t{site - 95}\t{site + 105}\tp\t1000\t.\t9\t-1\t-1\t100"
                    lines[f"{cell}.peaks"].append(peak)
        if chromosome == "chr2":
            letters[slice(*UNKNOWN)] = "N"
        lines["fa"] += [f">{chromosome}", "".join(letters)]
    for source, name in {
        "fa": "toy.fa",
        "alpha.bed": "alpha.bed",
        "beta.bed": "beta.bed",
        "alpha.peaks": "alpha.narrowPeak",
        "beta.peaks": "beta.narrowPeak",
    }.items():
        (folder / name).write_text("\n".join(lines[source]) + "\n")
    rows = "\n".join(" ".join("97" if base == letter else "1" for base in "ACGT") for letter in MOTIF)
    (folder / "motifs.pfm").write_text(f">FOS\n{rows}\n")
    with BigWigWriter(folder / "alpha.bw", LENGTHS) as writer:
        for chromosome, length in LENGTHS.items():
            writer.append(chromosome, 0, 50, random.gamma(1, 1, length // 50))
    (folder / "DATASET.toml").write_text(TOML + ("\n[synthetic]\nseed = 5\n" if synthetic else ""))
    return folder / "DATASET.toml"


def finetune_spec(dataset: Path, output: Path, **changes: object) -> FineTune:
    """A request that learns the rule in seconds with `SMALLEST` in the place of the preset tiny."""
    spec = FineTune(
        dataset=str(dataset),
        output=str(output),
        training=("chr1",),
        validation=("chr2",),
        preset="tiny",
        signals=("DNase",),
        epochs=10,
        batch_size=8,
        learning_rate=6e-3,
        warmup_steps=20,
        precision="fp32",
    )
    return msgspec.structs.replace(spec, **changes)


def pretrain_spec(dataset: Path, output: Path, **changes: object) -> Pretrain:
    """A pre-training of a few dozen steps."""
    spec = Pretrain(
        dataset=str(dataset),
        output=str(output),
        training=("chr1",),
        validation=("chr2",),
        preset="tiny",
        steps=12,
        batch_size=4,
        learning_rate=3e-3,
        warmup_steps=3,
        evaluate_every=6,
        precision="fp32",
    )
    return msgspec.structs.replace(spec, **changes)
