"""What is done with a file of each format as the program does it, and asserted of what comes back."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.shown import summary_of
from ebert_core.dataset.sidecar import is_sidecar, prediction_remarks
from ebert_core.dataset.truth import PlantedSites
from ebert_core.dream.tables import cell_types_of, read_labels
from ebert_core.genome.annotation import FeatureSource, read_features, read_genes
from ebert_core.genome.bed_table import read_bed_table
from ebert_core.genome.chromosomes import read_bands, read_chromosome_sizes
from ebert_core.genome.features import Feature
from ebert_core.genome.kinds import kind_of_file
from ebert_core.genome.lines import LARGEST_POSITION, Skipped
from ebert_core.genome.motifs import log_odds, read_motifs
from ebert_core.genome.pair_files import PairFile, open_pairs
from ebert_core.genome.reference import Reference
from ebert_core.genome.signal import open_signal
from ebert_core.genome.states import Segmentation
from ebert_core.genome.step_table import read_step_table
from ebert_core.genome.variant_files import VariantFile, open_variants
from ebert_core.genome.variants import KINDS
from ebert_core.protocol.terms.bases import encode_bases
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.pairs import arcs_for_screen
from ebert_core.sources.variants import all_said_of, variants_for_screen
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.history import History
from ebert_gui.state.session import read_session, write_session
from ebert_gui.state.view import ViewRange


def _tried(*steps: Callable[[], object]) -> None:
    """All steps, each of which may be refused; the last refusal is raised."""
    refusal = None
    for step in steps:
        try:
            step()
        except InvalidRequest as error:
            refusal = error
    if refusal is not None:
        raise refusal


def _check_features(features: Iterable[Feature]) -> None:
    for feature in features:
        assert isinstance(feature.chromosome, str)
        assert 0 <= feature.start <= feature.end
        assert -1 <= feature.summit <= 2 * LARGEST_POSITION
        assert not np.isnan(feature.score), feature
        for start, end in (*feature.blocks, *feature.coding):
            assert 0 <= start <= end, feature


def _look_at_features(source: FeatureSource) -> None:
    _check_features(source)
    for chromosome in source.chromosome_lengths:
        _check_features(source.touching(Interval(chromosome, 0, 100_000)))
        source.first(chromosome, 10)
    for remark in source.remarks:
        assert len(remark.full) < 400, remark


def _check_table(path: Path) -> None:
    for rows in (read_bed_table(path, 0) or {}).values():
        _check_features(rows.features)


def try_annotation(path: Path) -> None:
    _tried(
        lambda: kind_of_file(path),
        lambda: _look_at_features(read_features(path)),
        lambda: _look_at_features(read_features(path, Skipped())),
        lambda: _check_table(path),
    )


def try_variants(path: Path) -> None:
    def look_at(file: VariantFile) -> None:
        for chromosome in list(file.chromosome_lengths)[:5]:
            place = Interval(chromosome, 0, 100_000)
            rows = file.touching(place)
            assert (rows.starts <= rows.ends).all()
            assert (rows.starts >= 0).all()
            assert (rows.kinds < len(KINDS)).all()
            variants_for_screen(place, rows)
            file.first(chromosome, 10)
            if len(rows.starts):
                all_said_of(Interval(chromosome, int(rows.starts[0]), int(rows.ends[0])), file)
        for remark in file.remarks:
            assert len(remark.full) < 400, remark

    _tried(
        lambda: kind_of_file(path),
        lambda: look_at(open_variants(path)),
        lambda: look_at(open_variants(path, Skipped())),
    )


def try_pairs(path: Path) -> None:
    def look_at(file: PairFile) -> None:
        for chromosome in list(file.chromosome_lengths)[:5]:
            place = Interval(chromosome, 0, 100_000)
            pairs = file.touching(place)
            for pair in pairs:
                assert pair.one.is_known
                assert all(0 <= each.start <= each.end for each in (pair.one, pair.other) if each.is_known), pair
                assert not np.isinf(pair.value), pair
            arcs_for_screen(place, pairs)
            file.first(chromosome, 10)
        for remark in file.remarks:
            assert len(remark.full) < 400, remark

    _tried(
        lambda: kind_of_file(path),
        lambda: look_at(open_pairs(path)),
        lambda: look_at(open_pairs(path, Skipped())),
    )


def try_genes(path: Path) -> None:
    _tried(
        lambda: kind_of_file(path),
        lambda: _look_at_features(read_genes(path)),
        lambda: _look_at_features(read_genes(path, Skipped())),
    )


def try_segmentation(path: Path) -> None:
    def read(names: tuple[str, ...], skipped: Skipped | None) -> None:
        states = Segmentation(path, names, skipped)
        for chromosome in states.chromosome_lengths:
            runs = states.on(chromosome)
            assert (runs.starts <= runs.ends).all()
            assert (runs.starts[1:] >= runs.ends[:-1]).all()
            states.runs(Interval(chromosome, 0, 5000))
        assert len(states.names) < 256
        assert states.bin_width >= 0

    _tried(
        lambda: kind_of_file(path),
        lambda: read((), None),
        lambda: read((), Skipped()),
        lambda: read(("E1", "E2", "E3"), Skipped()),
    )


def try_signal(path: Path) -> None:
    def read(skipped: Skipped | None) -> None:
        signal = open_signal(path, skipped)
        for chromosome, length in list(signal.chromosome_lengths.items())[:5]:
            for end in (1000, min(length, 3_000_000)):
                bins = signal.binned(Interval(chromosome, 0, max(end, 1)), 100)
                assert all(len(column) == 100 and not np.isinf(column).any() for column in bins)
            assert len(signal.per_base(Interval(chromosome, 0, 2000))) == 2000
        assert signal.block_bases is None or signal.block_bases >= 1

    _tried(
        lambda: kind_of_file(path),
        lambda: read(None),
        lambda: read(Skipped()),
        lambda: read_step_table(path, 0),
    )


def try_reference(path: Path) -> None:
    """Whatever index lies beside it: the bases are those of the file, or it is refused."""
    reference = Reference(path)
    # What is no letter may be a base or a line end, so nobody knows the truth of a file that has such bytes.
    is_text = path.suffix == ".fa" and b"\0" not in path.read_bytes()
    truth = _sequences(path) if is_text else {}
    for chromosome, length in list(reference.chromosome_lengths.items())[:5]:
        assert 0 <= length <= 1 << 32
        for start in (0, max(0, length - 500)):
            codes = reference.bases(Interval(chromosome, start, start + 500))
            assert len(codes) == 500
            if truth:
                expected = truth[chromosome][start : start + 500]
                assert (codes[: len(expected)] == expected).all(), "other bases than in the file"
    reference.close()


def _sequences(path: Path) -> dict[str, np.ndarray]:
    found: dict[bytes, list[bytes]] = {}
    for line in path.read_bytes().split(b"\n"):
        if line.startswith(b">"):
            rows = found.setdefault(line[1:].split()[0], [])
        elif found:
            rows.append(b"".join(line.split()))
    return {
        name.decode("utf-8", "replace"): encode_bases(b"".join(rows).decode("latin-1")) for name, rows in found.items()
    }


def try_motifs(path: Path) -> None:
    for motif in read_motifs(path).values():
        assert np.isfinite(log_odds(motif.counts_W4)).all()


def try_lengths(path: Path) -> None:
    _tried(lambda: kind_of_file(path), lambda: read_chromosome_sizes(path))
    assert all(0 <= length <= LARGEST_POSITION for length in read_chromosome_sizes(path).values())


def try_bands(path: Path) -> None:
    _tried(lambda: kind_of_file(path), lambda: read_bands(path))


def try_truth(path: Path) -> None:
    truth = PlantedSites(path)
    for factor in truth.factors:
        truth.touching(Interval("chr1", 0, 10_000), factor, "A")


def try_dataset(path: Path) -> None:
    dataset = Dataset.open(path, is_for_drawing=True)
    msgspec.json.encode(summary_of(dataset))
    with suppress(InvalidRequest):
        assert np.isfinite(dataset.matrices.worst).all()


def try_labels(path: Path) -> None:
    for cell_type in cell_types_of(path)[:3]:
        read_labels(path, cell_type)


def try_session(path: Path) -> None:
    found = read_session(path, Kinds().read)
    assert not found.problem or str(path) in found.problem
    history, setup = History(), found.session.setup
    view = ViewRange(history)
    history.restart(msgspec.structs.replace(setup, panes=(view.open_genome({"chr1": 90_000}),)))
    view.jump(setup.pane.span._replace(chromosome="chr1"))
    assert 0 <= view.interval.start < view.interval.end <= 90_000
    history.change(setup.of_cell_type("B"))
    write_session(path, msgspec.structs.replace(found.session, setup=history.setup))
    assert not read_session(path, Kinds().read).problem


def try_sidecar(path: Path) -> None:
    is_sidecar(path)
    for remark in prediction_remarks(path.with_suffix("")):
        assert remark.short, remark
