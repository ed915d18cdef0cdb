"""Products and attention as they are arranged in bf16 against the plain modules of PyTorch."""

from collections.abc import Callable

import msgspec
import pytest
import torch
from torch import nn
from torch.nn import functional as f

from ebert_core.model import products
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.config import Architecture
from ebert_core.model.device import has_fast_bf16
from ebert_core.model.embedding import Windows
from ebert_core.model.encoder import Block, Encoder
from ebert_core.model.network import Ebert
from ebert_core.model.products import Linear, attend, weight_gradient
from ebert_core.protocol.machine.resources import resource
from tests.certain import of, present
from tests.core.toy_binding import SMALLEST

needs_bf16 = pytest.mark.skipif(not has_fast_bf16(torch.device("cpu")), reason="this processor has no products in bf16")
ENCODER = msgspec.structs.replace(SMALLEST, layers=2, hidden=64, heads=2, dropout=0.0)


@pytest.fixture(autouse=True)
def same_numbers() -> None:
    torch.manual_seed(5)
    torch.set_num_threads(1)


@pytest.fixture
def unarranged(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """PyTorch's own modules everywhere."""

    def forbid() -> None:
        monkeypatch.setattr(products, "_processor_has_bf16", lambda: False)

    return forbid


def relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    found, expected = found.detach().float(), expected.detach().float()
    return float((found - expected).norm() / expected.norm())


def by_the_book(encoder: Encoder, hidden_BTD: torch.Tensor, heads: int) -> torch.Tensor:
    """The encoder written down from its definition, with complex numbers for the rotation."""
    windows, tokens, width = hidden_BTD.shape
    unit = width // heads
    speed = 10_000.0 ** (-torch.arange(0, unit, 2, dtype=torch.float64) / unit)
    turn_TE = torch.polar(torch.ones(1, dtype=torch.float64), torch.arange(tokens)[:, None] * speed)
    hidden_BTD = hidden_BTD.double()
    for each in encoder.blocks:
        block = of(Block, each.double())
        mixed = block.attention_norm(hidden_BTD) @ block.attention.query_key_value.weight.T
        mixed = (mixed + block.attention.query_key_value.bias).reshape(windows, tokens, 3, heads, unit)
        query, key, value = mixed.permute(2, 0, 3, 1, 4)
        query, key = (torch.complex(part[..., : unit // 2], part[..., unit // 2 :]) * turn_TE for part in (query, key))
        weight = ((query @ key.conj().transpose(-1, -2)).real / unit**0.5).softmax(-1)
        gathered = (weight @ value).transpose(1, 2).reshape(windows, tokens, width)
        hidden_BTD = hidden_BTD + gathered @ block.attention.output.weight.T + block.attention.output.bias
        wide = block.feed_norm(hidden_BTD) @ block.widen.weight.T + block.widen.bias
        wide = wide * 0.5 * (1 + torch.erf(wide / 2**0.5))
        hidden_BTD = hidden_BTD + wide @ block.narrow.weight.T + block.narrow.bias
    found: torch.Tensor = encoder.double().norm(hidden_BTD)
    return found


def windows_for(architecture: Architecture, count: int = 2) -> Windows:
    positions = architecture.context // 50
    return Windows(
        torch.randint(0, 5, (count, architecture.context), dtype=torch.uint8),
        torch.randint(0, 2 + len(architecture.states), (count, architecture.context // 200), dtype=torch.uint8),
        torch.rand(count, positions, len(architecture.signals)),
        torch.randn(count, positions, len(architecture.motifs)),
    )


@torch.no_grad()
def test_the_shipped_encoder_computes_what_its_definition_says() -> None:
    checkpoint = load_checkpoint(resource("checkpoints/demonstration"))
    network, architecture = of(Ebert, checkpoint.network.eval()), checkpoint.description.architecture
    embedded = network.embedding(windows_for(architecture, 1))
    found = network.encoder(embedded)
    torch.testing.assert_close(
        found, by_the_book(network.encoder, embedded, architecture.heads).float(), atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize(("outputs", "inputs"), [(24, 8), (8, 24), (16, 16)])
def test_the_gradient_of_a_weight_is_the_product_whichever_factor_is_turned(outputs: int, inputs: int) -> None:
    gradient, values = torch.randn(40, outputs), torch.randn(40, inputs)
    found = weight_gradient(gradient, values)
    assert found.is_contiguous()
    torch.testing.assert_close(found, gradient.T @ values)


@needs_bf16
@pytest.mark.parametrize(("inputs", "outputs"), [(150, 64), (32, 96), (96, 32), (1, 8)])
def test_an_arranged_layer_has_the_values_and_gradients_of_the_plain_one(inputs: int, outputs: int) -> None:
    layer, values = Linear(inputs, outputs), torch.randn(3, 20, inputs, requires_grad=True)
    exact = nn.Linear(inputs, outputs)
    exact.load_state_dict(layer.state_dict())
    with torch.autocast("cpu", torch.bfloat16):
        found = layer(values)
    expected = exact(values)
    assert found.dtype == torch.bfloat16
    assert relative(found, expected) < 0.01
    wanted = torch.randn(expected.shape)
    gradients = torch.autograd.grad(found, (values, *layer.parameters()), wanted.bfloat16())
    right = torch.autograd.grad(expected, (values, *exact.parameters()), wanted)
    for gradient, correct in zip(gradients, right, strict=True):
        assert gradient.dtype == torch.float32
        assert relative(gradient, correct) < 0.01


@needs_bf16
@torch.no_grad()
def test_gelu_within_the_product_is_gelu_after_it(unarranged: Callable[[], None]) -> None:
    layer, values = Linear(64, 256).bfloat16(), torch.randn(30, 64).bfloat16()
    found = layer.gelu(values)
    unarranged()
    assert relative(found, layer.gelu(values)) < 0.01
    assert relative(found, f.gelu(layer.float()(values.float()))) < 0.01


@needs_bf16
def test_a_product_is_added_to_the_stream_with_one_rounding(unarranged: Callable[[], None]) -> None:
    layer = Linear(64, 32).to(torch.bfloat16).eval()
    stream, values = torch.randn(2, 8, 32).bfloat16(), torch.randn(2, 8, 64).bfloat16()
    before = stream.clone()
    with torch.inference_mode():
        found = layer.added_to(stream, values)
        exact = stream.float() + f.linear(values.float(), layer.weight.float(), layer.bias.float())
        assert torch.equal(found, exact.bfloat16())
        unarranged()
        assert relative(layer.added_to(stream, values), exact) < 0.01
    assert torch.equal(stream, before)


@needs_bf16
@torch.no_grad()
def test_a_packed_weight_gives_the_same_numbers_and_is_packed_again_when_it_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer, values, stream = (
        Linear(64, 32).bfloat16(),
        torch.randn(2, 9, 64).bfloat16(),
        torch.randn(2, 9, 32).bfloat16(),
    )

    def results() -> torch.Tensor:
        return torch.stack([layer(values), layer.gelu(values), layer.added_to(stream, values)])

    first, packed = results(), present(layer._packed).weight
    assert torch.equal(results(), first)
    assert present(layer._packed).weight is packed, "packed once"
    layer.load_state_dict({name: 2 * value for name, value in layer.state_dict().items()})
    changed = results()
    assert not torch.equal(changed, first)
    monkeypatch.setattr(Linear, "_in_order", lambda self, _: self.weight)
    assert torch.equal(results(), changed)
    layer.load_state_dict({name: value / 2 for name, value in layer.state_dict().items()})
    assert torch.equal(results(), first)
    assert list(layer.state_dict()) == ["weight", "bias"]


@needs_bf16
def test_an_arranged_encoder_has_the_values_and_gradients_of_the_plain_one(unarranged: Callable[[], None]) -> None:
    encoder, embedded = Encoder(ENCODER), torch.randn(2, 40, 64)

    def values_and_gradients(precision: torch.dtype) -> list[torch.Tensor]:
        encoder.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
            encoded = encoder(embedded)
        (encoded.float() * torch.linspace(-1, 1, 64)).sum().backward()
        return [encoded.detach(), *(present(parameter.grad).clone() for parameter in encoder.parameters())]

    arranged, exact = values_and_gradients(torch.bfloat16), values_and_gradients(torch.float32)
    unarranged()
    plain = values_and_gradients(torch.bfloat16)
    for ours, theirs, right in zip(arranged, plain, exact, strict=True):
        assert relative(ours, right) < max(0.03, 1.5 * relative(theirs, right))


@needs_bf16
def test_attention_without_rotation_is_plain_attention() -> None:
    mixed = torch.randn(2, 30, 96).bfloat16()
    query, key, value = mixed.float().reshape(2, 30, 3, 2, 16).permute(2, 0, 3, 1, 4)
    expected = f.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
    assert relative(attend(mixed, 2, None), expected) < 0.01


@needs_bf16
@torch.inference_mode()
def test_in_bf16_a_window_alone_and_in_a_batch_gives_the_same() -> None:
    architecture = msgspec.structs.replace(ENCODER, states=("a",), signals=("s",), motifs=("m",), factors=("m",))
    network = Ebert(architecture).eval().bfloat16()
    windows = windows_for(architecture, 3)
    alone = [network.binding(Windows(*(present(part)[row : row + 1] for part in windows))) for row in range(3)]
    assert torch.equal(torch.cat(alone), network.binding(windows))


@needs_bf16
def test_a_batch_without_hidden_bases_has_no_rows_and_no_failure() -> None:
    with torch.autocast("cpu", torch.bfloat16):
        assert Linear(8, 4)(torch.zeros(0, 8)).shape == (0, 4)


@needs_bf16
def test_angles_made_while_predicting_serve_a_training() -> None:
    encoder = Encoder(ENCODER)
    embedded = torch.randn(1, 23, 64)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        encoder(embedded)
    with torch.autocast("cpu", torch.bfloat16):
        encoder(embedded).float().sum().backward()
    with torch.inference_mode():
        encoder(embedded)
    encoder(embedded).sum().backward()
