"""The verdict of a fine-tuning: the same held-out loci scored by the model and by simple baselines.

Neighbouring bins overlap, so what a claim rests on is counted in peaks, and blocks of the genome are resampled.
"""

# X = scored bins, P = bins of 200 bp starting every 50 bp, R = resamples, M = methods.

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dream.scoring import auprc
from ebert_core.judging.baselines import MOTIF_SCAN, MotifAccessibility, fit_motif_accessibility, motif_scan
from ebert_core.judging.comparison import Pair, bootstrap, pooled_pair
from ebert_core.judging.held_out import BlockWidth, HeldOut, block_width, bound_peaks, narrowed
from ebert_core.judging.trees import TREES
from ebert_core.judging.verdict_words import Words, with_overall_sentence, with_sentence
from ebert_core.material.material import Material
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.hearing import heard_by
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_core.protocol.terms.reliability import FEWEST_PEAKS
from ebert_core.protocol.terms.report import FORESEEABLE, Report, Stopped, TellProgress
from ebert_core.protocol.terms.verdict import Judgement, Outcome, Verdict
from ebert_core.protocol.terms.wording import listed

MODEL = "model"
_BASELINE = "baseline"
# The best of these, by its own score on the held-out bins, is what a model is compared with.
_RIVALS = (_BASELINE, TREES, MOTIF_SCAN)
_RESAMPLES = 400
_FEWEST_BLOCKS = 20
# Blocks of 100 kb, or as small as it takes to have twenty of them.
_FEWEST_TO_RESAMPLE = 8
_MANY_FACTORS = 6
# A difference that makes no difference: this much auPRC, and this share of the better score.
_NEGLIGIBLE, _NEGLIGIBLE_SHARE = 0.05, 0.25
# What is told even of few peaks: so much less auPRC, and less than this share of it.
_FAR, _FAR_SHARE = 0.3, 1 / 3


class _Group(NamedTuple):
    """The pairs of one judgement, what they rest on, and which methods score all of them."""

    factor: str
    pairs: list[Pair]
    peaks: int
    methods: tuple[str, ...]


def verdict_of(
    held: Sequence[HeldOut],
    material: Material,
    cell_types: Sequence[str],
    signals: Sequence[str],
    report: Report,
    chose_epoch: bool,
    seed: int = 1,
) -> Verdict:
    """The model's held-out logits beside a baseline fitted on the same training regions and cell types.

    A factor is judged in the cell types that it was not trained in, where there are any, else in those that it was.

    Args:
        held: the model's logits of the validation regions, averaged over both strands.
        material: the dataset with its training and validation regions.
        cell_types: those that the model was trained in; the baseline is fitted in the same.
        signals: the model's signal channels; of the dataset's signals, the baseline reads these and accessibility.
        report: told how far the baseline is; a request to stop ends the work.
        chose_epoch: whether the same loci also chose among epochs, which makes the model's figures a little too good.
        seed: of the resampled blocks.

    Raises:
        Stopped: the person ended the run.
    """
    told = _Told(report)
    with heard_by(told.stops):
        held = _strictest(held, cell_types)
        baseline = _fitted(held, material, cell_types, signals, told.heard, seed)
        width = block_width(held, _FEWEST_BLOCKS)
        held = [narrowed(pair, width.bases) for pair in held]
        groups = _groups(held, _Scores(material, baseline, material.validation_stretches(BIN)))
        words = Words(baseline.name, _FEWEST_TO_RESAMPLE, not chose_epoch, baseline.absent)
        judged = tuple(_judged(group, words, seed) for group in groups)
        return Verdict(
            overall=judged[0] if len(judged) == 1 else _overall(groups, judged, words, seed),
            baseline=baseline.name,
            regions=", ".join(map(format_locus, material.labelled(material.validation))),
            factors=judged,
            notes=tuple(_notes(held, material, cell_types, baseline, chose_epoch, width)),
            are_unseen=not chose_epoch,
        )


class _Told(NamedTuple):
    """Passes on how far a verdict is, and ends it when the person asks."""

    report: Report

    def stops(self, _fraction: float, _note: str = "") -> None:
        """Hear of a step that is not part of the whole."""
        if self.report.stop_requested():
            raise Stopped("Stopped before the verdict; resume to go on.")

    def heard(self, fraction: float, note: str) -> None:
        """Hear how far the baseline is, which is nearly all of the work."""
        self.report.progress(FORESEEABLE + (1 - FORESEEABLE) * fraction, note)
        self.stops(fraction)


def _fitted(
    held: Sequence[HeldOut],
    material: Material,
    cell_types: Sequence[str],
    signals: Sequence[str],
    heard: TellProgress,
    seed: int,
) -> MotifAccessibility:
    """The baselines of the factors that are judged, fitted where the model was trained."""
    factors, training = _factors_of(held), material.training_stretches(BIN)
    dataset, store = material.dataset, material.store
    return fit_motif_accessibility(dataset, store, training, cell_types, factors, signals, heard, seed, True)


def _factors_of(held: Sequence[HeldOut]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pair.factor for pair in held))


def _groups(held: Sequence[HeldOut], scores: "_Scores") -> list[_Group]:
    """One judgement's pairs for each factor."""
    by_factor = {factor: [pair for pair in held if pair.factor == factor] for factor in _factors_of(held)}
    return [_group(factor, pairs, scores) for factor, pairs in by_factor.items()]


def _strictest(held: Sequence[HeldOut], cell_types: Sequence[str]) -> list[HeldOut]:
    """The pairs to judge by: of each factor those in unseen cell types, or all where there are none."""
    unseen = {pair.factor for pair in held if pair.cell_type not in cell_types}
    return [pair for pair in held if pair.factor not in unseen or pair.cell_type not in cell_types]


class _Scores:
    """Scores of the baselines, a cell type at a time."""

    def __init__(self, material: Material, baseline: MotifAccessibility, regions: Sequence[Interval]) -> None:
        self._baseline = baseline
        self._regions = regions
        self._scan = motif_scan(material.dataset, material.store, regions)
        self._found: dict[str, dict[str, dict[str, NDArray[np.float32]]]] = {}

    def of(self, factor: str, cell_type: str) -> dict[str, NDArray[np.float32]]:
        """The baselines that know the factor, on every bin of the regions."""
        if cell_type not in self._found:
            self._found[cell_type] = self._baseline.every_score(cell_type, self._regions)
        found = self._found[cell_type]
        known = {
            _BASELINE: found[self._baseline.name].get(factor),
            TREES: found[TREES].get(factor),
            MOTIF_SCAN: self._scan.get(factor),
        }
        return {method: score_P for method, score_P in known.items() if score_P is not None}


def _group(factor: str, held: Sequence[HeldOut], scores: _Scores) -> _Group:
    """The pairs of a factor; loci are runs of bins that are bound in any of the cell types."""
    pairs, is_bound_anywhere_P = [], np.zeros(len(held[0].labels_P), dtype=np.int8)
    for pair in held:
        is_scored_P = pair.is_scored()
        is_bound_anywhere_P |= is_scored_P & (pair.labels_P == 1)
        others = {name: score_P[is_scored_P] for name, score_P in scores.of(factor, pair.cell_type).items()}
        is_bound_X, logit_X = pair.scored()
        block_X = pair.block_P[is_scored_P]
        if is_bound_X.any():
            pairs.append(Pair(factor, pair.cell_type, is_bound_X, block_X, 0, {MODEL: logit_X, **others}))
    methods = tuple(pairs[0].scores) if pairs else ()
    return _Group(factor, pairs, bound_peaks(is_bound_anywhere_P), methods)


def _judged(group: _Group, words: Words, seed: int) -> Judgement:
    """The judgement of one factor: its bins of all cell types pooled, each score as its rank within its pair."""
    if not group.pairs:
        return with_sentence(Judgement(group.factor, (), 0, 0, "too few peaks", ""), words)
    joined = pooled_pair(group.pairs, group.methods)
    known = _compared([joined], group.methods, group.peaks, words, seed)
    cells = tuple(pair.cell_type for pair in group.pairs)
    return with_sentence(msgspec.structs.replace(known, factor=group.factor, cell_types=cells), words)


def _overall(groups: Sequence[_Group], judged: Sequence[Judgement], words: Words, seed: int) -> Judgement:
    """The mean over factors with enough peaks; where none has enough, the bins of all of them pooled."""
    compared = [group for group in groups if len(group.methods) > 1]
    if any(_BASELINE in group.methods for group in compared):
        compared = [group for group in compared if _BASELINE in group.methods]
    counted = [group for group in compared if group.peaks >= FEWEST_PEAKS]
    chosen = counted or compared
    cells = tuple(dict.fromkeys(pair.cell_type for group in groups for pair in group.pairs))
    if not chosen:
        peaks = sum(group.peaks for group in groups)
        return with_overall_sentence(Judgement("", cells, peaks, 0, "no baseline", ""), judged, words, False)
    methods = tuple(method for method in (MODEL, *_RIVALS) if all(method in group.methods for group in chosen))
    sets = [group.pairs for group in counted] or [[pair for group in compared for pair in group.pairs]]
    joined = [pooled_pair(pairs, methods) for pairs in sets]
    known = _compared(joined, methods, sum(group.peaks for group in chosen), words, seed)
    return with_overall_sentence(msgspec.structs.replace(known, cell_types=cells), judged, words, is_pooled=not counted)


def _compared(joined: Sequence[Pair], methods: Sequence[str], peaks: int, words: Words, seed: int) -> Judgement:
    """The mean auPRC of every method over some sets of bins, and the model beside the best of the others."""
    value = {
        method: float(np.mean([auprc(each.is_bound_X, each.scores[method]) for each in joined])) for method in methods
    }
    rivals = [method for method in _RIVALS if method in value]
    rival = max(rivals, key=value.__getitem__) if rivals else ""
    gap = _gap(joined, rival, seed) if rival else None
    return Judgement(
        factor="",
        cell_types=(),
        peaks=peaks,
        bound_bins=sum(int(each.is_bound_X.sum()) for each in joined),
        outcome=_outcome(peaks, gap, value[MODEL], value[rival]) if gap else "no baseline",
        sentence="",
        model=value[MODEL],
        baseline=value.get(_BASELINE),
        motif_scan=value.get(MOTIF_SCAN),
        difference=gap.value if gap else None,
        low=gap.low if gap else None,
        high=gap.high if gap else None,
        trees=value.get(TREES),
        rival=words.baseline if rival == _BASELINE else rival,
        rival_score=value.get(rival),
    )


class _Gap(NamedTuple):
    """Mean auPRC of the model minus that of its rival, its 95 % interval, and how many blocks were resampled."""

    value: float
    low: float
    high: float
    blocks: int


def _gap(joined: Sequence[Pair], rival: str, seed: int) -> _Gap:
    value_Q = [auprc(q.is_bound_X, q.scores[MODEL]) - auprc(q.is_bound_X, q.scores[rival]) for q in joined]
    spread_RQM = bootstrap(joined, (MODEL, rival), _RESAMPLES, seed)
    # A draw that leaves out all that is bound of a factor says nothing of it.
    spread_RQ = np.ma.masked_invalid(spread_RQM[..., 0] - spread_RQM[..., 1])
    low, high = np.percentile(spread_RQ.mean(axis=1).compressed(), [2.5, 97.5])
    blocks = len(np.unique(np.concatenate([pair.block_X for pair in joined])))
    return _Gap(float(np.mean(value_Q)), float(low), float(high), blocks)


def _outcome(peaks: int, gap: _Gap, ours: float, theirs: float) -> Outcome:
    """What the figures say; of few peaks only what is plain without an interval."""
    if peaks < FEWEST_PEAKS or gap.blocks < _FEWEST_TO_RESAMPLE:
        return "far behind" if theirs - ours >= _FAR and ours < _FAR_SHARE * theirs else "too few peaks"
    if gap.low > 0:
        return "better"
    if gap.high < 0:
        return "worse"
    negligible = min(_NEGLIGIBLE, _NEGLIGIBLE_SHARE * max(ours, theirs))
    return "level" if -negligible <= gap.low and gap.high <= negligible else "cannot be told"


def _notes(
    held: Sequence[HeldOut],
    material: Material,
    cell_types: Sequence[str],
    baseline: MotifAccessibility,
    chose_epoch: bool,
    width: BlockWidth,
) -> list[str]:
    """What to bear in mind when reading the verdict."""
    dataset = material.dataset
    cells = tuple(dict.fromkeys(pair.cell_type for pair in held))
    seen = [cell for cell in cells if cell in cell_types]
    strict = [p for p in held if not dataset.cell_type(p.cell_type).peaks[p.factor].relaxed]
    factors = len({pair.factor for pair in held})
    where = ", ".join(map(format_locus, material.labelled(material.validation)))
    if chose_epoch:
        notes = [
            f"The same held-out loci ({where}) chose the epoch, so the model's figures are a little too good. "
            "“ebert evaluate” with write_verdict puts a verdict on unseen loci in this one's place."
        ]
    else:
        notes = [f"Judged on {where}; neither training nor the choice of the epoch looked at its labels."]
    notes += baseline.notes()
    if seen:
        notes.append(
            f"Held out are loci, not cell types: {listed(seen)} {'was' if len(seen) == 1 else 'were'} trained on "
            "elsewhere. How good the model is in a cell type it never saw is not known from this."
        )
    if strict:
        where = listed([f"{pair.factor} in {pair.cell_type}" for pair in strict])
        notes.append(f"No relaxed peaks of {where}: bins at weak peaks count as unbound, for both alike.")
    if note := width.note(material.validation_stretches(BIN)):
        notes.append(note)
    if factors >= _MANY_FACTORS:
        notes.append(f"One interval in twenty misses by chance; there are {factors} of them here.")
    return notes
