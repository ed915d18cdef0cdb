"""What a person should know of a prediction before it begins: said on stderr, in the job and beside the file.

Free of torch.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ebert_core.dataset.description import Dataset
from ebert_core.inference.factors import output_summary
from ebert_core.inference.familiarity import Asked, seen_before
from ebert_core.inference.formats import format_of
from ebert_core.inference.given import absences
from ebert_core.inference.stretches import requested
from ebert_core.inference.targets import targets_of, without_calls
from ebert_core.model.description import Description
from ebert_core.protocol.calling import calling_sentences, doubts_of
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reliability import untested_sentence
from ebert_core.protocol.terms.report import Warned
from ebert_core.protocol.terms.wording import listed


class _Caution(NamedTuple):
    """What speaks against the values of a factor; `common` names the kind for several factors together."""

    common: str
    sentence: str
    is_grave: bool = False


def cautions_of(spec: Predict, description: Description, dataset: Dataset) -> Iterator[str]:
    """What is absent of the inputs, what is known against the values of each factor, and what calls rest on.

    The values of a factor are judged as in the window: by the verdict, by calibration, and by what training saw of the
    cell type and of the places asked for. Of several factors each kind is one sentence that names them. Of factors that
    are left out for want of calls, it says only that and why.

    Raises:
        InvalidRequest: a factor is unknown, a region names no place of the genome, or a file of regions is damaged.
    """
    yield from (Warned(sentence) for sentence in absences(description, dataset, [spec.cell_type]))
    targets = targets_of(spec, description)
    asked = Asked(
        Interval(run.chromosome, start, end)
        for run in requested(spec, dataset)
        for start, end in zip(run.start_R.tolist(), run.end_R.tolist(), strict=True)
    )
    known = {target.factor: _known_against(spec, description, target.factor, asked) for target in targets}
    yield from _told_of_one(*known.values()) if len(known) == 1 else _told_of_several(known)
    if left_out := [f"{name} ({reason})" for name, reason in without_calls(spec, description).items()]:
        yield Warned(
            f"No file is written of {listed(left_out, 12)}: no bin is called bound. Of all factors, those "
            "without calls are left out; a factor that is named is written or refused."
        )
    for target in targets if format_of(Path(spec.output)).writes_calls else ():
        yield calling_sentences(target.factor, target.threshold, description.factor(target.factor).reliability)


def _known_against(spec: Predict, description: Description, factor: str, asked: Asked) -> list[_Caution]:
    """What is known against the values of one factor, the gravest first."""
    record, cell_type = description.factor(factor), spec.cell_type
    doubts = doubts_of(output_summary(record), description.verdict, cell_type)
    found = [_Caution(doubt.common or doubt.short, doubt.full, doubt.is_grave) for doubt in doubts]
    found.sort(key=lambda caution: not caution.is_grave)
    if untested := untested_sentence(record.name, record.cell_types, record.reliability, cell_type):
        found.append(_Caution("calibration not tested in this cell type", untested))
    seen = seen_before(description, record.name, cell_type, asked)
    return [*found, *(_Caution(each.common, each.sentence) for each in seen)]


def _told_of_one(cautions: Sequence[_Caution]) -> Iterator[str]:
    return (Warned(each.sentence) if each.is_grave else each.sentence for each in cautions)


def _told_of_several(known: Mapping[str, Sequence[_Caution]]) -> Iterator[str]:
    """One sentence for each kind, the grave ones first."""
    kinds = dict.fromkeys((each.common, each.is_grave) for found in known.values() for each in found)
    for common, is_grave in sorted(kinds, key=lambda kind: not kind[1]):
        named = [
            name
            for name, found in known.items()
            if (common, is_grave) in [(each.common, each.is_grave) for each in found]
        ]
        sentence = f"{common[0].upper()}{common[1:]}: {listed(named, 12)}."
        yield Warned(sentence) if is_grave else sentence
