"""Which factor is shown first, and what choosing another changes."""

import msgspec
import pytest

from ebert_core.protocol.modelling import OutputSummary
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.signal import SignalTrack, measured_instead
from ebert_gui.state.defaults import chosen_factor
from ebert_gui.state.workspace import Workspace
from tests.gui.drawn import KINDS
from tests.gui.state.opened import CHECKPOINT, DATASET, cell


def test_factors_are_offered_by_name_and_told_apart(workspace: Workspace) -> None:
    assert [factor.name for factor in workspace.factors()] == ["CTCF", "MAX"]
    known = (OutputSummary("Zic3", ("alpha",)), OutputSummary("CTCF", ("alpha",)))
    workspace.open_model(msgspec.structs.replace(CHECKPOINT, outputs=known))
    assert [tuple(factor) for factor in workspace.factors()] == [
        ("CTCF", True, True),
        ("MAX", True, False),
        ("Zic3", False, True),
    ]


def test_choosing_a_factor_changes_every_track_that_shows_the_old_one(workspace: Workspace) -> None:
    workspace.open_model(CHECKPOINT)
    workspace.choose_factor("MAX")
    shown = {getattr(track, "factor", "MAX") for track in workspace.setup.tracks}
    assert shown == {"MAX"}


def test_choosing_a_factor_brings_its_own_measured_signal() -> None:
    cells = (cell("alpha", "CTCF", "MAX", signals=("DNase", "ChIP-CTCF", "ChIP-MAX")), cell("beta", "CTCF"))
    workspace = Workspace(KINDS)
    workspace.open_dataset(msgspec.structs.replace(DATASET, cell_types=cells))
    assert workspace.factor == "CTCF"
    workspace.choose_factor("MAX")
    shown = [track.signal for track in workspace.setup.tracks if isinstance(track, SignalTrack)]
    assert "ChIP-MAX" in shown
    assert "ChIP-CTCF" not in shown


def test_a_factor_is_a_word_of_a_signals_name_and_not_a_part_of_one() -> None:
    given = ("ChIP-MAX", "MAX signal", "MAX", "ChIP-MAXIMUM", "DNase", "CTCF")
    assert [measured_instead(name, "MAX", "CTCF") for name in given] == [
        "ChIP-CTCF",
        "CTCF signal",
        "CTCF",
        "ChIP-MAXIMUM",
        "DNase",
        "CTCF",
    ]


def _factors(workspace: Workspace) -> tuple[str, ...]:
    return (
        workspace.factor,
        *sorted({getattr(track, "factor", workspace.factor) for track in workspace.setup.tracks}),
    )


def test_a_checkpoint_that_does_not_predict_the_chosen_factor_brings_its_own(workspace: Workspace) -> None:
    workspace.open_model(msgspec.structs.replace(CHECKPOINT, outputs=(OutputSummary("MAX", ("alpha",)),)))
    assert _factors(workspace) == ("MAX", "MAX")


def test_of_the_factors_of_a_checkpoint_that_with_calls_and_the_best_score_is_chosen(workspace: Workspace) -> None:
    def factor(name: str, threshold: float | None, auprc: float) -> OutputSummary:
        return OutputSummary(name, ("alpha",), threshold, auprc, "chr20")

    factors = (factor("CTCF", None, 0.9), factor("MAX", 0.3, 0.2), factor("REST", 0.3, 0.4))
    dataset = msgspec.structs.replace(DATASET, cell_types=(cell("alpha", "CTCF", "MAX", "REST"), cell("beta", "CTCF")))
    assert chosen_factor(dataset, msgspec.structs.replace(CHECKPOINT, outputs=factors)) == "REST"
    # What was not measured here cannot be compared with anything.
    assert chosen_factor(DATASET, msgspec.structs.replace(CHECKPOINT, outputs=factors)) == "MAX"


def test_the_factor_that_a_dataset_chooses_comes_first_where_it_can_be_shown() -> None:
    factors = (OutputSummary("MAX", ("alpha",), 0.3, 0.9), OutputSummary("CTCF", ("alpha",), 0.3, 0.2))
    both = msgspec.structs.replace(CHECKPOINT, outputs=factors)
    chosen = msgspec.structs.replace(DATASET, start_factor="CTCF")
    assert chosen_factor(chosen, both) == "CTCF"
    assert chosen_factor(msgspec.structs.replace(chosen, predicted=("MAX", "CTCF")), None) == "CTCF"
    only_max = msgspec.structs.replace(both, outputs=factors[:1])
    assert chosen_factor(chosen, only_max) == "MAX"
    assert chosen_factor(msgspec.structs.replace(DATASET, start_factor="NOT"), both) == chosen_factor(DATASET, both)


def test_a_checkpoint_that_predicts_the_chosen_factor_leaves_it(workspace: Workspace) -> None:
    workspace.choose_factor("MAX")
    workspace.open_model(CHECKPOINT)
    assert _factors(workspace) == ("MAX", "MAX")


def test_a_checkpoint_without_factors_changes_none(workspace: Workspace) -> None:
    workspace.open_model(msgspec.structs.replace(CHECKPOINT, outputs=()))
    assert _factors(workspace) == ("CTCF", "CTCF")
    assert not any(isinstance(track, PredictionTrack) for track in workspace.setup.tracks)


@pytest.mark.parametrize(("predicted", "factor"), [(("MAX",), "MAX"), (("NOT", "CTCF", "MAX"), "CTCF"), ((), "CTCF")])
def test_a_factor_of_the_checkpoint_that_comes_with_a_dataset_is_chosen(
    predicted: tuple[str, ...], factor: str
) -> None:
    workspace = Workspace(KINDS)
    workspace.choose_predicted_factor()
    workspace.open_dataset(DATASET)
    workspace.refresh_dataset(msgspec.structs.replace(DATASET, predicted=predicted))
    workspace.choose_predicted_factor()
    assert _factors(workspace) == (factor, factor)


def test_a_checkpoint_without_a_dataset_names_its_first_factor() -> None:
    workspace = Workspace(KINDS)
    workspace.open_model(CHECKPOINT)
    assert workspace.factor == "MAX"
