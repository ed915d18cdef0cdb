"""`ebert demo`: a synthetic genome, a small model, and the window on both; a picture and a bigWig without a display."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from ebert_core.cli.progress import Loudness, Progress, loudness_of
from ebert_core.demonstration.generate import demonstration_in
from ebert_core.demonstration.rules import DEFAULT_SEED
from ebert_core.demonstration.scene import scene
from ebert_core.protocol.machine.display import usable_platforms
from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.machine.showing import print_result, tell
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval, format_locus

CHECKPOINT = "checkpoints/demonstration"
# How far the bigWig reaches beyond the first screen on either side, in bases.
_AROUND = 250_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds where it goes and what to do with it."""
    parser.add_argument("--directory", metavar="D", default="demo", help="where the demonstration lies (default: demo)")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed, another genome of the same rules")
    parser.add_argument("--generate-only", action="store_true", help="write the genome and end")
    parser.add_argument("--scores", action="store_true", help="print scores of model, controls and oracle, and end")


def run(arguments: argparse.Namespace) -> None:
    """Builds the demonstration unless it is there, then shows it."""
    directory = Path(arguments.directory).absolute()
    dataset = _ensure(directory, arguments.seed)
    if arguments.generate_only:
        print_result(dataset)
    elif arguments.scores:
        _print_scores(dataset)
    elif problem := problem_of_display():
        tell(f"{problem} The demonstration is drawn to files instead.")
        _write_instead(directory, dataset, loudness_of(arguments))
    else:
        _open_window(dataset)


def problem_of_display() -> str:
    """Why no window can be shown here, in a sentence; empty where one can."""
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return "Qt's platform offscreen was chosen, which shows nothing."
    platforms = usable_platforms()
    return "" if platforms.names else platforms.problem


def _ensure(directory: Path, seed: int) -> Path:
    """The demonstration of a seed in a directory: the one that is there, or a new one."""
    if seed < 0:
        raise InvalidRequest(f"--seed {seed} is negative; name a whole number from 0.")
    said = f"Inventing a synthetic genome (seed {seed}) in {directory} ..."

    def report(fraction: float, _note: str) -> None:
        if fraction == 0:
            tell(said)

    return demonstration_in(directory, seed, report)


def _browser(*arguments: str) -> list[str]:
    """The window is another program: the core starts it and never imports it."""
    return [sys.executable, "-m", "ebert_gui", *arguments]


def _open_window(dataset: Path) -> None:
    words = (str(dataset), "--checkpoint", str(resource(CHECKPOINT)), "--locus", format_locus(scene().interval))
    with subprocess.Popen(_browser(*words)) as window:
        was_stopped = _wait_for(window)
    if was_stopped:
        raise KeyboardInterrupt
    if window.returncode:
        raise InvalidRequest(f"The window ended with exit code {window.returncode}; its message stands above.")


def _wait_for(window: "subprocess.Popen[bytes]") -> bool:
    """Whether the program was asked to end meanwhile; the window then keeps its session first."""
    was_stopped = False
    while True:
        try:
            window.wait()
        except KeyboardInterrupt:
            was_stopped = True
            # Ctrl-C has reached it as well, SIGTERM has not; a window that is ending takes no notice.
            window.terminate()
        else:
            return was_stopped


def _write_instead(directory: Path, dataset: Path, loudness: Loudness) -> None:
    """Without a display: the first screen as a picture, and the predicted binding behind it as a bigWig."""
    from ebert_core.inference.export import predict_to_files

    place = scene()
    picture, bigwig = directory / "demonstration.png", directory / f"SYNTHETIC_{place.factor}_alpha_predicted.bw"
    status = subprocess.run(
        _browser(
            *(str(dataset), "--checkpoint", str(resource(CHECKPOINT)), "--locus", format_locus(place.interval)),
            *("--picture", str(picture), "--size", "1600x1000"),
        )
    ).returncode
    if status:
        raise InvalidRequest("The picture could not be drawn; the message above says why.")
    print_result(picture)
    around = Interval(place.interval.chromosome, place.interval.start - _AROUND, place.interval.end + _AROUND)
    tell(f"Predicting {format_locus(around)} ...")
    spec = Predict(
        checkpoint=str(resource(CHECKPOINT)),
        dataset=str(dataset),
        cell_type="alpha",
        factor=place.factor,
        output=str(bigwig),
        locus=format_locus(around),
    )
    progress = Progress(loudness)
    predict_to_files(spec, progress.show)
    progress.done()
    print_result(bigwig)


def _print_scores(dataset: Path) -> None:
    """Scores of the shipped model beside motif scan, motif and state, and the oracle, on held-out loci."""
    from ebert_core.demonstration.oracle import Demonstration
    from ebert_core.inference.scores import held_out_scores
    from ebert_core.judging.controls import compare_controls, controls_table

    print_result(
        controls_table(compare_controls(Demonstration(dataset), held_out_scores(resource(CHECKPOINT), dataset)))
    )
