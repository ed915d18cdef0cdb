"""The example of docs/plugins.md is a kind of track that works."""

import re
from pathlib import Path

from ebert_core.protocol.tracks import Chromosome, DatasetSummary
from ebert_gui.kinds.kind import Kind
from ebert_gui.kinds.table import BUILT_IN, Kinds
from ebert_gui.state.scope import Scope
from tests.toy_summaries import checkpoint_summary

PAGE = Path(__file__).parents[3] / "docs" / "plugins.md"
DATASET = DatasetSummary("/d", "toy", "toy1", (Chromosome("chr1", 4000),), True, False, (), (), ())


def test_the_example_of_the_page_runs_and_is_offered_and_kept() -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL))
    names: dict[str, object] = {}
    exec(code, names)
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
