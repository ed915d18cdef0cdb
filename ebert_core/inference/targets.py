"""The files that a prediction is asked to write: one for each factor, and from where its bins are called bound.

Free of torch.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ebert_core.inference.formats import format_of
from ebert_core.model.description import Description, FactorRecord
from ebert_core.protocol.calling import Calls, calls_at_precision, calls_of
from ebert_core.protocol.machine.disks import can_write
from ebert_core.protocol.specs.fields import check_fields
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.wording import listed

_FACTOR, _CELL_TYPE = "{factor}", "{cell_type}"


class Target(NamedTuple):
    """One file to write: a factor, its row among the checkpoint's factors, and from where a bin is called bound.

    `threshold` is NaN for a factor of which no bin is called.
    """

    factor: str
    row: int
    path: Path
    threshold: float


def targets_of(spec: Predict, description: Description) -> tuple[Target, ...]:
    """The files of a spec: one for its factor, or one for each of several.

    Where all factors are asked for as calls, those of which no bin is called have no file: see `without_calls`.

    Raises:
        InvalidRequest: a value is not allowed, a factor is unknown, several would be written to one file, or calls are
            asked for of a named factor, or of all, and none made.
    """
    check_fields(spec)
    names = (spec.factor,) if isinstance(spec.factor, str) else spec.factor
    known = [record.name for record in description.factors]
    names = tuple(dict.fromkeys(names)) or tuple(known)
    if not names:
        raise InvalidRequest(f"{description.name} is pre-trained only and predicts no factor yet; fine-tune it first.")
    if len(names) > 1 and _FACTOR not in Path(spec.output).name:
        raise InvalidRequest(
            f"{len(names)} factors need {len(names)} files; write {_FACTOR} in the name of the output, "
            f"as in F.{_FACTOR}.{_CELL_TYPE}.tab.gz."
        )
    reasons = without_calls(spec, description)
    if spec.factor or len(reasons) == len(names):
        _refuse(spec, reasons)
    names = tuple(name for name in names if name not in reasons)
    targets, rows = [], {name: row for row, name in enumerate(known)}
    for name in names:
        record = description.factor(name)
        path = Path(output_of(spec.output, record.name, spec.cell_type))
        threshold = _calls(spec, record).threshold
        targets.append(Target(record.name, rows[record.name], path, math.nan if threshold is None else threshold))
    return tuple(targets)


def _calls(spec: Predict, record: FactorRecord) -> Calls:
    """From where a factor is called bound: as the request wants it, else by the threshold of best F1."""
    if spec.wanted_precision:
        return calls_at_precision(record.cell_types, record.reliability, spec.wanted_precision)
    return calls_of(record.cell_types, record.threshold, record.reliability)


def without_calls(spec: Predict, description: Description) -> dict[str, str]:
    """Factors that a spec asks for and of which a file of calls would hold none, each with the reason.

    Raises:
        InvalidRequest: a factor is unknown, or a precision is wanted of a file without calls.
    """
    wanted = spec.wanted_precision
    if not format_of(Path(spec.output)).writes_calls:
        if wanted:
            raise InvalidRequest(
                f"A precision is wanted of what is called bound, and {Path(spec.output).name} holds no calls; name a "
                ".bed.gz, or leave the precision out."
            )
        return {}
    names = (spec.factor,) if isinstance(spec.factor, str) else spec.factor
    records = [description.factor(name) for name in names] or list(description.factors)
    calls = {record.name: _calls(spec, record) for record in records}
    return {name: found.reason for name, found in calls.items() if found.threshold is None}


def _refuse(spec: Predict, reasons: Mapping[str, str]) -> None:
    """Refuse a file of calls of factors that have none."""
    if reasons:
        without = [f"{name} ({reason})" for name, reason in reasons.items()]
        otherwise = "ask for less, or " if spec.wanted_precision else ""
        raise InvalidRequest(
            f"No bin is called bound of {listed(without, 12)}, and a .bed.gz holds nothing but calls; {otherwise}write "
            "the probabilities as .bw or .tab.gz."
        )


def output_of(template: str, factor: str, cell_type: str) -> str:
    """An output with the names put in their places; a slash in a name is no folder."""
    return template.replace(_FACTOR, factor.replace("/", "-")).replace(_CELL_TYPE, cell_type.replace("/", "-"))


def check_folder_of(path: Path) -> None:
    """Refuses a file whose folder may not be written to, or is not made: two absent folders are a mistyped path.

    Raises:
        InvalidRequest: it is so.
    """
    if not path.parent.is_dir() and not path.parent.parent.is_dir():
        raise InvalidRequest(f"There is no folder {path.parent} to write {path.name} to.")
    near = path.parent if path.parent.is_dir() else path.parent.parent
    if not can_write(near):
        raise InvalidRequest(f"{path.name} cannot be written to {path.parent}: {near} takes no files of yours.")
