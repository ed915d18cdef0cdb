"""How lists and shares are said to a person, the same in every window, command and file."""

from collections.abc import Sequence


def listed(names: Sequence[str], limit: int = 4) -> str:
    """The names as in a sentence: `CTCF, MAX and GABPA`, or `CTCF, MAX and 28 others`."""
    if len(names) <= 1:
        return "".join(names)
    if len(names) <= limit:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    shown = max(1, limit - 1)
    others = len(names) - shown
    return f"{', '.join(names[:shown])} and {others} {'other' if others == 1 else 'others'}"


def percent(share: float) -> str:
    """A share as people read it: `80 %`, `0.3 %`, `under 0.1 %`."""
    return "under 0.1 %" if 0 < share < 0.001 else f"{_figure(share)} %"


def percent_range(low: float, high: float) -> str:
    """Two shares: `61-88 %`."""
    return f"{_figure(low)}-{_figure(high)} %"


def _figure(share: float) -> str:
    return f"{100 * share:.0f}" if share >= 0.01 or share == 0 else f"{100 * share:.1f}"
