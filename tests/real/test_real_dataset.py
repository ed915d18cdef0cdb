"""The real dataset holds what it should, and files and store agree on it."""

from pathlib import Path

import numpy as np
import pytest

from ebert_core.dataset.derived import references_of
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import bin_labels
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.shown import summary_of
from ebert_core.dataset.windows import Channels, windows
from ebert_core.dream.scoring import auprc
from ebert_core.protocol.terms.bases import decode_bases
from ebert_core.protocol.terms.locus import Interval

pytestmark = pytest.mark.real

WIDTH = 1_200


@pytest.fixture(scope="module")
def dataset(real_dataset: Path):
    return Dataset.open(real_dataset)


@pytest.fixture(scope="module")
def store(dataset, tmp_path_factory: pytest.TempPathFactory):
    return prepare(dataset, tmp_path_factory.mktemp("stores") / "human.store")


def test_the_summary_lists_cells_states_marks_and_factors(dataset) -> None:
    summary = summary_of(dataset)
    assert [chromosome.name for chromosome in summary.chromosomes] == ["chr3", "chr4", "chr5", "chr17", "chr20"]
    assert len(summary.states) == 15
    assert len(summary.cell_types) == 6
    assert all(len(cell.signals) == 12 and cell.has_states for cell in summary.cell_types)
    assert [cell.name for cell in summary.cell_types if not cell.peaks] == ["HUVEC"]
    assert len(dataset.matrices.names) == 12
    assert {region.chromosome for region in summary.labelled_regions} == {"chr3", "chr5", "chr17", "chr20"}


def test_exons_begin_and_end_at_splice_sites(dataset) -> None:
    region = Interval("chr5", 124_000_000, 126_000_000)
    sites = []
    for gene in dataset.genes.touching(region):
        for _, end in gene.blocks[:-1]:
            if gene.strand == "+" and region.start <= end < region.end - 2:
                sites.append(decode_bases(dataset.reference.bases(Interval("chr5", end, end + 2))))
    assert len(sites) > 20
    assert sum(site == "GT" for site in sites) > 0.9 * len(sites)


def test_files_and_store_are_identical_on_the_slices(dataset, store) -> None:
    random = np.random.default_rng(11)
    signals = ("DNase", "none", "quantile(DNase)", "difference(DNase)", "binding(CTCF)", "distance(TSS)")
    trained = ("GM12878", "H1-hESC", "K562")
    references = references_of(dataset.quantiles, signals, trained)
    channels = Channels(dataset.state_names[::-1], signals, dataset.matrices, trained, references)
    # Around both ends of every slice, and anywhere within; gaps of N lie inside chr17.
    intervals = []
    for segment in store.segments:
        low, high = segment.start // 200 - 8, segment.end // 200 + 8
        starts = [*range(low, low + 16), *range(high - 22, high), *random.integers(low, high, 10).tolist()]
        intervals += [Interval(segment.chromosome, start * 200, start * 200 + WIDTH) for start in starts]
    for cell_type in ("K562", "HUVEC"):
        from_files = windows(dataset, cell_type, intervals, channels)
        from_store = windows(store, cell_type, intervals, channels)
        for left, right in zip(from_files, from_store, strict=True):
            np.testing.assert_array_equal(left, right)


def test_the_store_keeps_only_the_slices(store) -> None:
    assert 8_000_000 < sum(segment.length for segment in store.segments) < 8_500_000


def test_binding_in_other_cell_types_tells_more_of_ctcf_than_motifs_do(dataset, store) -> None:
    region = Interval("chr20", 1_000_000, 2_000_000)
    channels = Channels((), ("binding(CTCF)",), dataset.matrices, ("GM12878", "H1-hESC", "HeLa-S3", "HepG2", "K562"))
    batch = windows(store, "K562", [region], channels)
    elsewhere = np.lib.stride_tricks.sliding_window_view(batch.signals_BCP[0, 0].astype(np.float64), 4).mean(axis=1)
    motif = batch.motifs_BMP[0, dataset.matrices.names.index("CTCF")].astype(np.float64)
    motif = np.lib.stride_tricks.sliding_window_view(motif, 4).max(axis=1)
    label = bin_labels(dataset, "K562", "CTCF", region)[: len(motif)]
    is_scored, is_bound = label >= 0, label[label >= 0] == 1
    assert auprc(is_bound, elsewhere[is_scored]) > auprc(is_bound, motif[is_scored]) + 0.1


def test_ctcf_motifs_tell_bound_bins_from_unbound_ones(dataset, store) -> None:
    scores, labels = [], []
    for region in dataset.labelled_regions:
        start, end = -(-region.start // 200) * 200, region.end // 200 * 200
        batch = windows(store, "K562", [Interval(region.chromosome, start, end)], Channels(motifs=dataset.matrices))
        motif = batch.motifs_BMP[0, dataset.matrices.names.index("CTCF")]
        bins = np.lib.stride_tricks.sliding_window_view(motif, 4).max(axis=1)
        scores.append(bins.astype(np.float64))
        labels.append(bin_labels(dataset, "K562", "CTCF", Interval(region.chromosome, start, end))[: len(bins)])
    score, label = np.concatenate(scores), np.concatenate(labels)
    assert 400 < (label == 1).sum() < 950
    assert auroc(score[label == 1], score[label == 0]) > 0.85


def auroc(bound, unbound):
    ordered = np.sort(unbound)
    below = np.searchsorted(ordered, bound, "left") + np.searchsorted(ordered, bound, "right")
    return below.mean() / 2 / len(unbound)
