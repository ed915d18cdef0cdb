"""The whole synthetic ENCODE-DREAM by one command: world, trainings, scores and tables.

Run: python -m benchmarks.synthetic_dream.run [--work DIRECTORY] [--seeds 1,2,3] [--scale X] [--recipes DIRECTORY]

Every step is done once: what lies in the work directory is used again, what was interrupted goes on. A larger run on a
GPU is a larger --scale and a copy of recipes/ with a larger preset and more epochs.
"""

import argparse
from pathlib import Path

from .rules import World
from .scores import FinalSets, save
from .steps import NETWORKS, RECIPES, Plan, make_network, make_pretrained, make_world
from .tables import compare, markdown, to_json


def main() -> None:
    """Runs what is still to do and writes the tables."""
    plan = read_arguments()
    make_world(plan)
    make_pretrained(plan)
    for seed in plan.seeds:
        for network in NETWORKS:
            make_network(plan, network, seed)
    report(plan)


def report(plan: Plan) -> None:
    """Scores everything and writes scores.json and scores.md into the work directory."""
    comparison = compare(FinalSets(plan))
    save(plan.work / "scores.json", to_json(comparison))
    save(plan.work / "scores.md", markdown(comparison))
    print(markdown(comparison))


def read_arguments() -> Plan:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("build/synthetic_dream"), help="where everything is kept")
    parser.add_argument("--world", type=Path, help="the generated world; WORK/world unless given")
    parser.add_argument("--world-seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is ten megabases")
    parser.add_argument("--seeds", default="1,2,3", help="of the trainings")
    parser.add_argument("--recipes", type=Path, default=RECIPES, help="pretrain, pretrained, scratch and unet .toml")
    given = parser.parse_args()
    seeds = tuple(int(word) for word in given.seeds.split(","))
    work = given.work.absolute()
    world = World(given.world_seed, given.scale)
    return Plan(work, (given.world or work / "world").absolute(), world, given.recipes.absolute(), seeds)


if __name__ == "__main__":
    main()
