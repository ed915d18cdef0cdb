"""Predicted binding written to files: one pass of the network serves all factors that are asked for."""

# F = factors of the checkpoint, P = bins of a block's span, X = bins of a block.

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import current_store
from ebert_core.inference.effort import known_bins
from ebert_core.inference.files import Contents, NothingToWrite
from ebert_core.inference.formats import Format, encode_values, format_of
from ebert_core.inference.given import check_inputs
from ebert_core.inference.igv import check_session, write_session
from ebert_core.inference.order import Encode, goes_along, in_order_of
from ebert_core.inference.parts import Circumstances, Parts, Request, parts_folder
from ebert_core.inference.predict import Predictor
from ebert_core.inference.provenance import Made, Provenance, Sources, sources_of
from ebert_core.inference.room import Room
from ebert_core.inference.shards import Shards
from ebert_core.inference.stretches import Block, Stretch, Tell, along_genome, blocks_of, places_of, regions_of
from ebert_core.inference.targets import Target, targets_of
from ebert_core.model.checkpoint import Checkpoint, load_checkpoint
from ebert_core.model.device import Engine, choose_engine, device_of, keep_freed_memory
from ebert_core.protocol.machine.threads import choose_threads
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import POSITION
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import TellProgress

# A file asks for its tiles in order; only where regions jump back and forth are a few asked for again.
_REMEMBERED_BYTES = 4 * 2**20


class Plan(NamedTuple):
    """How much a prediction computes, and on what: bins one after the other every 50 bases, for so many factors.

    `known` is about how many of the bins lie on known bases: the others take next to no time.
    """

    bins: int
    known: int
    factors: int
    engine: str
    processes: int


def predict_to_files(
    spec: Predict,
    report: TellProgress,
    shards: Shards | None = None,
    tell: Tell = lambda _sentence: None,
    command: str = "",
    planned: Callable[[Plan], None] = lambda _plan: None,
    anew: bool = False,
) -> tuple[Path, ...]:
    """Runs a prediction spec and returns the files, one a factor; they appear complete or not at all.

    Args:
        spec: what to predict.
        report: hears of the progress and may end the work.
        shards: the processes that share the work; all but the first return when their share is done.
        tell: hears what the person should know of the files.
        command: the command line, for whoever reads later what made the files.
        planned: hears how much there is to compute, before the first network pass.
        anew: whether to forget what an earlier run of the same output has kept.

    Raises:
        InvalidRequest: a name is unknown, the files do not fit, an output cannot be written, or a process has died.
    """
    if shards and not shards.is_first:
        shards.wait_for_first()
    provenance = Provenance(spec, command)

    def told(sentence: str) -> None:
        provenance.hear(sentence)
        tell(sentence)

    ready = _prepared(spec, told)
    if shards and not shards.is_first:
        shards.contribute(ready.blocks, ready.work.encoded)
        return ()
    targets, processes = ready.targets, shards.size if shards else 1
    provenance.refuse_losses(targets)
    with _kept(ready, spec, anew, shards, report, told) as (parts, sources):
        planned(Plan(ready.work.bins, round(sum(ready.work.efforts)), len(targets), ready.engine.describe(), processes))
        room = Room(targets[0].path.parent, ready.form, ready.work.bins, parts is not None, told)
        blocks = ready.work.contents(ready.blocks, report, room, shards, parts)
        if ready.jumps:
            blocks = in_order_of(ready.stretches, blocks, ready.form.encode)
        write(targets, ready.form, ready.contents, blocks, provenance.remove)
    _write_beside(spec, ready, provenance, sources, processes, tell)
    return tuple(target.path for target in targets)


def _write_beside(
    spec: Predict, ready: "_Ready", provenance: Provenance, sources: Sources | None, processes: int, tell: Tell
) -> None:
    """What goes with the files: what is known of them, and a session for IGV."""
    if spec.sidecar:
        assert sources is not None
        made = Made(sources, ready.checkpoint.description, ready.dataset, ready.engine, ready.work.bins, processes)
        provenance.write(ready.targets, made)
    if spec.igv_session:
        session = write_session(spec, ready.targets, ready.dataset.layout)
        tell(f"IGV shows the files from 0 to 1 by the session {session}.")


class _Ready(NamedTuple):
    """A prediction that was found sound and may begin."""

    form: Format
    dataset: Dataset
    checkpoint: Checkpoint
    engine: Engine
    targets: tuple[Target, ...]
    stretches: list[Stretch]
    jumps: bool
    blocks: list[Block]
    work: "Work"
    contents: Contents


def _prepared(spec: Predict, tell: Tell) -> _Ready:
    """Opens what a prediction reads and cuts what it computes into blocks."""
    form = format_of(Path(spec.output))
    dataset = Dataset.open(Path(spec.dataset), inputs=spec.inputs)
    dataset.cell_type(spec.cell_type)
    checkpoint = load_checkpoint(Path(spec.checkpoint))
    targets = targets_of(spec, checkpoint.description)
    check_inputs(spec, checkpoint.description, dataset)
    check_session(spec)
    stretches = form.bins(spec, dataset, tell)
    if not stretches:
        raise InvalidRequest(f"No bin of 200 bases lies in what was asked for, so {targets[0].path} was not written.")
    # The same numbers either way; but a store has the motif scores, which take longer to compute than a GPU predicts.
    source = current_store(dataset) or dataset
    engine = choose_engine(device_of(spec.device), spec.precision)
    if engine.device.type == "cpu":
        keep_freed_memory()
    predictor = Predictor(checkpoint, source, engine, remembers=_REMEMBERED_BYTES)
    jumps = not goes_along(stretches, dataset.chromosome_lengths)
    computed = along_genome(stretches, dataset.chromosome_lengths) if jumps else stretches
    blocks = list(blocks_of(computed, predictor.grid, predictor.tiles_at_once))
    for target in targets:
        make_folder_of(target.path)
    regions = regions_of(spec, dataset) if form.has_rows else ()
    contents = Contents(dataset.chromosome_lengths, math.nan, regions, cell_type=spec.cell_type)
    encode = encode_values if jumps else form.encode
    work = Work(predictor, spec, encode, targets, blocks)
    return _Ready(form, dataset, checkpoint, engine, targets, stretches, jumps, blocks, work, contents)


@contextmanager
def _kept(
    ready: _Ready, spec: Predict, anew: bool, shards: Shards | None, report: TellProgress, tell: Tell
) -> Iterator[tuple[Parts | None, Sources | None]]:
    """What an earlier run kept, and where this one keeps its blocks until all are there; digests of what is read."""
    output = ready.targets[0].path
    if anew:
        Parts(parts_folder(output)).remove()
    keeps = (shards is not None or len(ready.blocks) > 1) and output.parent.is_dir()
    if not keeps:
        yield None, _sources(ready, spec, report) if spec.sidecar else None
        return
    sources = _sources(ready, spec, report)
    parts = Parts.opened(output, _request(ready, spec, sources), circumstances_of(ready.engine), tell)
    try:
        with shards.sharing(parts) if shards else nullcontext():
            yield parts, sources
    except NothingToWrite:
        parts.remove()
        raise
    except BaseException:
        parts.remove_if_empty()
        raise
    parts.remove()


def _sources(ready: _Ready, spec: Predict, report: TellProgress) -> Sources:
    return sources_of(spec, ready.checkpoint.description, ready.dataset, lambda _fraction, note: report(0.0, note))


def _request(ready: _Ready, spec: Predict, sources: Sources) -> Request:
    """What tells the blocks of this prediction from those of others."""
    grid = ready.work.predictor.grid
    return Request(
        package=version("ebert-browser"),
        checkpoint=sources.checkpoint.weights_sha256,
        calibration=sources.checkpoint.description_sha256,
        inputs=sources.dataset.inputs,
        region_files=sources.region_files,
        cell_type=spec.cell_type,
        factors=tuple(target.factor for target in ready.targets),
        places=(*places_of(spec), spec.locus, *spec.chromosomes),
        strands=spec.strands,
        precision=ready.engine.precision,
        encoding=ready.work.encode.__name__,
        layout=(grid.core, grid.halo, ready.work.predictor.tiles_at_once, len(ready.blocks), ready.work.bins),
    )


def circumstances_of(engine: Engine) -> Circumstances:
    """On what a prediction runs now."""
    return Circumstances(str(torch.__version__), engine.processor, torch.get_num_threads())


def make_folder_of(path: Path) -> None:
    """Makes the folder of a file when only that one is absent: more absent folders are a mistyped path.

    Raises:
        InvalidRequest: it cannot be made.
    """
    try:
        if path.parent.parent.is_dir():
            path.parent.mkdir(exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidRequest(f"The folder {path.parent} cannot be made: {reason}; name another place.") from None


class Work:
    """Computes blocks of one prediction."""

    def __init__(
        self, predictor: Predictor, spec: Predict, encode: Encode, targets: Sequence[Target], blocks: Sequence[Block]
    ) -> None:
        # Beside a GPU, packing the tables of several factors one after another would take longer than predicting them.
        self._packers = ThreadPoolExecutor(min(len(targets), choose_threads().number))
        self.predictor = predictor
        self._spec = spec
        self.encode = encode
        self._targets = targets
        self.bins = sum(block.bins for block in blocks)
        self.efforts = known_bins(predictor.source, blocks)

    def contents(
        self, blocks: Iterable[Block], report: TellProgress, room: Room, shards: Shards | None, parts: Parts | None
    ) -> Iterator[tuple[Block, list[bytes]]]:
        """Every block in order with the bytes for each target, kept before, computed here, or by whose share it is."""
        done, whole = 0.0, sum(self.efforts)
        for number, (block, effort) in enumerate(zip(blocks, self.efforts, strict=True)):
            heard = _within(report, done / whole, effort / whole)
            if parts and parts.has(number):
                content = parts.read(number)
            elif shards is None or shards.computes(number):
                content = self.encoded(block, heard)
                room.look(block, content, self.encode is encode_values)
                if parts:
                    parts.write(number, content)
            else:
                content = shards.received(number, heard)
            yield block, content
            done += effort

    def encoded(self, block: Block, report: TellProgress) -> list[bytes]:
        """The bytes that a block adds to each target."""
        value_FX = block_values(self.predictor, self._spec.cell_type, block, report, self._spec.strands)
        return list(self._packers.map(lambda target: self.encode(block, value_FX[target.row]), self._targets))


def _within(report: TellProgress, done: float, share: float) -> TellProgress:
    """Progress inside a block as progress of the whole, of which so much is done before and is the block's share."""

    def heard(fraction: float, note: str) -> None:
        report(min(1.0, done + fraction * share), note)

    return heard


def block_values(
    predictor: Predictor, cell_type: str, block: Block, report: TellProgress, strands: int
) -> NDArray[np.float32]:
    """Probabilities (F, X) of a block's bins, from whole batches of tiles: so a bin has one number whoever asks."""
    batch = predictor.grid.core * predictor.tiles_at_once
    value_FP = np.full((len(predictor.factors), (block.end - block.start) // POSITION), np.nan, dtype=np.float32)
    for start, end in _needed(block.stretches, batch):
        span = Interval(block.chromosome, start, end)

        def heard(fraction: float, _note: str, span: Interval = span) -> None:
            place = span.start + fraction * span.length
            report((place - block.start) / (block.end - block.start), f"{span.chromosome}:{int(place):,}")

        bins = predictor.probabilities(cell_type, span, heard, strands, whole_batches=True)
        first = (start - block.start) // POSITION
        value_FP[:, first : first + bins.values_FP.shape[1]] = bins.values_FP
    parts = []
    for stretch in block.stretches:
        first = (stretch.start - block.start) // POSITION
        parts.append(value_FP[:, first : first + stretch.bins])
    return np.concatenate(parts, axis=1)


def _needed(stretches: Iterable[Stretch], batch: int) -> list[tuple[int, int]]:
    """Spans, in order, that hold every stretch; what lies less than a batch of tiles apart is joined."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted((stretch.start, stretch.end) for stretch in stretches):
        if spans and start < spans[-1][1] + batch:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans


def write(
    targets: Sequence[Target],
    form: Format,
    contents: Contents,
    blocks: Iterator[tuple[Block, list[bytes]]],
    before: Callable[[Sequence[Target]], None] = lambda _targets: None,
) -> None:
    """Writes blocks to the files of all targets, which all appear at the end or not at all; `before` is done then."""
    with ExitStack() as opened:
        files: list[Callable[[Block, bytes], None]] = [
            opened.enter_context(
                form.open(target.path, contents._replace(threshold=target.threshold, factor=target.factor))
            )
            for target in targets
        ]
        for block, content in blocks:
            for append, part in zip(files, content, strict=True):
                append(block, part)
        before(targets)
