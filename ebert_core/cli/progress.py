"""How a command that takes long says how far it is: one line, rewritten, in a terminal; in a log a line now and then.

`--quiet` leaves only warnings and errors, `--verbose` says more; every command that takes long has both.
"""

import argparse
import time
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple

from ebert_core.protocol.machine.showing import is_watched, tell, tell_over
from ebert_core.protocol.terms.report import Warned
from ebert_core.protocol.terms.wording import duration

Loudness = Literal["quiet", "normal", "verbose"]

_REWRITE_SECONDS = 0.2
# In a log: at every twentieth of the work, and no more than once a minute.
_LOG_SECONDS, _LOG_SHARE = 60.0, 0.05
# A rate is that of the last minutes, and nothing is said of it before so many seconds.
_SAMPLE_SECONDS, _SAMPLES, _FIRST_SECONDS = 5.0, 60, 10.0
# What is over sooner is not worth an estimate; one that is wrong by more than this factor is said again.
_WORTH_SAYING_SECONDS, _CHANGED_A_LOT = 60.0, 1.5


def add_loudness(parser: argparse.ArgumentParser) -> None:
    """Adds `--quiet` and `--verbose`."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--quiet", action="store_true", help="say nothing but warnings and errors")
    either.add_argument("--verbose", action="store_true", help="say more: what is read, on what it runs, every minute")


def loudness_of(arguments: argparse.Namespace) -> Loudness:
    """What was chosen; normal where nothing was, or where the command has no choice."""
    if getattr(arguments, "quiet", False):
        return "quiet"
    return "verbose" if getattr(arguments, "verbose", False) else "normal"


class Amount(NamedTuple):
    """How much work there is: `words` as in `3.1 Gb x 6 factors`, a size in units, and how it is carried out.

    `rate` says so many units a second.
    """

    words: str
    size: float
    rate: Callable[[float], str]
    means: str


class _Sample(NamedTuple):
    when: float
    fraction: float


class Progress:
    """What is said of the progress of one piece of work."""

    def __init__(
        self,
        loudness: Loudness = "normal",
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.loudness = loudness
        self._clock, self._wall = clock, wall
        self._is_watched = is_watched()
        self._amount: Amount | None = None
        self._samples: deque[_Sample] = deque(maxlen=_SAMPLES)
        self._begun = self._logged = clock()
        self._rewritten = self._told_at = float("-inf")
        self._step = 0
        self._told_end: float | None = None
        self._has_logged = False

    def expect(self, amount: Amount) -> None:
        """Tells how much work there is, so that rates and an estimate of it can be said."""
        self._amount = amount
        self._samples.clear()

    def show(self, fraction: float, note: str = "") -> None:
        """How far the work is, from 0 to 1, and where."""
        now = self._clock()
        self._take(now, fraction)
        if self.loudness == "quiet":
            return
        self._say_estimate(now, fraction)
        if self._is_watched:
            if now >= self._rewritten + _REWRITE_SECONDS:
                self._rewritten = now
                tell_over(self._words(fraction, note, with_end=False))
        elif self._is_due(now, fraction):
            self._logged, self._step, self._has_logged = now, int(fraction / _LOG_SHARE), True
            tell(self._words(fraction, note, with_end=True))

    def line(self, text: str) -> None:
        """A sentence for everybody; when quiet, warnings only."""
        if self.loudness != "quiet" or isinstance(text, Warned):
            self.clear()
            tell(text)

    def detail(self, text: str) -> None:
        """A sentence for those who want to know more."""
        if self.loudness == "verbose":
            self.line(text)

    def clear(self) -> None:
        """Clears the line that is rewritten, so that what follows has one of its own."""
        tell_over("")

    def done(self) -> None:
        """Says how long it took, where anything was said before."""
        self.clear()
        if self._has_logged or self._told_end is not None:
            tell(f"Done in {duration(self._clock() - self._begun)}.")

    def _take(self, now: float, fraction: float) -> None:
        if self._samples and fraction < self._samples[-1].fraction:
            self._samples.clear()
            self._step = 0
        if len(self._samples) < 2 or now >= self._samples[-1].when + _SAMPLE_SECONDS:
            self._samples.append(_Sample(now, fraction))

    def _rate(self, now: float, fraction: float) -> float:
        """Shares of the work a second in the last minutes; 0 while nobody knows."""
        first = self._samples[0]
        passed = now - first.when
        return (fraction - first.fraction) / passed if passed >= _FIRST_SECONDS else 0.0

    def _is_due(self, now: float, fraction: float) -> bool:
        has_advanced = int(fraction / _LOG_SHARE) > self._step or self.loudness == "verbose"
        return now >= self._logged + _LOG_SECONDS and has_advanced

    def _words(self, fraction: float, note: str, with_end: bool) -> str:
        now = self._clock()
        rate = self._rate(now, fraction)
        parts = [f"{100 * fraction:3.0f} %  {note}".rstrip()]
        if rate > 0:
            if self._amount:
                parts.append(self._amount.rate(rate * self._amount.size))
            left = (1 - fraction) / rate
            end = time.strftime("%a %H:%M", time.localtime(self._wall() + left))
            parts.append(f"{duration(left)} left, until {end}" if with_end else f"{duration(left)} left")
        return ", ".join(parts)

    def _say_estimate(self, now: float, fraction: float) -> None:
        """Once it can be told how long the work takes, and again when that has changed a lot."""
        rate = self._rate(now, fraction)
        if self._amount is None or rate <= 0 or now < self._told_at + _LOG_SECONDS:
            return
        left, amount = (1 - fraction) / rate, self._amount
        if self._told_end is None:
            if left < _WORTH_SAYING_SECONDS:
                return
            self.line(f"{amount.words}, about {duration(left)} {'more ' * (fraction > 0.01)}on {amount.means}.")
        else:
            expected = max(self._told_end - now, 1.0)
            if max(left / expected, expected / max(left, 1.0)) < _CHANGED_A_LOT or left < _WORTH_SAYING_SECONDS:
                return
            self.line(f"It takes about {duration(left)} more, and not {duration(expected)} as was expected.")
        self._told_end, self._told_at = now + left, now
