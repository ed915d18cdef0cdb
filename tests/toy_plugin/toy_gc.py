"""A plug-in as another package would bring it: the share of G and C in the reference, as a signal track."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import Source
from ebert_core.protocol.terms.bases import LETTERS
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.reading import reads
from ebert_core.sources.open_dataset import OpenedDataset
from ebert_core.sources.reader import Reader
from ebert_gui.kinds.kind import GENOME, Kind, Offer
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.looks.signals import SignalLook, SignalStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Part, Reads, Track


class GcShare(Source, frozen=True, tag="toy-gc"):
    """The share of G and C in each bin."""

    shape = Signal


def read_gc(_source: GcShare, interval: Interval, columns: int, opened: OpenedDataset) -> Signal:
    dataset = opened.current()
    assert dataset.reference is not None
    reads(dataset.layout.reference)
    codes = dataset.reference.bases(interval)
    is_gc = np.isin(codes, [LETTERS.index("C"), LETTERS.index("G")]).astype(np.float32)
    means = np.array([piece.mean() if piece.size else np.nan for piece in np.array_split(is_gc, columns)], np.float32)
    return Signal(interval, means, means, means)


READER = Reader(GcShare, read_gc)
PART = Part("gc", Signal)


class GcTrack(Track, frozen=True, kw_only=True, tag="toy-gc"):
    """The track of it."""

    drawn: SignalSettings = SignalSettings(high=1.0)

    usual_height: ClassVar[int] = 40

    @property
    def title(self) -> str:
        return "GC share"

    def reads(self, _scope: Scope) -> tuple[Reads, ...]:
        return (Reads(PART.name, GcShare()),)


def offers(scope: Scope) -> Iterator[Offer]:
    if scope.dataset is not None and scope.dataset.has_sequence:
        yield Offer(GENOME, "GC share", GcTrack())


KIND = Kind(GcTrack, SignalLook(), lambda track, _scope: SignalStyle(PART, track.drawn), offers)
