"""Files from the test suites of other programs either load or give one sentence, never a traceback."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from ebert_core.genome.annotation import read_features, read_genes
from ebert_core.genome.kinds import kind_of_file
from ebert_core.genome.pair_files import open_pairs
from ebert_core.genome.placed import PlacedFile
from ebert_core.genome.reference import Reference
from ebert_core.genome.signal import mean_signal, open_signal
from ebert_core.genome.states import Segmentation
from ebert_core.genome.variant_files import open_variants
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

pytestmark = pytest.mark.real

FOLDER = Path(os.environ.get("EBERT_REAL_DATA", Path(__file__).parents[3] / "shared" / "real")) / "conformance"
# Indexes that programs write beside what they open are no part of the collection.
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.glob("*/*") if path.suffix not in (".fai", ".gzi"))
MUST_LOAD = ("bed/", "peak/", "gtf_gff/", "bigwig/", "bigbed/", "bedgraph/", "fasta/", "2bit/", "vcf/")
# What is refused for a reason: no data in it, or lines that no index can describe.
REFUSED = (
    "bed/igv.js__missing_linefeed.bed.gz.tbi",
    "fasta/igv__fasta_uneven.fa",
    "vcf/igv.js__TSVC.vcf.gz.tbi",
    "vcf/jbrowse__volvox.test.vcf.gz.tbi",
)


def load_reference(path: Path) -> int:
    reference = Reference(path)
    name, length = next(iter(reference.chromosome_lengths.items()))
    return len(reference.bases(Interval(name, 0, length)))


def load_signal(path: Path) -> int:
    signal = open_signal(path)
    name, length = next(iter(signal.chromosome_lengths.items()))
    shown = signal.binned(Interval(name, 0, length), 300)
    assert np.all((shown.minimum <= shown.maximum) | np.isnan(shown.mean))
    return len(mean_signal(signal, Interval(name, 0, 100_000)))


def load_placed(file: PlacedFile) -> int:
    return sum(len(file.first(chromosome, 1000)) for chromosome in file.chromosome_lengths)


LOADERS = {
    "reference": load_reference,
    "signal": load_signal,
    "features": lambda path: len(list(read_features(path))),
    "peaks": lambda path: len(list(read_features(path))),
    "genes": lambda path: len(list(read_genes(path))),
    "states": lambda path: len(Segmentation(path).names),
    "variants": lambda path: load_placed(open_variants(path)),
    "pairs": lambda path: load_placed(open_pairs(path)),
}


def sentence_of(load):
    """The sentence with which a file is refused, or None when it loads and holds something."""
    try:
        assert load() > 0
    except InvalidRequest as error:
        return str(error)
    return None


@pytest.fixture
def copied(request: pytest.FixtureRequest, real_data: Path, tmp_path: Path):
    # Indexes are written beside the files, which must stay as they are.
    return Path(shutil.copy(real_data / "conformance" / request.param, tmp_path))


@pytest.mark.parametrize("copied", FILES, indirect=True, ids=str)
def test_every_file_loads_or_gives_one_sentence(
    copied, request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    name = request.node.callspec.params["copied"]
    sentence = sentence_of(lambda: LOADERS[kind_of_file(copied).kind](copied))
    if sentence is not None:
        assert copied.name in sentence
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert not name.startswith(MUST_LOAD) or name in REFUSED


@pytest.mark.parametrize("loader", LOADERS)
def test_files_opened_as_something_else_give_one_sentence_at_worst(
    loader: str, real_data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in FILES:
        path = Path(shutil.copy(real_data / "conformance" / name, tmp_path))
        sentence = sentence_of(lambda path=path: LOADERS[loader](path))
        assert sentence is None or path.name in sentence, name
