"""Every change of the review's state: one command, one transaction, one event."""
