"""Weights that a network takes over from a trained one: rows and columns follow the names that they belong to."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from ebert_core.model.checkpoint import Checkpoint, first_member
from ebert_core.model.config import Architecture
from ebert_core.model.network import Ebert
from ebert_core.protocol.terms.adopting import changed_names
from ebert_core.protocol.terms.alphabets import advice_on_states
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.wording import listed

_SIZES = ("layers", "hidden", "heads", "token_width", "embedding_width", "base_embedding", "positions")
_PARTS = {
    "embedding.words": "short words",
    "embedding.positions": "positions",
    "embedding.signals": "how signals are read",
    "embedding.motifs": "how motif scores are read",
    "binding_head": "the binding head",
    "binding_head.motif_head": "the motif head",
    "binding_head.co_binding": "co-binding",
    "state_head": "the head of states",
}
# What rows belong to, by the start of a weight's name.
_ROWS = {
    "embedding.states.": "tokens of states",
    "embedding.signal_standard.": "signals",
    "embedding.motif_standard.": "motifs",
    "state_head.logits.": "states",
    "binding_head.logits.": "factors",
    "binding_head.co_binding.direct.": "factors",
    "binding_head.co_binding.logits.": "factors",
    "binding_head.motif_head.reach": "factors",
    "binding_head.motif_head.slope": "factors with motifs",
    "binding_head.motif_head.factor.": "factors with motifs",
}
_COLUMNS = {
    "embedding.signals.weight": "both of signals",
    "embedding.motifs.weight": "both of motifs",
    "binding_head.co_binding.direct.weight": "factors",
    "binding_head.co_binding.mix.weight": "factors",
}
# Layers that mean nothing unless a name of the kind stays.
_LAYERS = {"embedding.signals.": "signals", "embedding.motifs.": "motifs", "binding_head.co_binding.": "factors"}


class Adopted(NamedTuple):
    """What was taken over: the weights of which nothing was, by name, and what a person should know."""

    anew: tuple[str, ...]
    sentences: tuple[str, ...]


def adopt_weights(network: Ebert, parent: Checkpoint) -> Adopted:
    """Copies into a network what a trained one shares with it.

    What belongs to factors, states, signals or motifs follows their names, in whatever order: those that stay keep
    their weights. The inputs of new ones count nothing at first, so that what was known is predicted as before. Of an
    average, the first member is the one.

    Raises:
        InvalidRequest: the encoders differ in size, or a state is unknown to the trained one.
    """
    ours, theirs = network.architecture, parent.description.architecture
    for field in _SIZES:
        if getattr(ours, field) != getattr(theirs, field):
            raise InvalidRequest(f"{parent.path} has {field} {getattr(theirs, field)}, not {getattr(ours, field)}.")
    _refuse_unknown_state(ours, theirs)
    weights, target = first_member(parent).network.state_dict(), network.state_dict()
    names = _names(ours), _names(theirs)
    anew = [
        name
        for name, own in target.items()
        if name not in weights or not _shares(name, *names) or not _take_over(name, own, weights[name], *names)
    ]
    sentences = (
        *_changes(parent.description.name, ours, theirs),
        *(f"Starts from random weights: {part}." for part in _whole_parts(anew, target)),
        *(f"Left behind: {part}." for part in _whole_parts(weights.keys() - target.keys(), weights)),
    )
    return Adopted(tuple(sorted(anew)), sentences)


def _shares(name: str, own_names: dict[str, list[str]], known: dict[str, list[str]]) -> bool:
    kind = _named(name, _LAYERS)
    return not kind or bool(set(own_names[kind]) & set(known[kind]))


def _take_over(
    name: str, ours: Tensor, theirs: Tensor, own_names: dict[str, list[str]], known: dict[str, list[str]]
) -> bool:
    """Copies what two weights of one name share; whether there was anything."""
    rows, columns = _named(name, _ROWS), _named(name, _COLUMNS)
    if columns:
        moved = _moved(ours.shape[1], theirs.shape[1], own_names[columns], known[columns])
        if moved is None:
            return False
        taken = torch.zeros(theirs.shape[0], ours.shape[1])
        taken[:, moved[0]] = theirs[:, moved[1]]
        theirs = taken
    if rows:
        moved = _moved(ours.shape[0], theirs.shape[0], own_names[rows], known[rows])
        if moved is None or ours.shape[1:] != theirs.shape[1:]:
            return False
        ours[moved[0]] = theirs[moved[1]]
        return True
    if ours.shape != theirs.shape:
        return False
    ours.copy_(theirs)
    return True


def _moved(
    ours: int, theirs: int, own_names: Sequence[str], known: Sequence[str]
) -> tuple[list[int], list[int]] | None:
    """Which places are filled from which, by name; what follows the named ones stays in order. None: no name is shared.

    Args:
        ours: how many places there are to fill.
        theirs: how many to fill them from.
        own_names: of our first places.
        known: of their first places.
    """
    if ours - len(own_names) != theirs - len(known):
        return None
    pairs = [(place, known.index(name)) for place, name in enumerate(own_names) if name in known]
    if not pairs and (own_names or known):
        return None
    rest = [(len(own_names) + number, len(known) + number) for number in range(ours - len(own_names))]
    return [to for to, _ in pairs + rest], [source for _, source in pairs + rest]


def _names(architecture: Architecture) -> dict[str, list[str]]:
    """The names of rows and columns, in their order."""
    twice = {kind: [*getattr(architecture, kind)] * 2 for kind in ("signals", "motifs")}
    return {
        "factors": list(architecture.factors),
        "factors with motifs": [name for name in architecture.factors if name in architecture.motifs],
        "states": list(architecture.states),
        "tokens of states": ["\0absent", "\0hidden", *architecture.states],
        "signals": list(architecture.signals),
        "motifs": list(architecture.motifs),
        # The value of every channel, then what else is told of each.
        **{
            f"both of {kind}": [f"{n * 2 // max(1, len(names))} {name}" for n, name in enumerate(names)]
            for kind, names in twice.items()
        },
    }


def _named(name: str, kinds: dict[str, str]) -> str:
    return next((kind for start, kind in kinds.items() if name.startswith(start)), "")


def _refuse_unknown_state(ours: Architecture, theirs: Architecture) -> None:
    unknown = [name for name in ours.states if name not in theirs.states]
    if theirs.states and unknown:
        raise InvalidRequest(
            f"The pre-trained checkpoint does not know the state{'s' * (len(unknown) > 1)} {listed(unknown, 20)}; it "
            f"knows {listed(theirs.states, 20)}. States can be left out. "
            f"{advice_on_states(ours.states, theirs.states)}"
        )


def _changes(start: str, ours: Architecture, theirs: Architecture) -> Iterator[str]:
    for kind, words in (("factors", "factors"), ("signals", "signals"), ("states", "states"), ("motifs", "motifs of")):
        yield from changed_names(start, words, getattr(theirs, kind), getattr(ours, kind))


def _whole_parts(of: Collection[str], among: Collection[str]) -> Iterator[str]:
    """What the parts of a network are called of which every weight is one of these."""
    said: list[str] = []
    for start, words in _PARTS.items():
        part = {name for name in among if name.startswith(f"{start}.")}
        if part and part <= set(of) and not any(start.startswith(larger) for larger in said):
            said.append(start)
            yield words
