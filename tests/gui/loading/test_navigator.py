"""A text leads to one place, or to none with a sentence on why; everything that goes to a place goes by this way."""

import ast
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import ebert_gui
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import FindGenes, FoundGene, FoundGenes
from ebert_gui.loading.navigator import Missed, Navigator
from ebert_gui.state.workspace import Workspace
from ebert_gui.workers.state import Failure
from tests.gui.drawn import KINDS

MYC = FoundGene("MYC", Interval("chr1", 2_000_000, 2_005_000))
START = Interval("chr1", 100, 900)


class Led:
    """A navigator, and what it told in order."""

    def __init__(self, workspace: Workspace, data: Any) -> None:
        self.navigator = Navigator(workspace, data)
        self.said: list[tuple[object, ...]] = []
        for name in ("problem", "settled"):
            getattr(self.navigator, name).connect(lambda *what, name=name: self.said.append((name, *what)))

    def take(self) -> list[tuple[object, ...]]:
        said, self.said = self.said, []
        return said


@pytest.fixture
def led(qapp: object, workspace: Workspace, data: Any, summary: Any) -> Led:
    workspace.open_dataset(summary)
    workspace.view.show(START)
    return Led(workspace, data)


def answer(data: Any, *places: FoundGene) -> None:
    data.open.pop(next(iter(data.open)))[1](FoundGenes(places))


@pytest.mark.parametrize(
    ("gene", "shown"),
    [
        (Interval("chr1", 8_000, 9_000), Interval("chr1", 7_000, 10_000)),
        (Interval("chr1", 5_000, 15_000), Interval("chr1", 3_000, 17_000)),
        (Interval("chr1", 500, 9_999_500), Interval("chr1", 0, 10_000_000)),
    ],
)
def test_a_gene_is_shown_with_a_fifth_of_its_length_at_both_sides_and_never_less_than_a_kilobase(
    led: Led, workspace: Workspace, gene: Interval, shown: Interval
) -> None:
    workspace.view.open_genome({"chr1": 10_000_000})
    led.navigator.show_gene(FoundGene("X", gene))
    assert workspace.view.interval == shown


def test_a_locus_is_shown_exactly_and_nobody_is_asked(led: Led, workspace: Workspace, data: Any) -> None:
    arrived: list[str] = []
    led.navigator.go("chr1:2,001-3,000", lambda: arrived.append("there"))
    assert workspace.view.interval == Interval("chr1", 2000, 3000)
    assert (arrived, led.take(), data.asked) == (["there"], [], [])
    workspace.view.go_back()
    assert workspace.view.interval == START


def test_a_gene_of_this_very_name_is_gone_to_and_any_other_is_a_sentence(
    led: Led, workspace: Workspace, data: Any
) -> None:
    led.navigator.go("myc")
    assert not led.navigator.is_settled
    assert data.asked == [FindGenes("myc")]
    answer(data, FoundGene("MYCL", Interval("chr1", 1, 9)), MYC)
    shown = workspace.view.interval
    assert (shown.start, shown.end) == (1_999_000, 2_006_000)
    assert led.take() == [("settled",)]
    for places, said in (
        ((), "There is no chromosome, gene or transcript called myc here."),
        ((MYC, replace(MYC, interval=Interval("chr1", 5, 9))), "2 genes are called myc; choose one:"),
    ):
        led.navigator.go("myc")
        answer(data, *places)
        (problem, sentence, details), settled = led.take()
        assert (problem, details, settled) == ("problem", "", ("settled",))
        assert str(sentence).startswith(said)
        assert workspace.view.interval == shown


def test_whoever_asks_hears_why_and_which_genes_may_be_meant(led: Led, data: Any) -> None:
    heard: list[Missed] = []
    others = (FoundGene("MYCL", Interval("chr1", 1, 9)), FoundGene("MYCN", Interval("chr1", 20, 90)))
    twice = (MYC, replace(MYC, interval=Interval("chr1", 5, 9)))
    led.navigator.go("chr1:x", missed=heard.append)
    for found in (others, (*twice, *others)):
        led.navigator.go("myc", missed=heard.append)
        answer(data, *found)
    assert [each.genes for each in heard] == [None, FoundGenes(others), FoundGenes(twice)]
    assert heard[0].sentence == "'x' in chr1:x is no position; write chr1:1,000-2,000."
    assert led.take() == [("settled",)] * 2


def test_a_gene_that_is_found_too_late_is_not_gone_to(led: Led, workspace: Workspace, data: Any) -> None:
    led.navigator.go("myc", is_wanted=lambda: False)
    answer(data, MYC)
    assert workspace.view.interval == START
    assert led.take() == [("settled",)]


def test_a_worker_that_cannot_look_is_heard_and_all_is_settled_after_the_last(led: Led, data: Any) -> None:
    led.navigator.go("myc")
    led.navigator.go("gata1")
    data.fail_all(Failure("invalid", "There are no genes."))
    assert led.take() == [("problem", "There are no genes.", "")] * 2 + [("settled",)]
    assert led.navigator.is_settled


def test_nothing_is_looked_for_where_nothing_is_open_or_typed(led: Led, data: Any) -> None:
    led.navigator.go("")
    Navigator(Workspace(KINDS), data).go("myc")
    assert data.asked == []


def test_the_whole_chromosome_in_view_is_shown(led: Led, workspace: Workspace) -> None:
    led.navigator.show_chromosome()
    assert workspace.view.interval == Interval("chr1", 0, workspace.view.chromosome_length)


def test_nobody_else_leads_to_a_place_but_gestures_and_sessions() -> None:
    """A drag along the axis shows what was dragged over, and a session its place; all others go by the navigator."""
    package = Path(ebert_gui.__path__[0])
    jumping = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("show", "jump")
        and ast.unparse(node.value).endswith("view")
    }
    assert jumping == {"browser/canvas.py", "loading/navigator.py", "loading/opening.py"}
