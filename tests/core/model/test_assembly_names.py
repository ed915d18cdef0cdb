"""A checkpoint trained on GRCh37 is one of hg19."""

import json
from pathlib import Path

from ebert_core.model.description import read_description
from ebert_core.protocol.machine.resources import resource


def test_an_assembly_is_known_by_either_of_its_names(tmp_path: Path) -> None:
    content = json.loads((resource("checkpoints/human_slices") / "description.json").read_text())
    content["assembly"], content["elsewhere"] = "GRCh37", {"GRCh38": []}
    (tmp_path / "description.json").write_text(json.dumps(content))
    description = read_description(tmp_path)
    assert (description.assembly, dict(description.elsewhere)) == ("hg19", {"hg38": ()})
