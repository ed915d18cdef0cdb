"""Evaluation on the toy genome: what the file says, and what is refused."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import msgspec
import pytest

from ebert_core.cli.outcomes import summary_of
from ebert_core.dataset.digests import joint_digest
from ebert_core.judging.evaluate import evaluate
from ebert_core.judging.evaluation import Evaluation, read_evaluation, table
from ebert_core.model.description import read_description, replace_description
from ebert_core.protocol.machine.resources import shipped_checkpoints
from ebert_core.protocol.specs.jobs import Evaluate
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import Stopped
from ebert_core.training.pretrain import pretrain
from tests.certain import present
from tests.core.toy_binding import TOML, SilentReport, pretrain_spec, write_toy_binding


@pytest.fixture
def spec_of(toy_binding: Path, toy_checkpoint: Path, tmp_path: Path) -> Callable[..., Evaluate]:
    def make(**changes: int | str | tuple[str, ...]) -> Evaluate:
        fixed: dict[str, Any] = {"regions": ("chr2",), "without": ("states",), "bootstrap": 20, "precision": "fp32"}
        fixed |= {"checkpoint": str(toy_checkpoint), "output": str(tmp_path / "scores" / "s.json")}
        fixed["dataset"] = str(toy_binding)
        return Evaluate(**{**fixed, **changes})

    return make


def test_the_model_stands_beside_the_motif_scan_and_itself_without_states(
    spec_of: Callable[..., Evaluate], tmp_path: Path
) -> None:
    report = SilentReport()
    written = json.loads(evaluate(spec_of(), report, tmp_path).read_text())
    figures = ["s.methods.png", "s.precision_recall.png", "s.reliability.png"]
    assert sorted(path.name for path in (tmp_path / "scores").iterdir()) == ["s.json", *figures]
    pairs = written["comparison"]["pairs"]
    assert {(pair["factor"], pair["cell_type"]) for pair in pairs} == {("FOS", "alpha"), ("FOS", "beta")}
    for pair in pairs:
        assert pair["auprc"]["fos"] > 0.9
        assert pair["auprc"]["fos"] > pair["auprc"]["motif scan"] + 0.2
        assert pair["auprc"]["fos"] > pair["auprc"]["fos without states"] + 0.2
        assert pair["auprc"]["motif scan"] > 0.2
        assert pair["auprc"]["motif x accessibility"] > pair["auprc"]["motif scan"] + 0.2
        assert 3 < pair["bound_peaks"] < 20
    assert written["spec"]["bootstrap"] == 20
    assert len(written["checkpoint_sha256"]) == 64
    assert report.events == [
        "WARNING: fos: in beta it predicts without DNase, which the dataset does not give.",
        "fos was validated on parts of chr2, which chose its epoch and calibration; its scores there are a little too "
        "good.",
        "Figures beside the scores: s.precision_recall.png, s.reliability.png, s.methods.png.",
    ]
    assert written["notes"] == [
        *(event.removeprefix("WARNING: ") for event in report.events[:2]),
        "Held out are 0.012 Mb: blocks of 2 kb were resampled, and the true intervals are wider than these.",
        "Motif x accessibility reads the factor's motif, DNase, state, and boosted trees read the same; fitted where "
        "the model was trained.",
    ]


def test_a_checkpoint_scored_where_it_was_trained_is_marked(spec_of: Callable[..., Evaluate], tmp_path: Path) -> None:
    report = SilentReport()
    written = evaluate(spec_of(regions=("chr1:1-9000",)), report, tmp_path)
    marked = "fos was trained on parts of chr1 in alpha, beta; its scores there prove nothing."
    assert report.events[1] == f"WARNING: {marked}"
    assert marked in json.loads(written.read_text())["notes"]
    known = read_evaluation(written)
    assert isinstance(known, Evaluation)
    assert marked in table(known)


def test_the_scores_name_what_they_were_made_of_by_digest_and_on_what(
    spec_of: Callable[..., Evaluate], toy_checkpoint: Path, toy_binding: Path, tmp_path: Path
) -> None:
    spec = spec_of(controls=(str(toy_checkpoint),), without=())
    known = read_evaluation(evaluate(spec, SilentReport(), tmp_path, "ebert evaluate s.toml"))
    made = present(known.made)
    assert made.command == "ebert evaluate s.toml"
    assert made.started <= made.ended
    assert made.host
    [used] = made.checkpoints
    digests = [
        hashlib.sha256((toy_checkpoint / name).read_bytes()).hexdigest()
        for name in ("weights.safetensors", "description.json")
    ]
    assert [used.weights_sha256, used.description_sha256] == digests
    peaks = made.dataset.inputs["cell_types.alpha.peaks.FOS.conservative"]
    assert peaks.sha256 == hashlib.sha256((toy_binding.parent / "alpha.narrowPeak").read_bytes()).hexdigest()
    assert made.dataset.inputs_sha256 == joint_digest(made.dataset.inputs)
    assert known.versions.device
    assert known.versions.precision == "fp32"


def test_controls_of_one_name_are_told_apart_by_their_paths(
    spec_of: Callable[..., Evaluate], toy_checkpoint: Path, tmp_path: Path
) -> None:
    spec = spec_of(controls=(str(toy_checkpoint),), without=())
    written = json.loads(evaluate(spec, SilentReport(), tmp_path).read_text())
    methods = ["fos", str(toy_checkpoint), "motif x accessibility", "boosted trees", "motif scan"]
    assert list(written["comparison"]["pooled"]) == methods


def test_checkpoints_joined_by_a_plus_sign_are_averaged(
    spec_of: Callable[..., Evaluate], toy_checkpoint: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(toy_checkpoint, tmp_path / "other")
    both = f"{toy_checkpoint}+{other}"
    written = evaluate(spec_of(controls=(both,), without=()), SilentReport(), tmp_path)
    for pair in json.loads(written.read_text())["comparison"]["pairs"]:
        assert pair["auprc"]["fos + other"] == pytest.approx(pair["auprc"]["fos"])
    written = evaluate(spec_of(checkpoint=both, without=()), SilentReport(), tmp_path)
    drawn = json.loads(written.read_text())["factors"][0]
    assert list(drawn["curves"]) == ["fos + other", "motif x accessibility", "boosted trees", "motif scan"]
    assert (drawn["reliability"], drawn["threshold"]) == ([], None)


def test_what_counts_can_be_chosen(spec_of: Callable[..., Evaluate], tmp_path: Path) -> None:
    spec = spec_of(without=(), fewest_peaks=0, fewest_bound_bins=10)
    assert json.loads(evaluate(spec, SilentReport(), tmp_path).read_text())["comparison"]["counted_pairs"] == 2


def test_a_dataset_without_the_training_loci_has_no_fitted_baseline(
    spec_of: Callable[..., Evaluate], toy_checkpoint: Path, tmp_path: Path
) -> None:
    elsewhere = shutil.copytree(toy_checkpoint, tmp_path / "elsewhere")
    described = json.loads((elsewhere / "description.json").read_text())
    described["training"] = [{"chromosome": "chr7", "start": 0, "end": 5000}]
    (elsewhere / "description.json").write_text(json.dumps(described))
    written = json.loads(evaluate(spec_of(checkpoint=str(elsewhere)), SilentReport(), tmp_path).read_text())
    assert "motif x accessibility" not in written["comparison"]["pooled"]
    sentence = "This dataset has none of the checkpoint's training regions; motif x accessibility is left out."
    assert sentence in written["notes"]


def test_a_pre_trained_checkpoint_is_scored_on_what_is_hidden(
    spec_of: Callable[..., Evaluate], smallest: None, toy_binding: Path, tmp_path: Path
) -> None:
    path = pretrain(pretrain_spec(toy_binding, tmp_path / "pre", steps=2), SilentReport(), tmp_path / "w")
    spec = spec_of(checkpoint=str(path))
    written = json.loads(evaluate(spec, SilentReport(), tmp_path).read_text())
    assert written["masked"]["hidden_bases"] > 500
    shown = summary_of(spec, Path(spec.output)).splitlines()
    assert shown[0] == "On chr2; 95 % intervals over blocks of 2 kb."
    assert any(line.startswith("  network ") for line in shown)
    better = r"  Markov, 1 bases each side +\d\.\d{4} +[+-]\d\.\d{3} [+-]\d\.\d\d\.\.[+-]\d\.\d\d"
    assert any(re.fullmatch(better, line) for line in shown), "what the network is better by has a sign"
    assert 1 < written["masked"]["base_loss"]["network"] < 2
    both = spec_of(checkpoint=str(path), regions=("chr1:1-4000", "chr2:1-4000"))
    units = json.loads(evaluate(both, SilentReport(), tmp_path).read_text())["masked"]["hidden_units"]
    assert 20 < units <= 40, "units at the same positions of two chromosomes are two"


def test_without_states_a_pre_trained_checkpoint_is_scored_on_bases_alone(
    spec_of: Callable[..., Evaluate], smallest: None, tmp_path: Path
) -> None:
    write_toy_binding(tmp_path)
    bare = tmp_path / "bare.toml"
    bare.write_text(TOML.split("[states]")[0] + "[cell_types.alpha]\n")
    path = pretrain(pretrain_spec(bare, tmp_path / "pre", steps=1), SilentReport(), tmp_path / "w")
    spec = spec_of(dataset=str(bare), checkpoint=str(path), regions=("chr1:1-4000", "chr2:1-4000"))
    masked = json.loads(evaluate(spec, SilentReport(), tmp_path).read_text())["masked"]
    assert masked["hidden_bases"] == 2 * 4000 // 16
    assert (masked["hidden_units"], masked["state_accuracy"], masked["accuracy_advantage"]) == (0, {}, {})


def test_it_ends_where_the_person_wants_it_to(spec_of: Callable[..., Evaluate], tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="no scores were written"):
        evaluate(spec_of(), SilentReport(stop_after=2), tmp_path)
    assert not (tmp_path / "scores").exists()


class Asked(SilentReport):
    """Is asked to stop once `wants_to_stop` is set."""

    wants_to_stop = False

    def stop_requested(self) -> bool:
        return self.wants_to_stop


@pytest.mark.parametrize(
    "work",
    [
        "numpy.linalg.solve",
        "sklearn.ensemble.HistGradientBoostingClassifier.fit",
        "ebert_core.judging.baselines.FactorFit.scores",
        "ebert_core.judging.trees.TreeFit.scores",
        "ebert_core.judging.comparison.resampled_auprc",
    ],
)
def test_a_wish_to_stop_is_heard_within_the_fits_the_scores_and_the_resampling(
    spec_of: Callable[..., Evaluate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    """Each of these is a small part of what takes minutes on a whole genome: none is begun after the wish."""
    report = Asked()
    begun: list[str] = []
    place, _, name = work.rpartition(".")
    usual = getattr(resolve_name(place), name)

    def counted(*arguments: Any, **options: Any) -> Any:
        begun.append(work)
        report.wants_to_stop = True
        return usual(*arguments, **options)

    monkeypatch.setattr(work, counted)
    with pytest.raises(Stopped, match="no scores were written"):
        evaluate(spec_of(), report, tmp_path)
    assert begun == [work]
    assert not (tmp_path / "scores").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"factors": ("GATA9",)}, "does not predict GATA9. It predicts FOS"),
        ({"cell_types": ("gamma",)}, "no cell type gamma"),
        ({"regions": ("chr9",)}, "'chr9' is no region"),
        ({"regions": ("chr2:9,101-9,500",)}, "None of FOS was assayed in the chosen cell types and regions"),
        ({"without": ("methylation",)}, "'methylation' is no stream to leave out"),
        ({"controls": ("/no/such",)}, "There is no checkpoint at /no/such"),
        ({"bootstrap": 0}, "bootstrap is 0; it must be at least 1"),
        ({"fewest_peaks": -1}, "fewest_peaks is -1; it must be at least 0"),
        ({"context": 1_500}, "context is 1500; it must be a multiple of 200"),
        ({"seed": -1}, "seed is -1; it must be at least 0"),
        ({"strands": 3}, "strands is 3; it must be 1 or 2"),
        ({"cell_types": ("alpha", "alpha")}, "cell_types lists alpha twice"),
        ({"output": "/proc/scores.json"}, "/proc may not be written to"),
    ],
)
def test_what_makes_no_sense_is_refused(
    spec_of: Callable[..., Evaluate],
    tmp_path: Path,
    changes: dict[str, int | str | tuple[str, str] | tuple[str]],
    sentence: str,
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        evaluate(spec_of(**changes), SilentReport(), tmp_path)


def test_a_place_that_takes_no_scores_is_refused_before_the_work(
    spec_of: Callable[..., Evaluate], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    report = SilentReport(stop_after=0)
    with pytest.raises(InvalidRequest, match="is a folder; name a file"):
        evaluate(spec_of(output=str(tmp_path)), report, tmp_path)
    with pytest.raises(InvalidRequest, match="file may not be written to; name another file"):
        evaluate(spec_of(output=str(tmp_path / "file" / "s.json")), report, tmp_path)


@pytest.fixture
def unseen(toy_checkpoint: Path, tmp_path: Path) -> Path:
    """A copy whose epoch was not chosen on the first 9 kb of chr2."""
    folder = shutil.copytree(toy_checkpoint, tmp_path / "fos")
    described = read_description(folder)
    replace_description(folder, msgspec.structs.replace(described, validation=(Interval("chr2", 9_000, 12_000),)))
    return folder


def test_labels_of_another_rule_than_the_checkpoints_are_named(
    spec_of: Callable[..., Evaluate], unseen: Path, tmp_path: Path
) -> None:
    replace_description(unseen, msgspec.structs.replace(read_description(unseen), label_rule="half-of-bin"))
    spec = spec_of(checkpoint=str(unseen), regions=("chr2:1-9,000",), without=(), write_verdict=True)
    written = json.loads(evaluate(spec, SilentReport(), tmp_path).read_text())
    said = "Labels here follow the rule organisers; the {} learnt from those of half-of-bin."
    assert said.format("checkpoint") in written["notes"]
    assert present(read_description(unseen).verdict).notes[-1] == said.format("model")


def test_a_verdict_on_unseen_loci_takes_the_place_of_the_one_in_the_checkpoint(
    spec_of: Callable[..., Evaluate], unseen: Path, tmp_path: Path
) -> None:
    before = read_description(unseen)
    assert not present(before.verdict).are_unseen
    report = SilentReport()
    regions = ("chr2:1-9,000",)
    evaluate(spec_of(checkpoint=str(unseen), regions=regions, without=(), write_verdict=True), report, tmp_path)
    after = read_description(unseen)
    assert present(after.verdict).are_unseen
    assert present(after.verdict).regions == "chr2:1-9,000"
    assert present(after.verdict).notes[0].startswith("Judged on chr2:1-9,000; neither training nor")
    assert present(after.verdict).overall.peaks < present(before.verdict).overall.peaks
    assert msgspec.structs.replace(after, verdict=before.verdict) == before
    first = report.events.index(f"Written into {unseen}: {present(after.verdict).headline}.") + 1
    assert report.events[first : first + len(present(after.verdict).lines())] == present(after.verdict).lines()
    assert sorted(path.name for path in unseen.iterdir()) == ["description.json", "weights.safetensors"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"regions": ("chr1:1-9,000",)}, "where fos was trained"),
        ({"regions": ("chr2",)}, "where the epoch and the calibration of fos were chosen; name loci that it has not"),
        ({"factors": ("FOS",)}, "judges all factors of the checkpoint; leave out factors"),
    ],
)
def test_a_verdict_on_seen_loci_is_never_written(
    spec_of: Callable[..., Evaluate], unseen: Path, tmp_path: Path, changes: dict[str, tuple[str]], said: str
) -> None:
    before = (unseen / "description.json").read_bytes()
    fixed = {"checkpoint": str(unseen), "regions": ("chr2:1-9,000",), "write_verdict": True}
    with pytest.raises(InvalidRequest, match=said):
        evaluate(spec_of(**{**fixed, **changes}), SilentReport(), tmp_path)
    assert (unseen / "description.json").read_bytes() == before
    assert not (tmp_path / "scores").exists(), "refused before anything is scored"


def test_a_verdict_is_not_written_where_it_cannot_be_told_whether_loci_were_seen(
    spec_of: Callable[..., Evaluate], unseen: Path, tmp_path: Path
) -> None:
    elsewhere = {"toy2": (Interval("chr1", 0, 1_000),)}
    replace_description(unseen, msgspec.structs.replace(read_description(unseen), elsewhere=elsewhere))
    spec = spec_of(checkpoint=str(unseen), regions=("chr2:1-9,000",), write_verdict=True)
    with pytest.raises(
        InvalidRequest, match=r"saw labels of toy2; whether it saw those of chr2:1-9,000 cannot be told"
    ):
        evaluate(spec, SilentReport(), tmp_path)


def test_an_average_on_the_fly_has_no_place_for_a_verdict(
    spec_of: Callable[..., Evaluate], unseen: Path, toy_checkpoint: Path, tmp_path: Path
) -> None:
    spec = spec_of(checkpoint=f"{unseen}+{toy_checkpoint}", regions=("chr2:1-9,000",), write_verdict=True)
    with pytest.raises(InvalidRequest, match="write_verdict needs one checkpoint"):
        evaluate(spec, SilentReport(), tmp_path)


@pytest.mark.parametrize("named", ["human_slices", "demonstration"])
def test_no_verdict_is_written_into_what_comes_with_the_program(
    spec_of: Callable[..., Evaluate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """Not even by somebody who may write there, nor through a link: others rely on what was published."""
    folder = shipped_checkpoints()[named]
    before = (folder / "description.json").read_bytes()
    (tmp_path / "link").symlink_to(folder)
    for path in (folder, tmp_path / "link"):
        spec = spec_of(checkpoint=str(path), regions=("chr2:1-9,000",), write_verdict=True)
        with pytest.raises(InvalidRequest, match="comes with the program, so write_verdict cannot put a verdict there"):
            evaluate(spec, SilentReport(), tmp_path)
    assert (folder / "description.json").read_bytes() == before
