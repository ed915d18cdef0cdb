"""The track of a measured signal."""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import MeasuredSignal
from ebert_core.protocol.tracks import BareFile, CellType
from ebert_gui.kinds.kind import Kind, Offer
from ebert_gui.looks.signal_settings import SignalSettings
from ebert_gui.looks.signals import SignalLook, SignalStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Part, Reads, Track

VALUES = Part("signal", Signal)


class SignalTrack(Track, frozen=True, kw_only=True, tag="signal"):
    """A measured signal."""

    cell_type: str = ""
    signal: str = ""
    path: str = ""
    drawn: SignalSettings = SignalSettings()

    usual_height: ClassVar[int] = 56
    is_comparable: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.signal

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The signal of the cell type or the file."""
        del scope
        return (Reads(VALUES.name, MeasuredSignal(self.cell_type, "" if self.path else self.signal, self.path)),)

    def is_measured_in(self, cell: CellType) -> bool:
        """Whether the cell type has this signal."""
        return bool(self.path) or self.signal in cell.signals

    def of_factor(self, before: str, factor: str, cell: CellType | None) -> Track:
        """The same signal of another factor (`ChIP-CTCF`), where the cell type has it."""
        named = measured_instead(self.signal, before, factor)
        if self.path or cell is None or named not in cell.signals:
            return self
        return msgspec.structs.replace(self, signal=named)


def measured_instead(signal: str, factor: str, other: str) -> str:
    """The signal of another factor, where the first stands as a word at an end of the signal's name."""
    for place in (f"-{factor}", f"_{factor}", f" {factor}"):
        if signal.endswith(place):
            return signal.removesuffix(factor) + other
    for place in (f"{factor}-", f"{factor}_", f"{factor} "):
        if signal.startswith(place):
            return other + signal.removeprefix(factor)
    return other if signal == factor else signal


def _style(track: SignalTrack, scope: Scope) -> SignalStyle:
    return SignalStyle(VALUES, track.drawn, scope.number_of(track.cell_type), "" if track.path else track.signal)


def _offers(scope: Scope) -> Iterator[Offer]:
    for cell in scope.dataset.cell_types if scope.dataset else ():
        for signal in cell.signals:
            yield Offer(cell.name, signal, SignalTrack(cell_type=cell.name, signal=signal))


def _of_file(file: BareFile) -> SignalTrack:
    return SignalTrack(path=file.path, signal=file.name)


SIGNAL = Kind(SignalTrack, SignalLook(), _style, _offers, _of_file, ("signal",))
