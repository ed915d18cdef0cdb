"""What a factor's own motif scores say, read in context, and how sites become bins."""

import msgspec
import torch

from ebert_core.model.config import PRESETS, Architecture
from ebert_core.model.embedding import Windows
from ebert_core.model.heads import MotifHead
from ebert_core.model.network import Ebert
from tests.certain import present

ARCHITECTURE = msgspec.structs.replace(
    PRESETS["tiny"], motifs=("A", "B"), factors=("B", "none", "A"), motif_head=True, dropout=0.0
)


def _windows(motifs_BPM: torch.Tensor) -> Windows:
    bases_BL = torch.zeros((1, ARCHITECTURE.context), dtype=torch.uint8)
    return Windows(bases_BL, torch.zeros((1, ARCHITECTURE.context // 200), dtype=torch.uint8), None, motifs_BPM)


def _head() -> MotifHead:
    torch.manual_seed(1)
    head = Ebert(ARCHITECTURE).eval().binding_head
    assert head is not None
    assert head.motif_head is not None
    return head.motif_head


def _head_logits(motifs_BPM: torch.Tensor) -> torch.Tensor:
    """What the motif head alone adds to the logit of each position."""
    head = _head()
    with torch.no_grad():
        found: torch.Tensor = head(torch.zeros((1, ARCHITECTURE.context // 50, head.context.in_features)), motifs_BPM)
        return found


def test_a_factor_reads_its_own_matrix_at_its_place() -> None:
    quiet = torch.zeros((1, 40, 2))
    loud = quiet.clone()
    loud[0, 20, 1] = 6.0  # of B, the first factor
    moved = (_head_logits(loud) - _head_logits(quiet))[0].abs() > 1e-6
    assert moved.nonzero().tolist() == [[20, 0]]


def test_a_site_counts_for_bins_that_lie_within_a_hundred_bases_of_it() -> None:
    head = _head()
    quiet = torch.full((1, 40, 3), -5.0)
    loud = quiet.clone()
    loud[0, 20] = 3.0
    with torch.no_grad():
        change = (head.pool(loud) - head.pool(quiet))[0, :, 0]
    # Bin n takes positions n to n + 3; those beside it count, the second only a little.
    assert (change > 1e-6).nonzero().flatten().tolist() == list(range(20 - 5, 20 + 3))
    assert change[20] > change[22] > 0


def test_a_factor_without_a_matrix_gets_nothing_from_it() -> None:
    assert not _head_logits(torch.randn((1, 40, 2)))[..., 1].any()


def test_without_any_matrix_there_is_no_such_head() -> None:
    bare = msgspec.structs.replace(ARCHITECTURE, motifs=())
    assert not bare.has_motif_head
    assert isinstance(bare, Architecture)
    assert present(Ebert(bare).binding_head).motif_head is None


def test_hidden_motif_scores_are_read_as_average_ones() -> None:
    torch.manual_seed(1)
    network = Ebert(ARCHITECTURE).eval()
    with torch.no_grad():
        hidden = network.binding(_windows(torch.full((1, 40, 2), torch.nan)))
        average = network.binding(_windows(torch.zeros((1, 40, 2))))
    assert torch.equal(hidden, average)
