"""The one grid of this program: where predictions, labels, states and signals stand on a chromosome.

Places are absolute multiples: a bin starts at every multiple of `POSITION`; windows of the network and states start at
multiples of `BIN`.
"""

# Bases between the starts of two neighbouring bins; signals and motif scores have one value in each.
POSITION = 50
# The width of a bin: what is called bound or unbound, and has one chromatin state.
BIN = 200
# Bins overlap: each spans so many positions.
POSITIONS_PER_BIN = BIN // POSITION
