"""Every format that the program opens: a whole example of it, and what is done with a file as the program does it."""

import gzip
import random
import struct
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import pybigtools

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.shown import summary_of
from ebert_core.dataset.sidecar import Sidecar, is_sidecar, prediction_remarks
from ebert_core.dataset.truth import PlantedSites
from ebert_core.dream.ranking import read_score
from ebert_core.dream.subsamples import SUBSAMPLES, Score
from ebert_core.dream.tables import cell_types_of, read_labels
from ebert_core.genome.annotation import FeatureSource, read_features, read_genes
from ebert_core.genome.bed_table import read_bed_table
from ebert_core.genome.bigwig_writer import BigWigWriter
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
from ebert_core.model.description import read_description
from ebert_core.protocol.specs.on_disk import read_spec
from ebert_core.protocol.terms.bases import encode_bases
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.sources.pairs import arcs_for_screen
from ebert_core.sources.variants import all_said_of, variants_for_screen
from ebert_gui.kinds.table import Kinds
from ebert_gui.state.history import History
from ebert_gui.state.session import read_session, write_session
from ebert_gui.state.view import ViewRange

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


def _annotation(path: Path) -> None:
    _tried(
        lambda: kind_of_file(path),
        lambda: _look_at_features(read_features(path)),
        lambda: _look_at_features(read_features(path, Skipped())),
        lambda: _check_table(path),
    )


def _variants(path: Path) -> None:
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


def _pairs(path: Path) -> None:
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


def _genes(path: Path) -> None:
    _tried(
        lambda: kind_of_file(path),
        lambda: _look_at_features(read_genes(path)),
        lambda: _look_at_features(read_genes(path, Skipped())),
    )


def _segmentation(path: Path) -> None:
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


def _signal(path: Path) -> None:
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


def _reference(path: Path) -> None:
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


def _motifs(path: Path) -> None:
    for motif in read_motifs(path).values():
        assert np.isfinite(log_odds(motif.counts_W4)).all()


def _lengths(path: Path) -> None:
    _tried(lambda: kind_of_file(path), lambda: read_chromosome_sizes(path))
    assert all(0 <= length <= LARGEST_POSITION for length in read_chromosome_sizes(path).values())


def _bands(path: Path) -> None:
    _tried(lambda: kind_of_file(path), lambda: read_bands(path))


def _truth(path: Path) -> None:
    truth = PlantedSites(path)
    for factor in truth.factors:
        truth.touching(Interval("chr1", 0, 10_000), factor, "A")


def _dataset(path: Path) -> None:
    dataset = Dataset.open(path, is_for_drawing=True)
    msgspec.json.encode(summary_of(dataset))
    with suppress(InvalidRequest):
        assert np.isfinite(dataset.matrices.worst).all()


def _labels(path: Path) -> None:
    for cell_type in cell_types_of(path)[:3]:
        read_labels(path, cell_type)


def _session(path: Path) -> None:
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


def _sidecar(path: Path) -> None:
    is_sidecar(path)
    for remark in prediction_remarks(path.with_suffix("")):
        assert remark.short, remark


def _bigwig() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.bw")
        with BigWigWriter(path, {"chr1": 2_000_000, "chr2": 300_000}) as writer:
            values = np.random.default_rng(1).gamma(1, 2, 20_000).astype(np.float32)
            writer.append("chr1", 0, 50, values)
            writer.append("chr2", 0, 50, values[:3_000])
        return path.read_bytes()


def _bigbed() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.bb")
        dice = random.Random(2)
        rest = ("E1\t5\t+", "E2\t7\t-", "E3\t0\t.")
        records = [("chr1", 200 * number, 200 * number + 200, dice.choice(rest)) for number in range(3000)]
        pybigtools.open(str(path), "w").write({"chr1": 1_000_000}, records)
        return path.read_bytes()


def _big_interact() -> bytes:
    described = "".join(f'{field}; "x"\n' for field in _INTERACT_FIELDS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.bb")
        rows = [line.split("\t", 3) for line in _INTERACT.decode().splitlines()]
        records = [(name, int(start), int(end), rest) for name, start, end, rest in rows]
        autosql = f'table interact\n"x"\n(\n{described})\n'
        pybigtools.open(str(path), "w").write({"chr1": 1_000_000}, records, autosql=autosql)
        return path.read_bytes()


def _bgzipped(content: bytes) -> dict[str, bytes]:
    from Bio import bgzf

    from ebert_core.genome.fasta_index import build_indexes

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.fa.gz")
        with bgzf.BgzfWriter(str(path), "wb") as file:
            for start in range(0, len(content), 3000):
                file.write(content[start : start + 3000])
                file.flush()
        indexes = build_indexes(path, is_blocked=True)
        return {"x.fa.gz": path.read_bytes()} | {f"x.fa.gz{ending}": found for ending, found in indexes.items()}


def _indexed_vcf() -> dict[str, bytes]:
    """A bgzipped VCF with its index, as one chunk from its first variant to its end."""
    from Bio import bgzf

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.vcf.gz")
        with bgzf.BgzfWriter(str(path), "wb") as file:
            file.write(_VCF)
        content = path.read_bytes()
    end = (len(content) - 28) << 16
    first = _VCF.index(b"chr1\t", _VCF.index(b"#CHROM"))
    places = struct.pack("<8i", 1, 2, 1, 2, 0, ord("#"), 0, 5) + b"chr1\0"
    bins = struct.pack("<iIiQQ", 1, 4681, 1, first, end) + struct.pack("<i7Q", 7, *([first] * 7))
    return {"x.vcf.gz": content, "x.vcf.gz.tbi": gzip.compress(b"TBI\1" + places + bins, mtime=0)}


def _fasta() -> dict[str, bytes]:
    from ebert_core.genome.fasta_index import build_indexes

    dice = random.Random(3)
    rows = []
    for name, length in (("chr1 first", 7_030), ("chr2", 60), ("chrM", 611)):
        bases = "".join(dice.choices("ACGTacgtN", k=length))
        rows += [f">{name}", *(bases[start : start + 60] for start in range(0, length, 60))]
    content = ("\n".join(rows) + "\n").encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.fa")
        path.write_bytes(content)
        return {"x.fa": content} | {
            f"x.fa{ending}": found for ending, found in build_indexes(path, is_blocked=False).items()
        }


def _twobit() -> bytes:
    def number(value: int) -> bytes:
        return value.to_bytes(4, "little")

    dice = random.Random(4)
    names, records = (b"chr1", b"chr22"), []
    for length in (4_001, 90):
        runs = [2, 10, 100, 5, 20] if length > 1000 else [0]
        records.append(b"".join(map(number, [length, *runs, 1, 50, 20, 0])) + dice.randbytes(-(-length // 4)))
    offset = 16 + sum(5 + len(name) for name in names)
    index = b""
    for name, record in zip(names, records, strict=True):
        index += bytes([len(name)]) + name + number(offset)
        offset += len(record)
    return b"".join((number(0x1A412743), number(0), number(len(names)), number(0), index, *records))


def _lines(form: str, count: int) -> bytes:
    return "".join(
        form.format(start=200 * n, one=200 * n + 1, end=200 * n + 200, n=n, state=1 + n * 7 % 3, v=n % 9 / 2)
        for n in range(count)
    ).encode()


_GTF = "".join(
    f"chr1\tHAVANA\t{kind}\t{1000 * n + 1}\t{1000 * n + 500}\t.\t+\t{phase}\t"
    f'gene_id "G{n}"; gene_name "N; {n}";{more}\n'
    for n in range(12)
    for kind, phase, more in (
        ("gene", ".", ""),
        ("transcript", ".", f' transcript_id "T{n}";'),
        ("exon", ".", f' transcript_id "T{n}"; exon_number 1;'),
        ("CDS", "0", f' transcript_id "T{n}"; tag "CCDS";'),
    )
)
_GFF3 = "##gff-version 3\n" + "".join(
    f"chr1\tx\t{kind}\t{1000 * n + 1}\t{1000 * n + 500}\t.\t-\t.\t{more.replace('#', str(n))}\n"
    for n in range(12)
    for kind, more in (
        ("gene", "ID=g#;Name=gene%20#"),
        ("mRNA", "ID=t#;Parent=g#;Name=T#"),
        ("exon", "ID=e#;Parent=t#"),
        ("CDS", "Parent=t#"),
    )
)
_GENE_PREDICTION = "".join(
    f"585\tNM_{n}\tchr1\t+\t{1000 * n}\t{1000 * n + 600}\t{1000 * n + 14}\t{1000 * n + 520}\t2"
    f"\t{1000 * n},{1000 * n + 400},\t{1000 * n + 100},{1000 * n + 600},\t0\tNAME{n}\tcmpl\tcmpl\t0,0,\n"
    for n in range(12)
)
_WIG = "track type=wiggle_0 name=x\nfixedStep chrom=chr1 start=101 step=10 span=5\n" + "1\n2.5\n0\n" * 10
_WIG += "variableStep chrom=chr2 span=20\n" + "".join(f"{100 * n + 1}\t{n}.5\n" for n in range(30))
_MEME = """MEME version 4

ALPHABET= ACGT

strands: + -

MOTIF MA0139.1 CTCF
letter-probability matrix: alength= 4 w= 3 nsites= 20 E= 0
 0.25 0.25 0.25 0.25
 0.10 0.20 0.30 0.40
 0.90 0.05 0.05 0.00

MOTIF FOS
letter-probability matrix: alength= 4 w= 2 nsites= 7
 0.5 0.5 0 0
 0 0 1 0
"""
_JASPAR = ">MA0001.1 FOS\nA [ 1 20 3 ]\nC [ 4 5 0 ]\nG [ 0 0 9 ]\nT [ 7 1 1 ]\n" * 1
_COUNTS = ">CTCF_HUMAN.H11MO\n1\t2\t3\t4\n0.5\t0.1\t7\t2\n10\t0\t0\t0\n>OTHER\n1\t2\t3\t4\n"
_TOML = """# a dataset
version = 1
name = "toy"
assembly = "hg19"
chromosome_sizes = "sizes"
genes = "genes.gtf"
start_locus = "chr1:1,000-2,000"
inputs = ["DNase=ATAC"]

[states]
names = ["E1", "E2", "E3"]
bin_width = 200
colours = ["#ff0000", "#00ff00", "#0000ff"]

[motifs]
FOS = "m.txt#FOS"

[cell_types.A]
states = "states.bed"
expression = [1.0, 2]
[cell_types.A.signals]
ATAC = "atac.bedGraph"
[cell_types.A.peaks]
FOS = { conservative = "peaks.bed", relaxed = "peaks.bed" }

[cell_types."B 2"]
peaks.FOS.conservative = "peaks.bed"

[synthetic]
seed = 3
truth = "truth.tsv"
"""
_VCF = (
    b"##fileformat=VCFv4.2\n##contig=<ID=chr1,length=1000000>\n"
    b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tann\tbob\n"
    + _lines("chr1\t{n}\trs{n}\tA\tG,AT\t50\tPASS\tDP={n};DB\tGT:DP\t0/1:12\t1|2:{n}\n", 12)
    + b"chr1\t90000\t.\tN\t<DEL>\t.\t.\tSVTYPE=DEL;END=95000;SVLEN=-5000\tGT\t0/1\t./.\n"
    + b"chr1\t96000\t.\tG\tG]chr2:500]\t9.5\tlow\tSVTYPE=BND\tGT\t0/1\t./.\n"
    + b"chr1\t97000\t.\tG\t<NON_REF>\t.\t.\tEND=97900\tGT\t0/0\t0/0\n"
)
_BEDPE = (
    b"#chrom1\tstart1\tend1\tchrom2\tstart2\tend2\tname\tscore\tstrand1\tstrand2\tcolor\n"
    + _lines("chr1\t{start}\t{end}\tchr1\t9{start}\t9{end}\tp{n}\t{v}\t+\t-\t255,{n},0\n", 15)
    + b"chr1\t500\t600\tchr2\t5\t9\ttrans\t3\t+\t.\t.\nchr1\t700\t800\t.\t-1\t-1\tu\t.\t.\t.\t.\n"
)
_INTERACT = _lines(
    "chr1\t{start}\t9{end}\ti{n}\t500\t{v}\te\t#ff0000\tchr1\t{start}\t{end}\ta\t.\tchr1\t9{start}\t9{end}\tb\t.\n", 15
)
_INTERACT_FIELDS = (
    "string chrom", "uint chromStart", "uint chromEnd", "string name", "uint score", "double value", "string exp",
    "string color", "string sourceChrom", "uint sourceStart", "uint sourceEnd", "string sourceName",
    "string sourceStrand", "string targetChrom", "uint targetStart", "uint targetEnd", "string targetName",
    "string targetStrand",
)  # fmt: skip
_BED = _lines("chr1\t{start}\t{end}\tE{state}\t{n}\t+\t{start}\t{end}\t0,{n},9\n", 20)
_BED12 = _lines("chr1\t{start}\t{end}\tn{n}\t0\t-\t{start}\t{end}\t0\t2\t50,60,\t0,140,\n", 20)
_STATES = _lines("chr1\t{start}\t{end}\tE{state}\t0\t.\t{start}\t{end}\t{state},0,0\n", 30)
_BEDGRAPH = b"track type=bedGraph\n" + _lines("chr1\t{start}\t{end}\t{v}\n", 30)
_NARROW_PEAK = _lines("chr1\t{start}\t{end}\tp{n}\t9\t.\t{v}\t3.2\t-1\t50\n", 20)
_MACS = "# MACS\nchr\tstart\tend\tlength\tabs_summit\tpileup\t-log10(pvalue)\tfold_enrichment\t-log10(qvalue)\tname\n"
_MACS_TABLE = _MACS.encode() + _lines("chr1\t{one}\t{end}\t199\t{end}\t9.1\t5\t{v}\t2\tp{n}\n", 12)
_TRUTH = b"chromosome\tstart\tend\tfactor\tbound\n" + _lines("chr1\t{start}\t{end}\tFOS\tA,B\n", 9)
_SIZES = b"chr1\t248956422\nchr2\t242193529\nchrX\t156040895\nMT\t16569\n"
_BANDS = b"chr1\t0\t2300000\tp36.33\tgneg\nchr1\t2300000\t5300000\tp36.32\tgpos25\nchrX\t0\t9\tp1\tacen\n"
_LABELS = b"chr\tstart\tstop\tA\tB\n" + _lines("chr1\t{start}\t{end}\tU\tB\n", 20)
_DATASET_FILES = {
    "DATASET.toml": _TOML.encode(), "sizes": _SIZES, "genes.gtf": _GTF.encode(),
    "m.txt": _COUNTS.replace("CTCF_HUMAN.H11MO", "FOS").encode(),
    "states.bed": _STATES, "atac.bedGraph": _BEDGRAPH, "peaks.bed": _NARROW_PEAK, "truth.tsv": _TRUTH,
}  # fmt: skip
_FINETUNE = b"""job = "finetune"
dataset = "DATASET.toml"
output = "out"
factors = ["FOS", "CTCF"]
cell_types = ["A"]
training = ["chr2"]
validation = ["chr1:1-2000"]
seed = 4
epochs = 2
learning_rate = 1e-4
"""
_PREDICT = b'job = "predict"\ndataset = "d"\ncheckpoint = "c"\ncell_type = "A"\noutput = "o"\nfactor = "FOS"\n'
_FIRST_SESSION = b"""{"version": 1, "dataset": "", "files": ["/a.bed"], "checkpoint": "", "cell_type": "A",
 "factor": "FOS", "locus": {"chromosome": "chr1", "start": 1000, "end": 2000}, "anchor": null, "is_dark": null,
 "layout": "", "geometry": "",
 "tracks": [{"type": "signal", "id": "s1", "path": "/a.bw", "height": 60}, {"type": "genes", "id": "g"}, {"id": 3}]}"""
_SESSION = b"""{"dataset": "", "files": ["/a.bed"], "checkpoint": "", "is_dark": null, "layout": "", "geometry": "",
 "version": 2, "setup": {"panes": [{"id": "pane-0", "span": ["chr1", 1000.5, 2000.0]}], "cell_type": "A",
 "factor": "FOS", "edits": [{"type": "base", "chromosome": "chr1", "position": 7, "base": "A"}], "anchor": null,
 "tracks": [{"type": "signal", "id": "s1", "path": "/a.bw", "height": 60}, {"type": "genes", "id": "g"}, {"id": 3}]}}"""


def _one(name: str, content: bytes | str, read: Callable[[Path], None], *, is_text: bool = True) -> Format:
    content = content.encode() if isinstance(content, str) else content
    return Format({name: content}, (name,), read, is_text)


def _read_by(read: Callable[[Path], object]) -> Callable[[Path], None]:
    def only_read(path: Path) -> None:
        read(path)

    return only_read


def _blocked_fasta() -> Format:
    files = _bgzipped(_fasta()["x.fa"])
    return Format(files, tuple(files), _reference, is_text=False)


def _checkpoint() -> Format:
    description = next(CHECKPOINTS.glob("*/description.json")).read_bytes()
    return _one("description.json", description, lambda path: _read_by(read_description)(path.parent))


def _evaluation() -> Format:
    from ebert_core.judging.evaluation import Evaluation, read_evaluation  # needs torch, which takes seconds

    return _one("evaluation.json", _example(Evaluation), _read_by(read_evaluation))


def _example(kind: type) -> bytes:
    """JSON of a struct, with something in every field."""
    return msgspec.json.encode(_value(msgspec.inspect.type_info(kind)))


def _value(info: msgspec.inspect.Type) -> object:
    match info:
        case msgspec.inspect.Metadata():
            return _value(info.type)
        case msgspec.inspect.IntType():
            return max(info.multiple_of or 1, info.ge or 1, 1 + (info.gt or 0))
        case msgspec.inspect.StructType():
            tag = {info.tag_field: info.tag} if info.tag_field else {}
            return tag | {field.encode_name: _value(field.type) for field in info.fields}
        case msgspec.inspect.UnionType():
            return _value(next(each for each in info.types if not isinstance(each, msgspec.inspect.NoneType)))
        case msgspec.inspect.TupleType():
            return [_value(each) for each in info.item_types]
        case msgspec.inspect.ListType() | msgspec.inspect.VarTupleType():
            return [_value(info.item_type)] * 2
        case msgspec.inspect.DictType():
            return {"a": _value(info.value_type)}
        case msgspec.inspect.LiteralType():
            return info.values[0]
    simple = {msgspec.inspect.FloatType: 0.5, msgspec.inspect.BoolType: True}
    return simple.get(type(info), "a")


def _score() -> bytes:
    score = msgspec.json.decode(_example(Score))
    return msgspec.json.encode(score | {"subsamples": score["subsamples"][:1] * SUBSAMPLES})


FORMATS: dict[str, Callable[[], Format]] = {
    "bigWig": lambda: _one("x.bw", _bigwig(), _signal, is_text=False),
    "bigBed": lambda: _one("x.bb", _bigbed(), _annotation, is_text=False),
    "bigBed states": lambda: _one("x.bb", _bigbed(), _segmentation, is_text=False),
    "bigBed genes": lambda: _one("x.bb", _bigbed(), _genes, is_text=False),
    "BED": lambda: _one("x.bed", _BED, _annotation),
    "BED12": lambda: _one("x.bed", _BED12, _annotation),
    "BED gzipped": lambda: _one("x.bed.gz", gzip.compress(_BED, mtime=0), _annotation, is_text=False),
    "narrowPeak": lambda: _one("x.narrowPeak", _NARROW_PEAK, _annotation),
    "MACS": lambda: _one("x_peaks.xls", _MACS_TABLE, _annotation),
    "VCF": lambda: _one("x.vcf", _VCF, _variants),
    "VCF gzipped": lambda: _one("x.vcf.gz", gzip.compress(_VCF, mtime=0), _variants, is_text=False),
    "VCF indexed": lambda: Format(_indexed_vcf(), tuple(_indexed_vcf()), _variants, is_text=False),
    "BEDPE": lambda: _one("x.bedpe", _BEDPE, _pairs),
    "interact": lambda: _one("x.bed", _INTERACT, _pairs),
    "bigInteract": lambda: _one("x.bb", _big_interact(), _pairs, is_text=False),
    "bedGraph": lambda: _one("x.bedGraph", _BEDGRAPH, _signal),
    "wiggle": lambda: _one("x.wig", _WIG, _signal),
    "GTF": lambda: _one("x.gtf", _GTF, _genes),
    "GFF3": lambda: _one("x.gff3", _GFF3, _genes),
    "genePred": lambda: _one("refGene.txt", _GENE_PREDICTION, _genes),
    "segmentation": lambda: _one("states.bed", _STATES, _segmentation),
    "FASTA": lambda: Format(_fasta(), ("x.fa",), _reference),
    "FASTA index": lambda: Format(_fasta(), ("x.fa.fai",), _reference),
    "FASTA bgzipped": lambda: _blocked_fasta(),
    "2bit": lambda: _one("x.2bit", _twobit(), _reference, is_text=False),
    "MEME": lambda: _one("m.meme", _MEME, _motifs),
    "JASPAR": lambda: _one("m.jaspar", _JASPAR, _motifs),
    "counts of motifs": lambda: _one("m.pcm", _COUNTS, _motifs),
    "chromosome sizes": lambda: _one("x.chrom.sizes", _SIZES, _lengths),
    "bands": lambda: _one("cytoBand.txt", _BANDS, _bands),
    "truth": lambda: _one("truth.tsv", _TRUTH, _truth),
    "dataset": lambda: Format(_DATASET_FILES, ("DATASET.toml",), _dataset),
    "files of a dataset": lambda: Format(_DATASET_FILES, tuple(_DATASET_FILES), _dataset),
    "fine-tuning spec": lambda: _one("spec.toml", _FINETUNE, _read_by(read_spec)),
    "prediction spec": lambda: _one("spec.toml", _PREDICT, _read_by(read_spec)),
    "checkpoint": lambda: _checkpoint(),
    "session": lambda: _one("session.json", _SESSION, _session),
    "session of version 1": lambda: _one("session.json", _FIRST_SESSION, _session),
    "labels of the challenge": lambda: _one("x.labels.tsv", _LABELS, _labels),
    "score of the challenge": lambda: _one("F.CTCF.A.json", _score(), _read_by(read_score)),
    "evaluation": lambda: _evaluation(),
    # Of a file of one byte, as the example says.
    "sidecar": lambda: Format({"x.bw.json": _example(Sidecar), "x.bw": b"x"}, ("x.bw.json",), _sidecar),
}
