"""What the kinds offer to add for a dataset and a model, which tracks a model opens with, and signals by factor."""

import pytest

from ebert_core.protocol.modelling import OutputSummary
from ebert_core.protocol.sources import MeasuredPeaks, Source, VariantCalls
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import BareFile, CellType, Chromosome, DatasetSummary
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.peaks import PEAKS, PeaksTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.sequence import SequenceTrack
from ebert_gui.kinds.signal import SignalTrack, measured_instead
from ebert_gui.kinds.suggested import with_model_tracks
from ebert_gui.kinds.variants import VariantsTrack
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track, UnknownTrack
from tests.certain import present
from tests.gui import toy_shapes
from tests.gui.drawn import KINDS, content_of
from tests.toy_summaries import checkpoint_summary, motif_summary

CELLS = (CellType("alpha", True, ("ChIP-CTCF", "ChIP-MAX")), CellType("beta", False, ("ChIP-CTCF",)))


def dataset(has_sequence: bool = True) -> DatasetSummary:
    return DatasetSummary("/d", "toy", "toy1", (Chromosome("chr1", 4000),), has_sequence, False, (), (), CELLS)


def offered(scope: Scope, kind: type[Track]) -> list[tuple[str, Track]]:
    offers = [offer for _, offers in KINDS.offers(scope) for offer in offers]
    return [(offer.group, offer.track) for offer in offers if isinstance(offer.track, kind)]


def test_a_sequence_is_offered_where_the_dataset_has_one() -> None:
    assert len(offered(Scope(dataset()), SequenceTrack)) == 1
    assert offered(Scope(dataset(has_sequence=False)), SequenceTrack) == []
    assert offered(Scope(), SequenceTrack) == []


def test_attention_is_offered_for_each_cell_type_in_the_last_layer_of_a_model_that_attends() -> None:
    scope = Scope(dataset(), checkpoint_summary(layers=6))
    assert offered(scope, AttentionTrack) == [
        (cell, AttentionTrack(cell_type=cell, layer=5)) for cell in ("alpha", "beta")
    ]
    assert offered(Scope(dataset(), motif_summary()), AttentionTrack) == []


def test_a_model_that_reads_no_cell_type_opens_with_its_first_output_where_it_does_not_know_the_factor() -> None:
    scan, trained = motif_summary(), checkpoint_summary(outputs=(OutputSummary("MAX", ("alpha",)),))
    (track,) = with_model_tracks((), Scope(dataset(), scan), "unknown", "alpha")
    assert isinstance(track, PredictionTrack)
    assert (track.factor, track.cell_type) == (scan.outputs[0].name, "")
    opened = with_model_tracks((), Scope(dataset(), trained), "unknown", "alpha")
    assert not any(isinstance(each, PredictionTrack) for each in opened), "no other factor stands for the chosen one"


def test_a_file_that_no_kind_shows_has_a_row_that_says_so() -> None:
    track = KINDS.track_of_file(BareFile("/f/a.x", "a.x", "strange"))
    assert isinstance(track, UnknownTrack)
    assert track.problem == "Nothing that is installed shows files of the kind 'strange', as /f/a.x is."


@pytest.mark.parametrize(
    ("track", "expected"),
    [
        (VariantsTrack(path="/f/a.vcf"), VariantCalls("/f/a.vcf", says_all=True)),
        (PeaksTrack(path="/f/a.bed"), MeasuredPeaks(path="/f/a.bed", says_all=True)),
    ],
)
def test_a_click_on_a_feature_of_a_file_asks_for_all_that_it_says(track: Track, expected: Source) -> None:
    assert present(KINDS.of(track).details)(track) == expected


def test_a_summit_at_the_very_start_of_a_chromosome_is_a_place_to_look_at() -> None:
    here = Interval("chr1", 0, 1000)
    known = content_of("peaks", here, toy_shapes.peaks(here, (0, 100), (200, 300), summits=[0, -1]))
    assert present(PEAKS.sites)(known).tolist() == [0, 250]


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        ("ChIP-CTCF", "ChIP-MAX"),
        ("ChIP_CTCF", "ChIP_MAX"),
        ("CTCF ChIP", "MAX ChIP"),
        ("CTCF", "MAX"),
        ("DNase", "DNase"),
        ("CTCFL-ChIP", "CTCFL-ChIP"),
    ],
)
def test_a_signal_of_another_factor_has_its_name_in_the_same_place(signal: str, expected: str) -> None:
    assert measured_instead(signal, "CTCF", "MAX") == expected


def test_a_signal_follows_the_factor_where_the_cell_type_has_it_and_a_file_never_does() -> None:
    track = SignalTrack(cell_type="alpha", signal="ChIP-CTCF")
    assert track.of_factor("CTCF", "MAX", CELLS[0]) == SignalTrack(cell_type="alpha", signal="ChIP-MAX")
    assert track.of_factor("CTCF", "MAX", CELLS[1]) is track
    assert track.of_factor("CTCF", "MAX", None) is track
    of_file = SignalTrack(signal="ChIP-CTCF", path="/f/ChIP-CTCF.bw")
    assert of_file.of_factor("CTCF", "MAX", CELLS[0]) is of_file
