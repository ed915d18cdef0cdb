"""`ebert predict`: predicted binding in one cell type, as bigWig, table or BED; under `torchrun`, by several processes.

No flag has a default here: the spec has them, and a flag that was given is one that is there.
"""

import argparse
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from ebert_core.cli.spec_files import job_of, read_spec_for
from ebert_core.cli.terminal import Terminal
from ebert_core.dataset.description import Dataset
from ebert_core.inference.cautions import cautions_of
from ebert_core.inference.given import check_inputs
from ebert_core.inference.targets import targets_of
from ebert_core.jobs.control import refuse_second
from ebert_core.jobs.lock import writing_to
from ebert_core.jobs.specs import absolute_paths
from ebert_core.model.description import read_description
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.showing import print_result
from ebert_core.protocol.specs import Predict
from ebert_core.training.report import Stopped

if TYPE_CHECKING:
    from ebert_core.inference.shards import Shards

_STOPPED = "Stopped; nothing was written. What takes long can be predicted a few --chromosomes at a time."
_HELP = {
    "--cell-type": ("C", "cell type, as the dataset names it"),
    "--output": (
        "X",
        "X.bw, X.tab.gz, X.bed.gz (calls) or X.tsv (a row a region); {factor} and {cell_type} stand for the names",
    ),
    "--regions": ("BED", "only these regions; a table has their bins, a .tsv a row for each, in the file's order"),
    "--locus": ("L", "only this locus, such as chr5:124.5m-124.6m"),
    "--device": ("D", "auto (default), cpu or cuda:0"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags, one for each field of the spec."""
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="a checkpoint folder, or a SPEC.toml that says it all")
    parser.add_argument("dataset", metavar="DATASET.toml", nargs="?", help="whose cell type to predict in")
    flags = parser.add_argument_group("what", argument_default=argparse.SUPPRESS)
    for flag, (metavar, text) in _HELP.items():
        flags.add_argument(flag, metavar=metavar, help=text)
    flags.add_argument(
        "--factor",
        metavar="F",
        nargs="+",
        action="extend",
        help="factor, as the checkpoint names it; several in one pass, or all without this flag, when the output "
        "has {factor} in its name; of all as X.bed.gz, those without calls are named and left out",
    )
    flags.add_argument("--chromosomes", metavar="N", nargs="+", help="only these chromosomes")
    flags.add_argument("--strands", type=int, choices=(1, 2), help="2 averages both strands (default)")
    flags.add_argument(
        "--precision", choices=("auto", "bf16", "fp32"), help="auto (default): bf16 where it is fast, else fp32"
    )
    flags.add_argument(
        "--wanted-precision",
        metavar="P",
        type=float,
        help="with X.bed.gz: call bound from where this share of the called bins was bound on held-out loci, such as "
        "0.5; without it, from the threshold of best F1",
    )
    flags.add_argument(
        "--input",
        metavar="WANTED=GIVEN",
        nargs="+",
        action="extend",
        dest="inputs",
        help="read a signal in place of one that the cell type lacks, such as DNase=ATAC",
    )
    flags.add_argument(
        "--without-inputs",
        action="store_true",
        help="predict even where the dataset gives nothing of what the checkpoint knows of a cell type",
    )
    parser.add_argument("--job", metavar="DIRECTORY", help=argparse.SUPPRESS)
    parser.add_argument("--resume", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> None:
    """Predicts and prints the paths of the files."""
    spec = _spec(arguments)
    # Where the first process has gone, PyTorch would tell the others so in fifty lines; our sentence says it.
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    from ebert_core.inference.shards import Shards

    shards = Shards.from_environment()
    if shards is None:
        _run_job(spec, arguments.job, None)
        return
    with shards:
        if shards.is_first:
            _run_job(spec, arguments.job, shards)
        else:
            _run_share(spec, shards)


def _run_job(spec: Predict, directory: str | None, shards: "Shards | None") -> None:
    cautions: tuple[str, ...] = ()
    if directory is None:  # a list of failed jobs helps nobody
        cautions = judge(spec)
        refuse_second(spec)
    from ebert_core.inference.export import predict_to_files

    with job_of(spec, directory) as job, Terminal(job) as report:
        if directory is not None:
            cautions = judge(spec)  # of a job that the window made, here, so that its log has the reason
        for sentence in cautions:
            report.event(sentence)

        def heard(fraction: float, note: str) -> None:
            report.progress(fraction, note)
            if job.stop_requested():
                raise Stopped(_STOPPED)

        with ExitStack() as locks:
            targets = targets_of(spec, read_description(Path(spec.checkpoint)))
            # Further folders are not made, and where they are absent there is nothing to write to.
            for target in (each for each in targets if each.path.parent.parent.is_dir()):
                locks.enter_context(writing_to(target.path, job.directory))
            outputs = predict_to_files(spec, heard, shards, report.event)
        job.finish(str(outputs[0]))
    print_result("\n".join(map(str, outputs)))


def _run_share(spec: Predict, shards: "Shards") -> None:
    """The work of a process that only computes; the job and what there is to say belong to the first one."""
    from ebert_core.inference.export import predict_to_files

    predict_to_files(spec, lambda _fraction, _note: None, shards)


def judge(spec: Predict) -> tuple[str, ...]:
    """What to know of a prediction beforehand, in sentences.

    Raises:
        InvalidRequest: the checkpoint, a factor, the dataset or the cell type is not there, or they do not fit; no bin
            would be called bound in a file of calls; or the dataset gives nothing of the cell type.
    """
    description = read_description(Path(spec.checkpoint))
    targets_of(spec, description)
    if not Path(spec.dataset).is_file():  # making the job says so
        return ()
    dataset = Dataset.open(Path(spec.dataset), inputs=spec.inputs)
    dataset.cell_type(spec.cell_type)
    check_inputs(spec, description, dataset)
    return tuple(cautions_of(spec, description, dataset))


def _spec(arguments: argparse.Namespace) -> Predict:
    """The request, from a spec file or from the flags."""
    given = {name: getattr(arguments, name) for name in Predict.__struct_fields__ if hasattr(arguments, name)}
    if arguments.dataset is None:
        return _spec_of_file(Path(arguments.checkpoint), [name for name in given if name not in _PLACES])
    if "{factor}" in given.get("output", ""):
        given.setdefault("factor", [])
    for name in ("cell_type", "factor", "output"):
        if name not in given:
            raise InvalidRequest(f"--{name.replace('_', '-')} is needed.")
    factors = given.pop("factor")
    given |= {name: tuple(given[name]) for name in ("chromosomes", "inputs") if name in given}
    spec = Predict(**given, factor=factors[0] if len(factors) == 1 else tuple(factors))
    return absolute_paths(spec, Path.cwd())


_PLACES = ("checkpoint", "dataset")


def _spec_of_file(path: Path, flags: list[str]) -> Predict:
    if path.is_dir():
        raise InvalidRequest("DATASET.toml is needed after CHECKPOINT: it says where the cell type's files lie.")
    spec = read_spec_for("predict", path)
    assert isinstance(spec, Predict), "the tag of a predict spec decodes to Predict"
    if flags:
        raise InvalidRequest(f"{path} says it all; change it there, and leave out --{flags[0].replace('_', '-')}.")
    return spec
