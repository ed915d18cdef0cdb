"""Genes are arranged once, and drawn as they are arranged."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.drawn_rows import DrawnRows
from ebert_gui.browser.look import Room, Scale
from ebert_gui.kinds.genes import GenesTrack
from ebert_gui.looks.feature_rows import Feature, Layout, Names, features_of
from ebert_gui.state.scope import Scope
from tests.gui import toy_shapes
from tests.gui.drawn import KINDS, Given, content_of, layout_of, room_of
from tests.gui.pages import Page

HERE = Interval("chr1", 0, 400_000)


def many(count: int) -> list[Feature]:
    starts = np.linspace(0, HERE.end - 3_000, count).astype(int).tolist()
    return [Feature(f"G{number}", start, start + 2_500, "+") for number, start in enumerate(starts)]


def shown(count: int) -> TrackContent:
    return content_of("genes", HERE, toy_shapes.genes(HERE, *many(count)))


def test_a_slide_of_a_hundred_frames_arranges_genes_once(new_page: Callable[..., Page]) -> None:
    surface, rows, track = new_page().surface, DrawnRows(KINDS, Given(shown(300))), GenesTrack(height=120)
    for frame in range(100):
        moved = replace(surface, axis=surface.axis._replace(start=40.0 * frame))
        row = rows.row(track, Scope(), room_of(moved))
        row.paint(moved, Scale())
        row.annotate(moved, Scale())
        row.label(moved, None)
    assert rows.arranged == 1


def test_another_zoom_height_or_reply_arranges_genes_anew(new_page: Callable[..., Page]) -> None:
    surface, source = new_page().surface, Given(shown(20))
    rows, track = DrawnRows(KINDS, source), GenesTrack()

    def layout(room: Room) -> Layout:
        found: Layout = rows.row(track, Scope(), room).arranged.layout
        return found

    room = room_of(surface)
    first = layout(room)
    assert layout(room) is first
    assert layout(room._replace(bases_per_pixel=77.0)) is not first
    assert layout(room._replace(height=room.height + 30)) is not first
    source.content_now = TrackContent({"genes": (Held(9, HERE, toy_shapes.genes(HERE, *many(21))),)})
    assert len(layout(room).features) == 21
    assert rows.arranged == 4


def test_only_genes_in_sight_are_painted(new_page: Callable[..., Page]) -> None:
    surface = new_page().surface
    layout = layout_of(surface, *many(300))
    shown = layout.touching(surface.axis)
    assert 0 < len(shown) < 300
    assert all(
        layout.features[number].start <= surface.axis.end + 10 * surface.axis.bases_per_pixel for number in shown
    )


def test_more_genes_than_rows_are_counted_as_hidden(new_page: Callable[..., Page]) -> None:
    surface = new_page().surface
    layout = layout_of(surface, *(Feature(f"G{number}", 1_000, 1_900, "+") for number in range(60)))
    assert layout.names is Names.NOWHERE
    assert sorted(layout.rows) == list(range(60))
    rows_in_sight = int((surface.height - 8) // layout.row_heights[0])
    assert layout.hidden == 60 - rows_in_sight


def test_a_gene_travels_with_its_strand_exons_coding_parts_and_transcripts() -> None:
    given = (
        Feature("A", 100, 900, "+", ((100, 300), (700, 900)), ((200, 300),), 3),
        Feature("B", 150, 160, ".", (), (), 1),
        Feature("C", 150, 990, "-", ((150, 990),), (), 1),
    )
    whole = toy_shapes.genes(HERE, *given)
    assert features_of([whole, whole]) == given
    bare = type(whole)(HERE, whole.starts, whole.ends)
    assert features_of([bare]) == tuple(Feature("", gene.start, gene.end, ".") for gene in given)


def test_a_crowd_takes_neither_names_nor_height_from_features_elsewhere(new_page: Callable[..., Page]) -> None:
    surface = new_page().surface
    crowd = [Feature(f"C{number}", 100_000, 109_000, "+") for number in range(8)]
    # A label that would reach into the crowd has no room.
    before, alone = Feature("BEFORE", 99_000, 99_990, "+"), Feature("ALONE", 200_000, 209_000, "+")
    layout = layout_of(surface, before, *crowd, alone)
    assert layout.names is Names.NOWHERE
    assert layout.has_label.tolist() == [False] * 9 + [True]
    assert (layout.glyphs[-1], layout.row_heights[-1]) == (8.0, 14.0)
    assert layout.row_heights[1:9].tolist() == [5.0] * 8
    # Of two rows that are full a label gives way to a body, and comes back where there is room.
    rows = [Feature(name, 1000, 1900, "+") for name in "AB"] + [Feature("D", 1950, 2000, "+")]
    assert layout_of(replace(surface, height=34.0), *rows).has_label.tolist() == [False, True, True]
    assert layout_of(replace(surface, height=48.0), *rows).has_label.tolist() == [True, True, True]
