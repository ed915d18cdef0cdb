"""What the code of another package raises for a model is said with the name of that package."""

from pathlib import Path
from typing import Any

import pytest

from ebert_core.model.device import choose_engine
from ebert_core.protocol.sources import PredictedBinding, read_request
from ebert_core.protocol.terms.errors import PackageFault
from ebert_core.protocol.terms.locus import Interval
from ebert_core.providers.motifs import MOTIFS
from ebert_core.providers.open_models import OpenModels
from ebert_core.providers.provider import ProviderKind
from ebert_core.providers.readers import read_all
from ebert_core.providers.table import BUILT_IN

RAISED = (
    r"The package test_faulty_providers raised ZeroDivisionError: division by zero \(test_faulty_providers\.py, line"
)


class Guest:
    """A model that can do nothing."""

    bytes = 1

    def predict(self, _wanted: object, _report: object) -> float:
        return 1 / 0


def models(recognises: Any = lambda path: path.name == "a.guest", load: Any = lambda *_: Guest()) -> OpenModels:
    return OpenModels((ProviderKind("guest", recognises, load), *BUILT_IN), choose_engine())


def broken(*_given: object) -> float:
    return 1 / 0


def test_a_model_that_cannot_be_loaded_or_asked_names_its_package(toy_binding: Path, tmp_path: Path) -> None:
    path = str(tmp_path / "a.guest")
    with pytest.raises(PackageFault, match=RAISED):
        models(load=broken).model(path, str(toy_binding))
    source = PredictedBinding(model=path, dataset=str(toy_binding), cell_type="", output="x")
    with pytest.raises(PackageFault, match=RAISED):
        read_all(read_request((source,), Interval("chr1", 0, 100)), models(), lambda *_: None)


def test_a_kind_that_recognises_nothing_and_raises_keeps_no_other_from_its_models(
    toy_binding: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.pfm").write_text(">a\n10 0 0 0\n0 10 0 0\n")
    found = models(recognises=broken).model(str(tmp_path / "a.pfm"), str(toy_binding))
    assert type(found).__module__ == MOTIFS.load.__module__
    with pytest.raises(Exception, match=RAISED):
        models(recognises=broken).model(str(tmp_path / "a.guest"), str(toy_binding))
