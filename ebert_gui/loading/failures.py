"""What a person can do when the model worker cannot be started."""

from ebert_gui.workers.state import WorkerState


def model_sentence(state: WorkerState) -> str:
    """Why nothing can be predicted when the model worker cannot be started."""
    if state.lacks_torch:
        return 'PyTorch is not installed, so nothing can be predicted: pip install "ebert-browser[model]".'
    return f"Nothing can be predicted: {state.sentence}"
