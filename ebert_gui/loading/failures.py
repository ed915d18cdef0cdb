"""What the failure of an opening says: which file it is about, and what a person can do."""

from ebert_gui.workers.state import Failure, WorkerState


def named_by(failure: Failure, paths: tuple[str, ...]) -> str:
    """The path that could not be read, as far as the failure tells; the longest, since one may begin another."""
    if failure.kind == "avoided":
        return failure.file if failure.file in paths else ""
    said = failure.message if failure.kind == "invalid" else ""
    return max((path for path in paths if path in said), key=len, default="")


def model_sentence(state: WorkerState) -> str:
    """Why nothing can be predicted when the model worker cannot be started."""
    if "No module named 'torch'" in state.details or "torch" in state.sentence:
        return 'PyTorch is not installed, so nothing can be predicted: pip install "ebert-browser[model]".'
    return f"Nothing can be predicted: {state.sentence}"
