"""Checkpoints come back to the bit; damaged, foreign and hostile ones are refused in a sentence and run nothing."""

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file, save_file

from ebert_core.model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from ebert_core.model.encoder import Block
from ebert_core.model.network import Ebert
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.certain import of
from tests.core.full_disk import files_of_at_most
from tests.core.toy_binding import SMALLEST


@pytest.fixture
def copied(toy_checkpoint: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(toy_checkpoint, tmp_path / "copied"))


def first_weight(checkpoint: Checkpoint) -> torch.Tensor:
    return of(Block, of(Ebert, checkpoint.network).encoder.blocks[0]).widen.weight


def describe(folder: Path, **changes: int | list[str] | str | None) -> None:
    """Changes keys of a description; a key `architecture.layers` lies deeper."""
    path = folder / "description.json"
    content = json.loads(path.read_text())
    for key, value in changes.items():
        *parents, name = key.split("__")
        place = content
        for parent in parents:
            place = place[parent]
        place[name] = value
    path.write_text(json.dumps(content))


def refusal(folder: Path) -> str:
    with pytest.raises(InvalidRequest) as refused:
        load_checkpoint(folder)
    text = str(refused.value)
    assert "\n" not in text
    assert len(text) < 600
    return text


def test_what_is_saved_is_loaded_to_the_bit(toy_checkpoint: Path, tmp_path: Path) -> None:
    first = load_checkpoint(toy_checkpoint)
    save_checkpoint(tmp_path / "again", first.network, first.description)
    assert not first.network.training
    for name in ("weights.safetensors", "description.json"):
        assert (tmp_path / "again" / name).read_bytes() == (toy_checkpoint / name).read_bytes()
    again = load_checkpoint(tmp_path / "again")
    assert again.description == first.description
    expected, found = first.network.state_dict(), again.network.state_dict()
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def test_weights_can_be_read_by_whoever_can_read_other_files_of_the_writer(toy_checkpoint: Path) -> None:
    modes = {(toy_checkpoint / name).stat().st_mode for name in ("weights.safetensors", "description.json")}
    assert len(modes) == 1


def test_half_precision_weights_are_loaded_as_full_ones(toy_checkpoint: Path, tmp_path: Path) -> None:
    first = load_checkpoint(toy_checkpoint)
    save_checkpoint(tmp_path / "half", first.network, first.description, torch.bfloat16)
    weight = first_weight(load_checkpoint(tmp_path / "half"))
    assert weight.dtype == torch.float32
    torch.testing.assert_close(weight, first_weight(first), rtol=0.01, atol=1e-3)


class Trap:
    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return (open, (self.path, "w"))


def test_a_pickle_in_the_place_of_the_weights_executes_nothing(copied: Path, tmp_path: Path) -> None:
    (copied / "weights.safetensors").write_bytes(pickle.dumps(Trap(tmp_path / "executed")))
    assert "weights.safetensors is damaged or cut short" in refusal(copied)
    torch.save({"embedding": Trap(tmp_path / "executed")}, copied / "weights.safetensors")
    assert "weights.safetensors is damaged or cut short" in refusal(copied)
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.5, 0.999])
def test_truncated_weights_are_refused(copied: Path, share: float) -> None:
    path = copied / "weights.safetensors"
    os.truncate(path, int(share * path.stat().st_size))
    assert refusal(copied) == f"{path} is damaged or cut short. Copy the checkpoint again, or use another."


def test_missing_or_misplaced_files_are_named(copied: Path, tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent") == f"There is no checkpoint at {tmp_path / 'absent'}."
    (copied / "weights.safetensors").unlink()
    assert "weights.safetensors cannot be read" in refusal(copied)
    (copied / "weights.safetensors").mkdir()
    assert "weights.safetensors cannot be read" in refusal(copied)
    (copied / "description.json").unlink()
    assert "is no EBERT checkpoint: it holds no description.json" in refusal(copied)
    (tmp_path / "file").write_text("")
    assert "is no EBERT checkpoint" in refusal(tmp_path / "file")


def test_the_weights_of_another_network_are_refused(copied: Path) -> None:
    path = copied / "weights.safetensors"
    save_file({"bert.weight": torch.zeros(3)}, path)
    assert "does not fit its description" in refusal(copied)


def test_weights_of_another_shape_or_with_something_extra_are_refused(copied: Path) -> None:
    path = copied / "weights.safetensors"
    weights = load_file(path)
    save_file({**weights, "extra": torch.zeros(1)}, path)
    assert "extra is missing, extra or misshapen" in refusal(copied)
    weights["encoder.norm.bias"] = torch.zeros(31)
    save_file(weights, path)
    assert r"encoder.norm.bias is missing, extra or misshapen" in refusal(copied)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(copied: Path, value: float) -> None:
    weights = load_file(copied / "weights.safetensors")
    weights["encoder.norm.bias"][3] = value
    save_file(weights, copied / "weights.safetensors")
    assert "weights that are not numbers; use an earlier checkpoint" in refusal(copied)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "is damaged or not ours"),
        (b"weights: 3", "is damaged or not ours"),
        (b"[]", "is damaged or not ours"),
        (b"\xff\xfe\x00", "is damaged or not ours"),
        (b'{"format_version": 1}', "is damaged or not ours"),
        (b'{"format_version": 1, "x": ' + b"[" * 100_000, "is damaged or not ours"),
        (b'{"format_version": 2}', "was written by a newer EBERT Browser .format 2.; update this one"),
    ],
)
def test_a_description_that_is_none_is_refused(copied: Path, text: bytes, sentence: str) -> None:
    (copied / "description.json").write_bytes(text)
    with pytest.raises(InvalidRequest, match=sentence):
        load_checkpoint(copied)


def test_an_endless_description_is_not_read(copied: Path) -> None:
    os.truncate(copied / "description.json", 2**30)
    assert "is larger than 64 MiB" in refusal(copied)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"architecture__layers": 10**9}, "layers is 1000000000"),
        ({"architecture__layers": 100, "architecture__hidden": 8192}, "does not fit its description"),
        ({"architecture__token_width": 0}, "token_width is 0"),
        ({"architecture__heads": 0}, "heads is 0"),
        ({"architecture__hidden": 64}, "does not fit its description"),
        ({"architecture__positions": "alibi"}, "is damaged or not ours"),
        ({"architecture__factors": ["FOS", "MAX"]}, "damaged: its factors FOS are not those of its network, FOS, MAX"),
        ({"factors": []}, "its factors none are not those of its network, FOS"),
        ({"matrices": []}, "damaged: 0 matrices for 1 motif channels"),
        ({"weights_sha256": None}, "is damaged or not ours"),
    ],
)
def test_a_description_that_does_not_fit_is_refused_without_building_its_network(
    copied: Path, changes: dict[str, int | list[str] | str | None], sentence: str
) -> None:
    describe(copied, **changes)
    assert sentence in refusal(copied)


def test_a_single_changed_bit_is_refused(copied: Path) -> None:
    path = copied / "weights.safetensors"
    data = bytearray(path.read_bytes())
    data[-4] ^= 1  # the last bit of a number, which stays a number
    path.write_bytes(bytes(data))
    assert "weights.safetensors is damaged: its digest" in refusal(copied)


def test_a_new_checkpoint_that_cannot_be_written_brings_the_old_one_back_first(copied: Path) -> None:
    loaded = load_checkpoint(copied)
    os.replace(copied, copied.with_name(".copied.old"))
    sentence = r"could not be written .*Free some space, then resume\."
    with files_of_at_most(20_000), pytest.raises(InvalidRequest, match=sentence):
        save_checkpoint(copied, loaded.network, loaded.description)
    assert load_checkpoint(copied).description == loaded.description


def test_an_old_folder_returns_after_a_crash_between_the_two_renames(copied: Path) -> None:
    os.replace(copied, copied.with_name(".copied.old"))
    copied.with_name("copied.part").mkdir()
    assert load_checkpoint(copied).description.name == "fos"
    assert copied.is_dir()


def test_saving_replaces_the_checkpoint_that_was_there(copied: Path) -> None:
    loaded = load_checkpoint(copied)
    save_checkpoint(copied, loaded.network, msgspec.structs.replace(loaded.description, name="newer"))
    assert load_checkpoint(copied).description.name == "newer"
    assert [path.name for path in copied.parent.iterdir()] == ["copied"]


def test_a_full_disk_leaves_the_old_checkpoint_and_nothing_half_written(copied: Path) -> None:
    loaded = load_checkpoint(copied)
    for place in (copied, copied.with_name("other")):
        sentence = r"could not be written .*File too large"
        with files_of_at_most(20_000), pytest.raises(InvalidRequest, match=sentence):
            save_checkpoint(place, loaded.network, loaded.description)
    assert [path.name for path in copied.parent.iterdir()] == ["copied"]
    assert load_checkpoint(copied).description == loaded.description


def test_a_place_that_cannot_be_written_is_named(copied: Path) -> None:
    loaded = load_checkpoint(copied)
    with pytest.raises(InvalidRequest, match=r"description\.json may not be written to"):
        save_checkpoint(copied / "description.json" / "deeper", loaded.network, loaded.description)
    with pytest.raises(InvalidRequest, match=r"description\.json is a file; name a folder"):
        save_checkpoint(copied / "description.json", loaded.network, loaded.description)
    with pytest.raises(InvalidRequest, match="/proc"):
        save_checkpoint(Path("/proc/ebert"), loaded.network, loaded.description)


def test_a_factor_the_checkpoint_does_not_know_is_named_with_those_it_knows(toy_checkpoint: Path) -> None:
    description = load_checkpoint(toy_checkpoint).description
    with pytest.raises(InvalidRequest, match=r"The checkpoint fos does not predict GATA9\. It predicts FOS\."):
        description.factor("GATA9")
    bare = msgspec.structs.replace(description, factors=())
    with pytest.raises(InvalidRequest, match="pre-trained only and predicts no factor yet"):
        bare.factor("FOS")
    assert SMALLEST.factors == ()
