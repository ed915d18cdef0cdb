"""All that a file says of what was clicked, asked for then and written as text to copy."""

from collections.abc import Callable
from typing import NamedTuple

from ebert_core.protocol.shapes import Features, Shape
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_gui.kinds.table import Kinds
from ebert_gui.loading.loader import Loader
from ebert_gui.state.tracks import Track

_WIDEST_NAME = 24


class Said(NamedTuple):
    """A sentence that names what was clicked, and all that is known of it."""

    heading: str
    text: str


def ask_for_details(
    loader: Loader,
    kinds: Kinds,
    track: Track,
    subject: Interval,
    on_said: Callable[[Said], None],
    on_failure: Callable[[str], None],
) -> None:
    """Read what the track's file says of the things on a stretch; nothing is asked of kinds that know no more."""
    details = kinds.of(track).details
    if details is None:
        return

    def take(shape: Shape) -> None:
        if isinstance(shape, Features) and len(shape.starts):
            on_said(said_of(shape))
        else:
            on_failure(f"Nothing is known any more of {format_locus(subject)}; the file has changed.")

    loader.read_once(details(track), subject, take, on_failure)


def said_of(features: Features) -> Said:
    """Every column of each feature as a line of its name and its value."""
    width = min(_WIDEST_NAME, max((len(column.name) for column in features.columns), default=0))
    blocks = []
    for place in range(len(features.starts)):
        said = [(column.name, column.values[place]) for column in features.columns if column.values]
        lines = [f"{name:{width}}  {value}" for name, value in said if value]
        blocks.append("\n".join(lines))
    names = ", ".join(dict.fromkeys(name for name in features.names if name))
    here = features.interval
    where = f"{here.chromosome}:{here.end:,}" if here.length == 1 else format_locus(here)
    return Said(f"{names} at {where}" if names else where, "\n\n".join(blocks))
