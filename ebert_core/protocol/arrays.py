"""Checks that the arrays of a message go together; whoever decodes one that they fail has no message."""

from typing import Any

from numpy.typing import NDArray


# Any: an array of whatever type; only its shape is looked at.
def check_same_length(**arrays: NDArray[Any]) -> int:
    """The common length of arrays with one axis.

    Raises:
        ValueError: they have more axes, or different lengths.
    """
    lengths = {name: array.shape for name, array in arrays.items()}
    if any(len(shape) != 1 for shape in lengths.values()) or len(set(lengths.values())) != 1:
        said = ", ".join(f"{name} {'x'.join(map(str, shape)) or 'one value'}" for name, shape in lengths.items())
        raise ValueError(f"arrays that belong together have different shapes: {said}")
    return int(next(iter(lengths.values()))[0])
