import filecmp
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from synthetic_dream.generate import generate
from synthetic_dream.rules import (
    CELL_TYPES,
    FACTOR_NAMES,
    FACTORS,
    FINAL_CELLS,
    FINAL_SETS,
    TEST,
    TRAINING,
    TRAINING_CELLS,
    VALIDATION,
    VALIDATION_CELL,
    World,
    is_assayed,
)
from synthetic_dream.scores import STREAMS, FinalSets
from synthetic_dream.steps import NETWORKS, PRETRAINED, UNET, Plan, make_world
from synthetic_dream.tables import LOGISTIC, NAMES, ORACLE, SCAN, compare, markdown, to_json
from synthetic_dream.unet import UNet, unet_for_ebert

from ebert_core.dataset.channels import Channels
from ebert_core.model.checkpoint import load_checkpoint, save_checkpoint
from ebert_core.model.config import PRESETS, Architecture
from ebert_core.model.description import FactorRecord
from ebert_core.model.embedding import Windows
from ebert_core.model.network import Ebert
from ebert_core.protocol.machine.resources import resource

WORLD = World(seed=4, scale=0.1)


def invented_matrices() -> dict[str, NDArray[np.float64]]:
    """Ten places each, nearly pure, drawn from a fixed seed."""
    random = np.random.default_rng(1)
    return {name: 2.0 + 94 * np.eye(4)[random.integers(0, 4, size=10)] for name in FACTOR_NAMES}


@pytest.fixture(scope="module")
def finals(tmp_path_factory: pytest.TempPathFactory) -> FinalSets:
    work = tmp_path_factory.mktemp("dream")
    generate(work / "world", WORLD, invented_matrices())
    return FinalSets(Plan(work, work / "world", WORLD, Path("none"), (1, 2)))


def test_the_same_world_writes_the_same_files(tmp_path: Path) -> None:
    small = World(seed=5, scale=0.02)
    for name in ("once", "again"):
        generate(tmp_path / name, small, invented_matrices())
    files = [path.relative_to(tmp_path / "once") for path in (tmp_path / "once").rglob("*.*") if path.is_file()]
    same, different, missing = filecmp.cmpfiles(
        tmp_path / "once", tmp_path / "again", [str(path) for path in files], shallow=False
    )
    assert (different, missing) == ([], [])
    assert len(same) > 100


def test_a_world_that_is_there_is_not_made_again(finals: FinalSets) -> None:
    before = finals.plan.dataset.stat().st_mtime_ns
    make_world(finals.plan)
    assert finals.plan.dataset.stat().st_mtime_ns == before


def test_final_cells_and_the_test_chromosome_serve_nothing_else() -> None:
    assert set(FINAL_CELLS).isdisjoint({*TRAINING_CELLS, VALIDATION_CELL})
    assert TEST not in (*TRAINING, VALIDATION)
    assayed = {(factor.name, cell) for factor in FACTORS for cell in FINAL_CELLS if is_assayed(factor, cell)}
    assert assayed == set(FINAL_SETS)
    assert len(FINAL_SETS) == 13


def test_every_factor_can_be_trained_and_not_every_pair_was_assayed() -> None:
    for factor in FACTORS:
        assert any(is_assayed(factor, cell) for cell in TRAINING_CELLS), factor.name
    assert sum(is_assayed(factor, cell) for factor in FACTORS for cell in CELL_TYPES) < 0.7 * 120


def test_libraries_differ_in_depth(finals: FinalSets) -> None:
    def reads(cell_type: str) -> float:
        batch = finals.store.gather(cell_type, [finals.interval], Channels(signals=("DNase",)))
        return float(batch.signals_BCP.astype(np.float64).mean())

    assert reads("gamma") > 1.5 * reads("zeta")


def test_the_oracle_knows_more_than_motif_and_accessibility_and_these_more_than_the_motif(finals: FinalSets) -> None:
    def median(said: dict[str, NDArray[np.floating]]) -> float:
        return float(np.median([score.auprc or 0 for score in finals.scores(said).values()]))

    scan, logistic, oracle = (
        median(dict(said)) for said in (finals.motif_scan(), finals.motif_accessibility(), finals.oracle())
    )
    assert scan < logistic < oracle < 1


def test_the_tables_rank_a_network_that_knows_the_truth_first(finals: FinalSets) -> None:
    random = np.random.default_rng(2)
    folder = finals.plan.work / "predictions"
    folder.mkdir()
    for network in NETWORKS:
        noise = 0.01 if network == PRETRAINED else 0.5
        for seed in finals.plan.seeds:
            for hidden in ("", *(f"-without-{stream}" for stream in STREAMS)):
                said = {
                    name: truth + random.normal(0, noise * (10 if hidden else 1), size=len(truth))
                    for name, truth in finals.oracle().items()
                }
                np.savez(folder / f"{network}-{seed}{hidden}.npz", allow_pickle=False, **said)
    comparison = compare(finals)
    assert comparison.ranking[0].team == NAMES[PRETRAINED]
    assert {standing.team for standing in comparison.ranking} == {SCAN, LOGISTIC, *NAMES.values()}
    ways = {method.name: method.way for method in comparison.methods}
    assert ways[LOGISTIC] == 0
    assert ways[ORACLE] == 1
    by_mean = {method.name: method.by_mean.of_average for method in comparison.methods}
    assert (by_mean[LOGISTIC], by_mean[ORACLE]) == (0, 1)
    assert 0.8 < by_mean[NAMES[PRETRAINED]] < 1
    assert ways[NAMES[PRETRAINED]] > 0.8 > ways[f"{NAMES[PRETRAINED]} without states"]
    assert msgspec.json.decode(to_json(comparison))["sets"][0]["name"] == "CTCF.iota"
    assert f"| {NAMES[UNET]} |" in markdown(comparison)


def unet() -> UNet:
    torch.manual_seed(1)
    architecture: Architecture = msgspec.structs.replace(
        PRESETS["tiny"], states=("Open", "Closed"), signals=("DNase",), motifs=("A", "B"), factors=("A", "B", "C")
    )
    return UNet(architecture).eval()


def random_windows() -> Windows:
    drawn = torch.Generator().manual_seed(2)
    return Windows(
        torch.randint(0, 5, (2, 2000), generator=drawn, dtype=torch.uint8),
        torch.randint(0, 4, (2, 10), generator=drawn, dtype=torch.uint8),
        torch.randn((2, 40, 1), generator=drawn),
        torch.randn((2, 40, 2), generator=drawn),
    )


def test_the_unet_answers_for_every_bin_and_factor() -> None:
    assert unet().binding(random_windows()).shape == (2, 37, 3)


@pytest.mark.parametrize("stream", ["bases_BL", "states_BS", "signals_BPC", "motifs_BPM"])
def test_the_unet_reads_every_input_and_does_without_it(stream: str) -> None:
    network, windows = unet(), random_windows()
    if stream.endswith("BS"):
        hidden = windows._replace(**{stream: torch.zeros((2, 10), dtype=torch.uint8)})
    elif stream.endswith("BL"):
        hidden = windows._replace(**{stream: torch.full((2, 2000), 4, dtype=torch.uint8)})
    else:
        hidden = windows._replace(**{stream: torch.full_like(getattr(windows, stream), float("nan"))})
    whole, without = network.binding(windows), network.binding(hidden)
    assert bool(without.isfinite().all())
    assert not torch.equal(whole, without)


def test_a_checkpoint_of_the_unet_is_read_back_as_one(tmp_path: Path) -> None:
    network = unet()
    shipped = load_checkpoint(resource("checkpoints/demonstration")).description
    architecture = network.architecture
    description = msgspec.structs.replace(
        shipped,
        architecture=architecture,
        factors=tuple(FactorRecord(factor, ("alpha",)) for factor in architecture.factors),
        matrices=tuple(((0.0,) * 4,) for _ in architecture.motifs),
    )
    # It is written by what it holds and not by its class.
    save_checkpoint(tmp_path / "unet", cast(Ebert, network), description)
    with unet_for_ebert():
        loaded = load_checkpoint(tmp_path / "unet").network
    assert isinstance(loaded, UNet)
    assert torch.equal(loaded.binding(random_windows()), network.binding(random_windows()))
