"""What an evaluation was made of: the digests of checkpoints and files, where, when and by which command."""

import platform
from collections.abc import Iterable
from pathlib import Path

from ebert_core.dataset.channels import derived
from ebert_core.inference.provenance import checkpoint_used, dataset_used
from ebert_core.judging.evaluation import Made
from ebert_core.material.material import Material
from ebert_core.model.checkpoint import now
from ebert_core.model.description import read_description
from ebert_core.protocol.specs.jobs import Evaluate
from ebert_core.protocol.terms.report import Report


class Making:
    """What is known of an evaluation before its scores are: taken when it begins, from the files that it reads."""

    def __init__(
        self, spec: Evaluate, material: Material, checkpoints: Iterable[str], command: str, report: Report
    ) -> None:
        """Reads the digests; those of a dataset's files are kept beside it.

        Raises:
            InvalidRequest: a file cannot be read.
        """
        self._command = command
        self._started = now()
        described = {path: read_description(Path(path)) for path in checkpoints}
        self._checkpoints = tuple(checkpoint_used(path, known) for path, known in described.items())
        names = [record.name for known in described.values() for record in known.factors]
        read = [signal for known in described.values() for signal in known.architecture.signals]
        binding = [parts.of for parts in map(derived, read) if parts and parts.kind == "binding"]
        cells = [cell for known in described.values() for cell in known.cell_types]
        inputs = material.digests(
            [*(spec.factors or names), *binding], cells, lambda _fraction, note: report.progress(0.0, note)
        )
        self._dataset = dataset_used(spec.dataset, material.dataset, inputs)

    def made(self) -> Made:
        """The record, once the scores are there."""
        return Made(self._checkpoints, self._dataset, platform.node(), self._command, self._started, now())
