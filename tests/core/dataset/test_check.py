"""All that is wrong with a dataset is found at once, file by file, and nothing is written beside it."""

from pathlib import Path

import pytest

from ebert_core.dataset.check import Check, check_dataset
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.digests import dataset_digests, joint_digest
from ebert_core.dataset.layout import problems_of, read_layout, write_layout
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.core.dataset.toy_genome import TOML


def checked(path: Path) -> Check:
    return check_dataset(path, lambda _fraction, _note: None)


def faults(path: Path) -> dict[str, str]:
    return {fault.key: fault.problem for fault in checked(path).faults}


def test_of_a_good_dataset_the_digest_is_told_and_nothing_is_written_beside_it(toy_path: Path) -> None:
    before = sorted(toy_path.parent.iterdir())
    told = []
    check = check_dataset(toy_path, lambda fraction, note: told.append((fraction, note)))
    assert (check.path, check.faults) == (str(toy_path), ())
    # Reference, sizes, genes, blacklist, labelled regions, motifs, states, signal and two files of peaks.
    assert len(check.files) == 10
    assert all(Path(file).is_file() for file in check.files)
    assert str(toy_path.parent / "peaks.narrowPeak") in check.files
    assert check.addresses == ()
    assert sorted(toy_path.parent.iterdir()) == before
    dataset = Dataset.open(toy_path)
    assert check.sha256 == joint_digest(dataset_digests(dataset, dataset.cell_types))
    assert ("reading cell_types.alpha.signals.DNase") in [note for _, note in told]
    assert all(0 <= fraction < 1 for fraction, _ in told)


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("genes.bed", "chr1\t4000\n", "genes"),
        ("labelled.bed", "chr1\t4000\t99230\n", "labelled_regions"),
        ("blacklist.bed", "chr1\tx\t9\n", "blacklist"),
        ("motifs.pfm", ">other\n1 1 1 7\n", "motifs.CTCF"),
        ("alpha.bed", "chr1\t0\t200\tHet\n", "cell_types.alpha.states"),
        ("alpha.bw", "no bigWig", "cell_types.alpha.signals.DNase"),
        ("peaks.narrowPeak", "chr9\t1\t2\n", "cell_types.alpha.peaks.CTCF.conservative"),
        ("relaxed.narrowPeak", "chr1\t9\t2\n", "cell_types.alpha.peaks.CTCF.relaxed"),
    ],
)
def test_a_file_that_is_wrong_is_found_under_its_key(toy_path: Path, name: str, content: str, key: str) -> None:
    (toy_path.parent / name).write_text(content)
    found = faults(toy_path)
    assert list(found) == [key]
    assert name in found[key]
    assert checked(toy_path).sha256 == ""


def test_tracks_that_a_dataset_lists_are_checked_and_opened_for_drawing_only(toy_path: Path) -> None:
    folder = toy_path.parent
    (folder / "calls.vcf").write_text("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
    (folder / "odd.txt").write_text("neither this nor that\n")
    toy_path.write_text(f'{TOML}\n[tracks]\nCalls = "calls.vcf"\nOdd = "odd.txt"\nSequence = "toy.fa"\n')
    found = faults(toy_path)
    assert sorted(found) == ["tracks.Odd", "tracks.Sequence"]
    assert "is text of a kind that this program does not know" in found["tracks.Odd"]
    assert "toy.fa is no track. A reference sequence in FASTA." in found["tracks.Sequence"]
    calls, odd, sequence = Dataset.open(toy_path, is_for_drawing=True).files
    assert (calls.name, calls.kind, calls.problem) == ("Calls", "variants", "")
    assert (odd.path, odd.kind, odd.problem) == (str(folder / "odd.txt"), "", found["tracks.Odd"])
    assert (sequence.kind, sequence.problem) == ("", found["tracks.Sequence"])
    assert Dataset.open(toy_path).files == ()
    write_layout(read_layout(toy_path), folder / "again.toml")
    assert read_layout(folder / "again.toml") == read_layout(toy_path)


def test_files_of_the_whole_dataset_and_where_it_begins_are_checked_too(toy_path: Path) -> None:
    text = TOML.replace("chr1:1,001-2,000", "chr9").replace("[states]", '[signals]\nmap = "map.bw"\n[states]')
    text = text.replace('genes = "genes.bed"', 'cytobands = "bands.txt"')
    toy_path.write_text(text + '\n[synthetic]\ntruth = "truth.tsv"\n')
    for name in ("map.bw", "bands.txt", "truth.tsv"):
        (toy_path.parent / name).write_text("chr1\tfar\n")
    assert sorted(faults(toy_path)) == ["cytobands", "signals.map", "start_locus", "synthetic.truth"]


def test_what_a_description_says_wrongly_is_told_with_what_is_wrong_in_its_files(toy_path: Path) -> None:
    toy_path.write_text(TOML.replace('"alpha.bw"', '"gone.bw"').replace("genes =", "gene ="))
    (toy_path.parent / "alpha.bed").write_text("chr1\t0\t200\tHet\n")
    assert sorted(faults(toy_path)) == ["cell_types.alpha.signals.DNase", "cell_types.alpha.states", "gene"]


def test_the_rest_of_a_description_is_read_where_some_of_it_makes_no_sense(toy_path: Path) -> None:
    toy_path.write_text(TOML.replace('"alpha.bw"', '"gone.bw"').replace("version = 1", "version = 2"))
    layout, problems = problems_of(toy_path)
    assert [key for key, _ in problems] == ["version", "cell_types.alpha.signals.DNase"]
    assert (layout.name, layout.cell_types["alpha"].signals) == ("toy", {})
    assert layout.cell_types["alpha"].peaks["CTCF"].relaxed.endswith("relaxed.narrowPeak")
    toy_path.write_text(TOML)
    assert problems_of(toy_path) == (Dataset.open(toy_path).layout, [])


def test_a_genome_under_the_name_of_another_assembly_is_a_fault_and_is_not_opened(toy_path: Path) -> None:
    lengths = toy_path.parent / "hg19.sizes"
    lengths.write_text("chr20\t63025520\nchr21\t48129895\n")
    named = toy_path.with_name("WRONG.toml")
    named.write_text('version = 1\nname = "w"\nassembly = "hg38"\nchromosome_sizes = "hg19.sizes"\n')
    assert "the chromosomes are those of hg19, not of hg38" in faults(named)["assembly"]
    with pytest.raises(InvalidRequest, match="those of hg19, not of hg38"):
        Dataset.open(named)
    named.write_text(named.read_text().replace("hg38", "banane"))
    assert checked(named).faults == ()
    assert checked(named).remarks == (
        'The chromosomes are those of hg19: write assembly = "hg19", so that checkpoints of hg19 fit.',
    )
    Dataset.open(named)
