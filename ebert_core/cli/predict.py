"""`ebert predict`: predicted binding in one cell type, as bigWig, table or BED; under `torchrun`, by several processes.

No flag has a default here: the spec has them, and a flag that was given is one that is there.
"""

import argparse
import os
import shlex
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ebert_core.cli.options import add_fields, add_shared, changes_of_fields, chosen
from ebert_core.cli.overwriting import add_overwrite, refuse_loss
from ebert_core.cli.progress import Amount, loudness_of
from ebert_core.cli.spec_files import job_of
from ebert_core.cli.terminal import Terminal
from ebert_core.dataset.description import Dataset
from ebert_core.inference.cautions import cautions_of
from ebert_core.inference.given import check_inputs
from ebert_core.inference.igv import check_session
from ebert_core.inference.targets import check_folder_of, targets_of
from ebert_core.jobs.control import refuse_second
from ebert_core.jobs.lock import writing_to
from ebert_core.jobs.reporter import JobReporter
from ebert_core.model.description import read_description
from ebert_core.protocol.machine.launched import launched
from ebert_core.protocol.machine.resources import shipped_checkpoints
from ebert_core.protocol.machine.showing import copy_to_standard_output, print_result, tell
from ebert_core.protocol.specs.fields import fields_of
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.specs.on_disk import Change, change_of, read_spec, spec_of_changes
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import POSITION
from ebert_core.protocol.terms.report import Stopped
from ebert_core.protocol.terms.wording import bases

if TYPE_CHECKING:
    from ebert_core.inference.export import Plan
    from ebert_core.inference.shards import Shards

# The name of a file whose lines go to standard output and which then goes.
STANDARD_OUTPUT = "standard output"
# Of a genome with short gaps only, nobody need hear of them.
_NEARLY_ALL = 0.9
_STOPPED = "Stopped; nothing was written."
_FLAGS = ("cell-types", "factors", "regions", "chromosomes", "output", "device", "precision")
# Keys that a shared option or an argument gives, whatever it is called.
_GIVEN_OTHERWISE = (
    "checkpoint",
    "dataset",
    "cell_type",
    "factor",
    "locus",
    *(flag.replace("-", "_") for flag in _FLAGS),
)
_OWN = [field for field in fields_of(Predict) if field.name not in _GIVEN_OTHERWISE]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags, one for each field of the spec."""
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="a checkpoint, or a SPEC.toml that the options change")
    parser.add_argument("dataset", metavar="DATASET.toml", nargs="?", help="whose cell types to predict in")
    flags = parser.add_argument_group("what", argument_default=argparse.SUPPRESS)
    add_shared(
        flags,
        *_FLAGS,
        factors="several come from one pass, into a file each. As X.bed.gz, a named factor without calls is refused; "
        "of all, those without calls are left out, which is said and is no error",
        cell_types="one after the other, into files of their own",
        regions="a table has their bins, a .tsv a row for each; without regions and chromosomes, the whole genome",
        output="X.bw, X.bedgraph, X.tab.gz, X.bed.gz (calls) or X.tsv (a row a region); of several factors or cell "
        "types, {factor} and {cell_type} in it stand for the names; - writes bedGraph on standard output",
    )
    add_fields(flags, _OWN)
    flags.add_argument("--input", dest="inputs", nargs="+", action="extend", help=argparse.SUPPRESS)
    add_shared(flags, "set")
    add_overwrite(parser)
    parser.add_argument("--anew", action="store_true", help="forget what a stopped run of the same output has kept")
    parser.add_argument("--job", metavar="DIRECTORY", help=argparse.SUPPRESS)
    parser.add_argument("--resume", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> None:
    """Predicts in each cell type, a job each, and prints the paths of the files."""
    if getattr(arguments, "output", "") == "-":
        _run_to_standard_output(arguments)
        return
    specs = _specs(arguments)
    # What is mistyped is refused before torch is loaded, and before hours have gone into the first of several.
    cautions = [judge(spec) for spec in specs] if launched() is None and arguments.job is None else [None] * len(specs)
    # Where the first process has gone, PyTorch would tell the others so in fifty lines; our sentence says it.
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    from ebert_core.inference.shards import Shards

    processes = Shards.from_environment()
    is_first = processes is None or processes.is_first
    known = dict(zip(specs, cautions, strict=True))
    for number, spec in enumerate(_unmade(specs, arguments, is_first)):
        _run(spec, arguments, processes.of_prediction(number) if processes else None, known[spec])


def _unmade(specs: Sequence[Predict], arguments: argparse.Namespace, is_first: bool) -> Sequence[Predict]:
    """Of several cell types, those that an earlier run of the command has not finished.

    Of the others, the first process prints the files.
    """
    if len(specs) == 1:
        return specs
    from ebert_core.inference.provenance import is_made

    for spec in specs if launched() else ():
        judge(spec)
    made = [] if arguments.anew else [spec for spec in specs if is_made(spec)]
    if len(made) == len(specs):
        return specs  # nothing was interrupted: whoever asks again wants it computed again
    for spec in made if is_first else ():
        tell(f"{spec.cell_type} is complete already; --anew computes it again.")
        for target in targets_of(spec, read_description(Path(spec.checkpoint))):
            print_result(target.path)
    return [spec for spec in specs if spec not in made]


def _run_to_standard_output(arguments: argparse.Namespace) -> None:
    """Writes the lines of a bedGraph on standard output once all are there, so that nobody reads half a prediction."""
    if launched() is not None:
        raise InvalidRequest("Several processes write no standard output; name a file with --output.")
    with tempfile.TemporaryDirectory(prefix="ebert-predict-") as folder:
        arguments.output, arguments.sidecar = str(Path(folder) / f"{STANDARD_OUTPUT}.bedgraph"), False
        [spec, *others] = _specs(arguments)
        if others or not isinstance(spec.factor, str):
            raise InvalidRequest("Standard output takes one factor in one cell type; name files with --output.")
        [path] = _run_job(spec, arguments, None)
        with path.open("rb") as lines:
            lines.readline()  # the track line, which is none for a program that reads lines
            copy_to_standard_output(lines)


def _run(
    spec: Predict, arguments: argparse.Namespace, shards: "Shards | None", cautions: tuple[str, ...] | None
) -> None:
    if shards is None:
        print_result("\n".join(map(str, _run_job(spec, arguments, None, cautions))))
        return
    with shards:
        if shards.is_first:
            print_result("\n".join(map(str, _run_job(spec, arguments, shards))))
        else:
            _run_share(spec, shards)


def _run_job(
    spec: Predict, arguments: argparse.Namespace, shards: "Shards | None", cautions: tuple[str, ...] | None = None
) -> tuple[Path, ...]:
    """Predicts as a job and returns the files; `cautions` are those of `judge`, where it was asked already."""
    directory = arguments.job
    if directory is None:  # a list of failed jobs helps nobody
        cautions = judge(spec) if cautions is None else cautions
        refuse_second(spec)
        refuse_loss(spec, arguments)
    with job_of(spec, directory) as job, Terminal(job, loudness_of(arguments)) as report:
        if directory is not None:
            cautions = judge(spec)  # of a job that the window made, here, so that its log has the reason
        for sentence in cautions or ():
            report.event(sentence)
        targets = targets_of(spec, read_description(Path(spec.checkpoint)))
        with ExitStack() as locks:
            # Further folders are not made, and where they are absent there is nothing to write to.
            for target in (each for each in targets if each.path.parent.parent.is_dir()):
                locks.enter_context(writing_to(target.path, job.directory))
            outputs = _predicted(spec, arguments, shards, job, report)
        job.finish(outputs[0].stem if _is_standard_output(spec) else str(outputs[0]))
    return outputs


def _predicted(
    spec: Predict, arguments: argparse.Namespace, shards: "Shards | None", job: JobReporter, report: Terminal
) -> tuple[Path, ...]:
    """The files of a prediction; where it ends before, what is kept and how to go on stands behind the reason."""
    from ebert_core.inference.export import predict_to_files
    from ebert_core.inference.parts import Parts, parts_folder

    def heard(fraction: float, note: str) -> None:
        report.progress(fraction, note)
        if job.stop_requested():
            raise Stopped(_STOPPED)

    def planned(plan: "Plan") -> None:
        amount = amount_of(plan)
        report.detail(f"Job {job.directory}: {amount.words} on {amount.means}.")
        report.expect(amount)

    command = shlex.join(["ebert", *arguments.words])
    try:
        return predict_to_files(spec, heard, shards, report.event, command, planned, arguments.anew)
    except InvalidRequest as error:
        first = targets_of(spec, read_description(Path(spec.checkpoint)))[0]
        kept = "" if _is_standard_output(spec) else Parts(parts_folder(first.path)).sentence()
        error.add(kept)
        raise


def _is_standard_output(spec: Predict) -> bool:
    return Path(spec.output).stem == STANDARD_OUTPUT


def amount_of(plan: "Plan") -> Amount:
    """A prediction's plan in words and bases."""
    covered = bases(plan.bins * POSITION)
    factors = "1 factor" if plan.factors == 1 else f"{plan.factors} factors"
    means = plan.engine if plan.processes == 1 else f"{plan.processes} processes of {plan.engine}"
    is_partly_known = plan.known < _NEARLY_ALL * plan.bins
    known = f" ({bases(plan.known * POSITION)} of known bases)" if is_partly_known else ""
    words = f"{covered}{known} x 1 cell type x {factors}"
    return Amount(words, plan.known * POSITION, lambda rate: f"{bases(round(rate))}/s", means)


def _run_share(spec: Predict, shards: "Shards") -> None:
    """The work of a process that only computes; the job and what there is to say belong to the first one."""
    from ebert_core.inference.export import predict_to_files

    predict_to_files(spec, lambda _fraction, _note: None, shards)


def judge(spec: Predict) -> tuple[str, ...]:
    """What to know of a prediction beforehand, in sentences.

    Raises:
        InvalidRequest: the checkpoint, a factor, the dataset or the cell type is not there, or they do not fit; no bin
            would be called bound in a file of calls; the dataset gives nothing of the cell type; a region names no
            place; or there is no folder for a file.
    """
    description = read_description(Path(spec.checkpoint))
    for target in targets_of(spec, description):
        check_folder_of(target.path)
    if not Path(spec.dataset).is_file():  # making the job says so
        return ()
    dataset = Dataset.open(Path(spec.dataset), inputs=spec.inputs)
    dataset.cell_type(spec.cell_type)
    check_inputs(spec, description, dataset)
    check_session(spec)
    return tuple(cautions_of(spec, description, dataset))


def _specs(arguments: argparse.Namespace) -> list[Predict]:
    """The request of each cell type, from the options, or from a spec file and what the options change in it."""
    given = _changes(arguments)
    cells = chosen(arguments.cell_types, "cell-types") if hasattr(arguments, "cell_types") else None
    if arguments.dataset is None:
        spec = _spec_of_file(Path(arguments.checkpoint), given, getattr(arguments, "set", ()))
        cells = (spec.cell_type,) if cells is None else cells
    else:
        spec = _spec_of_options(arguments, given)
        if cells is None:
            raise InvalidRequest("--cell-types is needed.")
    cells = cells or Dataset.open(Path(spec.dataset)).cell_types
    for name, path in (("output", spec.output), ("session", spec.igv_session)):
        if path and len(cells) > 1 and "{cell_type}" not in Path(path).name:
            raise InvalidRequest(
                f"{len(cells)} cell types need files of their own; write {{cell_type}} in the name of the {name}, "
                "as in {factor}.{cell_type}.bw."
            )
    # The name stands in the output now, so that jobs of several cell types are told apart by theirs.
    return [
        msgspec.structs.replace(
            spec,
            cell_type=cell,
            output=spec.output.replace("{cell_type}", cell.replace("/", "-")),
            igv_session=spec.igv_session.replace("{cell_type}", cell.replace("/", "-")),
        )
        for cell in cells
    ]


def _changes(arguments: argparse.Namespace) -> list[Change]:
    """What the options say of the spec's keys, but for `--cell-types` and `--set`."""
    given = []
    if hasattr(arguments, "factors"):
        factors = chosen(arguments.factors, "factors")
        given.append(Change("factor", factors[0] if len(factors) == 1 else factors, "--factors"))
    for key in ("regions", "chromosomes", "output", "device", "precision"):
        if hasattr(arguments, key):
            value = getattr(arguments, key)
            given.append(Change(key, tuple(value) if isinstance(value, list) else value, f"--{key}"))
    return [*given, *changes_of_fields(arguments, _OWN)]


def _spec_of_options(arguments: argparse.Namespace, given: Sequence[Change]) -> Predict:
    values = {change.key: change.value for change in given}
    of_all = [Change("factor", (), "--output")] if "{factor}" in str(values.get("output", "")) else []
    for key, option in (("factor", "factors"), ("output", "output")):
        if key not in values and not (key == "factor" and of_all):
            raise InvalidRequest(f"--{option} is needed.")
    places = [
        Change("checkpoint", arguments.checkpoint, "CHECKPOINT"),
        Change("dataset", arguments.dataset, "DATASET.toml"),
        Change("cell_type", "", "--cell-types"),
    ]
    assigned = [change_of(text, Predict) for text in getattr(arguments, "set", ())]
    spec = spec_of_changes(Predict, [*places, *of_all, *given, *assigned])
    assert isinstance(spec, Predict), "the spec is of the kind that was asked for"
    return spec


def _spec_of_file(path: Path, given: Sequence[Change], assignments: Sequence[str]) -> Predict:
    if path.is_dir() or str(path) in shipped_checkpoints():
        raise InvalidRequest("DATASET.toml is needed after CHECKPOINT: it says where the cell type's files lie.")
    changes, keys = list(given), {change.key for change in given}
    if keys & {"regions", "chromosomes"}:
        # What the options ask for takes the place of what the file asks for, whichever of the keys it uses.
        others = {"regions": (), "locus": "", "chromosomes": ()}
        changes += [Change(key, value, key) for key, value in others.items() if key not in keys]
    changes += [change_of(text, Predict) for text in assignments]
    spec = read_spec(path, changes, Predict)
    assert isinstance(spec, Predict), "the tag of a predict spec decodes to Predict"
    return spec
