"""Very many factors and chromosomes: the work grows as they do, not as their square. Steps are counted, not seconds."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType

import pytest

from ebert_core.dataset import labels
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.digests import dataset_digests
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.shown import summary_of
from ebert_core.dataset.store import Store
from ebert_core.genome.chromosomes import check_same_assembly, check_within
from ebert_core.protocol.terms.chromosome_names import KnownNames, name_in
from ebert_core.protocol.terms.locus import Interval
from tests.counted import counted


class Looked(dict[str, int]):
    """A table of chromosomes that counts how often all of its names are gone through."""

    passes = 0

    def __iter__(self) -> Iterator[str]:
        self.passes += 1
        return super().__iter__()


TraceFunction = Callable[[FrameType, str, object], "TraceFunction | None"]


class Asked(list[str]):
    """A list that counts how often something is looked for in it, which goes through it."""

    searches = 0

    def __contains__(self, name: object) -> bool:
        self.searches += 1
        return super().__contains__(name)


def steps(work: Callable[[], object]) -> int:
    """How many instructions of Python some work takes."""
    counted = 0

    def trace(frame: FrameType, event: str, _argument: object) -> TraceFunction:
        nonlocal counted
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return counted


def many_factors(folder: Path, count: int) -> Path:
    folder.mkdir()
    (folder / "g.fa").write_text(">chr1\n" + "ACGT" * 100 + "\n")
    (folder / "p.bed").write_text("chr1\t100\t200\n")
    tables = [f'[cell_types.a.peaks.F{number}]\nconservative = "p.bed"\n' for number in range(count)]
    heading = 'version = 1\nname = "x"\nassembly = "x"\nreference = "g.fa"\n'
    (folder / "D.toml").write_text(heading + "\n".join(tables))
    return folder / "D.toml"


def many_chromosomes(folder: Path, count: int) -> Path:
    folder.mkdir()
    (folder / "g.fa").write_text("".join(f">s{number}\n{'ACGT' * 50}\n" for number in range(count)))
    (folder / "g.sizes").write_text("".join(f"s{number}\t200\n" for number in range(count)))
    (folder / "l.bed").write_text("".join(f"S{number}\t0\t200\n" for number in range(count)))
    heading = 'version = 1\nname = "x"\nassembly = "x"\nreference = "g.fa"\nchromosome_sizes = "g.sizes"\n'
    (folder / "D.toml").write_text(f'{heading}labelled_regions = "l.bed"\n[cell_types.a]\n')
    return folder / "D.toml"


def open_and_sum_up(path: Path) -> None:
    dataset = Dataset.open(path)
    summary_of(dataset)
    dataset_digests(dataset, dataset.cell_types, dataset.factors)
    dataset.without_peaks(dataset.cell_types, dataset.factors)


@pytest.mark.parametrize(
    ("make", "work"),
    [
        (many_factors, open_and_sum_up),
        (many_chromosomes, open_and_sum_up),
        (many_chromosomes, lambda path: prepare(Dataset.open(path), path.parent / "s")),
        (many_factors, lambda path: prepare(Dataset.open(path), path.parent / "s")),
    ],
)
def test_twice_as_much_takes_twice_the_steps(
    tmp_path: Path, make: Callable[[Path, int], Path], work: Callable[[Path], Store | None]
) -> None:
    small, large = make(tmp_path / "small", 150), make(tmp_path / "large", 300)
    work(make(tmp_path / "first", 3))  # what is loaded once
    few, many = (steps(partial(work, path)) for path in (small, large))
    assert few > 10_000
    assert many < 2.4 * few


def test_names_that_a_genome_lacks_are_looked_up_and_not_searched_for() -> None:
    genome = Looked({f"scaffold_{number}": 500 for number in range(20_000)})
    others = {f"contig_{number}": 500 for number in range(20_000)} | {"Scaffold_7": 500}
    check_same_assembly(genome, others, "x.bw")
    check_within(genome, others, "x.bed")
    assert genome.passes <= 4, "two passes for each of the two checks, however many names there are"


def test_many_names_are_found_as_few_are() -> None:
    few = {"CHR1": 1, "2": 1, "chrx": 1}
    many = few | {f"scaffold_{number}": 1 for number in range(1_000)}
    for name in ("chr1", "1", "chr2", "chrX", "X", "chr9", "MT"):
        assert name_in(many, name) == name_in(few, name)
    assert name_in(many, "SCAFFOLD_3") == "scaffold_3"
    many["chr9"] = 1
    assert name_in(many, "9") == "chr9"


def test_factors_are_not_searched_for_one_by_one(tmp_path: Path) -> None:
    dataset = Dataset.open(many_factors(tmp_path / "d", 50))
    factors = Asked(dataset.factors)
    dataset_digests(dataset, dataset.cell_types, factors)
    dataset.without_peaks(dataset.cell_types, factors)
    assert factors.searches == 0


def test_labels_of_one_place_do_not_go_through_the_regions_of_all_chromosomes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = Dataset.open(many_chromosomes(tmp_path / "d", 200))
    asked = counted(monkeypatch, KnownNames, "find")
    assert labels.scorable_bins(dataset, Interval("s7", 0, 200)).tolist() == [True, False, False, False]
    assert len(asked) <= 3, "of the dataset, its reference and the regions"
