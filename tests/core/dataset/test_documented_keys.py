"""The example of docs/dataset.md is one that opens."""

import re
from pathlib import Path

from ebert_core.dataset.layout import read_layout
from tests.certain import present

PAGE = Path(__file__).parents[3] / "docs" / "dataset.md"


def test_the_documented_example_opens_once_its_files_exist(tmp_path: Path) -> None:
    example = present(re.search(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL))[1]
    (tmp_path / "DATASET.toml").write_text(example)
    for name in re.findall(r'"([\w.-]+\.(?:gz|sizes|bed|bw|pfm|meme))[#"]', example):
        (tmp_path / name).touch()
    layout = read_layout(tmp_path / "DATASET.toml")
    assert layout.cell_types["K562"].peaks["CTCF"].relaxed == str(tmp_path / "K562.CTCF.relaxed.narrowPeak.gz")
    assert layout.motifs["CTCF"].endswith("motifs.pfm#CTCF_HUMAN.H11MO.0.A")
    assert list(layout.cell_types) == ["K562", "HUVEC"]
