"""What a form of fine-tuning starts, and what is kept of one that was closed."""

from typing import Any

import pytest
from msgspec.structs import replace

from ebert_core.protocol.folders import Entry, Folder, ListFolder
from ebert_core.protocol.modelling import ModelSummary
from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.work import JobRequest, Jobs, JobSummary, ListJobs, ReadSpecFile, StartJob
from ebert_gui.finetuning.asking import ask_for_finetuning
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from ebert_gui.widgets.wanted_place import ALL, SPECS
from ebert_gui.windows.main_window import MainWindow
from tests.gui.dialogs import asked, is_gone, only
from tests.gui.silent import Silent, entry

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")


def test_a_spec_is_read_by_the_host_and_its_answer_fills_the_form(
    window: MainWindow, data: Silent, files: dict[str, Any]
) -> None:
    entry(window, "Model", "Fine-tune again from a spec…").trigger()
    [(wanted, beginning)] = files["asked"]
    assert (wanted.title, wanted.kinds, beginning) == ("Settings of a fine-tuning", (SPECS, ALL), "/data/DATASET.toml")
    assert asked(data, ReadSpecFile) == []
    files["answer"] = "/on/the/host/spec.toml"
    entry(window, "Model", "Fine-tune again from a spec…").trigger()
    assert is_gone(window, FineTuneDialog)
    assert asked(data, ReadSpecFile) == [ReadSpecFile("/on/the/host/spec.toml", "finetune")]
    begun = FineTune("/on/the/host/D.toml", "/on/the/host/made", ("chr3",), ("chr5",), epochs=7)
    data.answer(ReadSpecFile, JobRequest(begun))
    spec = only(window, FineTuneDialog).spec()
    assert (spec.epochs, spec.output, spec.training, spec.validation) == (
        *(7, "/on/the/host/made"),
        *(("chr3",), ("chr5",)),
    )


def test_the_place_that_is_proposed_is_one_that_the_host_has_not(window: MainWindow, data: Silent) -> None:
    window.actions_by_id["finetuning.start"].trigger()
    form = only(window, FineTuneDialog)
    proposed = form.output.text()
    name = proposed.rpartition("/")[2]
    assert asked(data, ListFolder) == [ListFolder("/data/checkpoints", narrow=name, shows_hidden=True)]
    taken = (Entry(name, is_folder=True), Entry(f"{name}-2", is_folder=False), Entry(f"{name}-4", is_folder=True))
    data.answer(ListFolder, Folder("/data/checkpoints", entries=taken))
    assert form.output.text() == f"{proposed}-3"


def test_a_job_that_is_edited_gets_a_name_that_no_job_and_no_folder_has(window: MainWindow, data: Silent) -> None:
    window.desk.jobs.look()
    job = JobSummary("/data/jobs/1", "1", "finetune", "mine-fos", "stopped", "here", 1.0)
    data.answer(ListJobs, Jobs((job,)))
    ask_for_finetuning(window.desk, FineTune("/data/DATASET.toml", "/data/made/mine-FOS", ("chr1",), ("chr2",)))
    form = only(window, FineTuneDialog)
    taken = (Entry("mine-FOS-2", is_folder=True),)
    data.answer(ListFolder, Folder("/data/made", entries=taken))
    assert form.output.text() == "/data/made/mine-FOS-3"


def test_a_fine_tuning_that_was_closed_comes_back_as_it_was_left_and_a_started_one_afresh(
    window: MainWindow, data: Silent, checkpoint: ModelSummary
) -> None:
    window.actions_by_id["finetuning.start"].trigger()
    form = only(window, FineTuneDialog)
    form.output.setText("/mine/model")
    form.reject()
    assert asked(data, StartJob) == []
    assert is_gone(window, FineTuneDialog)
    # What was left without a checkpoint is not for one.
    window.workspace.open_model(checkpoint)
    window.actions_by_id["finetuning.start"].trigger()
    form = only(window, FineTuneDialog)
    assert form.output.text() != "/mine/model"
    form.output.setText("/mine/better")
    form.reject()
    window.workspace.open_model(replace(checkpoint, path="/data/checkpoints/other"))
    is_gone(window, FineTuneDialog)
    window.actions_by_id["finetuning.start"].trigger()
    assert only(window, FineTuneDialog).output.text() != "/mine/better"
    only(window, FineTuneDialog).reject()
    window.workspace.open_model(checkpoint)
    is_gone(window, FineTuneDialog)
    window.actions_by_id["finetuning.start"].trigger()
    form = only(window, FineTuneDialog)
    assert form.output.text() == "/mine/better"
    wanted = form.spec()
    form.accept()
    assert asked(data, StartJob) == [StartJob(wanted, "/data/DATASET.toml")]
    is_gone(window, FineTuneDialog)
    window.actions_by_id["finetuning.start"].trigger()
    assert only(window, FineTuneDialog).output.text() != "/mine/better"
    only(window, FineTuneDialog).reject()
    is_gone(window, FineTuneDialog)
    ask_for_finetuning(window.desk, replace(wanted, output="/given"))
    assert only(window, FineTuneDialog).output.text() == "/given"
