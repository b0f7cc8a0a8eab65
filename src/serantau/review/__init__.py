"""How what members submit becomes fact: the life of a submission, its forms and files, its deadlines.

Nothing here knows what a fact says. Each room registers its kinds of fact (:class:`FactKind`), and gets forms, files,
checks and review for them.
"""

from serantau.review.errors import ReviewError
from serantau.review.kinds import Context, FactKind, Raw
from serantau.review.lifecycle import Act, Party, State, Step, step_for, steps_from

__all__ = [
    "Act",
    "Context",
    "FactKind",
    "Party",
    "Raw",
    "ReviewError",
    "State",
    "Step",
    "step_for",
    "steps_from",
]
