"""How far a fine-tuning is, told by how many windows go through the network in each part of it."""

from typing import Literal, NamedTuple

from ebert_core.protocol.terms.report import FORESEEABLE, Report, TellProgress

# The gradients of a window take about twice as long as its logits.
TRAINED_WINDOW = 3.0

Part = Literal["training", "measuring", "search", "calibration"]


class Workload(NamedTuple):
    """What each part costs, in windows whose logits are computed on one strand.

    `training` and `measuring` are of one epoch, `search` (for hard unbound bins) follows each of the first `searches`
    epochs, and `calibration` comes once, after the last epoch.
    """

    epochs: int
    searches: int
    training: float
    measuring: float
    search: float
    calibration: float

    def done(self, part: Part, share: float, epoch: int = 0) -> float:
        """How far the run is, from 0 to `FORESEEABLE`, when so much of one part is done.

        Args:
            part: which.
            share: of it, from 0 to 1.
            epoch: to which it belongs, counted from 0.
        """
        whole = self._before(self.epochs) + self.calibration
        if part == "calibration":
            return FORESEEABLE * (self._before(self.epochs) + share * self.calibration) / whole
        in_order: dict[Part, float] = {"training": self.training, "measuring": self.measuring, "search": self.search}
        names = list(in_order)
        earlier = sum(in_order[name] for name in names[: names.index(part)])
        return FORESEEABLE * (self._before(epoch) + earlier + share * in_order[part]) / whole

    def told(self, report: Report, part: Part, epoch: int = 0) -> TellProgress:
        """Takes the share of one part that is done, and reports how far the whole run is."""
        return lambda share, note: report.progress(self.done(part, share, epoch), note)

    def _before(self, epoch: int) -> float:
        """The cost of all epochs before one."""
        return epoch * (self.training + self.measuring) + min(epoch, self.searches) * self.search
