"""`ebert predict`: predicted binding of one factor in one cell type, as bigWig, table or BED."""

import argparse
from pathlib import Path

import msgspec

from ebert_core.cli.spec_files import job_of, read_spec_for
from ebert_core.cli.terminal import Terminal
from ebert_core.dataset.description import Dataset
from ebert_core.jobs.specs import absolute_paths
from ebert_core.model.description import read_description
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.specs import Predict
from ebert_core.training.report import Stopped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags, one for each field of the spec."""
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="a checkpoint folder, or a SPEC.toml that says it all")
    parser.add_argument("dataset", metavar="DATASET.toml", nargs="?", help="whose cell type to predict in")
    parser.add_argument("--cell-type", metavar="C", help="cell type, as the dataset names it")
    parser.add_argument("--factor", metavar="F", help="transcription factor, as the checkpoint names it")
    parser.add_argument("--output", metavar="X", help="X.bw, X.tab.gz or X.bed.gz")
    parser.add_argument("--regions", metavar="BED", default="", help="only these regions, in the file's order")
    parser.add_argument("--locus", metavar="L", default="", help="only this locus, such as chr5:124.5m-124.6m")
    parser.add_argument("--chromosome", metavar="N", nargs="+", default=[], help="only these chromosomes")
    parser.add_argument("--strands", type=int, choices=(1, 2), default=2, help="2 averages both strands (default)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:0")
    parser.add_argument("--precision", choices=("auto", "bf16", "fp32"), default="auto")
    parser.add_argument("--job", metavar="DIRECTORY", help=argparse.SUPPRESS)
    parser.add_argument("--resume", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> None:
    """Predicts and prints the path of the file."""
    spec = _spec(arguments)
    if arguments.job is None:
        check_names(spec)
    with job_of(spec, arguments.job) as job, Terminal(job) as report:
        from ebert_core.inference.export import predict_to_file

        def heard(fraction: float, note: str) -> None:
            report.progress(fraction, note)
            if job.stop_requested():
                raise Stopped("Stopped; nothing was written.")

        output = predict_to_file(spec, heard)
        job.finish(str(output))
    print(output)


def check_names(spec: Predict) -> None:
    """Refuses a mistyped name before a job is made of it: a list of failed jobs helps nobody.

    Raises:
        InvalidRequest: the checkpoint, factor, dataset or cell type is not there.
    """
    read_description(Path(spec.checkpoint)).factor(spec.factor)
    if Path(spec.dataset).is_file():  # making the job says so otherwise
        Dataset.open(Path(spec.dataset)).cell_type(spec.cell_type)


def _spec(arguments: argparse.Namespace) -> Predict:
    """The request, from a spec file or from the flags."""
    if arguments.dataset is None:
        if Path(arguments.checkpoint).is_dir():
            raise InvalidRequest("DATASET.toml is needed after CHECKPOINT: it says where the cell type's files lie.")
        spec = read_spec_for("predict", Path(arguments.checkpoint))
        assert isinstance(spec, Predict), "the tag of a predict spec decodes to Predict"
        return spec
    for flag in ("cell_type", "factor", "output"):
        if not getattr(arguments, flag):
            raise InvalidRequest(f"--{flag.replace('_', '-')} is needed.")
    given = {
        name: getattr(arguments, name)
        for name in msgspec.structs.asdict(_BLANK)
        if hasattr(arguments, name) and name != "chromosomes"
    }
    spec = Predict(**given, chromosomes=tuple(arguments.chromosome))
    return absolute_paths(spec, Path.cwd())


_BLANK = Predict(checkpoint="", dataset="", cell_type="", factor="", output="")
