"""The parts of the network against what can be computed by hand."""

import msgspec
import numpy as np
import pytest
import torch

from ebert_core.model.embedding import Standard, StridedConvolution, Windows, WordTable
from ebert_core.model.encoder import Attention, Block, rotary_angles, rotate
from ebert_core.model.heads import pool_to_bins
from ebert_core.model.network import Ebert
from ebert_core.model.tokens import MASKED_BASE
from tests.certain import of, present
from tests.core.toy_binding import SMALLEST

RICH = msgspec.structs.replace(
    SMALLEST, layers=2, states=("closed", "open"), signals=("DNase", "H3K4me3"), motifs=("FOS",), factors=("FOS", "MAX")
)


@pytest.fixture(autouse=True)
def same_numbers() -> None:
    torch.manual_seed(3)


@pytest.fixture
def network() -> Ebert:
    return Ebert(RICH).eval()


def windows_of(count: int = 1, context: int = 800) -> Windows:
    return Windows(
        torch.randint(0, 4, (count, context), dtype=torch.uint8),
        torch.randint(2, 4, (count, context // 200), dtype=torch.uint8),
        torch.rand(count, context // 50, 2),
        torch.rand(count, context // 50, 1),
    )


def changed_tokens(embed: StridedConvolution, bases: torch.Tensor, position: int, code: int) -> list[int]:
    edited = bases.clone()
    edited[0, position] = code
    return torch.nonzero((embed(bases) != embed(edited)).any(-1)[0]).flatten().tolist()


def test_a_base_reaches_only_the_tokens_whose_convolution_sees_it() -> None:
    embed = StridedConvolution(RICH)
    bases = torch.zeros(1, 800, dtype=torch.uint8)
    # 20 bases are seen by a token of 10: five more on either side.
    assert changed_tokens(embed, bases, 400, 2) == [39, 40]
    assert changed_tokens(embed, bases, 404, 2) == [39, 40]
    assert changed_tokens(embed, bases, 405, 2) == [40, 41]
    assert changed_tokens(embed, bases, 0, 2) == [0]
    assert changed_tokens(embed, bases, 799, 2) == [79]


@pytest.mark.parametrize(("width", "offset"), [(10, 0), (30, 1), (25, 1)])
def test_the_reach_follows_the_width_of_the_embedding(width: int, offset: int) -> None:
    embed = StridedConvolution(msgspec.structs.replace(RICH, embedding_width=width))
    found = changed_tokens(embed, torch.zeros(1, 800, dtype=torch.uint8), 405, 1)
    assert set(found) <= set(range(40 - offset, 41 + offset))
    assert 40 in found


def test_n_a_hidden_base_and_every_base_differ() -> None:
    embed = StridedConvolution(RICH)
    vectors = [embed(torch.full((1, 50), code, dtype=torch.uint8))[0, 2] for code in range(MASKED_BASE + 1)]
    assert len({tuple(vector.tolist()) for vector in vectors}) == MASKED_BASE + 1


def test_n_is_as_what_lies_beyond_the_window() -> None:
    embed = StridedConvolution(RICH)
    inside = torch.zeros(1, 50, dtype=torch.uint8)
    continued = torch.nn.functional.pad(inside, (50, 50), value=4)
    torch.testing.assert_close(embed(inside)[0], embed(continued)[0, 5:10])


def test_a_table_knows_each_word_and_one_word_for_all_that_is_unknown() -> None:
    table = WordTable(msgspec.structs.replace(RICH, base_embedding="table", token_width=5))
    torch.nn.init.normal_(table.words.weight)  # a network does this for all its parts
    words = table(torch.tensor([[0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 5, 0, 0]], dtype=torch.uint8))[0]
    assert not torch.equal(words[0], words[1])
    assert torch.equal(words[2], words[3])


def test_absent_values_stand_at_the_mean() -> None:
    standard = Standard(2)
    standard.mean.copy_(torch.tensor([3.0, -1.0]))
    standard.deviation.copy_(torch.tensor([2.0, 0.5]))
    nan = float("nan")
    found = standard(torch.tensor([[[nan, nan], [3.0, -1.0], [5.0, -2.0], [1e9, float("-inf")]]]))
    assert found.tolist() == [[[0, 0], [0, 0], [1, -2], [8, -8]]]


def test_absent_motif_scores_are_as_the_mean_and_absent_signals_are_known_to_be_absent(network: Ebert) -> None:
    embedding = network.embedding
    at_mean, absent = torch.zeros(1, 4, 1), torch.full((1, 4, 1), float("nan"))
    assert torch.equal(present(embedding.motif_vectors(at_mean)), present(embedding.motif_vectors(absent)))
    at_mean, absent = torch.zeros(1, 4, 2), torch.full((1, 4, 2), float("nan"))
    assert not torch.equal(present(embedding.signal_vectors(at_mean)), present(embedding.signal_vectors(absent)))
    assert torch.isfinite(present(embedding.signal_vectors(absent))).all()


def test_a_missing_state_and_a_hidden_one_differ_from_every_name(network: Ebert) -> None:
    weights = network.embedding.states.weight
    assert len({tuple(row.tolist()) for row in weights}) == 4


def test_attention_depends_on_how_far_apart_tokens_are() -> None:
    query, key = torch.rand(1, 1, 1, 16), torch.rand(1, 1, 1, 16)
    angles = rotary_angles(40, 16, torch.device("cpu"))
    queries, keys = (rotate(vector.expand(1, 1, 40, 16), angles)[0, 0] for vector in (query, key))
    score = queries @ keys.T
    for distance in (-7, 0, 3):
        along = torch.diagonal(score, distance)
        torch.testing.assert_close(along, along[:1].expand_as(along), atol=1e-4, rtol=1e-4)
    assert (score[0, 0] - score[0, 5]).abs() > 1e-3


def test_the_shown_attention_is_the_used_one() -> None:
    attention = Attention(RICH)
    hidden = torch.randn(2, 80, 32)
    weights = attention.weights(hidden)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 2, 80))
    values = attention.queries_keys_values(hidden)[2]
    by_hand = (weights @ values).transpose(1, 2).flatten(2)
    torch.testing.assert_close(attention(hidden), by_hand, atol=1e-5, rtol=1e-4)


def test_the_attention_of_a_layer_is_what_that_layer_sees(network: Ebert) -> None:
    windows = windows_of()
    hidden = network.embedding(windows)
    below = network.encoder.blocks[0](hidden)
    block = of(Block, network.encoder.blocks[1])
    expected = block.attention.weights(block.attention_norm(below))
    torch.testing.assert_close(network.attention(windows, 1), expected)


def test_a_bin_is_the_mean_of_the_odds_of_its_four_positions() -> None:
    logits = torch.tensor([0.0, 1.0, -2.0, 0.5, 3.0])
    odds = np.exp(logits.numpy())
    pooled = pool_to_bins(logits.reshape(1, 5, 1))
    np.testing.assert_allclose(pooled[0, :, 0], np.log([odds[:4].mean(), odds[1:].mean()]), rtol=1e-6)


def test_there_is_a_logit_for_every_bin_and_factor_whatever_the_length(network: Ebert) -> None:
    assert network.binding(windows_of(2)).shape == (2, 13, 2)
    assert network.binding(windows_of(1, 1600)).shape == (1, 29, 2)


def test_a_window_alone_and_in_a_batch_gives_the_same(network: Ebert) -> None:
    windows = windows_of(3)
    alone = network.binding(Windows(*(present(part)[1:2] for part in windows)))
    torch.testing.assert_close(network.binding(windows)[1:2], alone, atol=1e-5, rtol=1e-5)


def test_learned_positions_are_bound_to_the_context() -> None:
    network = Ebert(msgspec.structs.replace(RICH, positions="learned")).eval()
    assert network(windows_of()).shape == (1, 80, 32)
