"""The rules of the synthetic ENCODE-DREAM: genome, cell types, assays, and when each factor binds.

A test of the pipeline and not of biology. Motif matrices are real (JASPAR, CC BY 4.0); all else is invented.
"""

from typing import NamedTuple

from ebert_core.demonstration.rules import STATES

# Counts up when a rule changes, so that figures of two sets of rules are not compared.
RULES = 2
ASSEMBLY = f"syn{RULES}"
TRAINING = ("chr1", "chr2", "chr3")
VALIDATION = "chr4"
TEST = "chr5"
_LENGTHS = {"chr1": 2_600_000, "chr2": 2_200_000, "chr3": 1_800_000, "chr4": 1_200_000, "chr5": 2_600_000}

TRAINING_CELLS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta")
VALIDATION_CELL = "theta"
FINAL_CELLS = ("iota", "kappa")
CELL_TYPES = (*TRAINING_CELLS, VALIDATION_CELL, *FINAL_CELLS)
# Reads of the DNase libraries compared with the usual one: depths differ and nobody corrects them in the files.
DNASE_DEPTH = dict(zip(CELL_TYPES, (1.0, 0.7, 1.5, 0.9, 1.2, 0.6, 1.1, 0.8, 1.4, 0.75), strict=True))

STATE_NAMES = tuple(state.name for state in STATES)


class World(NamedTuple):
    """Which synthetic genome: its seed, and how large compared with the usual ten megabases."""

    seed: int
    scale: float = 1.0

    @property
    def chromosome_lengths(self) -> dict[str, int]:
        """Lengths in bases by chromosome, in reference order; multiples of 1,000."""
        return {name: round(length * self.scale / 1_000) * 1_000 for name, length in _LENGTHS.items()}


class Factor(NamedTuple):
    """When a factor binds: the logarithm of the odds is a sum.

    strength * (motif - 0.5) + access * (log2 openness - OPEN) + the state's effect
    + partner_help * (best probability of the partner within PARTNER_REACH - 0.5)
    + element_help * (1/2 with the accessory element within ELEMENT_REACH, else -1/2)
    + cpg * (CpG richness) + gc * (GC richness) + bias

    motif is 0 at the weakest site that counts and 1 at a good instance. `hot` adds the middle of open promoters without
    a motif, with odds of their own: hot + 1.5 * (log2 openness - OPEN) + 1.2 * (CpG richness), less where not active.
    `planted`: share of promoters and of enhancers that hold an instance, and instances elsewhere per megabase.
    `cells`: where it was assayed, apart from the final sets.
    """

    name: str
    matrix: str
    cells: str
    planted: tuple[float, float, float]
    bias: float = 0.0
    strength: float = 5.0
    access: float = 2.2
    promoter: float = 0.0
    enhancer: float = 0.0
    partner: str = ""
    partner_help: float = 0.0
    element_help: float = 0.0
    cpg: float = 0.0
    gc: float = 0.0
    hot: float | None = None


OPEN = 2.4
PARTNER_REACH = 150
ELEMENT_REACH = 60
CONTEXT_REACH = 250
# Sites per megabase that count as such: the best of each chromosome.
SITES_PER_MEGABASE = 500

# The accessory element: a short word that belongs to no factor of the table but decides for several of them.
ELEMENT = ("rGGTAATTCCy", "39999999993")

# States and what they do to binding: odds in closed and repressed chromatin and at poised promoters, for all alike;
# active promoters and enhancers by the factor's taste.
REPRESSED, POISED = -1.5, -2.5

_ALL = "alpha beta gamma delta epsilon zeta eta theta"
FACTORS = (
    Factor("CTCF", "MA0139.1", _ALL, planted=(0.12, 0.2, 90), bias=-0.6, strength=6, access=0.5, element_help=5.0),
    Factor(
        "REST", "MA0138.2", "alpha beta gamma delta eta theta", planted=(0.15, 0.26, 90), bias=-0.5, access=1.8, gc=3.0
    ),
    Factor(
        "GABPA",
        "MA0062.2",
        "alpha gamma delta zeta eta theta",
        planted=(0.4, 0.2, 80),
        bias=-1.4,
        strength=4,
        access=2.0,
        promoter=0.2,
        enhancer=-0.2,
        cpg=3.0,
    ),
    Factor(
        "EGR1",
        "MA0162.2",
        "beta gamma epsilon eta theta",
        planted=(0.36, 0.26, 80),
        bias=0.3,
        strength=4,
        partner="GABPA",
        partner_help=6.0,
        hot=-3.5,
    ),
    Factor(
        "JUND",
        "MA0491.1",
        "alpha beta delta epsilon zeta theta",
        planted=(0.08, 0.36, 90),
        bias=-2.0,
        promoter=-0.8,
        enhancer=0.5,
        gc=-3.0,
    ),
    Factor(
        "TEAD4",
        "MA0809.2",
        "alpha gamma epsilon zeta theta",
        planted=(0.16, 0.44, 90),
        bias=1.0,
        promoter=-0.5,
        enhancer=0.5,
        partner="JUND",
        partner_help=6.5,
    ),
    Factor(
        "CEBPB",
        "MA0466.2",
        "beta gamma delta zeta eta",
        planted=(0.1, 0.34, 90),
        bias=-0.3,
        access=2.0,
        enhancer=0.3,
        element_help=5.5,
    ),
    Factor(
        "FOXA1",
        "MA0148.4",
        "alpha delta zeta",
        planted=(0.08, 0.44, 90),
        promoter=-0.5,
        enhancer=0.6,
        gc=-3.0,
        bias=-1.8,
    ),
    Factor(
        "HNF4A",
        "MA0114.4",
        "delta eta",
        planted=(0.18, 0.44, 80),
        bias=1.0,
        enhancer=0.5,
        partner="FOXA1",
        partner_help=7.0,
    ),
    Factor(
        "E2F1",
        "MA0024.3",
        "beta zeta eta theta",
        planted=(0.4, 0.2, 80),
        bias=-1.2,
        strength=4,
        promoter=0.3,
        enhancer=-0.3,
        cpg=2.5,
        hot=-3.0,
    ),
    Factor(
        "MAX",
        "MA0058.3",
        "alpha beta gamma epsilon zeta eta theta",
        planted=(0.34, 0.3, 90),
        bias=0.4,
        strength=4,
        promoter=0.2,
        partner="E2F1",
        partner_help=6.5,
        hot=-3.5,
    ),
    # Binds promoters without a motif; the matrix is YY1's, which collections give for TAF1.
    Factor("TAF1", "MA0095.2", "alpha gamma epsilon zeta theta", planted=(0.1, 0.1, 80), bias=-9.0, hot=-0.6),
)
FACTOR_NAMES = tuple(factor.name for factor in FACTORS)

FINAL_SETS = (
    ("CTCF", "iota"),
    ("CTCF", "kappa"),
    ("E2F1", "kappa"),
    ("EGR1", "iota"),
    ("FOXA1", "iota"),
    ("GABPA", "kappa"),
    ("HNF4A", "iota"),
    ("JUND", "iota"),
    ("MAX", "kappa"),
    ("TEAD4", "kappa"),
    ("CEBPB", "kappa"),
    ("REST", "iota"),
    ("TAF1", "iota"),
)


def is_assayed(factor: Factor, cell_type: str) -> bool:
    """Whether ChIP-seq of this factor was made in this cell type, for training, for choices or as a final set."""
    return cell_type in factor.cells.split() or (factor.name, cell_type) in FINAL_SETS
