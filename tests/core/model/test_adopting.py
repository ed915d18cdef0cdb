"""Starting from a trained network keeps what belongs to the names that stay, and says what it cannot keep."""

from pathlib import Path

import msgspec
import pytest
import torch

from ebert_core.model.adopting import Adopted, adopt_weights
from ebert_core.model.checkpoint import Checkpoint, load_checkpoint
from ebert_core.model.embedding import Windows
from ebert_core.model.network import Ebert
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.certain import of, present
from tests.core.toy_binding import SMALLEST


def child_of(parent: Checkpoint, **changes: int | tuple[str, ...]) -> tuple[Ebert, Adopted]:
    torch.manual_seed(9)
    network = Ebert(msgspec.structs.replace(parent.description.architecture, **changes))
    return network, adopt_weights(network, parent)


def test_state_embeddings_follow_their_names(toy_checkpoint: Path) -> None:
    parent = load_checkpoint(toy_checkpoint)
    network, anew = child_of(parent, states=("open", "closed"))
    theirs, ours = of(Ebert, parent.network).embedding.states.weight, network.embedding.states.weight
    assert torch.equal(ours, theirs[[0, 1, 3, 2]])
    assert torch.equal(network.state_head.logits.weight, of(Ebert, parent.network).state_head.logits.weight[[1, 0]])
    assert "embedding.states.weight" not in anew.anew
    network, _ = child_of(parent, states=("open",))
    assert torch.equal(network.embedding.states.weight, theirs[[0, 1, 3]])
    network, _ = child_of(parent, states=())
    assert torch.equal(network.embedding.states.weight, theirs[:2])


def test_the_head_and_channels_of_other_factors_and_signals_start_anew(toy_checkpoint: Path) -> None:
    parent = load_checkpoint(toy_checkpoint)
    network, anew = child_of(parent, factors=("MAX",), motifs=("MAX",), signals=("ATAC",))
    assert {"binding_head.logits.weight", "embedding.motifs.weight", "embedding.signals.weight"} <= set(anew.anew)
    assert not torch.equal(
        present(network.binding_head).logits.weight, present(of(Ebert, parent.network).binding_head).logits.weight
    )
    assert torch.equal(network.encoder.norm.weight, of(Ebert, parent.network).encoder.norm.weight)
    network, anew = child_of(parent)
    assert anew == ((), ())


def test_another_size_or_an_unknown_state_is_refused(toy_checkpoint: Path) -> None:
    parent = load_checkpoint(toy_checkpoint)
    with pytest.raises(InvalidRequest, match="has layers 1, not 2"):
        child_of(parent, layers=2)
    with pytest.raises(InvalidRequest, match="does not know the state poised"):
        child_of(parent, states=("open", "poised"))


NAMES = {"factors": ("CTCF", "FOS", "MAX", "SP9"), "motifs": ("CTCF", "MAX", "FOS"), "signals": ("ATAC", "DNase")}


@pytest.fixture
def trained(toy_checkpoint: Path) -> Checkpoint:
    """A network of several factors, motifs and signals whose every weight is a number of its own."""
    described = load_checkpoint(toy_checkpoint).description
    architecture = msgspec.structs.replace(
        SMALLEST, states=("open", "closed"), motif_head=True, co_binding=True, dropout=0.0, **NAMES
    )
    torch.manual_seed(4)
    network = Ebert(architecture).eval()
    for tensor in network.state_dict().values():
        tensor.copy_(torch.randn(tensor.shape) * 0.1 + 0.5)
    described = msgspec.structs.replace(described, architecture=architecture, name="four")
    return Checkpoint(network, described, toy_checkpoint)


def logits(
    network: Ebert, factors: tuple[str, ...], motifs: tuple[str, ...], signals: tuple[str, ...] | tuple[str, str]
) -> dict[str, torch.Tensor]:
    """Binding logits of the same inputs by factor, given to a network in its own order of channels."""
    random = torch.Generator().manual_seed(5)
    given = {name: torch.randn(2, SMALLEST.context // 50, generator=random) for name in ("CTCF", "FOS", "MAX")}
    measured = {name: torch.randn(2, SMALLEST.context // 50, generator=random) for name in ("ATAC", "DNase", "new")}
    windows = Windows(
        torch.randint(0, 4, (2, SMALLEST.context), dtype=torch.uint8, generator=random),
        torch.randint(2, 4, (2, SMALLEST.context // 200), dtype=torch.uint8, generator=random),
        torch.stack([measured[name] for name in signals], -1),
        torch.stack([given[name] for name in motifs], -1),
    )
    with torch.no_grad():
        return dict(zip(factors, network.eval().binding(windows).unbind(-1), strict=True))


def test_factors_motifs_and_signals_in_another_order_predict_what_they_predicted(trained: Checkpoint) -> None:
    changed = {"factors": ("SP9", "MAX", "CTCF", "FOS"), "motifs": ("FOS", "CTCF", "MAX"), "signals": ("DNase", "ATAC")}
    network, adopted = child_of(trained, **changed)
    before, after = logits(of(Ebert, trained.network), **NAMES), logits(network, **changed)
    assert adopted == ((), ())
    for factor in NAMES["factors"]:
        assert torch.allclose(after[factor], before[factor], atol=1e-4)


def test_a_new_factor_and_a_new_signal_leave_the_others_as_they_were_and_are_named(trained: Checkpoint) -> None:
    changed = {**NAMES, "factors": ("JUN", *NAMES["factors"]), "signals": ("new", *NAMES["signals"])}
    network, adopted = child_of(trained, **changed, co_binding=False)
    bare, _ = child_of(trained, co_binding=False)
    before, after = logits(bare, **NAMES), logits(network, **changed)
    for factor in NAMES["factors"]:
        assert torch.allclose(after[factor], before[factor], atol=1e-4)
    assert adopted.anew == ()
    assert adopted.sentences == (
        "New to four, and learnt from the start: the factors JUN.",
        "New to four, and learnt from the start: the signals new.",
        "Left behind: co-binding.",
    )
    assert present(network.binding_head).logits.bias[0].item() == pytest.approx(-5.0)


def test_fewer_factors_keep_their_rows_in_every_part_of_the_head(trained: Checkpoint) -> None:
    network, adopted = child_of(trained, factors=("MAX", "SP9"), motifs=("MAX",))
    ours, theirs = present(network.binding_head), present(of(Ebert, trained.network).binding_head)
    assert torch.equal(ours.logits.weight, theirs.logits.weight[[2, 3]])
    assert torch.equal(ours.logits.bias, theirs.logits.bias[[2, 3]])
    assert torch.equal(present(ours.motif_head).slope, present(theirs.motif_head).slope[[2]])
    assert torch.equal(present(ours.motif_head).factor.weight, present(theirs.motif_head).factor.weight[[2]])
    assert torch.equal(present(ours.motif_head).reach, present(theirs.motif_head).reach[[2, 3]])
    assert torch.equal(
        present(ours.co_binding).direct.weight, present(theirs.co_binding).direct.weight[[2, 3]][:, [2, 3]]
    )
    mixed = present(theirs.co_binding).mix.weight
    assert torch.equal(present(ours.co_binding).mix.weight, torch.cat((mixed[:, [2, 3]], mixed[:, 4:]), 1))
    assert torch.equal(
        present(network.embedding.motifs).weight, present(of(Ebert, trained.network).embedding.motifs).weight[:, [1, 4]]
    )
    assert torch.equal(
        network.embedding.motif_standard.mean, of(Ebert, trained.network).embedding.motif_standard.mean[[1]]
    )
    assert adopted.sentences == (
        "Left behind, since this fine-tuning does not use them: the factors CTCF and FOS of four.",
        "Left behind, since this fine-tuning does not use them: the motifs of CTCF and FOS of four.",
    )


def test_a_head_that_is_wholly_new_is_said_once(trained: Checkpoint) -> None:
    bare = Ebert(msgspec.structs.replace(trained.network.architecture, factors=(), motifs=()))
    described = msgspec.structs.replace(trained.description, architecture=bare.architecture)
    _, adopted = child_of(Checkpoint(bare, described, trained.path), **NAMES)
    assert adopted.sentences == (
        "Starts from random weights: how motif scores are read.",
        "Starts from random weights: the binding head.",
    )
