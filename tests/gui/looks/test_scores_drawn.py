"""Scores that are no probabilities: a scale of their own, and nothing that only a probability can claim."""

from collections.abc import Callable

from ebert_core.protocol.sources import PredictedBinding
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, Chromosome, DatasetSummary, PeakFiles
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.drawn_rows import DrawnRow
from ebert_gui.browser.look import Scale
from ebert_gui.kinds.attention import AttentionTrack
from ebert_gui.kinds.prediction import PredictionTrack
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.scope import Scope
from tests.certain import present
from tests.gui import toy_shapes
from tests.gui.drawn import caption, draw, row_over
from tests.gui.pages import Page, Written
from tests.toy_summaries import checkpoint_summary, motif_summary

HERE = Interval("chr1", 0, 20_000)
CELLS = (CellType("alpha", True, (), (PeakFiles("CTCF", False),)), CellType("beta", True))
DATASET = DatasetSummary("/d", "toy", "toy1", (Chromosome("chr1", 20_000),), True, True, (), (), CELLS)
SCOPE = Scope(DATASET, motif_summary(), anchor=Interval("chr1", 10, 11))
TRACK = PredictionTrack(factor="CTCF", quantity="motif")
AXIS = Axis("chr1", 1000, 10, 100, 1.0)


def scores(*values: float) -> TrackContent:
    return TrackContent({"prediction": (Held(1, HERE, toy_shapes.prediction(HERE, 1000, *values)),)})


def row(*values: float) -> DrawnRow:
    return row_over(AXIS, TRACK, scores(*values), SCOPE)


def range_of(*values: float) -> Scale | None:
    drawn = row(*values)
    found: Scale | None = drawn.look.range_of(drawn.arranged, AXIS)
    return found


def test_the_scale_begins_at_0_unless_all_scores_are_below_it() -> None:
    assert range_of(0.5, 12.2, 7.0) == Scale(0.0, 15.0)
    assert range_of(-3.5, 12.2) == Scale(0.0, 15.0)
    assert range_of(-3.5, -1.0) == Scale(-4.0, 0.0)
    assert range_of(-3.5, 0.0) == Scale(0.0, 1.0)
    assert row(-3.5, 12.2).at(1010.0, AXIS).words == "-3.5 bits"


def test_title_caption_and_readout_name_the_motif_its_unit_and_the_statistic(new_page: Callable[..., Page]) -> None:
    assert (TRACK.title, TRACK.subtitle) == ("CTCF motif", "")
    assert caption(new_page(10.0, (100, 84)).surface, TRACK, scores(0.5, 12.2), SCOPE) == "bits from 0, 50-bp steps"
    said = row(0.5, 12.2).at(1060.0, AXIS)
    assert (said.words, said.short) == ("12.2 bits", "best log-odds of both strands")
    assert said.full == "CTCF motif: 12.2 bits, best log-odds of both strands."


def test_nothing_of_calls_familiarity_or_doubt_is_written(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page = new_page(10.0, (100, 84))
    draw(page, TRACK, scores(0.5, 12.2), 84.0, SCOPE, scale=Scale(0.0, 15.0))
    assert not [text for text in written if any(word in str(text) for word in ("call", "bound", "seen", "assayed"))]
    assert row(0.5).doubts == ()


def test_a_scan_is_asked_once_without_a_draft_and_without_a_cell_type() -> None:
    [read] = TRACK.reads(SCOPE)
    assert read.source == PredictedBinding("/m.pfm", "/d", "", "CTCF", has_draft=False)
    assert read.source.draft is None


def test_each_matrix_is_offered_once_and_attention_never() -> None:
    offers = dict(Kinds().offers(SCOPE))
    assert [offer.name for offer in offers["m.pfm"]] == ["CTCF motif", "M2 motif"]
    assert not [offer for offered in offers.values() for offer in offered if isinstance(offer.track, AttentionTrack)]
    assert "Attention" in [offer.name for offer in dict(Kinds().offers(Scope(DATASET, checkpoint_summary())))["alpha"]]


def test_attention_of_a_model_that_does_not_attend_says_so_and_asks_nothing() -> None:
    track = AttentionTrack(cell_type="alpha")
    assert track.reads(SCOPE) == ()
    assert present(track.lack(SCOPE)).sentence == "m.pfm is a motif scan, which does not attend."


def test_a_motif_does_not_follow_the_chosen_factor_and_what_is_not_there_is_named() -> None:
    assert TRACK.of_factor("CTCF", "MAX", None) == TRACK
    assert present(PredictionTrack(factor="XY").lack(SCOPE)).sentence == "This motif scan does not predict XY."
