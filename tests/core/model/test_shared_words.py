"""Vectors of overlapping words: the same on both strands, nothing where a base is hidden."""

import msgspec
import torch

from ebert_core.model.config import PRESETS
from ebert_core.model.embedding import SharedWords
from ebert_core.protocol.terms.bases import reverse_complement

LENGTH = 600
BASES = torch.randint(0, 4, (1, LENGTH), generator=torch.Generator().manual_seed(3)).to(torch.uint8)


def _vectors(bases_BL: torch.Tensor, length: int = 5) -> torch.Tensor:
    """What the words of every token say, without the bias that all tokens share."""
    torch.manual_seed(2)
    words = SharedWords(msgspec.structs.replace(PRESETS["tiny"], word_length=length))
    torch.nn.init.normal_(words.words.weight)
    with torch.no_grad():
        found: torch.Tensor = words(bases_BL) - words.mix.bias
        return found


def test_both_strands_have_the_same_words() -> None:
    other = torch.from_numpy(reverse_complement(BASES.numpy()).copy())
    assert torch.allclose(_vectors(other).flip(1), _vectors(BASES), atol=1e-5)


def test_a_base_counts_for_the_tokens_whose_words_hold_it() -> None:
    changed = BASES.clone()
    changed[0, 304] = (changed[0, 304] + 1) % 4
    moved = (_vectors(changed) - _vectors(BASES)).abs().sum(-1)[0] > 1e-6
    # Words of five with their middle in token 30 (bases 300 to 309) alone: 304 is two away from either of its ends.
    assert moved.nonzero().flatten().tolist() == [30]
    changed = BASES.clone()
    changed[0, 309] = (changed[0, 309] + 1) % 4
    moved = (_vectors(changed) - _vectors(BASES)).abs().sum(-1)[0] > 1e-6
    assert moved.nonzero().flatten().tolist() == [30, 31]


def test_words_with_a_hidden_or_unknown_base_say_nothing() -> None:
    for code in (4, 5):
        hidden = torch.full((1, LENGTH), code, dtype=torch.uint8)
        assert not _vectors(hidden).any()
