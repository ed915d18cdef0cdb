"""What is made for sharing is shared as the umask says: checkpoints, predictions, sidecars, jobs and stores."""

import os
import stat
from pathlib import Path

import pytest

from ebert_core.cli.program import main
from ebert_core.protocol.specs.on_disk import write_spec
from tests.core.toy_binding import finetune_spec, write_toy_binding


@pytest.mark.parametrize(("mask", "files", "folders"), [(0o002, 0o664, 0o775), (0o027, 0o640, 0o750)])
def test_all_files_that_commands_make_have_the_permissions_of_the_umask(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    toy_checkpoint: Path,
    smallest: None,
    mask: int,
    files: int,
    folders: int,
) -> None:
    monkeypatch.delenv("EBERT_JOBS")
    before = os.umask(mask)
    try:
        place = tmp_path / "made"
        place.mkdir()
        dataset = write_toy_binding(place)
        assert main(["prepare", str(dataset)]) == 0
        write_spec(place / "spec.toml", finetune_spec(dataset, place / "fos", epochs=1))
        assert main(["finetune", str(place / "spec.toml")]) == 0
        what = ["predict", str(toy_checkpoint), str(dataset), "--cell-type", "alpha", "--factor", "FOS"]
        for ending in ("bw", "bed.gz", "tab.gz"):
            assert main([*what, "--locus", "chr2:1-2,000", "--output", str(place / f"p.{ending}")]) == 0
    finally:
        os.umask(before)
    wrong = [path for path in place.rglob("*") if mode(path) != (folders if path.is_dir() else files)]
    assert [f"{path.relative_to(place)} {mode(path):o}" for path in wrong] == []
    made = {path.name for path in place.rglob("*")}
    assert {"weights.safetensors", "p.bw", "p.bed.gz", "p.tab.gz", "index.json", "events.jsonl", "lock"} <= made


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
