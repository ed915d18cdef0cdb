"""Fine-tuning: a binding head on top of the encoder, all factors and cell types in one model."""

# B = windows in a batch, N = bins of a window, F = factors, P = positions, M = motifs, C = signals.

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as f

from ebert_core.dataset.digests import joint_digest
from ebert_core.dataset.labels import TRAINING_RULE
from ebert_core.dream.scoring import auprc
from ebert_core.inference.batches import Inputs
from ebert_core.inference.predict import Predictor
from ebert_core.judging import leaks
from ebert_core.judging.calibration import factor_records
from ebert_core.judging.held_out import HeldOut, held_out
from ebert_core.judging.limits import limits_of
from ebert_core.judging.verdict import verdict_of
from ebert_core.material.distributed import (
    Share,
    first_alone,
    first_of_all,
    goes_on_alone,
    measured_once,
    processes,
    share_of,
)
from ebert_core.material.emphasis import Emphasis
from ebert_core.material.focus import Focus
from ebert_core.material.material import Material, open_material
from ebert_core.material.sampling import Example, tiled_examples
from ebert_core.material.split import used_cells
from ebert_core.model.adopting import adopt_weights
from ebert_core.model.checkpoint import (
    Checkpoint,
    first_member,
    load_checkpoint,
    now,
    present_versions,
    save_checkpoint,
)
from ebert_core.model.config import PRESETS, Architecture
from ebert_core.model.description import FORMAT_VERSION, Description, FactorRecord, InputFile
from ebert_core.model.device import Engine, choose_engine, device_of, idle_gpu_warning
from ebert_core.model.network import Ebert
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.specs.training_specs import oddities, without_folders
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.report import Report, Stopped, TellProgress
from ebert_core.training.ahead import read_ahead
from ebert_core.training.checks import check_finetune, trained_cells
from ebert_core.training.dropping import drop_channels
from ebert_core.training.loop import Schedule, Trainer
from ebert_core.training.resume import SavedRun
from ebert_core.training.standardising import standardise
from ebert_core.training.workload import TRAINED_WINDOW, Workload

_STANDARD_WINDOWS = 256
_LOSS_EVERY = 20
_FEWEST_BOUND = 10


def finetune(spec: FineTune, report: Report, work: Path) -> Path:
    """Runs a fine-tuning spec and returns the checkpoint it wrote; `work` keeps the state to resume from.

    The checkpoint of the epoch with the best held-out auPRC is kept and calibrated on the held-out bins.
    """
    checked = check_finetune(spec)
    with first_alone():
        material = open_material(spec.dataset, spec.training, spec.validation, used_cells(spec), report)
    material = material.with_label_share(spec.label_share, spec.seed)
    parent = first_member(load_checkpoint(Path(spec.start_from))) if spec.start_from else None
    engine = choose_engine(device_of(spec.device), spec.precision)
    run = _FineTuning(spec, material, parent, engine)
    start = f"from {_named(parent)}" if parent else "from random weights"
    architecture = run.architecture
    held_out = f", {len(run.held_out_cells)} more held out" if run.held_out_cells else ""
    for line in (
        f"Fine-tuning {architecture.describe()} {start} on {engine.describe()}: "
        f"{_counted(architecture.factors, 'factor')}, {_counted(run.cell_types, 'cell type')}{held_out}.",
        idle_gpu_warning(engine),
        *oddities(spec, run.schedule.steps, len(run.epoch(0))),
        *run.signals.left_out,
        *checked.warnings,
        *(line for line in run.adopted if line not in checked.warnings),
        *leaks.warnings(run.ancestor, material.dataset.layout.assembly, architecture.signals, architecture.factors),
    ):
        if line:
            report.event(line)
    run.train(report, work)
    if not goes_on_alone():
        return Path(spec.output)
    network = run.trainer.network
    described = run.calibrated(network, report)
    save_checkpoint(Path(spec.output), network, described)
    for line in described.verdict.lines() if described.verdict else ():
        report.event(line)
    return Path(spec.output)


def _named(parent: Checkpoint) -> str:
    members = parent.description.members
    return f"{members[0].name}, the first that {parent.path.name} averages" if members else parent.path.name


def _counted(things: Sequence[str], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


class _Batch(NamedTuple):
    """What this process computes of a step's batch, read and drawn: which bins count how much, of which windows."""

    inputs: Inputs
    labels_BNF: NDArray[np.int8]
    weight_BN: NDArray[np.float32]
    share: Share


class _FineTuning:
    """One run: what it draws from, what it trains, what it measures."""

    def __init__(self, spec: FineTune, material: Material, parent: Checkpoint | None, engine: Engine) -> None:
        self.spec = spec
        self.material = material
        self.parent = parent
        self.ancestor = parent.description if parent else None
        self.engine = engine
        self.factors = material.factors(spec.factors)
        self.inputs = material.digests(self.factors)
        if parent:
            self.inputs["start_from"] = InputFile(parent.path.name, parent.description.weights_sha256)
        self.held_out_cells = spec.validation_cell_types
        self.cell_types = trained_cells(spec, material.dataset, self.factors, self.ancestor, material.validation)
        self.signals = material.signals(spec.signals, self.cell_types, self.factors)
        self.architecture = self._architecture()
        self.channels = material.channels(self.architecture, self.cell_types)
        self.training = material.training_stretches(self.architecture.context)
        torch.manual_seed(spec.seed)
        network = Ebert(self.architecture)
        self.adopted = adopt_weights(network, parent).sentences if parent else ()
        standardise(network, material.inputs(self._tiles(0)[:_STANDARD_WINDOWS], self.channels))
        self.further_windows = round(spec.further_windows * len(self._tiles(0)))
        self.emphasis = (
            Emphasis(material, self.training, self.cell_types, self.factors) if self.further_windows else None
        )
        self.focus = self._focused(None)
        self.steps_per_epoch = -(-len(self.epoch(0)) // spec.batch_size)
        self.schedule = Schedule(spec.learning_rate, spec.warmup_steps, self.steps_per_epoch * spec.epochs)
        layer_decay = spec.layer_decay if parent else 1.0
        self.trainer = Trainer(network, engine, self.schedule, spec.seed, layer_decay, spec.weight_average)
        self.work = self._workload()

    def _architecture(self) -> Architecture:
        """The parent's sizes or the preset's, with the inputs and outputs of this run."""
        sizes = self.parent.description.architecture if self.parent else PRESETS[self.spec.preset]
        states = self.material.state_names
        if self.parent and self.parent.description.architecture.states:
            states = self.parent.description.architecture.states
        return msgspec.structs.replace(
            sizes,
            states=states if self.spec.use_states else (),
            signals=self.signals.names,
            motifs=self.material.motif_names(self.factors) if self.spec.use_motifs else (),
            factors=self.factors,
            word_length=self.spec.word_length,
            motif_head=self.spec.motif_head,
            co_binding=self.spec.co_binding,
            dropout=self.spec.dropout,
        )

    def _workload(self) -> Workload:
        """What this run costs, by the windows of an epoch and by the tiles that predictions take."""
        held_out = sum(place.length for place in self.material.validation_stretches(BIN)) / self.architecture.core
        trained = sum(place.length for place in self.training) / self.architecture.core
        cells, measured = len(self.cell_types), len(self.held_out_cells or self.cell_types)
        return Workload(
            epochs=self.spec.epochs,
            searches=self.spec.hard_negative_rounds if self.emphasis else 0,
            training=TRAINED_WINDOW * len(self.epoch(0)) / processes(),  # the first process does the rest alone
            measuring=held_out * measured,
            search=trained * cells,
            calibration=2 * held_out * (len(self.held_out_cells) + cells),
        )

    def _tiles(self, epoch: int) -> list[Example]:
        return tiled_examples(self.training, self.cell_types, self.architecture.context, (self.spec.seed, epoch))

    def epoch(self, epoch: int) -> list[Example]:
        """Every place once in every cell type, and further windows where there is most to learn, shuffled."""
        tiles = self._tiles(epoch)
        if self.focus is None:
            return tiles
        examples = tiles + self.focus.examples((self.spec.seed, epoch, 17))
        order = np.random.default_rng((self.spec.seed, epoch, 19)).permutation(len(examples))
        return [examples[index] for index in order]

    def _focused(self, hard_CY: Tensor | None) -> Focus | None:
        if self.emphasis is None:
            return None
        return self.emphasis.focus(self.architecture.context, self.further_windows, hard_CY)

    def _look_for_hard_bins(self, report: Report, epoch: int) -> None:
        """Moves half of the further windows to unbound bins that the network now takes for bound."""
        assert self.emphasis is not None, "asked for only where there are further windows"
        predictor = self._predictor(self.trainer.network)
        with self.engine.autocast():
            hard_CY = self.emphasis.hard_units(predictor, self.work.told(report, "search", epoch))
        self.trainer.network.train()
        self.trainer.kept["hard"] = first_of_all(hard_CY)
        report.event(f"Further windows now go to {int((hard_CY > 0).sum()):,} hard unbound places, too.")

    def train(self, report: Report, work: Path) -> None:
        """Trains all epochs, keeping the best; raises Stopped when asked to."""
        saved = SavedRun(work, self.trainer, self.spec, self.inputs)
        saved.restore(report)
        self.focus = self._focused(self.trainer.kept.get("hard"))
        for epoch in range(self.trainer.step // self.steps_per_epoch, self.spec.epochs):
            loss = self._train_epoch(report, saved, epoch)
            report.metric(self.trainer.step, epoch, "training", "loss", loss)
            with self.trainer.averaged():
                score = measured_once(partial(self._measure, report, epoch))
                if score > self.trainer.best_score or not saved.has_best:
                    saved.keep_best(score)
                if self.emphasis and epoch < self.spec.hard_negative_rounds:
                    self._look_for_hard_bins(report, epoch)
                    self.focus = self._focused(self.trainer.kept["hard"])
            saved.save()
        saved.adopt_best()

    def _train_epoch(self, report: Report, saved: SavedRun, epoch: int) -> float:
        """The steps of an epoch that are still to do; returns their mean loss."""
        losses, told, end = [], self.work.told(report, "training", epoch), (epoch + 1) * self.steps_per_epoch
        to_do = range(self.trainer.step, end)
        with read_ahead(self._batches(epoch, to_do)) as batches:
            for _ in to_do:
                # Here, before a step, all that belongs to the steps before is done: an epoch's measurement, too.
                if report.stop_requested():
                    saved.save()
                    raise Stopped(f"Stopped in epoch {epoch + 1} of {self.spec.epochs}; resume to go on.")
                saved.save_if_due()
                losses.append(self.trainer.take_step(lambda: self.loss(next(batches))))
                step = self.trainer.step
                note = f"epoch {epoch + 1}, step {step} of {self.schedule.steps}, loss of this step {losses[-1]:.4f}"
                told(1 - (end - step) / self.steps_per_epoch, note)
                if step % _LOSS_EVERY == 0:
                    report.metric(step, epoch, "training", "loss", float(np.mean(losses[-_LOSS_EVERY:])))
        return float(np.mean(losses)) if losses else float("nan")

    def _batches(self, epoch: int, steps: range) -> Iterator[_Batch]:
        """The batches of some steps of an epoch."""
        examples, size = self.epoch(epoch), self.spec.batch_size
        for step in steps:
            first = (step - epoch * self.steps_per_epoch) * size
            # Another offset of the tiling may hold fewer windows than the first epoch had.
            yield self._read(examples[first : first + size] or examples[:size], step)

    def _read(self, examples: Sequence[Example], step: int) -> _Batch:
        """The batch of a step on a random strand, channels dropped at random."""
        random = np.random.default_rng((self.spec.seed, step, 7))
        inputs = self.material.inputs(examples, self.channels)
        inputs = drop_channels(inputs, self.spec.channel_drop, random, self.architecture.signals)
        labels_BNF = self.material.labels(examples, self.factors)
        weight_BN = self._weights(examples, labels_BNF.shape[1])
        if random.random() < 0.5:
            inputs, labels_BNF, weight_BN = inputs.other_strand(), labels_BNF[:, ::-1], weight_BN[:, ::-1]
        share = share_of(len(examples))  # of the windows and of all that was drawn for them
        return _Batch(inputs.rows(share.rows), labels_BNF[share.rows], weight_BN[share.rows], share)

    def loss(self, batch: _Batch) -> Tensor:
        """Mean binary cross-entropy over the scored bins of a batch."""
        inputs, labels_BNF, weight_BN, share = batch
        device = self.engine.device
        logits_BNF = self.trainer.network.binding(inputs.tensors(device))
        labels = torch.from_numpy(np.ascontiguousarray(labels_BNF)).to(device)
        weight = torch.from_numpy(np.ascontiguousarray(weight_BN)).to(device)
        is_scored_BNF = labels >= 0
        return share.mean(
            f.binary_cross_entropy_with_logits(
                logits_BNF[is_scored_BNF], labels[is_scored_BNF].float(), reduction="none"
            ),
            weight[..., None].expand_as(logits_BNF)[is_scored_BNF],
        )

    def _weights(self, batch: Sequence[Example], bins: int) -> NDArray[np.float32]:
        """What each bin (B, N) counts: less where an epoch shows it more often than once."""
        if self.focus is None:
            return np.ones((len(batch), bins), dtype=np.float32)
        return np.stack([self.focus.weights(example) for example in batch])

    def _predictor(self, network: Ebert) -> Predictor:
        checkpoint = Checkpoint(network.eval(), self.description(()), Path(self.spec.output))
        return Predictor(checkpoint, self.material.store, Engine(self.engine.device, torch.float32))

    def _held_out(
        self, network: Ebert, strands: int, cell_types: tuple[str, ...], heard: TellProgress
    ) -> list[HeldOut]:
        """Logits and labels of the validation regions in some cell types."""
        with self.engine.autocast():
            found = held_out(
                self._predictor(network),
                self.material.dataset,
                self.material.validation_stretches(BIN),
                cell_types,
                self.factors,
                heard,
                strands,
            )
        network.train()
        return found

    def _measure(self, report: Report, epoch: int) -> float:
        """Mean held-out auPRC over pairs with enough bound bins, reported with the held-out loss."""
        scores, losses = [], []
        heard = self.work.told(report, "measuring", epoch)  # a wish to stop waits until the epoch is measured
        for pair in self._held_out(self.trainer.network, 1, self.held_out_cells or self.cell_types, heard):
            is_bound, logit = pair.scored()
            if not len(logit):
                continue
            losses.append(float(np.mean(np.logaddexp(0, logit) - is_bound * logit)))
            if is_bound.sum() >= _FEWEST_BOUND:
                scores.append(auprc(is_bound, logit))
        step = self.trainer.step
        report.metric(step, epoch, "validation", "loss", float(np.mean(losses)) if losses else float("nan"))
        if scores:
            report.metric(step, epoch, "validation", "auPRC", float(np.mean(scores)))
        return float(np.mean(scores)) if scores else -float(np.mean(losses)) if losses else 0.0

    def calibrated(self, network: Ebert, report: Report) -> Description:
        """The description of the finished checkpoint: calibrated where bins were held out, judged beside a baseline.

        Trained cell types are read at the held-out loci too: some factors have no other, and a map that was fitted
        on them shows in the held-out ones whether calibration carries over.
        """
        told = self.work.told(report, "calibration")

        def heard(fraction: float, note: str) -> None:
            told(fraction, note)
            if report.stop_requested():
                raise Stopped("Stopped after the last epoch, before calibration; resume to go on.")

        pairs = self._held_out(network, 2, (*self.held_out_cells, *self.cell_types), heard)
        assembly = self.material.dataset.layout.assembly
        has_choice = self.spec.epochs > 1 or leaks.chose_by(self.ancestor, assembly, self.material.validation)
        choosers = (self.held_out_cells or self.cell_types) if has_choice else ()
        is_assayed = self.material.dataset.is_assayed
        trained = {name: tuple(cell for cell in self.cell_types if is_assayed(cell, name)) for name in self.factors}
        records = factor_records(trained, pairs, self.material.validation, choosers)
        read = self.architecture.signals
        verdict = verdict_of(pairs, self.material, self.cell_types, read, report, has_choice, self.spec.seed)
        return msgspec.structs.replace(self.description(records), verdict=verdict)

    def description(self, records: tuple[FactorRecord, ...]) -> Description:
        """What the checkpoint says about itself."""
        material = self.material
        assembly = material.dataset.layout.assembly
        return Description(
            format_version=FORMAT_VERSION,
            name=Path(self.spec.output).name,
            architecture=self.architecture,
            assembly=assembly,
            dataset=material.dataset.layout.name,
            seed=material.dataset.layout.seed,
            training=leaks.trained_regions(self.ancestor, assembly, material.labelled(material.training)),
            validation=material.labelled(material.validation),
            elsewhere=leaks.trained_elsewhere(self.ancestor, assembly),
            cell_types=self.cell_types,
            validation_cell_types=self.held_out_cells,
            ancestor_cell_types=leaks.ancestor_cells(self.ancestor, self.cell_types),
            state_bin_width=material.state_bin_width,
            spec=without_folders(self.spec),
            versions=present_versions(self.engine, processes()),
            created=now(),
            weights_sha256="",
            parent_sha256=self.parent.description.weights_sha256 if self.parent else "",
            inputs_sha256=joint_digest(self.inputs),
            inputs=self.inputs,
            factors=records or tuple(FactorRecord(factor, self.cell_types) for factor in self.factors),
            matrices=material.matrices(self.architecture.motifs),
            signal_quantiles=dict(self.channels.references),
            metrics=self.trainer.figures(),
            limits=(*limits_of(material, self.cell_types), *self.signals.left_out),
            label_rule=TRAINING_RULE,
        )
