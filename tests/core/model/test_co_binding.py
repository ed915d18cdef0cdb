"""What is predicted to bind nearby bears on a factor's logit."""

import msgspec
import torch

from ebert_core.model.config import PRESETS
from ebert_core.model.embedding import Windows
from ebert_core.model.network import Ebert
from tests.certain import present

ARCHITECTURE = msgspec.structs.replace(PRESETS["tiny"], factors=("A", "B"), co_binding=True, dropout=0.0)


def _network() -> Ebert:
    torch.manual_seed(1)
    return Ebert(ARCHITECTURE).eval()


def test_a_partner_counts_within_a_hundred_and_seventy_five_bases() -> None:
    head = _network().binding_head
    assert head is not None
    assert head.co_binding is not None
    gathered = torch.zeros((1, 40, head.gather.out_features))
    quiet = torch.full((1, 40, 2), -5.0)
    loud = quiet.clone()
    loud[0, 20, 1] = 3.0
    with torch.no_grad():
        change = (head.co_binding(gathered, loud) - head.co_binding(gathered, quiet))[0, :, 0]
    assert (change.abs() > 1e-6).nonzero().flatten().tolist() == list(range(17, 24))


def test_a_partner_learns_from_the_peaks_of_the_factor_that_it_helps() -> None:
    network = _network()
    windows = Windows(
        torch.zeros((1, ARCHITECTURE.context), dtype=torch.uint8),
        torch.zeros((1, ARCHITECTURE.context // 200), dtype=torch.uint8),
    )
    network.binding(windows)[..., 0].sum().backward()
    assert present(present(network.binding_head).logits.weight.grad)[1].abs().sum() > 0
