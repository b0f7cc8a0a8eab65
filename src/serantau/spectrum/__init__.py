"""Which frequencies: who holds them, what the members have in common, and what reaches the neighbour."""
