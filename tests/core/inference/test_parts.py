"""Blocks that were kept are taken where all is as it was; whatever else lies among them is cleared away or said."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ebert_core.inference.parts import Circumstances, Parts, Request, parts_folder
from ebert_core.model.description import InputFile

REQUEST = Request(
    package="1.0",
    checkpoint="c",
    calibration="d",
    inputs={"reference": InputFile("hg19.fa", "1"), "label_rule": InputFile("", "2")},
    region_files=(),
    cell_type="K562",
    factors=("CTCF",),
    places=("chr1",),
    strands=2,
    precision="fp32",
    encoding="encode_values",
    layout=(400, 200, 4),
)
HERE = Circumstances("2.5", "cpu", 2)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "x.bw"


def opened(output: Path, request: Request = REQUEST, here: Circumstances = HERE) -> tuple[Parts, list[str]]:
    said: list[str] = []
    return Parts.opened(output, request, here, said.append), said


def test_blocks_are_read_as_they_were_written_and_gone_on_with(output: Path) -> None:
    parts, said = opened(output)
    assert (said, parts.sentence()) == ([], "")
    assert not parts.has(0)
    parts.write(0, [b"a", b"bc"])
    parts.write(7, [b"", b"d" * 2_000])
    again, said = opened(output)
    assert said == ["Going on with 2 blocks that an earlier run kept."]
    assert (again.has(0), again.has(1), again.has(7)) == (True, False, True)
    assert (again.read(0), again.read(7)) == ([b"a", b"bc"], [b"", b"d" * 2_000])
    assert again.sentence() == (
        f"The same command goes on from here: 2 blocks (2.0 kB) are kept in {parts_folder(output)} until then; --anew "
        "removes them."
    )


def test_one_block_is_one(output: Path) -> None:
    parts, _ = opened(output)
    parts.write(3, [b"a"])
    assert opened(output)[1] == ["Going on with 1 block that an earlier run kept."]
    assert "1 block (" in parts.sentence()
    assert ") is kept in " in parts.sentence()


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-1], lambda data: data[:-1] + b"x", lambda _: b"", lambda data: data + b"x"]
)
def test_a_torn_block_is_not_taken(output: Path, spoil: Callable[[bytes], bytes]) -> None:
    parts, _ = opened(output)
    for number in (0, 1):
        parts.write(number, [b"values"])
    path = parts.folder / "1.block"
    path.write_bytes(spoil(path.read_bytes()))
    again, said = opened(output)
    assert said == ["Going on with 1 block that an earlier run kept."]
    assert (again.has(0), again.has(1)) == (True, False)


def test_what_nobody_of_ours_put_there_is_cleared_away_and_not_followed(output: Path, tmp_path: Path) -> None:
    parts, _ = opened(output)
    parts.write(0, [b"values"])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("kept")
    (parts.folder / "1.block").mkdir()
    (parts.folder / "1.block" / "inner").write_text("")
    (parts.folder / "2.block").symlink_to(tmp_path / "mine")
    (parts.folder / "3.block.part").write_text("half")
    again, said = opened(output)
    assert said == ["Going on with 1 block that an earlier run kept."]
    assert sorted(path.name for path in again.folder.iterdir()) == ["0.block", "request.json"]
    assert (tmp_path / "mine" / "file").read_text() == "kept"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"package": "1.1"}, "the program"),
        ({"checkpoint": "e", "calibration": "e"}, "the checkpoint and the checkpoint's calibration"),
        ({"places": ("chr2",), "layout": (400, 200, 8)}, "the regions"),
        ({"factors": ("CTCF", "JUN")}, "the factors"),
        ({"cell_type": "HepG2"}, "the cell type"),
        ({"strands": 1, "precision": "bf16"}, "the strands and the precision"),
        ({"encoding": "encode_lines"}, "the format"),
        ({"inputs": {**REQUEST.inputs, "reference": InputFile("hg19.fa", "9")}}, r"reference (hg19.fa)"),
        ({"inputs": {"reference": REQUEST.inputs["reference"]}}, "label_rule"),
    ],
)
def test_what_is_another_is_named_and_all_begins_anew(
    output: Path,
    changes: dict[str, dict[str, InputFile] | int | str | tuple[int | str, ...] | tuple[str, str]],
    words: str,
) -> None:
    parts, _ = opened(output)
    parts.write(0, [b"values"])
    again, said = opened(output, msgspec.structs.replace(REQUEST, **changes))
    assert said == [f"What an earlier run kept is not used, since {words} changed; this one begins anew."]
    assert not again.has(0)


def test_what_may_differ_in_the_last_bits_is_said(output: Path) -> None:
    opened(output)[0].write(0, [b"values"])
    _, said = opened(output, here=Circumstances("2.6", "cpu", 4))
    assert said == [
        "Going on with 1 block that an earlier run kept. Numbers may differ in the last bits: torch was 2.5, is 2.6, "
        "threads was 2, is 4."
    ]


def test_a_folder_that_does_not_say_what_it_holds_begins_anew(output: Path) -> None:
    parts, _ = opened(output)
    parts.write(0, [b"values"])
    (parts.folder / "request.json").write_text("{}")
    again, said = opened(output)
    [sentence] = said
    assert sentence.startswith("What an earlier run kept is not used, since it does not say of what it is a part")
    assert not again.has(0)


def test_a_folder_without_a_block_goes_and_one_with_blocks_stays(output: Path) -> None:
    parts, _ = opened(output)
    parts.remove_if_empty()
    assert not parts.folder.exists()
    parts, said = opened(output)
    assert said == []
    parts.write(0, [b"values"])
    parts.remove_if_empty()
    assert parts.has(0)
    parts.remove()
    assert not parts.folder.exists()
