"""`ebert learning-curve SPEC.toml`: a fine-tuning at several shares of its labels, pre-trained and from random weights.

Each training and evaluation is a job in a process of its own. Run again, the command goes on where it ended.
"""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ebert_core.cli.options import add_shared, region_texts
from ebert_core.cli.outcomes import Ending
from ebert_core.cli.overwriting import add_overwrite
from ebert_core.cli.progress import Loudness, loudness_of
from ebert_core.protocol.machine.showing import print_result, tell
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.specs.jobs import Evaluate, FineTune
from ebert_core.protocol.specs.on_disk import change_of, read_spec, verb, write_spec
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.report import Stopped

if TYPE_CHECKING:
    # Torch is loaded when the command runs, not for its help.
    from ebert_core.judging.learning_curve import LearningCurve

_SHARES = (0.01, 0.1, 1.0)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what the curve is drawn over."""
    parser.add_argument("spec", metavar="SPEC.toml", help="a fine-tuning with start_from")
    parser.add_argument("--shares", type=float, nargs="+", metavar="S", help="shares of the labels (0.01 0.1 1)")
    parser.add_argument("--seeds", type=int, nargs="+", metavar="N", help="a curve for each (1)")
    add_overwrite(parser)
    add_shared(
        parser,
        *("regions", "output", "set"),
        regions="scored there (default: the spec's validation)",
        output="the folder of everything (default: SPEC-learning-curve beside the spec)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Runs what has not been run and prints the curve and the path of its JSON file."""
    from ebert_core.judging.learning_curve import check, gather, is_done, plan, table

    path = Path(arguments.spec)
    regions = region_texts(arguments.regions)
    changes = [change_of(text, FineTune) for text in arguments.set or ()]
    spec = read_spec(path, changes, FineTune)
    assert isinstance(spec, FineTune)
    folder = Path(arguments.output or path.with_name(f"{path.stem}-learning-curve")).absolute()
    steps = plan(spec, arguments.shares or _SHARES, arguments.seeds or [1], regions, folder)
    check(spec, steps)
    loudness = loudness_of(arguments)
    for number, step in enumerate(steps, 1):
        if loudness != "quiet":
            tell(f"{number} of {len(steps)}: {100 * step.share:g} % of the labels, seed {step.seed}")
        for todo in (*step.trainings, step.evaluation):
            if not is_done(todo):
                _run(todo, folder, loudness, overwrites=arguments.overwrite)
    curve = gather(spec, steps)
    written = _write(curve, folder / "learning_curve.json")
    print_result(f"{table(curve)}\n{written}")


def _run(spec: FineTune | Evaluate, folder: Path, loudness: Loudness, *, overwrites: bool) -> None:
    """Runs a spec as `ebert` would in a shell, going on with an unfinished job of it."""
    path = folder / "specs" / f"{Path(spec.output).stem}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_spec(path, spec)
    command = [sys.executable, "-m", "ebert_core", verb(spec), str(path), "--resume-or-begin"]
    command += [] if loudness == "normal" else [f"--{loudness}"]
    command += ["--overwrite"] if overwrites else []
    # Ctrl-C is heard by the step, too, which saves its state and says so; we wait for that.
    usual = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        ended = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=os.environ)
    finally:
        signal.signal(signal.SIGINT, usual)
    if ended.returncode == Ending.STOPPED:
        raise Stopped("Stopped; run the same command to go on.")
    if ended.returncode:
        raise InvalidRequest(f"The step {path} did not succeed; mend what it says and run the same command to go on.")


def _write(curve: "LearningCurve", path: Path) -> Path:
    from ebert_core.judging.drawing import can_draw
    from ebert_core.judging.figures import draw_learning_curve

    try:
        write_whole(path, msgspec.json.format(msgspec.json.encode(curve), indent=1))
    except OSError as error:
        raise InvalidRequest(f"{path} could not be written: {error.strerror or error}.") from error
    if can_draw():
        draw_learning_curve(curve, path.with_suffix(".png"))
    return path
