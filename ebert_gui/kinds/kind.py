"""A kind of track: the class of its tracks, how they are drawn, and which of them a dataset or a file offers.

Everything about one kind stands in one file of this room; nothing elsewhere asks of which kind a track is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.sources import Source
from ebert_core.protocol.tracks import BareFile
from ebert_gui.browser.content import TrackContent
from ebert_gui.browser.look import Look
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track

Shown = TypeVar("Shown", bound=Track)
Style = TypeVar("Style")

GENOME = "Genome"


class Offer(NamedTuple):
    """A track that can be added: the group in which it is offered, such as a cell type, its name there, and itself."""

    group: str
    name: str
    track: Track


class Joined(NamedTuple):
    """What can be made of several tracks: the words for it, the new track, and whether it takes their place."""

    name: str
    track: Track
    in_their_place: bool = False


def _no_offers(_scope: Scope) -> Iterator[Offer]:
    return iter(())


@dataclass(frozen=True)
class Kind(Generic[Shown, Style]):
    """One kind of track.

    `style` makes of a track what its look takes. `of_file` makes a track of a file whose kind is among `file_kinds`,
    also of one that cannot be read and whose name ends as those of a format of such files. `sites` are places that are
    worth looking at; those of a kind that `is_certain` come first.
    `details` is the source of Features whose columns say all that a file knows of what was clicked. `made_of` makes a
    track of this kind of the selected ones, where that can be done.
    """

    track: type[Shown]
    # Any: what a look makes of a style concerns nobody but the look.
    look: Look[Style, Any]
    style: Callable[[Shown, Scope], Style]
    offers: Callable[[Scope], Iterator[Offer]] = _no_offers
    of_file: Callable[[BareFile], Shown] | None = None
    file_kinds: tuple[str, ...] = ()
    sites: Callable[[TrackContent], NDArray[np.int64]] | None = None
    is_certain: bool = False
    details: Callable[[Shown], Source] | None = None
    made_of: Callable[[Sequence[Track]], Joined | None] = lambda _tracks: None
