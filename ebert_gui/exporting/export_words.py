"""What stands against an export, and what weakens it, in words, without Qt."""

from ebert_core.protocol.calling import calls_at_precision, calls_of_factor
from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.specs.fields import fields_of
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.inputs import input_sentences
from ebert_core.protocol.terms.reliability import calibration_warning
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.widgets.paths import is_absolute

CALLS, _ROWS = ".bed.gz", ".tsv"
FORMATS = (
    ("bigWig, for genome browsers", ".bw"),
    ("bedGraph, as text", ".bedgraph"),
    ("BED of what is called bound, indexed", CALLS),
    ("table as for ENCODE-DREAM, compressed", ".tab.gz"),
    ("table with a row for each region", _ROWS),
)
_FIELDS = {field.name: field for field in fields_of(Predict)}
ALONE = _FIELDS["without_inputs"].says.tick


def objection(spec: Predict, checkpoint: ModelSummary, needs_chromosomes: bool, needs_regions: bool = False) -> str:
    """Why this cannot start, in one sentence; empty when it can."""
    if not checkpoint.outputs:
        return f"{checkpoint.name} predicts no factor yet: fine-tune it first."
    if not spec.cell_type:
        return "This dataset has no cell type: add chromatin states, signals or peaks to it."
    if checkpoint.inputs_of(spec.cell_type).is_any_cell and not spec.without_inputs:
        return f"{checkpoint.name} knows nothing of {spec.cell_type} here. To go on, tick: {ALONE}."
    if needs_chromosomes and not spec.chromosomes:
        return "Choose at least one chromosome."
    if needs_regions and not all(map(is_absolute, spec.regions or ("",))):
        return "Give the whole path of a BED file with regions."
    if spec.output.endswith(_ROWS) and not (spec.regions or spec.locus):
        return "A row for each region needs regions: name a BED file, or take what the window shows."
    if not spec.output:
        return "Say which file to write."
    if not is_absolute(spec.output):
        return "Give the whole path of the file."
    if not spec.output.endswith(tuple(ending for _text, ending in FORMATS)):
        return f"The file must end in {', '.join(ending for _text, ending in FORMATS[:-1])} or {FORMATS[-1][1]}."
    return _no_calls(spec, checkpoint) if spec.output.endswith(CALLS) else ""


def _no_calls(spec: Predict, checkpoint: ModelSummary) -> str:
    known = next((factor for factor in checkpoint.outputs if factor.name == spec.factor), None)
    if known is None:
        return ""
    wanted = spec.wanted_precision
    calls = calls_at_precision(known.cell_types, known.reliability, wanted) if wanted else calls_of_factor(known)
    if calls.threshold is not None:
        return ""
    otherwise = "Want a lower precision, or choose" if wanted else "Choose"
    return (
        f"No bin of {spec.factor} is called bound: {calls.reason}. {otherwise} a format that holds its probabilities."
    )


def caution(spec: Predict, dataset: DatasetSummary, checkpoint: ModelSummary) -> str:
    """What weakens this prediction, in a few sentences; empty where nothing is known against it."""
    absent = " ".join(input_sentences([checkpoint.inputs_of(spec.cell_type)], 0))
    return f"{absent} {_caution(spec, dataset, checkpoint)}".strip()


def _caution(spec: Predict, dataset: DatasetSummary, checkpoint: ModelSummary) -> str:
    known = next((factor for factor in checkpoint.outputs if factor.name == spec.factor), None)
    trained = known.cell_types if known else ()
    warning = calibration_warning(known.name, known.reliability, spec.cell_type) if known else ""
    if checkpoint.is_synthetic and dataset.seed is None:
        return f"{checkpoint.name} was made on a synthetic genome: on real DNA its predictions mean nothing."
    if spec.cell_type not in checkpoint.cell_types:
        return (
            f"{checkpoint.name} has never seen {spec.cell_type}: the order of the bins may hold, "
            f"the probabilities may not. {warning}"
        ).strip()
    if spec.cell_type not in trained:
        return (
            f"{spec.factor} was not measured in {spec.cell_type} when {checkpoint.name} was trained: "
            f"nobody can check this prediction against training data. {warning}"
        ).strip()
    return warning
