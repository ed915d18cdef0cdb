"""A whole example of each format that the program opens."""

import gzip
import random
import struct
import tempfile
from pathlib import Path

import msgspec
import numpy as np
import pybigtools

from ebert_core.genome.bigwig_writer import BigWigWriter


def bigwig() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.bw")
        with BigWigWriter(path, {"chr1": 2_000_000, "chr2": 300_000}) as writer:
            values = np.random.default_rng(1).gamma(1, 2, 20_000).astype(np.float32)
            writer.append("chr1", 0, 50, values)
            writer.append("chr2", 0, 50, values[:3_000])
        return path.read_bytes()


def bigbed() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.bb")
        dice = random.Random(2)
        rest = ("E1\t5\t+", "E2\t7\t-", "E3\t0\t.")
        records = [("chr1", 200 * number, 200 * number + 200, dice.choice(rest)) for number in range(3000)]
        pybigtools.open(str(path), "w").write({"chr1": 1_000_000}, records)
        return path.read_bytes()


def big_interact() -> bytes:
    described = "".join(f'{field}; "x"\n' for field in _INTERACT_FIELDS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.bb")
        rows = [line.split("\t", 3) for line in INTERACT.decode().splitlines()]
        records = [(name, int(start), int(end), rest) for name, start, end, rest in rows]
        autosql = f'table interact\n"x"\n(\n{described})\n'
        pybigtools.open(str(path), "w").write({"chr1": 1_000_000}, records, autosql=autosql)
        return path.read_bytes()


def example_of_bgzipped(content: bytes) -> dict[str, bytes]:
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


def indexed_vcf() -> dict[str, bytes]:
    """A bgzipped VCF with its index, as one chunk from its first variant to its end."""
    from Bio import bgzf

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.vcf.gz")
        with bgzf.BgzfWriter(str(path), "wb") as file:
            file.write(VCF)
        content = path.read_bytes()
    end = (len(content) - 28) << 16
    first = VCF.index(b"chr1\t", VCF.index(b"#CHROM"))
    places = struct.pack("<8i", 1, 2, 1, 2, 0, ord("#"), 0, 5) + b"chr1\0"
    bins = struct.pack("<iIiQQ", 1, 4681, 1, first, end) + struct.pack("<i7Q", 7, *([first] * 7))
    return {"x.vcf.gz": content, "x.vcf.gz.tbi": gzip.compress(b"TBI\1" + places + bins, mtime=0)}


def fasta() -> dict[str, bytes]:
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


def twobit() -> bytes:
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


GTF = "".join(
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
GFF3 = "##gff-version 3\n" + "".join(
    f"chr1\tx\t{kind}\t{1000 * n + 1}\t{1000 * n + 500}\t.\t-\t.\t{more.replace('#', str(n))}\n"
    for n in range(12)
    for kind, more in (
        ("gene", "ID=g#;Name=gene%20#"),
        ("mRNA", "ID=t#;Parent=g#;Name=T#"),
        ("exon", "ID=e#;Parent=t#"),
        ("CDS", "Parent=t#"),
    )
)
GENE_PREDICTION = "".join(
    f"585\tNM_{n}\tchr1\t+\t{1000 * n}\t{1000 * n + 600}\t{1000 * n + 14}\t{1000 * n + 520}\t2"
    f"\t{1000 * n},{1000 * n + 400},\t{1000 * n + 100},{1000 * n + 600},\t0\tNAME{n}\tcmpl\tcmpl\t0,0,\n"
    for n in range(12)
)
WIG = "track type=wiggle_0 name=x\nfixedStep chrom=chr1 start=101 step=10 span=5\n" + "1\n2.5\n0\n" * 10
WIG += "variableStep chrom=chr2 span=20\n" + "".join(f"{100 * n + 1}\t{n}.5\n" for n in range(30))
MEME = """MEME version 4

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
JASPAR = ">MA0001.1 FOS\nA [ 1 20 3 ]\nC [ 4 5 0 ]\nG [ 0 0 9 ]\nT [ 7 1 1 ]\n" * 1
COUNTS = ">CTCF_HUMAN.H11MO\n1\t2\t3\t4\n0.5\t0.1\t7\t2\n10\t0\t0\t0\n>OTHER\n1\t2\t3\t4\n"
_TOML = """# a dataset
version = 1
name = "toy"
assembly = "hg38"
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
VCF = (
    b"##fileformat=VCFv4.2\n##contig=<ID=chr1,length=1000000>\n"
    b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tann\tbob\n"
    + _lines("chr1\t{n}\trs{n}\tA\tG,AT\t50\tPASS\tDP={n};DB\tGT:DP\t0/1:12\t1|2:{n}\n", 12)
    + b"chr1\t90000\t.\tN\t<DEL>\t.\t.\tSVTYPE=DEL;END=95000;SVLEN=-5000\tGT\t0/1\t./.\n"
    + b"chr1\t96000\t.\tG\tG]chr2:500]\t9.5\tlow\tSVTYPE=BND\tGT\t0/1\t./.\n"
    + b"chr1\t97000\t.\tG\t<NON_REF>\t.\t.\tEND=97900\tGT\t0/0\t0/0\n"
)
BEDPE = (
    b"#chrom1\tstart1\tend1\tchrom2\tstart2\tend2\tname\tscore\tstrand1\tstrand2\tcolor\n"
    + _lines("chr1\t{start}\t{end}\tchr1\t9{start}\t9{end}\tp{n}\t{v}\t+\t-\t255,{n},0\n", 15)
    + b"chr1\t500\t600\tchr2\t5\t9\ttrans\t3\t+\t.\t.\nchr1\t700\t800\t.\t-1\t-1\tu\t.\t.\t.\t.\n"
)
INTERACT = _lines(
    "chr1\t{start}\t9{end}\ti{n}\t500\t{v}\te\t#ff0000\tchr1\t{start}\t{end}\ta\t.\tchr1\t9{start}\t9{end}\tb\t.\n", 15
)
_INTERACT_FIELDS = (
    "string chrom", "uint chromStart", "uint chromEnd", "string name", "uint score", "double value", "string exp",
    "string color", "string sourceChrom", "uint sourceStart", "uint sourceEnd", "string sourceName",
    "string sourceStrand", "string targetChrom", "uint targetStart", "uint targetEnd", "string targetName",
    "string targetStrand",
)  # fmt: skip
BED = _lines("chr1\t{start}\t{end}\tE{state}\t{n}\t+\t{start}\t{end}\t0,{n},9\n", 20)
BED12 = _lines("chr1\t{start}\t{end}\tn{n}\t0\t-\t{start}\t{end}\t0\t2\t50,60,\t0,140,\n", 20)
STATES = _lines("chr1\t{start}\t{end}\tE{state}\t0\t.\t{start}\t{end}\t{state},0,0\n", 30)
BEDGRAPH = b"track type=bedGraph\n" + _lines("chr1\t{start}\t{end}\t{v}\n", 30)
NARROW_PEAK = _lines("chr1\t{start}\t{end}\tp{n}\t9\t.\t{v}\t3.2\t-1\t50\n", 20)
_MACS = "# MACS\nchr\tstart\tend\tlength\tabs_summit\tpileup\t-log10(pvalue)\tfold_enrichment\t-log10(qvalue)\tname\n"
MACS_TABLE = _MACS.encode() + _lines("chr1\t{one}\t{end}\t199\t{end}\t9.1\t5\t{v}\t2\tp{n}\n", 12)
TRUTH = b"chromosome\tstart\tend\tfactor\tbound\n" + _lines("chr1\t{start}\t{end}\tFOS\tA,B\n", 9)
SIZES = b"chr1\t248956422\nchr2\t242193529\nchrX\t156040895\nMT\t16569\n"
BANDS = b"chr1\t0\t2300000\tp36.33\tgneg\nchr1\t2300000\t5300000\tp36.32\tgpos25\nchrX\t0\t9\tp1\tacen\n"
LABELS = b"chr\tstart\tstop\tA\tB\n" + _lines("chr1\t{start}\t{end}\tU\tB\n", 20)
DATASET_FILES = {
    "DATASET.toml": _TOML.encode(), "sizes": SIZES, "genes.gtf": GTF.encode(),
    "m.txt": COUNTS.replace("CTCF_HUMAN.H11MO", "FOS").encode(),
    "states.bed": STATES, "atac.bedGraph": BEDGRAPH, "peaks.bed": NARROW_PEAK, "truth.tsv": TRUTH,
}  # fmt: skip
FINETUNE = b"""job = "finetune"
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
PREDICT = b'job = "predict"\ndataset = "d"\ncheckpoint = "c"\ncell_type = "A"\noutput = "o"\nfactor = "FOS"\n'
FIRST_SESSION = b"""{"version": 1, "dataset": "", "files": ["/a.bed"], "checkpoint": "", "cell_type": "A",
 "factor": "FOS", "locus": {"chromosome": "chr1", "start": 1000, "end": 2000}, "anchor": null, "is_dark": null,
 "layout": "", "geometry": "",
 "tracks": [{"type": "signal", "id": "s1", "path": "/a.bw", "height": 60}, {"type": "genes", "id": "g"}, {"id": 3}]}"""
SESSION = b"""{"dataset": "", "files": ["/a.bed"], "checkpoint": "", "is_dark": null, "layout": "", "geometry": "",
 "version": 2, "setup": {"panes": [{"id": "pane-0", "span": ["chr1", 1000.5, 2000.0]}], "cell_type": "A",
 "factor": "FOS", "edits": [{"type": "base", "chromosome": "chr1", "position": 7, "base": "A"}], "anchor": null,
 "tracks": [{"type": "signal", "id": "s1", "path": "/a.bw", "height": 60}, {"type": "genes", "id": "g"}, {"id": 3}]}}"""


def example_of(kind: type) -> bytes:
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
