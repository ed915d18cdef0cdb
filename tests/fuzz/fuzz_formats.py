"""Every format that the program opens: a whole example of it, and how it is read."""

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from ebert_core.dataset.sidecar import Sidecar
from ebert_core.dream.ranking import read_score
from ebert_core.dream.subsamples import SUBSAMPLES, Score
from ebert_core.model.description import read_description
from ebert_core.protocol.specs.on_disk import read_spec
from tests.fuzz import fuzz_examples as examples
from tests.fuzz import fuzz_readers as readers

CHECKPOINTS = Path(__file__).parents[2] / "resources" / "checkpoints"


class Format(NamedTuple):
    """A format under test.

    `files` are those of a whole example, the first of which is opened; `mutated` those that are changed; `read` does
    with it what the program does, and asserts that what comes back makes sense.
    """

    files: Mapping[str, bytes]
    mutated: tuple[str, ...]
    read: Callable[[Path], None]
    is_text: bool = True


def _one(name: str, content: bytes | str, read: Callable[[Path], None], *, is_text: bool = True) -> Format:
    content = content.encode() if isinstance(content, str) else content
    return Format({name: content}, (name,), read, is_text)


def _read_by(read: Callable[[Path], object]) -> Callable[[Path], None]:
    def only_read(path: Path) -> None:
        read(path)

    return only_read


def _blocked_fasta() -> Format:
    files = examples.example_of_bgzipped(examples.fasta()["x.fa"])
    return Format(files, tuple(files), readers.try_reference, is_text=False)


def _checkpoint() -> Format:
    description = next(CHECKPOINTS.glob("*/description.json")).read_bytes()
    return _one("description.json", description, lambda path: _read_by(read_description)(path.parent))


def _evaluation() -> Format:
    from ebert_core.judging.evaluation import Evaluation, read_evaluation  # needs torch, which takes seconds

    return _one("evaluation.json", examples.example_of(Evaluation), _read_by(read_evaluation))


def _score() -> bytes:
    score = msgspec.json.decode(examples.example_of(Score))
    return msgspec.json.encode(score | {"subsamples": score["subsamples"][:1] * SUBSAMPLES})


FORMATS: dict[str, Callable[[], Format]] = {
    "bigWig": lambda: _one("x.bw", examples.bigwig(), readers.try_signal, is_text=False),
    "bigBed": lambda: _one("x.bb", examples.bigbed(), readers.try_annotation, is_text=False),
    "bigBed states": lambda: _one("x.bb", examples.bigbed(), readers.try_segmentation, is_text=False),
    "bigBed genes": lambda: _one("x.bb", examples.bigbed(), readers.try_genes, is_text=False),
    "BED": lambda: _one("x.bed", examples.BED, readers.try_annotation),
    "BED12": lambda: _one("x.bed", examples.BED12, readers.try_annotation),
    "BED gzipped": lambda: _one(
        "x.bed.gz", gzip.compress(examples.BED, mtime=0), readers.try_annotation, is_text=False
    ),
    "narrowPeak": lambda: _one("x.narrowPeak", examples.NARROW_PEAK, readers.try_annotation),
    "MACS": lambda: _one("x_peaks.xls", examples.MACS_TABLE, readers.try_annotation),
    "VCF": lambda: _one("x.vcf", examples.VCF, readers.try_variants),
    "VCF gzipped": lambda: _one("x.vcf.gz", gzip.compress(examples.VCF, mtime=0), readers.try_variants, is_text=False),
    "VCF indexed": lambda: Format(
        examples.indexed_vcf(), tuple(examples.indexed_vcf()), readers.try_variants, is_text=False
    ),
    "BEDPE": lambda: _one("x.bedpe", examples.BEDPE, readers.try_pairs),
    "interact": lambda: _one("x.bed", examples.INTERACT, readers.try_pairs),
    "bigInteract": lambda: _one("x.bb", examples.big_interact(), readers.try_pairs, is_text=False),
    "bedGraph": lambda: _one("x.bedGraph", examples.BEDGRAPH, readers.try_signal),
    "wiggle": lambda: _one("x.wig", examples.WIG, readers.try_signal),
    "GTF": lambda: _one("x.gtf", examples.GTF, readers.try_genes),
    "GFF3": lambda: _one("x.gff3", examples.GFF3, readers.try_genes),
    "genePred": lambda: _one("refGene.txt", examples.GENE_PREDICTION, readers.try_genes),
    "segmentation": lambda: _one("states.bed", examples.STATES, readers.try_segmentation),
    "FASTA": lambda: Format(examples.fasta(), ("x.fa",), readers.try_reference),
    "FASTA index": lambda: Format(examples.fasta(), ("x.fa.fai",), readers.try_reference),
    "FASTA bgzipped": lambda: _blocked_fasta(),
    "2bit": lambda: _one("x.2bit", examples.twobit(), readers.try_reference, is_text=False),
    "MEME": lambda: _one("m.meme", examples.MEME, readers.try_motifs),
    "JASPAR": lambda: _one("m.jaspar", examples.JASPAR, readers.try_motifs),
    "counts of motifs": lambda: _one("m.pcm", examples.COUNTS, readers.try_motifs),
    "chromosome sizes": lambda: _one("x.chrom.sizes", examples.SIZES, readers.try_lengths),
    "bands": lambda: _one("cytoBand.txt", examples.BANDS, readers.try_bands),
    "truth": lambda: _one("truth.tsv", examples.TRUTH, readers.try_truth),
    "dataset": lambda: Format(examples.DATASET_FILES, ("DATASET.toml",), readers.try_dataset),
    "files of a dataset": lambda: Format(examples.DATASET_FILES, tuple(examples.DATASET_FILES), readers.try_dataset),
    "fine-tuning spec": lambda: _one("spec.toml", examples.FINETUNE, _read_by(read_spec)),
    "prediction spec": lambda: _one("spec.toml", examples.PREDICT, _read_by(read_spec)),
    "checkpoint": lambda: _checkpoint(),
    "session": lambda: _one("session.json", examples.SESSION, readers.try_session),
    "session of version 1": lambda: _one("session.json", examples.FIRST_SESSION, readers.try_session),
    "labels of the challenge": lambda: _one("x.labels.tsv", examples.LABELS, readers.try_labels),
    "score of the challenge": lambda: _one("F.CTCF.A.json", _score(), _read_by(read_score)),
    "evaluation": lambda: _evaluation(),
    # Of a file of one byte, as the example says.
    "sidecar": lambda: Format(
        {"x.bw.json": examples.example_of(Sidecar), "x.bw": b"x"}, ("x.bw.json",), readers.try_sidecar
    ),
}
