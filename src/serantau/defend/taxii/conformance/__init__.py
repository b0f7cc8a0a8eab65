"""What a TAXII 2.1 server is held to, as questions to any server and judgements of its answers."""

from serantau.defend.taxii.conformance.running import Outcome, Result, run
from serantau.defend.taxii.conformance.world import Collections, Reply, World

__all__ = ["Collections", "Outcome", "Reply", "Result", "World", "run"]
