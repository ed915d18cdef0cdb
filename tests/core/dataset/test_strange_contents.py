"""Files that are whole and mean something else: proteins, RNA, no bases, no peaks, other names of one assembly."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from ebert_core.cli.program import main
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import bin_labels
from ebert_core.dataset.prepare import prepare
from ebert_core.dataset.shown import remarks_on
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.genome.reference import Reference
from ebert_core.protocol.terms.chromosome_names import are_other_mitochondria, assembly_called
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from tests.core.dataset.toy_genome import LENGTHS

PROTEIN = "MEEPQSDPSVEPPLSQETFSDLWKLLPENNVLSPLPSQAMDDLMLSPDDIEQWFTEDPGP"


def fasta(tmp_path: Path, letters: str, name: str = "x.fa") -> Path:
    path = tmp_path / name
    path.write_text(f">chr1\n{letters}\n")
    return path


@pytest.mark.parametrize(
    ("letters", "sentence"),
    [
        (PROTEIN * 40, "holds proteins, not DNA"),
        (PROTEIN.lower() * 40, "holds proteins, not DNA"),
        ("ACGU" * 500, "holds RNA"),
        ("acgu" * 500, "holds RNA"),
        ("ACGJOOJZJO" * 50, "letters that are no bases"),
    ],
)
def test_a_sequence_that_is_no_dna_is_refused_wherever_it_is_opened(
    tmp_path: Path, letters: str, sentence: str
) -> None:
    path = fasta(tmp_path, letters)
    with pytest.raises(InvalidRequest, match=sentence):
        Reference(path)
    (tmp_path / "D.toml").write_text('version = 1\nname = "x"\nassembly = "x"\nreference = "x.fa"\n')
    assert main(["prepare", str(tmp_path / "D.toml")]) == 2
    with pytest.raises(InvalidRequest, match=sentence):
        Dataset.from_files([path])


@pytest.mark.parametrize(
    "letters", ["ACGT" * 400, "acgtRYKMSWBDHVN" * 100, "N" * 2_000, "ACGX" * 400, "ACGT" * 300 + "E"]
)
def test_dna_with_ambiguous_and_unknown_letters_is_dna(tmp_path: Path, letters: str) -> None:
    assert Reference(fasta(tmp_path, letters)).chromosome_lengths == {"chr1": len(letters)}


def test_a_genome_of_nothing_but_n_is_refused_when_it_is_stored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fasta(tmp_path, "N" * 3_000)
    (tmp_path / "D.toml").write_text('version = 1\nname = "x"\nassembly = "x"\nreference = "x.fa"\n')
    assert main(["prepare", str(tmp_path / "D.toml")]) == 2
    assert "holds no base but N" in capsys.readouterr().err
    assert not (tmp_path / "D.store").exists()


def test_ambiguous_letters_are_counted_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fasta(tmp_path, "ACGT" * 400 + "RRyX" + "N" * 10)
    (tmp_path / "D.toml").write_text('version = 1\nname = "x"\nassembly = "x"\nreference = "x.fa"\n')
    assert main(["prepare", str(tmp_path / "D.toml")]) == 0
    assert "Letters that are neither bases nor N are read as N: 2 R, 1 Y." in capsys.readouterr().err
    assert main(["prepare", str(tmp_path / "D.toml")]) == 0
    assert "2 R, 1 Y." in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"# no peaks at this threshold\n", b"track name=peaks\n"])
@pytest.mark.parametrize("is_packed", [False, True])
def test_an_experiment_without_a_peak_is_told_and_unbound_everywhere(
    toy_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, is_packed: bool
) -> None:
    name = "peaks.narrowPeak.gz" if is_packed else "peaks.narrowPeak"
    (tmp_path / name).write_bytes(gzip.compress(content) if is_packed else content)
    toy_path.write_text(
        toy_path.read_text().replace('"peaks.narrowPeak"', f'"{name}"').replace('relaxed = "relaxed.narrowPeak"', "")
    )
    dataset = Dataset.open(toy_path)
    labels = bin_labels(dataset, "alpha", "CTCF", Interval("chr1", 4_800, 5_600))
    assert np.all(labels == 0)
    assert dataset.without_peaks(dataset.cell_types, dataset.factors) == ("CTCF in alpha",)
    assert prepare(dataset, tmp_path / "s").pairs == [("CTCF", "alpha")]
    assert main(["prepare", str(toy_path)]) == 0
    assert "WARNING: no peaks at all of CTCF in alpha" in capsys.readouterr().err


def test_an_experiment_with_peaks_is_not_told(toy: Dataset) -> None:
    assert toy.without_peaks(toy.cell_types, toy.factors) == ()


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ("GRCh37", "hg19"),
        ("GRCh37.p13", "hg19"),
        ("grch37", "hg19"),
        ("b37", "hg19"),
        ("hs37d5", "hg19"),
        ("HG19", "hg19"),
        ("human_g1k_v37", "hg19"),
        ("GRCh38.p14", "hg38"),
        ("hs38DH", "hg38"),
        ("GRCm38", "mm10"),
        ("GRCm39", "mm39"),
        ("dm6", "dm6"),
        ("my assembly v1.2", "my assembly v1.2"),
    ],
)
def test_names_of_one_assembly_are_one(other: str, name: str) -> None:
    assert assembly_called(other) == name


def test_the_two_mitochondria_of_hg19_and_b37_are_told_apart_and_do_not_refuse_a_file(
    toy_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "toy.sizes").write_text(
        "".join(f"{name}\t{size}\n" for name, size in LENGTHS.items()) + "chrM\t16571\n"
    )
    toy_path.write_text(toy_path.read_text().replace('reference = "toy.fa"\n', ""))
    with BigWigWriter(tmp_path / "alpha.bw", {"1": LENGTHS["chr1"], "MT": 16_569}) as writer:
        writer.append("1", 0, 50, np.ones(20))
    dataset = Dataset.open(toy_path, is_for_drawing=True)
    source = dataset.signal("alpha", "DNase")
    assert source is not None
    remarks = remarks_on(dataset, source, "chr1")
    assert [remark.short for remark in remarks] == ["another mitochondrion"]
    assert "MT of this file (16,569 bases) is another sequence of the mitochondrion than chrM" in remarks[0].full
    assert are_other_mitochondria("chrM", 16_571, "MT", 16_569)
    assert not are_other_mitochondria("chrM", 16_571, "MT", 16_571)
    assert not are_other_mitochondria("chr1", 16_571, "1", 16_569)
