"""The `[rename]` tables: everything is called by its new name, and a checkpoint that knows only that one meets it."""

from pathlib import Path

import numpy as np
import pytest

from ebert_core.dataset.channels import Channels
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.layout import read_layout, write_layout
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.shown import remarks_on
from ebert_core.dataset.windows import windows
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

NAMES = 'names = ["Quies", "TssA"]\ncolours = ["#eeeeee", "#ff0000"]\n'
PLACES = [Interval("chr1", 4_000, 4_400), Interval("chr1", 5_800, 6_200)]


def changed(toy_path: Path, added: str = "", before: str = "", after: str = "") -> Path:
    assert before in toy_path.read_text()
    toy_path.write_text(toy_path.read_text().replace(before, after) + added)
    return toy_path


def spell(toy_path: Path, quiescent: str, active: str, cell: str = "alpha") -> None:
    bed = toy_path.parent / f"{cell}.bed"
    bed.write_text(bed.read_text().replace("Quies", quiescent).replace("TssA", active))


def test_states_of_a_file_are_given_the_names_that_a_checkpoint_knows(toy_path: Path, tmp_path: Path) -> None:
    right = windows(Dataset.open(toy_path), "alpha", PLACES, Channels(states=("TssA", "Quies"))).states_BS
    spell(toy_path, "E15", "E1")
    changed(toy_path, '\n[rename.states]\nE15 = "Quies"\nE1 = "TssA"\n', NAMES, "")
    dataset = Dataset.open(toy_path)
    assert dataset.state_names == ("Quies", "TssA")
    found = windows(dataset, "alpha", PLACES, Channels(states=("TssA", "Quies"))).states_BS
    assert np.array_equal(found, right)
    stored = windows(prepare(dataset, tmp_path / "s"), "alpha", PLACES, Channels(states=("TssA", "Quies"))).states_BS
    assert np.array_equal(stored, right)


def test_other_names_make_another_store(toy_path: Path, tmp_path: Path) -> None:
    first = prepare(Dataset.open(toy_path), tmp_path / "s").index.fingerprint
    changed(toy_path, '\n[rename.states]\nTssA = "Promoter"\n')
    assert prepare(Dataset.open(toy_path), tmp_path / "s").index.fingerprint != first


def test_a_known_alphabet_is_named_and_all_its_spellings_are_one(toy_path: Path) -> None:
    spell(toy_path, "15_Quies", "E1")
    changed(toy_path, '\n[rename]\nstates = "roadmap-15"\n', NAMES, "")
    assert Dataset.open(toy_path).state_names == ("Quies", "TssA")


def test_states_that_are_given_one_name_are_one_state_with_the_first_colour(toy_path: Path) -> None:
    changed(toy_path, '\n[rename.states]\nTssA = "any"\nQuies = "any"\n')
    dataset = Dataset.open(toy_path)
    assert [(state.name, state.colour) for state in dataset.state_colours] == [("any", "#eeeeee")]


def test_signals_factors_and_cell_types_are_known_by_their_new_names_alone(toy_path: Path) -> None:
    more = '\n[rename]\nsignals.DNase = "ATAC"\nfactors.CTCF = "CTCF_HUMAN"\ncell_types.alpha = "K562"\n'
    dataset = Dataset.open(changed(toy_path, more))
    assert dataset.cell_types == ("K562", "beta")
    assert dataset.signal_names == ("ATAC",)
    assert dataset.factors == ("CTCF_HUMAN",)
    assert dataset.matrices.names == ("CTCF_HUMAN",)
    assert dataset.peaks("K562", "CTCF_HUMAN") is not None
    with pytest.raises(InvalidRequest, match="no cell type alpha"):
        dataset.states("alpha")


def test_states_keep_their_new_names_when_a_dataset_is_written_again(toy_path: Path, tmp_path: Path) -> None:
    layout = read_layout(changed(toy_path, '\n[rename.states]\nTssA = "Promoter"\n'))
    write_layout(layout, tmp_path / "again.toml")
    assert read_layout(tmp_path / "again.toml") == layout


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('signals.DNAse = "ATAC"', r"line \d+: rename.signals.DNAse is no name among the signals of this dataset"),
        ('cell_types.alpha = "beta"', "rename.cell_types.* gives two cell_types the name beta"),
        (
            'states = "roadmap-16"',
            "rename.states is roadmap-16; known alphabets are roadmap-15, roadmap-18, roadmap-25",
        ),
        ("states.E1 = 5", r"rename.states.E1 must be a text in quotes"),
        ('chromosome.a = "b"', "rename.chromosome is no key here"),
    ],
)
def test_what_is_wrong_with_new_names_is_said(toy_path: Path, table: str, sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        read_layout(changed(toy_path, f"\n[rename]\n{table}\n"))


def of_two_alphabets(toy_path: Path) -> Path:
    (toy_path.parent / "beta.bed").write_text("chr1\t0\t4100\t1_TssA\nchr1\t4100\t9000\t15_Quies\n")
    changed(toy_path, 'states = "beta.bed"\n', NAMES, "")
    return toy_path


def test_segmentations_of_different_alphabets_are_refused_with_their_cell_types(toy_path: Path, tmp_path: Path) -> None:
    dataset = Dataset.open(of_two_alphabets(toy_path))
    with pytest.raises(
        InvalidRequest, match=r"alpha has Quies and TssA, beta has 1_TssA and 15_Quies|beta has .* alpha"
    ):
        prepare(dataset, tmp_path / "s")
    changed(toy_path, '\n[rename]\nstates = "roadmap-15"\n')
    assert Dataset.open(toy_path).state_names == ("Quies", "TssA")


def test_they_are_drawn_with_a_remark_in_their_rows(toy_path: Path) -> None:
    dataset = Dataset.open(of_two_alphabets(toy_path), is_for_drawing=True)
    assert sorted(dataset.state_names) == ["15_Quies", "1_TssA", "Quies", "TssA"]
    source = dataset.states("beta")
    assert source is not None
    remarks = remarks_on(dataset, source, "chr1")
    assert [remark.short for remark in remarks] == ["different alphabets"]
    assert "beta" in remarks[0].full
