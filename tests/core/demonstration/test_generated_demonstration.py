"""What the generated files hold: reproducible, readable, and with the properties that the demonstration promises."""

import hashlib
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyBigWig
import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.shown import summary_of
from ebert_core.demonstration.generate import generate
from ebert_core.demonstration.rules import (
    CELL_TYPES,
    CHROMOSOME_LENGTHS,
    DEFAULT_SEED,
    FACTOR_NAMES,
    GAPS,
    HELD_OUT,
    is_assayed,
)
from ebert_core.demonstration.scene import ALPHA_ENHANCER, GENE_NAMES, LEFT_PROMOTER, RIGHT_PROMOTER, scene
from ebert_core.genome.annotation import read_features, read_genes
from ebert_core.genome.chromosomes import read_bands, read_chromosome_sizes
from ebert_core.genome.motifs import find_motif
from ebert_core.genome.reference import Reference
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval, parse_locus


def _digests(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


class OtherDemonstration(NamedTuple):
    dataset: Path
    told: tuple[float, ...]


@pytest.fixture(scope="module")
def other_demonstration(tmp_path_factory: pytest.TempPathFactory) -> OtherDemonstration:
    told: list[float] = []
    folder = tmp_path_factory.mktemp("other")
    dataset = generate(folder, seed=33, report=lambda fraction, _note: told.append(fraction))
    return OtherDemonstration(dataset, tuple(told))


def test_the_same_seed_writes_the_same_files_byte_for_byte(demonstration_dataset: Path, tmp_path: Path) -> None:
    assert _digests(generate(tmp_path).parent) == _digests(demonstration_dataset.parent)


def test_another_seed_is_another_genome_under_the_same_rules(
    demonstration_dataset: Path, other_demonstration: OtherDemonstration
) -> None:
    first, other = (_digests(path.parent) for path in (demonstration_dataset, other_demonstration.dataset))
    assert other.keys() == first.keys()
    same = {name for name in first if first[name] == other[name]}
    assert same == {f"motifs/{name}.pfm" for name in FACTOR_NAMES} | {
        "demo1.chrom.sizes",
        "labelled_regions.bed",
        "SYNTHETIC_demo1.fa.fai",
    }


def test_the_description_names_files_that_exist_and_says_synthetic(demonstration_dataset: Path) -> None:
    description = tomllib.loads(demonstration_dataset.read_text())
    assert "SYNTHETIC" in description["name"]
    assert parse_locus(description["start_locus"], CHROMOSOME_LENGTHS) == scene().interval
    for cell_type in description["cell_types"].values():
        for path in (cell_type["states"], *cell_type["signals"].values()):
            assert (demonstration_dataset.parent / path).is_file()
        assert all("SYNTHETIC" in path for path in cell_type["signals"].values())
    assayed = {(factor, cell) for cell in CELL_TYPES for factor in description["cell_types"][cell]["peaks"]}
    assert assayed == {(factor, cell) for cell in CELL_TYPES for factor in FACTOR_NAMES if is_assayed(factor, cell)}
    assert len(assayed) == len(CELL_TYPES) * len(FACTOR_NAMES) - 1


def test_it_opens_as_a_dataset_with_its_seed_its_scene_and_its_truth(demonstration_dataset: Path) -> None:
    summary = summary_of(Dataset.open(demonstration_dataset))
    assert (summary.assembly, summary.seed, summary.start_locus) == ("demo1", DEFAULT_SEED, scene().interval)
    assert summary.start_factor == scene().factor
    assert set(summary.truth_factors) == set(FACTOR_NAMES)


def test_the_programs_own_readers_read_every_kind_of_file(demonstration_dataset: Path) -> None:
    folder = demonstration_dataset.parent
    assert read_chromosome_sizes(folder / "demo1.chrom.sizes") == CHROMOSOME_LENGTHS
    assert {band.stain for band in read_bands(folder / "cytoBand.txt")} >= {"acen", "gneg"}
    assert len(find_motif(folder / "motifs/DEMO-C.pfm").counts_W4) == 19
    genes = read_genes(folder / "genes.bed").touching(scene().interval)
    assert [(gene.name, gene.strand) for gene in genes] == list(zip(GENE_NAMES, "+-", strict=True))
    assert all(len(gene.blocks) > 1 for gene in genes)
    peaks = read_features(folder / "peaks/alpha.DEMO-A.conservative.narrowPeak").touching(scene().interval)
    assert all(peak.start <= peak.summit < peak.end for peak in peaks)


def test_gaps_hold_no_bases_no_states_and_no_signal(demonstration_dataset: Path) -> None:
    folder = demonstration_dataset.parent
    reference = Reference(folder / "SYNTHETIC_demo1.fa")
    segmentation = Segmentation(folder / "states/beta.bed")
    with pyBigWig.open(str(folder / "signals/SYNTHETIC_beta_DNase.bw")) as signal:
        for gap in GAPS:
            assert (reference.bases(gap) == N).all()
            assert (segmentation.ids_at(gap.chromosome, np.arange(gap.start, gap.end, 50)) == -1).all()
            assert np.isnan(signal.values(gap.chromosome, gap.start, gap.end)).all()
            beside = Interval(gap.chromosome, gap.end, gap.end + 1_000)
            assert (reference.bases(beside) != N).all()
            assert not np.isnan(signal.values(beside.chromosome, beside.start, beside.end)).any()
    reference.close()


def test_the_sequence_avoids_cpg_and_reads_alike_on_both_strands(demonstration_dataset: Path) -> None:
    reference = Reference(demonstration_dataset.parent / "SYNTHETIC_demo1.fa")
    codes = reference.bases(Interval("chr1", 3_000_000, 5_000_000))
    share = np.bincount(codes, minlength=4) / len(codes)
    cpg = np.mean((codes[:-1] == 1) & (codes[1:] == 2)) / (share[1] * share[2])
    assert 0.2 < cpg < 0.7
    assert share[0] == pytest.approx(share[3], abs=0.01)
    assert share[1] == pytest.approx(share[2], abs=0.01)
    assert 0.36 < share[1] + share[2] < 0.46
    reference.close()


@pytest.mark.parametrize(
    ("state", "shortest_mean", "longest_mean"),
    [("Promoter", 2.5, 6), ("ActiveEnhancer", 2.5, 8), ("WeakTranscription", 12, 40), ("Quiescent", 30, 1000)],
)
def test_states_run_about_as_long_as_in_human_segmentations(
    demonstration_dataset: Path, state: str, shortest_mean: float, longest_mean: float
) -> None:
    segmentation = Segmentation(demonstration_dataset.parent / "states/alpha.bed")
    runs = segmentation.on("chr1")
    bins = (runs.ends - runs.starts)[runs.ids == segmentation.names.index(state)] / 200
    assert shortest_mean < bins.mean() < longest_mean
    assert np.median(bins) < bins.mean()


def _truth(dataset: Path) -> dict[str, list[tuple[str, int, frozenset[str]]]]:
    rows = defaultdict(list)
    for line in (dataset.parent / "truth.tsv").read_text().splitlines()[1:]:
        chromosome, start, _end, factor, cells = line.split("\t")
        rows[factor].append((chromosome, int(start), frozenset() if cells == "." else frozenset(cells.split(","))))
    return rows


def test_one_factor_binds_alike_everywhere_and_the_others_follow_their_cell_type(demonstration_dataset: Path) -> None:
    truth = _truth(demonstration_dataset)
    assert {cells for _, _, cells in truth["DEMO-C"]} == {frozenset(), frozenset(CELL_TYPES)}
    for factor in ("DEMO-A", "DEMO-B", "DEMO-E"):
        bound = [cells for _, _, cells in truth[factor] if cells]
        assert np.mean([len(cells) < len(CELL_TYPES) for cells in bound]) > 0.5
        assert len(bound) < 0.5 * len(truth[factor])


def test_most_bound_sites_have_a_peak_and_most_peaks_have_a_bound_site(demonstration_dataset: Path) -> None:
    bound = [(name, at) for name, at, cells in _truth(demonstration_dataset)["DEMO-C"] if "beta" in cells]
    peaks = list(read_features(demonstration_dataset.parent / "peaks/beta.DEMO-C.conservative.narrowPeak"))
    found = sum(any(p.chromosome == name and p.start <= at < p.end for p in peaks) for name, at in bound)
    right = sum(any(p.chromosome == name and p.start <= at < p.end for name, at in bound) for p in peaks)
    assert 0.7 < found / len(bound) < 1
    assert 0.9 < right / len(peaks) < 1


def test_the_scene_shows_two_shared_peaks_one_of_alpha_alone_and_a_miss(demonstration_dataset: Path) -> None:
    interval, factor = scene()
    assert interval.length == 14_000
    assert any(part.covers(interval) for part in HELD_OUT)
    folder = demonstration_dataset.parent
    alpha, beta = (
        read_features(folder / f"peaks/{cell}.{factor}.conservative.narrowPeak").touching(interval)
        for cell in ("alpha", "beta")
    )
    shared = [a for a in alpha if any(a.start < b.end and b.start < a.end for b in beta)]
    assert (len(alpha), len(beta), len(shared)) == (4, 2, 2)
    in_scene = [
        (at, cells)
        for name, at, cells in _truth(demonstration_dataset)[factor]
        if name == interval.chromosome and interval.start <= at < interval.end
    ]
    assert any(cells == {"alpha"} and any(a.start <= at < a.end for a in alpha) for at, cells in in_scene)
    assert any("beta" in cells and not any(b.start <= at < b.end for b in beta) for at, cells in in_scene)
    assert any(not cells for _, cells in in_scene)


def test_another_seed_binds_the_scenes_strong_sites_in_the_same_cell_types(
    other_demonstration: OtherDemonstration,
) -> None:
    bound = {at: cells for name, at, cells in _truth(other_demonstration.dataset)[scene().factor] if name == "chr2"}
    assert bound[ALPHA_ENHANCER + 20] == {"alpha"}
    assert bound[LEFT_PROMOTER - 60] >= {"alpha", "beta"}
    assert bound[RIGHT_PROMOTER + 30] >= {"alpha", "beta"}


def test_progress_is_told_and_ends_at_one(other_demonstration: OtherDemonstration) -> None:
    assert list(other_demonstration.told) == sorted(other_demonstration.told)
    assert other_demonstration.told[-1] == 1.0


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InvalidRequest, match="file"):
        generate(tmp_path / "file" / "demonstration")
