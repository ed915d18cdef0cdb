"""The fine-tune form fills a spec that can start, and says why when it cannot."""

from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace
from PyQt6 import sip
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.specs.jobs import FineTune, JobSpec
from ebert_core.protocol.tracks import DatasetSummary, MadeSignal
from ebert_core.protocol.work import JobCheck
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from ebert_gui.widgets.forms import Fold
from tests.certain import present


@pytest.fixture
def dialog(qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary) -> FineTuneDialog:
    dialog = FineTuneDialog(dataset, checkpoint)
    qtbot.addWidget(dialog)
    return dialog


def start(dialog: FineTuneDialog) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == "Start fine-tuning")


def texts(dialog: FineTuneDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def test_the_form_as_it_opens_can_start(dialog: FineTuneDialog) -> None:
    spec = dialog.spec()
    assert start(dialog).isEnabled()
    assert spec == FineTune(
        dataset="/data/DATASET.toml",
        output="/data/checkpoints/slices-CTCF-FOXA1-GABPA",
        training=("chr3", "chr17"),
        validation=("chr5",),
        start_from="/data/checkpoints/small",
        factors=("CTCF", "FOXA1", "GABPA", "MAX"),
        cell_types=("HepG2", "K562"),
        validation_cell_types=("GM12878",),
        signals=("DNase",),
    )
    assert msgspec.toml.decode(msgspec.toml.encode(spec), type=JobSpec) == spec


def test_without_a_checkpoint_it_starts_from_nothing(qtbot: QtBot, dataset: DatasetSummary) -> None:
    dialog = FineTuneDialog(dataset, None)
    qtbot.addWidget(dialog)
    assert dialog.spec().start_from == ""
    assert not dialog.from_open.isEnabled()


def test_many_signals_push_nothing_off_the_form(qtbot: QtBot, dataset: DatasetSummary) -> None:
    names = tuple(f"ChIP-FACTOR-{number}" for number in range(30))
    cells = tuple(replace(cell, signals=names) for cell in dataset.cell_types)
    dialog = FineTuneDialog(replace(dataset, cell_types=cells), None)
    qtbot.addWidget(dialog)
    dialog.show()
    area = dialog.findChildren(QScrollArea)[0]
    contents, viewport = area.widget(), area.viewport()
    assert contents is not None
    assert viewport is not None
    assert len(dialog.signals) == 30
    assert contents.minimumSizeHint().width() <= viewport.width()


def test_signals_made_of_the_dataset_are_explained_and_follow_the_measured_ones(
    qtbot: QtBot, dataset: DatasetSummary
) -> None:
    made = (MadeSignal("log(DNase)", "The logarithm of DNase."), MadeSignal("binding", "Where each factor is bound."))
    cells = tuple(replace(cell, signals=("DNase",)) for cell in dataset.cell_types)
    dialog = FineTuneDialog(replace(dataset, cell_types=cells, made_signals=made), None)
    qtbot.addWidget(dialog)
    assert dialog.made_signals["binding"].toolTip() == "Where each factor is bound."
    for box in (dialog.made_signals["binding"], dialog.signals["DNase"]):
        box.setChecked(True)
    assert dialog.spec().signals == ("DNase", "binding")


def test_typing_a_folder_chooses_it(dialog: FineTuneDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.folder, "/other/checkpoint")
    assert dialog.from_folder.isChecked()
    assert dialog.spec().start_from == "/other/checkpoint"


def test_an_objection_disables_the_button_until_it_is_met(dialog: FineTuneDialog) -> None:
    dialog.validation.setText("chr3")
    assert not start(dialog).isEnabled()
    assert any("trained on and held out" in text for text in texts(dialog))
    dialog.validation.setText("chr5")
    assert start(dialog).isEnabled()


@pytest.mark.parametrize(
    ("factor", "cell", "word"),
    [
        ("CTCF", "GM12878", "held out"),
        ("CTCF", "K562", "trained on"),
        ("FOXA1", "K562", "not measured"),
        ("MAX", "K562", "left out"),
        ("CTCF", "HepG2", "left out"),
    ],
)
def test_the_table_says_what_every_pair_is_used_for(dialog: FineTuneDialog, factor: str, cell: str, word: str) -> None:
    dialog.pairs.choose_factor("MAX", False)
    dialog.pairs.choose_use("HepG2", "leave out")
    assert dialog.pairs.word(factor, cell) == word


def test_start_accepts_and_escape_does_not(dialog: FineTuneDialog, qtbot: QtBot) -> None:
    dialog.show()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(start(dialog), Qt.MouseButton.LeftButton)
    dialog.show()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_dataset_without_peaks_opens_and_says_so(qtbot: QtBot, dataset: DatasetSummary) -> None:
    dialog = FineTuneDialog(replace(dataset, cell_types=()), None)
    qtbot.addWidget(dialog)
    assert any("no measured peaks" in text for text in texts(dialog))


def test_every_field_has_a_name_for_people_who_cannot_see_it(dialog: FineTuneDialog) -> None:
    fields = (dialog.pairs, dialog.folder, dialog.training, dialog.validation, dialog.epochs, dialog.output)
    assert [field for field in fields if not field.accessibleName()] == []


def test_the_dialog_fits_a_small_screen(dialog: FineTuneDialog) -> None:
    assert dialog.minimumSizeHint().width() <= 1200
    assert dialog.minimumSizeHint().height() <= 640


# Every field away from its default, some with values that no form would propose.
ODD = FineTune(
    dataset="/data/DATASET.toml",
    output="/elsewhere/mine",
    training=("chr3:1-20,000", "chr17"),
    validation=("chr5",),
    start_from="/data/checkpoints/other",
    factors=("CTCF", "MAX"),
    cell_types=("HepG2",),
    validation_cell_types=("K562",),
    preset="base",
    use_states=False,
    use_motifs=False,
    motif_head=False,
    co_binding=True,
    word_length=6,
    signals=("mappability",),
    label_share=1 / 3,
    epochs=2000,
    batch_size=9999,
    learning_rate=1.23456789e-9,
    further_windows=0.123456789012,
    hard_negative_rounds=3,
    layer_decay=0.98765432101,
    weight_average=0.999999,
    warmup_steps=123_456,
    channel_drop=0.0123456789,
    dropout=0.995,
    seed=2**40,
    device="cuda:3",
    precision="fp32",
)
FIRST_PAGE = {
    *("dataset", "output", "training", "validation", "start_from", "factors", "cell_types", "validation_cell_types"),
    *("use_states", "use_motifs", "signals", "epochs"),
}


def again(qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary | None, begun: FineTune):
    dialog = FineTuneDialog(dataset, checkpoint, begun=begun)
    qtbot.addWidget(dialog)
    return dialog


def test_every_field_of_the_spec_can_be_chosen_in_the_form(dialog: FineTuneDialog) -> None:
    assert set(FineTune.__struct_fields__) == FIRST_PAGE | dialog._settings.names()
    assert not FIRST_PAGE & dialog._settings.names()


def test_the_odd_spec_leaves_no_field_at_its_default() -> None:
    plain = FineTune("", "", (), ())
    assert [name for name in FineTune.__struct_fields__ if getattr(ODD, name) == getattr(plain, name)] == []


def test_nothing_of_an_opened_spec_is_lost(qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary) -> None:
    assert again(qtbot, dataset, checkpoint, ODD).spec() == ODD
    from_open = replace(ODD, start_from=checkpoint.path)
    dialog = again(qtbot, dataset, checkpoint, from_open)
    assert dialog.from_open.isChecked()
    assert dialog.spec() == from_open
    assert again(qtbot, dataset, None, replace(ODD, start_from="")).from_nothing.isChecked()


def test_what_is_changed_in_an_opened_spec_is_changed_and_nothing_else(
    qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    dialog = again(qtbot, dataset, checkpoint, ODD)
    dialog._settings.widget("word_length").setValue(0)
    dialog._settings.widget("learning_rate").setValue(0.001)
    dialog._settings.widget("device").setCurrentIndex(0)
    dialog.epochs.setValue(3)
    assert dialog.spec() == replace(ODD, word_length=0, learning_rate=0.001, device="auto", epochs=3)


def test_an_opened_spec_without_names_means_all_of_them(qtbot: QtBot, dataset: DatasetSummary) -> None:
    spec = again(qtbot, dataset, None, FineTune("/d", "/o", ("chr3",), ("chr5",))).spec()
    assert spec.factors == ("CTCF", "FOXA1", "GABPA", "MAX")
    assert spec.cell_types == ("GM12878", "HepG2", "K562")
    assert spec.validation_cell_types == ()


def test_what_an_opened_spec_names_and_the_dataset_lacks_is_said(
    qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    begun = replace(ODD, factors=("CTCF", "NANOG"), cell_types=("HepG2", "HUVEC"))
    dialog = again(qtbot, dataset, checkpoint, begun)
    assert any("no peaks of it: NANOG and HUVEC." in text for text in texts(dialog))
    assert not any("Left out" in text for text in texts(again(qtbot, dataset, checkpoint, ODD)))


def test_settings_without_effect_are_grey(dialog: FineTuneDialog) -> None:
    def is_enabled(name: str) -> bool:
        return dialog._settings.widget(name).isEnabled()

    assert [is_enabled(name) for name in ("preset", "layer_decay", "motif_head")] == [False, True, True]
    assert not is_enabled("hard_negative_rounds")
    dialog.from_nothing.setChecked(True)
    dialog.use_motifs.setChecked(False)
    dialog._settings.widget("further_windows").setValue(1.0)
    assert [is_enabled(name) for name in ("preset", "layer_decay", "motif_head")] == [True, False, False]
    assert is_enabled("hard_negative_rounds")


def test_every_setting_has_a_letter_of_its_own_and_a_line_about_it(dialog: FineTuneDialog) -> None:
    captions = [label.text() for label in dialog.findChildren(QLabel) if label.buddy() is not None]
    captions += [button.text() for button in dialog.findChildren(QAbstractButton)]
    letters = [text[text.index("&") + 1].lower() for text in captions if "&" in text]
    assert sorted(letters) == sorted(set(letters))
    silent = {"device", "precision"}
    unsaid = [name for name in dialog._settings.names() - silent if not dialog._settings.widget(name).toolTip()]
    assert unsaid == []


def test_the_form_opens_with_few_choices(dialog: FineTuneDialog, qtbot: QtBot) -> None:
    dialog.show()
    assert not dialog._settings.widget("word_length").isVisible()
    fold = dialog.findChildren(Fold)[0]
    qtbot.mouseClick(fold.heading, Qt.MouseButton.LeftButton)
    assert dialog._settings.widget("word_length").isVisible()


@pytest.mark.parametrize("opened", [False, True])
def test_nothing_is_cut_off_at_the_side(dialog: FineTuneDialog, opened: bool) -> None:
    dialog.show()
    dialog.findChildren(Fold)[0].set_open(opened)
    area = dialog.findChildren(QScrollArea)[0]
    contents, viewport = area.widget(), area.viewport()
    assert contents is not None
    assert viewport is not None
    assert contents.minimumSizeHint().width() <= viewport.width()


def test_the_factor_in_view_is_the_one_proposed_and_seen(qtbot: QtBot, dataset: DatasetSummary) -> None:
    peaks = tuple(replace(dataset.cell_types[0].peaks[0], factor=f"F{number:02}") for number in range(30))
    many = replace(dataset, cell_types=(replace(dataset.cell_types[0], peaks=peaks),))
    dialog = FineTuneDialog(many, None, factor="F25")
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.pairs.factors() == ("F25",)
    item = next(dialog.pairs.item(row, 0) for row in range(30) if present(dialog.pairs.item(row, 0)).text() == "F25")
    assert present(dialog.pairs.viewport()).rect().contains(dialog.pairs.visualItemRect(item))
    uses = [box for box in dialog.pairs.findChildren(QComboBox) if box.accessibleName().startswith("Use of ")]
    caption = next(label for label in dialog.pairs.findChildren(QLabel) if label.text() == "Use this cell type to")
    assert uses
    for widget in (caption, *uses):
        assert widget.visibleRegion().boundingRect() == widget.rect()  # whole, however far the factors are scrolled
    assert dialog.training.cursorPosition() == 0
    for text, chosen in (("All factors", 30), ("No factor", 0)):
        next(button for button in dialog.findChildren(QPushButton) if button.text() == text).click()
        assert len(dialog.pairs.factors()) == chosen


def test_nothing_is_started_before_the_worker_that_starts_jobs_has_judged_it(
    qtbot: QtBot, dataset: DatasetSummary
) -> None:
    asked: list[tuple[FineTune, Callable[[JobCheck], None]]] = []
    dialog = FineTuneDialog(dataset, None, check=lambda spec, answer: asked.append((spec, answer)))
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert not dialog._footer.action.isEnabled()
    asked[0][1](JobCheck("", ("Few peaks.",), 600.0))
    assert dialog._footer.action.isEnabled()
    dialog.epochs.setValue(2)
    assert not dialog._footer.action.isEnabled()
    qtbot.waitUntil(lambda: len(asked) == 2)
    asked[1][1](JobCheck("It would be refused."))
    assert not dialog._footer.action.isEnabled()


def test_a_free_place_is_proposed_unless_a_person_chose_one_or_closed_the_form(
    qtbot: QtBot, dataset: DatasetSummary
) -> None:
    dialog = FineTuneDialog(dataset, None)
    qtbot.addWidget(dialog)
    dialog.propose_output("/data/checkpoints/free-2")
    assert dialog.spec().output == "/data/checkpoints/free-2"
    dialog.output.setText("/mine")
    dialog.propose_output("/data/checkpoints/free-3")
    assert dialog.spec().output == "/mine"
    dialog.output.setText("/data/checkpoints/free-2")
    dialog.reject()
    dialog.propose_output("/data/checkpoints/free-3")
    assert dialog.spec().output == "/data/checkpoints/free-2"


def test_every_setting_is_judged_again_when_it_changes(
    qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    asked: list[FineTune] = []
    dialog = FineTuneDialog(dataset, checkpoint, check=lambda spec, answer: (asked.append(spec), answer(JobCheck(""))))
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: start(dialog).isEnabled())
    for name in sorted(dialog._settings.names()):
        before = dialog.spec()
        change(dialog._settings.widget(name))
        if dialog.spec() != before:
            assert not start(dialog).isEnabled(), name
            qtbot.waitUntil(lambda: asked[-1] == dialog.spec() and start(dialog).isEnabled())
    assert len(asked) > 10


def change(widget: QWidget) -> None:
    match widget:
        case QCheckBox():
            widget.toggle()
        case QComboBox():
            widget.setCurrentIndex((widget.currentIndex() + 1) % widget.count())
        case QSpinBox() | QDoubleSpinBox():
            widget.setValue(widget.value() + widget.singleStep())


def test_an_answer_after_the_form_was_closed_finds_nobody(
    qtbot: QtBot, dataset: DatasetSummary, checkpoint: ModelSummary
) -> None:
    answers: list[Callable[[JobCheck], None]] = []
    dialog = FineTuneDialog(dataset, checkpoint, check=lambda _spec, answer: answers.append(answer))
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: bool(answers))
    dialog.reject()
    sip.delete(dialog._footer)
    answers[0](JobCheck("too late"))


def test_what_is_proposed_is_where_the_host_says_that_there_are_sequence_and_peaks(
    qtbot: QtBot, dataset: DatasetSummary
) -> None:
    asked: list[tuple[FineTune, Callable[[JobCheck], None]]] = []
    dialog = FineTuneDialog(dataset, None, check=lambda spec, answer: asked.append((spec, answer)))
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert {*asked[0][0].training, *asked[0][0].validation} == {"chr3", "chr5", "chr17"}
    asked[0][1](JobCheck("chr5 is not in the reference sequence.", usable=("chr3", "chr17")))
    spec = dialog.spec()
    assert {*spec.training, *spec.validation} == {"chr3", "chr17"}
    assert not start(dialog).isEnabled()
    qtbot.waitUntil(lambda: len(asked) == 2)
    asked[1][1](JobCheck("", usable=("chr3", "chr17")))
    assert start(dialog).isEnabled()
    dialog.validation.setText("chr5")
    qtbot.waitUntil(lambda: len(asked) == 3)
    asked[2][1](JobCheck("chr5 is not in the reference sequence.", usable=("chr3", "chr17")))
    assert dialog.spec().validation == ("chr5",), "a person has chosen it"
    assert any("chr5 is not in the reference sequence." in text for text in texts(dialog))
