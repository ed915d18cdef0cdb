"""Where further windows go: around what is bound, every factor as much, and half around what is taken for bound."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ebert_core.inference.predict import Bins, Predictor
from ebert_core.material import emphasis
from ebert_core.material.emphasis import Emphasis
from ebert_core.material.focus import Focus
from ebert_core.material.material import Material, open_material
from ebert_core.material.sampling import Example
from ebert_core.protocol.terms.locus import Interval
from tests.core.toy_binding import SilentReport

PLACES = (Interval("chr1", 0, 4_000), Interval("chr1", 10_000, 13_000))
CELLS = ("alpha", "beta")


class Probabilities:
    """Stands for a network: it says the same of every bin, but for some bins of chr1 in beta; NaN beyond 12,000."""

    factors = ("JUN", "FOS")

    def __init__(self, usual: float, of_beta: dict[int, float]) -> None:
        self._usual, self._of_beta = usual, of_beta
        self.strands: set[int] = set()

    def logits(self, cell_type: str, place: Interval, _heard: object, strands: int) -> Bins:
        self.strands.add(strands)
        starts = np.arange(place.start, place.end, 50)
        values_P = np.full(len(starts), self._usual)
        for start, value in self._of_beta.items() if cell_type == "beta" else ():
            values_P[starts == start] = value
        values_P[starts >= 12_000] = np.nan
        logits_P = np.log(values_P / (1 - values_P))
        # Of the other factor it is certain everywhere, which nobody asked for.
        return Bins(place, np.stack([np.full(len(starts), 900.0), logits_P]).astype(np.float32))


def as_network(probabilities: Probabilities) -> Predictor:
    # It has what is asked of a predictor here: factors and logits.
    return cast(Predictor, probabilities)


@pytest.fixture
def material(toy_binding: Path) -> Material:
    return open_material(str(toy_binding), ("chr1",), (), CELLS, SilentReport())


@pytest.fixture
def wanted(material: Material) -> Emphasis:
    return Emphasis(material, PLACES, CELLS, ("FOS",))


def labels_of(material: Material, cell_type: str, place: Interval) -> NDArray[np.int8]:
    return material.labels([Example(cell_type, place)], ("FOS",))[0, :, 0]


def weights_of(focus: Focus, cell_type: str) -> NDArray[np.float64]:
    """How often an epoch shows each unit of the places beyond the tiling, read from what its first bin counts."""
    shown = []
    for place in PLACES:
        for start in range(place.start, place.end, 200):
            begin = min(start, place.end - 800)
            weight_N = focus.weights(Example(cell_type, Interval(place.chromosome, begin, begin + 800)))
            shown.append(1 / weight_N[(start - begin) // 50] - 1)
    return np.array(shown)


def test_windows_go_around_what_is_bound_and_nowhere_else(wanted: Emphasis, material: Material) -> None:
    focus = wanted.focus(800, 40)
    drawn = focus.examples((1,))
    assert len(drawn) == 40
    for each in drawn:
        place = next(place for place in PLACES if place.covers(each.interval))
        bound = place.start + 50 * np.flatnonzero(labels_of(material, each.cell_type, place) == 1)
        assert ((bound >= each.interval.start) & (bound < each.interval.end)).any()
    assert sum(weights_of(focus, cell).sum() for cell in CELLS) == pytest.approx(40 * 4, rel=1e-3)


def test_places_that_are_labelled_in_pieces_are_labelled_as_at_once(
    wanted: Emphasis, material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {cell: weights_of(wanted.focus(800, 40), cell) for cell in CELLS}
    monkeypatch.setattr(emphasis, "_LABELLED_AT_ONCE", 1_200)
    pieces = Emphasis(material, PLACES, CELLS, ("FOS",)).focus(800, 40)
    for cell in CELLS:
        np.testing.assert_allclose(weights_of(pieces, cell), whole[cell])


def test_hard_are_the_unbound_bins_with_the_highest_probability(wanted: Emphasis, material: Material) -> None:
    unbound = [int(start) for start in np.flatnonzero(labels_of(material, "beta", PLACES[0]) == 0)[[3, 40]] * 50]
    bound = [int(start) for start in np.flatnonzero(labels_of(material, "beta", PLACES[0]) == 1)[:1] * 50]
    network = Probabilities(1e-9, {unbound[0]: 0.75, unbound[1]: 0.5, **dict.fromkeys(bound, 0.9)})
    told: list[tuple[float, str]] = []
    hard_CY = wanted.hard_units(as_network(network), lambda share, note: told.append((share, note)))
    assert told == [
        (0.0, "looking for hard unbound bins in alpha"),
        (0.5, "looking for hard unbound bins in beta"),
    ]
    assert network.strands == {1}
    assert hard_CY.dtype == torch.float32
    assert hard_CY.shape == (2, 20 + 15)
    assert not hard_CY[0].any()
    found = {int(unit): float(hard_CY[1, unit]) for unit in np.flatnonzero(hard_CY[1].numpy())}
    assert found == {unbound[0] // 200: pytest.approx(0.75), unbound[1] // 200: pytest.approx(0.5)}


def test_of_unbound_units_three_for_each_bound_bin_are_hard(wanted: Emphasis, material: Material) -> None:
    bound = sum(int((labels_of(material, cell, place) == 1).sum()) for cell in CELLS for place in PLACES)
    hard_CY = wanted.hard_units(as_network(Probabilities(0.25, {})), lambda *_: None)
    units = hard_CY.numel()
    assert 3 * bound >= units, "all may be hard"
    # Four bins a unit; where the network says nothing there is nothing to be wrong about.
    assert float(hard_CY.max()) == pytest.approx(1.0)
    assert not hard_CY[:, -4:].any()
    few = Emphasis(material, PLACES, CELLS, ("FOS",))
    few._bound_bins = 2
    rising = {start: 0.3 + start / 40_000 for start in range(0, 4_000, 50)}
    kept_CY = few.hard_units(as_network(Probabilities(1e-3, rising)), lambda *_: None)
    assert int((kept_CY > 0).sum()) == 6
    assert not kept_CY[0].any()


def test_half_of_the_further_windows_go_to_hard_units_once_these_are_known(wanted: Emphasis) -> None:
    hard_CY = torch.zeros(2, 35)
    hard_CY[0, 1], hard_CY[1, 33] = 3.0, 1.0
    before, after = wanted.focus(800, 400), wanted.focus(800, 400, hard_CY)
    for cell, places in (("alpha", range(5)), ("beta", range(30, 35))):
        gained = weights_of(after, cell) - 0.5 * weights_of(before, cell)
        inside = sum(gained[unit] for unit in places)
        assert inside == pytest.approx(200 * 4 * (0.75 if cell == "alpha" else 0.25), rel=1e-3)
        assert np.delete(gained, list(places)) == pytest.approx(0, abs=1e-3)
    nothing = wanted.focus(800, 400, torch.zeros(2, 35))
    assert nothing.examples((1,)) == before.examples((1,))
