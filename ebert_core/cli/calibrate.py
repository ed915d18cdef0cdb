"""`ebert calibrate CHECKPOINT --dataset DATASET.toml`: what a finished checkpoint says of its probabilities, anew."""

import argparse
from pathlib import Path

from ebert_core.cli.options import add_shared, checkpoint_path, chosen, region_texts
from ebert_core.cli.progress import loudness_of
from ebert_core.cli.terminal import Terminal
from ebert_core.jobs.lock import writing_to
from ebert_core.protocol.machine.resources import is_shipped
from ebert_core.protocol.machine.showing import print_result, tell
from ebert_core.protocol.terms.errors import InvalidRequest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the checkpoint, and where to measure."""
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="a fine-tuned checkpoint; it is rewritten")
    add_shared(
        parser,
        *("dataset", "cell-types", "regions", "device", "precision"),
        required=["dataset"],
        dataset="its peaks are measured on",
        cell_types="measured in these (default: those it was trained or held out in)",
        regions="measured there; it may not have been trained on them (default: its validation loci)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Rewrites calibration, threshold, score and ranges; weights and verdict stay. Prints the checkpoint's folder.

    Raises:
        InvalidRequest: there is no such checkpoint, or it cannot be measured as asked.
    """
    from ebert_core.judging.remeasure import HeldOutLoci, remeasured
    from ebert_core.model.checkpoint import load_checkpoint
    from ebert_core.model.description import replace_description
    from ebert_core.model.device import choose_engine
    from ebert_core.protocol.terms.locus import format_locus

    folder = checkpoint_path(arguments.checkpoint)
    if is_shipped(folder):
        raise InvalidRequest(f"{folder.name} comes with the program and is not rewritten; copy {folder} first.")
    checkpoint = load_checkpoint(folder)
    known = checkpoint.description
    if not known.factors:
        raise InvalidRequest(f"{known.name} is pre-trained only and predicts no factor yet; fine-tune it first.")
    regions = region_texts(arguments.regions) or tuple(map(format_locus, known.validation))
    if not regions:
        raise InvalidRequest(f"{known.name} has no validation loci of its own; name loci with --regions.")
    named = chosen(arguments.cell_types, "cell-types")
    measured = () if arguments.cell_types else (*known.validation_cell_types, *known.cell_types)
    engine = choose_engine(arguments.device or "auto", arguments.precision or "auto")
    loci = HeldOutLoci(str(Path(arguments.dataset).absolute()), regions, named or measured)
    with Terminal(loudness=loudness_of(arguments)) as shown:
        described = remeasured(checkpoint, loci, engine, shown, keeps_verdict=True)
    with writing_to(folder.absolute(), "ebert calibrate"):
        replace_description(folder, described)
    for sentence in described.all_limits:
        tell(sentence)
    print_result(folder)
