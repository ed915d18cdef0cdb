"""The model role: opens models and answers what is asked of them. It knows providers, not what they are made of."""

from ebert_core.model.device import Engine, choose_engine
from ebert_core.protocol.machine.plugins import blaming
from ebert_core.protocol.modelling import ModelSummary, OpenModel
from ebert_core.protocol.sources import Read, Shapes
from ebert_core.providers.open_models import OpenModels
from ebert_core.providers.readers import read_all
from ebert_core.providers.table import provider_kinds
from ebert_core.roles.anew import reading_anew
from ebert_core.roles.session import Handlers, HelloDetails, Report


def handlers() -> tuple[Handlers, HelloDetails]:
    """The table of the model role, and what it says of itself."""
    engine = choose_engine()
    answers = ModelAnswers(engine)
    table: Handlers = {OpenModel: answers.open_model, Read: answers.read}
    return reading_anew(table, answers.forget), HelloDetails(engine.describe(), engine.precision)


class ModelAnswers:
    """The open models, and what they answer."""

    def __init__(self, engine: Engine) -> None:
        self._models = OpenModels(provider_kinds(), engine)

    def forget(self) -> None:
        """Closes all models; they are opened again when they are asked for."""
        self._models.close_all()

    def open_model(self, request: OpenModel, report: Report) -> ModelSummary:
        """Loads a model for a dataset and says what it is."""
        report(0.0, "loading the model")
        model = self._models.model(request.path, request.dataset)
        with blaming(model):
            return model.summary()

    def read(self, request: Read, report: Report) -> Shapes:
        """What sources hold in an interval, reduced to what the screen can show."""
        report(0.0)
        return read_all(request, self._models, report)
