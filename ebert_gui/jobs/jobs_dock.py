"""The dock that follows jobs: what runs, how far it is, how it learns, and what it made."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QListView,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.terms.verdict import Verdict
from ebert_core.protocol.work import LIVE, Jobs, JobSummary, Metrics
from ebert_gui.jobs.jobs_list import JOBS_DOCK, JobsModel, JobsPainter
from ebert_gui.jobs.metrics_plot import MetricsPlot
from ebert_gui.widgets.forms import label, scrolling, set_role
from ebert_gui.widgets.messages import details_window
from ebert_gui.widgets.theme import LIGHT, Theme
from ebert_gui.widgets.verdict_panel import VerdictPanel
from ebert_gui.widgets.wording import duration

_LEAST_HEIGHT = 140
_USE_WORDS = {"pretrain": "Use this checkpoint", "finetune": "Use this checkpoint", "predict": "Show as track"}
_TRAINS = frozenset(["pretrain", "finetune"])
# When the first curves of a training appear.
_COMES = {
    "finetune": "The loss appears at step 20, the scores on held-out loci after the first epoch.",
    "pretrain": "The curves appear after the first evaluation.",
}


class JobsDock(QDockWidget):
    """Lists jobs, newest first, and shows the chosen one."""

    stop_requested = pyqtSignal(str)
    resume_requested = pyqtSignal(str)
    edit_requested = pyqtSignal(str)
    remove_requested = pyqtSignal(JobSummary)
    use_requested = pyqtSignal(JobSummary)
    metrics_wanted = pyqtSignal(str)

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__("Jobs", parent)
        self.setObjectName(JOBS_DOCK)
        self._shown: JobSummary | None = None
        self._wanted = ""
        self.model = JobsModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(JobsPainter(theme, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setProperty("role", "plain")
        self.list.setAccessibleName("Jobs, newest first")
        self.list.setMinimumWidth(250)
        self.plot = MetricsPlot(theme)
        self.verdict = VerdictPanel(theme)
        self.verdict.setContentsMargins(0, 4, 12, 8)
        self.judged = scrolling(self.verdict)
        self.judged.setAccessibleName("Verdict on the model")
        self.judged.hide()
        self._build_details()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty_page())
        self._pages.addWidget(self._full_page())
        self._pages.setMinimumHeight(_LEAST_HEIGHT)
        self.setWidget(self._pages)
        chosen = self.list.selectionModel()
        assert chosen is not None
        chosen.currentChanged.connect(self._show_chosen)

    def show_jobs(self, jobs: Jobs) -> None:
        """Follow these jobs; the chosen one stays chosen, at first the newest is."""
        chosen = self.chosen()
        self.model.show(jobs.jobs)
        self._pages.setCurrentIndex(1 if jobs.jobs else 0)
        if not jobs.jobs:
            self._shown = None
        row = self.model.row_of(self._wanted)
        if row >= 0:
            self._wanted = ""
        elif chosen is not None:
            row = self.model.row_of(chosen.directory)
        index = self.model.index(max(0, row))
        if jobs.jobs and self.list.currentIndex() != index:
            self.list.setCurrentIndex(index)
        self._show_chosen()

    def show_metrics(self, directory: str, metrics: Metrics) -> None:
        """Draw the curves of a job if it is the chosen one; curves of another are dropped."""
        if self._shown is not None and self._shown.directory == directory:
            self.plot.show_metrics(metrics)

    def show_verdict(self, directory: str, verdict: Verdict | None) -> None:
        """Show what a fine-tuning's end said of its model if it is the chosen one."""
        if self._shown is not None and self._shown.directory == directory and self._shown.verb == "finetune":
            self.judged.setVisible(verdict is not None)
            if verdict is not None:
                self.verdict.show_verdict(verdict)

    def choose(self, directory: str) -> None:
        """Show this job, as soon as it is listed."""
        row = self.model.row_of(directory)
        self._wanted = directory if row < 0 else ""
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row))

    def chosen(self) -> JobSummary | None:
        """The job whose details are shown."""
        return self.model.job(self.list.currentIndex().row())

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.list.setItemDelegate(JobsPainter(theme, self.list))
        self.plot.set_theme(theme)
        self.verdict.set_theme(theme)

    def _build_details(self) -> None:
        self.title = label("", "title")
        self.status = label("")
        self.place = label("", "muted")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress of the job")
        self.stop = _button("Stop", "Stop this job; what it had finished stays")
        self.resume = _button("Resume", "Go on where this job stopped")
        self.edit = _button("Edit and start again…", "Change what this job was asked, and start it as a new job")
        self.remove = _button("Remove…", "Delete this job's log and state; what it made stays")
        self.use = _button("Use this checkpoint", "Use what this job made")
        self.details = _button("Details…", "Show the details of the error")
        self.stop.clicked.connect(lambda: self.stop_requested.emit(self._directory()))
        self.resume.clicked.connect(lambda: self.resume_requested.emit(self._directory()))
        self.edit.clicked.connect(lambda: self.edit_requested.emit(self._directory()))
        self.remove.clicked.connect(lambda: self.remove_requested.emit(self._shown) if self._shown else None)
        self.use.clicked.connect(self._use)
        self.details.clicked.connect(self._show_details)

    def _full_page(self) -> QWidget:
        details = QWidget()
        layout = QVBoxLayout(details)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        for button in (self.stop, self.resume, self.use):
            head.addWidget(button)
        layout.addLayout(head)
        for widget in (self.progress, self.status):
            layout.addWidget(widget)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.place, 1)
        for button in (self.details, self.remove, self.edit):
            foot.addWidget(button)
        layout.addLayout(foot)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(self.judged)
        both.addWidget(self.plot)
        both.setSizes([560, 340])
        both.setStretchFactor(0, 1)
        both.setChildrenCollapsible(False)
        both.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # takes the height that is left
        layout.addWidget(both, 1)
        layout.addStretch(0)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.list)
        # What a job has to say changes while it runs; it scrolls, so that the dock never asks for more height.
        held = scrolling(details)
        held.setObjectName("job")
        held.setMinimumWidth(details.minimumSizeHint().width())
        splitter.addWidget(held)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([290, 800])
        splitter.setChildrenCollapsible(False)
        return splitter

    def _empty_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(16, 20, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(label("No jobs yet", "title"))
        text = (
            "Fine-tuning and export run as jobs. They go on when this window closes, and wait here when it opens again."
        )
        layout.addWidget(label(text, "muted"))
        layout.addStretch(1)
        return page

    def _show_chosen(self) -> None:
        job = self.chosen()
        if job is None or job == self._shown:
            return
        is_other = self._shown is None or self._shown.directory != job.directory
        has_moved = is_other or self._shown is None or self._shown.fraction != job.fraction
        self._shown = job
        self._describe(job)
        if is_other:
            self.plot.clear()
            self.judged.hide()
        if job.verb in _TRAINS and (has_moved or job.state not in LIVE):
            self.metrics_wanted.emit(job.directory)

    def _describe(self, job: JobSummary) -> None:
        is_alive = job.state in LIVE
        self.title.setText(job.name)
        self.progress.setVisible(is_alive)
        self.progress.setValue(round(job.fraction * 1000))
        self.status.setText(status_sentence(job))
        set_role(self.status, "error" if job.state in ("failed", "lost") else "")
        self.place.setText(f"{job.verb} on {job.host} · {job.id}")
        self.place.setToolTip(job.directory)
        self.stop.setVisible(is_alive)
        self.resume.setVisible(job.is_resumable)
        self.edit.setVisible(job.verb == "finetune" and not is_alive)
        self.remove.setVisible(not is_alive)
        self.use.setVisible(bool(job.result) and job.verb in _USE_WORDS)
        self.use.setText(_USE_WORDS.get(job.verb, ""))
        self.details.setVisible(bool(job.details))
        self.plot.setVisible(job.verb in _TRAINS)
        self.plot.expect(_COMES.get(job.verb, "") if is_alive else "")

    def _directory(self) -> str:
        return self._shown.directory if self._shown is not None else ""

    def _use(self) -> None:
        if self._shown is not None:
            self.use_requested.emit(self._shown)

    def _show_details(self) -> None:
        if self._shown is not None:
            details_window(
                self._shown.message or self._shown.problem or self._shown.name, self._shown.details, self
            ).show()


def status_sentence(job: JobSummary) -> str:
    """How the job is, in a sentence; the sentence of its error where there is one, and what is wrong with its files."""
    is_unknown = job.state == "lost" and not job.message  # the files that are damaged would say how it ended
    said = "" if is_unknown and job.problem else _state_sentence(job)
    return " ".join(filter(None, (said, job.problem)))


def _state_sentence(job: JobSummary) -> str:
    if job.state in ("failed", "lost") and job.message:
        return job.message
    match job.state:
        case "lost":
            return "The job ended without a word: the machine may have been restarted. It can be resumed."
        case "starting":
            return job.note or "Starting…"
        case "running":
            left = f"about {duration(job.remaining_seconds)} left" if job.remaining_seconds is not None else ""
            return " · ".join(filter(None, (f"{job.fraction:.0%}", left, job.note)))
        case "suspended" | "silent":
            return job.note
        case "done" | "stopped" | "failed":
            words = {"done": "Done.", "stopped": "Stopped; what it had finished is kept.", "failed": "Failed."}
            return " ".join(filter(None, (words[job.state], f"Result: {job.result}" if job.result else "")))


def _button(text: str, description: str) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleDescription(description)
    button.setToolTip(description)
    return button
