"""Derived signals: what they hold, that files and store agree, and that no peak leaks into its own cell type."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import msgspec
import numpy as np
import pyBigWig
import pytest

from ebert_core.dataset.derived import absent_signals, frozen_scale, references_of, select_signals
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.layout import read_layout, write_layout
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.shown import summary_of
from ebert_core.dataset.windows import Channels, windows
from ebert_core.protocol.terms.edits import BaseEdit
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.core.dataset.toy_genome import LENGTHS

MORE = """\
expression = [0.5, -1.25]
[cell_types.gamma]
states = "alpha.bed"
expression = [2, 0]
[cell_types.gamma.signals]
DNase = "gamma.bw"
[cell_types.gamma.peaks.CTCF]
conservative = "gamma.bed"
[cell_types.delta.signals]
DNase = "delta.bw"
[cell_types.delta.peaks.CTCF]
conservative = "delta.bed"
[cell_types.epsilon.peaks.CTCF]
conservative = "epsilon.bed"
[signals]
mappability = "map.bw"
"""
NAMES = (
    "DNase",
    "mappability",
    "log(DNase)",
    "log(mappability)",
    "quantile(DNase)",
    "difference(DNase)",
    "binding(CTCF)",
    "expression(2)",
    "distance(TSS)",
)
TRAINED = ("alpha", "gamma", "epsilon")
HERE = Interval("chr1", 4_800, 5_600)


@pytest.fixture
def rich_path(toy_path: Path) -> Path:
    """The toy with more cell types, a signal of the whole dataset and expression."""
    toy_path.write_text(toy_path.read_text() + MORE)
    for number, name in enumerate(("gamma", "delta", "map")):
        values = np.random.default_rng(number).gamma(0.7, 4.0 + number, 5_500)
        with pyBigWig.open(str(toy_path.with_name(f"{name}.bw")), "w") as file:
            file.addHeader(list(LENGTHS.items()))
            file.addEntries("chr1", 3_003, values=values.tolist(), span=8, step=10)
    write_peaks(toy_path, "gamma", (4_930, 5_120), (5_100, 5_126), (5_430, 5_520))
    write_peaks(toy_path, "delta", (5_000, 5_200))
    write_peaks(toy_path, "epsilon", (5_026, 5_200), (5_225, 5_300))
    return toy_path


def write_peaks(beside: Path, name: str, *spans: tuple[int, int]) -> None:
    beside.with_name(f"{name}.bed").write_text("".join(f"chr1\t{start}\t{end}\n" for start, end in spans))


def channels_of(dataset: Dataset, *names: str, trained: tuple[str, ...] = TRAINED) -> Channels:
    names = names or NAMES
    return Channels((), names, None, trained, references_of(dataset.quantiles, names, trained))


def signal(dataset: Dataset, cell_type: str, name: str, trained: tuple[str, ...] = TRAINED) -> np.ndarray:
    found: np.ndarray = windows(dataset, cell_type, [HERE], channels_of(dataset, name, trained=trained)).signals_BCP[
        0, 0
    ]
    return found


@pytest.mark.parametrize("cell_type", ["alpha", "beta", "delta", "epsilon"])
def test_files_and_store_derive_identical_signals(rich_path: Path, tmp_path: Path, cell_type: str) -> None:
    dataset = Dataset.open(rich_path)
    store = prepare(dataset, tmp_path / "s")
    assert all(store.quantiles(cell, "DNase") == dataset.quantiles(cell, "DNase") for cell in dataset.cell_types)
    random = np.random.default_rng(3)
    intervals = [
        Interval(name, int(start) * 200, int(start) * 200 + 1_200)
        for name, end in LENGTHS.items()
        for start in random.integers(-10, end // 200 + 10, 80)
    ]
    channels = channels_of(dataset)
    from_files = windows(dataset, cell_type, intervals, channels).signals_BCP
    from_store = windows(store, cell_type, intervals, channels).signals_BCP
    assert from_files.dtype == from_store.dtype == np.float16
    np.testing.assert_array_equal(from_files, from_store)
    assert 0.1 < np.isnan(from_files[:, NAMES.index("binding(CTCF)")]).mean() < 0.9  # labels begin at 4,000 of chr1


def test_binding_is_the_share_of_the_other_training_cell_types(rich_path: Path) -> None:
    dataset = Dataset.open(rich_path)
    # alpha is bound from 5000 to 5200, gamma from 4930 to 5126 and from 5430 to 5520, epsilon from 5026 and from 5225.
    positions = {
        start: (start - HERE.start) // 50 for start in (4_900, 4_950, 5_000, 5_100, 5_200, 5_225, 5_450, 5_500)
    }
    unseen = signal(dataset, "delta", "binding(CTCF)")
    assert {start: round(float(unseen[place]) * 3) for start, place in positions.items()} == {
        4_900: 0,
        4_950: 1,
        5_000: 2,
        5_100: 3,
        5_200: 1,
        5_225: 1,
        5_450: 1,
        5_500: 0,
    }
    own_left_out = signal(dataset, "gamma", "binding(CTCF)")
    assert [float(own_left_out[positions[start]]) for start in (4_950, 5_000, 5_100)] == [0, 0.5, 1]
    assert np.isnan(signal(dataset, "alpha", "binding(CTCF)", trained=("alpha", "delta"))).sum() == 0
    assert np.isnan(signal(dataset, "alpha", "binding(CTCF)", trained=("alpha",))).all()


def test_binding_is_not_known_where_no_peaks_were_called(rich_path: Path) -> None:
    dataset = Dataset.open(rich_path)
    rich_path.with_name("labelled.bed").write_text("chr1\t5000\t5120\nchr1\t5110\t5230\n")
    known = np.isfinite(signal(dataset, "delta", "binding(CTCF)"))
    assert np.flatnonzero(known).tolist() == [4, 5, 6, 7]
    everywhere = Dataset(msgspec.structs.replace(dataset.layout, labelled_regions=""))
    assert np.isfinite(signal(everywhere, "delta", "binding(CTCF)")).all()


def test_factors_by_the_dozen_are_kept_apart_in_the_store(rich_path: Path, tmp_path: Path) -> None:
    cells, factors = [f"cell{number}" for number in range(7)], [f"F{number}" for number in range(5)]
    for number, (cell, factor) in enumerate(product(cells, factors)):
        starts = np.random.default_rng(number).integers(3_000, 20_000, 30).tolist()
        write_peaks(rich_path, f"{cell}.{factor}", *((start, start + 300) for start in starts))
    tables = [
        f'[cell_types.{cell}.peaks.{factor}]\nconservative = "{cell}.{factor}.bed"\n'
        for cell, factor in product(cells, factors)
        if (cell, factor) not in (("cell2", "F3"), ("cell6", "F0"))
    ]
    rich_path.write_text(rich_path.read_text() + "".join(tables))
    dataset = Dataset.open(rich_path)
    channels = Channels((), tuple(f"binding({factor})" for factor in factors), None, tuple(cells[1:]))
    intervals = [Interval("chr1", start, start + 2_000) for start in range(3_000, 20_000, 1_000)]
    store = prepare(dataset, tmp_path / "s")
    for cell in ("cell0", "cell2", "cell6"):
        from_files = windows(dataset, cell, intervals, channels).signals_BCP
        np.testing.assert_array_equal(from_files, windows(store, cell, intervals, channels).signals_BCP)
        assert len(np.unique(from_files)) > 5


@pytest.mark.parametrize("source", ["files", "store"])
def test_peaks_of_the_cell_type_itself_and_of_held_out_ones_move_no_bit_of_binding(
    rich_path: Path, tmp_path: Path, source: str
) -> None:
    intervals = [Interval("chr1", start, start + 4_000) for start in range(3_000 // 200 * 200, 57_000, 3_000)]

    def binding(cell_type: str) -> bytes:
        dataset = Dataset.open(rich_path)
        read_from = prepare(dataset, tmp_path / "s") if source == "store" else dataset
        return windows(read_from, cell_type, intervals, channels_of(dataset, "binding(CTCF)")).signals_BCP.tobytes()

    def scatter(name: str, seed: int) -> None:
        starts = np.random.default_rng(seed).integers(0, 60_000, 200)
        write_peaks(rich_path, name, *((int(start), int(start) + 10 + seed) for start in starts))

    in_training, unseen = binding("gamma"), binding("delta")
    scatter("gamma", 190)
    scatter("delta", 191)
    assert binding("gamma") == in_training  # its own peaks and those of a held-out cell type changed
    assert binding("delta") != unseen  # a training cell type's peaks did
    unseen = binding("delta")
    scatter("delta", 192)
    assert binding("delta") == unseen
    scatter("epsilon", 193)
    assert binding("gamma") != in_training


def test_the_logarithm_is_of_one_more_and_keeps_what_is_absent(rich_path: Path) -> None:
    dataset = Dataset.open(rich_path)
    raw = signal(dataset, "alpha", "DNase").astype(np.float64)
    np.testing.assert_array_equal(signal(dataset, "alpha", "log(DNase)"), np.log1p(raw).astype(np.float16))
    assert np.isnan(signal(dataset, "beta", "log(DNase)")).all()


def test_normalised_signals_of_two_cell_types_have_one_distribution(rich_path: Path) -> None:
    dataset = Dataset.open(rich_path)
    everywhere = [Interval("chr1", start, start + 400) for start in range(4_000, 19_800, 400)]

    def spread(name: str, cell_type: str) -> np.ndarray:
        values = windows(dataset, cell_type, everywhere, channels_of(dataset, name)).signals_BCP
        return np.quantile(values.astype(np.float64), [0.1, 0.5, 0.9, 0.99])

    before = np.abs(spread("log(DNase)", "alpha") - spread("log(DNase)", "delta")).max()
    after = np.abs(spread("quantile(DNase)", "alpha") - spread("quantile(DNase)", "delta")).max()
    assert after < 0.2 * before
    raw, normal = signal(dataset, "delta", "DNase"), signal(dataset, "delta", "quantile(DNase)")
    assert (np.diff(normal[np.argsort(raw)].astype(np.float64)) >= 0).all()


def test_the_difference_is_to_the_mean_of_the_other_training_cell_types(rich_path: Path) -> None:
    dataset = Dataset.open(rich_path)
    alpha, gamma, delta = (
        signal(dataset, cell, "quantile(DNase)").astype(np.float32) for cell in ("alpha", "gamma", "delta")
    )
    unseen = signal(dataset, "delta", "difference(DNase)")
    np.testing.assert_array_equal(unseen, (delta - (alpha + gamma) / 2).astype(np.float16))
    np.testing.assert_array_equal(signal(dataset, "alpha", "difference(DNase)"), (alpha - gamma).astype(np.float16))
    assert np.isnan(signal(dataset, "beta", "difference(DNase)")).all()
    assert np.isnan(signal(dataset, "alpha", "difference(DNase)", trained=("alpha", "beta"))).all()


def test_training_cell_types_that_this_dataset_lacks_are_passed_over(rich_path: Path) -> None:
    dataset = Dataset.open(rich_path)
    elsewhere = msgspec.structs.replace(
        dataset.layout, cell_types={name: dataset.layout.cell_types[name] for name in ("gamma", "delta")}
    )
    channels = channels_of(dataset)
    here = windows(Dataset(elsewhere), "delta", [HERE], channels).signals_BCP[0]
    np.testing.assert_array_equal(here[6], signal(dataset, "delta", "binding(CTCF)", trained=("gamma",)))
    assert np.isfinite(here[5]).all()
    alone = windows(Dataset(elsewhere), "gamma", [HERE], channels).signals_BCP[0]
    assert np.isnan(alone[5]).all()
    assert np.isnan(alone[6]).all()
    assert np.isfinite(alone[4]).all()


def test_expression_and_distance_are_told_by_the_dataset(rich_path: Path) -> None:
    dataset = Dataset.open(rich_path)
    assert set(signal(dataset, "gamma", "expression(1)")) == {2}
    assert set(signal(dataset, "beta", "expression(2)")) == {-1.25}
    assert np.isnan(signal(dataset, "alpha", "expression(1)")).all()
    expected = np.log10(1 + np.abs(np.arange(4_825, 5_600, 50) - 4_000)).astype(np.float16)
    np.testing.assert_array_equal(signal(dataset, "alpha", "distance(TSS)"), expected)
    far = windows(dataset, "alpha", [Interval("chr2", 0, 200)], channels_of(dataset, "distance(TSS)")).signals_BCP
    assert set(far.ravel()) == {7}


def test_an_edited_base_leaves_derived_signals_as_they_were(rich_path: Path) -> None:
    dataset = Dataset.open(rich_path)
    edits = [BaseEdit("chr1", place, "N") for place in range(5_000, 5_200)]
    before = windows(dataset, "delta", [HERE], channels_of(dataset))
    after = windows(dataset, "delta", [HERE], channels_of(dataset), edits)
    assert (before.bases_BL != after.bases_BL).any()
    np.testing.assert_array_equal(before.signals_BCP, after.signals_BCP)


def test_families_of_signals_are_written_out_and_what_training_cannot_learn_is_left_out(rich_path: Path) -> None:
    dataset = Dataset.open(rich_path)
    wanted = ("log(DNase)", "binding", "expression", "distance(TSS)", "difference(DNase)", "mappability", "log(DNase)")
    found = select_signals(dataset, wanted, ("beta", "gamma", "alpha"), ("CTCF",))
    assert found.names == (
        "log(DNase)",
        "binding(CTCF)",
        "expression(1)",
        "expression(2)",
        "distance(TSS)",
        "difference(DNase)",
        "mappability",
    )
    assert not found.left_out
    alone = select_signals(dataset, wanted, ("gamma",), ("CTCF",))
    assert alone.names == ("log(DNase)", "distance(TSS)", "mappability")
    assert alone.left_out == (
        "Left out, since each needs what was measured in two of the cell types to train in: "
        "binding(CTCF), expression(1), expression(2), difference(DNase).",
    )
    assert frozen_scale("binding(CTCF)") == (0, 0.25)
    assert frozen_scale("log(DNase)") is None


@pytest.mark.parametrize("trained", [TRAINED, ("gamma",), ("gone", "epsilon")])
def test_what_is_said_to_be_absent_is_absent(rich_path: Path, trained: tuple[str, ...]) -> None:
    dataset = Dataset.open(rich_path)
    channels = replace(channels_of(dataset, trained=trained), references=channels_of(dataset).references)
    for cell_type in dataset.cell_types:
        found = windows(dataset, cell_type, [HERE], channels).signals_BCP[0]
        is_nan = [name for name, values in zip(NAMES, found, strict=True) if np.isnan(values).all()]
        assert absent_signals(dataset, cell_type, channels) == is_nan


def test_the_window_is_told_which_signals_can_be_made(rich_path: Path) -> None:
    dataset = Dataset.open(rich_path)
    offered = [signal.name for signal in summary_of(dataset).made_signals]
    assert offered == [
        "log(DNase)",
        "quantile(DNase)",
        "difference(DNase)",
        "binding",
        "mappability",
        "expression",
        "distance(TSS)",
    ]
    assert not select_signals(dataset, offered, ("alpha", "beta", "gamma"), ("CTCF",)).left_out
    alone = {"beta": dataset.layout.cell_types["beta"]}
    poor = msgspec.structs.replace(dataset.layout, genes="", signals={}, cell_types=alone)
    assert not summary_of(Dataset(poor)).made_signals


@pytest.mark.parametrize("name", NAMES)
def test_each_signal_can_be_asked_for_by_its_own_name(rich_path: Path, name: str) -> None:
    found = select_signals(Dataset.open(rich_path), (name,), ("alpha", "beta", "gamma"), ("CTCF",))
    assert (found.names, found.left_out) == ((name,), ())


def test_a_signal_of_no_training_cell_type_is_brought_to_no_distribution(rich_path: Path) -> None:
    dataset = Dataset.open(rich_path)
    assert np.isnan(signal(dataset, "alpha", "quantile(DNase)", trained=("epsilon", "beta"))).all()


@pytest.mark.parametrize(
    "name",
    [
        "ATAC",
        "log(ATAC)",
        "quantile(mappability)",
        "binding(GATA9)",
        "expression(3)",
        "expression(0)",
        "distance(CTCF)",
        "sqrt(DNase)",
    ],
)
def test_a_signal_that_nothing_gives_is_refused_with_what_there_is(rich_path: Path, name: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        select_signals(Dataset.open(rich_path), (name,), ("alpha", "beta", "gamma"), ("CTCF",))
    assert str(refused.value) == (
        f"No cell type to train in has the signal {name}; there are: DNase, mappability; log(X), quantile(X) or "
        "difference(X) of one of these; binding; expression; distance(TSS)."
    )


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('mappability = "map.bw"', '"log(X)" = "map.bw"', r"signals\.log\(X\) has a name that stands for a signal"),
        ('mappability = "map.bw"', 'binding = "map.bw"', r"signals\.binding has a name that stands for"),
        ("[2, 0]", "[2]", r"gamma\.expression holds 1 numbers, that of another cell type 2"),
        ("[2, 0]", '["2", "0"]', r"gamma\.expression must be a list of numbers"),
        ("[2, 0]", "[nan, 0]", r"gamma\.expression must be a list of numbers"),
        ('"map.bw"', '"no.bw"', r"signals\.mappability names the file"),
    ],
)
def test_what_is_wrong_with_signals_is_said_with_its_line(
    rich_path: Path, before: str, after: str, problem: str
) -> None:
    rich_path.write_text(rich_path.read_text().replace(before, after))
    with pytest.raises(InvalidRequest, match=rf"line \d+: .*{problem}"):
        read_layout(rich_path)


def test_signals_of_the_dataset_and_expression_are_written_as_they_were_read(rich_path: Path) -> None:
    layout = read_layout(rich_path)
    assert layout.cell_types["gamma"].expression == (2, 0)
    write_layout(layout, rich_path.with_name("again.toml"))
    assert read_layout(rich_path.with_name("again.toml")) == layout
