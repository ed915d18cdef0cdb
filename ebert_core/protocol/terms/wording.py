"""How lists, shares, times and lengths are said to a person, the same in every window, command and file."""

import difflib
from collections.abc import Iterable, Sequence

_MOST_LISTED = 30
_MOST_COMPARED = 2000
_NEAR = 0.7


def listed(names: Sequence[str], limit: int = 4) -> str:
    """The names as in a sentence: `CTCF, MAX and GABPA`, or `CTCF, MAX and 28 others`."""
    if len(names) <= 1:
        return "".join(names)
    if len(names) <= limit:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    shown = max(1, limit - 1)
    others = len(names) - shown
    return f"{', '.join(names[:shown])} and {others} {'other' if others == 1 else 'others'}"


def has_no(where: object, kind: str, name: str, known: Iterable[str]) -> str:
    """A sentence on a name that is none: `D.toml has no cell type K563; did you mean K562? It has HepG2, K562.`"""
    names = list(known)
    # To offer chr8 for chr9 helps nobody.
    offered = [each for each in names if kind != "chromosome" or _letters(each) != _letters(name)]
    return f"{where} has no {kind} {name}; {choice_of(name, names, 'it has', offered)}."


def _letters(name: str) -> str:
    return "".join(letter for letter in name if not letter.isdigit())


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """`did you mean K562?`, or nothing where no known name is near."""
    by_lower = {each.lower(): each for each in known[:_MOST_COMPARED]}
    near = difflib.get_close_matches(name.lower(), by_lower, 1, _NEAR)
    return f"did you mean {by_lower[near[0]]}?" if near else ""


def choice_of(name: str, known: Sequence[str], lead: str, offered: Sequence[str] | None = None) -> str:
    """What to take in place of a name that is none: `did you mean K562? It has HepG2, K562`, or `it has HepG2, K562`.

    Args:
        name: what was given.
        known: all that there are.
        lead: how they are introduced, such as `it has`.
        offered: those of them that may be meant; all where it is left out.
    """
    hint = did_you_mean(name, known if offered is None else offered)
    return f"{hint} {lead[:1].upper()}{lead[1:]} {all_of(known)}" if hint else f"{lead} {all_of(known)}"


def all_of(names: Sequence[str]) -> str:
    """The names with commas; of very many the first."""
    more = f" and {len(names) - _MOST_LISTED:,} more" if len(names) > _MOST_LISTED else ""
    return f"{', '.join(names[:_MOST_LISTED])}{more}" or "none"


def percent(share: float) -> str:
    """A share as people read it: `80 %`, `0.3 %`, `under 0.1 %`."""
    return "under 0.1 %" if 0 < share < 0.001 else f"{_figure(share)} %"


def percent_range(low: float, high: float) -> str:
    """Two shares: `61-88 %`."""
    return f"{_figure(low)}-{_figure(high)} %"


def _figure(share: float) -> str:
    return f"{100 * share:.0f}" if share >= 0.01 or share == 0 else f"{100 * share:.1f}"


def duration(seconds: float) -> str:
    """A time span as people say it, rounded to what can be known: `40 s`, `12 min`, `3 h 20 min`, `2 days`."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 90:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    if 10 <= hours < 48:
        return f"{round(minutes / 60)} h"
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(hours / 24)} days"


def bases(count: int) -> str:
    """A length of sequence: `200 bp`, `20 kb`, `2.0 Mb`, `3.1 Gb`."""
    for size, unit in ((1_000_000_000, "Gb"), (1_000_000, "Mb")):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{round(count / 1000):,} kb" if count >= 1000 else f"{count} bp"


def file_size(count: float) -> str:
    """A size on disk: `300 bytes`, `12 kB`, `1.3 GB`."""
    for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= size:
            return f"{count / size:.1f} {unit}" if count < 10 * size else f"{count / size:,.0f} {unit}"
    return f"{count:.0f} bytes"
