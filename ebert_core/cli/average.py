"""`ebert average CHECKPOINT CHECKPOINT… --output FOLDER`: one checkpoint that predicts as several together."""

import argparse
from pathlib import Path

from ebert_core.cli.options import add_shared, checkpoint_paths, chosen, region_texts
from ebert_core.cli.overwriting import ADVICE, add_overwrite
from ebert_core.cli.progress import loudness_of
from ebert_core.cli.terminal import Terminal
from ebert_core.jobs.lock import writing_to
from ebert_core.protocol.machine.showing import print_result, tell
from ebert_core.protocol.terms.errors import InvalidRequest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the checkpoints, and where to measure what they are worth together."""
    parser.add_argument(
        "checkpoints",
        metavar="CHECKPOINT",
        nargs="+",
        help="fine-tuned checkpoints of the same sizes, inputs and factors, such as one of each seed",
    )
    add_shared(parser, "output", required=["output"], output="the folder of the checkpoint")
    add_overwrite(parser)
    add_shared(
        parser.add_argument_group("calibrate and judge the average anew"),
        *("dataset", "cell-types", "regions", "device", "precision"),
        dataset="its peaks are measured on",
        cell_types="measured in these (default: all)",
        regions="measured there; no member may have been trained on them",
    )


def run(arguments: argparse.Namespace) -> None:
    """Writes the average and prints its folder.

    Raises:
        InvalidRequest: the checkpoints do not belong together, or cannot be measured as asked.
    """
    measures = arguments.dataset is not None
    regions, cell_types = region_texts(arguments.regions), chosen(arguments.cell_types, "cell-types")
    if measures != bool(regions):
        absent = "--regions" if measures else "--dataset"
        raise InvalidRequest(f"{absent} is missing; measuring the average needs --dataset and --regions.")
    if cell_types and not measures:
        raise InvalidRequest("--cell-types says where to measure; it needs --dataset and --regions.")
    from ebert_core.judging.remeasure import HeldOutLoci, remeasured
    from ebert_core.model.checkpoint import save_checkpoint
    from ebert_core.model.checkpoint_place import check_place
    from ebert_core.model.device import choose_engine
    from ebert_core.training.merge import averaged, load_members

    output, checkpoints = Path(arguments.output), checkpoint_paths(arguments.checkpoints)
    check_place(output)
    _refuse_loss(output, checkpoints)
    if not arguments.overwrite and (output / "description.json").is_file():
        raise InvalidRequest(f"{output} holds a finished checkpoint, which would be lost. {ADVICE}")
    average = averaged(load_members(checkpoints), output)
    description = average.description
    if measures:
        loci = HeldOutLoci(str(Path(arguments.dataset).absolute()), regions, cell_types)
        engine = choose_engine(arguments.device or "auto", arguments.precision or "auto")
        with Terminal(loudness=loudness_of(arguments)) as shown:
            description = remeasured(average, loci, engine, shown)
    with writing_to(output.absolute(), "ebert average"):
        save_checkpoint(output, average.network, description)
    for sentence in (*description.all_limits, *(description.verdict.lines() if description.verdict else ())):
        tell(sentence)
    print_result(output)


def _refuse_loss(output: Path, checkpoints: list[Path]) -> None:
    """An average in the place of a member would be the end of that member."""
    for path in checkpoints:
        if path.resolve() == output.resolve():
            raise InvalidRequest(f"{output} is one of the checkpoints to average; name another folder.")
