"""The program `ebert-browser`: what can be said on its command line."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ebert_core.protocol.errors import InvalidRequest

if TYPE_CHECKING:
    from ebert_gui.app import Options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the browser; the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    parsed = _parser().parse_args(words)
    if parsed.picture:
        # Drawing to a file needs no display.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ebert_gui.app import run  # Qt is imported only now, after the platform is chosen

    try:
        options = _options(parsed)
    except InvalidRequest as error:
        print(f"ebert-browser: {error}", file=sys.stderr)  # noqa: T201 - the shell's one sentence
        return 2
    return run(options)


def _options(parsed: argparse.Namespace) -> "Options":
    from ebert_gui.app import Options
    from ebert_gui.browser.picture import check_picture_name

    if parsed.picture:
        check_picture_name(parsed.picture)
        if not parsed.paths and not parsed.session:
            raise InvalidRequest("--picture needs a DATASET.toml, track files or --session to draw.")
    paths = [str(Path(path).absolute()) for path in parsed.paths]
    datasets = [path for path in paths if path.endswith(".toml")]
    if len(datasets) > 1:
        raise InvalidRequest(f"Only one dataset can be open; {len(datasets)} were named: {', '.join(datasets)}.")
    if parsed.checkpoint and not datasets:
        raise InvalidRequest("--checkpoint needs a DATASET.toml: a checkpoint predicts on the sequence of a dataset.")
    return Options(
        dataset=datasets[0] if datasets else "",
        files=tuple(path for path in paths if path not in datasets),
        locus=parsed.locus,
        cell_type=parsed.cell_type,
        checkpoint=str(Path(parsed.checkpoint).absolute()) if parsed.checkpoint else "",
        session=str(Path(parsed.session).absolute()) if parsed.session else "",
        picture=str(Path(parsed.picture).absolute()) if parsed.picture else "",
        size=_size(parsed.size) if parsed.size else None,
        is_dark={"dark": True, "light": False}.get(parsed.theme),
    )


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and 200 <= int(width) <= 20_000 and 100 <= int(height) <= 20_000):
        raise InvalidRequest(f"--size {text} is no size of a picture; write it as 1600x1000.")
    return int(width), int(height)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ebert-browser", description="A genome browser in which the model is a track."
    )
    parser.add_argument("paths", nargs="*", metavar="DATASET.toml | FILE", help="a dataset, or track files, or both")
    parser.add_argument("--locus", default="", help="where to begin: chr5:124.5m, chr5:1000-2000 or a gene")
    parser.add_argument("--cell-type", default="", help="the cell type to look at")
    parser.add_argument("--checkpoint", default="", help="a trained model to predict with")
    parser.add_argument("--session", default="", help="the file that keeps this session")
    parser.add_argument("--picture", default="", metavar="OUT", help="write a png, svg or pdf and end")
    parser.add_argument("--size", default="", metavar="WxH", help="of the picture; else the tracks decide")
    parser.add_argument("--theme", choices=("light", "dark"), help="colours; usually as the desktop has them")
    return parser


if __name__ == "__main__":
    sys.exit(main())
