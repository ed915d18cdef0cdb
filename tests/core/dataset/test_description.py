"""A DATASET.toml says what it holds, or what is wrong with it and where."""

from pathlib import Path

import pytest

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.shown import summary_of
from ebert_core.genome.features import Features
from ebert_core.genome.signal import StepSignal
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.shapes import RunClass
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import CellType, PeakFiles
from tests.certain import of, present
from tests.core.dataset.toy_genome import LENGTHS, TOML


def test_the_summary_says_what_the_dataset_holds(toy: Dataset) -> None:
    summary = summary_of(toy)
    assert (summary.name, summary.assembly) == ("toy", "toy1")
    assert [(each.name, each.length) for each in summary.chromosomes] == list(LENGTHS.items())
    assert summary.has_sequence
    assert summary.has_genes
    assert summary.states == (RunClass("Quies", "#eeeeee"), RunClass("TssA", "#ff0000"))
    assert summary.cell_types == (
        CellType("alpha", True, ("DNase",), (PeakFiles("CTCF", True),)),
        CellType("beta", False),
    )
    assert summary.labelled_regions == (Interval("chr1", 4_000, 61_230),)
    assert summary.start_locus == Interval("chr1", 1_000, 2_000)
    assert summary.seed is None


def test_factors_signals_and_motifs_are_listed(toy: Dataset) -> None:
    assert toy.factors == ("CTCF",)
    assert toy.signal_names == ("DNase",)
    assert toy.matrices.names == ("CTCF",)
    assert toy.is_assayed("alpha", "CTCF")
    assert not toy.is_assayed("beta", "CTCF")
    assert toy.states("beta") is None
    assert toy.signal("beta", "DNase") is None
    assert toy.peaks("beta", "CTCF") is None


def test_what_a_dataset_lacks_is_said_with_the_name_of_its_file_or_its_own(toy: Dataset, toy_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=rf"^{toy_path} has no cell type gamma; it has alpha, beta\.$"):
        toy.states("gamma")
    with pytest.raises(InvalidRequest, match=r"^toy has no cell type gamma; it has alpha, beta\.$"):
        Dataset(toy.layout).states("gamma")


def everything_of(path: Path) -> tuple[object, object]:
    dataset = Dataset.open(path)
    return summary_of(dataset), dataset.matrices


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("version = 1", "version = 2", "line 1: version is 2; this program reads version 1"),
        ("version = 1\n", "", "version is missing"),
        ('assembly = "toy1"\n', "", "assembly is missing"),
        ('name = "toy"', "name = 3", "line 2: name must be a text in quotes"),
        ("genes =", "gene =", "line 6: gene is no key here; did you mean genes\\?"),
        ('"toy.fa"', '"nothing.fa"', r"line 4: reference names the file .*nothing\.fa, which is not there"),
        ('["#eeeeee", ', "[", "line 13: states.colours lists 1 colours for 2 names"),
        ("#eeeeee", "grey", "line 13: states.colours holds 'grey', which is no colour"),
        ('["Quies", ', '["TssA", ', "line 12: states.names lists a name twice"),
        ("pfm#ctcf", "pfm#max", r"motifs\.pfm does not hold the motif max: it holds ctcf, other"),
        ('states = "alpha.bed"', 'state = "alpha.bed"', r"line 19: cell_types\.alpha\.state is no key .* mean states"),
        ('"alpha.bw"', '"beta.bw"', r"line 21: cell_types\.alpha\.signals\.DNase names the file"),
        ("conservative =", "conserved =", r"line 23: .*CTCF\.conserved is no key .* mean conservative"),
        ('conservative = "peaks.narrowPeak"\n', "", r"line 22: .*CTCF\.conservative is missing"),
        ("[states]", "[states", "is not valid TOML: .*line 11"),
        ("chr1:1,001-2,000", "chr9", "start_locus 'chr9' names no chromosome"),
    ],
)
def test_what_is_wrong_is_named_with_key_and_line(toy_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in TOML
    toy_path.write_text(TOML.replace(old, new, 1))
    with pytest.raises(InvalidRequest, match=sentence) as error:
        everything_of(toy_path)
    assert str(toy_path.parent) in str(error.value)


def test_whole_numbers_go_up_to_what_toml_promises(toy_path: Path) -> None:
    toy_path.write_text(f"{TOML}[synthetic]\nseed = {2**63 - 1}\n")
    assert Dataset.open(toy_path).layout.seed == 2**63 - 1
    for wrong in (2**63, -1, "true", '"7"', 7.0):
        toy_path.write_text(f"{TOML}[synthetic]\nseed = {wrong}\n")
        with pytest.raises(InvalidRequest, match=r"line 28: synthetic\.seed "):
            Dataset.open(toy_path)


def test_another_assembly_is_refused_for_every_kind_of_file(toy_path: Path, tmp_path: Path) -> None:
    (tmp_path / "alpha.bed").write_text("chr1\t0\t70000\tTssA\n")
    with pytest.raises(InvalidRequest, match="another assembly: it reaches chr1:70,000"):
        Dataset.open(toy_path).states("alpha")
    (tmp_path / "toy.sizes").write_text("chr1\t60000\n")
    with pytest.raises(InvalidRequest, match=r"toy\.sizes belongs to another assembly"):
        Dataset.open(toy_path)
    toy_path.write_text(TOML.replace('reference = "toy.fa"\n', ""))
    with pytest.raises(InvalidRequest, match=r"alpha\.bw belongs to another assembly: its chr1 has 61,230 bases"):
        Dataset.open(toy_path).signal("alpha", "DNase")


def test_names_of_states_are_taken_from_the_files_where_none_are_given(toy_path: Path) -> None:
    start, end = TOML.index("[states]"), TOML.index("[motifs]")
    toy_path.write_text(TOML[:start] + TOML[end:])
    dataset = Dataset.open(toy_path)
    assert dataset.state_names == ("Quies", "TssA")
    assert all(state.colour.startswith("#") for state in dataset.state_colours)


def test_a_signal_stands_in_only_where_the_wanted_one_is_absent(toy_path: Path) -> None:
    toy_path.write_text(TOML.replace('DNase = "alpha.bw"', 'DNase = "alpha.bw"\nATAC = "alpha.bw"'))
    toy_path.write_text(toy_path.read_text() + '[cell_types.beta.signals]\nATAC = "alpha.bw"\n[cell_types.gamma]\n')
    dataset = Dataset.open(toy_path, inputs=("DNase=ATAC",))
    found = {cell: dataset.stand_in(cell, "DNase") for cell in ("alpha", "beta", "gamma")}
    assert found == {"alpha": "", "beta": "ATAC", "gamma": ""}
    assert dataset.stand_in("beta", "ATAC") == ""


def test_bare_files_make_a_dataset_whose_lengths_they_tell(toy_path: Path, tmp_path: Path) -> None:
    dataset = Dataset.from_files([tmp_path / "alpha.bw", tmp_path / "peaks.narrowPeak"])
    assert dataset.chromosome_lengths == LENGTHS
    assert [(file.name, file.kind) for file in dataset.files] == [("alpha.bw", "signal"), ("peaks.narrowPeak", "peaks")]
    assert summary_of(dataset).path == ""
    alone = Dataset.from_files([tmp_path / "peaks.narrowPeak"])
    assert alone.chromosome_lengths == {"chr1": 5_200}
    assert summary_of(Dataset.from_files([tmp_path / "toy.fa"])).has_sequence


GTF = '1\tx\texon\t101\t900\t.\t+\t.\tgene_id "G"; gene_name "GATA9";\n'


@pytest.mark.parametrize(
    ("name", "text", "kind", "length"),
    [
        ("x.gtf", GTF, "genes", 900),
        ("x.bed", "chr1\t0\t200\tTssA\nchr1\t200\t400\tQuies\n", "states", 400),
        ("x.bed", "chr1\t0\t200\nchr1\t900\t950\n", "features", 950),
        ("x.bedGraph", "chr1\t0\t50\t1.5\n", "signal", 50),
    ],
)
def test_a_bare_file_of_any_kind_is_opened_as_what_it_is_and_once(
    tmp_path: Path, name: str, text: str, kind: str, length: int
) -> None:
    (tmp_path / name).write_text(text)
    dataset = Dataset.from_files([tmp_path / name])
    (file,) = dataset.files
    assert file.kind == kind
    assert list(dataset.chromosome_lengths.values()) == [length]
    opened = dataset.track_file(file)
    assert opened is dataset.track_file(file)
    whole = Interval(next(iter(dataset.chromosome_lengths)), 0, length)
    match kind:
        case "genes":
            assert [each.name for each in of(Features, opened).touching(whole)] == ["GATA9"]
        case "states":
            states = of(Segmentation, opened)
            assert [states.names[index] for index in states.runs(whole).ids] == ["TssA", "Quies"]
        case "features":
            assert [each.start for each in of(Features, opened).touching(whole)] == [0, 900]
        case "signal":
            assert of(StepSignal, opened).per_base(whole).tolist() == [1.5] * 50


def test_files_opened_beside_a_dataset_must_be_of_its_assembly(toy: Dataset, tmp_path: Path) -> None:
    (tmp_path / "far.bed").write_text("chr1\t0\t900000\n")
    joined = toy.with_files([tmp_path / "genes.bed"])
    assert [file.name for file in joined.files] == ["genes.bed"]
    assert summary_of(joined).name == "toy"
    with pytest.raises(InvalidRequest, match="another assembly"):
        joined.feature_file(str(tmp_path / "far.bed"))
    with pytest.raises(InvalidRequest, match="is a dataset; open it by itself"):
        toy.with_files([tmp_path / "DATASET.toml"])


def test_planted_sites_say_where_they_are_bound(toy_path: Path, tmp_path: Path) -> None:
    rows = ["chr1\t100\t120\tT1\talpha,beta", "chr1\t300\t320\tT1\t.", "chr1\t310\t320\tT2\tbeta"]
    (tmp_path / "truth.tsv").write_text("\n".join(["chromosome\tstart\tend\tfactor\tcell_types_bound", *rows]) + "\n")
    toy_path.write_text(TOML + '\n[synthetic]\nseed = 7\ntruth = "truth.tsv"\n')
    dataset = Dataset.open(toy_path)
    assert summary_of(dataset).seed == 7
    assert summary_of(dataset).truth_factors == ("T1", "T2")
    truth = present(dataset.truth).touching(Interval("chr1", 0, 310), "T1", "alpha")
    assert truth.starts.tolist() == [100, 300]
    assert present(truth.scores).tolist() == [1, 0]


def test_bare_files_open_on_a_chromosome_and_not_on_a_scaffold(tmp_path: Path) -> None:
    names = ["chrX", "GL000009.2", "chr10", "KI270302.1", "chr2"]
    (tmp_path / "some.bed").write_text("".join(f"{name}\t10\t20\n" for name in names))
    lengths = Dataset.from_files([tmp_path / "some.bed"]).chromosome_lengths
    assert list(lengths) == ["chr2", "chr10", "chrX", "GL000009.2", "KI270302.1"]
