"""Draws the figures of evaluations and learning curves from their JSON: `python tools/figures.py FILE… [--to FOLDER]`.

Without files: every evaluation and learning curve under build/. A figure takes the name of its file.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ebert_core.judging.evaluation import PretrainingEvaluation, read_evaluation
from ebert_core.judging.figures import draw_evaluation, draw_learning_curve
from ebert_core.judging.learning_curve import LearningCurve
from ebert_core.protocol.terms.errors import InvalidRequest

ROOT = Path(__file__).parents[1]


def main(words: Sequence[str] | None = None) -> int:
    """Draws what was named, or all there is; 2 when a file that was named holds nothing to draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="JSON of ebert evaluate or ebert learning-curve")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="where the figures go (beside their files)")
    wanted = parser.parse_args(words)
    is_search = not wanted.files
    found = wanted.files or sorted((ROOT / "build").rglob("*.json"))
    for path in found:
        try:
            drawn = draw(path, wanted.to or path.parent)
        except InvalidRequest as error:
            if is_search:
                continue
            print(error, file=sys.stderr)
            return 2
        print(f"{path}: {drawn}")
    return 0


def draw(path: Path, folder: Path) -> str:
    """Draws the figures of one file into a folder and says which.

    Raises:
        InvalidRequest: it is neither an evaluation nor a learning curve.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (curve := _learning_curve(path)) is not None:
        target = folder / f"{path.stem}.png"
        draw_learning_curve(curve, target)
        return target.name
    evaluation = read_evaluation(path)
    if isinstance(evaluation, PretrainingEvaluation):
        raise InvalidRequest(f"{path} is of a checkpoint that is pre-trained only; there is nothing to draw.")
    return " ".join(draw_evaluation(evaluation, folder / path.name))


def _learning_curve(path: Path) -> LearningCurve | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=LearningCurve)
    except (OSError, msgspec.MsgspecError):
        return None


if __name__ == "__main__":
    sys.exit(main())
