"""A dataset whose files lie at addresses is checked, prepared and told apart from its next version as one here."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ebert_core.dataset.check import check_dataset
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.digests import dataset_digests, differences
from ebert_core.dataset.layout import read_layout, write_layout
from ebert_core.dataset.prepare import prepare
from ebert_core.genome.places import ask_servers_again
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.core.dataset.toy_genome import TOML, write_toy
from tests.served import Served, serving

_FILES = ("toy.fa", "toy.sizes", "genes.bed", "labelled.bed", "blacklist.bed", "alpha.bed", "alpha.bw", "motifs.pfm")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    write_toy(tmp_path)
    with serving() as found:
        for name in (*_FILES, "peaks.narrowPeak", "relaxed.narrowPeak"):
            found.files[name] = (tmp_path / name).read_bytes()
        yield found


@pytest.fixture
def far(served: Served, tmp_path: Path) -> Path:
    """The toy dataset with all of its files at addresses, and an empty folder beside it."""
    folder = tmp_path / "far"
    folder.mkdir()
    text = TOML
    for name in served.files:
        text = text.replace(f'"{name}', f'"{served.address}/{name}')
    path = folder / "DATASET.toml"
    path.write_text(text)
    return path


def test_values_are_paths_unless_they_begin_as_addresses(far: Path, served: Served) -> None:
    layout = read_layout(far)
    assert layout.reference == served.url("toy.fa")
    assert layout.motifs == {"CTCF": served.url("motifs.pfm#ctcf")}
    assert layout.cell_types["alpha"].peaks["CTCF"].relaxed == served.url("relaxed.narrowPeak")


def test_secrets_are_read_from_a_description_and_not_written_into_another(tmp_path: Path, served: Served) -> None:
    path = tmp_path / "secret.toml"
    path.write_text(TOML.replace("toy.sizes", f"{served.url('toy.sizes')}?token=t0ken".replace("//", "//ann:s3cret@")))
    layout = read_layout(path)
    write_layout(layout, tmp_path / "copy.toml")
    assert layout.chromosome_sizes == served.url("toy.sizes")
    copy = (tmp_path / "copy.toml").read_text()
    assert served.url("toy.sizes") in copy
    assert "s3cret" not in copy
    assert "t0ken" not in copy
    assert Dataset.open(path).chromosome_lengths["chr1"] == 61_230
    assert served.asked[0].path.endswith("?token=t0ken")
    assert served.asked[0].authorization


def test_what_begins_as_an_address_and_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "d.toml"
    path.write_text('version = 1\nname = "x"\nassembly = "y"\nchromosome_sizes = "https://"\n')
    with pytest.raises(InvalidRequest, match="line 4: chromosome_sizes begins like an address, and names no server"):
        read_layout(path)


def test_a_dataset_at_addresses_is_checked_and_gives_what_its_copy_gives(far: Path, tmp_path: Path) -> None:
    check = check_dataset(far, lambda _fraction, _note: None)
    assert check.faults == ()
    assert len(check.sha256) == 64
    place = Interval("chr1", 4_000, 6_000)
    here, there = Dataset.open(tmp_path / "DATASET.toml"), Dataset.open(far)
    assert here.reference is not None
    assert there.reference is not None
    assert np.array_equal(here.reference.bases(place), there.reference.bases(place))
    signals = [dataset.signal("alpha", "DNase") for dataset in (here, there)]
    assert all(signal is not None for signal in signals)
    values = [signal.per_base(place) for signal in signals if signal is not None]
    one, other = values
    assert np.array_equal(one, other, equal_nan=True)


def test_everything_that_is_not_there_is_named_with_its_key(far: Path, served: Served) -> None:
    del served.files["alpha.bw"]
    del served.files["genes.bed"]
    faults = check_dataset(far, lambda _fraction, _note: None).faults
    assert {fault.key: fault.problem for fault in faults} == {
        "genes": f"There is no file {served.url('genes.bed')}: its server answers 404.",
        "cell_types.alpha.signals.DNase": f"There is no file {served.url('alpha.bw')}: its server answers 404.",
    }


def test_a_file_that_is_replaced_has_another_digest(far: Path, served: Served) -> None:
    before = dataset_digests(Dataset.open(far), ["alpha"])
    assert differences(before, dataset_digests(Dataset.open(far), ["alpha"])) == []
    served.files["alpha.bed"] += b"chr2\t4000\t5000\tQuies\n"
    ask_servers_again()
    assert differences(before, dataset_digests(Dataset.open(far), ["alpha"])) == ["cell_types.alpha.states (alpha.bed)"]
    # The motif that is meant counts as well as the file.
    far.write_text(far.read_text().replace("#ctcf", "#other"))
    changed = differences(before, dataset_digests(Dataset.open(far), ["alpha"]))
    assert changed[-1].startswith("motifs.CTCF (motifs.pfm")


def test_an_empty_peak_file_at_an_address_is_an_experiment_that_found_none(far: Path, served: Served) -> None:
    served.files["peaks.narrowPeak"] = b""
    assert Dataset.open(far).without_peaks(["alpha"], ["CTCF"]) == ("CTCF in alpha",)


def test_a_store_is_made_of_files_at_addresses_and_found_until_one_is_replaced(far: Path, served: Served) -> None:
    dataset = Dataset.open(far)
    store = prepare(dataset, far.parent / "a.store")
    served.forget()
    again = prepare(Dataset.open(far), far.parent / "a.store")
    assert again.index == store.index
    assert served.bytes_sent == 0
    served.files["alpha.bw"] = served.files["alpha.bw"] + b"\0"
    ask_servers_again()
    changed = prepare(Dataset.open(far), far.parent / "a.store")
    assert changed.index.fingerprint != store.index.fingerprint
