"""The track of gene models."""

from collections.abc import Iterator
from typing import ClassVar

from msgspec.structs import replace

from ebert_core.protocol.shapes import Features, Letters
from ebert_core.protocol.sources import GeneModels, ReferenceSequence
from ebert_core.protocol.tracks import BareFile
from ebert_gui.kinds.kind import GENOME, Kind, Offer
from ebert_gui.looks.feature_settings import GeneSettings
from ebert_gui.looks.features import FeaturesLook, FeaturesStyle
from ebert_gui.looks.letters import LARGEST_BASES_PER_PIXEL
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Part, Reads, Track

MODELS = Part("genes", Features)
BASES = Part("bases", Letters)


class GenesTrack(Track, frozen=True, kw_only=True, tag="genes"):
    """Gene models of the dataset, or of a bare file."""

    path: str = ""
    name: str = "Genes"
    drawn: GeneSettings = GeneSettings()

    usual_height: ClassVar[int] = 64

    @property
    def title(self) -> str:
        """What the gutter says."""
        return self.name

    def reads(self, scope: Scope) -> tuple[Reads, ...]:
        """The genes of the dataset or the file, and their bases where these can be told apart."""
        genes = Reads(MODELS.name, self.source)
        has_letters = scope.dataset is not None and scope.dataset.has_sequence
        if not has_letters or scope.bases_per_column > LARGEST_BASES_PER_PIXEL:
            return (genes,)
        return (genes, Reads(BASES.name, ReferenceSequence()))

    @property
    def source(self) -> GeneModels:
        """The genes of the dataset or the file."""
        return GeneModels(self.path, self.drawn.is_folded)


def _style(track: GenesTrack, _scope: Scope) -> FeaturesStyle:
    return FeaturesStyle(
        MODELS, track.drawn, "gene" if track.drawn.is_folded else "transcript", are_genes=True, letters=BASES
    )


def _offers(scope: Scope) -> Iterator[Offer]:
    if scope.dataset is not None and scope.dataset.has_genes:
        yield Offer(GENOME, "Genes", GenesTrack())


def _of_file(file: BareFile) -> GenesTrack:
    return GenesTrack(path=file.path, name=file.name)


def _details(track: GenesTrack) -> GeneModels:
    return replace(track.source, says_all=True)


GENES = Kind(GenesTrack, FeaturesLook(), _style, _offers, _of_file, ("genes",), details=_details)
