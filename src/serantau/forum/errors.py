"""What can go wrong in the forum."""

from __future__ import annotations

from collections.abc import Mapping
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
        about: What the sentence names, as values: the stage, the acts, the deadline. A door says it in its language.
    """

    def __init__(
        self, message: str, rule: Rule, who: tuple[str, ...] = (), about: Mapping[str, object] | None = None
    ) -> None:
        """Say which rule, who must act, and what it is about."""
        super().__init__(message)
        self.rule, self.who, self.about = rule, who, dict(about or {})
