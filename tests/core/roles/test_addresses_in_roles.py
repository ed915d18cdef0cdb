"""The data role with files at addresses: opened, drawn, replaced and refused as files here are."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyBigWig
import pytest

from ebert_core.genome.remote import BLOCK, Changed
from ebert_core.protocol.sources import MeasuredPeaks, MeasuredSignal
from ebert_core.protocol.terms.addresses import address_of
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary, InspectFile, OpenDataset, OpenFiles
from ebert_core.roles.anew import reading_anew
from ebert_core.roles.session import Report
from tests.core.roles.asking import data_role, of
from tests.served import Served, serving

VIEW = Interval("chr1", 1_000_000, 1_001_000)
TOML = """version = 1
name = "far"
assembly = "toy"
chromosome_sizes = "{address}/chrom.sizes"
[cell_types.K562.signals]
DNase = "{address}/a.bw?token=t0ken"
"""


def _bigwig(path: Path, value: float) -> bytes:
    values = np.random.default_rng(1).gamma(1.0, 3.0, 300_000)
    values[99_000:101_000] = value
    with pyBigWig.open(str(path), "w") as file:
        file.addHeader([("chr1", 3_000_000)])
        file.addEntries("chr1", 0, values=values.tolist(), span=10, step=10)
    return path.read_bytes()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(a_bed=b"chr1\t1000100\t1000300\tpeak\n", chrom_sizes=b"chr1\t3000000\n") as found:
        found.files["a.bw"] = _bigwig(tmp_path / "a.bw", 7.0)
        yield found


@pytest.fixture
def ask() -> Callable[[Any], Any]:
    return data_role()


def test_bare_files_at_addresses_open_beside_files_here(
    served: Served, ask: Callable[[Any], Any], tmp_path: Path
) -> None:
    here = tmp_path / "b.bed"
    here.write_text("chr1\t1000400\t1000500\there\n")
    summary: DatasetSummary = ask(OpenFiles((served.url("a.bw"), served.url("a.bed"), str(here))))
    assert [(file.path, file.name, file.kind) for file in summary.files] == [
        (served.url("a.bw"), "a.bw", "signal"),
        (served.url("a.bed"), "a.bed", "features"),
        (str(here), "b.bed", "features"),
    ]
    signal = ask(of(MeasuredSignal(path=summary.files[0].path), VIEW, 10))
    assert signal.mean.tolist() == [7.0] * 10
    assert ask(of(MeasuredPeaks(path=summary.files[1].path), VIEW)).names == ("peak",)


def test_panning_asks_for_nothing_that_was_fetched_before(served: Served, ask: Callable[[Any], Any]) -> None:
    summary = ask(OpenFiles((served.url("a.bw"), served.url("a.bed"))))
    ask(of(MeasuredSignal(path=summary.files[0].path), VIEW, 10))
    ask(of(MeasuredPeaks(path=summary.files[1].path), VIEW))
    served.forget()
    for shift in (0, 50, 100):
        view = Interval("chr1", VIEW.start + shift, VIEW.end + shift)
        ask(of(MeasuredSignal(path=summary.files[0].path), view, 10))
        ask(of(MeasuredPeaks(path=summary.files[1].path), view))
    assert not served.asked


def test_a_file_that_is_replaced_is_drawn_as_it_is_now(
    served: Served, ask: Callable[[Any], Any], tmp_path: Path
) -> None:
    far = Interval("chr1", 2_900_000, 2_901_000)
    summary = ask(OpenFiles((served.url("a.bw"),)))
    served.files["a.bw"] = _bigwig(tmp_path / "other.bw", 2.5)
    # What was fetched before is shown as it was, until a part that is fetched tells of the change.
    ask(of(MeasuredSignal(path=summary.files[0].path), far, 10))
    assert ask(of(MeasuredSignal(path=summary.files[0].path), VIEW, 10)).mean.tolist() == [2.5] * 10


def test_a_file_that_is_opened_again_is_asked_for_again(
    served: Served, ask: Callable[[Any], Any], tmp_path: Path
) -> None:
    request = OpenFiles((served.url("a.bw"), served.url("a.bed")))
    summary = ask(request)
    assert ask(of(MeasuredPeaks(path=summary.files[1].path), VIEW)).names == ("peak",)
    served.files["a.bed"] = b"chr1\t1000100\t1000300\tother\n"
    ask(request)
    assert ask(of(MeasuredPeaks(path=summary.files[1].path), VIEW)).names == ("other",)


def test_what_an_address_lets_in_by_is_told_to_nobody(
    served: Served, ask: Callable[[Any], Any], tmp_path: Path
) -> None:
    secret = served.address.replace("//", "//ann:s3cret@")
    summary = ask(OpenFiles((f"{secret}/a.bw?sig=t0ken", f"{secret}/chrom.sizes")))
    assert "s3cret" not in str(summary)
    assert "t0ken" not in str(summary)
    served.forget()
    ask(of(MeasuredSignal(path=summary.files[0].path), Interval("chr1", 2_000_000, 2_001_000), 10))
    assert all(asked.authorization and "sig=t0ken" in asked.path for asked in served.asked)


def test_a_dataset_names_files_at_addresses(served: Served, ask: Callable[[Any], Any], tmp_path: Path) -> None:
    path = tmp_path / "DATASET.toml"
    path.write_text(TOML.format(address=served.address))
    summary = ask(OpenDataset(str(path)))
    # Opening reads what tells the chromosomes, and no track.
    assert [asked.path for asked in served.asked] == ["/chrom.sizes"]
    assert [chromosome.name for chromosome in summary.chromosomes] == ["chr1"]
    signal = ask(of(MeasuredSignal("K562", "DNase"), VIEW, 10))
    assert signal.mean.tolist() == [7.0] * 10
    assert served.asked[-1].path == "/a.bw?token=t0ken"


def test_a_file_that_is_not_there_is_said_when_it_is_looked_at(
    served: Served, ask: Callable[[Any], Any], tmp_path: Path
) -> None:
    del served.files["a.bw"]
    path = tmp_path / "DATASET.toml"
    path.write_text(TOML.format(address=served.address))
    ask(OpenDataset(str(path)))
    with pytest.raises(InvalidRequest) as error:
        ask(of(MeasuredSignal("K562", "DNase"), VIEW, 10))
    assert str(error.value) == f"There is no file {served.url('a.bw')}: its server answers 404."
    assert error.value.path == served.url("a.bw")


def test_an_address_is_told_to_be_what_it_is(served: Served, ask: Callable[[Any], Any]) -> None:
    assert ask(InspectFile(served.url("a.bw"))).kind == "signal"
    assert served.bytes_sent <= 2 * BLOCK
    served.files["DATASET.toml"] = TOML.encode()
    with pytest.raises(InvalidRequest, match="describes a dataset, which is read from a disk only"):
        ask(InspectFile(served.url("DATASET.toml")))


@pytest.mark.parametrize(("changes", "is_answered"), [(0, True), (1, True), (2, False)])
def test_a_request_is_answered_anew_once_and_what_is_open_is_closed_before(changes: int, is_answered: bool) -> None:
    done: list[str] = []

    def handler(request: InspectFile, _report: Report) -> InspectFile:
        done.append("asked")
        if done.count("asked") <= changes:
            raise Changed(address_of("https://h/a.bw"))
        return request

    table = reading_anew({InspectFile: handler}, lambda: done.append("closed"))
    request = InspectFile("https://h/a.bw")
    if is_answered:
        assert table[InspectFile](request, lambda _fraction, _note="": None) is request
    else:
        with pytest.raises(Changed):
            table[InspectFile](request, lambda _fraction, _note="": None)
    assert done == ["asked", "closed", "asked"][: 1 if not changes else 3]
