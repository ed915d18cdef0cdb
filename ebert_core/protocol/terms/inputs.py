"""What of a checkpoint's inputs a dataset gives for a cell type, and the sentences that say what it does not give.

Window, command line, jobs and files say it by these functions and no others.
"""

from collections.abc import Mapping, Sequence

import msgspec

from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.wording import listed

STATES = "chromatin states"
_MOST_NAMED = 6


class RelatedInput(msgspec.Struct, frozen=True):
    """A signal that is read in place of another one, as the user said it may.

    `is_rescaled` tells that the network sees it on the distribution that the wanted one had in training.
    """

    wanted: str
    given: str
    is_rescaled: bool


class CellInputs(msgspec.Struct, frozen=True):
    """What a checkpoint takes in and a dataset does not give for a cell type, or gives by another signal.

    `is_any_cell` tells that nothing is given that differs between cell types, though the checkpoint takes such inputs:
    it then predicts one and the same in every such cell type.
    """

    cell_type: str
    absent: tuple[str, ...] = ()
    related: tuple[RelatedInput, ...] = ()
    is_any_cell: bool = False


def parse_related(texts: Sequence[str]) -> dict[str, str]:
    """The signal to read in place of each wanted one, of texts such as `DNase=ATAC`.

    Raises:
        InvalidRequest: a text is not of this form, or two name the same wanted signal.
    """
    related: dict[str, str] = {}
    for text in texts:
        wanted, sign, given = (part.strip() for part in text.partition("="))
        if not (wanted and sign and given) or "=" in given or wanted == given:
            raise InvalidRequest(f"'{text}' relates no two signals; write WANTED=GIVEN, such as DNase=ATAC.")
        if related.get(wanted, given) != given:
            raise InvalidRequest(f"{wanted} is given by {related[wanted]} and by {given}; name one of them.")
        related[wanted] = given
    return related


def related_texts(related: Mapping[str, str]) -> tuple[str, ...]:
    """The same as texts."""
    return tuple(f"{wanted}={given}" for wanted, given in related.items())


def input_sentences(cells: Sequence[CellInputs], cell_types: int, does: str = "predicts") -> tuple[str, ...]:
    """What is absent and what stands in, a sentence for all cell types that are alike in it.

    Args:
        cells: the cell types to speak of; those of which nothing is absent are passed over.
        cell_types: how many cell types the dataset, or the run, has.
        does: what the network does there.
    """
    alike: dict[CellInputs, list[str]] = {}
    for cell in cells:
        alike.setdefault(msgspec.structs.replace(cell, cell_type=""), []).append(cell.cell_type)
    found = []
    for each, names in alike.items():
        is_every = len(names) == cell_types and cell_types > 1
        where = "In every cell type here" if is_every else f"In {listed(names, _MOST_NAMED)}"
        if each.absent:
            absent = listed(each.absent, _MOST_NAMED)
            found.append(f"{where} it {does} without {absent}, which the dataset does not give.{_same(each)}")
        found += [f"{where} it reads {_in_place(related)}" for related in each.related]
    return tuple(found)


def _same(inputs: CellInputs) -> str:
    return " Nothing is left that differs between cell types: all such predict the same." if inputs.is_any_cell else ""


def _in_place(related: RelatedInput) -> str:
    scale = (
        f"brought to the distribution that {related.wanted} had in training"
        if related.is_rescaled
        else f"as measured: the checkpoint keeps no distribution of {related.wanted} to bring it to"
    )
    return f"{related.given} in place of {related.wanted}, {scale}. That it serves as well is not proven."


def input_words(inputs: CellInputs) -> str:
    """The same in the few words that a row has room for; empty where nothing is absent."""
    if inputs.is_any_cell:
        return "same in every cell type"
    if len(inputs.absent) > 1:
        return f"{len(inputs.absent)} inputs absent"
    if inputs.absent:
        return "without states" if inputs.absent == (STATES,) else f"without {inputs.absent[0]}"
    return ", ".join(f"{each.given} in place of {each.wanted}" for each in inputs.related)


def refusal_without_inputs(name: str, inputs: CellInputs) -> str:
    """Why a checkpoint is not used on a cell type of which nothing is known, and what to do."""
    return (
        f"{name} reads {listed(inputs.absent, _MOST_NAMED)}, and the dataset gives none of them for "
        f"{inputs.cell_type}: it would predict the same in every such cell type. Add the files to the dataset, name a "
        "signal that stands in (--inputs DNase=ATAC), or let it go by the sequence alone: --without-inputs, or "
        "without_inputs = true in a spec."
    )
