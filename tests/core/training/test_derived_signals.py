"""A fine-tuning with derived signals, from the spec to a prediction in a cell type that it never saw."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ebert_core.dataset.channels import Channels
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.store import Store
from ebert_core.dataset.store_places import beside
from ebert_core.dataset.windows import windows
from ebert_core.inference.batches import Inputs, Stream, channels_of
from ebert_core.inference.given import absences
from ebert_core.inference.predict import Predictor
from ebert_core.model.checkpoint import Checkpoint, load_checkpoint
from ebert_core.model.config import PRESETS
from ebert_core.model.description import Description
from ebert_core.model.device import choose_engine
from ebert_core.model.network import Ebert
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.training.dropping import drop_channels
from ebert_core.training.finetune import finetune
from tests.certain import of
from tests.core.toy_binding import SMALLEST, SilentReport, finetune_spec, quiet, write_toy_binding

GENES = "chr1\t4000\t6000\tG1\t0\t+\nchr2\t500\t900\tG2\t0\t-\n"
MORE = """
expression = [1.0]
[cell_types.gamma]
states = "alpha.bed"
signals.DNase = "alpha.bw"
peaks.FOS.conservative = "gamma.bed"
[cell_types.gamma.peaks.JUN]
conservative = "gamma.bed"
"""
WANTED = ("log(DNase)", "quantile(DNase)", "difference(DNase)", "binding", "distance(TSS)")
WHERE = Interval("chr2", 0, 12_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("derived")


@pytest.fixture(scope="module")
def spec(folder: Path) -> FineTune:
    path = write_toy_binding(folder)
    (folder / "genes.bed").write_text(GENES)
    (folder / "gamma.bed").write_text("chr2\t1000\t1200\n")
    path.write_text(path.read_text().replace("\n[states]", 'genes = "genes.bed"\n\n[states]') + MORE)
    changes = {"signals": WANTED, "validation_cell_types": ("gamma",), "epochs": 1, "batch_size": 30}
    return finetune_spec(path, folder / "out", **changes)


@pytest.fixture(scope="module")
def report() -> SilentReport:
    return SilentReport()


@pytest.fixture(scope="module")
def checkpoint(spec: FineTune, report: SilentReport, folder: Path) -> Checkpoint:
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "tiny", SMALLEST)
        return load_checkpoint(finetune(spec, report, folder / "work"))


def predicted(checkpoint: Checkpoint, source: Dataset | Store, cell_type: str) -> NDArray[np.float32]:
    predictor = Predictor(checkpoint, source, choose_engine("cpu", "fp32"))
    return predictor.logits(cell_type, WHERE, quiet).values_FP


def test_the_checkpoint_names_its_signals_and_what_they_are_compared_with(
    checkpoint: Checkpoint, report: SilentReport
) -> None:
    description = checkpoint.description
    assert description.architecture.signals == ("log(DNase)", "quantile(DNase)", "binding(FOS)", "distance(TSS)")
    assert list(description.signal_quantiles) == ["DNase"]
    assert len(description.signal_quantiles["DNase"]) == 256
    sentence = (
        "Left out, since each needs what was measured in two of the cell types to train in: "
        "difference(DNase), binding(JUN)."
    )
    assert sentence in report.events
    assert sentence in description.limits
    standard = of(Ebert, checkpoint.network).embedding.signal_standard
    assert (float(standard.mean[2]), float(standard.deviation[2])) == (0, 0.25)


def test_files_and_store_give_one_prediction(checkpoint: Checkpoint, spec: FineTune) -> None:
    dataset = Dataset.open(Path(spec.dataset))
    store = prepare(dataset, beside(dataset))
    for cell_type in ("beta", "gamma"):
        np.testing.assert_array_equal(
            predicted(checkpoint, dataset, cell_type), predicted(checkpoint, store, cell_type)
        )


def test_a_prediction_knows_nothing_of_the_cell_types_own_peaks_nor_of_held_out_ones(
    checkpoint: Checkpoint, spec: FineTune, folder: Path
) -> None:
    peaks = {name: (folder / name).read_text() for name in ("alpha.narrowPeak", "beta.narrowPeak", "gamma.bed")}

    def replaced(*names: str) -> dict[str, NDArray[np.float32]]:
        for name, text in peaks.items():
            (folder / name).write_text("chr2\t5\t11900\n" if name in names else text)
        return {cell: predicted(checkpoint, Dataset.open(Path(spec.dataset)), cell) for cell in ("alpha", "gamma")}

    before, without_own, without_others = (
        replaced(),
        replaced("alpha.narrowPeak", "gamma.bed"),
        replaced("beta.narrowPeak"),
    )
    replaced()
    np.testing.assert_array_equal(before["alpha"], without_own["alpha"])
    assert not np.array_equal(before["alpha"], without_others["alpha"], equal_nan=True)
    assert not np.array_equal(before["gamma"], without_own["gamma"], equal_nan=True)


def test_families_of_signals_are_dropped_together_and_apart() -> None:
    names = ("DNase", "log(DNase)", "binding(FOS)", "binding(JUN)")
    inputs = Inputs(
        np.zeros((600, 200), np.uint8),
        np.full((600, 1), 2, np.uint8),
        np.ones((600, 4, 4), np.float32),
        np.ones((600, 4, 1), np.float32),
    )
    dropped = drop_channels(inputs, 0.25, np.random.default_rng(1), names)
    has_signal = np.all(np.isfinite(dropped.signals_BPC), axis=1)
    np.testing.assert_array_equal(has_signal[:, 0], has_signal[:, 1])
    np.testing.assert_array_equal(has_signal[:, 2], has_signal[:, 3])
    shares = [np.mean(has_signal[:, 0] & ~has_signal[:, 2]), np.mean(~has_signal.any(1)), np.mean(has_signal.all(1))]
    np.testing.assert_allclose(shares, [0.14, 0.30, 0.42], atol=0.05)
    as_before = drop_channels(inputs, 0.25, np.random.default_rng(1), names[:2]).signals_BPC
    np.testing.assert_array_equal(as_before, drop_channels(inputs, 0.25, np.random.default_rng(1)).signals_BPC)


def test_an_ablation_hides_one_family_of_signals(checkpoint: Checkpoint, spec: FineTune) -> None:
    dataset = Dataset.open(Path(spec.dataset))

    def hidden(*streams: Stream) -> NDArray[np.float32]:
        predictor = Predictor(checkpoint, dataset, choose_engine("cpu", "fp32"), streams)
        return predictor.logits("gamma", WHERE, quiet).values_FP

    batch = Inputs.of(
        windows(dataset, "gamma", [Interval("chr2", 0, 800)], Channels((), ("log(DNase)", "binding(FOS)")))
    )
    is_absent = np.isnan(batch.without(("measured", "states"), ("log(DNase)", "binding(FOS)")).signals_BPC)
    assert is_absent[..., 0].all()
    assert not np.array_equal(hidden(), hidden("binding"), equal_nan=True)
    assert not np.array_equal(hidden("binding"), hidden("signals"), equal_nan=True)
    np.testing.assert_array_equal(hidden("signals"), hidden("measured", "binding", "distance"))
    np.testing.assert_array_equal(hidden(), hidden("expression"))


def test_what_a_dataset_does_not_give_is_said(checkpoint: Checkpoint, spec: FineTune) -> None:
    dataset = Dataset.open(Path(spec.dataset))
    assert absences(checkpoint.description, dataset) == (
        "In beta it predicts without log(DNase) and quantile(DNase), which the dataset does not give.",
    )
    alone = msgspec.structs.replace(dataset.layout, genes="", cell_types={"gamma": dataset.layout.cell_types["gamma"]})
    assert absences(checkpoint.description, Dataset(alone)) == (
        "In gamma it predicts without binding(FOS) and distance(TSS), which the dataset does not give.",
    )


def test_a_description_without_distributions_is_read_as_before(checkpoint: Checkpoint) -> None:
    content = msgspec.to_builtins(checkpoint.description)
    del content["signal_quantiles"]
    assert msgspec.convert(content, Description).signal_quantiles == {}


@pytest.mark.parametrize(
    "quantiles", [{}, {"DNase": (1.0, 2.0)}, {"DNase": (2.0, 1.0) * 128}, {"DNase": (np.nan,) * 256}]
)
def test_a_damaged_distribution_is_refused(checkpoint: Checkpoint, quantiles: dict[str, tuple[float, ...]]) -> None:
    damaged = msgspec.structs.replace(checkpoint.description, signal_quantiles=quantiles)
    with pytest.raises(InvalidRequest, match="out is damaged: it does not hold the distribution of DNase"):
        channels_of(damaged)


def test_a_signal_that_only_the_held_out_cell_type_gives_is_refused(spec: FineTune, folder: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"has the signal binding\(JUN\); there are: DNase; .*; binding; distance"):
        finetune(msgspec.structs.replace(spec, signals=("binding(JUN)",)), SilentReport(), folder / "other")
