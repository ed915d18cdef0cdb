"""Which results of other jobs are not replaced: checkpoints, evaluations and predicted files."""

from pathlib import Path

import msgspec
import pytest

from ebert_core.protocol.specs.jobs import Evaluate, FineTune, Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.training.replacing import refuse_to_replace
from tests.core.toy_binding import finetune_spec

SAID = r"holds the finished result of another job, which would be lost\. Name another\."


def test_a_checkpoint_of_another_request_is_not_replaced_and_its_own_may_be(
    toy_checkpoint: Path, toy_binding: Path, tmp_path: Path
) -> None:
    other = finetune_spec(toy_binding, toy_checkpoint, epochs=9)
    with pytest.raises(InvalidRequest, match=SAID):
        refuse_to_replace(other, "Name another.")
    refuse_to_replace(msgspec.structs.replace(other, output=str(tmp_path / "new")), "Name another.")


@pytest.mark.parametrize("may_be_own", [True, False])
def test_a_result_of_the_same_request_counts_as_its_own_unless_another_job_is_known_to_have_made_it(
    toy_checkpoint: Path, may_be_own: bool
) -> None:
    from ebert_core.model.description import read_description

    made = read_description(toy_checkpoint).spec
    assert isinstance(made, FineTune)
    again = msgspec.structs.replace(made, output=str(toy_checkpoint))
    if may_be_own:
        refuse_to_replace(again, "Name another.", may_be_own=True)
    else:
        with pytest.raises(InvalidRequest, match=SAID):
            refuse_to_replace(again, "Name another.", may_be_own=False)


def test_an_evaluation_and_a_predicted_file_of_which_nothing_is_known_are_not_replaced(
    toy_checkpoint: Path, toy_binding: Path, tmp_path: Path
) -> None:
    scores, track = tmp_path / "scores.json", tmp_path / "FOS.bw"
    evaluation = Evaluate(
        dataset=str(toy_binding), checkpoint=str(toy_checkpoint), output=str(scores), regions=("chr2",)
    )
    prediction = Predict(str(toy_checkpoint), str(toy_binding), "alpha", "FOS", str(track))
    for spec, path in ((evaluation, scores), (prediction, track)):
        refuse_to_replace(spec, "Name another.")
        path.write_text("{}")
        with pytest.raises(InvalidRequest, match=SAID):
            refuse_to_replace(spec, "Name another.")


def test_an_evaluation_of_the_same_request_may_be_made_again(toy_binding: Path, tmp_path: Path) -> None:
    spec = Evaluate(str(toy_binding), "/c", str(tmp_path / "scores.json"), regions=("chr2",))
    (tmp_path / "scores.json").write_bytes(msgspec.json.encode({"spec": spec, "comparison": {}}))
    refuse_to_replace(spec, "Name another.")
    with pytest.raises(InvalidRequest, match=SAID):
        refuse_to_replace(msgspec.structs.replace(spec, regions=("chr1",)), "Name another.")
