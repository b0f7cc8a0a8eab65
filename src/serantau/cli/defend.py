"""``serantau defend``: threats shared, correlated and told. Each part is imported when it is asked for."""

from __future__ import annotations

from serantau.cli.groups import LazyGroup

defend = LazyGroup(
    name="defend",
    help="Share what threatens, see what several members saw, and tell those who must know.",
    commands_at={
        "accounts": "serantau.cli.defend_accounts:accounts",
        "poll": "serantau.cli.defend_feeds:poll",
        "import": "serantau.cli.defend_feeds:import_file",
        "export": "serantau.cli.defend_feeds:export",
        "conformance": "serantau.cli.defend_conformance:conformance",
        "correlate": "serantau.cli.defend_correlate:correlate",
        "warning-lists": "serantau.cli.defend_correlate:warning_lists",
    },
)

__all__ = ["defend"]
