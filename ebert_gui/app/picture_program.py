"""The program without a window, for pictures."""

import math
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication

from ebert_core.protocol.machine.showing import print_result, tell
from ebert_core.protocol.regions import NamedRegions, ReadRegions
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_gui.app.places_to_draw import PlaceToDraw, places_of
from ebert_gui.app.program import Options, Program
from ebert_gui.browser.picture import DOTS_PER_INCH, save_picture
from ebert_gui.browser.scene import Scene
from ebert_gui.state.defaults import is_measured
from ebert_gui.state.session import Session, read_session
from ebert_gui.widgets.theme import DARK, LIGHT, window_font
from ebert_gui.workers.client import WorkerClient
from ebert_gui.workers.state import Condition, WorkerState


class PictureProgram(Program):
    """The program without a window: draws each place once everything has come, and ends."""

    def __init__(self, options: Options, app: QApplication, data: WorkerClient | None = None) -> None:
        super().__init__(options, data)
        self._app = app
        self._problem = ""
        self._drawn = Path(options.picture) if options.picture else None
        self._ahead: deque[PlaceToDraw] | None = None
        self._lacks_something = False
        theme = DARK if options.is_dark else LIGHT
        width, height = options.size or (1600, 0)
        self.scene = Scene(self.workspace, self.loader, self.kinds, theme, window_font())
        self.scene.width, self.scene.height = float(width), float(height)
        if (options.picture.lower() or options.ending).endswith(".png"):
            self.scene.ratio = options.dots_per_inch / DOTS_PER_INCH
        self.workspace.view.set_columns(self.scene.plot_columns)
        self._raised: list[str] = []
        self.kinds.say = self._raised.append
        self._connect()
        for problem in self.kinds.problems:
            tell(problem)
        session = self._named_session()

        def session_of(dataset: str, files: tuple[str, ...], _is_new: bool) -> Session:
            named = self.saved.take(dataset, files)
            kept = session if named is None else named.session
            return kept if kept.is_of(dataset, files) else Session()

        self.opener.session_of = session_of
        self.data.start()
        if options.models or session.model or options.saved_session:
            self.model.start()
        self.open(session)

    def _connect(self) -> None:
        """Draw whenever something has come to rest, and end where something cannot be had."""
        self.saved.problem.connect(self._fail)
        self.saved.missing.connect(self._fail_without)
        for asked in (self.opener, self.navigator):
            asked.problem.connect(lambda sentence, _details: self._fail(sentence))
            asked.settled.connect(self._draw_when_complete)
        self.opener.lost.connect(lambda _role, sentence, _details: self._fail(sentence))
        for told in (self.opener.told, self.remarks.told):
            told.connect(tell)
        self.saved.reported.connect(lambda sentence, _details: tell(sentence))
        self.loader.idle.connect(self._draw_when_complete)
        for client in (self.data, self.model):
            client.state_changed.connect(self._on_worker)

    def _named_session(self) -> Session:
        """The session that is to be drawn; a picture reads it and changes nothing in it."""
        if not self.options.session:
            return Session()
        found = read_session(Path(self.options.session), self.kinds.read)
        if found.problem:
            self._fail(found.problem)
        elif found.session.is_empty and not self.options.names_something:
            self._fail(f"There is no session in {self.options.session}.")
        return found.session

    def _fail_without(self) -> None:
        """A picture of a part of a session would be taken for one of the whole."""
        searched = self.saved.searched
        missing = searched.missing if searched is not None else ()
        self._fail(*(f"{path}, which the session names, is not there." for path in missing))

    def _on_worker(self, state: WorkerState) -> None:
        if state.condition is Condition.FAILED:
            self._fail(f"{state.sentence} {state.details.strip().splitlines()[-1] if state.details.strip() else ''}")

    def _draw_when_complete(self) -> None:
        is_settled = self.opener.is_settled and self.navigator.is_settled and self.loader.is_idle
        if not is_settled or self.workspace.dataset is None or self._problem:
            return
        if self._drawn is not None:
            self._draw(self._drawn)
        elif self._ahead is None:
            self._ask_for_places()

    def _ask_for_places(self) -> None:
        dataset = self.workspace.dataset
        assert dataset is not None
        self._ahead = deque()
        lengths = {each.name: each.length for each in dataset.chromosomes}

        def take(found: NamedRegions) -> None:
            for remark in found.remarks:
                tell(remark)
            try:
                folder = Path(self.options.pictures)
                self._ahead = places_of(found.regions, folder, self.options.ending, self.options.around, lengths)
            except InvalidRequest as error:
                self._fail(str(error))
                return
            self._draw_next()

        self.data.request(
            ReadRegions(self.options.loci), NamedRegions, take, lambda failure: self._fail(failure.message)
        )

    def _draw_next(self) -> None:
        """Go to the next place, whose picture is drawn once its tracks have come; after the last one, end."""
        self._drawn = None
        if not self._ahead:
            self._app.exit(2 if self._lacks_something else 0)
            return
        place = self._ahead.popleft()

        def go() -> None:
            self._drawn = place.path
            where = place.interval
            self.workspace.guess_anchor(where.chromosome, (where.start + where.end) // 2)
            self.navigator.show(where)
            self.loader.schedule()

        # Not at once: a place that has all it needs is drawn from within, and thousands of them would be too deep.
        QTimer.singleShot(0, go)

    def _draw(self, picture: Path) -> None:
        if not self.options.size:
            self.scene.height = self.scene.header_height + self.scene.content_height
        self.scene.refresh()
        try:
            save_picture(self.scene, str(picture))
        except InvalidRequest as error:
            self._fail(str(error))
            return
        self._say_what_is_cut_off()
        # Its row says what was not measured in a cell type; the picture is whole.
        for sentence in self._sentences_of_rows(measured=False):
            tell(sentence)
        faults = self.scene.faults()
        # What a package raised beside its rows, as where it offers tracks, takes nothing from the picture.
        for sentence in self._raised:
            if sentence not in faults:
                tell(sentence)
        self._raised.clear()
        if lacking := [*self._sentences_of_rows(measured=True), *faults]:
            self._tell_what_it_lacks(picture, lacking)
        else:
            self._name(picture)
        self._draw_next()

    def _name(self, picture: Path) -> None:
        """Name the picture on standard output, if anybody reads that."""
        try:
            print_result(str(picture))
        except BrokenPipeError:
            pass
        except InvalidRequest as error:
            self._lacks_something = True
            tell(f"ebert-browser: {error} {picture} was written.")

    def _sentences_of_rows(self, *, measured: bool) -> list[str]:
        """Why rows show nothing, each reason once: of what the dataset has, or of what it lacks in a cell type."""
        workspace = self.workspace
        tracks = [t for t in workspace.setup.tracks if is_measured(t, workspace.dataset) is measured]
        contents = map(self.loader.content, tracks)
        return list(dict.fromkeys(content.sentence for content in contents if content.is_error))

    def _say_what_is_cut_off(self) -> None:
        needed = math.ceil(self.scene.header_height + self.scene.content_height)
        hidden = [row.track for row in self.scene.rows() if row.top + row.height > self.scene.height]
        if hidden:
            tracks = "1 track is" if len(hidden) == 1 else f"{len(hidden)} tracks are"
            width, height = round(self.scene.width), round(self.scene.height)
            sentence = (
                f"{tracks} cut off at a height of {height}; --size {width}x{needed} shows all, as no --size does."
            )
            tell(sentence)

    def _tell_what_it_lacks(self, picture: Path, sentences: Sequence[str]) -> None:
        self._lacks_something = True
        for sentence in (*sentences, f"{picture} was written, and lacks what is named above."):
            tell(f"ebert-browser: {sentence.strip()}")

    def _fail(self, *sentences: str) -> None:
        if not self._problem:
            self._problem = sentences[0]
            for sentence in sentences:
                tell(f"ebert-browser: {sentence.strip()}")
            picture = self.options.picture
            if picture and Path(picture).exists():
                tell(f"ebert-browser: {picture} is an earlier picture; it was left as it was.")
            # The event loop may not run yet when this is found out.
            QTimer.singleShot(0, lambda: self._app.exit(2))
