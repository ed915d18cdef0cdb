"""What a run goes on from when it was stopped, killed or out of disk: safe at every moment, refused if it does not fit.

`resume.safetensors` holds everything that later steps depend on and the name of the file with the best weights so far.
Best weights are written under a new name first; then the state that names them takes the place of the old one, which is
kept for once; then best weights go that neither names. A crash between any two of these leaves a state with the best
weights that belong to it, and so does a state that turns out to be damaged.
"""

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from ebert_core.dataset.digests import differences
from ebert_core.material import distributed
from ebert_core.model.checkpoint import present_versions
from ebert_core.model.description import InputFile, Versions
from ebert_core.protocol.machine.disks import is_full
from ebert_core.protocol.machine.whole_files import new_part, put_in_place
from ebert_core.protocol.specs.training_specs import Spec, without_folders
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Report, Warned
from ebert_core.training.loop import Trainer
from ebert_core.training.saved_states import check_shapes, check_values, check_weights, names_in

_STATE = "resume.safetensors"
_PREVIOUS = "resume-previous.safetensors"
_DAMAGED = "resume-damaged.safetensors"
_BEST = "best-{step}.safetensors"
_IS_BEST = re.compile(r"best-\d{1,18}\.safetensors", re.ASCII)
_SAVE_EVERY_SECONDS = 600.0
# A run may go on in another folder and on another machine; the last costs the identity to the bit, and is said.
_MAY_DIFFER = ("output", "device", "precision")


class _Header(msgspec.Struct, frozen=True):
    """What the state says about itself: the request and the inputs it belongs to, and who computed it."""

    spec: dict[str, Any]  # Any: whatever a spec may hold
    inputs: dict[str, InputFile]
    versions: Versions
    best: str = ""


class _Damage(Exception):
    """A saved state is not to be used; the message says which file and why."""


class SavedRun:
    """The files in a folder from which a run goes on.

    Args:
        folder: where they lie; of the run alone.
        trainer: whose state it is.
        spec: the request; another one cannot go on from this state.
        inputs: digests of all that the run reads, by key; a run does not go on when one has changed.
    """

    def __init__(self, folder: Path, trainer: Trainer, spec: Spec, inputs: dict[str, InputFile]) -> None:
        self._folder = folder
        self._trainer = trainer
        self._best = self._best_before = ""
        self._next_save = time.monotonic() + _SAVE_EVERY_SECONDS
        kept = msgspec.json.decode(msgspec.json.encode(without_folders(spec)))
        self._header = _Header(
            {key: value for key, value in kept.items() if key not in _MAY_DIFFER},
            inputs,
            present_versions(trainer.engine, distributed.processes()),
        )

    @property
    def has_best(self) -> bool:
        """Whether weights are kept as the best so far."""
        return bool(self._best)

    def restore(self, report: Report) -> None:
        """Goes on where the last saved state ends, or the one before where that is damaged; nothing to do without any.

        Raises:
            InvalidRequest: no state is whole, or they belong to another request, other files or another network.
        """
        damages: list[_Damage] = []
        for path in (self._folder / _STATE, self._folder / _PREVIOUS):
            if not os.path.lexists(path):
                continue
            try:
                header = self._adopt(path)
            except _Damage as damage:
                damages.append(damage)
            else:
                self._go_on(header, damages, report)
                break
        else:
            if damages:
                raise InvalidRequest(
                    f"{damages[0]}, so this run cannot go on. Start anew without --resume."
                ) from damages[0]
        distributed.check_in_step(self._trainer.step)

    def _adopt(self, path: Path) -> _Header:
        """Goes on from one state, once all of it and the best weights that it names have been found to fit."""
        try:
            with safe_open(path, framework="pt") as file:
                header = msgspec.json.decode((file.metadata() or {}).get("run", ""), type=_Header)
                self._check(header)
                check_shapes(path, {name: file.get_slice(name).get_shape() for name in names_in(file)}, self._trainer)
            tensors = load_file(path)
            check_values(path, tensors, self._trainer.schedule.steps)
            if header.best:
                path = self._best_named(path, header.best)
                check_weights(path, self._trainer.network.state_dict())
            self._trainer.adopt(tensors)
        except (SafetensorError, msgspec.MsgspecError, OSError, KeyError, RuntimeError, ValueError) as error:
            raise _Damage(f"{path} is missing, damaged or cut short") from error
        return header

    def _best_named(self, path: Path, name: str) -> Path:
        if not _IS_BEST.fullmatch(name):
            raise _Damage(f"{path} is damaged: it names {name!r} for the best weights")
        return self._folder / name

    def _go_on(self, header: _Header, damages: list[_Damage], report: Report) -> None:
        self._best = self._best_before = header.best
        if damages:
            report.event(Warned(f"{damages[0]}; going on from the state that was saved before it."))
            if distributed.is_first():  # out of the way, or it would take the place of the one that is whole
                with suppress(OSError):
                    os.replace(self._folder / _STATE, self._folder / _DAMAGED)
        report.event(f"Going on after step {self._trainer.step}.")
        if header.versions != self._header.versions:
            report.event(f"The run began elsewhere, so it may differ in the last bits: {self._elsewhere(header)}.")

    def save(self) -> None:
        """Saves the present state; the one before stays until this one is whole.

        Raises:
            InvalidRequest: the disk is full or has gone; the state before is still there.
        """
        self._next_save = time.monotonic() + _SAVE_EVERY_SECONDS
        if not distributed.is_first():
            return
        header = msgspec.structs.replace(self._header, best=self._best)
        state = self._folder / _STATE
        self._write(state, self._trainer.tensors(), {"run": msgspec.json.encode(header).decode()}, _PREVIOUS)
        for path in self._folder.glob(_BEST.format(step="*")):
            if path.name not in (self._best, self._best_before):
                path.unlink(missing_ok=True)
        self._best_before = self._best

    def save_if_due(self) -> None:
        """Saves the state when ten minutes have gone by since the last time."""
        if time.monotonic() >= self._next_save:
            self.save()

    def keep_best(self, score: float) -> None:
        """Keeps the present weights as the best so far; they count once the state has been saved.

        Raises:
            InvalidRequest: the disk is full or has gone; the state before is still there.
        """
        self._trainer.best_score = score
        self._best = _BEST.format(step=self._trainer.step)
        if distributed.is_first():
            weights = {name: tensor.contiguous() for name, tensor in self._trainer.network.state_dict().items()}
            self._write(self._folder / self._best, weights, {})

    def adopt_best(self) -> None:
        """Gives the network the best weights, in the process that goes on with them."""
        if self._best and distributed.is_first():
            self._trainer.network.load_state_dict(load_file(self._folder / self._best))

    def _check(self, header: _Header) -> None:
        changed = [key for key, value in self._header.spec.items() if header.spec.get(key, value) != value]
        if changed:
            raise InvalidRequest(
                f"The request changed since this run was saved: {changed[0]} was {header.spec[changed[0]]}. "
                "Put it back to go on, or start anew without --resume."
            )
        changed = differences(header.inputs, self._header.inputs)
        if changed:
            more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            raise InvalidRequest(
                f"{changed[0]}{more} changed since this run was saved. "
                "Put the old file back to go on, or start anew without --resume."
            )

    def _elsewhere(self, header: _Header) -> str:
        then, now = (msgspec.structs.asdict(versions) for versions in (header.versions, self._header.versions))
        return ", ".join(f"{key} was {then[key]}, is {now[key]}" for key in now if then[key] != now[key])

    def _write(self, path: Path, tensors: dict[str, Tensor], metadata: dict[str, str], before: str = "") -> None:
        """Writes a file in one step; the one that was there is kept under the name `before`, if it is given one."""
        part = None
        try:
            path.parent.mkdir(exist_ok=True)  # no more: where the job's directory was moved, it is not made anew
            part = new_part(path, is_ours_alone=True)
            save_file(tensors, part, metadata)
            put_in_place(part, path, keep_old_as=path.with_name(before) if before else None)
        except (OSError, SafetensorError) as error:
            if part is not None:
                with suppress(OSError):
                    part.unlink(missing_ok=True)
            what = f"The state to resume from could not be written to {path}"
            kept = "the last one is kept" if (self._folder / _STATE).exists() else "there is none yet"
            if is_full(error):
                raise InvalidRequest(f"{what}: the disk is full; {kept}. Free some space, then resume.") from error
            raise InvalidRequest(f"{what}: {error}; {kept}.") from error
