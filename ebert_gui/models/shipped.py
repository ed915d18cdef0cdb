"""The checkpoints that come with the program: what each is for, and how it is opened."""

from collections.abc import Callable
from functools import partial

from ebert_core.protocol.offers import Shipped, ShippedCheckpoint
from ebert_core.protocol.tracks import DatasetSummary
from ebert_gui.commands.command import Choice, Show
from ebert_gui.commands.desk import Desk


class ShippedList:
    """The shipped checkpoints, asked for once: they do not change while the window is open."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: tuple[ShippedCheckpoint, ...] | None = None

    def when_known(self, take: Callable[[tuple[ShippedCheckpoint, ...]], None]) -> bool:
        """Hand them over, now or once the worker has answered; whether it was now."""
        if self._known is not None:
            take(self._known)
            return True

        def hear(shipped: Shipped) -> None:
            self._known = shipped.checkpoints
            take(shipped.checkpoints)

        self._desk.opener.questions.list_shipped(hear)
        return False


def shipped_list(desk: Desk) -> ShippedList:
    """The list of this window."""
    return desk.kept(ShippedList, lambda: ShippedList(desk))


def choices(desk: Desk, show: Show) -> None:
    """Show each with what it is and what it is for; those of another genome are grey."""

    def take(checkpoints: tuple[ShippedCheckpoint, ...]) -> None:
        show([_choice(desk, each) for each in checkpoints])

    if not shipped_list(desk).when_known(take):
        show([Choice("Looking …")])


def _choice(desk: Desk, checkpoint: ShippedCheckpoint) -> Choice:
    does_fit = fits(checkpoint, desk.workspace.dataset)
    act = partial(desk.opener.models.open, checkpoint.path) if does_fit else None
    return Choice(f"{checkpoint.name}: {sentence_of(checkpoint)}", act, " ".join(checkpoint.limits))


def sentence_of(checkpoint: ShippedCheckpoint) -> str:
    """What a checkpoint predicts and where it may be used."""
    factors, cells = len(checkpoint.factors), len(checkpoint.cell_types)
    if checkpoint.is_synthetic:
        return f"{factors} factors of the synthetic genome {checkpoint.assembly}, for the demonstration only"
    return f"{factors} factors, learnt in {cells} cell types; for datasets of {checkpoint.assembly}"


def fits(checkpoint: ShippedCheckpoint, dataset: DatasetSummary | None) -> bool:
    """Whether a checkpoint is of the genome that is open."""
    if dataset is None or not dataset.path:
        return False
    return dataset.assembly == checkpoint.assembly and (dataset.seed is not None) == checkpoint.is_synthetic
