"""Keeps the bar of the attention and the attention tracks alike."""

from PyQt6.QtCore import QObject

from ebert_core.protocol.modelling import ModelSummary
from ebert_gui.kinds.attention import changed_attention, first_attention
from ebert_gui.state.workspace import Workspace
from ebert_gui.tracks.attention_bar import AttentionBar


class AttentionFollower(QObject):
    """Shows the bar while an attention track and a checkpoint are there; a choice in it changes every such track."""

    def __init__(self, bar: AttentionBar, workspace: Workspace) -> None:
        super().__init__(bar)
        self._bar = bar
        self._network = (0, 0)
        self._workspace = workspace
        workspace.model_changed.connect(self._follow_model)
        workspace.tracks_changed.connect(self._follow_tracks)
        bar.choice_changed.connect(lambda layer, head: self._change(layer=layer, head=head))
        bar.triangle_toggled.connect(lambda is_map: self._change(is_map=is_map))
        bar.directions_changed.connect(
            lambda shows_from, shows_to: self._change(shows_from=shows_from, shows_to=shows_to)
        )

    def _follow_model(self) -> None:
        model = self._model()
        self._network = (model.layers, model.heads) if model is not None else (0, 0)
        self._bar.set_network(*self._network)
        self._follow_tracks()

    def _follow_tracks(self) -> None:
        shown, model = first_attention(self._workspace.setup.tracks), self._model()
        if model is not None and (model.layers, model.heads) != self._network:
            self._network = (model.layers, model.heads)
            self._bar.set_network(*self._network)
        self._bar.setVisible(shown is not None and model is not None and model.attends)
        if shown is not None:
            self._bar.follow(shown)

    def _model(self) -> ModelSummary | None:
        """The model of the first attention track, else the chosen one."""
        shown = first_attention(self._workspace.setup.tracks)
        return self._workspace.model if shown is None else self._workspace.scope.model_of(shown)

    def _change(self, **changes: object) -> None:
        history = self._workspace.history
        history.change(history.setup.rewritten(lambda track: changed_attention(track, **changes)))
