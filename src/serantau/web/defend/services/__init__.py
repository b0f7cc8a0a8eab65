"""Everything that changes the store of threat objects."""

from serantau.web.defend.services.hub import issue, put
from serantau.web.defend.services.intake import add_envelope

__all__ = ["add_envelope", "issue", "put"]
