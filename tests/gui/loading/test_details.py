"""What a file says of a thing that was clicked: asked for then, and written as text to copy."""

import numpy as np

from ebert_core.protocol.shapes import Column, Features
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.datasets.opening import kinds_of_files
from ebert_gui.loading.details import said_of
from tests.gui import drawn

HERE = Interval("chr1", 99, 100)


def test_every_column_that_says_something_of_a_thing_is_a_line_of_its_name_and_its_value() -> None:
    starts = np.array([99, 99])
    shape = Features(
        HERE,
        starts,
        starts + 1,
        names=("rs1", ""),
        columns=(Column("POS", ("100", "100")), Column("a long name of a sample", ("0/1", ""))),
    )
    said = said_of(shape)
    assert said.heading == "rs1 at chr1:100"
    pad = " " * 22
    assert said.text == f"POS{pad[2:]}  100\na long name of a sample  0/1\n\nPOS{pad[2:]}  100"


def test_what_has_no_name_is_called_by_its_place() -> None:
    starts = np.array([99])
    assert said_of(Features(Interval("chr1", 99, 102), starts, starts + 3, names=("",))).heading == "chr1:100-102"


def test_files_of_every_kind_that_has_tracks_are_opened_and_named_in_the_dialog() -> None:
    assert all(drawn.KINDS.shows_files(kind) for kind in ("signal", "features", "genes", "states", "peaks"))
    assert not drawn.KINDS.shows_files("checkpoint")
    offered = kinds_of_files(drawn.KINDS.formats)
    assert {".bed", ".bw", ".vcf", ".vcf.gz", ".fa"} < set(offered[0].endings)
    assert {".vcf", ".bedpe"} < set(next(kind.endings for kind in offered if kind.name == "Other tracks"))
    assert [kind.name for kind in kinds_of_files(())] == ["All files", "Datasets"]
