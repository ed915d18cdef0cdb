"""Bases of any interval, whatever file holds them."""

import gzip
import io
import os
import struct
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
from Bio import bgzf

from ebert_core.genome import fasta_index
from ebert_core.genome.fasta_check import opened_by
from ebert_core.genome.reference import Reference
from ebert_core.protocol.terms.addresses import address_of
from ebert_core.protocol.terms.bases import decode_bases
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.served import serving

LETTERS = "ACGTacgtNRacgtt" * 40
FASTA = ">chr1 first\r\n" + "\r\n".join(LETTERS[i : i + 37] for i in range(0, 600, 37)) + "\r\n\r\n>2\r\nGATTACA\r\n"
EXPECTED = LETTERS.upper().replace("R", "N")


class Unclosed(io.BytesIO):
    """Keeps its bytes when a writer closes it."""

    def close(self) -> None:
        pass


def blocked(text: str, size: int = 100) -> bytes:
    data, packed = text.encode(), Unclosed()
    with bgzf.BgzfWriter(fileobj=packed) as writer:
        for i in range(0, len(data), size):
            writer.write(data[i : i + size])
            writer.flush()
    return packed.getvalue()


@pytest.fixture(params=["plain", "bgzipped"])
def reference(request: pytest.FixtureRequest, tmp_path: Path) -> Reference:
    path = tmp_path / ("toy.fa" if request.param == "plain" else "toy.fa.gz")
    path.write_bytes(FASTA.encode() if request.param == "plain" else blocked(FASTA))
    return Reference(path)


def test_lengths_are_known_in_the_order_of_the_file(reference: Reference) -> None:
    assert list(reference.chromosome_lengths.items()) == [("chr1", 600), ("2", 7)]


def test_any_interval_has_its_bases(reference: Reference) -> None:
    for start, end in [(0, 600), (0, 1), (36, 38), (37, 74), (211, 430), (599, 600), (5, 5)]:
        assert decode_bases(reference.bases(Interval("chr1", start, end))) == EXPECTED[start:end]


def test_outside_the_chromosome_there_is_n(reference: Reference) -> None:
    assert decode_bases(reference.bases(Interval("2", -3, 9))) == "NNNGATTACANN"
    assert decode_bases(reference.bases(Interval("chr9", 0, 4))) == "NNNN"


def test_chr2_and_2_meet(reference: Reference) -> None:
    assert decode_bases(reference.bases(Interval("chr2", 0, 7))) == "GATTACA"


def indexes(folder: Path) -> list[Path]:
    """The index files in the cache, or in another folder."""
    return sorted(found for found in folder.rglob("*") if found.suffix in (".fai", ".gzi"))


@pytest.fixture
def cache() -> Path:
    return Path(os.environ["XDG_CACHE_HOME"])


ROWS = "chr1\t600\t13\t37\t39\n2\t7\t653\t7\t9\n"


def test_looking_at_a_file_writes_nothing_beside_it(reference: Reference, tmp_path: Path, cache: Path) -> None:
    assert [found.name for found in tmp_path.glob("toy*")] == [reference.path.name]
    assert indexes(cache)[0].read_text() == ROWS


def test_a_second_opening_reads_the_index(reference: Reference, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ebert_core.genome.fasta.build_indexes", None)
    assert Reference(reference.path).chromosome_lengths == reference.chromosome_lengths


def test_a_right_index_beside_the_file_is_used(
    reference: Reference, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in indexes(cache):
        index.rename(f"{reference.path}{index.suffix}")
    monkeypatch.setattr("ebert_core.genome.fasta.build_indexes", None)
    found = Reference(reference.path)
    assert decode_bases(found.bases(Interval("chr1", 30, 90))) == EXPECTED[30:90]
    assert indexes(cache) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("chr1", "chr2"),
        ("2\t7\t653", "2\t7\t654"),
        ("600\t13", "600\t14"),
        ("600\t13\t37", "600\t13\t38"),
        ("chr1\t600", "chr1\t601"),
        ("2\t7", "2\t6"),
        ("37\t39", "37\t38"),
        ("2\t7\t653\t7\t9\n", ""),
        ("chr1\t600\t13\t37\t39\n", ""),
        (ROWS, "2\t7\t653\t7\t9\nchr1\t600\t13\t37\t39\n"),
        ("\t39", ""),
        (ROWS, ""),
        (ROWS, "chr1\tlong\n"),
    ],
)
def test_an_index_that_does_not_describe_the_file_is_not_believed(
    reference: Reference, cache: Path, right: str, wrong: str
) -> None:
    for index in indexes(cache):
        beside = Path(f"{reference.path}{index.suffix}")
        index.rename(beside)
    Path(f"{reference.path}.fai").write_text(ROWS.replace(right, wrong, 1))
    found = Reference(reference.path)
    assert found.chromosome_lengths == {"chr1": 600, "2": 7}
    assert decode_bases(found.bases(Interval("chr1", 30, 90))) == EXPECTED[30:90]
    assert decode_bases(found.bases(Interval("2", 0, 7))) == "GATTACA"


def test_a_file_that_changed_gets_another_index(reference: Reference) -> None:
    new = FASTA.replace("GATTACA", "TTTTTTT").replace(">chr1 first", ">chr1")
    Path(str(reference.path)).write_bytes(blocked(new) if str(reference.path).endswith(".gz") else new.encode())
    assert decode_bases(Reference(reference.path).bases(Interval("2", -1, 7))) == "NTTTTTTT"


@pytest.fixture
def read_only_fasta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "toy.fa").write_text(FASTA)
    real_open = open

    def refusing(file: Path, mode: str = "r", *rest: Any, **more: Any) -> IO[Any]:  # Any: whatever open() takes
        # A folder's permissions would not stop the tests of someone who is root.
        if "w" in mode and str(folder) in str(file):
            raise PermissionError(13, "Permission denied")
        return real_open(file, mode, *rest, **more)

    monkeypatch.setattr("io.open", refusing)
    return folder / "toy.fa"


@pytest.mark.parametrize("name", ["toy.fa", "toy.fa.gz"])
def test_a_sequence_at_an_address_without_an_index_gets_one_in_the_cache(cache: Path, name: str) -> None:
    content = FASTA.encode() if name == "toy.fa" else blocked(FASTA)
    with serving(**{name.replace(".", "_"): content}, is_encrypted=False) as served:
        for _ in range(2):
            reference = Reference(address_of(served.url(name)))
            assert decode_bases(reference.bases(Interval("chr1", 30, 90))) == EXPECTED[30:90]
            reference.close()
    assert len(indexes(cache)) == (1 if name == "toy.fa" else 2)


def test_indexes_that_nobody_used_for_long_make_room_for_others(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fasta_index, "_MOST_INDEXES", 2)
    for number in range(4):
        (tmp_path / f"{number}.fa").write_text(f">chr{number}\nACGT\n")
        Reference(tmp_path / f"{number}.fa").close()
        if number < 2:
            for old in indexes(cache):
                os.utime(old, (number + 1, number + 1))
    # Those of the last day stay, whatever their number.
    assert len(indexes(cache)) == 2


def test_a_read_only_folder_sends_the_index_to_the_cache(
    read_only_fasta: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert Reference(read_only_fasta).chromosome_lengths["chr1"] == 600
    assert [found.suffix for found in (tmp_path / "cache").rglob("*.*")] == [".fai"]
    assert [found.name for found in read_only_fasta.parent.iterdir()] == ["toy.fa"]
    assert Reference(read_only_fasta).chromosome_lengths["chr1"] == 600


def test_where_no_index_can_be_written_the_file_is_still_read(
    read_only_fasta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert Reference(read_only_fasta).chromosome_lengths["chr1"] == 600
    assert [found.name for found in read_only_fasta.parent.iterdir()] == ["toy.fa"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (gzip.compress(FASTA.encode()), "pack it again with bgzip"),
        (b"hello\n", "does not begin with '>'"),
        (b">a\nACGT\nAC\nACGT\n", "line 3: the lines of a differ in length"),
        (b">a\nAC\nACGT\n", "line 3: the lines of a differ in length"),
        (b">a\nACGT\n\nACGT\n", "differ in length"),
        (b">a\nAC\n>a\nAC\n", "line 3: the sequence a is there twice"),
        (b">\nAC\n", "line 1: a sequence has no name"),
        (blocked(FASTA)[:150], "damaged or cut short"),
        (struct.pack("<4I", 0x1A412743, 0, 3, 0), "cut short"),
    ],
)
def test_a_wrong_file_gives_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / ("wrong.fa.gz" if content.startswith(b"\x1f\x8b") else "wrong.fa")
    path.write_bytes(content)
    with pytest.raises(InvalidRequest, match=sentence):
        Reference(path)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("toy.fa.gz", FASTA.encode(), "rename it without '.gz'"),
        ("toy.fa", blocked(FASTA), "add '.gz' to its name"),
    ],
)
def test_a_name_that_belies_its_packing_is_said(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidRequest, match=sentence):
        Reference(tmp_path / name)


@pytest.mark.parametrize("place", [0, 4_000, 9_000])
def test_proteins_between_letters_that_say_nothing_are_found(tmp_path: Path, place: int) -> None:
    letters = ("N" * place + "MEFILPQKR" * 110).ljust(10_000, "N")
    (tmp_path / "toy.fa").write_text(f">a\n{letters}\n")
    with pytest.raises(InvalidRequest, match="holds proteins, not DNA"):
        Reference(tmp_path / "toy.fa")


@pytest.mark.parametrize("spoilt", [b"", b"chr1\tlong\n", b"\xff\x00"])
def test_a_spoilt_index_is_built_again(reference: Reference, cache: Path, spoilt: bytes) -> None:
    for index in indexes(cache):
        index.write_bytes(spoilt)
    assert decode_bases(Reference(reference.path).bases(Interval("chr1", 30, 90))) == EXPECTED[30:90]


def test_damage_found_while_reading_gives_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "toy.fa.gz"
    letters = "".join(np.random.default_rng(1).choice(list("ACGT"), 300_000))
    whole = blocked(f">chr1\n{letters}\n", 65_000)
    path.write_bytes(whole)
    Reference(path).close()
    index = indexes(Path(os.environ["XDG_CACHE_HOME"]))[0]
    index.rename(f"{path}.fai")
    index.with_suffix(".gzi").rename(f"{path}.gzi")
    path.write_bytes(whole[:60_000] + bytes(100) + whole[60_100:])
    os.utime(path, (1, 1))
    with pytest.raises(InvalidRequest, match="does not fit its index or is damaged"):
        Reference(path).bases(Interval("chr1", 0, 300_000))


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_file_that_changes_while_it_is_open_is_opened_anew(tmp_path: Path, is_replaced: bool) -> None:
    path, written = tmp_path / "toy.fa", tmp_path / ("new.fa" if is_replaced else "toy.fa")
    path.write_text(FASTA)
    reference = Reference(path)
    for name, sequence in (("a longer header", "GATTACA"), ("first", "TTTTTTT")):
        written.write_text(FASTA.replace("first", name).replace("GATTACA", sequence))
        written.replace(path)
        assert decode_bases(reference.bases(Interval("2", 0, 7))) == sequence
    written.write_text(FASTA.replace("GATTACA", "GATTTACA"))
    written.replace(path)
    for _ in range(2):
        with pytest.raises(InvalidRequest, match=r"toy\.fa holds other sequences than when it was opened"):
            reference.bases(Interval("2", 0, 7))


def test_blank_lines_between_records_and_before_the_first_base_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "toy.fa").write_text("; a remark\n\n>a\n\nACGT\nAC\n\n\n>none\n>b\nGG")
    reference = Reference(tmp_path / "toy.fa")
    assert reference.chromosome_lengths == {"a": 6, "none": 0, "b": 2}
    assert decode_bases(reference.bases(Interval("a", 0, 6))) == "ACGTAC"
    assert decode_bases(reference.bases(Interval("b", 0, 2))) == "GG"


def test_a_base_that_begins_a_block_after_a_full_one_is_read(tmp_path: Path) -> None:
    letters = "ACGT" * 40_000
    (tmp_path / "full.fa.gz").write_bytes(blocked(f">a\n{letters}\n", 65_536))
    reference = Reference(tmp_path / "full.fa.gz")
    for start in range(65_530, 65_540):
        assert decode_bases(reference.bases(Interval("a", start, start + 9))) == letters[start : start + 9]


@pytest.mark.parametrize("order", "<>")
def test_2bit_is_read_with_its_runs_of_n(tmp_path: Path, order: str) -> None:
    name, letters = b"chr1", "ACGTTGCAACGTAC"
    bits = {"T": 0, "C": 1, "A": 2, "G": 3}
    packed = [bits[letter] for letter in letters.ljust(16, "T")]
    data = bytes(packed[i] << 6 | packed[i + 1] << 4 | packed[i + 2] << 2 | packed[i + 3] for i in range(0, 16, 4))
    head = struct.pack(f"{order}4I", 0x1A412743, 0, 1, 0) + bytes([4]) + name + struct.pack(f"{order}I", 25)
    # One block of lower case, [4, 8), which means nothing here.
    record = struct.pack(f"{order}10I", 14, 2, 0, 9, 3, 2, 1, 4, 4, 0) + data
    path = tmp_path / "toy.2bit"
    path.write_bytes(head + record)
    reference = Reference(path)
    assert decode_bases(reference.bases(Interval("chr1", 0, 14))) == "NNNTTGCAANNTAC"
    assert decode_bases(reference.bases(Interval("chr1", 5, 11))) == "GCAANN"


def test_long_records_of_many_blocks_are_read_alike(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    letters = "".join(random.choice(list("ACGTN"), 300_000))
    text = ">big\n" + "\n".join(letters[i : i + 60] for i in range(0, 300_000, 60))
    (tmp_path / "a.fa").write_text(text)
    (tmp_path / "b.fa.gz").write_bytes(blocked(text, 65_000))
    for start in random.integers(0, 299_000, 20).tolist():
        wanted = Interval("big", start, start + 1_000)
        assert decode_bases(Reference(tmp_path / "a.fa").bases(wanted)) == letters[start : start + 1_000]
        assert decode_bases(Reference(tmp_path / "b.fa.gz").bases(wanted)) == letters[start : start + 1_000]


@pytest.mark.parametrize("width", [60, 70_000])
def test_the_last_line_of_a_record_is_read_to_its_end_whatever_its_width(tmp_path: Path, width: int) -> None:
    letters = "".join(np.random.default_rng(9).choice(list("ACGT"), 2 * width + 7))
    lines = [letters[i : i + width] for i in range(0, len(letters), width)]
    (tmp_path / "x.fa").write_text("\n".join([">chr1", *lines, ">chr2", "GATTACA"]))
    reference = Reference(tmp_path / "x.fa")
    for start in (0, width - 3, 2 * width - 3, 2 * width, 2 * width + 6):
        assert decode_bases(reference.bases(Interval("chr1", start, len(letters)))) == letters[start:]
    assert decode_bases(reference.bases(Interval("chr1", 2 * width, len(letters) + 4))) == letters[-7:] + "NNNN"


def changed(text: str, name: str, width: int) -> str:
    """The text of a FASTA file after a change that leaves its size and its headers where they are."""
    lines = text.split("\n")
    if name == "a line end later":
        lines[5:7] = [lines[5] + lines[6][0], lines[6][1:]]
    elif name == "lines shifted between two changes":
        body = "".join(lines[3:9])
        lines[3:9] = [
            body[: width - 1],
            *(body[i : i + width] for i in range(width - 1, 5 * width - 1, width)),
            body[5 * width - 1 :],
        ]
    elif name == "another genome of one size":
        lines = [lines[0], *(line.translate(str.maketrans("ACGT", "TGCA")) for line in lines[1:])]
    elif name == "a hole":
        lines[4:7] = ["\0" * len(line) for line in lines[4:7]]
    return "\n".join(lines)


@pytest.mark.parametrize("width", [60, 70_000])
@pytest.mark.parametrize(
    "name", ["a line end later", "lines shifted between two changes", "another genome of one size", "a hole"]
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_file_that_took_the_place_of_another_never_shows_wrong_bases(
    tmp_path: Path, name: str, is_packed: bool, width: int
) -> None:
    letters = "".join(np.random.default_rng(8).choice(list("ACGT"), 12 * width + 7))
    text = ">chr1\n" + "\n".join(letters[i : i + width] for i in range(0, len(letters), width)) + "\n"
    path = tmp_path / ("x.fa.gz" if is_packed else "x.fa")
    path.write_bytes(blocked(text, 50_000) if is_packed else text.encode())
    Reference(path).close()
    status = path.stat()
    other = changed(text, name, width)
    assert len(other) == len(text)
    path.write_bytes(blocked(other, 50_000) if is_packed else other.encode())
    # As `rsync -a` and `cp -p` leave it: the index in the cache is of a file of this name, size and time.
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    truth = other.split("\n", 1)[1].replace("\n", "")
    shown = []
    for start in range(0, len(letters) - 40, max(37, len(letters) // 60)):
        try:
            shown.append(decode_bases(Reference(path).bases(Interval("chr1", start, start + 40))))
        except InvalidRequest:
            continue
        assert shown[-1] == truth[start : start + 40]
    # A bgzipped file has another size then, so its index is made anew, and says that the lines are uneven.
    assert shown or is_packed


def test_a_long_line_where_a_header_should_end_takes_no_time(tmp_path: Path) -> None:
    path, index = tmp_path / "x.fa", tmp_path / "x.fa.fai"
    path.write_bytes(b">" + b"A" * 900_000)
    index.write_text("A\t10\t900000\t10\t11\n")
    assert opened_by(index, path) is None
