"""The rules of the demonstration's world: everything that every seed shares.

Genomes of two seeds differ in sequence, genes and noise; what a state means, what a motif looks like and when a factor
binds is written here, so a model trained on one seed can be judged on another.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.matrices import matrix
from ebert_core.protocol.terms.locus import Interval

ASSEMBLY = "demo1"
DEFAULT_SEED = 2
CELL_TYPES = ("alpha", "beta", "gamma")
CHROMOSOME_LENGTHS = {"chr1": 6_000_130, "chr2": 4_000_070}
# Runs of N: nothing can be sequenced, measured or predicted there.
GAPS = (Interval("chr1", 2_400_000, 2_520_000), Interval("chr2", 0, 10_000), Interval("chr2", 3_300_000, 3_306_000))

TRAINING = (Interval("chr1", 0, CHROMOSOME_LENGTHS["chr1"]),)
VALIDATION = (Interval("chr2", 0, 1_000_000),)
HELD_OUT = (Interval("chr2", 1_000_000, CHROMOSOME_LENGTHS["chr2"]),)

SIGNAL_WIDTH = 25
UNASSAYED = (("DEMO-D", "gamma"),)


class State(NamedTuple):
    """A chromatin state: its name and colour, and how open DNase finds it (background is 1)."""

    name: str
    colour: str
    openness: float


STATES = (
    State("Quiescent", "#e8e8e8", 0.7),
    State("WeakPolycomb", "#c0c0c8", 0.6),
    State("Polycomb", "#808080", 0.8),
    State("BivalentPromoter", "#cd5c5c", 2.5),
    State("WeakTranscription", "#7cc07c", 0.9),
    State("Transcription", "#1a7a3a", 0.9),
    State("WeakEnhancer", "#f4d35e", 2.5),
    State("ActiveEnhancer", "#f59e1b", 4.5),
    State("FlankingPromoter", "#ff7f50", 4.0),
    State("Promoter", "#d7191c", 8.0),
)
STATE_NAMES = tuple(state.name for state in STATES)
QUIESCENT, WEAK_POLYCOMB, POLYCOMB, BIVALENT, WEAK_TRANSCRIPTION, TRANSCRIPTION = range(6)
WEAK_ENHANCER, ACTIVE_ENHANCER, FLANKING, PROMOTER = range(6, 10)


class Factor(NamedTuple):
    """When a factor binds.

    A site of log-odds L in state s binds with probability sigmoid(motif + effect[s] + help): motif is
    slope * (L - half), at most MOST_FROM_MOTIF, so that no motif forces closed chromatin; help is `helped` times the
    helper's own best probability within HELP_REACH. Sites below `least` never bind.
    `hot` adds the middle of promoters without any motif: sigmoid(hot[0] + hot[1] * (length in bins - 3)).

    `planted` is how many instances the genome has in a promoter, an enhancer, and elsewhere per megabase.
    """

    name: str
    matrix: NDArray[np.float64]
    least: float
    half: float
    slope: float
    effect: tuple[float, ...]
    planted: tuple[float, float, float]
    helper: str = ""
    helped: float = 0.0
    hot: tuple[float, float] | None = None


HELP_REACH = 120
MOST_FROM_MOTIF = 2.5
HOT_SITE_WIDTH = 20
HOT_LEAST_BINS = 3

# Effects in the order of STATES: quiescent, two polycomb, bivalent, two transcribed, two enhancers, flank, promoter.
FACTORS = (
    Factor(
        name="DEMO-A",
        matrix=matrix("wrTGCAwAGTTyr", "2599959899752"),
        least=6.0,
        half=8.3,
        slope=1.3,
        effect=(-6.5, -7.0, -7.0, -3.0, -6.0, -6.0, -0.8, 1.8, 0.0, 1.4),
        planted=(0.35, 0.55, 18.0),
    ),
    Factor(
        name="DEMO-B",
        matrix=matrix("ymACCTGTwk", "2798999842"),
        least=5.0,
        half=7.0,
        slope=1.1,
        effect=(-7.0, -7.5, -7.5, -4.0, -6.0, -6.0, -3.0, -1.6, -3.0, -2.2),
        planted=(0.15, 0.45, 18.0),
        helper="DEMO-A",
        helped=3.8,
    ),
    Factor(
        name="DEMO-C",
        matrix=matrix("ywrCGTAACrTCCGAwsky", "2358949986798998432"),
        least=7.0,
        half=10.0,
        slope=1.0,
        effect=(0.0,) * len(STATES),
        planted=(0.1, 0.05, 60.0),
    ),
    Factor(
        name="DEMO-D",
        matrix=matrix("sGCATCGCGATs", "399995999853"),
        least=7.0,
        half=9.5,
        slope=1.1,
        effect=(-7.0, -7.0, -5.0, -1.0, -6.0, -6.0, -4.0, -2.5, 0.3, 1.8),
        planted=(0.75, 0.03, 8.0),
    ),
    Factor(
        name="DEMO-E",
        matrix=matrix("TGAkTACA", "89959998"),
        least=6.0,
        half=7.4,
        slope=1.4,
        effect=(-6.5, -7.0, -7.0, -4.0, -5.0, -5.0, -1.0, 0.8, -1.5, -2.0),
        planted=(0.05, 0.5, 25.0),
    ),
    Factor(
        name="DEMO-H",
        matrix=matrix("rACAwCGkA", "399948963"),
        least=6.0,
        half=7.5,
        slope=1.0,
        effect=(-7.0, -7.0, -7.0, -4.0, -6.0, -6.0, -3.0, -1.0, -2.0, -0.5),
        planted=(0.05, 0.15, 12.0),
        hot=(-0.6, 0.8),
    ),
)
FACTOR_NAMES = tuple(factor.name for factor in FACTORS)


def is_assayed(factor: str, cell_type: str) -> bool:
    """Whether ChIP-seq of this factor was made in this cell type."""
    return (factor, cell_type) not in UNASSAYED


def stream(seed: int, *names: str) -> np.random.Generator:
    """Random numbers that belong to one thing alone, so that a change elsewhere leaves them as they were."""
    letters = [int.from_bytes(name.encode(), "little") for name in names]
    return np.random.default_rng([seed, *letters])
