"""The ledger of this installation: the one way to change state, and what outsiders can check of it."""
