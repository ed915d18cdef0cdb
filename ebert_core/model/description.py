"""What a checkpoint says about itself: `description.json`. Torch-free, so that any process can read it."""

import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from ebert_core.model.config import Architecture
from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.machine.resources import shipped_checkpoints
from ebert_core.protocol.machine.whole_files import whole_file
from ebert_core.protocol.modelling import Familiarity
from ebert_core.protocol.specs.jobs import FineTune, Pretrain
from ebert_core.protocol.terms.chromosome_names import assembly_called
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reliability import FEWEST_PEAKS, Reliability, calibration_warning
from ebert_core.protocol.terms.verdict import Verdict
from ebert_core.protocol.terms.wording import all_of, did_you_mean, listed

FORMAT_VERSION = 1

Matrix = tuple[tuple[float, float, float, float], ...]


class Calibration(msgspec.Struct, frozen=True):
    """Probability = logistic(slope x logit + offset), fitted on `fitted_on`; empty where nothing could be held out.

    `other_factors` is how many more gave the mean map that this one was drawn to; older checkpoints have 0.
    """

    slope: float = 1.0
    offset: float = 0.0
    fitted_on: str = ""
    other_factors: int = 0


class FactorRecord(msgspec.Struct, frozen=True):
    """What is known of one factor: where it was trained, its calibration, its threshold and held-out score.

    `threshold` is the calibrated probability of best F1 on the held-out bins, `reliability` what probabilities were
    worth there; checkpoints made before it was measured have none.
    """

    name: str
    cell_types: tuple[str, ...]
    calibration: Calibration = Calibration()
    threshold: float | None = None
    auprc: float | None = None
    scored_on: str = ""
    reliability: Reliability | None = None


class Versions(msgspec.Struct, frozen=True):
    """The software that made a checkpoint, and the machine: where all is the same, a request gives the same bits again.

    `threads` and `processes` are those of the training; sums are taken in another order with others.
    """

    package: str
    torch: str
    python: str
    numpy: str = ""
    device: str = ""
    precision: str = ""
    threads: int = 0
    processes: int = 1


class InputFile(msgspec.Struct, frozen=True):
    """A file that a run read, by name and content; without a name, a text of the DATASET.toml."""

    file: str
    sha256: str


class Member(msgspec.Struct, frozen=True):
    """One of the models of an average: its name, the digests of its weights and inputs, and the spec that made it."""

    name: str
    weights_sha256: str
    inputs_sha256: str
    spec: Pretrain | FineTune


def probability_limits(records: Sequence[FactorRecord]) -> tuple[str, ...]:
    """Which factors' probabilities are not calibrated, where calibration failed, and where it rests on few peaks."""
    return (*uncalibrated_limits(records), *calibration_limits(records))


def calibration_limits(records: Sequence[FactorRecord]) -> tuple[str, ...]:
    """What not to believe of a checkpoint's probabilities: where calibration failed, or rests on few peaks."""
    warnings = tuple(filter(None, (calibration_warning(record.name, record.reliability) for record in records)))
    scarce = [
        record.name
        for record in records
        if record.calibration.fitted_on and record.reliability and record.reliability.peaks < FEWEST_PEAKS
    ]
    if scarce:
        fewest = f"fewer than {FEWEST_PEAKS} held-out peaks"
        warnings += (f"What probabilities of {listed(scarce, 6)} are worth rests on {fewest}; do not rely on it.",)
    return warnings


def uncalibrated_limits(records: Sequence[FactorRecord]) -> tuple[str, ...]:
    """Which factors' probabilities are not calibrated, in at most one sentence."""
    names = list(dict.fromkeys(record.name for record in records if not record.calibration.fitted_on))
    return (f"Probabilities of {', '.join(names)} are not calibrated: too few held-out peaks.",) if names else ()


class Description(msgspec.Struct, frozen=True, dict=True):
    """Everything a checkpoint says about itself.

    `training` and `validation` are where labels were seen, in training and in its choices: what was asked for, as far
    as there are labels. `elsewhere` are, by other assembly, the regions where a checkpoint that this one descends from
    was fine-tuned. `matrices` are the log-odds matrices behind the motif channels, in channel order; `signal_quantiles`
    the distributions that normalised signals are brought to; `seed` is that of a synthetic genome; `state_bin_width`
    the native width of the segmentation's units in bases; `inputs` the files that training read, by key of the
    DATASET.toml, and `inputs_sha256` the digest of all of them. `verdict` says whether it is better than a simple
    baseline; older checkpoints have none. `members` are the models of an average, in the order of its weights, and
    `spec` is then that of the first; a single model has none. `label_rule` is the rule that made the labels of training
    and of the figures, a key of `dataset.labels.RULE_WORDS`; several of an average whose members differ. `limits` are
    sentences on what not to use it for; what its probabilities are worth is told by `factors`.
    """

    format_version: int
    name: str
    architecture: Architecture
    assembly: str
    dataset: str
    seed: int | None
    training: tuple[Interval, ...]
    validation: tuple[Interval, ...]
    cell_types: tuple[str, ...]
    validation_cell_types: tuple[str, ...]
    state_bin_width: int
    spec: Pretrain | FineTune
    versions: Versions
    created: str
    weights_sha256: str
    parent_sha256: str = ""
    inputs_sha256: str = ""
    inputs: dict[str, InputFile] = {}
    factors: tuple[FactorRecord, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    signal_quantiles: dict[str, tuple[float, ...]] = {}
    metrics: dict[str, float] = {}
    limits: tuple[str, ...] = ()
    verdict: Verdict | None = None
    members: tuple[Member, ...] = ()
    ancestor_cell_types: tuple[str, ...] = ()
    elsewhere: dict[str, tuple[Interval, ...]] = {}
    # Checkpoints from before there was a choice do not say it: their bins were bound by half of the bin.
    label_rule: str = "half-of-bin"

    @property
    def all_limits(self) -> tuple[str, ...]:
        """What not to use it for, and what not to believe of its probabilities, in sentences."""
        return (*self.limits, *probability_limits(self.factors))

    @cached_property
    def _by_name(self) -> dict[str, FactorRecord]:
        return {record.name: record for record in reversed(self.factors)}

    def factor(self, name: str) -> FactorRecord:
        """The record of a factor.

        Raises:
            InvalidRequest: this checkpoint does not predict it.
        """
        if (record := self._by_name.get(name)) is not None:
            return record
        if not self.factors:
            raise InvalidRequest(f"{self.name} is pre-trained only and predicts no factor yet; fine-tune it first.")
        known = [record.name for record in self.factors]
        hint = f"; {near}" if (near := did_you_mean(name, known)) else "."
        raise InvalidRequest(f"The checkpoint {self.name} does not predict {name}{hint} It predicts {all_of(known)}.")

    def familiarity(self, factor: str, cell_type: str, interval: Interval) -> Familiarity:
        """What training saw of an interval that lies wholly inside or outside the listed regions."""
        if cell_type not in (*self.cell_types, *self.validation_cell_types, *self.ancestor_cell_types):
            return "unseen cell type"
        if cell_type not in (*self.factor(factor).cell_types, *self.ancestor_cell_types):
            return "unseen cell type" if cell_type in self.validation_cell_types else "pair not assayed"
        if any(region.overlaps(interval) for region in self.training):
            return "training"
        if any(region.overlaps(interval) for region in self.validation):
            return "validation"
        return "cannot be told" if self.elsewhere else "unseen locus"

    def trained_in(self, assembly: str) -> tuple[Interval, ...]:
        """The regions of an assembly where it, or a checkpoint that it descends from, saw labels in training."""
        return self.training if assembly == self.assembly else self.elsewhere.get(assembly, ())


def read_description(folder: Path) -> Description:
    """The description of a checkpoint folder.

    Raises:
        InvalidRequest: the folder is none, or of a newer version, or damaged.
    """
    path = folder / "description.json"
    if not folder.exists():
        names = list(shipped_checkpoints())
        hint = did_you_mean(folder.name, names)
        shipped = f" D{hint[1:]} The checkpoints that come with the program are {all_of(names)}." if hint else ""
        raise InvalidRequest(f"There is no checkpoint at {folder}.{shipped}")
    if not path.is_file():
        raise InvalidRequest(f"{folder} is no EBERT checkpoint: it holds no description.json (nothing else is loaded).")
    try:
        content = read_whole(path)
        version = parse_json(content, _Version).format_version
        if version > FORMAT_VERSION:
            raise InvalidRequest(f"{folder} was written by a newer EBERT Browser (format {version}); update this one.")
        description = parse_json(content, Description)
    except msgspec.DecodeError as error:
        raise InvalidRequest(f"{path} is damaged or not ours: {error}.") from error
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error
    _check_agreement(path, description)
    elsewhere = {assembly_called(name): regions for name, regions in description.elsewhere.items()}
    # Older checkpoints keep among their limits what their records tell, too.
    told = set(probability_limits(description.factors))
    return msgspec.structs.replace(
        description,
        assembly=assembly_called(description.assembly),
        elsewhere=elsewhere,
        limits=tuple(sentence for sentence in description.limits if sentence not in told),
    )


def replace_description(folder: Path, description: Description) -> None:
    """Replaces what a checkpoint folder says of itself in one step: after a crash it is the old text or the new.

    Raises:
        InvalidRequest: the folder cannot be written to.
    """
    path = folder / "description.json"
    try:
        with whole_file(path) as file:
            shutil.copymode(path, file.name)
            file.write(msgspec.json.format(msgspec.json.encode(description), indent=1))
    except OSError as error:
        raise InvalidRequest(f"{path} could not be replaced: {error.strerror or error}.") from error


def _check_agreement(path: Path, description: Description) -> None:
    """What is said of factors and matrices must be what the network has: otherwise numbers get another's name."""
    architecture = description.architecture
    recorded = tuple(record.name for record in description.factors)
    if recorded != architecture.factors:
        said, has = (", ".join(names) or "none" for names in (recorded, architecture.factors))
        raise InvalidRequest(f"{path} is damaged: its factors {said} are not those of its network, {has}.")
    if len(description.matrices) != len(architecture.motifs) or not all(description.matrices):
        matrices, motifs = len(description.matrices), len(architecture.motifs)
        raise InvalidRequest(f"{path} is damaged: {matrices} matrices for {motifs} motif channels.")
    if len(description.members) != (architecture.members if architecture.members > 1 else 0):
        listed = len(description.members)
        raise InvalidRequest(f"{path} is damaged: it lists {listed} members for a network of {architecture.members}.")


class _Version(msgspec.Struct):
    format_version: int
