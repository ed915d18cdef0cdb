"""Words and numbers that several rooms take from the terms: bins, headlines, and what a fine-tuning keeps."""

from typing import Any

import msgspec
import numpy as np
import pytest

from ebert_core.protocol import codec
from ebert_core.protocol.terms.adopting import changed_names
from ebert_core.protocol.terms.grid import bin_starts, whole_bin_starts
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.verdict import Judgement, Verdict
from ebert_core.protocol.tracks import FoundGene, FoundGenes


@pytest.mark.parametrize(
    ("start", "end", "begun", "whole"),
    [(130, 401, [150, 200, 250, 300, 350, 400], [150, 200]), (0, 200, [0, 50, 100, 150], [0]), (1, 50, [], [])],
)
def test_bins_begin_at_every_multiple_of_50_in_an_interval_and_span_200(
    start: int, end: int, begun: list[int], whole: list[int]
) -> None:
    interval = Interval("chr1", start, end)
    assert (bin_starts(interval).tolist(), whole_bin_starts(interval).tolist()) == (begun, whole)


@pytest.mark.parametrize(
    ("names", "scope"),
    [(("CTCF", "MAX"), "CTCF and MAX"), (("CTCF", "MAX", "MYC"), "3 factors")],
)
def test_a_headline_names_two_factors_and_counts_more(names: tuple[str, ...], scope: str) -> None:
    overall, *factors = (Judgement(name, ("K562",), 37, 150, "better", "") for name in ("", *names))
    headline = Verdict(overall, "motif x accessibility", "chr1", tuple(factors)).headline
    assert headline == f"Over {scope} on chr1: better than motif x accessibility"


def test_a_fine_tuning_says_what_is_new_and_what_is_left_and_nothing_where_all_stays() -> None:
    assert list(changed_names("small", "factors", ("A", "B"), ("B", "C"))) == [
        "New to small, and learnt from the start: the factors C.",
        "Left behind, since this fine-tuning does not use them: the factors A of small.",
    ]
    assert list(changed_names("small", "factors", ("A",), ("A",))) == []
    assert list(changed_names("small", "factors", (), ("A",))) == []


def test_what_is_said_of_a_name_that_several_genes_have_or_none() -> None:
    twice = FoundGenes(tuple(FoundGene("A", Interval("chr1", start, start + 10)) for start in (100, 200)))
    assert twice.sentence_on("a") == "2 genes are called a; choose one: A at chr1:101-110, A at chr1:201-210."
    assert "begins so: A" in twice.sentence_on("B")
    assert FoundGenes(()).sentence_on("B").startswith("There is no ")


class Pair(msgspec.Struct, frozen=True):
    """Two things to send."""

    one: Any
    other: Any


def test_a_number_of_numpy_travels_as_a_number_and_other_things_do_not() -> None:
    sent = codec.encode(Pair(np.float32(0.5), np.int64(3)))
    assert msgspec.msgpack.decode(sent) == {"one": 0.5, "other": 3}
    with pytest.raises(TypeError, match="object does not travel"):
        codec.encode(Pair(1, object()))
