"""A verdict on two factors, as a checkpoint carries it."""

from msgspec.structs import replace

from ebert_core.protocol.terms.verdict import Judgement, Verdict

CTCF = Judgement("CTCF", ("K562",), 37, 150, "level", "CTCF is level.", 0.43, 0.41, 0.2, 0.02, -0.05, 0.08)
VERDICT = Verdict(CTCF, "motif x accessibility", "chr20", (CTCF, replace(CTCF, factor="MAX")), ("Read once.",))
