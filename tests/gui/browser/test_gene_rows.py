"""Genes are arranged once, and drawn as they are arranged."""

from dataclasses import replace

import numpy as np
import pytest

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import Gene, Genes
from ebert_gui.browser import gene_rows
from ebert_gui.browser.content import Held, Setting, TrackContent
from ebert_gui.browser.gene_rows import Names, lay_out
from ebert_gui.browser.painters import PAINTERS
from ebert_gui.browser.signal import Scale
from ebert_gui.state.tracks import GenesTrack

HERE = Interval("chr1", 0, 400_000)


def many(count: int) -> TrackContent:
    starts = np.linspace(0, HERE.end - 3_000, count).astype(int).tolist()
    genes = tuple(Gene(f"G{number}", start, start + 2_500, "+") for number, start in enumerate(starts))
    return TrackContent({"genes": (Held(0, HERE, Genes(HERE, genes, 0)),)})


@pytest.fixture
def arranged(monkeypatch):
    """How often genes were arranged."""
    calls = []
    real = gene_rows._arranged
    monkeypatch.setattr(gene_rows, "_arranged", lambda *words: calls.append(1) or real(*words))
    return calls


def test_a_slide_of_a_hundred_frames_arranges_genes_once(new_page, arranged) -> None:
    page, content, track = new_page(), many(300), GenesTrack(height=120)
    painter = PAINTERS[GenesTrack]
    for frame in range(100):
        surface = replace(page.surface, axis=page.surface.axis._replace(start=40.0 * frame))
        painter.paint(surface, track, content, Scale(), Setting())
        painter.annotate(surface, track, content, Scale(), Setting())
        painter.caption(surface, track, content, Setting())
    assert len(arranged) == 1


def test_another_zoom_height_or_reply_arranges_genes_anew(new_page, arranged) -> None:
    surface, content = new_page().surface, many(20)
    first = lay_out(surface, content)
    assert lay_out(replace(surface, axis=surface.axis._replace(bases_per_pixel=77.0)), content) is not first
    assert lay_out(replace(surface, height=surface.height + 30), content) is not first
    other = many(21)
    assert len(lay_out(surface, other).genes) == 21
    assert lay_out(surface, content) is first
    assert len(arranged) == 4


def test_only_genes_in_sight_are_painted(new_page) -> None:
    surface = new_page().surface
    layout = lay_out(surface, many(300))
    shown = layout.touching(surface.axis)
    assert 0 < len(shown) < 300
    assert all(layout.genes[number].start <= surface.axis.end + 10 * surface.axis.bases_per_pixel for number in shown)


def test_more_genes_than_rows_are_counted_as_hidden(new_page) -> None:
    surface = new_page().surface
    genes = tuple(Gene(f"G{number}", 1_000, 1_900, "+") for number in range(60))
    layout = lay_out(surface, TrackContent({"genes": (Held(0, HERE, Genes(HERE, genes, 0)),)}))
    assert layout.names is Names.NOWHERE
    assert sorted(layout.rows) == list(range(60))
    rows_in_sight = int((surface.height - 8) // layout.row_height)
    assert layout.hidden == 60 - rows_in_sight
