"""Thousands of wrong files of every format: each is read or refused in one sentence that names it.

EBERT_FUZZ_SEED chooses other files and EBERT_FUZZ_COUNT how many of each format; `make fuzz` does so. What was wrong
lies in the folder that a failure names, and the same seed makes it again.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_SEED = os.environ.get("EBERT_FUZZ_SEED", "1")
_COUNT = os.environ.get("EBERT_FUZZ_COUNT", "120")
_KEPT = os.environ.get("EBERT_FUZZ_FOLDER", "")
# One process for several formats, since what it imports takes longer than reading a hundred files.
_GROUPS = {
    "bigWig and bigBed": ("bigWig", "bigBed", "bigBed states", "bigBed genes"),
    "regions": ("BED", "BED12", "BED gzipped", "narrowPeak", "MACS", "segmentation", "truth", "bands"),
    "signals": ("bedGraph", "wiggle", "chromosome sizes"),
    "variants": ("VCF", "VCF gzipped", "VCF indexed"),
    "pairs": ("BEDPE", "interact", "bigInteract"),
    "genes": ("GTF", "GFF3", "genePred"),
    "sequence": ("FASTA", "FASTA index", "FASTA bgzipped", "2bit"),
    "motifs": ("MEME", "JASPAR", "counts of motifs"),
    "datasets": ("dataset", "files of a dataset"),
    "documents": (
        "fine-tuning spec",
        "prediction spec",
        "checkpoint",
        "session",
        "session of version 1",
        "labels of the challenge",
        "score of the challenge",
        "evaluation",
        "sidecar",
    ),
}


@pytest.mark.parametrize("group", _GROUPS)
def test_wrong_files_are_read_or_refused_in_a_sentence(tmp_path: Path, group: str) -> None:
    pytest.importorskip("resource", reason="memory is bounded by the system's limits")
    folder = Path(_KEPT, group) if _KEPT else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    # Rust's panics are expected here, and its traces are long.
    environment = os.environ | {"RUST_BACKTRACE": "0", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, str(Path(__file__).with_name("fuzz_child.py")), _SEED, _COUNT, str(folder)]
    done = subprocess.run(
        [*command, *_GROUPS[group]], env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    assert not done.returncode, (
        f"Seed {_SEED}, inputs in {folder}, exit status {done.returncode}:\n{done.stdout}\n{done.stderr[-2000:]}"
    )


def test_every_format_is_in_a_group() -> None:
    from tests.fuzz.fuzz_formats import FORMATS

    assert sorted(name for names in _GROUPS.values() for name in names) == sorted(FORMATS)
