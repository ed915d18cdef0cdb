"""Whether a job would replace what another job has finished: a checkpoint, an evaluation, predicted files.

Free of torch, so that whoever starts or resumes a job can ask before it runs.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from ebert_core.dataset.sidecar import read_sidecar
from ebert_core.inference.targets import targets_of
from ebert_core.model.description import read_description
from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.specs.jobs import Evaluate, FineTune, JobSpec, Predict, Pretrain
from ebert_core.protocol.specs.training_specs import without_folders
from ebert_core.protocol.terms.errors import InvalidRequest


class _AskedOfEvaluation(msgspec.Struct):
    spec: Evaluate


def refuse_to_replace(spec: JobSpec, advice: str, *, may_be_own: bool = True) -> None:
    """Refuses a job at whose output another job has finished something.

    Args:
        spec: what is asked for, with absolute paths.
        advice: what a person can do instead, as a whole sentence.
        may_be_own: whether a result of this very request counts as the job's own, which may be made again.

    Raises:
        InvalidRequest: names the result that would be lost.
    """
    for path, is_same in _finished(spec):
        if not (is_same and may_be_own):
            raise InvalidRequest(f"{path} holds the finished result of another job, which would be lost. {advice}")


def _finished(spec: JobSpec) -> Iterator[tuple[Path, bool]]:
    """What lies finished where a job would write, and whether the same request made it, as far as it says so."""
    output = Path(spec.output)
    if isinstance(spec, Evaluate):
        if output.is_file():
            yield output, _made_evaluation(output) == spec
    elif isinstance(spec, Predict):
        for path in _files_of(spec):
            if path.is_file():
                known = read_sidecar(path)
                yield path, known is not None and known.spec == spec
    elif (output / "description.json").is_file():
        yield output, _made_by(output, spec)


def _made_evaluation(path: Path) -> JobSpec | None:
    """What an evaluation was asked, read without its figures, whose reader needs torch."""
    try:
        return parse_json(read_whole(path), _AskedOfEvaluation).spec
    except (OSError, msgspec.MsgspecError, InvalidRequest):
        return None


def _files_of(spec: Predict) -> list[Path]:
    """The files of a prediction; none of one that cannot be asked for, which is refused in words of its own."""
    try:
        return [target.path for target in targets_of(spec, read_description(Path(spec.checkpoint)))]
    except InvalidRequest:
        return []


def _made_by(checkpoint: Path, spec: Pretrain | FineTune) -> bool:
    """Whether a checkpoint was made by this request; of its own paths it keeps the names only."""
    try:
        made = read_description(checkpoint).spec
    except InvalidRequest:
        return False
    match spec:
        case Pretrain():
            return made == without_folders(spec)
        case FineTune():
            return made == without_folders(spec)
