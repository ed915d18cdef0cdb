"""What all tracks of models share: which open models offer tracks, what a model is called, and that one is not open."""

from pathlib import PurePath

from ebert_core.protocol.modelling import ModelSummary
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Lack


def model_name(path: str) -> str:
    """The name of the file or folder in which a model lies."""
    return PurePath(path).name


def offering_models(scope: Scope) -> tuple[tuple[ModelSummary, str], ...]:
    """The open models, and what their tracks name as their model: nothing while one alone is open."""
    if len(scope.models) > 1:
        return tuple((model, model.path) for model in scope.models)
    return () if scope.model is None else ((scope.model, ""),)


def closed_model(path: str, scope: Scope) -> Lack | None:
    """That a model is not open, and why, where a track names one."""
    if not path:
        return None
    problem = dict(scope.model_problems).get(path, "")
    return Lack(problem or f"{model_name(path)} is not open: open it again to predict here")
