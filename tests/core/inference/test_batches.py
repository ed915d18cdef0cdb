"""What a network is given: either strand, some of the windows, and without what is hidden from it."""

import numpy as np
import pytest
import torch

from ebert_core.dataset.channels import WindowBatch
from ebert_core.inference.batches import Inputs, Stream, join
from tests.certain import present

NAMES = ("DNase", "log(DNase)", "binding(CTCF)", "distance(TSS)")


@pytest.fixture
def inputs() -> Inputs:
    random = np.random.default_rng(1)
    return Inputs.of(
        WindowBatch(
            random.integers(0, 5, (3, 400)).astype(np.uint8),
            random.integers(0, 4, (3, 2)).astype(np.uint8),
            random.random((3, len(NAMES), 8)).astype(np.float16),
            random.random((3, 2, 8)).astype(np.float16),
        )
    )


def hidden_signals(inputs: Inputs) -> list[str]:
    is_nan_PC = np.isnan(inputs.signals_BPC).reshape(-1, len(NAMES))
    assert (is_nan_PC.all(axis=0) == is_nan_PC.any(axis=0)).all()
    return [name for name, hidden in zip(NAMES, np.all(is_nan_PC, axis=0), strict=True) if hidden]


@pytest.mark.parametrize(
    ("streams", "hidden"),
    [
        ((), []),
        (("measured",), ["DNase", "log(DNase)"]),
        (("binding",), ["binding(CTCF)"]),
        (("distance", "measured"), ["DNase", "log(DNase)", "distance(TSS)"]),
        (("expression",), []),
        (("signals",), list(NAMES)),
        (("signals", "binding"), list(NAMES)),
        (("states", "motifs"), []),
        (("states", "binding"), ["binding(CTCF)"]),
    ],
)
def test_what_is_hidden_is_absent_and_all_else_as_it_was(
    inputs: Inputs, streams: tuple[Stream, ...], hidden: list[str]
) -> None:
    found = inputs.without(streams, NAMES)
    assert hidden_signals(found) == hidden
    kept = [place for place, name in enumerate(NAMES) if name not in hidden]
    np.testing.assert_array_equal(found.signals_BPC[..., kept], inputs.signals_BPC[..., kept])
    np.testing.assert_array_equal(found.bases_BL, inputs.bases_BL)
    np.testing.assert_array_equal(found.states_BS, 0 * inputs.states_BS if "states" in streams else inputs.states_BS)
    assert np.isnan(found.motifs_BPM).all() == ("motifs" in streams)


def test_the_other_strand_of_the_other_strand_is_the_first(inputs: Inputs) -> None:
    other = inputs.other_strand()
    # A, C, G and T are 0 to 3, N is 4.
    assert other.bases_BL[0, 0] == [3, 2, 1, 0, 4][inputs.bases_BL[0, -1]]
    np.testing.assert_array_equal(other.signals_BPC[:, 0], inputs.signals_BPC[:, -1])
    np.testing.assert_array_equal(other.motifs_BPM[:, 0], inputs.motifs_BPM[:, -1])
    np.testing.assert_array_equal(other.states_BS[:, 0], inputs.states_BS[:, -1])
    for again, first in zip(other.other_strand(), inputs, strict=True):
        np.testing.assert_array_equal(again, first)


def test_rows_that_are_joined_again_are_the_same_windows(inputs: Inputs) -> None:
    parts = [inputs.rows(np.array([2])), inputs.rows(slice(0, 2))]
    for joined, first in zip(join(parts), inputs, strict=True):
        np.testing.assert_array_equal(np.asarray(joined), np.asarray(first)[[2, 0, 1]])


def test_tensors_have_the_values_of_the_arrays(inputs: Inputs) -> None:
    for tensor, array in zip(inputs.other_strand().tensors(torch.device("cpu")), inputs.other_strand(), strict=True):
        np.testing.assert_array_equal(present(tensor).numpy(), array)
