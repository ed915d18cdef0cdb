"""Asks what to fine-tune, and starts it; a form that was closed comes back as it was left."""

from pathlib import Path

from ebert_core.protocol.specs.jobs import FineTune
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_gui.commands.desk import Desk
from ebert_gui.widgets.place_picker import pick
from ebert_gui.widgets.wanted_place import ALL, SPECS, Wanted


class Unsent(dict[str, FineTune]):
    """What forms held that were closed, by the dataset and checkpoint that they were for."""


def ask_for_finetuning(desk: Desk, begun: FineTune | None = None) -> None:
    """Ask what to fine-tune, and start it; `begun` fills the form."""
    from ebert_gui.finetuning.finetune_dialog import FineTuneDialog  # its forms need not wait in every start

    workspace, unsent = desk.workspace, desk.kept(Unsent, Unsent)
    dataset, chosen = workspace.dataset, workspace.model
    checkpoint = chosen if chosen is not None and chosen.trains else None
    assert dataset is not None
    # A form that was closed comes back as it was left, unless something else is open by now.
    left = f"{dataset.path}\n{checkpoint.path if checkpoint else ''}"
    begun = begun or unsent.get(left)
    dialog = FineTuneDialog(dataset, checkpoint, desk.window, begun, workspace.factor, desk.jobs.check)
    dialog.place_wanted.connect(lambda wanted, then: pick(desk.opener.places, dialog, wanted, then))
    dialog.accepted.connect(lambda: desk.jobs.start(dialog.spec()))
    dialog.accepted.connect(lambda: unsent.pop(left, None))
    dialog.rejected.connect(lambda: unsent.update({left: dialog.spec()}))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()


def ask_for_spec(desk: Desk) -> None:
    """Ask for the spec of an earlier fine-tuning, and fill the form with it."""
    dataset = desk.workspace.dataset
    assert dataset is not None
    wanted = Wanted("Settings of a fine-tuning", start=dataset.path, kinds=(SPECS, ALL))
    pick(desk.opener.places, desk.window, wanted, lambda paths: _ask_again(desk, paths[0]))


def _ask_again(desk: Desk, path: str) -> None:
    """Fill the form with a spec."""
    from ebert_gui.finetuning.spec_file import read_finetuning

    try:
        begun = read_finetuning(Path(path))
    except InvalidRequest as error:
        desk.say(str(error))
    else:
        ask_for_finetuning(desk, begun)
