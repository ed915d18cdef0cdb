"""The example of docs/plugins.md is a kind of track that works."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.genome.recognisers import BUILT_IN as BUILT_IN_FILES
from ebert_core.genome.recognising import Head, Recogniser, Recognisers
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import BareFile, Chromosome, DatasetSummary
from ebert_core.sources.open_dataset import OpenedDataset
from ebert_core.sources.reader import Reader
from ebert_gui.kinds.kind import Kind
from ebert_gui.kinds.table import BUILT_IN, Kinds
from ebert_gui.state.scope import Scope
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


def test_the_file_format_of_the_page_is_recognised_opened_read_and_shown(names: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "mine.toy"
    path.write_text("#toy scores\n0.5\tchr1\t1000\t1400\n3\tchr1\t2000\t2200\n")
    table = Recognisers(BUILT_IN_FILES, [names["RECOGNISER"]])
    assert table.problems == []
    found = table.kind_of(Head.of(path))
    kinds = Kinds((*BUILT_IN, names["KIND"], names["SCORES_KIND"]))
    track = kinds.track_of_file(BareFile(str(path), path.name, found.kind))
    assert (kinds.of(track), track.title) == (names["SCORES_KIND"], "mine.toy")
    ((part, source),) = track.reads(Scope(DATASET))
    assert (part, type(source)) == ("scores", names["SCORES_READER"].source)
    sizes = tmp_path / "toy.sizes"
    sizes.write_text("chr1\t4000\n")
    opened = OpenedDataset()
    opened.open(lambda: Dataset.from_files([sizes]))
    shape = names["SCORES_READER"].read(source, Interval("chr1", 0, 1500), 300, opened)
    assert (shape.starts.tolist(), shape.scores.tolist()) == ([1000], [0.5])
    path.write_text("#toy scores\n0.5\tchr1\t1000\n")
    with pytest.raises(InvalidRequest, match=r"mine\.toy, line 2: it has 3 columns in place of 4"):
        names["SCORES_READER"].read(source, Interval("chr1", 0, 1500), 300, opened)


def test_the_entry_points_of_the_page_name_what_its_code_defines(names: dict[str, Any]) -> None:
    tables = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)]
    points = [table["project"]["entry-points"] for table in tables if "project" in table]
    named = [(group, place) for groups in points for group, places in groups.items() for place in places.values()]
    expected = {"sources": Reader, "kinds": Kind, "files": Recogniser}
    assert sorted({group for group, _ in named}) == sorted(f"ebert_browser.{group}" for group in expected)
    for group, place in named:
        assert isinstance(names[place.partition(":")[2]], expected[group.partition(".")[2]])
