"""Everything that is wrong with a dataset, not only the first of it: before hours go into a training on a cluster."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.digests import dataset_digests, joint_digest
from ebert_core.dataset.layout import Layout, problems_of
from ebert_core.dataset.shown import start_locus
from ebert_core.genome.motifs import find_motif, motif_place
from ebert_core.protocol.terms.addresses import place_of
from ebert_core.protocol.terms.assemblies import doubt_about
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import TellProgress


class Fault(msgspec.Struct, frozen=True):
    """What is wrong: the key of the DATASET.toml, empty for the file as a whole, and a sentence."""

    key: str
    problem: str


class Check(msgspec.Struct, frozen=True):
    """What a check of a dataset found.

    `files` are the paths of the files that it names, `addresses` what it names at addresses; `remarks` are no faults.
    `sha256` is the digest of all that a network is shown of them, empty where there
    are faults: a training on these files notes it in its checkpoint.
    """

    path: str
    files: tuple[str, ...]
    addresses: tuple[str, ...]
    faults: tuple[Fault, ...]
    remarks: tuple[str, ...] = ()
    sha256: str = ""


def check_dataset(path: Path, report: TellProgress) -> Check:
    """Reads every file of a dataset as training and prediction would; prepares nothing and writes nothing beside it.

    Raises:
        InvalidRequest: the file cannot be read or is no TOML.
    """
    layout, problems = problems_of(path)
    faults = [Fault(key, problem) for key, problem in problems]
    dataset = Dataset(layout, path.absolute())
    checks = list(_checks(dataset))
    for number, (key, _file, check) in enumerate(checks):
        report(number / len(checks), f"reading {key}")
        try:
            check()
        except InvalidRequest as error:
            faults.append(Fault(key, str(error)))
    # One file may be wrong under several keys, and a genome that cannot be read makes all of them wrong: said once.
    told = {fault.problem: fault for fault in reversed(faults)}
    once = tuple(fault for fault in faults if told[fault.problem] is fault)
    digest = "" if once else _digest(dataset, report)
    named = _named(checks)
    return Check(str(path.absolute()), named.files, named.addresses, once, _remarks(dataset), digest)


class Named(NamedTuple):
    """What a dataset names: paths of this machine, and addresses."""

    files: tuple[str, ...]
    addresses: tuple[str, ...]


def named_files(dataset: Dataset) -> Named:
    """What a dataset names beside itself, each once, in its order; nothing is read."""
    return _named(_checks(dataset))


def _named(checks: Iterable["_Step"]) -> Named:
    places = [place_of(file) for file in dict.fromkeys(file for _key, file, _check in checks if file)]
    files = tuple(str(place) for place in places if isinstance(place, Path))
    return Named(files, tuple(str(place) for place in places if not isinstance(place, Path)))


def _remarks(dataset: Dataset) -> tuple[str, ...]:
    """What is no fault, and may be a mistake."""
    if dataset.layout.seed is not None:
        return ()
    with suppress(InvalidRequest):
        return tuple(filter(None, [doubt_about(dataset.layout.assembly, dataset.chromosome_lengths)]))
    return ()


def _digest(dataset: Dataset, report: TellProgress) -> str:
    """Of all that a network is shown; the dataset's folder stays as it is."""
    return joint_digest(dataset_digests(dataset, dataset.cell_types, report=report, beside=False))


_Step = tuple[str, str, Callable[[], object]]


def _checks(dataset: Dataset) -> Iterator[_Step]:
    """Key, file and what reads it, for all that a dataset names."""
    layout = dataset.layout
    if layout.reference:
        yield "reference", layout.reference, lambda: _reads_reference(dataset)
    yield "chromosome_sizes", layout.chromosome_sizes, lambda: _knows_chromosomes(dataset)
    with suppress(InvalidRequest):
        _knows_chromosomes(dataset)
        yield "assembly", "", dataset.check_assembly
        yield from _tracks(dataset, layout)


def _tracks(dataset: Dataset, layout: Layout) -> Iterator[_Step]:
    """What can only be judged where the chromosomes are known."""
    if layout.genes:
        yield "genes", layout.genes, partial(dataset.gene_file, layout.genes)
    if layout.cytobands:
        yield "cytobands", layout.cytobands, lambda: dataset.bands
    for key, path in (("blacklist", layout.blacklist), ("labelled_regions", layout.labelled_regions)):
        if path:
            yield key, path, partial(dataset.feature_file, path)
    if layout.truth:
        yield "synthetic.truth", layout.truth, lambda: dataset.truth
    if layout.start_locus:
        yield "start_locus", "", lambda: start_locus(dataset)
    for factor, place in layout.motifs.items():
        at = motif_place(place)
        yield f"motifs.{factor}", str(at.path), partial(find_motif, *at)
    for name, path in layout.signals.items():
        yield f"signals.{name}", path, partial(dataset.signal_file, path)
    yield "states", "", lambda: dataset.state_names
    for cell in layout.cell_types:
        yield from _of_cell_type(dataset, cell)
    for name, path in layout.tracks.items():
        yield f"tracks.{name}", path, partial(dataset.listed_track, path)


def _of_cell_type(dataset: Dataset, cell: str) -> Iterator[_Step]:
    paths, key = dataset.layout.cell_types[cell], f"cell_types.{cell}"
    if paths.states:
        yield f"{key}.states", paths.states, lambda: dataset.states(cell)
    for name, path in paths.signals.items():
        yield f"{key}.signals.{name}", path, partial(dataset.signal_file, path)
    for factor, peaks in paths.peaks.items():
        for kind, path in (("conservative", peaks.conservative), ("relaxed", peaks.relaxed)):
            if path:
                yield f"{key}.peaks.{factor}.{kind}", path, partial(dataset.feature_file, path)


def _knows_chromosomes(dataset: Dataset) -> None:
    dataset.check_genome()


def _reads_reference(dataset: Dataset) -> None:
    """A base of every chromosome's end, which an index that is not of this file would misplace."""
    assert dataset.reference is not None
    for name, length in dataset.reference.chromosome_lengths.items():
        dataset.reference.bases(Interval(name, max(0, length - 1), length))
