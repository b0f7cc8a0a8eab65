"""The command line: ``serantau``. Each room's commands are imported when they are asked for."""

from __future__ import annotations

from serantau.cli.groups import Main

main = Main(
    name="serantau",
    help="Run a region's digital masterplan: what was agreed, how far each member is, and how sure that is.",
    commands_at={
        "status": "serantau.cli.status:status",
        "check": "serantau.cli.check:check",
        "report": "serantau.cli.report:report",
        "plan": "serantau.cli.plan:plan",
        "measure": "serantau.cli.measure:measure",
        "govern": "serantau.cli.govern:govern",
        "spectrum": "serantau.cli.spectrum:spectrum",
        "defend": "serantau.cli.defend:defend",
        "forum": "serantau.cli.forum:forum",
        "scams": "serantau.cli.scams:scams",
        "ledger": "serantau.cli.ledger:ledger",
        "jobs": "serantau.cli.jobs:jobs",
        "review": "serantau.cli.review:review",
        "backup": "serantau.cli.backup:backup",
        "restore": "serantau.cli.backup:restore",
        "accounts": "serantau.cli.accounts:accounts",
        "demo": "serantau.cli.demo:demo",
        "serve": "serantau.cli.serve:serve",
    },
)

__all__ = ["main"]
