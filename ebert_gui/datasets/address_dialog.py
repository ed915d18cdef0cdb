"""The form for opening files at addresses of http and https."""

from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QDialog, QWidget

from ebert_core.protocol.terms.addresses import address_of, is_address
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_gui.widgets.forms import Footer, add_row, form_above_footer, form_layout, path_field

_HELP = (
    "Of a bigWig, a bigBed, a 2bit and a FASTA with its index only what is shown is fetched. Anything else is fetched "
    "whole, up to 256 MB. Several addresses stand side by side, with blanks between them."
)


class AddressDialog(QDialog):
    """Asks for one address or several."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open address")
        self.field = path_field("https://server/folder/track.bigWig")
        self._footer = Footer("&Open")
        form = form_layout()
        add_row(form, "&Address", self.field, help_text=_HELP)
        form_above_footer(self, form, self._footer)
        self.setMinimumWidth(560)
        self._footer.buttons.accepted.connect(self.accept)
        self._footer.buttons.rejected.connect(self.reject)
        self.field.textChanged.connect(self._follow)
        self.field.setText(_copied())
        self.field.selectAll()
        self._follow()

    def addresses(self) -> tuple[str, ...]:
        """What was typed, in its order; secrets are remembered by this process and stand in none of it.

        Raises:
            InvalidRequest: something of it is no address.
        """
        return tuple(dict.fromkeys(address_of(word).text for word in self.field.text().split()))

    def _follow(self) -> None:
        self._footer.say("", _objection(self.field.text().split()))


def _objection(words: list[str]) -> str:
    """Why this cannot be opened, as a sentence; empty where it can be tried."""
    if not words:
        return "Type an address."
    try:
        for word in words:
            if not is_address(word):
                return f"'{word[:40]}' does not begin with http:// or https://."
            address_of(word)
    except InvalidRequest as error:
        return str(error)
    return ""


def _copied() -> str:
    """What was copied last, where it is an address: it is often what a person has come to open."""
    clipboard = QGuiApplication.clipboard()
    text = clipboard.text().strip() if clipboard is not None else ""
    return text if is_address(text) and not _objection(text.split()) else ""
