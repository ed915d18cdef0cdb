"""Pre-training: masked language modelling over bases and chromatin states, each stream hidden on its own."""

# B = windows in a batch, L = bases, S = 200-bp bins.

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as f

from ebert_core.dataset.digests import joint_digest
from ebert_core.inference.batches import Inputs
from ebert_core.material.distributed import ALONE, Share, first_alone, is_first, processes, share_of
from ebert_core.material.masking import Masked, hide_bases, hide_every, hide_states, native_units
from ebert_core.material.material import Material, open_material
from ebert_core.material.places import parts_with
from ebert_core.material.sampling import Example, random_examples
from ebert_core.model.checkpoint import now, present_versions, save_checkpoint
from ebert_core.model.checkpoint_place import check_place
from ebert_core.model.config import PRESETS, Architecture
from ebert_core.model.description import FORMAT_VERSION, Description, InputFile
from ebert_core.model.device import choose_engine, device_of, idle_gpu_warning
from ebert_core.model.network import Ebert
from ebert_core.model.tokens import BASE_COUNT, FIRST_STATE, MASKED_BASE
from ebert_core.protocol.specs.jobs import Pretrain
from ebert_core.protocol.specs.training_specs import check_numbers, oddities, without_folders
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.report import Report, Stopped
from ebert_core.training.ahead import read_ahead
from ebert_core.training.loop import Schedule, Trainer
from ebert_core.training.resume import SavedRun

_EVALUATION_WINDOWS = 64
_EVALUATION_SPACING = 16
_EVALUATED_STATES = 0.3  # share hidden in evaluation where training hides none


class MaskedLosses(NamedTuple):
    """Mean nats per hidden base and per hidden 200-bp state, and the share of hidden states that were right."""

    base: float
    state: float
    state_accuracy: float


def pretrain(spec: Pretrain, report: Report, work: Path) -> Path:
    """Runs a pre-training spec and returns the checkpoint it wrote; `work` keeps the state to resume from."""
    check_numbers(spec)
    check_place(Path(spec.output))
    with first_alone():
        material = open_material(spec.dataset, spec.training, spec.validation, spec.cell_types, report)
    architecture = architecture_of(spec, material)
    engine = choose_engine(device_of(spec.device), spec.precision)
    start = f"Pre-training {architecture.describe()} on {engine.describe()}."
    for line in (start, idle_gpu_warning(engine), *oddities(spec, spec.steps)):
        if line:
            report.event(line)
    torch.manual_seed(spec.seed)
    schedule = Schedule(spec.learning_rate, spec.warmup_steps, spec.steps)
    trainer = Trainer(Ebert(architecture), engine, schedule, spec.seed)
    inputs = material.digests(())
    saved = SavedRun(work, trainer, spec, inputs)
    saved.restore(report)
    session = _Pretraining(spec, material, trainer)
    losses = session.run(report, saved)
    if losses:  # measured in the first process alone
        described = session.description(architecture, losses, inputs)
        save_checkpoint(Path(spec.output), trainer.network.cpu(), described)
    return Path(spec.output)


def architecture_of(spec: Pretrain, material: Material) -> Architecture:
    """The preset with what the spec and the dataset say otherwise.

    Raises:
        InvalidRequest: such a network cannot be, or cannot learn from these data.
    """
    preset = PRESETS[spec.preset]
    if not material.state_names and spec.base_mask_rate == 0:
        raise InvalidRequest("base_mask_rate is 0, but the dataset has no states to hide; it must be above 0.")
    if len(material.cell_types) < spec.cell_types_per_place:
        raise InvalidRequest(
            f"cell_types_per_place is {spec.cell_types_per_place}; it must be at most {len(material.cell_types)}, "
            "the number of cell types."
        )
    token_width, positions = spec.token_width or preset.token_width, spec.positions or preset.positions
    if positions == "learned" and spec.context not in (0, preset.context):
        raise InvalidRequest(
            f"context is {spec.context}; with learned positions it must be the {preset.context} of {spec.preset}."
        )
    return msgspec.structs.replace(
        preset,
        states=material.state_names,
        dropout=spec.dropout,
        token_width=token_width,
        embedding_width=max(preset.embedding_width, min(token_width, POSITION)),
        base_embedding=spec.base_embedding or preset.base_embedding,
        positions=positions,
    )


class _Batch(NamedTuple):
    """What this process computes of a step's batch, read, with parts hidden."""

    inputs: Inputs
    masked: Masked
    share: Share


class _Pretraining:
    """One run: what it draws from, what it trains, what it measures."""

    def __init__(self, spec: Pretrain, material: Material, trainer: Trainer) -> None:
        self.spec = spec
        self.material = material
        self.trainer = trainer
        self.architecture = trainer.network.architecture
        self.channels = material.channels(self.architecture)
        self.context = spec.context or self.architecture.context
        self.training = material.training_stretches(self.context)
        self.validation = material.validation_stretches(self.context)

    def run(self, report: Report, saved: SavedRun) -> MaskedLosses | None:
        """Trains to the last step; raises Stopped when asked to, after saving where it stands."""
        losses = None
        while self.trainer.step < self.spec.steps:
            # Nothing is read ahead of a measurement, which reads from the same files.
            every = self.spec.evaluate_every
            last = min(self.spec.steps, (self.trainer.step // every + 1) * every)
            with read_ahead(map(self.read, range(self.trainer.step, last))) as batches:
                mean = self._train_until(last, batches, report, saved)
            report.metric(last, 0, "training", "loss", mean)
            losses = self.evaluate() if is_first() else None
            for name, value in losses._asdict().items() if losses else ():
                report.metric(last, 0, "validation", f"masked {name.replace('_', ' ')}", value)
            saved.save()
            self._end_if_asked(report, saved)
        return losses or (self.evaluate() if is_first() else None)

    def _train_until(self, last: int, batches: Iterator[_Batch], report: Report, saved: SavedRun) -> float:
        """Takes the steps up to one; returns their mean loss."""
        losses = []
        while self.trainer.step < last:
            losses.append(self.trainer.take_step(lambda: self.loss(next(batches))))
            note = f"step {self.trainer.step}, loss of this step {losses[-1]:.3f}"
            report.progress(self.trainer.step / self.spec.steps, note)
            if self.trainer.step < last:
                saved.save_if_due()
                self._end_if_asked(report, saved)
        return float(np.mean(losses))

    def _end_if_asked(self, report: Report, saved: SavedRun) -> None:
        if report.stop_requested() and self.trainer.step < self.spec.steps:
            saved.save()
            raise Stopped(f"Stopped after step {self.trainer.step} of {self.spec.steps}; resume to go on.")

    def read(self, step: int) -> _Batch:
        """The batch of a step, parts of it hidden, on a random strand."""
        seed = (self.spec.seed, step)
        examples = self.drawn((*seed, 0))
        random = np.random.default_rng((*seed, 1))
        inputs = self.material.inputs(examples, self.channels)
        hidden_bases, base_is_hidden_BL = hide_bases(
            inputs.bases_BL, self.spec.base_mask_rate, random, self.spec.base_span
        )
        hidden_states, state_is_hidden_BS = hide_states(
            inputs.states_BS, self.units(examples), self.spec.state_mask_rate, random
        )
        masked = Masked(hidden_bases, hidden_states, base_is_hidden_BL, state_is_hidden_BS)
        if random.random() < 0.5:
            inputs, masked = inputs.other_strand(), _other_strand(masked, inputs)
        share = share_of(len(examples))  # of the windows and of all that was drawn for them
        return _Batch(inputs.rows(share.rows), masked.rows(share.rows), share)

    def loss(self, batch: _Batch) -> Tensor:
        """Weighted sum of the two masked losses of a batch."""
        base_loss, state_loss, _ = self.losses(*batch)
        return base_loss + self.spec.state_weight * state_loss

    def drawn(self, seed: tuple[int, ...]) -> list[Example]:
        """The windows of a step: each place in `cell_types_per_place` different cell types."""
        cells, times = self.material.cell_types, self.spec.cell_types_per_place
        places = random_examples(self.training, cells, self.context, self.spec.batch_size // times, seed)
        if times == 1:
            return places
        random = np.random.default_rng((*seed, 4))
        return [
            Example(cells[cell], place.interval)
            for place in places
            for cell in random.choice(len(cells), times, replace=False)
        ]

    def units(self, examples: Sequence[Example]) -> NDArray[np.int64]:
        """Numbers of the native state units of every bin."""
        starts_B = np.array([example.interval.start for example in examples])
        return native_units(starts_B, self.context // BIN, self.material.state_bin_width)

    def losses(self, inputs: Inputs, masked: Masked, share: Share = ALONE) -> tuple[Tensor, Tensor, Tensor]:
        """Base loss, state loss and state accuracy of a share of a batch; only what is hidden is read out."""
        device = self.trainer.engine.device
        shown = inputs._replace(bases_BL=masked.bases_BL, states_BS=masked.states_BS)
        encoded_BTD = self.trainer.network(shown.tensors(device))
        base_is_hidden_BL = torch.from_numpy(np.ascontiguousarray(masked.base_is_hidden_BL)).to(device)
        tokens_BTK = base_is_hidden_BL.reshape(*encoded_BTD.shape[:2], -1)
        has_hidden_BT = tokens_BTK.any(-1)
        if bool(has_hidden_BT.any()):
            logits_XK4 = self.trainer.network.base_head(encoded_BTD[has_hidden_BT])
            chosen_XK = tokens_BTK[has_hidden_BT]
            truth_BTK = torch.from_numpy(np.ascontiguousarray(inputs.bases_BL)).to(device).reshape(tokens_BTK.shape)
            losses_X = f.cross_entropy(
                logits_XK4[chosen_XK].float().reshape(-1, BASE_COUNT),
                truth_BTK[has_hidden_BT][chosen_XK].long(),
                reduction="none",
            )
        else:
            losses_X = encoded_BTD.reshape(-1)[:0]  # none, and yet a loss that has a gradient
        base_loss = share.mean(losses_X)
        is_hidden_BS = torch.from_numpy(np.ascontiguousarray(masked.state_is_hidden_BS)).to(device)
        if not self.architecture.states or (share is ALONE and not bool(is_hidden_BS.any())):
            return base_loss, torch.zeros((), device=device), torch.tensor(float("nan"))
        logits_YX = self.trainer.network.state_head(encoded_BTD)[is_hidden_BS].float()
        states_Y = (
            torch.from_numpy(np.ascontiguousarray(inputs.states_BS)).to(device)[is_hidden_BS].long() - FIRST_STATE
        )
        is_right_Y = (logits_YX.argmax(-1) == states_Y).float()
        return base_loss, share.mean(f.cross_entropy(logits_YX, states_Y, reduction="none")), is_right_Y.mean()

    @torch.no_grad()
    def evaluate(self) -> MaskedLosses:
        """Losses on held-out windows: every 16th base and, apart from that, whole state units hidden."""
        self.trainer.network.eval()
        totals = []
        size = self.spec.batch_size
        for first in range(0, _EVALUATION_WINDOWS, size):
            examples = random_examples(
                self.validation, self.material.cell_types, self.context, size, (self.spec.seed, first, 2)
            )
            inputs = self.material.inputs(examples, self.channels)
            bases = hide_every(inputs.bases_BL, _EVALUATION_SPACING, first % _EVALUATION_SPACING)
            random = np.random.default_rng((self.spec.seed, first, 3))
            rate = self.spec.state_mask_rate or _EVALUATED_STATES
            states = hide_states(inputs.states_BS, self.units(examples), rate, random)
            with self.trainer.engine.autocast():
                losses = self.losses(inputs, Masked(bases[0], states[0], bases[1], states[1]))
            totals.append([float(value) for value in losses])
        self.trainer.network.train()
        known = ([value for value in column if math.isfinite(value)] for column in zip(*totals, strict=True))
        return MaskedLosses(*(float(np.mean(values)) if values else float("nan") for values in known))

    def description(
        self, architecture: Architecture, losses: MaskedLosses, inputs: dict[str, InputFile]
    ) -> Description:
        """What the checkpoint will say about itself."""
        material = self.material
        return Description(
            format_version=FORMAT_VERSION,
            name=Path(self.spec.output).name,
            architecture=architecture,
            assembly=material.dataset.layout.assembly,
            dataset=material.dataset.layout.name,
            seed=material.dataset.layout.seed,
            training=parts_with(material.training, material.store.segments),
            validation=parts_with(material.validation, material.store.segments),
            cell_types=material.cell_types,
            validation_cell_types=(),
            state_bin_width=material.state_bin_width,
            spec=without_folders(self.spec),
            versions=present_versions(self.trainer.engine, processes()),
            created=now(),
            weights_sha256="",
            inputs_sha256=joint_digest(inputs),
            inputs=inputs,
            metrics={f"masked {name}": value for name, value in losses._asdict().items() if math.isfinite(value)},
            limits=("Pre-trained only: it predicts no factor until it is fine-tuned.",),
            label_rule="",
        )


def _other_strand(masked: Masked, inputs: Inputs) -> Masked:
    """The hidden batch read from the other strand; a hidden base stays hidden."""
    flipped = inputs.other_strand()
    base_is_hidden_BL, state_is_hidden_BS = masked.base_is_hidden_BL[:, ::-1], masked.state_is_hidden_BS[:, ::-1]
    bases_BL = np.where(base_is_hidden_BL, np.uint8(MASKED_BASE), flipped.bases_BL)
    return Masked(bases_BL, masked.states_BS[:, ::-1], base_is_hidden_BL, state_is_hidden_BS)
