"""The bar above the tracks: where we are, and which cell type and factor we look at."""

from collections import Counter
from collections.abc import Callable

from PyQt6.QtCore import QSize, QStringListModel, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolBar,
    QToolButton,
    QWidget,
)

from ebert_core.protocol.machine.showing import shown
from ebert_core.protocol.terms.locus import format_locus
from ebert_core.protocol.tracks import FoundGene, FoundGenes
from ebert_gui.loading.navigator import Missed, Navigator
from ebert_gui.state.workspace import OfferedFactor, Workspace
from ebert_gui.widgets.plain import PlainLabel
from ebert_gui.widgets.timers import calls_once

_TYPING_MILLISECONDS = 120
_ZOOM = 2.0
_NARROWEST_LOCUS, _WIDEST_LOCUS = 200, 460
# A choice shows all that is chosen, up to a width that leaves room for three of them on a small screen.
_NARROWEST_CHOICE, _WHOLE_CHOICE, _WIDEST_CHOICE = 64, 124, 240
_SPACING = 6
# What Qt leaves free on either side of the text of a line, and for the cursor behind it.
_LINE_MARGIN = 6


_KEEPS_TYPED = (
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
)


class _WholeLine(QLineEdit):
    """A line that is at least as wide as its text, within reason: half a locus is another locus.

    `given_up` says that the keyboard went elsewhere in the window, so that what was typed is done with.
    """

    given_up = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.textChanged.connect(lambda _text: self.updateGeometry())

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """A list that opens below, or another program in front, gives up nothing."""
        super().focusOutEvent(event)
        if event is not None and event.reason() not in _KEEPS_TYPED:
            self.given_up.emit()

    def minimumSizeHint(self) -> QSize:
        """Room for the whole text."""
        usual, metrics = super().minimumSizeHint(), self.fontMetrics()
        around = usual.width() - metrics.maxWidth()
        wanted = around + metrics.horizontalAdvance(self.text()) + _LINE_MARGIN
        return QSize(min(max(_NARROWEST_LOCUS, wanted), _WIDEST_LOCUS), usual.height())


class _WholeChoice(QComboBox):
    """A choice that is at least as wide as what is chosen, within reason; the widest that can be chosen gives way."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(_WIDEST_CHOICE)
        self.currentTextChanged.connect(lambda _text: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        """Room for the chosen words."""
        usual, metrics = self.sizeHint(), self.fontMetrics()
        widest = max((metrics.horizontalAdvance(self.itemText(place)) for place in range(self.count())), default=0)
        wanted = usual.width() - widest + metrics.horizontalAdvance(self.currentText())
        return QSize(min(max(_NARROWEST_CHOICE, wanted), _WHOLE_CHOICE), usual.height())


class WholeBar(QToolBar):
    """A tool bar across the window that is never folded up, moved or hidden."""

    def __init__(self, title: str, contents: QWidget) -> None:
        super().__init__(title)
        self._contents = contents
        self.setObjectName(title.lower().replace(" ", "-"))
        self.setMovable(False)
        self.addWidget(contents)
        shown = self.toggleViewAction()
        assert shown is not None
        shown.setVisible(False)

    def minimumSizeHint(self) -> QSize:
        """As wide as what stands in it must be; Qt's own would fold that up."""
        least, layout = self._contents.minimumSizeHint().grownBy(self.contentsMargins()), self.layout()
        return least.grownBy(layout.contentsMargins()) if layout is not None else least


class LocusBar(QWidget):
    """Follows a workspace; `problem` carries a sentence about what was typed, `left` says that it is done with."""

    problem = pyqtSignal(str)
    left = pyqtSignal()

    def __init__(self, workspace: Workspace, navigator: Navigator) -> None:
        super().__init__()
        self._workspace = workspace
        self._navigator = navigator
        self._names = QStringListModel(self)
        self._offered: dict[str, FoundGene] = {}
        self.locus = _WholeLine()
        self._captions: list[QLabel] = []
        self.cell_type = _WholeChoice()
        self.compared = _WholeChoice()
        self.factor = _WholeChoice()
        self.back = _button("‹", "Back to the place before (Alt+Left)", workspace.view.go_back)
        self.forward = _button("›", "Forward again (Alt+Right)", workspace.view.go_forward)
        self.zoom_out = _button("−", "Zoom out (Ctrl+-)", lambda: workspace.view.zoom(1 / _ZOOM))
        self.zoom_in = _button("+", "Zoom in (Ctrl++)", lambda: workspace.view.zoom(_ZOOM))
        self._typing = calls_once(self, _TYPING_MILLISECONDS, self._complete)
        self._lay_out()
        self._set_up_completion()
        self.locus.returnPressed.connect(self.go)
        self.locus.given_up.connect(self._forget_typed)
        for box, choose in (
            (self.cell_type, workspace.choose_cell_type),
            (self.compared, workspace.compare_with),
            (self.factor, workspace.choose_factor),
        ):
            box.activated.connect(lambda place, box=box, choose=choose: choose(box.itemData(place)))
        workspace.view.changed.connect(self.follow_view)
        for announcer in (
            workspace.dataset_changed,
            workspace.choice_changed,
            workspace.model_changed,
            workspace.tracks_changed,
        ):
            announcer.connect(self.follow_choice)
        self.follow_choice()

    def go(self) -> None:
        """Show the place that was typed: a locus, or a gene."""
        text = self.locus.text().strip()
        if text in self._offered:
            self._navigator.show_gene(self._offered[text])
            self._leave()
        else:
            # Another place may be shown or typed by the time a gene is found.
            self._navigator.go(text, self._leave, self._miss, lambda: text == self.locus.text().strip())

    def _popup(self) -> QAbstractItemView | None:
        completer = self.locus.completer()
        return completer.popup() if completer is not None else None

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Escape gives up what was typed."""
        assert event is not None
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def follow_view(self) -> None:
        """Say where we are, unless somebody is typing."""
        view = self._workspace.view
        if view.span.chromosome and not (self.locus.hasFocus() and self.locus.isModified()):
            self.locus.setText(format_locus(view.interval))
            # A name that is longer than any box shows its beginning: the chromosome.
            self.locus.setCursorPosition(0)
        self.back.setEnabled(view.can_go_back)
        self.forward.setEnabled(view.can_go_forward)

    def minimumSizeHint(self) -> QSize:
        """Room for everything but the captions, which give way first."""
        spare = sum(each.sizeHint().width() + _SPACING for each in self._captions if not each.isHidden())
        return super().minimumSizeHint() - QSize(spare, 0)

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Show the captions where there is room for them."""
        captions = sum(each.sizeHint().width() + _SPACING for each in self._captions)
        has_room = self.width() >= self.minimumSizeHint().width() + captions
        for caption in self._captions:
            caption.setVisible(has_room)

    def follow_choice(self) -> None:
        """Offer what can be chosen."""
        dataset = self._workspace.dataset
        cells = tuple(cell.name for cell in dataset.cell_types) if dataset else ()
        chosen = self._workspace.cell_type
        _offer(self.cell_type, {name: name for name in cells}, chosen)
        others = {name: name for name in cells if name != chosen}
        _offer(self.compared, {"": "none", **others} if others else {}, self._workspace.setup.compared)
        checkpoint = self._workspace.model
        has_model = checkpoint is not None and checkpoint.predicts_binding
        factors = {factor.name: _named(factor, has_model) for factor in self._workspace.factors()}
        _offer(self.factor, factors, self._workspace.factor)
        self.follow_view()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(_SPACING)
        self.locus.setPlaceholderText("chr5:124.5m, a locus or a gene")
        self.locus.setClearButtonEnabled(True)
        self.locus.setAccessibleName("Locus or gene")
        for widget in (self.back, self.forward, self.locus, self.zoom_out, self.zoom_in):
            layout.addWidget(widget, 1 if widget is self.locus else 0)
        layout.addStretch(1)
        for text, box, tip in (
            ("&Cell type", self.cell_type, "Tracks of the chosen cell type show this one instead"),
            ("&Beside", self.compared, "The cell type that is shown beside the chosen one"),
            ("F&actor", self.factor, "Tracks of the chosen factor show this one instead"),
        ):
            caption = PlainLabel(text)
            caption.setProperty("role", "muted")
            caption.setBuddy(box)
            self._captions.append(caption)
            box.setToolTip(tip)
            box.setAccessibleName(tip if box is self.compared else text.replace("&", ""))
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the tracks
            layout.addSpacing(8)
            layout.addWidget(caption)
            layout.addWidget(box)

    def _set_up_completion(self) -> None:
        completer = QCompleter(self._names, self)
        # In this mode no name is chosen beforehand: Enter takes none but the one that a person went to.
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.activated[str].connect(lambda _text: QTimer.singleShot(0, self.go))
        self.locus.setCompleter(completer)
        self.locus.textEdited.connect(lambda _text: self._typing.start())

    def _complete(self) -> None:
        text = self.locus.text().strip()
        dataset = self._workspace.dataset
        has_genes = dataset is not None and (dataset.has_genes or any(file.kind == "genes" for file in dataset.files))
        if has_genes and text and ":" not in text:
            self._navigator.suggest(text, self._offer_names)

    def _offer_names(self, found: FoundGenes) -> None:
        """Offer genes by their names, and by their places too where several have one name."""
        times = Counter(gene.name for gene in found.genes)
        self._offered = {gene.label: gene for gene in found.genes if times[gene.name] > 1}
        self._names.setStringList([gene.label if times[gene.name] > 1 else gene.name for gene in found.genes])
        completer = self.locus.completer()
        if found.genes and self.locus.hasFocus() and self.locus.isModified() and completer is not None:
            completer.setCompletionPrefix(self.locus.text().strip())
            # The list closes after Enter: it is opened again when the key is done with.
            QTimer.singleShot(0, completer.complete)

    def _miss(self, missed: Missed) -> None:
        """Say why the view stays, and offer the genes that may be meant."""
        self.problem.emit(missed.sentence)
        if missed.genes is not None:
            self._offer_names(missed.genes)

    def _forget_typed(self) -> None:
        """Say where we are again: what was typed led nowhere, or was left."""
        self._typing.stop()
        self.locus.setModified(False)
        self.follow_view()

    def _leave(self) -> None:
        """Say where we are, and let the keys move the view again."""
        self._typing.stop()
        if (popup := self._popup()) is not None:
            popup.hide()
        self.locus.setModified(False)
        self.follow_view()
        self.left.emit()


def _named(factor: OfferedFactor, has_model: bool) -> str:
    """A factor as the list has it, marked where it is measured but not predicted, or predicted but not measured."""
    if has_model and not factor.is_predicted:
        return f"{factor.name} (not predicted)"
    return factor.name if factor.is_measured else f"{factor.name} (not measured)"


def _offer(box: QComboBox, names: dict[str, str], chosen: str) -> None:
    """Offer these choices, each with its words."""
    names = {name: shown(text) for name, text in names.items()}
    offered = {box.itemData(place): box.itemText(place) for place in range(box.count())}
    if list(offered.items()) != list(names.items()):
        box.clear()
        for name, text in names.items():
            box.addItem(text, name)
    box.setCurrentIndex(list(names).index(chosen) if chosen in names else -1)
    box.setEnabled(bool(names))


def _button(text: str, tip: str, action: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFixedSize(30, 30)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda _checked: action())
    return button
