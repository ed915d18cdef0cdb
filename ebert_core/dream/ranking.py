"""The challenge's ranking of teams, from the figures of their submissions.

Source: the organisers' ranking. Teams are compared on ten subsamples; what counts in the end is the second best of a
team's ten ranks, so that one lucky subsample decides nothing.
"""

# T = teams with a submission for one set, S = subsamples.

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dream.subsamples import SUBSAMPLES, Figures, Score
from ebert_core.genome.lines import reading
from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.terms.errors import InvalidRequest

# The score of a set that a team did not submit, and the worst that it can get for one that it did.
MISSING = 0.5

Results = Mapping[str, Mapping[str, Score]]


class Standing(msgspec.Struct, frozen=True):
    """One team in the final order: its rank, its score over the subsamples (lower is better), and its sets.

    `ranks` is the second best rank on each set that the team submitted; `missing` names the others.
    """

    team: str
    rank: float
    mean_score: float
    lowest_score: float
    highest_score: float
    ranks: dict[str, float]
    missing: tuple[str, ...]


def ranking(results: Results) -> tuple[Standing, ...]:
    """The teams from first to last, given their scores by team and set.

    Per subsample and set, teams are ranked by the sum of log(rank / (n + 1)) over recall at 10 % and 50 % FDR, auPRC
    and auROC, n being the teams that submitted this set. Per subsample, rank / (n + 1), at most 0.5, is summed over
    the sets and ranked again. A team's rank is the second best of its ten; equal ones are ordered by the mean score.
    Ties share the average of their ranks everywhere.
    """
    teams = sorted(results)
    sets = sorted({name for submitted in results.values() for name in submitted})
    set_ranks = {name: _ranks_on(name, results) for name in sets}
    score_TS = np.array([[_overall(team, set_ranks, part) for part in range(SUBSAMPLES)] for team in teams])
    rank_TS = np.stack([average_ranks(column) for column in score_TS.reshape(len(teams), SUBSAMPLES).T], axis=1)
    standings = [
        Standing(
            team=team,
            rank=_second_best(rank_TS[row]),
            mean_score=float(score_TS[row].mean()) / len(sets),
            lowest_score=float(score_TS[row].min()) / len(sets),
            highest_score=float(score_TS[row].max()) / len(sets),
            ranks={name: _second_best(set_ranks[name][team]) for name in sets if team in set_ranks[name]},
            missing=tuple(name for name in sets if team not in set_ranks[name]),
        )
        for row, team in enumerate(teams)
    ]
    return tuple(sorted(standings, key=lambda each: (each.rank, each.mean_score)))


def _ranks_on(name: str, results: Results) -> dict[str, NDArray[np.float64]]:
    """The ranks on one set of the teams that submitted it, by team: one for each subsample."""
    teams = [team for team in sorted(results) if name in results[team]]
    rank_TS = np.stack(
        [combined_ranks([results[team][name].subsamples[part] for team in teams]) for part in range(SUBSAMPLES)], axis=1
    )
    return dict(zip(teams, rank_TS, strict=True))


def combined_ranks(figures: Sequence[Figures]) -> NDArray[np.float64]:
    """The ranks of teams on one subsample of one set; a figure that has no value is the worst."""
    score_T = np.zeros(len(figures))
    for column in zip(
        *((each.recall_at_10_fdr, each.recall_at_50_fdr, each.auprc, each.auroc) for each in figures), strict=True
    ):
        values = np.array([-np.inf if value is None else value for value in column])
        score_T += np.log(average_ranks(-values) / (len(figures) + 1))
    return average_ranks(score_T)


def average_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from the lowest value, which is 1, up; ties share the average of their ranks."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[group]


def _overall(team: str, set_ranks: Mapping[str, Mapping[str, NDArray[np.float64]]], part: int) -> float:
    return math.fsum(
        min(MISSING, ranks[team][part] / (len(ranks) + 1)) if team in ranks else MISSING for ranks in set_ranks.values()
    )


def _second_best(ranks: NDArray[np.float64]) -> float:
    return float(np.sort(ranks)[1])


def read_results(directories: Sequence[Path], kind: str = "F") -> dict[str, dict[str, Score]]:
    """Scores by team and set, from files `TEAM/F.TF.CELL.json` that `ebert dream score` wrote.

    A directory holds such folders, or is one itself. `kind` is F for final, L for leaderboard, B for within cell type.

    Raises:
        InvalidRequest: there is no such file, a file makes no sense, or two folders bear one team's name.
    """
    results: dict[str, dict[str, Score]] = {}
    for directory in directories:
        if not directory.is_dir():
            raise InvalidRequest(f"There is no directory {directory}.")
        found = [each for each in (directory, *sorted(directory.iterdir())) if _score_files(each, kind)]
        if not found:
            raise InvalidRequest(f"{directory} holds no TEAM/{kind}.TF.CELL.json and is no such folder of a team.")
        for folder in found:
            team = folder.absolute().name
            if team in results:
                raise InvalidRequest(f"Two folders are named {team}, the second is {folder}; rename one of them.")
            results[team] = {_set_of(path): read_score(path) for path in _score_files(folder, kind)}
    return results


def _score_files(folder: Path, kind: str) -> list[Path]:
    found = sorted(folder.glob(f"{kind}.*.*.json")) if folder.is_dir() else []
    # What lies beside a submission and says what made it is no score.
    return [path for path in found if path.is_file() and not path.name.endswith(".tab.gz.json")]


def left_aside(directories: Sequence[Path], kind: str = "F") -> list[Path]:
    """What lies in such directories and has no part in any ranking; a submission beside its score has."""
    found: list[Path] = []
    for directory in directories:
        inside = sorted(directory.iterdir())
        teams = [each for each in (directory, *inside) if _score_files(each, kind)]
        for folder in dict.fromkeys((directory, *teams)):
            scored = {path.name.removesuffix(".json") for path in folder.glob("[FLB].*.*.json")}
            found += [
                path
                for path in sorted(folder.iterdir())
                if path not in teams and not path.name.startswith(".") and _bare_name(path) not in scored
            ]
    return found


def _bare_name(path: Path) -> str:
    """`F.CTCF.PC-3` for F.CTCF.PC-3.json and F.CTCF.PC-3.tab.gz."""
    return path.name.removesuffix(".json").removesuffix(".gz").removesuffix(".tab")


def _set_of(path: Path) -> str:
    """`CTCF PC-3` for F.CTCF.PC-3.json."""
    _, factor, cell_type = path.name.removesuffix(".json").split(".", 2)
    return f"{factor} {cell_type}"


def read_score(path: Path) -> Score:
    """The figures in a file that `ebert dream score` wrote.

    Raises:
        InvalidRequest: the file cannot be read, or holds something else.
    """
    with reading(path):
        text = read_whole(path)
    try:
        score = parse_json(text, Score)
    except msgspec.DecodeError as error:
        raise InvalidRequest(f"{path} is not what `ebert dream score` writes: {error}.") from None
    if len(score.subsamples) != SUBSAMPLES:
        raise InvalidRequest(f"{path} has {len(score.subsamples)} subsamples; {SUBSAMPLES} are compared.")
    return score
