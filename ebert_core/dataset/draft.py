"""A dataset put together in a dialog: its files are checked while it is filled, and it becomes a DATASET.toml."""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from heapq import nlargest
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.layout import CellTypePaths, Layout, PeakPaths, write_layout
from ebert_core.genome.annotation import FeatureSource, read_features, read_genes
from ebert_core.genome.chromosomes import check_same_assembly, check_within, read_bands, read_chromosome_sizes
from ebert_core.genome.fasta import indexed_lengths
from ebert_core.genome.lines import first_bytes
from ebert_core.genome.motifs import motifs_by_factor
from ebert_core.genome.places import Stamp, stamp
from ebert_core.genome.signal import SignalFile, open_signal
from ebert_core.genome.states import Segmentation
from ebert_core.genome.twobit import TwoBitFile, is_twobit
from ebert_core.protocol.codec import with_strings
from ebert_core.protocol.shapes import RunClass
from ebert_core.protocol.terms.addresses import Place, place_of, without_secrets
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.chromosome_names import KnownNames, natural_order
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_core.protocol.terms.reading import Avoided, reading
from ebert_core.protocol.terms.report import TellProgress
from ebert_core.protocol.tracks import DatasetDraft, DraftCheck, DraftProblem

# Bases on the first screen of a new dataset: genes have room, and single peaks can be told apart.
# Of so many peaks, the strongest first, one with known bases is looked for.
_MOST_LOOKED_AT = 1_000
_FIRST_LOOK = 30_000
# Every matrix of a dataset is a channel that a model may read; of a whole collection only those of its factors are.
_FEW_MOTIFS = 50
_LENGTHS, _REFERENCE = "chromosome sizes", "reference"


class FileFacts(NamedTuple):
    """What one file says: why it cannot be used, its chromosomes, and the states of a segmentation."""

    problem: str = ""
    lengths: dict[str, int] | None = None
    knows_lengths: bool = False
    states: tuple[RunClass, ...] = ()
    bin_width: int = 0


class DraftChecker:
    """Checks drafts of a dataset; a file is read once for each use as long as it stays as it is."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, str, Stamp], FileFacts] = {}

    def check(self, draft: DatasetDraft, report: TellProgress) -> DraftCheck:
        """What is wrong with a draft, file by file, and the states that its segmentations have."""
        draft = with_strings(draft, without_secrets)
        uses = list(_uses(draft))
        facts: list[tuple[str, str, FileFacts]] = []
        for number, (use, path) in enumerate(uses):
            report(number / len(uses), f"checking {place_of(path).name}")
            facts.append((use, path, self._facts_of(use, path)))
        problems = [DraftProblem(path, sentence) for path, sentence in _problems(facts)]
        refusal = _refusal_of_place(draft)
        if refusal:
            problems.append(DraftProblem(draft.path, refusal))
        return DraftCheck(tuple(problems), *_states([each for use, _path, each in facts if use == "states"]))

    def _facts_of(self, use: str, path: str) -> FileFacts:
        try:
            key = (use, path, stamp(place_of(path)))
        except OSError:
            return FileFacts(f"There is no file {path}.")
        except InvalidRequest as error:
            return FileFacts(str(error))
        if key not in self._facts:
            try:
                with reading(path):
                    self._facts[key] = _READERS[use](place_of(path))
            except Avoided as error:
                # Not for long: a person may want it to be tried again.
                return FileFacts(str(error))
            except InvalidRequest as error:
                self._facts[key] = FileFacts(str(error))
        return self._facts[key]


def write_dataset(
    draft: DatasetDraft, checker: DraftChecker, report: TellProgress = lambda _share, _note: None
) -> Dataset:
    """The dataset that a person put together in the dialog, written and opened.

    Raises:
        InvalidRequest: a file makes no sense or the description cannot be written; then none is left behind.
    """
    # What may be shown of addresses is also what may lie in a file for others.
    draft = with_strings(draft, without_secrets)
    layout = _layout(draft)
    _check_layout(layout)
    check = checker.check(draft, report)
    if check.problems:
        raise InvalidRequest(check.problems[0].sentence)
    layout = msgspec.structs.replace(
        layout,
        state_names=tuple(state.name for state in check.states),
        state_colours=_whole_colours(check.states),
        bin_width=check.bin_width or layout.bin_width,
    )
    # An index of the reference is built now: what is wrong in its lines must be found before anything is written.
    trial = Dataset(layout)
    if trial.reference:
        check_same_assembly(trial.reference.chromosome_lengths, trial.chromosome_lengths, draft.chromosome_sizes)
    target = Path(draft.path)
    trial.check_assembly()
    write_layout(msgspec.structs.replace(layout, start_locus=_first_look(draft, trial)), target)
    return Dataset.open(target)


def _first_look(draft: DatasetDraft, trial: Dataset) -> str:
    """Where a person first sees data: around the strongest of the first peaks whose bases are known.

    Where none is known, around the strongest of all. Empty without peaks.
    """
    lengths = trial.chromosome_lengths
    files = (path for _cell, _factor, grade, path in draft.peaks if grade == "conservative")
    peaks = [peak for path in islice(files, 1) for peak in read_features(place_of(path))]
    names = KnownNames(lengths)
    sequenced = KnownNames(trial.reference.chromosome_lengths if trial.reference else lengths)
    known = [(peak, name) for peak in peaks if (name := names.find(peak.chromosome))]
    strongest = nlargest(_MOST_LOOKED_AT, known, key=lambda pair: (sequenced.find(pair[1]) is not None, pair[0].score))
    middles = [
        Interval(name, middle, middle + 1)
        for peak, name in strongest
        for middle in [min((peak.start + peak.end) // 2, lengths[name] - 1)]
    ]
    if not middles:
        return ""
    here = next((each for each in middles if _is_known(trial, each)), middles[0])
    start = max(0, here.start - _FIRST_LOOK // 2)
    return format_locus(Interval(here.chromosome, start, min(start + _FIRST_LOOK, lengths[here.chromosome])))


def _is_known(trial: Dataset, base: Interval) -> bool:
    return trial.reference is not None and bool((trial.reference.bases(base) != N).all())


def _layout(draft: DatasetDraft) -> Layout:
    cells: dict[str, CellTypePaths] = {}

    def cell(name: str) -> CellTypePaths:
        return cells.get(name, CellTypePaths())

    for name, path in draft.states:
        cells[name] = msgspec.structs.replace(cell(name), states=path)
    for name, signal, path in draft.signals:
        cells[name] = msgspec.structs.replace(cell(name), signals=cell(name).signals | {signal: path})
    for name, factor, kind, path in sorted(draft.peaks, key=lambda row: row[2]):
        known = cell(name).peaks.get(factor, PeakPaths(""))
        peaks = cell(name).peaks | {factor: msgspec.structs.replace(known, **{kind: path})}
        cells[name] = msgspec.structs.replace(cell(name), peaks=peaks)
    return Layout(
        name=draft.name,
        assembly=draft.assembly,
        reference=draft.reference,
        chromosome_sizes=draft.chromosome_sizes,
        genes=draft.genes,
        cytobands=draft.bands,
        blacklist=draft.blacklist,
        labelled_regions=draft.labelled_regions,
        motifs=_motifs(draft),
        cell_types=cells,
    )


def _motifs(draft: DatasetDraft) -> dict[str, str]:
    """A motif for each factor with peaks, and for all of a file that has few; those of the first file come first."""
    measured = {factor for _cell, factor, _grade, _path in draft.peaks}
    found: dict[str, str] = {}
    for path in draft.motifs:
        by_factor = motifs_by_factor(place_of(path))
        for factor, name in by_factor.items():
            if factor in measured or len(by_factor) <= _FEW_MOTIFS:
                found.setdefault(factor, f"{path}#{name}")
    return dict(sorted(found.items()))


def _check_layout(layout: Layout) -> None:
    if not layout.name or not layout.assembly:
        raise InvalidRequest("A dataset needs a name and an assembly, such as hg19.")
    if not (layout.reference or layout.chromosome_sizes):
        raise InvalidRequest("A dataset needs a reference sequence or a table of chromosome sizes.")
    for name, cell in layout.cell_types.items():
        for factor, peaks in cell.peaks.items():
            if not peaks.conservative:
                raise InvalidRequest(f"{factor} in {name} has relaxed peaks only; add its conservative peaks.")


def _uses(draft: DatasetDraft) -> Iterator[tuple[str, str]]:
    """What each file is used as; first those that know the lengths of chromosomes."""
    single = (
        (_LENGTHS, draft.chromosome_sizes),
        (_REFERENCE, draft.reference),
        ("genes", draft.genes),
        ("bands", draft.bands),
        ("features", draft.blacklist),
        ("features", draft.labelled_regions),
    )
    yield from ((use, path) for use, path in single if path)
    yield from (("motifs", path) for path in draft.motifs)
    yield from (("states", path) for _cell, path in draft.states)
    yield from (("signal", path) for _cell, _signal, path in draft.signals)
    yield from (("features", path) for _cell, _factor, _grade, path in draft.peaks)


def _problems(facts: Sequence[tuple[str, str, FileFacts]]) -> Iterator[tuple[str, str]]:
    """Each file that cannot be used, and why: by itself, or beside the chromosomes of the others."""
    expected = next((each.lengths for use, _path, each in facts if use in (_LENGTHS, _REFERENCE) and each.lengths), {})
    for _use, path, each in facts:
        if each.problem:
            yield path, each.problem
        elif expected and each.lengths and each.lengths is not expected:
            check = check_same_assembly if each.knows_lengths else check_within
            try:
                check(expected, each.lengths, path)
            except InvalidRequest as error:
                yield path, str(error)


def _refusal_of_place(draft: DatasetDraft) -> str:
    """Why the description cannot be written where it is wanted; empty when it can."""
    if not draft.path:
        return ""
    target = Path(draft.path)
    if not target.parent.is_dir():
        return f"There is no folder {target.parent}."
    if not os.access(target.parent, os.W_OK):
        return f"You may not write into {target.parent}; save it in another folder."
    if target.exists() and not draft.may_replace:
        return f"{target} is there already; give another name, or choose it with Browse to replace it."
    return ""


def _states(segmentations: Sequence[FileFacts]) -> tuple[tuple[RunClass, ...], int]:
    """The states of all cell types in natural order, in the colours of their files, and the width of their bins."""
    colours: dict[str, str] = {}
    for facts in segmentations:
        for state in facts.states:
            colours[state.name] = colours.get(state.name) or state.colour
    states = tuple(RunClass(name, colours[name]) for name in sorted(colours, key=natural_order))
    return states, math.gcd(*(facts.bin_width for facts in segmentations))


def _whole_colours(states: Sequence[RunClass]) -> tuple[str, ...]:
    """The states' colours when each has one; else the drawing chooses, and the file invents none."""
    return tuple(state.colour for state in states) if all(state.colour for state in states) else ()


def _facts_of_sizes(path: Place) -> FileFacts:
    return FileFacts(lengths=read_chromosome_sizes(path), knows_lengths=True)


def _facts_of_reference(path: Place) -> FileFacts:
    if is_twobit(first_bytes(path)):
        sequence = TwoBitFile(path)
        sequence.close()
        return FileFacts(lengths=sequence.chromosome_lengths, knows_lengths=True)
    return FileFacts(lengths=indexed_lengths(path), knows_lengths=True)


def _facts_of_bands(path: Place) -> FileFacts:
    read_bands(path)
    return FileFacts()


def _facts_of_motifs(path: Place) -> FileFacts:
    if not motifs_by_factor(path):
        raise InvalidRequest(
            f"{path} does not say of which factors its motifs are; name them in [motifs] of the DATASET.toml."
        )
    return FileFacts()


def _facts_of_track(read: Callable[[Place], SignalFile | FeatureSource]) -> Callable[[Place], FileFacts]:
    def facts(path: Place) -> FileFacts:
        opened = read(path)
        return FileFacts(lengths=opened.chromosome_lengths, knows_lengths=opened.knows_lengths)

    return facts


def _facts_of_states(path: Place) -> FileFacts:
    opened = Segmentation(path)
    states = tuple(RunClass(name, opened.colours.get(name, "")) for name in opened.names)
    return FileFacts("", opened.chromosome_lengths, opened.knows_lengths, states, opened.bin_width)


_READERS: dict[str, Callable[[Place], FileFacts]] = {
    _LENGTHS: _facts_of_sizes,
    _REFERENCE: _facts_of_reference,
    "genes": _facts_of_track(read_genes),
    "bands": _facts_of_bands,
    "motifs": _facts_of_motifs,
    "features": _facts_of_track(read_features),
    "states": _facts_of_states,
    "signal": _facts_of_track(open_signal),
}
