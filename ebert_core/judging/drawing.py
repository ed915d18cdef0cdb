"""How figures look: quiet, in our font, in colours of the window that colour-blind people can tell apart.

matplotlib is imported only when something is drawn, and draws into files only.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ebert_core.protocol.machine.resources import resource
from ebert_core.protocol.machine.whole_files import new_part, put_in_place
from ebert_core.protocol.terms.errors import InvalidRequest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The first is the model's, the second the regression's, the third the motif scan's; further methods follow.
COLOURS = ("#0a62a9", "#d9661c", "#8a929c", "#12966b", "#9c3a70", "#3b9be0", "#7d5a12", "#5b4fb3", "#4d5560")
TEXT, MUTED, HAIRLINE, ACCENT = "#1a1f26", "#5a636e", "#dfe3e8", "#7a3fb0"
_DOTS_PER_INCH = 160


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    try:
        import matplotlib  # noqa: F401 # only whether it is there
    except ImportError:
        return False
    return True


@contextmanager
def figure(width: float, height: float, path: Path) -> Iterator["Figure"]:
    """A figure of so many inches that is written to `path` at the end, complete or not at all.

    Raises:
        InvalidRequest: it cannot be written.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_style()):
        drawn = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(drawn)
        yield drawn
        part = None
        try:
            part = new_part(path, ending=path.suffix)
            drawn.savefig(part, dpi=_DOTS_PER_INCH, facecolor="white", metadata={"Software": None})
            put_in_place(part, path)
        except OSError as error:
            if part is not None:
                part.unlink(missing_ok=True)
            raise InvalidRequest(f"The figure {path} could not be written: {error}.") from error


def grid(drawn: "Figure", count: int, columns: int) -> list["Axes"]:
    """So many axes in rows of `columns`, which all show the same scales."""
    rows = -(-count // columns)
    axes = drawn.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    found = [axes[number // columns][number % columns] for number in range(count)]
    for number in range(count, rows * columns):
        axes[number // columns][number % columns].set_axis_off()
        axes[number // columns - 1][number % columns].tick_params(labelbottom=True)
    return found


def title(axes: "Axes", text: str, small: str = "") -> None:
    """A heading on the left, and a few smaller words below it."""
    axes.set_title(text, loc="left", fontweight="semibold", fontsize=10, pad=16 if small else 6)
    if small:
        axes.text(0, 1.02, small, transform=axes.transAxes, fontsize=7.5, color=MUTED, va="bottom")


def legend_below(drawn: "Figure", axes: "Axes", names: Sequence[str]) -> None:
    """One legend under all axes, in the order of the names."""
    handles, labels = axes.get_legend_handles_labels()
    by_name = dict(zip(labels, handles, strict=True))
    shown = [name for name in names if name in by_name]
    drawn.legend([by_name[name] for name in shown], shown, loc="outside lower left", ncols=min(4, len(shown)))


def colour_of(number: int, method: str) -> str:
    """The model and its relatives take the colours in turn; the baselines keep theirs in every figure."""
    if method == "motif scan":
        return COLOURS[2]
    if method.startswith(("motif x", "motif alone", "boosted trees", "accessibility", "signals", "state")):
        return COLOURS[1]
    others = (COLOURS[0], *COLOURS[3:])
    return others[number % len(others)]


# Any: matplotlib types its settings key by key.
def _style() -> dict[Any, Any]:
    return {
        "font.family": _family(),
        "font.size": 9,
        "text.color": TEXT,
        "axes.edgecolor": HAIRLINE,
        "axes.labelcolor": MUTED,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": HAIRLINE,
        "grid.linewidth": 0.6,
        "xtick.color": HAIRLINE,
        "ytick.color": HAIRLINE,
        "xtick.labelcolor": MUTED,
        "ytick.labelcolor": MUTED,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "legend.frameon": False,
        "legend.fontsize": 8.5,
        "lines.linewidth": 1.6,
    }


@cache
def _family() -> str:
    """Our font, so that figures look the same everywhere."""
    from matplotlib import font_manager

    for name in ("Inter-Regular.otf", "Inter-SemiBold.otf"):
        font_manager.fontManager.addfont(str(resource(f"fonts/{name}")))
    return font_manager.FontProperties(fname=str(resource("fonts/Inter-Regular.otf"))).get_name()
