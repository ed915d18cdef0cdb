"""`ebert dream labels | score | rank`: the challenge's label files, exact scores and ranking."""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ebert_core.cli.options import add_shared, chosen, region_texts
from ebert_core.protocol.machine.showing import print_result, tell
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.terms.errors import InvalidRequest

if TYPE_CHECKING:
    # Polars and numpy are loaded when a command runs, not for its help.
    from ebert_core.dream.ranking import Standing
    from ebert_core.dream.sources import Sources


_SUBMISSION = re.compile(r"[FLB]\.(?P<factor>[^.]+)\.(?P<cell>.+?)(\.tab)?(\.gz)?")
# As the challenge names them; a name of one's own, such as held_out.labels.tsv.gz, tells of no factor.
_LABELS = re.compile(r"(?P<factor>[^.]+)\.(train|test)\.labels\.tsv(\.gz)?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the actions."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_labels(actions.add_parser("labels", help="label file (U, A, B) from peaks of a dataset or of bare files"))
    score = actions.add_parser("score", help="exact scores of a submission, as JSON")
    score.add_argument("labels", metavar="LABELS", help="label file with the header chr, start, stop and cell types")
    score.add_argument(
        "submission",
        metavar="SUBMISSION",
        help="chr, start, stop and a score from 0 to 1, without a header; named F.TF.CELL.tab.gz (final), L. or B.",
    )
    add_shared(
        score,
        *("cell-types", "chromosomes", "output"),
        cell_types="one that LABELS has (default: the CELL of the file's name)",
        chromosomes="scored on these (default: all of LABELS)",
        output="TEAM/F.TF.CELL.json (default: standard output)",
    )
    rank = actions.add_parser("rank", help="the organisers' ranking of teams, from what `ebert dream score` wrote")
    rank.add_argument("directories", metavar="DIRECTORY", nargs="+", help="holds TEAM/F.TF.CELL.json")
    rank.add_argument(
        "--round", choices=("F", "L", "B"), default="F", help="final (default), leaderboard or within cell type"
    )
    add_shared(rank, "json")


def _add_labels(parser: argparse.ArgumentParser) -> None:
    add_shared(
        parser,
        *("regions", "chromosomes", "output"),
        required=["output"],
        regions="where bins lie (default: labelled regions, or all)",
        chromosomes="only the regions on these",
        output="F.train.labels.tsv.gz, or without .gz; {factor} in it stands for the factor",
    )
    parser.add_argument(
        "--rule",
        choices=("organisers", "half-of-bin"),
        default="organisers",
        help="that of the organisers' script (default), or B where 100 bases of the bin lie in conservative peaks",
    )
    dataset = parser.add_argument_group("from a dataset")
    add_shared(
        dataset,
        *("dataset", "factors", "cell-types"),
        dataset="its peaks, blacklist, regions and lengths",
        factors="whose peaks; a file each",
        cell_types="(default: all where the factor was assayed)",
    )
    files = parser.add_argument_group("from bare files")
    files.add_argument(
        "--conservative", metavar="CELL=FILE", nargs="+", action="extend", help="conservative (IDR) peaks"
    )
    files.add_argument(
        "--relaxed", metavar="CELL=FILE", nargs="+", action="extend", help="relaxed peaks, where there are"
    )
    files.add_argument("--chromosome-sizes", metavar="FILE", default="", help="label whole chromosomes of this length")
    files.add_argument("--blacklist", metavar="BED", default="", help="leave out bins that touch these")


def run(arguments: argparse.Namespace) -> None:
    """Does one action."""
    {"labels": _label, "score": _score, "rank": _rank}[arguments.action](arguments)


def _label(arguments: argparse.Namespace) -> None:
    if bool(arguments.dataset) == bool(arguments.conservative):
        raise InvalidRequest("Peaks come from --dataset with --factors, or from --conservative CELL=FILE: give one.")
    if not arguments.dataset:
        _label_from(_from_files(arguments), arguments, arguments.output)
        return
    for factor, sources in _from_dataset(arguments):
        _label_from(sources, arguments, arguments.output.replace("{factor}", factor.replace("/", "-")))


def _label_from(sources: "Sources", arguments: argparse.Namespace, output: str) -> None:
    from ebert_core.dream.labelling import write_labels
    from ebert_core.dream.regions import on_chromosomes

    for cell in sources.cells:
        if cell.relaxed is None:
            tell(
                f"{cell.cell_type} has no relaxed peaks: the conservative ones take their place, so too few bins are "
                "ambiguous there."
            )
    if arguments.chromosomes:
        sources = sources._replace(runs=on_chromosomes(sources.runs, arguments.chromosomes))
    counts = write_labels(Path(output), sources, arguments.rule)
    for name, bound in counts.bound.items():
        tell(f"{name}: {bound:,} bound and {counts.ambiguous[name]:,} ambiguous of {counts.bins:,} bins")
    print_result(output)


def _from_dataset(arguments: argparse.Namespace) -> "Iterator[tuple[str, Sources]]":
    from ebert_core.dataset.description import Dataset
    from ebert_core.dream.sources import sources_of_dataset

    if not arguments.factors:
        raise InvalidRequest("--factors is needed with --dataset.")
    for flag in ("relaxed", "chromosome_sizes", "blacklist"):
        if getattr(arguments, flag):
            raise InvalidRequest(f"--{flag.replace('_', '-')} goes with --conservative; a dataset names its own files.")
    dataset = Dataset.open(Path(arguments.dataset))
    factors = chosen(arguments.factors, "factors") or dataset.factors
    if len(factors) > 1 and "{factor}" not in arguments.output:
        raise InvalidRequest(
            f"{len(factors)} factors need {len(factors)} files; write {{factor}} in the name of the output, as in "
            "{factor}.train.labels.tsv.gz."
        )
    cells, regions = chosen(arguments.cell_types, "cell-types"), region_texts(arguments.regions)
    for factor in factors:
        yield factor, sources_of_dataset(dataset, factor, cells, regions)


def _from_files(arguments: argparse.Namespace) -> "Sources":
    from ebert_core.dream.sources import sources_of_files

    for flag in ("factors", "cell_types"):
        if getattr(arguments, flag):
            raise InvalidRequest(f"--{flag.replace('_', '-')} goes with --dataset; bare files are named one by one.")
    return sources_of_files(
        _by_cell(arguments.conservative),
        _by_cell(arguments.relaxed or ()),
        tuple(arguments.regions or ()),
        arguments.chromosome_sizes,
        arguments.blacklist,
    )


def _by_cell(words: Sequence[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for word in words:
        name, equals, path = word.partition("=")
        if not (name and equals and path):
            raise InvalidRequest(f"'{word}' should be written CELL=FILE, such as K562=peaks.narrowPeak.gz.")
        if name in found:
            raise InvalidRequest(f"{name} is given twice; give one file for each cell type.")
        found[name] = Path(path)
    return found


def _score(arguments: argparse.Namespace) -> None:
    import msgspec

    from ebert_core.dream.labelling import rule_of
    from ebert_core.dream.subsamples import score_of
    from ebert_core.dream.tables import matched, oddities, read_labels, read_submission

    submission = Path(arguments.submission)
    cell_type = _one(arguments.cell_types, "cell-types") or _cell_of(submission, Path(arguments.labels))
    _check_names(submission, Path(arguments.labels), cell_type)
    labels = read_labels(Path(arguments.labels), cell_type, arguments.chromosomes or ())
    found = matched(labels, submission, read_submission(submission, labels))
    if not found.is_in_order:
        tell(f"{submission} is not in the order of the label file, which the challenge asks for; matched by position.")
    lowest, highest = found.scored.score_X.min(), found.scored.score_X.max()
    if lowest < 0 or highest > 1:
        tell(f"{submission} has scores from {lowest:g} to {highest:g}; the challenge asks for 0 to 1.")
    for oddity in oddities(submission, labels):
        tell(oddity)
    rule = rule_of(labels.path)
    if rule not in ("", "organisers"):
        tell(f"{labels.path} was labelled by the rule {rule}; the challenge scores labels of its organisers' rule.")
    text = msgspec.json.format(msgspec.json.encode(score_of(found.scored)), indent=2).decode()
    if arguments.output:
        _write(Path(arguments.output), text)
        text = arguments.output
    print_result(text)


def _one(names: Sequence[str] | None, option: str) -> str:
    """The only name that was given, or nothing."""
    if names and len(names) > 1:
        raise InvalidRequest(f"--{option} takes one name here: a submission is of one factor in one cell type.")
    return names[0] if names else ""


def _write(path: Path, text: str) -> None:
    """Writes a file whole or not at all; makes its folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, f"{text}\n".encode())
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be written ({error.strerror}).") from error


def _cell_of(submission: Path, labels: Path) -> str:
    """The cell type that the name of a submission says, else the only one of the label file."""
    from ebert_core.dream.tables import cell_types_of

    if named := _SUBMISSION.fullmatch(submission.name):
        return named["cell"]
    listed = cell_types_of(labels)
    if len(listed) > 1:
        raise InvalidRequest(
            f"{submission.name} is not named F.TF.CELL.tab.gz; say --cell-types, one of {', '.join(listed)}."
        )
    return listed[0]


def _check_names(submission: Path, labels: Path, cell_type: str) -> None:
    """Refuses scores of another factor or cell type than the labels, as far as the challenge's names of files tell."""
    ours, theirs = _SUBMISSION.fullmatch(submission.name), _LABELS.fullmatch(labels.name)
    if ours and theirs and ours["factor"] != theirs["factor"]:
        raise InvalidRequest(
            f"{submission.name} is of {ours['factor']} and {labels.name} of {theirs['factor']}; take the labels of "
            f"{ours['factor']}, or rename the file that is misnamed."
        )
    if ours and ours["cell"] != cell_type:
        raise InvalidRequest(
            f"{submission.name} is of {ours['cell']}, and --cell-types says {cell_type}; leave out the flag, or "
            "rename the file."
        )


def _rank(arguments: argparse.Namespace) -> None:
    import msgspec

    from ebert_core.dream.ranking import left_aside, ranking, read_results

    directories = [Path(name) for name in arguments.directories]
    standings = ranking(read_results(directories, arguments.round))
    if others := left_aside(directories, arguments.round):
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        named = ", ".join(map(str, others[:5]))
        tell(f"Not ranked: {named}{more}. What is ranked is called TEAM/{arguments.round}.TF.CELL.json.")
    if arguments.json:
        print_result(msgspec.json.format(msgspec.json.encode(standings), indent=2).decode())
    else:
        print_result("\n".join(table_of(standings)))


def table_of(standings: "Sequence[Standing]") -> list[str]:
    """Lines of a table: each team, its rank and score, and its second best rank on every set; `-` is a missing one."""
    sets = sorted({*standings[0].ranks, *standings[0].missing})
    rows = [["rank", "score", "lowest", "highest", "team", *sets]]
    for each in standings:
        scores = (f"{value:.3f}" for value in (each.mean_score, each.lowest_score, each.highest_score))
        ranks = (f"{each.ranks[name]:g}" if name in each.ranks else "-" for name in sets)
        rows.append([f"{each.rank:g}", *scores, each.team, *ranks])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
