"""The export form fills a spec that can start, estimates its time and says what weakens it."""

from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialogButtonBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.specs.jobs import JobSpec, Predict
from ebert_core.protocol.terms.inputs import CellInputs
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.tracks import DatasetSummary
from ebert_core.protocol.work import JobCheck
from ebert_gui.exporting.export_dialog import ExportDialog
from ebert_gui.exporting.export_words import caution, objection
from ebert_gui.widgets.wanted_place import Wanted
from tests.certain import present

VIEW = Interval("chr5", 999, 3000)


@pytest.fixture
def dialog(qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary) -> ExportDialog:
    dialog = ExportDialog(dataset, checkpoint, "K562", "CTCF", VIEW, bases_per_second=1000)
    qtbot.addWidget(dialog)
    return dialog


def texts(dialog: ExportDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog))


def start(dialog: ExportDialog) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == "Start export")


def test_the_form_as_it_opens_exports_the_shown_chromosome(dialog: ExportDialog) -> None:
    spec = dialog.spec()
    assert start(dialog).isEnabled()
    assert spec == Predict(
        checkpoint="/data/checkpoints/small",
        dataset="/data/DATASET.toml",
        cell_type="K562",
        factor="CTCF",
        output="/data/exports/CTCF.K562.predicted.bw",
        chromosomes=("chr5",),
    )
    assert msgspec.toml.decode(msgspec.toml.encode(spec), type=JobSpec) == spec


@pytest.mark.parametrize(
    ("scope", "chromosomes", "locus", "seconds"),
    [("genome", (), "", "2 min"), ("some", ("chr5",), "", "10 s"), ("here", (), "chr5:1,000-3,000", "2 s")],
)
def test_the_scope_decides_regions_and_time(
    dialog: ExportDialog, scope: str, chromosomes: tuple[str, ...], locus: str, seconds: str
) -> None:
    getattr(dialog, scope).setChecked(True)
    assert (dialog.spec().chromosomes, dialog.spec().locus) == (chromosomes, locus)
    assert f"in about {seconds}" in texts(dialog)


def test_one_strand_takes_half_the_time(dialog: ExportDialog) -> None:
    dialog.strands.setCurrentIndex(1)
    assert dialog.spec().strands == 1
    assert "in about 5 s" in texts(dialog)


def test_no_time_is_promised_before_it_was_measured(
    qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    dialog = ExportDialog(dataset, checkpoint, "K562", "CTCF", VIEW)
    qtbot.addWidget(dialog)
    assert "in about" not in texts(dialog)


def test_the_file_name_follows_the_choices_until_a_person_writes_one(dialog: ExportDialog) -> None:
    dialog.factor.setCurrentText("MAX")
    dialog.format.setCurrentIndex(dialog.format.findData(".tab.gz"))
    assert dialog.output.text() == "/data/exports/MAX.K562.predicted.tab.gz"
    dialog.output.setText("/mine/best.tab.gz")
    dialog.factor.setCurrentText("CTCF")
    dialog.format.setCurrentIndex(dialog.format.findData(".bed.gz"))
    assert dialog.output.text() == "/mine/best.bed.gz"


def test_a_synthetic_genome_is_named_in_the_file(
    qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    dialog = ExportDialog(replace(dataset, seed=7), replace(checkpoint, is_synthetic=True), "K562", "CTCF", VIEW)
    qtbot.addWidget(dialog)
    assert "SYNTHETIC" in dialog.output.text()


def test_nothing_chosen_cannot_start(dialog: ExportDialog) -> None:
    item = dialog.chromosomes.item(1)
    assert item is not None
    item.setCheckState(Qt.CheckState.Unchecked)
    assert not start(dialog).isEnabled()
    assert "Choose at least one chromosome." in texts(dialog)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cell_type": ""}, "no cell type"),
        ({"chromosomes": ()}, "at least one chromosome"),
        ({"output": ""}, "which file"),
        ({"output": "x.bw"}, "whole path"),
        ({"output": "/x.txt"}, "must end in .bw, .bedgraph, .bed.gz, .tab.gz or .tsv"),
        ({"output": "/x.bed.gz", "factor": "MAX"}, "No bin of MAX is called bound: no threshold was measured."),
        ({"output": "/x.tab.gz", "factor": "MAX"}, ""),
        ({"output": "/x.bed.gz"}, ""),
        ({}, ""),
    ],
)
def test_an_impossible_export_is_refused_in_one_sentence(
    checkpoint: ModelSummary, change: dict[str, object], said: str
) -> None:
    spec = Predict("/c", "/d", "K562", "CTCF", "/x.bw", ("chr5",))
    sentence = objection(replace(spec, **change), checkpoint, needs_chromosomes=True)
    assert said in sentence
    assert bool(sentence) is bool(said)


def test_a_checkpoint_without_factors_cannot_export(checkpoint: ModelSummary) -> None:
    spec = Predict("/c", "/d", "K562", "CTCF", "/x.bw")
    assert "fine-tune it first" in objection(spec, replace(checkpoint, outputs=()), needs_chromosomes=False)


@pytest.mark.parametrize(
    ("cell", "factor", "said"),
    [
        ("K562", "CTCF", ""),
        ("HepG2", "CTCF", "has never seen HepG2"),
        ("K562", "MAX", "MAX was not measured in K562"),
    ],
)
def test_weak_predictions_are_cautioned(
    dataset: DatasetSummary, checkpoint: ModelSummary, cell: str, factor: str, said: str
) -> None:
    sentence = caution(Predict("/c", "/d", cell, factor, "/x.bw"), dataset, checkpoint)
    assert said in sentence
    assert bool(sentence) is bool(said)


def test_start_accepts(dialog: ExportDialog, qtbot: QtBot) -> None:
    dialog.show()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(start(dialog), Qt.MouseButton.LeftButton)


def test_factors_come_in_the_order_of_their_names(
    qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    dialog = ExportDialog(dataset, replace(checkpoint, outputs=checkpoint.outputs[::-1]), "K562", "MAX", VIEW)
    qtbot.addWidget(dialog)
    assert [dialog.factor.itemText(place) for place in range(dialog.factor.count())] == ["CTCF", "MAX"]
    assert dialog.spec().factor == "MAX"


def test_a_cell_type_of_which_nothing_is_given_is_exported_only_when_that_is_ticked(
    qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    lacking = replace(
        checkpoint,
        inputs=(CellInputs("K562", ("chromatin states", "DNase"), is_any_cell=True), CellInputs("HepG2", ("DNase",))),
    )
    dialog = ExportDialog(dataset, lacking, "K562", "CTCF", VIEW)
    qtbot.addWidget(dialog)
    assert not start(dialog).isEnabled()
    assert "In K562 it predicts without chromatin states and DNase, which the dataset does not give." in texts(dialog)
    assert not dialog.without_inputs.isHidden()
    dialog.without_inputs.setChecked(True)
    assert start(dialog).isEnabled()
    assert dialog.spec().without_inputs
    dialog.cell_type.setCurrentText("HepG2")
    assert dialog.without_inputs.isHidden()
    assert not dialog.spec().without_inputs
    assert "In HepG2 it predicts without DNase, which the dataset does not give." in texts(dialog)


def choose_format(dialog: ExportDialog, ending: str) -> None:
    dialog.format.setCurrentIndex(dialog.format.findData(ending))


def test_the_regions_of_a_bed_file_are_predicted_when_it_is_named(dialog: ExportDialog) -> None:
    dialog.listed.setChecked(True)
    assert not start(dialog).isEnabled()
    assert "Give the whole path of a BED file with regions." in texts(dialog)
    dialog.regions.setText("mine.bed")
    assert not start(dialog).isEnabled()
    dialog.regions.setText("/mine/peaks.bed")
    assert start(dialog).isEnabled()
    spec = dialog.spec()
    assert (spec.regions, spec.chromosomes, spec.locus) == (("/mine/peaks.bed",), (), "")
    assert "on the regions of peaks.bed" in texts(dialog)
    assert "in about" not in texts(dialog), "how long the regions are is not known here"
    dialog.here.setChecked(True)
    assert dialog.spec().regions == ()


def test_a_row_for_each_region_needs_regions(dialog: ExportDialog) -> None:
    choose_format(dialog, ".tsv")
    assert "name a BED file, or take what the window shows" in texts(dialog)
    assert not start(dialog).isEnabled()
    dialog.here.setChecked(True)
    assert start(dialog).isEnabled()
    assert dialog.spec().output.endswith(".tsv")


def test_a_precision_is_wanted_of_calls_alone(dialog: ExportDialog) -> None:
    assert not dialog.wanted_precision.isVisibleTo(dialog)
    choose_format(dialog, ".bed.gz")
    assert dialog.wanted_precision.isVisibleTo(dialog)
    assert dialog.spec().wanted_precision == 0.0
    dialog.wanted_precision.setValue(1.0)
    assert dialog.spec().wanted_precision == 1.0
    assert "No bin of CTCF is called bound" in texts(dialog)
    assert not start(dialog).isEnabled()
    choose_format(dialog, ".bedgraph")
    assert dialog.spec().wanted_precision == 0.0
    assert start(dialog).isEnabled()


def test_a_session_of_igv_lies_beside_the_file_where_browsers_draw_it(dialog: ExportDialog) -> None:
    assert dialog.spec().igv_session == ""
    dialog.igv_session.setChecked(True)
    assert dialog.spec().igv_session == "/data/exports/CTCF.K562.predicted.igv.xml"
    choose_format(dialog, ".bedgraph")
    assert dialog.spec().igv_session == "/data/exports/CTCF.K562.predicted.igv.xml"
    choose_format(dialog, ".tab.gz")
    assert not dialog.igv_session.isVisibleTo(dialog)
    assert dialog.spec().igv_session == ""


def browse(dialog: ExportDialog, name: str) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.accessibleName() == name)


def test_the_form_says_what_its_parts_are_for(dialog: ExportDialog) -> None:
    assert dialog.windowTitle() == "Export predicted binding"
    assert [box.text() for box in (dialog.genome, dialog.some, dialog.here, dialog.listed)] == [
        *("the whole genome (100 kb)", "chosen chromosomes"),
        *("what the window shows (chr5:1,000-3,000)", "the regions of a BED file"),
    ]
    items = [dialog.chromosomes.item(row) for row in range(3)]
    assert [present(item).text() for item in items] == ["chr3  (50 kb)", "chr5  (10 kb)", "chr17  (40 kb)"]
    assert dialog.chromosomes.currentItem() is items[1]
    assert {present(item).sizeHint().height() for item in items} == {24}
    assert (dialog.chromosomes.accessibleName(), dialog.regions.accessibleName()) == (
        *("Chromosomes to predict", "BED file of regions"),
    )
    assert dialog.chromosomes.height() == 124
    precision = dialog.wanted_precision
    assert (precision.minimum(), precision.maximum(), precision.singleStep()) == (0.0, 1.0, 0.05)
    assert precision.text() == "as called in the window"
    for field in (dialog.factor, dialog.cell_type, dialog.strands, dialog.format, precision):
        assert field.minimumWidth() == 300
    labels = {label.text(): label.buddy() for label in dialog.findChildren(QLabel) if label.buddy() is not None}
    assert labels["&Factor"] is dialog.factor
    assert labels["&Read"] is dialog.strands
    assert labels["F&ormat"] is dialog.format
    assert labels["Write &to"] is dialog.output


def test_only_the_parts_of_the_chosen_scope_are_seen(dialog: ExportDialog) -> None:
    pick = browse(dialog, "Browse for the BED file of regions")
    for scope, seen in (("some", (True, False)), ("listed", (False, True)), ("genome", (False, False))):
        getattr(dialog, scope).setChecked(True)
        assert (dialog.chromosomes.isVisibleTo(dialog), dialog.regions.isVisibleTo(dialog)) == seen
        assert pick.isVisibleTo(dialog) is seen[1]


def test_the_files_that_are_picked_are_those_of_the_form(
    dialog: ExportDialog,
) -> None:
    asked: list[Wanted] = []
    answers = ["", "/mine/peaks.bed", "", "/mine/made.tab.gz"]

    def pick(wanted: Wanted, then: Callable[[tuple[str, ...]], None]) -> None:
        asked.append(wanted)
        answer = answers.pop(0)
        if answer:
            then((wanted.complete(answer),))

    dialog.place_wanted.connect(pick)
    proposed = dialog.output.text()
    dialog.listed.setChecked(True)
    for said in ("", "/mine/peaks.bed"):
        browse(dialog, "Browse for the BED file of regions").click()
        assert dialog.regions.text() == said
    for said in (proposed, "/mine/made.bw"):
        browse(dialog, "Browse for the file to write").click()
        assert dialog.output.text() == said
    assert [(wanted.title, wanted.mode, wanted.start) for wanted in asked] == [
        *[("Regions to predict", "file", "/data")] * 2,
        *[("Export to", "save", proposed)] * 2,
    ]
    assert asked[2].kinds[0].endings == (".bw", ".bedgraph", ".bed.gz", ".tab.gz", ".tsv")


def test_what_the_window_shows_stands_in_the_name_of_the_file(dialog: ExportDialog) -> None:
    dialog.here.setChecked(True)
    assert dialog.output.text() == "/data/exports/CTCF.K562.predicted.chr5-1000-3000.bw"
    dialog.output.setText("")
    assert "Say which file to write." in texts(dialog)
    assert not start(dialog).isEnabled()


def test_real_dna_under_a_checkpoint_of_a_synthetic_genome_is_cautioned_against(
    dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    made, spec = replace(checkpoint, is_synthetic=True), Predict("/c", "/d", "K562", "CTCF", "/x.bw")
    assert "on real DNA its predictions mean nothing" in caution(spec, dataset, made)
    assert caution(spec, replace(dataset, seed=0), made) == ""


def test_a_caution_is_seen_only_where_there_is_one(dialog: ExportDialog) -> None:
    warning = next(label for label in dialog.findChildren(QLabel) if label.property("role") == "caution")
    assert warning.isHidden()
    dialog.cell_type.setCurrentText("HepG2")
    assert not warning.isHidden()
    assert "has never seen HepG2" in warning.text()


def test_cancel_starts_nothing(dialog: ExportDialog, qtbot: QtBot) -> None:
    dialog.show()
    with qtbot.waitSignal(dialog.rejected):
        present(dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Cancel)).click()
    assert not dialog.isVisible()


def test_the_model_is_shown_and_can_be_chosen_and_its_name_tells_files_of_several_apart(
    dialog: ExportDialog, checkpoint: ModelSummary
) -> None:
    assert dialog.model.currentText() == checkpoint.name
    assert not dialog.model.isEnabled(), "there is no other"
    assert dialog.output.text() == "/data/exports/CTCF.K562.predicted.bw"
    dialog.offer([replace(checkpoint, path="/data/checkpoints/tuned", name="tuned")])
    assert dialog.output.text() == f"/data/exports/CTCF.K562.{checkpoint.name}.predicted.bw"
    dialog.model.setCurrentIndex(1)
    assert dialog.spec().checkpoint == "/data/checkpoints/tuned"
    assert dialog.output.text() == "/data/exports/CTCF.K562.tuned.predicted.bw"
    assert "that tuned predicts in K562" in texts(dialog)
    dialog.output.setText("/mine/x.bw")
    dialog.model.setCurrentIndex(0)
    assert dialog.output.text() == "/mine/x.bw"


def test_a_file_that_is_there_gets_another_name_and_one_that_a_person_wrote_stays(dialog: ExportDialog) -> None:
    wanted: list[tuple[str, str, Callable[[str], None]]] = []
    dialog.unused_wanted.connect(lambda *words: wanted.append(words))
    dialog.propose()
    [(path, ending, on_path)] = wanted
    assert (path, ending) == ("/data/exports/CTCF.K562.predicted.bw", ".bw")
    on_path("/data/exports/CTCF.K562.predicted-2.bw")
    assert dialog.spec().output == "/data/exports/CTCF.K562.predicted-2.bw"
    dialog.strands.setCurrentIndex(1)
    assert dialog.spec().output == "/data/exports/CTCF.K562.predicted-2.bw", "nothing of its name was changed"
    dialog.here.setChecked(True)
    assert dialog.spec().output == "/data/exports/CTCF.K562.predicted.chr5-1000-3000.bw"
    dialog.output.setText("/mine/x.bw")
    wanted[-1][2]("/data/exports/CTCF.K562.predicted.chr5-1000-3000-2.bw")
    assert dialog.spec().output == "/mine/x.bw"


def test_what_the_worker_would_not_start_stands_in_the_form_and_start_is_off(
    dialog: ExportDialog, qtbot: QtBot
) -> None:
    asked: list[tuple[Predict, Callable[[JobCheck], None]]] = []
    dialog.judge_by(lambda spec, on_checked: asked.append((spec, on_checked)))
    qtbot.waitUntil(lambda: bool(asked))
    assert not start(dialog).isEnabled()
    asked[-1][1](JobCheck("There is no folder /data/exports to write x.bw to."))
    assert "There is no folder /data/exports" in texts(dialog)
    assert not start(dialog).isEnabled()
    asked[-1][1](JobCheck(""))
    assert start(dialog).isEnabled()
