"""A file that was predicted says by what, wherever it is drawn."""

from pathlib import Path

import msgspec
import pytest

from ebert_core.dataset.sidecar import (
    AskedRegions,
    CheckpointUsed,
    DatasetUsed,
    Scale,
    Sidecar,
    prediction_remarks,
    sidecar_path,
)
from ebert_core.model.description import Versions
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.inputs import CellInputs


@pytest.fixture
def predicted(tmp_path: Path) -> Path:
    (tmp_path / "x.bw").write_bytes(b"values")
    return tmp_path / "x.bw"


def describe(path: Path, absent: tuple[str, ...] = (), warnings: tuple[str, ...] = ()) -> None:
    described = Sidecar(
        ebert_sidecar=1,
        file=path.name,
        bytes=path.stat().st_size,
        factor="CTCF",
        cell_type="K562",
        checkpoint=CheckpointUsed("slices", "/data/slices", "", "", ""),
        dataset=DatasetUsed("toy", "", "hg19", {}, ""),
        places=AskedRegions(10),
        scale=Scale("probability", 200, 50, 0, 1, 1, 0, None),
        inputs=CellInputs("K562", absent),
        warnings=warnings,
        versions=Versions("1.0", "", ""),
        host="",
        command="",
        spec=Predict("", "", "K562", "CTCF", "x.bw"),
        started="2026-01-01T00:00:00Z",
        ended="2026-01-02T03:04:05Z",
    )
    sidecar_path(path).write_bytes(msgspec.json.encode(described))


def test_a_prediction_says_by_what_and_what_speaks_against_it(predicted: Path) -> None:
    describe(predicted)
    by = "CTCF in K562 as slices predicts it, written on 2026-01-02 by EBERT Browser 1.0."
    [remark] = prediction_remarks(predicted)
    assert (remark.short, remark.full, remark.is_told, remark.kind) == ("predicted", by, False, "prediction")
    predicted.write_bytes(b"other values")
    describe(predicted, ("DNase",), ("It knows no DNase here.",))
    [remark] = prediction_remarks(predicted)
    assert (remark.short, remark.full) == ("without DNase", f"{by} It knows no DNase here.")


def test_of_another_file_than_is_described_nothing_is_said(predicted: Path) -> None:
    assert prediction_remarks(predicted) == ()
    describe(predicted)
    predicted.write_bytes(b"values that somebody put in their place")
    assert prediction_remarks(predicted) == ()
    sidecar_path(predicted).write_text("{}")
    assert prediction_remarks(predicted) == ()
    predicted.unlink()
    assert prediction_remarks(predicted) == ()
