"""`ebert calibrate CHECKPOINT --dataset DATASET.toml`: what a finished checkpoint says of its probabilities, anew."""

import argparse
from pathlib import Path

from ebert_core.cli.measuring import Shown, add_engine_arguments
from ebert_core.jobs.lock import writing_to
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.showing import print_result, tell


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the checkpoint, and where to measure."""
    parser.add_argument("checkpoint", metavar="CHECKPOINT", type=Path, help="a fine-tuned checkpoint; it is rewritten")
    parser.add_argument("--dataset", metavar="DATASET.toml", type=Path, required=True, help="whose peaks to measure on")
    parser.add_argument(
        "--regions",
        metavar="L",
        nargs="+",
        default=[],
        help="loci it was not trained on (default: its validation loci)",
    )
    parser.add_argument(
        "--cell-types",
        metavar="C",
        nargs="+",
        default=[],
        help="only these (default: those it was trained or held out in)",
    )
    add_engine_arguments(parser)


def run(arguments: argparse.Namespace) -> None:
    """Rewrites calibration, threshold, score and ranges; weights and verdict stay. Prints the checkpoint's folder.

    Raises:
        InvalidRequest: there is no such checkpoint, or it cannot be measured as asked.
    """
    from ebert_core.model.checkpoint import load_checkpoint
    from ebert_core.model.description import replace_description
    from ebert_core.model.device import choose_engine
    from ebert_core.protocol.locus import format_locus
    from ebert_core.training.remeasure import HeldOutLoci, remeasured

    checkpoint = load_checkpoint(arguments.checkpoint)
    known = checkpoint.description
    if not known.factors:
        raise InvalidRequest(f"{known.name} is pre-trained only and predicts no factor yet; fine-tune it first.")
    regions = tuple(arguments.regions) or tuple(map(format_locus, known.validation))
    if not regions:
        raise InvalidRequest(f"{known.name} has no validation loci of its own; name loci with --regions.")
    cell_types = tuple(arguments.cell_types) or (*known.validation_cell_types, *known.cell_types)
    shown = Shown()
    engine = choose_engine(arguments.device, arguments.precision)
    loci = HeldOutLoci(str(arguments.dataset.absolute()), regions, cell_types)
    described = remeasured(checkpoint, loci, engine, shown, keeps_verdict=True)
    shown.end()
    with writing_to(arguments.checkpoint.absolute(), "ebert calibrate"):
        replace_description(arguments.checkpoint, described)
    for sentence in described.limits:
        tell(sentence)
    print_result(arguments.checkpoint)
