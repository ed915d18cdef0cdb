"""What opens with a dataset and a checkpoint, and how choices change the tracks."""

from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace

from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import BareFile, CellType, Chromosome, DatasetSummary, PeakFiles
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.kinds.peaks import PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.sequence import SequenceTrack
from ebert_gui.kinds.signal import SignalTrack
from ebert_gui.kinds.states import StatesTrack
from ebert_gui.kinds.truth import TruthTrack
from ebert_gui.state.pane import Pane
from ebert_gui.state.setup import Setup
from ebert_gui.state.workspace import Workspace
from tests.gui.drawn import KINDS
from tests.gui.state.opened import CHECKPOINT, DATASET, cell
from tests.toy_summaries import motif_summary


def test_a_dataset_opens_with_its_two_richest_cell_types_and_their_commonest_factor(workspace: Workspace) -> None:
    assert (workspace.cell_type, workspace.factor) == ("alpha", "CTCF")
    kinds = [type(track) for track in workspace.setup.tracks]
    assert kinds == [GenesTrack, StatesTrack, StatesTrack, *[SignalTrack] * 4, PeaksTrack, PeaksTrack, SequenceTrack]
    assert workspace.view.interval == DATASET.start_locus


def test_accessibility_comes_before_other_signals(workspace: Workspace) -> None:
    signals = [track.signal for track in workspace.setup.tracks if isinstance(track, SignalTrack)]
    assert signals == ["DNase", "DNase", "H2A", "H2A"]


def test_a_checkpoint_adds_predictions_above_the_sequence_and_attention_below(workspace: Workspace) -> None:
    workspace.open_model(CHECKPOINT)
    last = workspace.setup.tracks[-4:]
    assert [type(track) for track in last] == [PredictionTrack, PredictionTrack, SequenceTrack, AttentionTrack]
    predicted = [track for track in last if isinstance(track, PredictionTrack)]
    assert [(track.factor, track.cell_type) for track in predicted] == [("CTCF", "alpha"), ("CTCF", "beta")]
    assert workspace.anchor == Interval("chr1", 2000, 2001)
    assert workspace.history.added == ()  # nothing is scrolled to: what was in view stays


@pytest.mark.parametrize(("names", "shown"), [(("M2", "CTCF"), "CTCF"), (("M2", "M3"), "M2")])
def test_a_model_that_reads_no_cell_type_adds_one_track_and_chooses_no_factor(
    workspace: Workspace, names: tuple[str, str], shown: str
) -> None:
    [known, *_] = motif_summary().outputs
    outputs = tuple(msgspec.structs.replace(known, name=name) for name in names)
    workspace.open_model(motif_summary(outputs=outputs))
    added = [track for track in workspace.setup.tracks if track.needs_model]
    assert added == [PredictionTrack(id=added[0].id, factor=shown, quantity="motif")]
    assert workspace.factor == "CTCF"
    assert [offered.name for offered in workspace.factors() if offered.is_predicted] == []


def test_opening_a_checkpoint_again_adds_nothing(workspace: Workspace) -> None:
    workspace.open_model(CHECKPOINT)
    before = workspace.setup.tracks
    workspace.open_model(CHECKPOINT)
    assert workspace.setup.tracks == before


def _cells(workspace: Workspace, kind: type) -> list[str]:
    return [track.word("cell_type") for track in workspace.setup.tracks if isinstance(track, kind)]


def test_rows_keep_their_order_whichever_cell_type_is_chosen(workspace: Workspace) -> None:
    workspace.open_model(CHECKPOINT)
    workspace.choose_cell_type("beta")
    # What shows one cell type only follows the choice.
    assert (_cells(workspace, StatesTrack), _cells(workspace, AttentionTrack)) == (["alpha", "beta"], ["beta"])
    assert (workspace.cell_type, workspace.setup.compared) == ("beta", "alpha")
    workspace.choose_cell_type("poor")
    assert (_cells(workspace, StatesTrack), _cells(workspace, PredictionTrack)) == (["alpha", "poor"],) * 2
    assert (workspace.cell_type, workspace.setup.compared) == ("poor", "alpha")


def test_the_second_cell_type_can_be_chosen_too(workspace: Workspace) -> None:
    before = workspace.setup.tracks
    assert workspace.setup.compared == "beta"
    workspace.compare_with("poor")
    assert (workspace.setup.compared, _cells(workspace, StatesTrack)) == ("poor", ["alpha", "poor"])
    workspace.compare_with("")
    assert (workspace.setup.compared, _cells(workspace, StatesTrack)) == ("", ["alpha"])
    workspace.compare_with("beta")
    assert [replace(track, id="") for track in workspace.setup.tracks] == [replace(track, id="") for track in before]
    for _ in range(3):
        workspace.history.undo()
    assert workspace.setup.tracks == before
    assert not workspace.history.can_undo


def test_only_what_there_is_of_a_second_cell_type_is_put_beside_the_first(workspace: Workspace) -> None:
    workspace.compare_with("")
    workspace.compare_with("poor")
    assert _cells(workspace, StatesTrack) == ["alpha", "poor"]
    assert _cells(workspace, PeaksTrack) == ["alpha"]


def test_bare_files_open_as_what_they_are() -> None:
    files = tuple(BareFile(f"/f/{kind}", kind, kind) for kind in ("signal", "genes", "states", "peaks", "features"))
    workspace = Workspace(KINDS)
    workspace.open_dataset(DatasetSummary("", "", "", (Chromosome("1", 100),), False, False, (), (), (), files=files))
    kinds = [type(track) for track in workspace.setup.tracks]
    assert kinds == [SignalTrack, GenesTrack, StatesTrack, PeaksTrack, PeaksTrack]


def test_losing_the_model_is_said_until_a_checkpoint_opens(workspace: Workspace) -> None:
    workspace.lose_model("PyTorch is not installed.")
    assert workspace.model_problem
    workspace.open_model(CHECKPOINT)
    assert not workspace.model_problem


def test_every_choice_is_one_step_and_comes_back_in_its_turn(workspace: Workspace) -> None:
    workspace.open_model(CHECKPOINT)
    changes: tuple[Callable[[], None], ...] = (
        lambda: workspace.choose_cell_type("beta"),
        lambda: workspace.choose_factor("MAX"),
        lambda: workspace.set_anchor("chr1", 2500),
        lambda: workspace.history.change(workspace.setup.without(workspace.setup.tracks[0].id)),
    )
    shown = [workspace.setup]
    for change in changes:
        change()
        shown.append(workspace.setup)
    assert len(set(shown)) == 5
    for setup in reversed(shown[:-1]):
        workspace.history.undo()
        assert workspace.setup == setup
    for setup in shown[1:]:
        workspace.history.redo()
        assert workspace.setup == setup


def test_an_opened_checkpoint_is_one_step(workspace: Workspace) -> None:
    before = workspace.setup.tracks
    workspace.open_model(CHECKPOINT)
    workspace.history.undo()
    assert workspace.setup.tracks == before
    assert not workspace.history.can_undo


def test_the_suggested_tracks_come_back_and_undo_brings_a_persons_own(workspace: Workspace) -> None:
    workspace.open_model(CHECKPOINT)
    suggested = [type(track) for track in workspace.setup.tracks]
    for track in workspace.setup.tracks[1:]:
        workspace.history.change(workspace.setup.without(track.id))
    own = workspace.setup.tracks
    workspace.suggest_tracks()
    assert [type(track) for track in workspace.setup.tracks] == suggested
    workspace.history.undo()
    assert workspace.setup.tracks == own


def test_a_guessed_anchor_is_no_step(workspace: Workspace) -> None:
    workspace.guess_anchor("chr1", 1500)
    assert not workspace.history.can_undo


def test_another_dataset_is_a_new_beginning(workspace: Workspace) -> None:
    for _ in range(2):
        workspace.history.change(workspace.setup.without(workspace.setup.tracks[0].id))
    workspace.history.undo()
    workspace.open_dataset(DATASET)
    assert not workspace.history.can_undo
    assert not workspace.history.can_redo
    workspace.history.undo()
    assert len(workspace.setup.tracks) == 10


def test_what_was_kept_is_shown_only_as_far_as_the_dataset_has_it(workspace: Workspace) -> None:
    suggested = workspace.setup
    kept = Setup(
        tracks=suggested.tracks[:1],
        cell_type="no such cell",
        factor="MAX",
        anchor=Interval("chr9", 5, 6),
        panes=(Pane("x"),),
    )
    workspace.open_dataset(DATASET, kept)
    assert workspace.setup == replace(suggested, tracks=kept.tracks, factor="MAX")
    assert not workspace.history.can_undo
    assert (workspace.anchor, workspace.anchor_is_guessed) == (None, True)


def test_what_was_kept_that_the_dataset_has_comes_back_whole_at_the_place_where_it_starts(workspace: Workspace) -> None:
    start = workspace.setup.panes
    kept = Setup(
        tracks=workspace.setup.tracks[:1], cell_type="beta", factor="MAX", anchor=Interval("chr1", 5, 6), panes=start
    )
    workspace.history.change(workspace.setup.without(workspace.setup.tracks[0].id))
    workspace.view.show(Interval("chr1", 7, 99))
    workspace.open_dataset(DATASET, kept)
    assert workspace.setup == kept
    assert not workspace.history.can_undo
    assert (workspace.anchor, workspace.anchor_is_guessed) == (kept.anchor, False)


def test_undo_of_a_chosen_anchor_brings_the_guess_back_and_says_so(workspace: Workspace) -> None:
    told: list[Interval | None] = []
    workspace.anchor_changed.connect(lambda: told.append(workspace.anchor))
    workspace.set_anchor("chr1", 2500)
    workspace.set_anchor("chr1", 2500)
    workspace.history.undo()
    assert told == [Interval("chr1", 2500, 2501), Interval("chr1", 2000, 2001)]
    workspace.guess_anchor("chr1", 1200)
    assert workspace.anchor == Interval("chr1", 1200, 1201)


def test_an_anchor_that_a_person_chose_is_not_guessed_away(workspace: Workspace) -> None:
    workspace.set_anchor("chr1", 2500)
    workspace.guess_anchor("chr1", 1500)
    workspace.open_model(CHECKPOINT)
    assert workspace.anchor == Interval("chr1", 2500, 2501)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda workspace: workspace.open_dataset(DATASET), ["dataset", "choice"]),
        (lambda workspace: workspace.refresh_dataset(DATASET), ["dataset"]),
        (lambda workspace: workspace.open_model(CHECKPOINT), ["checkpoint", "choice"]),
        (lambda workspace: workspace.compare_with("poor"), ["choice"]),
    ],
)
def test_what_is_opened_or_chosen_is_announced_to_whoever_shows_it(
    workspace: Workspace, change: Callable[..., object | None], told: list[str]
) -> None:
    heard: list[str] = []
    workspace.dataset_changed.connect(lambda: heard.append("dataset"))
    workspace.model_changed.connect(lambda: heard.append("checkpoint"))
    workspace.choice_changed.connect(lambda: heard.append("choice"))
    change(workspace)
    assert heard == told


def test_a_new_summary_of_the_open_dataset_brings_its_chromosomes_and_keeps_the_place(workspace: Workspace) -> None:
    before = workspace.view.interval, workspace.setup.tracks
    longer = msgspec.structs.replace(DATASET, chromosomes=(Chromosome("chr1", 50_000), Chromosome("chr2", 70)))
    workspace.refresh_dataset(longer)
    assert workspace.view.chromosome_lengths == {"chr1": 50_000, "chr2": 70}
    assert (workspace.view.interval, workspace.setup.tracks) == before


def test_choosing_what_is_chosen_already_changes_no_track(workspace: Workspace) -> None:
    before = workspace.setup.tracks
    workspace.choose_cell_type(workspace.cell_type)
    workspace.choose_factor(workspace.factor)
    assert workspace.setup.tracks == before
    assert not workspace.history.can_undo


def test_every_choice_and_its_undo_are_announced(workspace: Workspace) -> None:
    told: list[str] = []
    workspace.choice_changed.connect(lambda: told.append(workspace.cell_type))
    workspace.choose_cell_type("poor")
    workspace.choose_factor("MAX")
    workspace.history.undo()
    workspace.history.undo()
    workspace.history.redo()
    assert told == ["poor", "poor", "poor", "alpha", "poor"]


def test_a_lost_model_is_announced(workspace: Workspace) -> None:
    told: list[str] = []
    workspace.model_changed.connect(lambda: told.append(workspace.model_problem))
    workspace.lose_model("PyTorch is not installed.")
    assert told == ["PyTorch is not installed."]


def test_a_synthetic_dataset_opens_with_the_sites_of_a_factor_that_was_planted() -> None:
    workspace = Workspace(KINDS)
    unmeasured = msgspec.structs.replace(DATASET, cell_types=(cell("alpha"), cell("beta")))
    workspace.open_dataset(msgspec.structs.replace(unmeasured, truth_factors=("MAX",)))
    assert workspace.factor == "MAX"
    assert _cells(workspace, TruthTrack) == ["alpha", "beta"]
    workspace.open_dataset(DATASET)
    assert _cells(workspace, TruthTrack) == []


def test_what_a_cell_type_has_of_states_and_signals_counts_for_it_like_several_peak_files() -> None:
    bare = CellType("bare", False, (), (PeakFiles("CTCF", False), PeakFiles("MAX", False)))
    states = CellType("states", True, (), ())
    signals = CellType("signals", False, ("DNase",), (PeakFiles("CTCF", False),))
    workspace = Workspace(KINDS)
    workspace.open_dataset(msgspec.structs.replace(DATASET, cell_types=(bare, states, signals)))
    assert workspace.cell_type == "states"
    shown = {getattr(track, "cell_type", "") for track in workspace.setup.tracks} - {""}
    assert shown == {"states", "signals"}


def test_attention_is_that_of_the_last_layer_and_without_cell_types_there_is_none(workspace: Workspace) -> None:
    workspace.open_model(CHECKPOINT)
    (attention,) = [track for track in workspace.setup.tracks if isinstance(track, AttentionTrack)]
    assert (attention.layer, attention.cell_type) == (2, "alpha")
    workspace.open_dataset(msgspec.structs.replace(DATASET, cell_types=()))
    workspace.open_model(CHECKPOINT)
    kinds = {type(track) for track in workspace.setup.tracks}
    assert not kinds & {AttentionTrack, PredictionTrack}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/f/a.bw", SignalTrack),
        ("/f/a.BedGraph.gz", SignalTrack),
        ("/f/a.bed", PeaksTrack),
        ("/f/a.narrowPeak.gz", PeaksTrack),
        ("/f/a.txt", None),
        ("/f/a.gz", None),
    ],
)
def test_a_file_that_cannot_be_read_gets_the_row_that_its_name_promises(path: str, kind: type | None) -> None:
    track = KINDS.track_of_unreadable(path)
    assert (type(track) if track else None) is kind
    assert track is None or (track.word("path"), track.title) == (path, path.removeprefix("/f/"))


def test_one_cell_type_is_that_of_all_tracks_that_are_of_any_and_of_the_models_too(workspace: Workspace) -> None:
    workspace.look_at("poor", "")
    workspace.open_model(CHECKPOINT)
    cells = {track.word("cell_type") for track in workspace.setup.tracks} - {""}
    assert cells == {"poor"}
    assert workspace.cell_type == "poor"
    subjects = [track.subject for track in workspace.setup.tracks]
    assert len(subjects) == len(set(subjects))
    assert [track.word("cell_type") for track in workspace.setup.tracks if isinstance(track, PredictionTrack)] == [
        "poor"
    ]


def test_a_cell_type_beside_the_named_one_is_the_only_other_one(workspace: Workspace) -> None:
    workspace.look_at("poor", "beta")
    workspace.open_model(CHECKPOINT)
    assert {track.word("cell_type") for track in workspace.setup.tracks} - {""} == {"poor", "beta"}
    assert workspace.setup.compared == "beta"
    predicted = [track.word("cell_type") for track in workspace.setup.tracks if isinstance(track, PredictionTrack)]
    assert predicted == ["poor", "beta"]
