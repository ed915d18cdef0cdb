"""Messages that are withdrawn when they no longer apply: on what was typed, and on what a checkpoint changed."""

from PyQt6.QtCore import QObject

from ebert_gui.loading.opening import Opener
from ebert_gui.state.workspace import Workspace
from ebert_gui.widgets.messages import MessageBar
from ebert_gui.windows.locus_bar import LocusBar

# What is wrong with a place, until another one is shown or what was typed is given up; and what was chosen by itself.
_PLACE, _CHOICE = "place", "choice"


class PassingMessages(QObject):
    """Withdraws a message when what it is about has changed; of each kind only the newest is shown."""

    def __init__(self, messages: MessageBar, workspace: Workspace, opener: Opener, locus_bar: LocusBar) -> None:
        super().__init__(messages)
        self._messages = messages
        self._workspace = workspace
        self._chosen = self._choice()
        locus_bar.problem.connect(lambda sentence: messages.warning(sentence, about=_PLACE))
        locus_bar.left.connect(lambda: messages.withdraw(_PLACE))
        opener.told.connect(self._say_of_choice)
        for announcer in (workspace.choice_changed, workspace.model_changed, workspace.dataset_changed):
            announcer.connect(self._follow_choice)

    def _say_of_choice(self, sentence: str) -> None:
        self._chosen = self._choice()
        self._messages.info(sentence, about=_CHOICE)

    def _follow_choice(self) -> None:
        if self._choice() != self._chosen:
            self._messages.withdraw(_CHOICE)

    def _choice(self) -> tuple[str, str, str]:
        """What is in view: dataset, checkpoint and factor."""
        dataset, checkpoint = self._workspace.dataset, self._workspace.model
        return dataset.path if dataset else "", checkpoint.path if checkpoint else "", self._workspace.factor
