"""Jobs in the window: the dock that follows them, the running one in the status bar, and what is said at their end."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QMainWindow, QMessageBox, QToolButton

from ebert_core.protocol.machine.showing import shown
from ebert_core.protocol.specs.jobs import FineTune, JobSpec, Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval, format_locus, is_region_file, parse_locus
from ebert_core.protocol.work import LIVE, Jobs, JobSummary, Metrics
from ebert_gui.commands.desk import Desk
from ebert_gui.jobs.jobs_list import kind_of_job
from ebert_gui.widgets.plain import literal

if TYPE_CHECKING:
    from ebert_gui.jobs.jobs_dock import JobsDock

_SHARE_OF_WINDOW = 1 / 3


class ShownJobs(QObject):
    """Connects the follower of jobs with a desk and a window that holds the dock.

    `running` is the button of the status bar. `edit_wanted` carries the spec of a fine-tuning that is to be changed
    and started again.
    """

    edit_wanted = pyqtSignal(object)

    def __init__(self, desk: Desk, window: QMainWindow) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._jobs = desk.jobs
        self._dock: JobsDock | None = None
        self._has_height = False
        self.running = QToolButton()
        self.running.setAutoRaise(True)
        self.running.setToolTip("Show the jobs")
        self.running.clicked.connect(self.show)
        self.running.hide()
        self._jobs.listed.connect(self._show_jobs)
        self._jobs.metrics.connect(self._show_metrics)
        self._jobs.problem.connect(desk.say)
        self._jobs.started.connect(self._show_started)
        self._jobs.ended.connect(self._announce)

    def dock(self) -> "JobsDock":
        """The dock of the jobs; its plots need pyqtgraph, so it is built when it is first wanted."""
        if self._dock is None:
            from ebert_gui.jobs.jobs_dock import JobsDock

            window = self._window
            dock = self._dock = JobsDock(self._desk.frame.theme, window)
            self._has_height = window.restoreDockWidget(dock)
            if not self._has_height:
                window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
            dock.hide()
            dock.visibilityChanged.connect(self._give_height)
            dock.stop_requested.connect(self._jobs.stop)
            dock.resume_requested.connect(self._jobs.resume)
            dock.edit_requested.connect(self._edit)
            dock.remove_requested.connect(self._remove)
            dock.metrics_wanted.connect(self._jobs.show_metrics)
            self._jobs.verdict.connect(dock.show_verdict)
            dock.use_requested.connect(self._use)
        return self._dock

    def toggle(self) -> None:
        """Show or hide the jobs."""
        dock = self.dock()
        dock.setVisible(not dock.isVisible())
        self._jobs.look()

    @property
    def is_shown(self) -> bool:
        """Whether the dock is shown."""
        return self._dock is not None and not self._dock.isHidden()

    def show(self) -> None:
        """Show the jobs as they are now."""
        self.dock().show()
        self._jobs.look()

    def dress(self) -> None:
        """Draw in the window's colours."""
        if self._dock is not None:
            self._dock.set_theme(self._desk.frame.theme)

    def _give_height(self, is_visible: bool) -> None:
        """Open the dock at a share of the window, once: what it says later must not push the tracks away."""
        if is_visible and not self._has_height and self._dock is not None and not self._dock.isFloating():
            self._has_height = True
            height = round(self._window.height() * _SHARE_OF_WINDOW)
            self._window.resizeDocks([self._dock], [height], Qt.Orientation.Vertical)

    def _show_started(self, job: JobSummary) -> None:
        self.dock().show()
        self.dock().choose(job.directory)

    def _show_jobs(self, jobs: Jobs) -> None:
        if self._dock is not None:
            self._dock.show_jobs(jobs)
        alive = [job for job in jobs.jobs if job.state in LIVE]
        self.running.setVisible(bool(alive))
        if alive:
            more = f" and {len(alive) - 1} more" if len(alive) > 1 else ""
            self.running.setText(literal(f"{kind_of_job(alive[0])} {alive[0].name} · {alive[0].fraction:.0%}{more}"))

    def _show_metrics(self, directory: str, metrics: Metrics) -> None:
        if self._dock is not None:
            self._dock.show_metrics(directory, metrics)

    def _use(self, job: JobSummary) -> None:
        if job.verb in ("pretrain", "finetune"):
            self._desk.opener.models.open(job.result)
        else:
            self._desk.opener.open_files((job.result,))
            self._jobs.read_spec(job.directory, self._go_to_export)

    def _go_to_export(self, spec: JobSpec) -> None:
        """Go where the file has values, unless some of it is in view."""
        view = self._desk.workspace.view
        places = places_of(spec, view.chromosome_lengths) if isinstance(spec, Predict) else ()
        if places and not any(place.overlaps(view.interval) for place in places):
            self._desk.navigator.show(places[0])
            self._desk.tell(
                f"{Path(spec.output).name} has no values where the window was; it does at "
                f"{format_locus(places[0])}, shown now. Go, Back leads to the place before."
            )

    def _edit(self, directory: str) -> None:
        def edit(spec: JobSpec) -> None:
            if isinstance(spec, FineTune):
                self.edit_wanted.emit(spec)

        self._jobs.read_spec(directory, edit)

    def _remove(self, job: JobSummary) -> None:
        box = QMessageBox(self._window)
        box.setWindowTitle("Remove job")
        box.setText(shown(f"Remove the job {job.name}?"))
        box.setInformativeText(
            "Its log, its curves and the state to resume from are deleted. What it made elsewhere stays."
        )
        remove = box.addButton("Remove", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.buttonClicked.connect(lambda button: self._jobs.remove(job.directory) if button is remove else None)
        box.finished.connect(lambda _result: box.deleteLater())
        box.open()

    def _announce(self, job: JobSummary) -> None:
        if job.state == "done":
            self._desk.tell(f"{job.name or job.verb} is done: {job.result}")
        elif job.state != "stopped":
            self._desk.say(job.message or job.problem or f"{job.name or job.verb} {job.state}.", job.details)


def places_of(spec: Predict, lengths: Mapping[str, int]) -> tuple[Interval, ...]:
    """What a prediction was asked for, as far as the spec says it itself; nothing where that is the whole genome."""
    found = []
    for text in (*spec.regions, spec.locus, *spec.chromosomes):
        if text and not is_region_file(text):
            with suppress(InvalidRequest):
                place = parse_locus(text, lengths)
                found += [] if place is None else [place]
    return tuple(found)
