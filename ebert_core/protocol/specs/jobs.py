"""Specs: one frozen struct per job a person can start.

The dialog fills it, TOML decodes into it, the checkpoint keeps it. Each field says in its annotation what it means and
what it may be (`protocol.specs.fields`): checks, flags, forms and docs/specs.md read it there.

Paths are strings and absolute once a job runs. Regions are locus texts (`chr3`, `chr5:124,000,001-126,000,000`) and
paths of BED files.
"""

from ebert_core.protocol.specs.learning import FineTune, Pretrain
from ebert_core.protocol.specs.scoring import Evaluate, Predict
from ebert_core.protocol.specs.spec_terms import Precision, Preset

__all__ = ["Evaluate", "FineTune", "JobSpec", "Precision", "Predict", "Preset", "Pretrain"]

JobSpec = Pretrain | FineTune | Evaluate | Predict
