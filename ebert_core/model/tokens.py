"""Numbers the network is fed with. Torch-free, because the dataset room and the data role use them too."""

# Bases: 0-4 are A, C, G, T, N of `protocol.terms.bases`; this one hides a base from the network.
MASKED_BASE = 5
BASE_COUNT = 4

# Chromatin states: ids 0 and 1 are taken, names follow from 2 in checkpoint order.
MISSING_STATE = 0
MASKED_STATE = 1
FIRST_STATE = 2
