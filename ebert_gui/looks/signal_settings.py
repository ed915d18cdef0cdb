"""What can be chosen of a signal: how it is drawn, its scale and its colours."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import Smoothed, Source, as_argument
from ebert_core.protocol.specs.fields import field
from ebert_gui.browser.scale import Spacing
from ebert_gui.state.settings import COLOURS, Settings

DRAWING, SCALE = "Drawing", "Scale"
Form = Literal["bars", "line", "points", "heat"]
Statistic = Literal["range", "mean", "minimum", "maximum"]
Sharing = Literal["assay", "alone", "group"]
Reach = Literal["all", "99.9", "99", "98", "95", "90"]


class SignalSettings(Settings, frozen=True, kw_only=True):
    """How a signal is drawn. A scale goes as far as what is on screen, but where an end of it is given."""

    below: Annotated[
        str,
        field("the colour of values below 0", title="Below 0", holds="colour", empty="usual", group=COLOURS),
    ] = ""
    form: Annotated[
        Form,
        field(
            "what stands for a value",
            title="Drawn as",
            words={"bars": "Bars", "line": "Line", "points": "Points", "heat": "Heat"},
            group=DRAWING,
        ),
    ] = "bars"
    statistic: Annotated[
        Statistic,
        field(
            "what a column shows of the values in it; heat shows the mean in place of the range",
            title="Shows",
            words={"range": "Mean and range", "mean": "Mean", "minimum": "Minimum", "maximum": "Maximum"},
            group=DRAWING,
        ),
    ] = "range"
    smoothing: Annotated[
        int,
        field(
            "the window, in bases, of which the moving mean is drawn; a column wider than half of it stays as it is",
            title="Smooth over",
            empty="no smoothing",
            ge=0,
            le=1_000_000,
            unit=" bp",
            step=100,
            group=DRAWING,
        ),
    ] = 0
    has_zero_line: Annotated[
        bool,
        field(
            "whether a line stands at 0, where the scale has values on both sides of it",
            title="Zero",
            tick="Line at zero",
            only_without="spacing=log",
            group=DRAWING,
        ),
    ] = True
    spacing: Annotated[
        Spacing,
        field(
            "how values are spaced; a logarithmic axis shows only values above 0, a symmetric one those below 0 too",
            title="Axis",
            words={"linear": "Linear", "log": "Logarithmic", "symlog": "Symmetric log"},
            group=SCALE,
        ),
    ] = "linear"
    low: Annotated[
        float | None,
        field(
            "the lower end of the scale; above 0 on a logarithmic axis", title="From", empty="automatic", group=SCALE
        ),
    ] = None
    high: Annotated[
        float | None,
        field("the upper end of the scale; above 0 on a logarithmic axis", title="To", empty="automatic", group=SCALE),
    ] = None
    reach: Annotated[
        Reach,
        field(
            "how many of the columns on screen an automatic end of the scale leaves room for; those beyond are marked",
            title="Room for",
            words={
                "all": "All values",
                "99.9": "99.9 % of columns",
                "99": "99 % of columns",
                "98": "98 % of columns",
                "95": "95 % of columns",
                "90": "90 % of columns",
            },
            group=SCALE,
        ),
    ] = "all"
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

    def read_as(self, source: Source) -> Source:
        """A signal of a file is read smoothed, so that its pieces meet without a seam."""
        if not self.smoothing or source.shape is not Signal or source.tiling != "tiles" or source.role != "data":
            return source
        return Smoothed(as_argument(source), self.smoothing)

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """The ends of the scale that are given and can be used: a logarithmic axis has none at or below 0."""
        if self.spacing != "log":
            return self.low, self.high
        low, high = (end if end is not None and end > 0 else None for end in (self.low, self.high))
        return low, high

    @property
    def percentile(self) -> float:
        """How many of 100 columns an automatic end of the scale leaves room for."""
        return 100.0 if self.reach == "all" else float(self.reach)

    @property
    def drawn_statistic(self) -> Statistic:
        """What is drawn of a column: a colour cannot show a range."""
        return "mean" if self.form == "heat" and self.statistic == "range" else self.statistic

    def scale_group(self, assay: str) -> str:
        """What the tracks have in common that share the scale; empty for a track that shares it with no other."""
        named = {"assay": f"of {assay}" if assay else "", "alone": "", "group": f"group {self.group}"}
        return named[self.shared]

    @property
    def scale_words(self) -> tuple[str, ...]:
        """What is unusual of the scale and of the values on it, in a word or two each."""
        low, high = self.ends
        has_automatic_end = low is None or high is None
        return tuple(
            filter(
                None,
                (
                    "" if self.spacing == "linear" else self.spacing,
                    f"{self.reach} %" if self.reach != "all" and has_automatic_end else "",
                    "fixed" if not has_automatic_end else "",
                    f"group: {self.group}".removesuffix(": ") if self.shared == "group" else "",
                    f"smoothed {bases_words(self.smoothing)}" if self.smoothing else "",
                ),
            )
        )


def bases_words(bases: int) -> str:
    """A window as short as it can be written: `250 bp`, `1.5 kb`."""
    return f"{bases / 1000:g} kb" if bases >= 1000 and bases % 100 == 0 else f"{bases:,} bp"
