"""What can be chosen of features: in which rows they stand, what gives them their colours, and their names."""

from typing import Annotated, Literal

from ebert_core.protocol.specs.fields import field
from ebert_gui.state.settings import COLOURS, Settings

ROWS = "Rows"
Mode = Literal["packed", "collapsed", "dense"]
Labelled = Literal["name", "score", "none"]
ColourBy = Literal["file", "strand", "score"]


class FeatureSettings(Settings, frozen=True, kw_only=True):
    """How features are drawn."""

    mode: Annotated[
        Mode,
        field(
            "in which rows features stand",
            title="Rows",
            words={"packed": "as many as they need", "collapsed": "one, with names", "dense": "one, without names"},
            group=ROWS,
        ),
    ] = "packed"
    labelled: Annotated[
        Labelled,
        field(
            "what is written at features, where it has room",
            title="Labels",
            words={"name": "names", "score": "scores or signal values", "none": "nothing"},
            group=ROWS,
            only_without="mode=dense",
        ),
    ] = "name"
    colour_by: Annotated[
        ColourBy,
        field(
            "what gives each feature its colour",
            title="Colour by",
            words={"file": "what the file says", "strand": "strand", "score": "score"},
            group=COLOURS,
        ),
    ] = "file"

    @property
    def names_transcripts(self) -> bool:
        """Whether each transcript bears its own name."""
        return False


class GeneSettings(FeatureSettings, frozen=True, kw_only=True):
    """How genes are drawn."""

    is_folded: Annotated[
        bool,
        field(
            "whether a gene is drawn as the longest coding one of its transcripts",
            title="Transcripts",
            tick="one for each gene",
            group=ROWS,
        ),
    ] = True

    @property
    def names_transcripts(self) -> bool:
        """Where there is a row for each of them."""
        return not self.is_folded
