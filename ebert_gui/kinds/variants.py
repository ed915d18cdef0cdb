"""The track of the variants of a file."""

from typing import ClassVar

from ebert_core.protocol.shapes import Features
from ebert_core.protocol.sources import VariantCalls
from ebert_core.protocol.tracks import BareFile
from ebert_gui.kinds.kind import Kind
from ebert_gui.looks.variants import VariantsLook, VariantsStyle
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Part, Reads, Track

CALLS = Part("variants", Features)


class VariantsTrack(Track, frozen=True, kw_only=True, tag="vcf"):
    """Variants of a VCF."""

    path: str = ""
    name: str = ""

    usual_height: ClassVar[int] = 44

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.name or "Variants"

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The variants of the file."""
        del scope
        return (Reads(CALLS.name, VariantCalls(self.path)),)


def _style(track: VariantsTrack, _scope: Scope) -> VariantsStyle:
    return VariantsStyle(CALLS, track.colour)


def _of_file(file: BareFile) -> VariantsTrack:
    return VariantsTrack(path=file.path, name=file.name)


def _details(track: VariantsTrack) -> VariantCalls:
    return VariantCalls(track.path, says_all=True)


VARIANTS = Kind(
    VariantsTrack,
    VariantsLook(),
    _style,
    of_file=_of_file,
    file_kinds=("variants",),
    details=_details,
)
