"""What a refusal of the cooperation's tables holds: which rule stands against an act, and who must act first."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from serantau.defend.errors import DefendError


class RuleError(DefendError):
    """An act that a rule does not allow.

    Attributes:
        rule: The rule; its value is the text of the refusal, with the names of fields in braces.
        fields: What stands in the fields.
        who: Codes of the members that must act before it can be done; empty where nobody can mend it.
    """

    def __init__(self, rule: Enum, fields: Mapping[str, str], who: tuple[str, ...] = ()) -> None:
        """Say which rule, and who must act.

        >>> class Rule(Enum):
        ...     CLOSED = "The case is {stage}."
        >>> str(RuleError(Rule.CLOSED, {"stage": "closed"}))
        'The case is closed.'
        """
        super().__init__(str(rule.value).format_map(fields))
        self.rule, self.fields, self.who = rule, dict(fields), who
