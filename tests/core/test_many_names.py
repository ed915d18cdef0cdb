"""Half a million chromosomes and 200,000 factors: what is done for each name does not grow with their number.

Steps of Python are counted, not seconds: four times as many names may take five times as many steps, not sixteen.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.layout import Layout
from ebert_core.dataset.shown import summary_of
from ebert_core.genome.chromosomes import check_same_assembly, check_within, other_mitochondrion, strange_names
from ebert_core.genome.reference import Reference
from ebert_core.genome.signal import open_signal
from ebert_core.inference.stretches import requested
from ebert_core.model.description import read_description
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.chromosome_names import KnownNames, in_natural_order, name_in, other_names
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval, parse_locus

_FEW = 300
CHECKPOINTS = Path(__file__).parents[2] / "resources" / "checkpoints"


def steps(work: Callable[[], object]) -> int:
    """How many calls of functions and steps of generators some work takes, those in C among them."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    other_names.cache_clear()
    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def grows_evenly(work: Callable[[int], Callable[[], object]]) -> bool:
    few, many = work(_FEW), work(4 * _FEW)
    few()
    return steps(many) < 5 * steps(work(_FEW)) + 500


def scaffolds(count: int, prefix: str = "scaffold") -> dict[str, int]:
    return {f"{prefix}_{number}": 1000 + number for number in range(count)}


@pytest.mark.parametrize("check", [check_same_assembly, check_within])
def test_files_are_compared_name_by_name(check: Callable[[Mapping[str, int], Mapping[str, int], str], None]) -> None:
    def work(count: int) -> Callable[[], object]:
        found = {"scaffold_0": 1000} | scaffolds(count, "other")
        return lambda: check(scaffolds(count), found, "x")

    assert grows_evenly(work)


def test_no_name_of_a_file_in_a_genome_is_found_out_name_by_name() -> None:
    assert grows_evenly(lambda count: lambda: strange_names(scaffolds(count), scaffolds(count, "other")))
    assert grows_evenly(lambda count: lambda: in_natural_order(scaffolds(count)))

    def mitochondria(count: int) -> Callable[[], object]:
        return lambda: other_mitochondrion(scaffolds(count), dict.fromkeys(scaffolds(count, "other"), 16_570))

    assert grows_evenly(mitochondria)

    def strangers(count: int) -> Callable[[], object]:
        def refused() -> None:
            with pytest.raises(InvalidRequest, match="names no chromosome of the dataset"):
                check_same_assembly(scaffolds(count), scaffolds(count, "other"), "x")

        return refused

    assert grows_evenly(strangers)


def test_a_text_of_many_colons_is_no_locus_after_one_look_at_all_names() -> None:
    assert grows_evenly(lambda count: lambda: parse_locus("a:" * count, scaffolds(count)))


def test_a_name_is_found_as_the_slow_search_found_it() -> None:
    names = ["Chr1", "CHR1", "2", "chrM", "NC_000003.11", "scaffold_a", "Scaffold_A"]
    wanted = ("chr1", "chr2", "MT", "3", "SCAFFOLD_A", "scaffold_A", "chrX", "CHR2")
    found = [KnownNames(names).find(name) for name in wanted]
    assert found == ["Chr1", "2", "chrM", "NC_000003.11", "scaffold_a", "scaffold_a", None, "2"]
    assert found == [name_in(dict.fromkeys(names), name) for name in wanted]


@pytest.fixture
def sources(tmp_path: Path) -> Callable[[int], list[Callable[[Interval], object]]]:
    def opened(count: int) -> list[Callable[[Interval], object]]:
        folder = tmp_path / str(count)
        folder.mkdir(exist_ok=True)
        names = scaffolds(count)
        (folder / "x.fa").write_text("".join(f">{name}\nACGT\n" for name in names))
        (folder / "x.bedGraph").write_text("".join(f"{name}\t1\t2\t3\n" for name in names))
        return [Reference(folder / "x.fa").bases, open_signal(folder / "x.bedGraph").per_base]

    return opened


@pytest.mark.parametrize("which", [0, 1])
def test_windows_on_chromosomes_that_a_file_lacks_do_not_go_through_its_names_each(
    sources: Callable[[int], list[Callable[[Interval], object]]], which: int
) -> None:
    def work(count: int) -> Callable[[], object]:
        read = sources(count)[which]
        return lambda: [read(Interval(f"other_{number}", 0, 10)) for number in range(count)]

    assert grows_evenly(work)


def test_a_dataset_of_many_factors_is_opened_and_summarised_factor_by_factor(tmp_path: Path) -> None:
    (tmp_path / "sizes").write_text("chr1\t1000\n")
    (tmp_path / "p.bed").write_text("chr1\t1\t2\n")

    def work(count: int) -> Callable[[], object]:
        path = tmp_path / f"D{count}.toml"
        peaks = "".join(f'peaks.F{number}.conservative = "p.bed"\n' for number in range(count))
        head = 'version = 1\nname = "many"\nassembly = "x"\nchromosome_sizes = "sizes"\n'
        path.write_text(f"{head}[cell_types.A]\n{peaks}[cell_types.B]\n{peaks}")
        return lambda: summary_of(Dataset.open(path, is_for_drawing=True))

    assert grows_evenly(work)


class Name(str):
    """A name that counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Name.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_a_prediction_of_the_whole_genome_takes_its_chromosomes_one_by_one(tmp_path: Path) -> None:
    dataset = Dataset(Layout(name="many"), tmp_path / "D.toml")
    dataset.__dict__["chromosome_lengths"] = {Name(name): length for name, length in scaffolds(1_000).items()}
    assert len(list(requested(Predict("c", "d", "A", "F", "o"), dataset))) == 1_000
    assert Name.compared < 10_000


def test_a_factor_of_a_checkpoint_is_looked_up() -> None:
    description = read_description(next(CHECKPOINTS.glob("*/")))
    (record, *_) = description.factors

    def work(count: int) -> Callable[[], object]:
        records = tuple(msgspec.structs.replace(record, name=f"F{number}") for number in range(count))
        many = msgspec.structs.replace(description, factors=records)
        return lambda: [many.factor(f"F{number}") for number in range(count)]

    assert grows_evenly(work)
    last = msgspec.structs.replace(description, factors=(record, msgspec.structs.replace(record, auprc=0.0)))
    assert last.factor(record.name) == record
