"""A damaged bigWig is said to be damaged, whatever its reader does about it."""

import struct
from pathlib import Path

import numpy as np
import pybigtools
import pytest

from ebert_core.genome.annotation import read_features
from ebert_core.genome.big_structure import structural_fault
from ebert_core.genome.bigfiles import damage_of
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.genome.signal import open_signal
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval


class _Panic(BaseException):
    """As what pybigtools raises when its Rust side panics."""


def test_a_panic_is_a_sentence_and_a_person_who_stops_the_program_is_not() -> None:
    with (
        pytest.raises(InvalidRequest, match=r"^x\.bw is damaged or cut short: left == right failed\.$"),
        damage_of(Path("x.bw")),
    ):
        raise _Panic("left == right\n failed.")
    for another in (KeyboardInterrupt, MemoryError):
        with pytest.raises(another), damage_of(Path("x.bw")):
            raise another


def test_whatever_byte_is_wrong_the_file_is_drawn_or_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.bw"
    with BigWigWriter(path, {"chr1": 2_000_000}) as writer:
        writer.append("chr1", 0, 50, np.arange(20_000, dtype=np.float32) % 7)
    whole = path.read_bytes()
    random = np.random.default_rng(4)
    sentences = []
    for place in random.integers(64, len(whole), 150).tolist():
        path.write_bytes(whole[:place] + bytes([int(random.integers(256))]) + whole[place + 1 :])
        try:
            open_signal(path).binned(Interval("chr1", 0, 2_000_000), 100)
        except InvalidRequest as error:
            sentences.append(str(error))
    assert sentences
    assert all(sentence.startswith(f"{path} is") for sentence in sentences)


def _small_bigwig(path: Path) -> bytes:
    with BigWigWriter(path, {"chr1": 2_000_000}) as writer:
        writer.append("chr1", 0, 50, np.arange(20_000, dtype=np.float32) % 7)
    return path.read_bytes()


def _put(content: bytes, place: int, form: str, value: int) -> bytes:
    field = struct.pack(form, value)
    return content[:place] + field + content[place + len(field) :]


def _places_of_sizes(content: bytes) -> dict[str, tuple[int, str]]:
    """Where the sizes stand for which a reader reserves memory, with their form."""
    tree, _, index = struct.unpack_from("<3Q", content, 8)
    (levels,) = struct.unpack_from("<H", content, 6)
    zoom_index, last_zoom_index = (
        struct.unpack_from("<Q", content, 64 + 24 * level + 16)[0] for level in (0, levels - 1)
    )
    assert zoom_index < last_zoom_index
    first_leaf = {}
    for name, root in (("block", index + 48), ("zoom", zoom_index + 48), ("last zoom", last_zoom_index + 48)):
        while not content[root]:
            (root,) = struct.unpack_from("<Q", content, root + 4 + 16)
        first_leaf[name] = root + 4 + 24
    return {
        "chromosomes": (tree + 16, "<Q"),
        "unpacked": (52, "<I"),
        **{name: (place, "<Q") for name, place in first_leaf.items()},
    }


@pytest.mark.parametrize("what", ["chromosomes", "unpacked", "block", "zoom", "last zoom"])
def test_a_size_beyond_the_file_is_said_before_memory_is_reserved_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    path = tmp_path / "x.bw"
    content = _small_bigwig(path)
    assert not structural_fault(path)
    place, form = _places_of_sizes(content)[what]
    path.write_bytes(_put(content, place, form, (1 << (8 * struct.calcsize(form) - 1)) - 1))
    assert structural_fault(path)
    # The reader would end the process.
    monkeypatch.setattr(pybigtools, "open", lambda *_: pytest.fail("the reader was asked"))
    with pytest.raises(InvalidRequest, match=r"x\.bw is damaged or cut short: a part of it is said to be larger"):
        open_signal(path)


def test_an_index_that_leads_back_to_itself_is_walked_once(tmp_path: Path) -> None:
    path = tmp_path / "x.bw"
    content = _small_bigwig(path)
    (index,) = struct.unpack_from("<Q", content, 24)
    root = index + 48
    path.write_bytes(_put(_put(content, root, "<B", 0), root + 4 + 16, "<Q", root))
    assert "larger than the file" not in structural_fault(path)


def _bigbed(path: Path, rest: str) -> None:
    writer = pybigtools.open(str(path), "w")
    records = [("chr1", 100 * number, 100 * number + 50, rest) for number in range(50)]
    writer.write({"chr1": 1_000_000}, records)


def test_columns_of_a_bigbed_that_are_not_those_of_bed_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.bb"
    _bigbed(path, "name\tno score\t+")
    feature, *rest = read_features(path).touching(Interval("chr1", 0, 1000))
    assert (feature.start, feature.end, feature.name, feature.score) == (0, 50, "name", 0.0)
    assert len(rest) == 9


def test_the_first_features_of_a_bigbed_are_those_of_one_chromosome(tmp_path: Path) -> None:
    _bigbed(tmp_path / "x.bb", "n\t5\t+")
    source = read_features(tmp_path / "x.bb")
    assert [each.start for each in source.first("1", 3)] == [0, 100, 200]
    assert len(source.first("chr1", 500)) == 50
    assert source.first("chr2", 3) == ()
    assert source.touching(Interval("chr2", 0, 900)) == []


@pytest.mark.parametrize("name", ["x.bw", "x.bigWig", "x.BW", "x.BigWig", "signal", "signal.dat", "lab \udcff.bw"])
def test_a_bigwig_of_any_name_is_read(tmp_path: Path, name: str) -> None:
    _small_bigwig(tmp_path / "x.bw")
    path = (tmp_path / "x.bw").rename(tmp_path / name)
    assert open_signal(path).binned(Interval("chr1", 0, 350), 7).mean.tolist() == list(range(7))


def test_whatever_byte_of_a_bigbed_is_wrong_it_is_drawn_or_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.bb"
    _bigbed(path, "n\t5\t+")
    whole = path.read_bytes()
    random = np.random.default_rng(5)
    sentences = []
    for place in random.integers(8, len(whole), 200).tolist():
        path.write_bytes(whole[:place] + bytes([int(random.integers(256))]) + whole[place + 1 :])
        try:
            list(read_features(path))
        except InvalidRequest as error:
            sentences.append(str(error))
    assert sentences
    assert all(sentence.startswith(f"{path} is") for sentence in sentences)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_says_so_when_it_is_opened(tmp_path: Path, share: float) -> None:
    path = tmp_path / "x.bw"
    whole = _small_bigwig(path)
    # The magic number at the end says nothing: writers leave it out, and without it all is still there.
    path.write_bytes(whole[:-4])
    assert np.nanmax(open_signal(path).binned(Interval("chr1", 0, 2_000_000), 100).maximum) == 6
    left = int(share * len(whole))
    path.write_bytes(whole[:left])
    with pytest.raises(InvalidRequest, match=rf"x\.bw is cut short: it has {left:,} bytes and .*; copy it again\.$"):
        open_signal(path)
