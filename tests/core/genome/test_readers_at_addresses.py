"""Every reader gives of a file at an address what it gives of its copy here, and fetches no more than it needs."""

import gzip
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pybigtools
import pyBigWig
import pytest
from Bio import bgzf

from ebert_core.genome.annotation import read_features, read_genes
from ebert_core.genome.chromosomes import read_bands, read_chromosome_sizes
from ebert_core.genome.fasta import FastaFile
from ebert_core.genome.fasta_index import build_indexes
from ebert_core.genome.kinds import kind_of_file
from ebert_core.genome.motifs import find_motif
from ebert_core.genome.reference import Reference
from ebert_core.genome.remote import BLOCK
from ebert_core.genome.signal import open_signal
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.terms.addresses import Place, address_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.hearing import heard_by
from ebert_core.protocol.terms.locus import Interval
from tests.served import Served, serving

LENGTHS = {"chr1": 4_000_000, "chr2": 50_000}
VIEW = Interval("chr1", 2_000_000, 2_002_000)
WIDE = Interval("chr1", 0, 4_000_000)

TEXTS = {
    "peaks.narrowPeak": "chr1\t2000100\t2000300\tp\t5\t.\t9.5\t-1\t5\t60\n",
    "genes.gtf": 'chr1\tx\texon\t2000001\t2000900\t.\t+\t.\tgene_id "g"; transcript_id "t"; gene_name "G";\n',
    "cover.bedGraph": "chr1\t2000000\t2000500\t1.5\nchr1\t2000500\t2001000\t2\n",
    "states.bed": "chr1\t2000000\t2000600\tTssA\nchr1\t2000600\t2002000\tQuies\n" * 1,
    "cyto.txt": "chr1\t0\t2300000\tp36\tgneg\n",
    "chrom.sizes": "chr1\t4000000\nchr2\t50000\n",
    "motif.pfm": ">ctcf\n9 0 0 1\n0 10 0 0\n0 0 8 2\n",
}


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as found:
        yield found


def _letters() -> dict[str, bytes]:
    random = np.random.default_rng(1)
    return {name: np.frombuffer(b"ACGT", "u1")[random.integers(0, 4, size)].tobytes() for name, size in LENGTHS.items()}


def _fasta() -> bytes:
    return b"".join(
        b">%s x\n" % name.encode() + b"".join(text[at : at + 60] + b"\n" for at in range(0, len(text), 60))
        for name, text in _letters().items()
    )


def _twobit() -> bytes:
    """The same in 2bit: T C A G are 0 1 2 3."""
    index, records = b"", b""
    first = 16 + sum(5 + len(name) for name in LENGTHS)
    codes = np.zeros(256, "u1")
    codes[np.frombuffer(b"TCAG", "u1")] = range(4)
    for name, text in _letters().items():
        index += bytes([len(name)]) + name.encode() + (first + len(records)).to_bytes(4, "little")
        bits = np.pad(codes[np.frombuffer(text, "u1")], (0, -len(text) % 4)).reshape(-1, 4)
        packed = (bits << np.array([6, 4, 2, 0], "u1")).sum(axis=1).astype("u1").tobytes()
        records += len(text).to_bytes(4, "little") + bytes(12) + packed
    return (
        (0x1A412743).to_bytes(4, "little") + bytes(4) + len(LENGTHS).to_bytes(4, "little") + bytes(4) + index + records
    )


def _bigwig(path: Path) -> None:
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader(list(LENGTHS.items()))
        values = np.random.default_rng(2).gamma(1.0, 3.0, 380_000)
        file.addEntries("chr1", 100, values=values.tolist(), span=10, step=10)


def _bigbed(path: Path) -> None:
    random = np.random.default_rng(3)
    records = [
        ("chr1", 1000 * number, 1000 * number + 500, f"{random.bytes(60).hex()}\t5\t+") for number in range(3_900)
    ]
    pybigtools.open(str(path), "w").write(LENGTHS, records)


def _seen_of_signal(place: Place) -> list[Any]:
    signal = open_signal(place)
    views = (*signal.binned(VIEW, 40), *signal.binned(WIDE, 40))
    return [*(view.tobytes() for view in views), signal.per_base(VIEW).tobytes(), signal.chromosome_lengths]


def _seen_of_features(place: Place) -> list[Any]:
    features = read_features(place)
    return [features.touching(VIEW), features.first("chr1", 5), features.chromosome_lengths]


def _seen_of_states(place: Place) -> list[Any]:
    states = Segmentation(place)
    return [[column.tolist() for column in states.runs(VIEW)], states.names]


def _seen_of_reference(place: Place) -> list[Any]:
    reference = Reference(place)
    places = (VIEW, Interval("chr2", 49_000, 51_000), Interval("chr1", -5, 10))
    return [[reference.letters(each).tobytes() for each in places], reference.chromosome_lengths]


READERS: dict[str, tuple[Callable[[Place], Any], str]] = {
    "a.bw": (_seen_of_signal, "signal"),
    "cover.bedGraph": (_seen_of_signal, "signal"),
    "cover.bedGraph.gz": (_seen_of_signal, "signal"),
    "a.bb": (_seen_of_features, "features"),
    "peaks.narrowPeak": (_seen_of_features, "peaks"),
    "peaks.narrowPeak.gz": (_seen_of_features, "peaks"),
    "genes.gtf": (lambda place: list(read_genes(place)), "genes"),
    "states.bed": (_seen_of_states, "states"),
    "cyto.txt": (read_bands, "bands"),
    "chrom.sizes": (read_chromosome_sizes, "chromosome-sizes"),
    "a.fa": (_seen_of_reference, "reference"),
    "a.fa.gz": (_seen_of_reference, "reference"),
    "a.2bit": (_seen_of_reference, "reference"),
}


def _write(folder: Path, name: str) -> None:
    path = folder / name
    if name == "a.bw":
        _bigwig(path)
    elif name == "a.bb":
        _bigbed(path)
    elif name == "a.2bit":
        path.write_bytes(_twobit())
    elif name == "a.fa":
        path.write_bytes(_fasta())
    elif name == "a.fa.gz":
        with bgzf.open(str(path), "wb") as file:
            file.write(_fasta())
    elif name.endswith(".gz"):
        path.write_bytes(gzip.compress(TEXTS[name.removesuffix(".gz")].encode()))
    else:
        path.write_text(TEXTS[name])


def _serve(served: Served, folder: Path, name: str, *, has_index: bool = True) -> Place:
    _write(folder, name)
    served.files[name] = (folder / name).read_bytes()
    if has_index and name.startswith("a.fa"):
        for ending, content in build_indexes(folder / name, is_blocked=name.endswith("gz")).items():
            served.files[name + ending] = content
    return address_of(served.url(name))


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("gives_parts", [True, False])
def test_a_file_at_an_address_reads_as_its_copy_here(
    served: Served, tmp_path: Path, name: str, gives_parts: bool
) -> None:
    served.gives_parts = gives_parts
    place = _serve(served, tmp_path, name)
    read, kind = READERS[name]
    assert kind_of_file(place) == kind_of_file(tmp_path / name)
    assert kind_of_file(place).kind == kind
    assert read(place) == read(tmp_path / name)


@pytest.mark.parametrize(("name", "most"), [("a.bw", 6), ("a.bb", 4), ("a.fa", 8), ("a.fa.gz", 9), ("a.2bit", 3)])
def test_of_an_indexed_file_only_what_is_shown_is_fetched(served: Served, tmp_path: Path, name: str, most: int) -> None:
    place = _serve(served, tmp_path, name)
    shown: dict[str, Callable[[Place], Any]] = {
        "a.bw": lambda place: open_signal(place).per_base(VIEW),
        "a.bb": lambda place: read_features(place).touching(VIEW),
    }

    def show(place: Place) -> object:
        return shown[name](place) if name in shown else Reference(place).letters(VIEW)

    show(place)
    assert len(served.asked) <= most
    assert served.bytes_sent <= most * BLOCK
    assert served.bytes_sent < len(served.files[name])
    assert all(asked.range for asked in served.asked)
    served.forget()
    show(place)
    assert not served.asked


def test_a_text_is_fetched_once_however_often_it_is_looked_at(served: Served) -> None:
    lines = "".join(f"chr1\t{10 * at}\t{10 * at + 5}\tn{at}\t{at % 9}\n" for at in range(20_000))
    served.files["regions.bed"] = lines.encode()
    place = address_of(served.url("regions.bed"))
    kind_of_file(place)
    assert len(read_features(place).touching(Interval("chr1", 1000, 2000))) == 100
    assert [asked.range for asked in served.asked] == [f"bytes=0-{BLOCK - 1}", ""]


@pytest.mark.parametrize("name", ["a.fa", "a.fa.gz"])
def test_a_fasta_without_an_index_beside_it_is_read_through_once_for_one(
    served: Served, tmp_path: Path, name: str
) -> None:
    place = _serve(served, tmp_path, name, has_index=False)
    expected = _seen_of_reference(tmp_path / name)
    assert _seen_of_reference(place) == expected
    assert sum(not asked.range for asked in served.asked) == 1
    served.forget()
    # The index is in the cache folder from now on, under the address and the version of the file.
    assert _seen_of_reference(place) == expected
    assert all("fai" in asked.path or "gzi" in asked.path for asked in served.asked)


def test_a_large_fasta_without_an_index_is_refused(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ebert_core.genome.fasta.MOST_READ_THROUGH", 1 << 20)
    place = _serve(served, tmp_path, "a.fa", has_index=False)
    with pytest.raises(InvalidRequest, match=r"has no index http://.*/a\.fa\.fai that describes it"):
        FastaFile(place)
    assert served.bytes_sent < 3 * BLOCK


def test_an_index_of_another_file_is_not_believed(served: Served, tmp_path: Path) -> None:
    place = _serve(served, tmp_path, "a.fa")
    served.files["a.fa.fai"] = served.files["a.fa.fai"].replace(b"chr2", b"chr3")
    assert list(Reference(place).chromosome_lengths) == ["chr1", "chr2"]


def test_a_fasta_that_is_replaced_is_opened_anew(served: Served, tmp_path: Path) -> None:
    place = _serve(served, tmp_path, "a.fa")
    reference = Reference(place)
    served.files["a.fa"] = served.files["a.fa"].replace(b"A", b"C")
    unseen = Interval("chr1", 1_000_000, 1_000_500)
    with pytest.raises(InvalidRequest, match="was replaced on its server"):
        reference.letters(unseen)
    assert b"A" not in reference.letters(unseen).tobytes()


def test_a_bigwig_that_is_replaced_gives_no_values_of_both(served: Served, tmp_path: Path) -> None:
    place = _serve(served, tmp_path, "a.bw")
    signal = open_signal(place)
    served.files["a.bw"] = served.files["a.bw"][::-1]
    with pytest.raises(InvalidRequest, match="was replaced on its server while it was read"):
        signal.per_base(VIEW)


def test_a_bigwig_whose_end_is_missing_is_said_to_be_cut_short(served: Served, tmp_path: Path) -> None:
    place = _serve(served, tmp_path, "a.bw")
    served.files["a.bw"] = served.files["a.bw"][:BLOCK]
    with pytest.raises(InvalidRequest, match="is cut short: it has 65,536 bytes and what its index names goes on"):
        open_signal(place)


def test_what_a_server_says_while_a_bigwig_is_read_is_what_is_said(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ebert_core.genome.remote.FAILURE_SECONDS", 0.0)
    signal = open_signal(_serve(served, tmp_path, "a.bw"))
    served.statuses["a.bw"] = 503
    with pytest.raises(InvalidRequest, match="its server is busy"):
        signal.per_base(VIEW)
    del served.statuses["a.bw"]
    assert np.isfinite(signal.per_base(VIEW)).all()


class _Cancelled(BaseException):
    """What a worker raises when an answer is no longer wanted."""


def test_a_cancel_is_heard_while_a_bigwig_waits_for_its_server(served: Served, tmp_path: Path) -> None:
    signal = open_signal(_serve(served, tmp_path, "a.bw"))
    served.hold = threading.Event()

    def unwanted(_fraction: float, _note: str = "", /) -> None:
        raise _Cancelled

    with heard_by(unwanted), pytest.raises(_Cancelled):
        signal.per_base(VIEW)
    served.hold.set()
    assert np.isfinite(signal.per_base(VIEW)).all()


def test_a_web_page_instead_of_a_file_is_said(served: Served) -> None:
    served.files["a.bw"] = b"<!DOCTYPE html><html>Please log in</html>"
    with pytest.raises(InvalidRequest, match="is a web page, not data"):
        kind_of_file(address_of(served.url("a.bw")))


def test_motifs_are_read_at_an_address(served: Served) -> None:
    served.files["motif.pfm"] = TEXTS["motif.pfm"].encode()
    assert find_motif(address_of(served.url("motif.pfm")), "ctcf").counts_W4.shape == (3, 4)
