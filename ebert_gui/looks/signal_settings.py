"""What can be chosen of a signal: its scale and its colours."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from ebert_core.protocol.specs.fields import field
from ebert_gui.state.settings import Settings

SCALE = "Scale"
Sharing = Literal["assay", "alone", "group"]


class SignalSettings(Settings, frozen=True, kw_only=True):
    """How a signal is drawn. A scale goes as far as what is on screen, but where an end of it is given."""

    low: Annotated[float | None, field("the lower end of the scale", title="From", empty="automatic", group=SCALE)] = (
        None
    )
    high: Annotated[float | None, field("the upper end of the scale", title="To", empty="automatic", group=SCALE)] = (
        None
    )
    shared: Annotated[
        Sharing,
        field(
            "which tracks have the same scale",
            title="Shared by",
            words={"assay": "Its assay", "alone": "This track alone", "group": "A group"},
            group=SCALE,
        ),
    ] = "assay"
    group: Annotated[
        str,
        field("the group of tracks that have the same scale", title="Group", only_with="shared=group", group=SCALE),
    ] = ""

    @classmethod
    def of_older(cls, written: Mapping[str, Any]) -> dict[str, Any]:
        """Also `maximum`, and a `group` that every track of an assay had."""
        own = super().of_older(written)
        own["high"] = written.get("maximum")
        group = own.get("group")
        if group == written.get("signal"):
            own["group"] = ""
        elif group:
            own["shared"] = "group"
        return own

    def problem(self) -> str:
        """That the ends of the scale are the wrong way round."""
        if self.low is not None and self.high is not None and self.low >= self.high:
            return f"A scale cannot go from {self.low:g} to {self.high:g}"
        return ""

    def scale_group(self, assay: str) -> str:
        """What the tracks have in common that share the scale; empty for a track that shares it with no other."""
        named = {"assay": f"of {assay}" if assay else "", "alone": "", "group": f"group {self.group}"}
        return named[self.shared]
