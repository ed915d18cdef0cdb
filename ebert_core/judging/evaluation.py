"""What an evaluation found, as its JSON file keeps it, and as a table to read. Torch-free."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from ebert_core.dataset.sidecar import CheckpointUsed, DatasetUsed
from ebert_core.judging.comparison import Comparison, Estimate
from ebert_core.judging.curves import FactorCurves
from ebert_core.model.description import Versions
from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.specs.jobs import Evaluate
from ebert_core.protocol.terms.errors import InvalidRequest

_NAME_WIDTH = 44
_MOST_COLUMNS = 7


class Made(msgspec.Struct, frozen=True):
    """What an evaluation was made of, where and when, in the records of a prediction's sidecar."""

    checkpoints: tuple[CheckpointUsed, ...]
    dataset: DatasetUsed
    host: str
    command: str
    started: str
    ended: str


class Evaluation(msgspec.Struct, frozen=True):
    """What `ebert evaluate` writes: the request, what was compared, the figures, and what its pictures show.

    `notes` are all sentences that were said of the figures; older evaluations do not say what they were `made` of.
    Intervals are over blocks of `block_width` bases of the genome, drawn with replacement.
    """

    spec: Evaluate
    checkpoint_sha256: str
    versions: Versions
    comparison: Comparison
    factors: tuple[FactorCurves, ...] = ()
    notes: tuple[str, ...] = ()
    block_width: int = 100_000
    made: Made | None = None


class MaskedScores(msgspec.Struct, frozen=True):
    """Held-out nats per hidden base, and the share of hidden 200-bp bins whose state was named, by method.

    Bases: every 16th is hidden, all others are visible to every method. States: whole native units are hidden, drawn
    eight times in every cell type; `hidden_units` counts places of the genome. Copying takes
    the nearest visible unit of the same window. `advantage` is each baseline's loss minus the network's, with a 95 %
    interval over blocks of `block_width` bases, narrower than 100 kb where little is held out.
    """

    hidden_bases: int
    base_loss: dict[str, float]
    advantage: dict[str, Estimate]
    hidden_units: int
    state_accuracy: dict[str, float]
    accuracy_advantage: dict[str, Estimate]
    block_width: int = 100_000


class PretrainingEvaluation(msgspec.Struct, frozen=True):
    """The same for a checkpoint that is pre-trained only."""

    spec: Evaluate
    checkpoint_sha256: str
    versions: Versions
    masked: MaskedScores
    notes: tuple[str, ...] = ()
    made: Made | None = None


def read_evaluation(path: Path) -> Evaluation | PretrainingEvaluation:
    """The evaluation in a file.

    Raises:
        InvalidRequest: the file is absent or no evaluation.
    """
    try:
        content = read_whole(path)
        if "masked" in parse_json(content, dict[str, msgspec.Raw]):
            return parse_json(content, PretrainingEvaluation)
        return parse_json(content, Evaluation)
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from None
    except msgspec.MsgspecError as error:
        raise InvalidRequest(f"{path} holds no evaluation: {error}.") from None


def table(evaluation: Evaluation) -> str:
    """The scores for a terminal: methods with their intervals, then every pair."""
    found = evaluation.comparison
    methods = list(found.pooled)
    numbers = {method: f"[{number}]" for number, method in enumerate(methods, 1)}
    wanted = f"at least {found.fewest_peaks} peaks"
    if found.fewest_bound_bins:
        wanted += f" and {found.fewest_bound_bins} bound bins"
    lines = [
        f"auPRC on {', '.join(evaluation.spec.regions)}: median and mean over {found.counted_pairs} of "
        f"{len(found.pairs)} pairs ({wanted}), pooled over all; 95 % intervals over blocks.",
        "",
        f"{'':{_NAME_WIDTH}}  {'median':>17}  {'mean':>17}  {'pooled':>17}  {'first minus it':>19}",
    ]
    for method in methods:
        name = shortened(f"{numbers[method]} {method}", _NAME_WIDTH)
        cells = [_cell(column, method) for column in (found.median, found.mean, found.pooled)]
        lines.append(f"{name:{_NAME_WIDTH}}  {'  '.join(cells)}  {_cell(found.mean_difference, method, 19)}".rstrip())
    shown = methods[:_MOST_COLUMNS]
    heads = "  ".join(f"{numbers[method]:>5}" for method in shown)
    lines += ["", f"{'factor':12} {'cell type':16} {'peaks':>6} {'bound bins':>10}  {heads}"]
    for pair in found.pairs:
        scores = "  ".join(f"{pair.auprc[method]:5.3f}" for method in shown)
        mark = "" if found.counts(pair) else "  too few to count"
        row = f"{shortened(pair.factor, 12):12} {shortened(pair.cell_type, 16):16} {pair.bound_peaks:6} "
        lines.append(f"{row}{pair.bound_bins:10}  {scores}{mark}")
    return "\n".join([*lines, *(["", *evaluation.notes] if evaluation.notes else [])])


def masked_table(evaluation: PretrainingEvaluation) -> str:
    """How well hidden bases and states were told, for a terminal: each method, and what the network has over it."""
    found = evaluation.masked
    lines = []
    for title, values, advantage in (
        (f"Loss of {found.hidden_bases:,} hidden bases, nats a base", found.base_loss, found.advantage),
        (f"Share of hidden states named, {found.hidden_units:,} units", found.state_accuracy, found.accuracy_advantage),
    ):
        if values:
            lines += [f"{title:{_NAME_WIDTH + 8}}  {'network better by':>22}"]
        for method, value in values.items():
            cell = _cell(advantage, method, 22) if method in advantage else ""
            lines.append(f"  {shortened(method, _NAME_WIDTH - 2):{_NAME_WIDTH - 2}}  {value:6.4f}  {cell}".rstrip())
    regions = ", ".join(evaluation.spec.regions)
    head = f"On {regions}; 95 % intervals over blocks of {found.block_width // 1000} kb."
    return "\n".join([head, *lines, *(["", *evaluation.notes] if evaluation.notes else [])])


def shortened(text: str, width: int) -> str:
    """The text, its middle left out where it is too long."""
    if len(text) <= width:
        return text
    left = (width - 1) // 2
    return f"{text[:left]}…{text[len(text) - (width - 1 - left) :]}"


def _cell(column: Mapping[str, Estimate], method: str, width: int = 17) -> str:
    estimate = column.get(method)
    if estimate is None:
        return " " * width
    sign = "+" if width > 17 else ""
    return f"{estimate.value:{sign}.3f} {estimate.low:{sign}.2f}..{estimate.high:{sign}.2f}".rjust(width)
