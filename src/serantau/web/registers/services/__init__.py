"""Commands: questions on policies and their answers. Entries come in through the review."""
