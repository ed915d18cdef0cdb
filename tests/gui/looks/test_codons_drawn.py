"""Codons of genes with their amino acids: through introns, on both strands, and only where bases can be told apart."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ebert_core.protocol.shapes import Letters, Shape
from ebert_core.protocol.sources import GeneModels, ReferenceSequence
from ebert_core.protocol.terms.bases import encode_bases, reverse_complement
from ebert_core.protocol.terms.codons import amino_acids
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.looks.codons import Codon
from ebert_gui.looks.feature_rows import Feature
from ebert_gui.looks.feature_settings import GeneSettings
from ebert_gui.state.scope import Scope
from ebert_gui.widgets.theme import LIGHT
from tests.gui import toy_shapes
from tests.gui.drawn import content_of, row_over
from tests.gui.drawn import draw as drawn_on
from tests.gui.pages import Page, Written

START = 1000


def content(sequence: str, *genes: Feature, chromosome: str = "chr1") -> TrackContent:
    """Genes, and the bases from 1,000 on."""
    here = Interval(chromosome, START, START + len(sequence))
    shapes: dict[str, Shape] = {"genes": toy_shapes.genes(here, *genes), "bases": Letters(here, encode_bases(sequence))}
    return TrackContent({part: (Held(number, here, shape),) for number, (part, shape) in enumerate(shapes.items())})


def gene(*coding: tuple[int, int], strand: str = "+") -> Feature:
    return Feature("G", coding[0][0], coding[-1][1], strand, coding, coding)


def codons_of(given_content: TrackContent, zoom: float = 0.1, chromosome: str = "chr1") -> tuple[Codon, ...]:
    axis = Axis(chromosome, float(START), zoom, 100.0)
    found: tuple[Codon, ...] = row_over(axis, GenesTrack(), given_content).arranged.codons
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.text("ACGT", min_size=60, max_size=60),
    st.lists(st.integers(0, 60), min_size=2, max_size=8, unique=True).filter(lambda cuts: len(cuts) % 2 == 0),
    st.sampled_from("+-"),
)
def test_a_gene_is_read_through_its_introns_in_its_own_direction(sequence: str, cuts: list[int], strand: str) -> None:
    cuts = sorted(cuts)
    coding = [(START + first, START + last) for first, last in zip(cuts[::2], cuts[1::2], strict=True)]
    spliced = encode_bases("".join(sequence[first - START : last - START] for first, last in coding))
    spliced = spliced if strand == "+" else reverse_complement(spliced)
    found = codons_of(content(sequence, gene(*coding, strand=strand)))
    if len(spliced) % 3:
        assert found == ()
        return
    letters = {codon.number: codon.letter for codon in found}
    assert [letters[number] for number in sorted(letters)] == amino_acids(spliced.reshape(-1, 3))
    covered = [place for codon in found for place in range(codon.start, codon.end)]
    assert sorted(covered) == [place for first, last in coding for place in range(first, last)]


def test_codons_are_boxes_with_letters_of_which_every_other_is_paler(
    new_page: Callable[..., Page], written: list[Written]
) -> None:
    page, track = new_page(), GenesTrack(drawn=GeneSettings(labelled="none"))
    drawn_on(page, track, content("ATGAAATAAGG", gene((1000, 1009))), 26.0, bases_per_pixel=0.11)
    assert [(each.text, each.left, each.right) for each in written] == [("M", 0, 27), ("K", 27, 55), ("*", 55, 82)]
    boxes = page.across(13)
    assert [(first, last) for first, last, _ in boxes] == [(0, 27), (27, 55), (55, 82)]
    start, paler, stop = (colour for _, _, colour in boxes)
    assert (start, stop) == (LIGHT.signals[2], LIGHT.error)
    assert paler not in (LIGHT.gene, LIGHT.canvas)


def test_a_divided_codon_has_its_letter_once(new_page: Callable[..., Page], written: list[Written]) -> None:
    track = GenesTrack(drawn=GeneSettings(labelled="none"))
    divided = content("AGGGTGATGCC", gene((1000, 1001), (1004, 1006), (1006, 1009)))
    drawn_on(new_page(), track, divided, 26.0, bases_per_pixel=0.1)
    # Its first base alone has room for a letter, too.
    assert [(each.text, each.left) for each in written] == [("M", 40), ("M", 60)]


def test_what_is_under_the_cursor_names_the_codon() -> None:
    given_content = content("ATGAAATAAGG", gene((1000, 1009)))
    row = row_over(Axis("chr1", float(START), 0.1, 100.0), GenesTrack(), given_content)
    assert [row.look.at(row.arranged, at, Interval("chr1", 1000, 1010)).words for at in (1001, 1003, 1008.5)] == [
        "G (+) · codon 1 ATG M",
        "G (+) · codon 2 AAA K",
        "G (+) · codon 3 TAA *",
    ]


def test_codons_whose_bases_have_not_come_are_not_read() -> None:
    found = codons_of(content("ATGAAAT", gene((1000, 1009))))
    assert [(codon.letter, codon.bases) for codon in found] == [("M", "ATG"), ("K", "AAA"), ("", "")]


def test_nothing_is_read_where_it_could_be_wrong_or_could_not_be_seen() -> None:
    whole, known = gene((1000, 1009)), "ATGAAATAAGG"
    assert len(codons_of(content(known, whole))) == 3
    assert codons_of(content(known, whole), zoom=2.0) == ()
    assert codons_of(content(known, gene((1000, 1008)))) == ()
    assert codons_of(content(known, gene((1000, 1009), strand="."))) == ()
    assert codons_of(content(known, whole, chromosome="chrM"), chromosome="chrM") == ()
    without = content_of("genes", Interval("chr1", 1000, 1010), toy_shapes.genes(Interval("chr1", 0, 9), whole))
    assert codons_of(without) == ()


@pytest.mark.parametrize(("zoom", "has_sequence", "sources"), [(1.0, True, 2), (1.1, True, 1), (0.1, False, 1)])
def test_bases_are_read_only_where_they_can_be_told_apart(
    dataset: DatasetSummary, zoom: float, has_sequence: bool, sources: int
) -> None:
    scope = Scope(replace(dataset, has_sequence=has_sequence), bases_per_column=zoom)
    reads = [each.source for each in GenesTrack().reads(scope)]
    assert reads == [GeneModels(), ReferenceSequence()][:sources]
