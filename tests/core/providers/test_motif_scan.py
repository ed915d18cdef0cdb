"""Motif matrices as a model: what it says of itself, its scores, and what it does not claim."""

import math
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.genome.motifs import log_odds, read_motifs
from ebert_core.model.device import choose_engine
from ebert_core.protocol.calling import calls_of_factor, doubts_of
from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import AttentionMap, PredictedBinding, Source, read_request
from ebert_core.protocol.terms.edits import BaseEdit
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.providers.open_models import OpenModels
from ebert_core.providers.provider import Attends, Provider
from ebert_core.providers.readers import read_all
from ebert_core.providers.table import BUILT_IN
from tests.certain import of, present
from tests.core.toy_binding import LENGTHS, MOTIF, UNKNOWN, quiet

VIEW = Interval("chr2", 8_030, 11_010)
OTHER = ">OTHER\n10 0 0 0\n0 10 0 0\n"


@pytest.fixture(scope="module")
def models() -> OpenModels:
    return OpenModels(BUILT_IN, choose_engine())


@pytest.fixture
def matrices(toy_binding: Path, tmp_path: Path) -> Path:
    path = tmp_path / "both.pfm"
    path.write_text((toy_binding.parent / "motifs.pfm").read_text().rstrip() + "\n" + OTHER)
    return path


@pytest.fixture
def model(models: OpenModels, matrices: Path, toy_binding: Path) -> Provider:
    return models.model(str(matrices), str(toy_binding))


@pytest.fixture
def scanned(matrices: Path, toy_binding: Path, model: Provider) -> PredictedBinding:
    name = model.summary().outputs[0].name
    return PredictedBinding(str(matrices), str(toy_binding), "", name, has_draft=model.summary().has_draft)


def read(models: OpenModels, *sources: Source, interval: Interval = VIEW, columns: int = 2000) -> list[Signal]:
    shapes = read_all(read_request(sources, interval, columns), models, quiet).shapes
    return [of(Signal, shape) for shape in shapes]


def best_by_hand(
    matrix_W4: NDArray[np.floating], codes_L: NDArray[np.uint8], centre_from: int, centre_to: int
) -> float:
    best = -math.inf
    width = len(matrix_W4)
    for strand in (matrix_W4, matrix_W4[::-1, ::-1]):
        for centre in range(centre_from, centre_to):
            codes = codes_L[centre - width // 2 : centre - width // 2 + width]
            best = max(
                best, sum(row.min() if code == 4 else row[code] for row, code in zip(strand, codes, strict=True))
            )
    return best


def test_the_outputs_are_the_matrices_by_name_with_unit_and_statistic(model: Provider, matrices: Path) -> None:
    summary = model.summary()
    assert [known.name for known in summary.outputs] == list(read_motifs(matrices))
    assert {(known.unit, known.step, known.statistic) for known in summary.outputs} == {
        ("bits", 50, "best log-odds of both strands")
    }


def test_what_it_cannot_do_is_absent(model: Provider) -> None:
    summary = model.summary()
    assert not isinstance(model, Attends)
    assert not any((summary.attends, summary.predicts_binding, summary.exports, summary.trains, summary.is_learnt))
    assert not any((summary.has_draft, summary.reads_cell_type, summary.verdict, summary.training, summary.cell_types))
    for known in summary.outputs:
        assert calls_of_factor(known).threshold is None
        assert doubts_of(known, summary.verdict, "") == ()
    assert model.marks(summary.outputs[0].name, "", VIEW) == ()


def test_scores_are_the_best_of_both_strands_in_each_bin(
    models: OpenModels, model: Provider, matrices: Path, scanned: PredictedBinding, toy_binding: Path
) -> None:
    [found] = read(models, scanned)
    assert (found.bin_width, found.is_draft, found.marks) == (50, False, ())
    assert found.bins.start <= VIEW.start
    assert found.bins.end >= VIEW.end
    codes = present(Dataset.open(toy_binding).reference).bases(Interval("chr2", 0, LENGTHS["chr2"]))
    matrix = log_odds(read_motifs(matrices)[scanned.output].counts_W4)
    for place in (0, 7, 42):
        start = found.bins.start + 50 * place
        if not np.isnan(found.mean[place]):
            assert found.mean[place] == pytest.approx(best_by_hand(matrix, codes, start, start + 50), abs=0.02)


def test_bins_of_nothing_but_unknown_bases_are_gaps(models: OpenModels, scanned: PredictedBinding) -> None:
    [found] = read(models, scanned)
    starts = found.bins.start + np.arange(len(found.mean)) * 50
    is_gap = (starts >= UNKNOWN[0]) & (starts + 50 <= UNKNOWN[1])
    np.testing.assert_array_equal(np.isnan(found.mean), is_gap)


def test_matrices_of_one_file_are_scanned_together_and_there_is_no_draft(
    models: OpenModels, model: Provider, scanned: PredictedBinding
) -> None:
    other = msgspec.structs.replace(scanned, output=model.summary().outputs[1].name)
    assert (scanned.draft, scanned.batch == other.batch) == (None, True)
    one, two = read(models, scanned, other)
    np.testing.assert_array_equal(one.mean, read(models, scanned)[0].mean)
    assert not np.array_equal(one.mean, two.mean)


def test_scores_do_not_depend_on_the_cell_type_and_follow_edited_bases(
    models: OpenModels, scanned: PredictedBinding
) -> None:
    [before] = read(models, scanned)
    [elsewhere] = read(models, msgspec.structs.replace(scanned, cell_type="alpha"))
    np.testing.assert_array_equal(before.mean, elsewhere.mean)
    place = 10_020
    written = [BaseEdit("chr2", place + offset, base) for offset, base in enumerate(MOTIF)]
    [after] = read(models, msgspec.structs.replace(scanned, edits=tuple(written)))
    changed = (place + len(MOTIF) // 2 - after.bins.start) // 50
    assert after.mean[changed] == np.nanmax(after.mean)


def test_many_bins_come_as_their_largest_score(models: OpenModels, scanned: PredictedBinding) -> None:
    [fine], [coarse] = read(models, scanned), read(models, scanned, columns=10)
    assert len(coarse.mean) <= 10
    assert np.nanmax(coarse.maximum) == np.nanmax(fine.maximum)


def test_what_is_asked_for_in_vain_is_refused_in_a_sentence(models: OpenModels, scanned: PredictedBinding) -> None:
    with pytest.raises(InvalidRequest, match="holds no matrix XYZ"):
        read(models, msgspec.structs.replace(scanned, output="XYZ"))
    with pytest.raises(InvalidRequest, match="scanned over up to 1,000 kb"):
        read(models, scanned, interval=Interval("chr2", 0, 1_200_000))
    with pytest.raises(InvalidRequest, match="a model that does not attend"):
        read(models, AttentionMap(scanned.model, scanned.dataset, "", 0), interval=Interval("chr2", 10, 11))


def test_a_changed_file_is_read_again(models: OpenModels, matrices: Path, toy_binding: Path) -> None:
    assert len(models.model(str(matrices), str(toy_binding)).summary().outputs) == 2
    matrices.write_text(OTHER)
    assert [known.name for known in models.model(str(matrices), str(toy_binding)).summary().outputs] == ["OTHER"]


def test_a_file_of_something_else_is_refused(models: OpenModels, toy_binding: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.meme"
    path.write_text("MEME version 4\n")
    with pytest.raises(InvalidRequest, match="holds no motif matrix"):
        models.model(str(path), str(toy_binding))


def test_how_wide_the_matrices_are_is_said_of_one_width_and_of_several(
    models: OpenModels, model: Provider, toy_binding: Path
) -> None:
    def wide(model: Provider) -> str:
        return next(fact.value for fact in model.summary().facts if fact.name == "Wide")

    assert wide(model) == f"2 to {len(MOTIF)} bp"
    assert wide(models.model(str(toy_binding.parent / "motifs.pfm"), str(toy_binding))) == f"{len(MOTIF)} bp"


def test_edits_elsewhere_change_no_score(models: OpenModels, scanned: PredictedBinding) -> None:
    place = VIEW.start + 500
    far = (BaseEdit("chr1", place, "A"), BaseEdit("chr2", VIEW.end + 2_000, "A"), BaseEdit("chr2", 10, "A"))
    [plain] = read(models, scanned)
    [edited] = read(models, msgspec.structs.replace(scanned, edits=far))
    np.testing.assert_array_equal(edited.maximum, plain.maximum)
