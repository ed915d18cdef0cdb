"""What a network looks like: one frozen struct, kept in every checkpoint. Torch-free."""

from typing import Literal

import msgspec

from ebert_core.protocol.specs.jobs import Preset
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION

BaseEmbedding = Literal["convolution", "table"]
Positions = Literal["rotary", "learned"]

_SIZES = {
    "layers": (1, 100),
    "hidden": (8, 8_192),
    "heads": (1, 256),
    "context": (BIN, 1_000_000),
    "halo": (0, 500_000),
    "token_width": (1, POSITION),
    "embedding_width": (1, 500),
    "word_length": (0, 8),
    "dropout": (0, 0.9),
    "members": (1, 32),
}


class Architecture(msgspec.Struct, frozen=True):
    """Sizes and inputs of an EBERT network.

    `context` is the window in bases, `halo` the part of it at either end whose predictions are thrown away or, in its
    inner quarter, blended with those of the next window, `token_width` the bases per token, `embedding_width` the bases
    one token's convolution sees.
    `states`, `signals` and `motifs` name the optional inputs in channel order; `factors` the outputs. `word_length` is
    that of the overlapping words with vectors of their own, 0 for none; `motif_head` adds to each factor's logit what
    its own motif scores say, `co_binding` what is predicted to bind nearby. With several `members`, the weights are of
    so many networks that were trained apart, and their calibrated logits are averaged.
    """

    layers: int
    hidden: int
    heads: int
    context: int
    halo: int
    token_width: int
    embedding_width: int = 30
    base_embedding: BaseEmbedding = "convolution"
    positions: Positions = "rotary"
    dropout: float = 0.1
    states: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    motifs: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    word_length: int = 0
    motif_head: bool = False
    co_binding: bool = False
    members: int = 1

    def __post_init__(self) -> None:
        self._check_sizes()
        if POSITION % self.token_width:
            raise InvalidRequest(f"A token of {self.token_width} bases does not divide {POSITION}; choose 5, 10 or 25.")
        if self.context % BIN or self.halo % BIN or self.context <= 2 * self.halo:
            raise InvalidRequest(f"Context {self.context} and halo {self.halo} must be multiples of {BIN}.")
        if self.hidden % self.heads or (self.hidden // self.heads) % 2:
            raise InvalidRequest(f"{self.heads} heads do not share {self.hidden} hidden units evenly.")
        if self.base_embedding == "table" and self.token_width > 10:
            raise InvalidRequest("A table of words needs tokens of at most 10 bases.")
        if self.members > 1 and not self.factors:
            raise InvalidRequest(f"An average of {self.members} networks predicts no factor; it needs at least one.")

    def _check_sizes(self) -> None:
        """Sizes come from files of strangers: none may be senseless, nor larger than any machine holds."""
        for name, (least, most) in _SIZES.items():
            size = getattr(self, name)
            if not least <= size <= most:
                raise InvalidRequest(f"{name} is {size}; it must be between {least} and {most}.")
        if self.embedding_width < self.token_width:
            raise InvalidRequest(f"embedding_width is {self.embedding_width}, less than a token.")
        for name in ("states", "signals", "motifs", "factors"):
            names = getattr(self, name)
            twice = next((each for each in names if names.count(each) > 1), None)
            if twice is not None:
                raise InvalidRequest(f"{name} lists {twice} twice.")

    @property
    def tokens(self) -> int:
        """Tokens in a window."""
        return self.context // self.token_width

    @property
    def core(self) -> int:
        """Bases of a window whose predictions are kept."""
        return self.context - 2 * self.halo

    @property
    def has_motif_head(self) -> bool:
        """Whether a factor's own motif scores go into its logit: asked for, and a factor has a matrix."""
        return self.motif_head and any(name in self.motifs for name in self.factors)

    def describe(self) -> str:
        """The sizes as people write them: layers x hidden x heads x context."""
        sizes = f"{self.layers} x {self.hidden} x {self.heads} x {self.context:,} bp, {self.token_width}-bp tokens"
        return sizes if self.members == 1 else f"{sizes}, mean of {self.members} models"


PRESETS: dict[Preset, Architecture] = {
    "tiny": Architecture(layers=3, hidden=128, heads=2, context=2000, halo=600, token_width=10),
    "small": Architecture(layers=4, hidden=256, heads=4, context=4000, halo=600, token_width=10),
    "base": Architecture(layers=8, hidden=512, heads=8, context=4000, halo=600, token_width=10),
    "large": Architecture(layers=12, hidden=768, heads=12, context=4000, halo=600, token_width=10),
}
