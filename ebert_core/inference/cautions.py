"""What a person should know of a prediction before it begins: said on stderr, in the job and beside the file.

Free of torch.
"""

from collections.abc import Iterator
from pathlib import Path

from ebert_core.dataset.description import Dataset
from ebert_core.inference.formats import format_of
from ebert_core.inference.given import absences
from ebert_core.inference.targets import targets_of, without_calls
from ebert_core.model.description import Description
from ebert_core.protocol.calling import calling_sentences
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.reliability import calibration_warning, caveats_of
from ebert_core.protocol.terms.report import Warned
from ebert_core.protocol.terms.wording import listed


def cautions_of(spec: Predict, description: Description, dataset: Dataset) -> Iterator[str]:
    """What is absent of the inputs, what is known against the probabilities of each factor, and what calls rest on.

    Of factors that are left out for want of calls, it says only that and why.
    """
    yield from (Warned(sentence) for sentence in absences(description, dataset, [spec.cell_type]))
    targets = targets_of(spec, description)
    for target in targets:
        record = description.factor(target.factor)
        caveats = caveats_of(record.name, record.cell_types, record.reliability, spec.cell_type)
        has_failed = calibration_warning(record.name, record.reliability, spec.cell_type)
        if caveats:
            yield Warned(caveats) if has_failed else caveats
    if left_out := [f"{name} ({reason})" for name, reason in without_calls(spec, description).items()]:
        yield Warned(
            f"No file is written of {listed(left_out, 12)}: no bin is called bound. Of all factors, those "
            "without calls are left out; a factor that is named is written or refused."
        )
    for target in targets if format_of(Path(spec.output)).writes_calls else ():
        yield calling_sentences(target.factor, target.threshold, description.factor(target.factor).reliability)
