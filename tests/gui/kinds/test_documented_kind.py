"""The example of docs/plugins.md is a kind of track that works."""

import importlib
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from ebert_core.genome.kinds import recognisers
from ebert_core.genome.recognising import Recogniser
from ebert_core.protocol.shapes import Features
from ebert_core.protocol.specs.fields import fields_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import BareFile, Chromosome, DatasetSummary
from ebert_core.sources.reader import Reader
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Room
from ebert_gui.kinds.kind import Kind
from ebert_gui.kinds.table import BUILT_IN, Kinds
from ebert_gui.state.scope import Scope
from ebert_gui.widgets.theme import LIGHT
from tests.gui.pages import Page
from tests.toy_summaries import checkpoint_summary

PAGE = Path(__file__).parents[3] / "docs" / "plugins.md"
DATASET = DatasetSummary("/d", "toy", "toy1", (Chromosome("chr1", 4000),), True, False, (), (), ())


@pytest.fixture
def names() -> dict[str, Any]:
    """What the code of the page defines."""
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL))
    names: dict[str, Any] = {}
    exec(code, names)
    return names


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The package of the page, installed with the entry points that the page names."""
    (tmp_path / "toy_gc.py").write_text("\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)))
    info = tmp_path / "toy_gc-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-gc\nVersion: 1.0\n")
    lines = [f"[{group}]\n{name} = {place}\n" for group, name, place in sorted(set(entry_points()))]
    (info / "entry_points.txt").write_text("".join(lines))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "toy_gc", raising=False)
    recognisers.cache_clear()
    yield importlib.import_module("toy_gc")
    recognisers.cache_clear()


def entry_points() -> list[tuple[str, str, str]]:
    """Group, name and place of all entry points of the page."""
    tables = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)]
    points = [table["project"]["entry-points"] for table in tables if "project" in table]
    return [(group, *each) for groups in points for group, places in groups.items() for each in places.items()]


def test_the_example_of_the_page_runs_and_is_offered_and_kept(names: dict[str, Any]) -> None:
    kind = names["KIND"]
    assert isinstance(kind, Kind)
    kinds = Kinds((*BUILT_IN, kind))
    scope = Scope(DATASET, checkpoint_summary())
    offered = {offer.name: offer.track for _, offers in kinds.offers(scope) for offer in offers}
    track = offered["GC share"]
    assert kinds.of(track) is kind
    assert kinds.read(b'{"type": "toy-gc", "id": "t"}').title == "GC share"
    ((part, source),) = track.reads(Scope(DATASET))
    assert part == "gc"
    assert type(source) is names["READER"].source


def test_the_file_format_of_the_page_is_recognised_opened_read_and_shown(installed: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "mine.toy"
    path.write_text("#toy scores\n0.5\tchr1\t1000\t1400\n3\tchr1\t2000\t2200\n")
    assert installed.scores_of(path) == [0.5, 3]
    assert recognisers().problems == []
    kinds = Kinds.with_plugins()
    assert kinds.problems == ()
    track = kinds.track_of_file(BareFile(str(path), path.name, installed.FOUND.kind))
    assert (type(track), track.title) == (installed.ScoresTrack, "mine.toy")
    path.write_text("#toy scores\n0.5\tchr1\t1000\n")
    with pytest.raises(InvalidRequest, match=r"mine\.toy, line 2: it has 3 columns in place of 4"):
        installed.scores_of(path)


def test_the_look_of_the_page_draws_and_answers(names: dict[str, Any], new_page: Callable[..., Page]) -> None:
    look, page, palette = names["PointsLook"](), new_page(), LIGHT
    shape = Features(
        Interval("chr1", 1000, 2000),
        np.array([1100, 1500]),
        np.array([1120, 1520]),
        scores=np.array([1.0, 7.0], np.float32),
    )
    content = TrackContent({"scores": (Held(1, shape.interval, shape),)})
    surface = page.surface
    room = Room(10.0, surface.height, palette, surface.font)
    arranged = look.arrange(names["PointSettings"](colour="#ff0000"), content, room)
    scale = look.range_of(arranged, surface.axis)
    assert (scale.low, scale.high) == (0, 7)
    look.paint(surface, arranged, scale)
    assert page.colour_at(11, 50 * 6 / 7) == page.colour_at(51, 1) == "#ff0000"
    assert not page.is_blank(80, 50 * 2 / 7)
    assert page.is_blank(80, 50 * 4 / 7)
    assert look.at(arranged, 1512, shape.interval).words == "score 7.00"
    assert look.at(arranged, 1300, shape.interval).words == ""
    empty = look.arrange(names["PointSettings"](), TrackContent(), room)
    assert (look.range_of(empty, surface.axis).high, look.at(empty, 1500, shape.interval).words) == (6, "")
    assert [each.title for each in fields_of(names["PointSettings"])] == ["Colour", "Line at"]


def test_the_entry_points_of_the_page_name_what_its_code_defines(names: dict[str, Any]) -> None:
    expected = {"sources": Reader, "kinds": Kind, "files": Recogniser}
    assert sorted({group for group, *_ in entry_points()}) == sorted(f"ebert_browser.{group}" for group in expected)
    for group, _, place in entry_points():
        assert isinstance(names[place.partition(":")[2]], expected[group.partition(".")[2]])
