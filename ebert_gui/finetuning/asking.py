"""Asks what to fine-tune, and starts it; a form that was closed comes back as it was left."""

from ebert_core.protocol.specs.jobs import FineTune
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
    if dialog.proposed_output:
        desk.opener.places.find_unused(dialog.proposed_output, dialog.propose_output, jobs=desk.jobs.names)
    dialog.open()


def ask_for_spec(desk: Desk) -> None:
    """Ask for the spec of an earlier fine-tuning, and fill the form with it."""
    dataset = desk.workspace.dataset
    assert dataset is not None
    wanted = Wanted("Settings of a fine-tuning", start=dataset.path, kinds=(SPECS, ALL))

    def read(paths: tuple[str, ...]) -> None:
        desk.jobs.read_finetuning(paths[0], lambda begun: ask_for_finetuning(desk, begun))

    pick(desk.opener.places, desk.window, wanted, read)
