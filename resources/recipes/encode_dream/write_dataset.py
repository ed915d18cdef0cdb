"""Writes DATASET.toml for ENCODE-DREAM from a folder in which the files lie under the names they are published with.

Run: python write_dataset.py DATA. What must lie where is said in docs/encode_dream.md; what is not there is listed, and
left out where the program can do without it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ebert_core.dataset.layout import CellTypePaths, Layout, PeakPaths, write_layout
from ebert_core.dream.regions import read_regions
from ebert_core.genome.reference import Reference
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.terms.errors import InvalidRequest

_HERE = Path(__file__).parent
_CHROMOSOMES = [f"chr{name}" for name in (*range(1, 23), "X")]
_STATES = (".bb", ".bed.gz", ".bed")
_MOTIFS = (".meme", ".pfm", ".jaspar", ".pcm", ".txt")


def main() -> None:
    """Writes the file, and says what it found and missed."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else ".").absolute()
    try:
        layout = layout_of(data)
        write_layout(layout, data / "DATASET.toml")
    except InvalidRequest as error:
        sys.exit(f"write_dataset.py: {error}")
    cells = layout.cell_types
    pairs = sum(len(cell.peaks) for cell in cells.values())
    states = sum(bool(cell.states) for cell in cells.values())
    sys.stdout.write(f"{data / 'DATASET.toml'}: {len(cells)} cell types, {states} with states, {pairs} with peaks\n")


def layout_of(data: Path) -> Layout:
    """What the folder holds, as a dataset."""
    reference = _needed(data, "hg19.fa", "hg19.fa.gz", "hg19.2bit")
    sizes = data / "chromosomes.sizes"
    lengths = Reference(reference).chromosome_lengths
    sizes.write_text("".join(f"{name}\t{lengths[name]}\n" for name in _CHROMOSOMES if name in lengths))
    states = states_of(data / "states")
    sets = _rows("final_sets.tsv")
    factors = list(dict.fromkeys(factor for factor, _, _ in sets))
    cells = {
        name: _cell_type(data, name, states.pop(roadmap, ""), factors) for name, roadmap, _ in _rows("cell_types.tsv")
    }
    for name, roadmap, _ in _rows("cell_types.tsv"):
        if roadmap and not cells[name].states:
            _missed(f"no states of {name} ({roadmap})")
    mapped = [cell.states for cell in cells.values() if cell.states]
    return Layout(
        name="ENCODE-DREAM",
        assembly="hg19",
        reference=str(reference),
        chromosome_sizes=str(sizes),
        labelled_regions=str(merged_regions(data)),
        state_names=tuple(sorted({name for path in mapped for name in Segmentation(Path(path)).names}, key=_natural)),
        motifs={factor: str(path) for factor in factors for path in _motif(data, factor)},
        # The other cell types of Roadmap have states only: they are for pre-training.
        cell_types=cells | {name: CellTypePaths(states=path) for name, path in sorted(states.items())},
    )


def merged_regions(data: Path) -> Path:
    """The regions where peaks were called for training, bins in a row as one region."""
    path = data / "annotations" / "train_regions.merged.bed"
    with path.open("w") as file:
        for run in read_regions(_needed(data, "annotations/train_regions.blacklistfiltered.bed.gz")):
            is_apart = run.start_R[1:] > np.maximum.accumulate(run.end_R)[:-1]
            starts = run.start_R[np.append(True, is_apart)]
            ends = np.maximum.accumulate(run.end_R)[np.append(is_apart, True)]
            file.writelines(f"{run.chromosome}\t{start}\t{end}\n" for start, end in zip(starts, ends, strict=True))
    return path


def states_of(folder: Path) -> dict[str, str]:
    """Segmentations by Roadmap's id: E118.bb, or test1.7.bb with the hub's table that says whose it is."""
    found = {path.name.split(".")[0]: str(path) for path in sorted(folder.glob("E*")) if path.name.endswith(_STATES)}
    hub = folder / "trackDb_test.txt"
    if hub.is_file():
        for track in re.split(r"\n\s*\n", hub.read_text()):
            file = re.search(r"bigDataUrl\s+(?:\S*/)?(\S+\.bb)", track)
            roadmap = re.search(r"(?<![A-Za-z0-9])E\d{3}(?!\d)", track)
            if file and roadmap and (folder / file[1]).is_file():
                found.setdefault(roadmap[0], str(folder / file[1]))
    if not found:
        _missed(f"no segmentation in {folder}: neither E118.bb and the like, nor test1.*.bb with trackDb_test.txt")
    return found


def _cell_type(data: Path, name: str, states: str, factors: list[str]) -> CellTypePaths:
    signals = {}
    # IMR-90 is IMR90 in the names of some files.
    for spelt in dict.fromkeys((name, name.replace("-", ""))):
        path = data / "DNASE" / f"DNASE.{spelt}.fc.signal.bigwig"
        if path.is_file():
            signals = {"DNase": str(path)}
    if not signals:
        _missed(f"no DNase of {name}")
    return CellTypePaths(states, signals, {factor: peaks for factor in factors for peaks in _peaks(data, name, factor)})


def _peaks(data: Path, cell: str, factor: str) -> Iterator[PeakPaths]:
    folder = data / "ChIPseq"
    conservative = folder / f"ChIPseq.{cell}.{factor}.conservative.train.narrowPeak.gz"
    relaxed = folder / f"ChIPseq.{cell}.{factor}.relaxed.narrowPeak.gz"
    is_training = any(factor == name and cell in cells.split(",") for name, _, cells in _rows("final_sets.tsv"))
    if is_training and conservative.is_file():
        if not relaxed.is_file():
            _missed(f"no relaxed peaks of {factor} in {cell} ({relaxed.name}); bins at weak peaks count as unbound")
        yield PeakPaths(str(conservative), str(relaxed) if relaxed.is_file() else "")
    elif is_training:
        _missed(f"no peaks of {factor} in {cell} ({conservative.name})")


def _motif(data: Path, factor: str) -> Iterator[Path]:
    found = [path for ending in _MOTIFS if (path := data / "motifs" / f"{factor}{ending}").is_file()]
    yield from found[:1]
    if not found:
        _missed(f"no motif of {factor} in {data / 'motifs'}")


def _needed(data: Path, *names: str) -> Path:
    found = next((data / name for name in names if (data / name).is_file()), None)
    if found is None:
        raise InvalidRequest(f"{data} lacks {' or '.join(names)}.")
    return found


def _rows(table: str) -> list[list[str]]:
    return [line.split("\t") for line in (_HERE / table).read_text().splitlines()[1:]]


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(digits or 0), text) for digits, text in re.findall(r"(\d+)|(\D+)", name)]


def _missed(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    main()
