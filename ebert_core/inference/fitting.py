"""Whether a checkpoint may be used on a dataset: the sentences that refuse what would look right and mean nothing."""

from ebert_core.dataset.description import Dataset
from ebert_core.model.description import Description
from ebert_core.protocol.terms.alphabets import advice_on_states
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.wording import listed


def check_fit(description: Description, dataset: Dataset) -> None:
    """Refuses a checkpoint of another assembly or alphabet of states, and a synthetic one on real DNA.

    Raises:
        InvalidRequest: they do not belong together.
    """
    if description.seed is not None and dataset.layout.seed is None:
        raise InvalidRequest(
            f"{description.name} was trained on a synthetic genome and says nothing about {dataset.layout.name}; "
            "open a checkpoint trained on real DNA, or fine-tune one on your own peaks."
        )
    if description.assembly != dataset.layout.assembly:
        raise InvalidRequest(
            f"{description.name} was trained on {description.assembly}, the dataset is {dataset.layout.assembly}; "
            "open a checkpoint of the same assembly."
        )
    known = description.architecture.states
    unknown = [name for name in dataset.state_names if name not in known]
    if known and unknown:
        raise InvalidRequest(
            f"{description.name} knows the states {', '.join(known)}; this dataset's segmentation has "
            f"{listed(unknown, 20)}. {advice_on_states(dataset.state_names, known)}"
        )
    missing = dataset.reference is None
    if missing:
        raise InvalidRequest("This dataset names no reference sequence; add one (reference = ...) to predict.")
