"""Where a checkpoint may be written: not over what is none, but over what a workflow engine left beside one."""

from pathlib import Path

import pytest

from ebert_core.model.checkpoint_place import check_place
from ebert_core.protocol.terms.errors import InvalidRequest


def test_the_time_stamp_of_snakemake_is_no_part_of_a_checkpoint_and_no_loss(tmp_path: Path) -> None:
    (tmp_path / ".snakemake_timestamp").touch()
    (tmp_path / "description.json").touch()
    check_place(tmp_path)
    (tmp_path / "notes.txt").touch()
    with pytest.raises(InvalidRequest, match=r"holds notes\.txt, which is no part of a checkpoint"):
        check_place(tmp_path)
