"""The list of jobs: a model that changes only what changed, and a painter for its two-line rows."""

import time
from collections.abc import Callable

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QFont, QPainter
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ebert_core.protocol.machine.showing import shown
from ebert_core.protocol.work import JobState, JobSummary
from ebert_gui.widgets.theme import Theme
from ebert_gui.widgets.wording import duration

# As the layout of the docks names the dock of the jobs.
JOBS_DOCK = "jobs-dock"
_ROW_HEIGHT = 52
_AGES_MILLISECONDS = 10_000
_VERB_WORDS = {"pretrain": "Pre-training", "finetune": "Fine-tuning", "predict": "Export", "evaluate": "Evaluation"}


class JobsModel(QAbstractListModel):
    """Jobs in the order given; rows that stay the same are left alone, so that nothing flickers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: tuple[JobSummary, ...] = ()
        # How long ago a job ended grows, though nothing about the job changes.
        self._ageing = QTimer(self)
        self._ageing.setInterval(_AGES_MILLISECONDS)
        self._ageing.timeout.connect(self.age)
        self._ageing.start()

    def age(self) -> None:
        """Say anew how long ago the jobs ended."""
        if self._jobs:
            self.dataChanged.emit(self.index(0), self.index(len(self._jobs) - 1))

    def show(self, jobs: tuple[JobSummary, ...]) -> None:
        """Take the jobs over; new ones appear at the top, and a chosen row keeps its job."""
        known = {job.directory for job in self._jobs}
        new = [job for job in jobs if job.directory not in known]
        kept = tuple(job for job in jobs if job.directory in known)
        if [job.directory for job in kept] != [job.directory for job in self._jobs] or jobs[: len(new)] != tuple(new):
            self.beginResetModel()
            self._jobs = jobs
            self.endResetModel()
            return
        if new:
            self.beginInsertRows(QModelIndex(), 0, len(new) - 1)
            self._jobs = (*new, *self._jobs)
            self.endInsertRows()
        before, self._jobs = self._jobs, jobs
        for row, (old, job) in enumerate(zip(before, jobs, strict=True)):
            if old != job:
                self.dataChanged.emit(self.index(row), self.index(row))

    def job(self, row: int) -> JobSummary | None:
        """The job in a row."""
        return self._jobs[row] if 0 <= row < len(self._jobs) else None

    def row_of(self, directory: str) -> int:
        """The row of a job, or -1."""
        return next((row for row, job in enumerate(self._jobs) if job.directory == directory), -1)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Number of jobs."""
        return 0 if parent is not None and parent.isValid() else len(self._jobs)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name for typing ahead, a whole sentence for those who listen, the job itself for the painter."""
        job = self.job(index.row())
        if job is None:
            return None
        answers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: shown(job.name),
            Qt.ItemDataRole.AccessibleTextRole: lambda: f"{job.name}, {second_line(job)}",
            Qt.ItemDataRole.ToolTipRole: lambda: job.directory,
            Qt.ItemDataRole.UserRole: lambda: job,
        }
        return answers[role]() if role in answers else None


class JobsPainter(QStyledItemDelegate):
    """Draws a job as its name over a line about its state, a dot in the state's colour and a thin progress line."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        """Every row is as high as the others."""
        return QSize(200, _ROW_HEIGHT)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw one row."""
        job = index.data(Qt.ItemDataRole.UserRole)
        if painter is None or not isinstance(job, JobSummary):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(self._theme.selection))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._state_colour(job.state)))
        painter.drawEllipse(QRectF(area.left() + 12, area.top() + 13, 8, 8))
        text = area.adjusted(30, 8, -10, 0)
        self._write(painter, text, job.name, self._theme.text, QFont.Weight.DemiBold)
        self._write(painter, text.translated(0, 18), second_line(job), self._theme.muted, QFont.Weight.Normal)
        if job.state == "running":
            line = QRectF(text.left(), area.bottom() - 6, text.width(), 2)
            painter.fillRect(line, QColor(self._theme.hairline))
            line.setWidth(line.width() * job.fraction)
            painter.fillRect(line, QColor(self._theme.accent))
        painter.restore()

    def _write(self, painter: QPainter, area: QRectF, text: str, colour: str, weight: QFont.Weight) -> None:
        font = painter.font()
        font.setWeight(weight)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        fitting = painter.fontMetrics().elidedText(shown(text), Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, fitting)

    def _state_colour(self, state: JobState) -> str:
        look = self._theme
        colours: dict[JobState, str] = {
            "starting": look.accent,
            "running": look.accent,
            "suspended": look.warning,
            "silent": look.warning,
            "done": look.success,
            "failed": look.error,
            "stopped": look.muted,
            "lost": look.warning,
        }
        return colours[state]


def kind_of_job(job: JobSummary) -> str:
    """What a job does, in a word."""
    return _VERB_WORDS.get(job.verb, job.verb)


def second_line(job: JobSummary, now: float | None = None) -> str:
    """What a row says below the name: the kind of job, its state, and the time left or since its end."""
    kind = kind_of_job(job)
    if job.problem:
        return f"{kind} · {job.state} · damaged files"
    if job.state == "running":
        left = f"{duration(job.remaining_seconds)} left" if job.remaining_seconds is not None else "running"
        return f"{kind} · {job.fraction:.0%} · {left}"
    if job.state in ("suspended", "silent"):
        return f"{kind} · {job.fraction:.0%} · {'suspended' if job.state == 'suspended' else 'not heard from'}"
    age = (time.time() if now is None else now) - (job.started if job.ended is None else job.ended)
    return f"{kind} · {job.state} · {duration(max(0.0, age))} ago"
