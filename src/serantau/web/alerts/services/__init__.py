"""Every change of what is correlated."""
