"""Fine-tuning from the window works at what its form proposes; a job that failed is edited or removed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from ebert_core.jobs.control import start_job
from ebert_core.model.description import read_description
from ebert_core.protocol.specs.jobs import FineTune
from ebert_gui.app.window_program import WindowProgram
from ebert_gui.finetuning.finetune_dialog import FineTuneDialog
from tests.certain import present
from tests.core.toy_binding import SMALLEST, SilentReport

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LONG = 240_000
LENGTHS = {"chr1": 66_000, "chr2": 30_000, "chr3": 20_000}
LABELLED = {"chr1": (5_000, 60_000), "chr2": (2_000, 28_000)}
MOTIFS = {"FOS": "TGACTCAGCA", "MAX": "GACCACGTGG"}
MEASURED = {"alpha": ("FOS", "MAX"), "beta": ("FOS", "MAX"), "gamma": ("FOS",)}
STATES = ("TssA", "EnhA", "Quies", "Het")
SITE_EVERY, STATE_WIDTH = 600, 5_000


@pytest.fixture(scope="module")
def slices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invented data in the shape of the human slices: 5-kb states, labels of parts of chromosomes, three cells."""
    folder = tmp_path_factory.mktemp("slices")
    random = np.random.default_rng(6)
    lines: dict[str, list[str]] = {"reference.fa": [], "labelled.bed": []}
    for chromosome, length in LENGTHS.items():
        letters = np.array(list("ACGT"))[random.integers(0, 4, length)]
        for cell in MEASURED:
            for start in range(0, length, STATE_WIDTH):
                end, state = min(start + STATE_WIDTH, length), STATES[random.integers(len(STATES))]
                lines.setdefault(f"{cell}.bed", []).append(f"{chromosome}\t{start}\t{end}\t{state}")
        for number, site in enumerate(range(300, length - 300, SITE_EVERY)):
            factor = tuple(MOTIFS)[number % 2]
            letters[site : site + 10] = list(MOTIFS[factor])
            for cell in (cell for cell, factors in MEASURED.items() if factor in factors and random.random() < 0.8):
                peak = f"{chromosome}\t{site - 95}\t{site + 105}\tp\t1000\t.\t9\t-1\t-1\t100"
                lines.setdefault(f"{cell}.{factor}.narrowPeak", []).append(peak)
        lines["reference.fa"] += [f">{chromosome}", "".join(letters)]
    lines["labelled.bed"] = [f"{name}\t{start}\t{end}" for name, (start, end) in LABELLED.items()]
    lines["motifs.pfm"] = [
        line
        for name, motif in MOTIFS.items()
        for line in (f">{name}", *(" ".join("97" if base == letter else "1" for base in "ACGT") for letter in motif))
    ]
    lines["DATASET.toml"] = [
        'version = 1\nname = "slices"\nassembly = "toy2"\nreference = "reference.fa"',
        'labelled_regions = "labelled.bed"',
        f"[states]\nnames = {list(STATES)}\nbin_width = {STATE_WIDTH}",
        '[motifs]\nFOS = "motifs.pfm#FOS"\nMAX = "motifs.pfm#MAX"',
    ]
    for cell, factors in MEASURED.items():
        lines["DATASET.toml"] += [f'[cell_types.{cell}]\nstates = "{cell}.bed"']
        lines["DATASET.toml"] += [f'peaks.{name}.conservative = "{cell}.{name}.narrowPeak"' for name in factors]
    for name, content in lines.items():
        (folder / name).write_text("\n".join(content) + "\n")
    return folder / "DATASET.toml"


def trained(dataset: Path, folder: Path, **changes: object) -> Path:
    """A tiny checkpoint after one pass."""
    import torch

    from ebert_core.model.config import PRESETS
    from ebert_core.training.finetune import finetune

    torch.set_num_threads(1)
    spec = FineTune(str(dataset), str(folder / "model"), ("chr1",), ("chr2",), preset="tiny", epochs=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "tiny", SMALLEST)
        return finetune(msgspec.structs.replace(spec, **changes), SilentReport(), folder / "work")


@pytest.fixture(scope="module")
def models(slices: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Checkpoints that may be open: one trained in every cell type, one trained on what would be held out, none."""
    whole, other = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("other")
    return {
        "trained in every cell type": str(trained(slices, whole)),
        "trained in some": str(trained(slices, other, cell_types=("alpha",))),
        "none": "",
    }


def opened(open_window: Callable[..., WindowProgram], qtbot: QtBot, slices: Path, checkpoint: str) -> WindowProgram:
    program = open_window(dataset=str(slices), models=(checkpoint,) if checkpoint else ())
    qtbot.waitUntil(lambda: program.workspace.dataset is not None and program.loader.is_idle, timeout=LONG)
    if checkpoint:
        qtbot.waitUntil(lambda: program.workspace.model is not None, timeout=LONG)
    return program


def shown_form(program: WindowProgram, qtbot: QtBot) -> FineTuneDialog:
    def forms() -> list[FineTuneDialog]:
        return [form for form in program.window.findChildren(FineTuneDialog) if form.isVisible()]

    qtbot.waitUntil(lambda: len(forms()) == 1, timeout=LONG)
    return forms()[0]


def press_ctrl_t(program: WindowProgram) -> None:
    wanted = QKeySequence("Ctrl+T")
    next(action for action in program.window.findChildren(QAction) if action.shortcut() == wanted).trigger()


def start_unchanged(program: WindowProgram, qtbot: QtBot) -> tuple[FineTune, object]:
    """What the form proposed, and the job at its end."""
    press_ctrl_t(program)
    form = shown_form(program, qtbot)
    qtbot.waitUntil(form._footer.action.isEnabled, timeout=LONG)
    spec = form.spec()
    with qtbot.waitSignal(program.jobs.ended, timeout=LONG) as told:
        qtbot.mouseClick(form._footer.action, Qt.MouseButton.LeftButton)
        running = program.window.shown_jobs.running
        qtbot.waitUntil(running.isVisible, timeout=LONG)
        assert running.text().startswith("Fine-tuning")
    assert not running.isVisible()
    assert present(program.window.shown_jobs.dock().chosen()).directory == told.args[0].directory
    return spec, told.args[0]


@pytest.mark.parametrize("open_model", ["trained in every cell type", "trained in some", "none"])
def test_a_fine_tuning_with_nothing_changed_ends_in_a_model_with_a_verdict(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, slices: Path, models: dict[str, str], open_model: str
) -> None:
    program = opened(open_window, qtbot, slices, models[open_model])
    spec, job = start_unchanged(program, qtbot)
    assert job.state == "done", job
    described = read_description(Path(job.result))
    assert described.verdict is not None
    assert described.cell_types == spec.cell_types
    assert not set(spec.validation_cell_types) & set(spec.cell_types)
    assert spec.factors == (program.workspace.factor,)
    # A cell type that the start was trained in proves nothing when it is held out.
    assert bool(spec.validation_cell_types) == (open_model != "trained in every cell type")
    assert (spec.start_from == models[open_model]) or not spec.start_from


def test_what_would_be_refused_is_refused_before_there_is_a_job(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, slices: Path, models: dict[str, str], tmp_path: Path
) -> None:
    program = opened(open_window, qtbot, slices, models["none"])
    seen = models["trained in every cell type"]
    spec = FineTune(str(slices), str(tmp_path / "out"), ("chr1",), ("chr2",), seen, validation_cell_types=("alpha",))
    with qtbot.waitSignal(program.jobs.problem, timeout=LONG) as told:
        program.jobs.start(spec)
    assert "alpha" in told.args[0]
    with qtbot.waitSignal(program.jobs.listed, timeout=LONG) as listed:
        program.jobs.look()
    assert not [job for job in listed.args[0].jobs if Path(job.directory).name.endswith("out")]


def test_a_failed_job_is_opened_in_the_form_again_and_removed(
    open_window: Callable[..., WindowProgram], qtbot: QtBot, slices: Path, tmp_path: Path
) -> None:
    copied = shutil.copytree(slices.parent, tmp_path / "copy", ignore=shutil.ignore_patterns("*.store", "jobs"))
    dataset, held_out = str(copied / slices.name), tuple(MEASURED)
    program = opened(open_window, qtbot, Path(dataset), "")
    spec = FineTune(dataset, str(tmp_path / "tried"), ("chr1",), ("chr2",), word_length=5)
    failed = start_job(msgspec.structs.replace(spec, validation_cell_types=held_out), dataset)
    dock = program.window.shown_jobs.dock()
    dock.show()

    def is_told() -> bool:
        program.jobs.look()
        chosen = dock.chosen()
        return chosen is not None and chosen.directory == failed.directory and chosen.state == "failed"

    dock.choose(failed.directory)
    qtbot.waitUntil(is_told, timeout=LONG)
    assert "Every cell type with peaks is held out" in dock.status.text()
    assert not list(copied.rglob("*.store")), "nothing was built for what is refused"
    qtbot.mouseClick(dock.edit, Qt.MouseButton.LeftButton)
    form = shown_form(program, qtbot)
    assert form.spec().word_length == 5
    assert form.spec().validation_cell_types == held_out
    assert not form._footer.action.isEnabled()
    form.reject()
    qtbot.mouseClick(dock.remove, Qt.MouseButton.LeftButton)
    (question,) = [box for box in program.window.findChildren(QMessageBox) if box.isVisible()]
    assert failed.name in question.text()
    next(button for button in question.buttons() if button.text() == "Remove").click()
    qtbot.waitUntil(lambda: not Path(failed.directory).exists(), timeout=LONG)
