"""Jobs in every state, the curves of one, and what a dock says and offers."""

import numpy as np
from msgspec.structs import replace
from PyQt6.QtWidgets import QLabel, QPushButton, QWidget

from ebert_core.protocol.work import Curve, JobSummary, Metrics

RUNNING = JobSummary("/jobs/1", "1-finetune-x", "finetune", "x", "running", "box", 1000.0, 0.42, "epoch 3", 1200)
DONE = replace(RUNNING, directory="/jobs/2", state="done", fraction=1.0, result="/data/checkpoints/x")
EXPORTED = replace(DONE, directory="/jobs/3", verb="predict", result="/data/x.bw")
UNFINISHED = replace(RUNNING, is_resumable=True)
FAILED = replace(UNFINISHED, directory="/jobs/4", state="failed", message="The disk is full.", details="Traceback")
STOPPED = replace(UNFINISHED, directory="/jobs/5", state="stopped")
LOST = replace(UNFINISHED, directory="/jobs/6", state="lost")
REFUSED = replace(RUNNING, directory="/jobs/7", state="failed", message="There is no factor GATA9.")


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def buttons(widget: QWidget) -> set[str]:
    return {button.text() for button in widget.findChildren(QPushButton) if button.isVisibleTo(widget)}


def button(widget: QWidget, text: str) -> QPushButton:
    return next(found for found in widget.findChildren(QPushButton) if found.text() == text)


def curves(*names: str) -> Metrics:
    steps = np.arange(1, 4)
    return Metrics(
        tuple(Curve(split, name, steps, 1 / steps) for name in names for split in ("training", "validation"))
    )
