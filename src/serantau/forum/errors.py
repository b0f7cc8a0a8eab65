"""What can go wrong in the forum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serantau.base import SerantauError

if TYPE_CHECKING:
    from serantau.forum.consensus import Rule


class ForumError(SerantauError):
    """A paper, meeting or rule that cannot be as it was given."""


class RuleError(ForumError):
    """An act that a rule does not allow.

    Attributes:
        rule: The rule.
        who: Codes of the members who must act before it can be done; empty where it is nobody's to mend.
    """

    def __init__(self, message: str, rule: Rule, who: tuple[str, ...] = ()) -> None:
        """Say which rule, and who must act."""
        super().__init__(message)
        self.rule, self.who = rule, who
