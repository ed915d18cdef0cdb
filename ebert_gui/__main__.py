"""The program `ebert-browser`: what can be said on its command line."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ebert_core.protocol.machine.arguments import empty_value
from ebert_core.protocol.machine.display import usable_platforms
from ebert_core.protocol.machine.resources import named_checkpoint
from ebert_core.protocol.machine.showing import Parser, run_with_streams, tell
from ebert_core.protocol.machine.threads import choose_threads, take_threads
from ebert_core.protocol.terms.addresses import is_address, place_of, without_secrets
from ebert_core.protocol.terms.errors import InvalidRequest

if TYPE_CHECKING:
    from ebert_gui.app.program import Options


_PICTURES = (".png", ".svg", ".pdf")
_MOST_AROUND = 100_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the browser; the exit code."""
    return run_with_streams(lambda: _main(arguments))


def _main(arguments: Sequence[str] | None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    if problem := empty_value(words):
        tell(f"ebert-browser: {problem}")
        return 2
    parsed = _parser().parse_args(words)
    if parsed.picture or parsed.pictures:
        # Drawing to a file needs no display.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    problem = _problem(parsed) or _objection_to_threads(parsed.threads) or _objection_of_display()
    if problem:
        tell(f"ebert-browser: {problem}")
        return 2
    # Until there is something to save, Ctrl-C ends the program at once.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Qt is imported only now, after the platform is chosen, and the window's own modules while the worker starts.
    from PyQt6.QtWidgets import QApplication

    from ebert_gui.state.fatal_files import kept_fatal_files
    from ebert_gui.workers.client import WorkerClient, local_worker

    app = QApplication(["ebert-browser"])
    data = WorkerClient(local_worker("data"), "data", fatal=kept_fatal_files())
    data.start()
    from ebert_gui.app.running import run

    return run(_options(parsed), app, data)


def _problem(parsed: argparse.Namespace) -> str:
    """What is wrong with the words on the command line, as a sentence."""
    datasets = [path for path in parsed.paths if _is_dataset(path)]
    sessions = [path for path in parsed.paths if _is_session(path)]
    unsound = [sentence for path in parsed.paths if (sentence := _objection_to_address(path))]
    if unsound:
        return unsound[0]
    if problem := _problem_of_pictures(parsed):
        return problem
    if len(datasets) > 1:
        return f"Only one dataset can be open; {len(datasets)} were named: {', '.join(datasets)}."
    if len(sessions) > 1:
        return f"Only one session can be open; {len(sessions)} were named: {', '.join(sessions)}."
    if sessions and (datasets or parsed.session or parsed.checkpoint):
        return f"{sessions[0]} is a session, which has its own dataset and models; open it without another."
    if parsed.checkpoint and not datasets:
        return "--checkpoint needs a DATASET.toml: a checkpoint predicts on the sequence of a dataset."
    return ""


def _problem_of_pictures(parsed: argparse.Namespace) -> str:
    """What is wrong with the words about pictures."""
    if parsed.picture and not parsed.picture.lower().endswith(_PICTURES):
        return f"{parsed.picture} names no picture we can write; end it with .png, .svg or .pdf."
    drawing = "--picture" if parsed.picture else "--pictures" if parsed.pictures else ""
    if drawing and not parsed.paths and not parsed.session:
        return f"{drawing} needs a DATASET.toml, track files or --session to draw."
    if parsed.picture and not (folder := Path(parsed.picture).absolute().parent).is_dir():
        return f"The picture {parsed.picture} cannot be written: there is no folder {folder}."
    if bool(parsed.loci) != bool(parsed.pictures):
        return "--loci BED and --pictures FOLDER go together: a picture of each region of the BED file."
    if parsed.loci and (parsed.picture or parsed.locus):
        return "--loci draws many places; leave out --picture and --locus."
    if not 0 <= parsed.around <= _MOST_AROUND:
        return f"--around {parsed.around} is out of range; name 0 to {_MOST_AROUND:,} bases."
    if parsed.size and _size(parsed.size) is None:
        return f"--size {parsed.size} is no size of a picture; write it as 1600x1000."
    if not 48 <= parsed.dpi <= 1200:
        return f"--dpi {parsed.dpi} is out of range; name 48 to 1200 dots per inch, such as 300 for print."
    return ""


def _is_dataset(path: str) -> bool:
    """Whether a word names a dataset, which lies on this machine."""
    return path.endswith(".toml") and not is_address(path)


def _is_session(path: str) -> bool:
    """Whether a word names a session, which lies on this machine, or a track hub, which may not."""
    return path.endswith("hub.txt") or (path.endswith((".json", ".xml")) and not is_address(path))


def _objection_to_address(text: str) -> str:
    """Why what begins as an address is none; empty where it is one, or a path."""
    try:
        place_of(text)
    except InvalidRequest as error:
        return str(error)
    return ""


def _objection_to_threads(wanted: str) -> str:
    """Why the workers cannot compute on so many threads; where they can, they are told."""
    try:
        take_threads(choose_threads(wanted))
    except InvalidRequest as error:
        return str(error)
    return ""


def _objection_of_display() -> str:
    """Why no window can be shown, and how to do without; where one can, Qt is told by which of its platforms."""
    platforms = usable_platforms()
    if not platforms.names:
        return f"{platforms.problem} Without a display, --picture OUT.png draws what a window would show."
    if platforms.problem:
        tell(f"ebert-browser: {platforms.problem}")
        os.environ["QT_QPA_PLATFORM"] = ";".join(platforms.names)
    return ""


def _options(parsed: argparse.Namespace) -> "Options":
    from ebert_gui.app.program import Options

    # Absolute paths of this machine; addresses without their secrets, which this process remembers for its workers.
    paths = [without_secrets(path) if is_address(path) else str(Path(path).absolute()) for path in parsed.paths]
    datasets = [path for path in paths if _is_dataset(path)]
    sessions = [path for path in paths if _is_session(path)]
    return Options(
        dataset=datasets[0] if datasets else "",
        files=tuple(path for path in paths if path not in (*datasets, *sessions)),
        locus=parsed.locus,
        cell_type=parsed.cell_type,
        beside=parsed.beside,
        factor=parsed.factor,
        models=tuple(dict.fromkeys(str(Path(named_checkpoint(model)).absolute()) for model in parsed.checkpoint)),
        saved_session=sessions[0] if sessions else "",
        session=str(Path(parsed.session).absolute()) if parsed.session else "",
        picture=str(Path(parsed.picture).absolute()) if parsed.picture else "",
        loci=parsed.loci if is_address(parsed.loci) else str(Path(parsed.loci).absolute()) if parsed.loci else "",
        pictures=str(Path(parsed.pictures).absolute()) if parsed.pictures else "",
        ending=f".{parsed.format}",
        around=parsed.around,
        size=_size(parsed.size) if parsed.size else None,
        dots_per_inch=parsed.dpi,
        is_dark={"dark": True, "light": False}.get(parsed.theme),
    )


def _size(text: str) -> tuple[int, int] | None:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and 200 <= int(width) <= 20_000 and 100 <= int(height) <= 20_000):
        return None
    return int(width), int(height)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="ebert-browser", description="A genome browser in which the model is a track.")
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="DATASET.toml | SESSION | FILE | ADDRESS",
        help="a dataset or a saved session, track files, or both",
    )
    parser.add_argument("--locus", default="", help="where to begin: chr5:124.5m, chr5:1000-2000 or a gene")
    parser.add_argument(
        "--cell-type", default="", metavar="NAME", help="the cell type of all tracks that are of one; no other is shown"
    )
    parser.add_argument(
        "--beside", default="", metavar="NAME|none", help="a second cell type in rows of its own, to compare with"
    )
    parser.add_argument("--factor", default="", metavar="NAME", help="the factor whose peaks and predictions are shown")
    parser.add_argument(
        "--checkpoint",
        action="append",
        default=[],
        metavar="MODEL",
        help="a trained model's folder, a shipped one's name or a file of motifs; again for another beside it",
    )
    parser.add_argument("--session", default="", help="keep the session in this file; else every dataset has its own")
    parser.add_argument("--picture", default="", metavar="OUT", help="write a png, svg or pdf and end")
    parser.add_argument("--loci", default="", metavar="BED", help="draw a picture of each of its regions and end")
    parser.add_argument("--pictures", default="", metavar="FOLDER", help="where the pictures of --loci go")
    parser.add_argument("--around", type=int, default=0, metavar="N", help="bases to show beside each region of --loci")
    parser.add_argument("--format", choices=("png", "svg", "pdf"), default="png", help="of the pictures of --loci")
    parser.add_argument("--size", default="", metavar="WxH", help="of the picture; else the tracks decide")
    parser.add_argument(
        "--dpi", type=int, default=96, metavar="N", help="dots per inch of a png: 96, 192, 300 for print"
    )
    parser.add_argument("--threads", default="", metavar="N", help="processor threads of its workers and jobs")
    parser.add_argument("--theme", choices=("light", "dark"), help="colours; usually as the desktop has them")
    return parser


if __name__ == "__main__":
    sys.exit(main())
